from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.whatsapp.payload import instant
from core.errors import MalformedMessage
from core.model.messages import (
    Address,
    AddressKind,
    DeliveryReport,
    DeliveryState,
    Ignored,
    InboundMessage,
    Outcome,
    Receipt,
    Unreadable,
    WebReply,
)
from tests.channels.whatsapp.doors import (
    CITIZEN,
    NOW,
    NUMBER,
    body,
    door,
    one,
    read,
    request,
    status,
    text,
    value,
)


def parse(content: Any) -> Any:
    return list(door().parse(request(content)))


def test_an_ordinary_text() -> None:
    contact = {"profile": {"name": " Bu Sri "}, "wa_id": CITIZEN}
    raw = request(body(value(contacts=[contact], messages=[text(context={"id": "wamid.OUT1"})])))
    (found,) = door().parse(raw)
    assert isinstance(found, InboundMessage)
    assert (found.channel, found.external_id) == ("wa", "wamid.AAA1")
    assert found.sender == Address(AddressKind.WHATSAPP, f"+{CITIZEN}")
    assert found.text == "HELPDESK internet kantor mati"
    assert (found.sender_name, found.recipient) == ("Bu Sri", f"+{NUMBER}")
    assert (found.received_at, found.sent_at) == (NOW, NOW - timedelta(seconds=5))
    assert found.references == ("wamid.OUT1",)
    assert found.raw == raw.body
    assert (found.machine, found.edits, found.late) == ("", None, False)


@pytest.mark.parametrize(
    ("changes", "sender"),
    [
        ({"from": "6281234567890"}, "+6281234567890"),
        ({"from": "+6281234567890"}, "+6281234567890"),
        ({"from": 6281234567890}, "+6281234567890"),
        ({"from": None, "from_user_id": "ID.13491208655302741918"}, "ID.13491208655302741918"),
        ({"from": "", "from_user_id": "ID.1349"}, "ID.1349"),
        ({"from": CITIZEN, "from_user_id": "ID.1349"}, f"+{CITIZEN}"),
        ({"from": "ID.1349"}, "ID.1349"),
    ],
)
def test_a_person_may_have_no_number(changes: Any, sender: Any) -> None:
    assert one(text(**changes)).sender == Address(AddressKind.WHATSAPP, sender)


@pytest.mark.parametrize(
    "changes", [{"from": None}, {"from": " "}, {"from": []}, {"from": "x" * 301}, {"from": True}]
)
def test_without_any_name_nobody_could_be_answered(changes: Any) -> None:
    assert isinstance(one(text(**changes)), Unreadable)


def test_names_are_found_by_id_in_whatever_order() -> None:
    contacts = [
        {"profile": {"name": "Tiga"}, "user_id": "ID.3"},
        {"profile": {"username": "dua"}, "wa_id": "628222222"},
        {"profile": {"name": "Satu"}, "wa_id": "628111111"},
        {"wa_id": "628444444"},
        "x",
    ]
    messages = [
        text(id="1", **{"from": "628111111"}),
        text(id="2", **{"from": "628222222"}),
        text(id="3", from_user_id="ID.3", **{"from": None}),
        text(id="4", **{"from": "628444444"}),
        text(id="5", **{"from": "628555555"}),
    ]
    found = read(*messages, contacts=contacts)
    assert [one.sender_name for one in found] == ["Satu", "dua", "Tiga", None, None]


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ("1749416383", datetime(2025, 6, 8, 20, 59, 43, tzinfo=UTC)),
        (1749416383, datetime(2025, 6, 8, 20, 59, 43, tzinfo=UTC)),
        ("1749416383500", datetime(2025, 6, 8, 20, 59, 43, 500_000, tzinfo=UTC)),
        (1749416383.5, datetime(2025, 6, 8, 20, 59, 43, 500_000, tzinfo=UTC)),
        (str(int(NOW.timestamp()) + 60), NOW),
        ("4102444800", NOW),
        ("0", None),
        ("-5", None),
        (True, None),
        (1e999, None),
        (-1e999, None),
        (float("nan"), None),
        ("9" * 5000, None),
        ("kemarin", None),
        ("", None),
        (None, None),
        ([], None),
    ],
)
def test_time_stamps_are_believed_within_reason(given: Any, seen: Any) -> None:
    assert instant(given, NOW) == seen


@pytest.mark.parametrize(
    ("given", "kept"),
    [("w" * 300, True), ("w" * 301, False), ("", False), (7, False), ("a\nb", False)],
)
def test_an_id_is_opaque_but_storable(given: Any, kept: Any) -> None:
    assert isinstance(one(text(id=given)), InboundMessage if kept else Unreadable)


def test_an_id_repeated_in_one_request_counts_once() -> None:
    first, again = read(text("satu"), text("satu lagi"))
    assert isinstance(first, InboundMessage)
    assert isinstance(again, Ignored)


@pytest.mark.parametrize("context", [None, "x", {}, {"id": None}, {"id": "x" * 301}])
def test_a_broken_context_refers_to_nothing(context: Any) -> None:
    assert one(text(context=context)).references == ()


# --- reports ------------------------------------------------------------------------------------


def report(**changes: Any) -> Any:
    (found,) = parse(body(value(statuses=[status(**changes)])))
    return found


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("sent", DeliveryState.SENT),
        ("delivered", DeliveryState.DELIVERED),
        ("read", DeliveryState.READ),
        ("failed", DeliveryState.FAILED),
    ],
)
def test_a_report_tells_state_and_our_item(word: Any, state: Any) -> None:
    found = report(status=word)
    assert isinstance(found, DeliveryReport)
    assert (found.external_id, found.state, found.item_id) == ("wamid.OUT1", state, 123)
    assert found.at == NOW - timedelta(seconds=5)
    assert (found.code, found.opted_out) == ("", False)


def test_a_failed_one_tells_why() -> None:
    errors = [{"code": 131047, "title": "Re-engagement message"}, {"code": 1}]
    found = report(status="failed", errors=errors)
    assert found.code == "131047"
    assert "24 jam" in found.reason


@pytest.mark.parametrize("errors", [None, [], {}, ["x"], [{}], [{"code": "\0" * 90}]])
def test_a_failure_may_say_nothing_sensible(errors: Any) -> None:
    found = report(status="failed", errors=errors)
    assert found.reason.startswith("WhatsApp gagal")
    assert "\0" not in found.code + found.reason


@pytest.mark.parametrize("word", ["deleted", "warning", "", "x" * 500])
def test_unknown_states_are_ignored(word: Any) -> None:
    found = report(status=word)
    assert isinstance(found, Ignored)
    assert len(found.reason) < 80


@pytest.mark.parametrize("given", [None, "", "x", "1" * 19, "12 ", "-1", 123, {}, "\u0661"])
def test_data_that_is_not_our_item_names_none(given: Any) -> None:
    assert report(biz_opaque_callback_data=given).item_id is None


@pytest.mark.parametrize("changes", [{"id": None}, {"id": ""}, {"status": None}, {"status": 3}])
def test_a_report_that_cannot_be_read_is_put_aside(changes: Any) -> None:
    assert isinstance(report(**changes), Unreadable)


def test_a_report_twice_in_one_request_counts_once_per_state() -> None:
    both = [status(), status(status="read"), status()]
    found = parse(body(value(statuses=both)))
    assert [type(one) for one in found] == [DeliveryReport, DeliveryReport, Ignored]


# --- bodies -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{broken",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'"x"',
        b"7",
        b"{}",
        b'{"entry": {}}',
        b'{"entry": null}',
        b'{"a": ' + b"[" * 200_000,
        b'{"entry": [' + b"1" * 5_000 + b"]}",
    ],
)
def test_a_body_that_is_none_is_malformed(content: Any) -> None:
    raw = request(content)
    door().verify(raw)
    with pytest.raises(MalformedMessage) as caught:
        door().parse(raw)
    assert door().malformed(caught.value) == WebReply(200)


@pytest.mark.parametrize("depth", [100, 800, 900, 950, *range(960, 1_000, 5)])
def test_depth_is_either_read_or_refused_whole(depth: Any) -> None:
    deep = json.dumps(body(value(messages=[text(x="@"), "x"]))).replace(
        '"@"', "[" * depth + "]" * depth
    )
    try:
        found = parse(deep.encode())
    except MalformedMessage:
        return
    assert [type(one) for one in found] == [InboundMessage, Unreadable]


def test_a_body_too_deep_to_write_again_is_refused_whole(monkeypatch: Any) -> None:
    def too_deep(_item: Any) -> Any:
        raise RecursionError

    monkeypatch.setattr("channels.whatsapp.payload.dumped", too_deep)
    with pytest.raises(MalformedMessage, match="deep"):
        parse(body(value(messages=[text(), "x"])))


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        ({"entry": []}, [Ignored]),
        ({"entry": ["x"]}, [Unreadable]),
        ({"entry": [{}]}, [Unreadable]),
        ({"entry": [{"changes": "x"}]}, [Unreadable]),
        ({"entry": [{"changes": []}]}, [Ignored]),
        ({"entry": [{"changes": [1, {}, {"value": []}]}]}, [Unreadable] * 3),
        (body(value()), [Ignored]),
        (body(value(messages=None)), [Ignored]),
        (body(value(messages=[])), [Ignored]),
        (body(value(errors=[{"code": 130429}, "x"])), [Ignored]),
        (body(value(messages={"a": 1})), [Unreadable]),
        (body(value(messages=[text()], statuses="x")), [InboundMessage, Unreadable]),
        (body(value(messages=["x", None, 7])), [Unreadable] * 3),
        (body(value(messages=[text()], statuses=[status()])), [InboundMessage, DeliveryReport]),
        (body({"event": "x"}, field="account_update"), [Ignored]),
        (body(value(groups=[]), field="group_lifecycle_update"), [Ignored]),
        (body(value(message_echoes=[text()]), field="smb_message_echoes"), [Ignored]),
        (body({"messages": [text()]}), [Unreadable]),
        (body({"metadata": [], "messages": [text()]}), [Unreadable]),
    ],
)
def test_every_piece_of_a_body_is_accounted_for(content: Any, kinds: Any) -> None:
    assert [type(one) for one in parse(content)] == kinds


def test_of_a_mixed_body_ours_is_kept_and_the_rest_put_aside() -> None:
    raw = request(
        body(value(messages=[text("kami")]), value(messages=[text("orang")], number="999"))
    )
    door().verify(raw)
    ours, theirs = door().parse(raw)
    assert isinstance(ours, InboundMessage)
    assert isinstance(theirs, Unreadable)
    assert "phone_number_id" in theirs.sentence
    assert b"orang" in theirs.raw
    assert b"orang" not in ours.raw


def test_an_item_put_aside_can_be_read_again_alone() -> None:
    contact = {"profile": {"name": "Sri"}, "wa_id": CITIZEN}
    good, bad = read(text(id="1"), text(id="2", text={}), contacts=[contact])
    assert isinstance(good, InboundMessage)
    (again,) = parse(good.raw)
    assert (again.external_id, again.sender_name) == ("1", "Sri")
    (still,) = parse(bad.raw)
    assert isinstance(still, Unreadable)
    assert still.sentence == bad.sentence
    assert json.loads(bad.raw)["entry"][0]["changes"][0]["value"]["messages"][0]["id"] == "2"


def test_duplicate_keys_and_impossible_numbers_do_no_harm() -> None:
    raw = json.dumps(body(value(messages=[text("@")]))).replace('"@"', '"a", "body": "b"')
    (found,) = parse(raw.encode())
    assert found.text == "b"
    wild = json.dumps(body(value(messages=[text(x="@"), "x"]))).replace('"@"', "[1e999, NaN]")
    assert [type(one) for one in parse(wild.encode())] == [InboundMessage, Unreadable]


@pytest.mark.parametrize("receipts", [[], [Receipt(Outcome.OPENED, "HD26-004217-4")]])
def test_the_answer_says_nothing(receipts: Any) -> None:
    assert door().answer(receipts) == WebReply(200, b"")
