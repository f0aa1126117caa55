from __future__ import annotations

from typing import Any

import pytest

from channels.telegram import channel, payload
from channels.telegram.keys import Place, album_key, message_key, place_of
from core.errors import MalformedMessage, RequestRejected
from core.model.messages import InboundMessage, Outcome, Receipt
from core.ports import (
    Closes,
    Converses,
    Examines,
    Fetches,
    FindsCopies,
    Listens,
    Recovers,
    Sends,
    Webhook,
)
from tests.channels.telegram.doors import (
    BOT_ID,
    CHAT,
    HOOK,
    SECRET,
    TOKEN,
    door,
    request,
    settings,
    update,
)

HEADER = channel.SECRET_HEADER


def test_the_door_keeps_the_contracts_it_names() -> None:
    opened = door()
    for port in (Sends, Webhook, Listens, Converses, Fetches, Examines, Closes):
        assert isinstance(opened, port), port
    # Telegram keeps no list of either direction
    assert not isinstance(opened, Recovers)
    assert not isinstance(opened, FindsCopies)


def test_an_authentic_request_is_read() -> None:
    opened, raw = door(), request(update())
    opened.verify(raw)
    (found,) = opened.parse(raw)
    assert isinstance(found, InboundMessage)
    assert found.raw == raw.body


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {HEADER: ""},
        {HEADER: SECRET[:-1]},
        {HEADER: SECRET + "x"},
        {HEADER: SECRET.swapcase()},
        {HEADER: f"{SECRET}, {SECRET}"},
        {HEADER: f" {SECRET}"},
        {HEADER: "rahasia_lain_dari_bot_lain"},
        {HEADER: "\udcff\u00e9" * 9},
        {HEADER: "x" * 10_000},
        {"x-hub-signature-256": SECRET},
        {"authorization": f"Bearer {SECRET}"},
    ],
)
def test_a_forged_request_is_refused_before_it_is_read(
    headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> Any:
        raise AssertionError("read before verified")  # noqa: EM101, TRY003 - a test's own

    monkeypatch.setattr(payload, "read", never)
    monkeypatch.setattr("json.loads", never)
    for body in (update(), b"{", b""):
        with pytest.raises(RequestRejected) as caught:
            door().verify(request(body, headers=headers))
        assert not caught.value.foreign
        assert SECRET not in caught.value.reason


def test_a_door_that_polls_takes_no_request_at_all() -> None:
    for given in (SECRET, "", "None"):
        with pytest.raises(RequestRejected):
            door(secret=None).verify(request(update(), headers={HEADER: given}))


@pytest.mark.parametrize("outcome", Outcome)
def test_whatever_became_of_it_the_answer_is_200_and_empty(outcome: Outcome) -> None:
    for receipts in ([Receipt(outcome)], [Receipt(outcome, repeated=True)], []):
        reply = door().answer(receipts)
        assert (reply.status, reply.body) == (200, b"")


def test_what_cannot_be_read_is_not_sent_again() -> None:
    opened = door()
    with pytest.raises(MalformedMessage) as caught:
        opened.parse(request(b"{"))
    reply = opened.malformed(caught.value)
    assert (reply.status, reply.body) == (200, b"")


@pytest.mark.parametrize(
    "changes",
    [
        {"token": ""},
        {"token": "   "},
        {"token": "abc"},
        {"token": "123:"},
        {"token": ":abc"},
        {"token": TOKEN + "\n"},
        {"token": TOKEN + "/../x"},
        {"secret": ""},
        {"secret": "   "},
        {"secret": "ada spasi"},
        {"secret": "x" * 257},
        {"secret": "\u00e9" * 9},
        {"webhook_url": "/hooks/tg"},
        {"api_base_url": ""},
        {"file_base_url": "telegram"},
        {"timeout": 0},
        {"upload_timeout": -1},
        {"connections": 0},
        {"connections": 101},
        {"poll_wait": 51},
    ],
)
def test_a_door_that_could_only_fail_later_does_not_open(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        settings(**changes)
    assert TOKEN not in str(caught.value)


def test_settings_do_not_show_their_secrets() -> None:
    shown = repr(settings())
    assert TOKEN not in shown
    assert SECRET not in shown
    assert HOOK in shown


@pytest.mark.parametrize(
    ("key", "place"),
    [
        (message_key(BOT_ID, Place(CHAT, 7)), Place(CHAT, 7)),
        (message_key(BOT_ID, Place(-1001, 7)), Place(-1001, 7)),
        (message_key("999", Place(CHAT, 7)), None),
        (album_key(BOT_ID, CHAT, "13"), None),
        (f"{BOT_ID}:{CHAT}:7:99", None),
        (f"{BOT_ID}:{CHAT}:x", None),
        (f"{BOT_ID}:{CHAT}:7\n", None),
        (f"{BOT_ID}:{CHAT}:\u0667", None),
        ("", None),
    ],
)
def test_a_key_leads_back_to_its_message(key: str, place: Place | None) -> None:
    assert place_of(key, BOT_ID) == place
