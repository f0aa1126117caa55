from __future__ import annotations

from typing import Any

import pytest

from core.model.messages import Attachment, Ignored, InboundMessage, Unreadable
from tests.channels.whatsapp.doors import one, text


def said(kind: Any, content: Any = None, **changes: Any) -> Any:
    """What is seen of a message of another type."""
    more = {} if content is None else {kind: content}
    return one(text(type=kind, **({"text": None} | more | changes)))


@pytest.mark.parametrize(
    ("kind", "content", "shown"),
    [
        ("text", {"body": ""}, ""),
        ("text", {"body": " \u200b\ufeff"}, " \u200b\ufeff"),
        ("text", {"body": "a\0b\ud800c"}, "a\ufffdb\ufffdc"),
        ("text", {"body": "x" * 1_000_000}, "x" * 1_000_000),
        ("button", {"payload": "YA-1", "text": "Ya"}, "Ya"),
        ("button", {"payload": "YA-1"}, "YA-1"),
        (
            "interactive",
            {"type": "button_reply", "button_reply": {"id": "b", "title": "Batal"}},
            "Batal",
        ),
        (
            "interactive",
            {"type": "list_reply", "list_reply": {"title": "Jaringan", "description": "Internet"}},
            "Jaringan\nInternet",
        ),
        ("interactive", {"type": "list_reply", "list_reply": {"id": "jaringan"}}, "jaringan"),
        (
            "interactive",
            {"type": "nfm_reply", "nfm_reply": {"body": "Sent", "response_json": '{"a":"b"}'}},
            '[Isian formulir]\nSent\n{"a":"b"}',
        ),
        ("interactive", {"type": "baru"}, "[Pesan jenis interactive baru]"),
        ("interactive", {}, "[Pesan jenis interactive]"),
        (
            "location",
            {"latitude": -8.2191, "longitude": 114.3691},
            "[Lokasi]\nKoordinat: -8.2191, 114.3691\nhttps://maps.google.com/?q=-8.2191,114.3691",
        ),
        (
            "location",
            {"name": "Puskesmas", "address": "Jl. Melati 1", "latitude": "x"},
            "[Lokasi] Puskesmas, Jl. Melati 1",
        ),
        ("location", {"latitude": 91, "longitude": 0}, "[Lokasi]"),
        ("order", {"product_items": []}, "[Pesanan katalog]"),
        (
            "order",
            {"text": "cepat", "product_items": [{"product_retailer_id": "p1", "quantity": 2}, 7]},
            "cepat\n[Pesanan katalog]\n- 2 x p1",
        ),
        ("poll_creation", {"name": "x"}, "[Pesan jenis poll_creation]"),
        ("x" * 300, None, f"[Pesan jenis {'x' * 40}]"),
        ("unsupported", None, "[Pesan yang tidak diteruskan WhatsApp kepada kami]"),
        (
            "unsupported",
            {"type": "edit"},
            "[Pesan yang tidak diteruskan WhatsApp kepada kami (edit)]",
        ),
    ],
    ids=lambda given: given[:20] if isinstance(given, str) else None,
)
def test_the_words_of_every_type(kind: Any, content: Any, shown: Any) -> None:
    found = said(kind, content)
    assert isinstance(found, InboundMessage)
    assert found.text == shown
    assert found.attachments == ()


@pytest.mark.parametrize("kind", ["image", "audio", "voice", "video", "document", "sticker"])
def test_a_file_is_referred_to_by_its_id(kind: Any) -> None:
    found = said(kind, {"id": "1003383421387256", "mime_type": "audio/ogg; codecs=opus"})
    assert found.text == ""
    assert found.attachments == (Attachment("1003383421387256", "audio/ogg; codecs=opus"),)


def test_caption_and_claimed_name_are_kept() -> None:
    name = "../../etc/passwd" + "x" * 400
    found = said("document", {"id": 77, "caption": "HELPDESK surat", "filename": name})
    (file,) = found.attachments
    assert (found.text, file.reference) == ("HELPDESK surat", "77")
    assert file.content_type == "application/octet-stream"
    assert file.filename == name[:255]


def test_a_caption_without_a_file_is_not_lost() -> None:
    assert said("image", {"caption": "atap bocor"}).text.startswith("atap bocor\n[")


CARD = {
    "name": {"formatted_name": "Bu Sri"},
    "phones": [{"phone": "+62 811-1", "wa_id": "628111"}, {"wa_id": "628222"}, "x"],
    "emails": [{"email": "sri@contoh.go.id"}],
}


def test_a_card_is_written_out() -> None:
    found = said("contacts", [CARD, {}, "x"])
    assert found.text == "[Kontak] Bu Sri, +62 811-1, 628222, sri@contoh.go.id\n[Kontak]"


def test_of_five_hundred_cards_fifty_are_written_out() -> None:
    lines = said("contacts", [CARD] * 500).text.splitlines()
    assert len(lines) == 51
    assert lines[-1] == "[dan 450 kontak lain]"


def test_a_reaction_is_an_entry_at_its_message_that_nobody_answers() -> None:
    found = said("reaction", {"message_id": "wamid.OUT1", "emoji": "\U0001f44d"})
    assert (found.text, found.references) == ("\U0001f44d", ("wamid.OUT1",))
    assert found.machine


def test_a_reaction_taken_back_is_nothing() -> None:
    for content in ({"message_id": "wamid.OUT1"}, {"message_id": "wamid.OUT1", "emoji": ""}):
        assert isinstance(said("reaction", content), Ignored)


def test_a_changed_number_changes_nothing_and_is_not_told_to_the_log() -> None:
    content = {"body": "User A changed from 628111 to 628222", "type": "user_changed_number"}
    found = said("system", content)
    assert found == Ignored(found.channel, "system user_changed_number")
    assert isinstance(said("system"), Ignored)


def test_a_message_in_a_group_opens_nothing() -> None:
    assert isinstance(one(text(group_id="Y2Fw")), Ignored)


def test_an_edit_is_a_new_version() -> None:
    inner = {"type": "text", "text": {"body": "HELPDESK printer rusak"}, "context": {"id": "x"}}
    found = said("edit", {"original_message_id": "wamid.AAA0", "message": inner})
    assert (found.external_id, found.edits) == ("wamid.AAA1", "wamid.AAA0")
    assert found.text == "HELPDESK printer rusak"


def test_an_edited_caption_keeps_its_file() -> None:
    inner = {"type": "image", "image": {"id": "7", "caption": "baru"}}
    found = said("edit", {"original_message_id": "wamid.AAA0", "message": inner})
    assert (found.text, found.attachments[0].reference) == ("baru", "7")


def test_a_deleted_message_says_so() -> None:
    found = said("revoke", {"original_message_id": "wamid.AAA0"})
    assert (found.edits, found.text) == ("wamid.AAA0", "[Pesan ini dihapus oleh pengirimnya]")


@pytest.mark.parametrize(
    ("kind", "content", "field"),
    [
        ("text", None, "text"),
        ("text", "x", "text"),
        ("text", {}, "text.body"),
        ("text", {"body": 7}, "text.body"),
        ("text", {"body": None}, "text.body"),
        ("image", {}, "image.id"),
        ("image", {"id": "x" * 301}, "image.id"),
        ("image", {"id": "a\nb"}, "image.id"),
        ("image", {"id": {}}, "image.id"),
        ("image", [], "image"),
        ("contacts", {}, "contacts"),
        ("location", None, "location"),
        ("button", "x", "button"),
        ("interactive", {"type": "list_reply"}, "list_reply"),
        ("reaction", {"emoji": "x"}, "reaction.message_id"),
        ("edit", {"message": {"type": "text", "text": {"body": "x"}}}, "edit.original_message_id"),
        ("edit", {"original_message_id": "w"}, "message"),
        ("edit", {"original_message_id": "w", "message": {"type": "edit"}}, "edit.message.type"),
        ("revoke", {}, "revoke.original_message_id"),
        ("", None, "type"),
        (7, None, "type"),
    ],
)
def test_what_cannot_be_read_is_put_aside_and_names_the_field(
    kind: Any, content: Any, field: Any
) -> None:
    found = said(kind, content)
    assert isinstance(found, Unreadable)
    assert f" {field} " in found.sentence
    assert b"wamid.AAA1" in found.raw
