from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.payload import Arrival, read
from core.errors import MalformedMessage
from core.model.commands import COMPLAIN, SLASH
from core.model.intent import Command, IntentKind
from core.model.messages import (
    AddressKind,
    Ignored,
    InboundMessage,
    Reachability,
)
from core.model.reading import read_intent
from tests.channels.telegram.doors import BOT, BOT_ID, CHAT, NOW, SENT, blocked, message, update

KEY = f"{BOT_ID}:{CHAT}"


def seen(body: Any) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read(BOT, Arrival(raw, NOW))


def test_an_ordinary_text() -> None:
    body = update()
    found = seen(body)
    assert isinstance(found, InboundMessage)
    assert (found.channel, found.external_id) == ("tg", f"{KEY}:7")
    assert (found.sender.kind, found.sender.value) == (AddressKind.TELEGRAM, str(CHAT))
    assert found.text == "HELPDESK internet kantor mati sejak pagi"
    assert (found.sender_name, found.recipient) == ("Sari", BOT_ID)
    assert (found.received_at, found.sent_at) == (NOW, datetime.fromtimestamp(SENT, UTC))
    assert (found.references, found.thread_id, found.edits) == ((), None, None)
    assert (found.attachments, found.quiet, found.machine) == ((), "", "")
    assert found.raw == json.dumps(body).encode()


def test_a_reply_points_to_the_message_it_answers() -> None:
    found = seen(update(reply_to_message=message(message_id=3)))
    assert found.references == (f"{KEY}:3",)


@pytest.mark.parametrize("broken", [{}, {"message_id": "3"}, {"message_id": 0}, "x", [1], None])
def test_a_strange_reply_points_nowhere(broken: Any) -> None:
    assert seen(update(reply_to_message=broken)).references == ()


def test_a_message_of_an_album_names_its_album_and_its_own_key() -> None:
    first = seen(update(message_id=7, media_group_id="13", text=None, caption="HELPDESK jalan"))
    second = seen(update(message_id=8, media_group_id="13", text=None))
    other = seen(update(message_id=9, media_group_id="14", text=None))
    assert [one.external_id for one in (first, second)] == [f"{KEY}:7", f"{KEY}:8"]
    assert first.thread_id == second.thread_id == f"{KEY}:album:13"
    assert first.references == second.references == (f"{KEY}:album:13",)
    assert other.thread_id != first.thread_id


def test_a_replying_album_answers_first_and_then_belongs_together() -> None:
    found = seen(update(media_group_id="13", reply_to_message=message(message_id=3)))
    assert found.references == (f"{KEY}:3", f"{KEY}:album:13")


def test_an_edit_is_a_new_version_of_its_message() -> None:
    found = seen(update("edited_message", edit_date=SENT + 60, text="HELPDESK listrik mati"))
    assert isinstance(found, InboundMessage)
    assert found.external_id == f"{KEY}:7:{SENT + 60}"
    assert found.edits == found.thread_id == f"{KEY}:7"
    assert found.text == "HELPDESK listrik mati"
    assert found.sent_at == datetime.fromtimestamp(SENT + 60, UTC)


def test_the_same_edit_twice_has_one_key_and_a_second_edit_another() -> None:
    keys = [
        seen(update("edited_message", edit_date=SENT + s, update_id=s)).external_id
        for s in (60, 60, 61)
    ]
    assert keys[0] == keys[1] != keys[2]


def test_an_edited_caption_of_an_album_still_belongs_to_it() -> None:
    found = seen(update("edited_message", edit_date=SENT, media_group_id="13"))
    assert found.references == (f"{KEY}:album:13",)
    assert found.thread_id == f"{KEY}:7"


def test_a_live_location_that_moves_is_no_flood_of_versions() -> None:
    place = {"latitude": -8.2, "longitude": 114.3, "live_period": 900}
    assert isinstance(seen(update(text=None, location=place)), InboundMessage)
    moved = seen(update("edited_message", text=None, location=place, edit_date=SENT))
    assert isinstance(moved, Ignored)


# --- not for us --------------------------------------------------------------------------------

GROUP = {"id": -1001, "type": "supergroup", "title": "Warga RT 5"}
A_BOT = {"id": 9, "is_bot": True, "first_name": "Lain"}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"update_id": 1, "channel_post": message()}, "channel_post"),
        ({"update_id": 1, "edited_channel_post": message()}, "edited_channel_post"),
        ({"update_id": 1, "business_message": message()}, "business_message"),
        ({"update_id": 1, "inline_query": {"id": "1"}}, "inline_query"),
        ({"update_id": 1, "callback_query": {"id": "1", "data": "hapus"}}, "callback_query"),
        ({"update_id": 1, "message_reaction": {}}, "message_reaction"),
        ({"update_id": 1, "hologram": {}}, "hologram"),
        ({"update_id": 1}, "another kind"),
        ({}, "another kind"),
        (update(chat=GROUP), "private"),
        (update(chat={"id": -100, "type": "channel"}), "private"),
        (update(chat={"id": -1, "type": "group"}, migrate_to_chat_id=-1001), "private"),
        (update(chat={"id": 5, "type": "hologram"}), "private"),
        (update("edited_message", chat=GROUP, edit_date=SENT), "private"),
        (update(sender=A_BOT), "bot"),
        (update(sender_chat=GROUP), "name of a chat"),
        (update(business_connection_id="x"), "somebody else"),
        (update(guest_query_id="x"), "somebody else"),
        (update(text=None, pinned_message=message()), "pinned_message"),
        (
            update(text=None, message_auto_delete_timer_changed={"message_auto_delete_time": 9}),
            "service",
        ),
        (update(text=None, write_access_allowed={}), "service"),
        (blocked("restricted"), "status"),
    ],
)
def test_what_is_no_citizens_word_to_us_is_ignored_with_the_reason(body: Any, why: str) -> None:
    found = seen(body)
    assert isinstance(found, Ignored)
    assert why in found.reason
    assert len(found.reason) < 200


@pytest.mark.parametrize(
    ("status", "reachable"), [("kicked", False), ("left", False), ("member", True)]
)
def test_who_blocks_the_bot_cannot_be_reached_until_it_is_let_in_again(
    status: str, *, reachable: bool
) -> None:
    found = seen(blocked(status))
    assert isinstance(found, Reachability)
    assert (found.address.kind, found.address.value) == (AddressKind.TELEGRAM, str(CHAT))
    assert (found.reason == "") is reachable


# --- what cannot be read -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "JSON"),
        (b"{", "JSON"),
        (b"[]", "JSON"),
        (b"null", "JSON"),
        (b'"x"', "JSON"),
        (b"17", "JSON"),
        (b"[" * 100_000, "JSON"),
        (b'{"update_id":' + b"9" * 5_000 + b"}", "JSON"),
        (b"\xef\xbb\xbf{}", "JSON"),
        (b"\xff\xfe{\x00}\x00", "JSON"),
        ({"update_id": 1, "message": None}, "message"),
        ({"update_id": 1, "message": []}, "message"),
        ({"update_id": 1, "edited_message": "x"}, "edited_message"),
        ({"update_id": 1, "my_chat_member": 5}, "my_chat_member"),
        (update(chat=None), "message.chat"),
        (update(chat={}), "message.chat"),
        (update(chat={"id": CHAT}), "message.chat"),
        (update(chat={"id": True, "type": "private"}), "message.chat"),
        (update(chat={"id": 1.5, "type": "private"}), "message.chat"),
        (update(chat={"id": 0, "type": "private"}), "message.chat"),
        (update(chat={"id": 2**53 + 1, "type": "private"}), "message.chat"),
        (update(chat={"id": CHAT, "type": ["private"]}), "message.chat"),
        (update(message_id=None), "message_id"),
        (update(message_id="7"), "message_id"),
        (update(message_id=True), "message_id"),
        (update(message_id=0), "message_id"),
        (update(message_id=-7), "message_id"),
        (update(message_id=2**53 + 1), "message_id"),
        (update("edited_message"), "edit_date"),
        (update("edited_message", edit_date="1"), "edit_date"),
    ],
)
def test_what_cannot_be_read_names_the_field(body: Any, field: str) -> None:
    with pytest.raises(MalformedMessage) as caught:
        seen(body)
    assert field in caught.value.sentence
    assert "internet" not in caught.value.sentence


@pytest.mark.parametrize("largest", [2**53, 2**53 - 1, 2**40])
def test_ids_have_fifty_three_bits(largest: int) -> None:
    found = seen(
        update(update_id=largest, message_id=largest, chat={"id": largest, "type": "private"})
    )
    assert found.external_id == f"{BOT_ID}:{largest}:{largest}"
    assert found.sender.value == str(largest)


@pytest.mark.parametrize("given_date", [0, -1, 2**53, "now", None, True, 1.5])
def test_a_strange_time_is_no_time(given_date: Any) -> None:
    assert seen(update(date=given_date)).sent_at is None


def test_without_sender_update_id_and_date_it_is_still_a_message() -> None:
    body = {"message": message(date=None, sender=None)}
    found = seen(body)
    assert found.text.startswith("HELPDESK")
    assert found.sender_name == "Sari"


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("Sari", "Dewi", "Sari Dewi"),
        ("\u202eiraS", "", "iraS"),
        ("\u202e", "\u200b\ufeff", None),
        ("", "", None),
        ("a\nb\x00c\x1b[31m", "", "a b\ufffdc [31m"),
        ("  Sari\u2028  ", " Dewi ", "Sari Dewi"),
        ("x" * 65_536, "", "x" * 100),
        ("\u202e" * 65_536, "", None),
        (5, ["a"], None),
    ],
)
def test_names_are_shown_on_one_line_and_bounded(first: Any, last: Any, shown: Any) -> None:
    sender = {"id": CHAT, "is_bot": False, "first_name": first, "last_name": last}
    found = seen(update(sender=sender, chat={"id": CHAT, "type": "private"}))
    assert found.sender_name == shown


# --- words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\u200b\ufeff",
        "a\r\nb\rc\nd\u2028e",
        "\u202eterbalik",
        "\ua98f\ua9a4 \u1b05 \u0627",
        "\U0001f468\U0001f3fd\u200d\U0001f527",
        "a" + "\u0301" * 10_000,
        "<script>'\"{{7*7}}${7*7}=HYPERLINK(1) ' OR 1=1--",
        "\x1b[31m\nINFO forged",
        "x" * 900_000,
    ],
    ids=lambda value: repr(value[:12]),
)
def test_text_is_kept_as_it_came(text: str) -> None:
    assert seen(update(text=text)).text == text


def test_what_no_store_keeps_is_replaced() -> None:
    assert seen(update(text="a\x00b")).text == "a\ufffdb"
    body = json.dumps(update(text="HERE")).encode().replace(b"HERE", b"a\\ud83db \xff")
    found = seen(body)
    found.text.encode()
    assert found.text.startswith("a\ufffdb")


def test_entities_are_not_trusted() -> None:
    entities = [
        {"type": "bot_command", "offset": 4_000, "length": 99},
        {"type": "bold", "offset": -1, "length": 2**40},
        {"type": "italic", "offset": 1, "length": 1},
        "x",
    ]
    assert seen(update(text="\U0001f468 satu", entities=entities)).text == "\U0001f468 satu"


def intent(text: str) -> Any:
    return read_intent(seen(update(text=text)).text, subject=None, mail=False, prefix="HD")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/start", Command.INFO),
        ("/start@hd_bot", Command.INFO),
        ("/start HD26-004217-4", Command.INFO),
        ("/start aGFwdXMtc2VtdWE", Command.INFO),
        ("/help", Command.INFO),
        ("/bantuan", Command.INFO),
        ("/status", Command.STATUS),
        ("/status HD26-004217-4", Command.STATUS),
        ("/stop", Command.STOP),
        ("/mulai", Command.START),
    ],
)
def test_slash_commands_are_those_of_the_grammar(text: str, command: Command) -> None:
    found = intent(text)
    assert (found.kind, found.command) == (IntentKind.COMMAND, command)


def test_a_start_payload_names_a_ticket_but_gives_no_right_to_it() -> None:
    # the number is only a number: decide() looks it up among the sender's own tickets
    found = seen(update(text="/start HD26-004217-4"))
    assert (found.proven, found.references) == (None, ())


def test_lapor_is_the_keyword() -> None:
    assert COMPLAIN == "lapor"
    found = intent("/lapor internet kantor mati")
    assert (found.kind, found.content) == (IntentKind.COMPLAINT, "internet kantor mati")
    assert intent("/lapor").kind is IntentKind.EMPTY
    assert {"start", "help", "status"} <= set(SLASH)


# --- nothing raises, nothing is lost -----------------------------------------------------------

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
FIELDS = sorted(
    [
        "message_id", "from", "chat", "date", "text", "caption", "entities", "photo", "video",
        "voice", "audio", "document", "animation", "sticker", "video_note", "live_photo",
        "location", "venue", "contact", "poll", "dice", "checklist", "rich_message",
        "web_app_data", "reply_to_message", "media_group_id", "edit_date", "sender_chat",
        "story", "pinned_message", "new_chat_member", "hologram",
    ]
)  # fmt: skip


def seen_or_refused(body: Any) -> Any:
    """What is seen, or the sentence of the refusal."""
    try:
        return seen(body)
    except MalformedMessage as error:
        return error.sentence


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(body: bytes) -> None:
    found = seen_or_refused(body)
    assert isinstance(found, Ignored) or "JSON" in found


@given(
    st.sampled_from(["message", "edited_message", "my_chat_member"]),
    st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=6),
)
def test_no_field_raises_and_every_word_is_kept(kind: str, changes: dict[str, Any]) -> None:
    fields = message(edit_date=SENT) | changes
    found = seen_or_refused({"update_id": 1, kind: fields})
    if not isinstance(found, InboundMessage):
        assert isinstance(found, Ignored) or kind in found
        return
    found.text.encode()
    for name in ("text", "caption"):
        said = fields.get(name)
        assert not isinstance(said, str) or not said.isprintable() or said in found.text
    assert len(found.attachments) <= 50
    assert all(file.content_type.isascii() for file in found.attachments)
    assert len(found.external_id) < 300


@given(st.text(min_size=1).filter(lambda text: "\x00" not in text))
def test_every_text_comes_back_whole(text: str) -> None:
    assert seen(update(text=text)).text == text
