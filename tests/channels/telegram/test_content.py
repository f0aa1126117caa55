from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from channels.telegram.content import AROUND, SERVICE, files_of, text_of
from channels.telegram.payload import Arrival, read
from channels.telegram.rich import MOST_STEPS, rich_words
from core.model.intent import IntentKind
from core.model.reading import read_intent
from tests.channels.telegram.doors import BOT, NOW, SENT, message, update
from tests.peers import contract

PHOTO = [
    {"file_id": "small", "file_unique_id": "s", "width": 90, "height": 67, "file_size": 1_100},
    {"file_id": "large", "file_unique_id": "l", "width": 1280, "height": 960, "file_size": 98_000},
    {"file_id": "middle", "file_unique_id": "m", "width": 320, "height": 240, "file_size": 9_000},
]
CLIP: dict[str, Any] = {
    "file_id": "clip",
    "file_unique_id": "c",
    "width": 640,
    "height": 480,
    "duration": 9,
}
SOUND: dict[str, Any] = {"file_id": "sound", "file_unique_id": "s", "duration": 9}


def one(**fields: Any) -> Any:
    (file,) = files_of(message(text=None, **fields))
    return file.reference, file.content_type, file.filename, file.size


@pytest.mark.parametrize(
    ("fields", "file"),
    [
        ({"photo": PHOTO}, ("large", "image/jpeg", None, 98_000)),
        ({"photo": PHOTO[::-1]}, ("large", "image/jpeg", None, 98_000)),
        ({"photo": [{"file_id": "x"}]}, ("x", "image/jpeg", None, None)),
        ({"video": CLIP}, ("clip", "video/mp4", None, None)),
        ({"video": CLIP | {"mime_type": "video/webm"}}, ("clip", "video/webm", None, None)),
        ({"video_note": CLIP | {"length": 240}}, ("clip", "video/mp4", None, None)),
        ({"voice": SOUND}, ("sound", "audio/ogg", None, None)),
        ({"audio": SOUND | {"file_name": "a.mp3"}}, ("sound", "audio/mpeg", "a.mp3", None)),
        (
            {"document": {"file_id": "d", "file_name": "surat.pdf", "mime_type": "a/b; c=d"}},
            ("d", "application/octet-stream", "surat.pdf", None),
        ),
        (
            {"document": {"file_id": "d", "mime_type": "application/pdf", "file_size": 2**52}},
            ("d", "application/pdf", None, 2**52),
        ),
        ({"document": {"file_id": "d", "file_name": "../../etc/x"}}, ("d", None, "x", None)),
        ({"document": {"file_id": "d", "file_name": "a\u202eg.exe"}}, ("d", None, "ag.exe", None)),
        ({"document": {"file_id": "d", "file_size": -1}}, ("d", None, None, None)),
        ({"document": {"file_id": "d", "file_size": "9"}}, ("d", None, None, None)),
        ({"document": {"file_name": "a.pdf"}}, ("", None, "a.pdf", None)),
        ({"document": {"file_id": 5, "file_name": "a.pdf"}}, ("", None, "a.pdf", None)),
        ({"animation": CLIP, "document": {"file_id": "clip"}}, ("clip", "video/mp4", None, None)),
    ],
)  # fmt: skip
def test_a_file_is_kept_with_what_is_claimed_of_it(fields: Any, file: Any) -> None:
    expected = (file[0], file[1] or "application/octet-stream", *file[2:])
    assert one(**fields) == expected


def test_a_live_photo_is_both_picture_and_clip() -> None:
    files = files_of(message(photo=PHOTO, live_photo=CLIP | {"photo": PHOTO}))
    assert [file.reference for file in files] == ["large", "clip"]


@pytest.mark.parametrize("broken", [None, [], "x", 5, [[]], [None], {}])
def test_what_is_no_file_is_none(broken: Any) -> None:
    fields = dict.fromkeys(("photo", "video", "document", "rich_message"), broken)
    assert files_of({"message_id": 1, **fields}) == ()


SPOT = {"latitude": -8.2192335, "longitude": 114.3691}


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"caption": "HELPDESK jalan rusak", "photo": PHOTO}, "HELPDESK jalan rusak"),
        ({"photo": PHOTO}, ""),
        ({"voice": SOUND}, ""),
        ({"location": SPOT}, "[Lokasi: -8.219233, 114.369100]"),
        ({"location": {"latitude": "x", "longitude": None}}, ""),
        ({"location": {"latitude": float("nan"), "longitude": 1e999}}, ""),
        (
            {"location": SPOT, "venue": {"location": SPOT, "title": "Pasar", "address": "Jl. A"}},
            "[Tempat: Pasar, Jl. A, -8.219233, 114.369100]",
        ),
        (
            {"contact": {"phone_number": "+62811", "first_name": "Budi", "last_name": "S"}},
            "[Kontak: Budi S, +62811]",
        ),
        ({"contact": {}}, ""),
        (
            {"poll": {"question": "Setuju?", "options": [{"text": "ya"}, {"text": "tidak"}, 5]}},
            "[Jajak pendapat: Setuju? ya; tidak]",
        ),
        ({"dice": {"emoji": "🎲", "value": 4}}, "[Dadu: 🎲 4]"),
        ({"checklist": {"title": "Beli", "tasks": [{"text": "beras"}]}}, "[Daftar: Beli beras]"),
        ({"sticker": {"file_id": "s", "emoji": "👍"}}, "👍"),
        ({"sticker": {"file_id": "s"}}, ""),
        ({"web_app_data": {"data": "HELPDESK formulir", "button_text": "x"}}, "HELPDESK formulir"),
        ({}, ""),
    ],
)  # fmt: skip
def test_what_is_no_text_becomes_words(fields: Any, text: str) -> None:
    assert text_of(message(text=None, **fields)) == text


@pytest.mark.parametrize("kind", ["story", "game", "paid_media", "gift", "invoice", "hologram"])
def test_a_kind_that_is_not_read_is_named_and_not_lost(kind: str) -> None:
    assert f"jenis {kind}" in text_of(message(text=None, **{kind: {"id": 1}}))
    assert text_of(message(text="halo", **{kind: {"id": 1}})) == "halo"


def test_a_strange_name_of_a_kind_is_not_repeated() -> None:
    assert text_of(message(text=None, **{"<script>": {}, "\u202ex": {}})) == ""


def test_every_field_that_telegram_describes_is_known() -> None:
    document = json.loads(contract("telegram_openapi.json").read_text())
    described = set(document["components"]["schemas"]["Message"]["properties"])
    unknown = {
        name
        for name in described - AROUND - SERVICE
        if "hanya dapat dilihat" in text_of(message(text=None, **{name: {}}))
    }
    # a person's, too rare to be read: they are named to staff
    assert unknown <= {
        "game", "giveaway", "giveaway_winners", "giveaway_completed", "giveaway_created",
        "gift", "unique_gift", "gift_upgrade_sent", "invoice", "successful_payment",
        "refunded_payment", "passport_data", "paid_media", "story", "users_shared",
        "chat_shared",
    }  # fmt: skip


def test_a_thumb_up_thanks_and_a_thumb_down_does_not() -> None:
    def kind(emoji: str) -> IntentKind:
        text = text_of(message(text=None, sticker={"emoji": emoji}))
        return read_intent(text, subject=None, mail=False, prefix="HD").kind

    assert kind("👍") is IntentKind.THANKS
    assert kind("👎") is not IntentKind.THANKS


# --- rich messages -----------------------------------------------------------------------------


def paragraph(text: Any) -> dict[str, Any]:
    return {"type": "paragraph", "text": text}


RICH = {
    "blocks": [
        {"type": "heading", "size": 1, "text": "HELPDESK lampu padam"},
        paragraph(["Di ", {"type": "bold", "text": "Jalan Merdeka"}, " sejak kemarin."]),
        {
            "type": "list",
            "items": [
                {"label": "1.", "blocks": [paragraph("gelap")]},
                {"label": "2.", "blocks": [paragraph({"type": "italic", "text": "rawan"})]},
            ],
        },
        {"type": "photo", "photo": PHOTO, "caption": {"text": "tiangnya"}},
        {"type": "voice_note", "voice_note": SOUND},
        {"type": "divider"},
        {"type": "hologram", "text": "baru"},
    ]
}


def test_a_rich_message_is_read_block_by_block() -> None:
    found = message(text=None, rich_message=RICH)
    assert text_of(found) == (
        "HELPDESK lampu padam\nDi Jalan Merdeka sejak kemarin.\n1.gelap\n2.rawan\ntiangnya\nbaru"
    )
    assert [file.reference for file in files_of(found)] == ["large", "sound"]


def test_a_rich_message_nested_a_thousand_times_ends() -> None:
    deep: Any = "dalam"
    for _ in range(5_000):
        deep = {"type": "blockquote", "blocks": [{"text": deep}]}
    assert rich_words({"blocks": [deep]}) == "dalam"
    wide = {"blocks": [paragraph("x")] * (MOST_STEPS * 2)}
    assert rich_words(wide)


@given(
    st.recursive(
        st.text(max_size=5) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["blocks", "text", "items", "photo"]), inner)
        ),
    )
)
def test_no_rich_message_raises(rich: Any) -> None:
    text_of({"rich_message": rich}).encode()
    files_of({"rich_message": rich})


# --- what the library would have read ----------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "HELPDESK \U0001f468\u200d\U0001f527 air mati"},
        {"text": None, "caption": "HELPDESK", "photo": PHOTO},
        {"text": None, "voice": SOUND},
        {"text": None, "document": {"file_id": "d", "file_unique_id": "u", "file_name": "a.pdf"}},
        {"text": None, "location": SPOT},
        {"reply_to_message": message(message_id=3)},
        {"media_group_id": "13"},
        {"edit_date": SENT},
    ],
)
def test_the_library_reads_the_same(fields: Any) -> None:
    body = update(**fields)
    ours: Any = read(BOT, Arrival(json.dumps(body).encode(), NOW))
    theirs = Update.de_json(body, None).message
    assert theirs is not None
    assert ours.external_id == f"{BOT.id}:{theirs.chat.id}:{theirs.message_id}"
    assert ours.sent_at == theirs.date
    for said in (theirs.text, theirs.caption):
        assert said is None or said in ours.text
    file = theirs.effective_attachment
    if isinstance(file, tuple):
        file = max(file, key=lambda size: size.width)
    if file_id := getattr(file, "file_id", None):
        assert [one.reference for one in ours.attachments] == [file_id]
    if theirs.reply_to_message:
        assert ours.references == (f"{BOT.id}:{theirs.chat.id}:3",)
