"""Officers' entries: who may, what is read, what is answered line by line."""

from __future__ import annotations

import contextvars
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import MalformedMessage, RequestRejected, SendError, SendFailure
from core.model.messages import (
    Address,
    AddressKind,
    ChannelId,
    InboundMessage,
    OutboundMessage,
    Outcome,
    Receipt,
    Unreadable,
    WebReply,
)
from core.model.ticket import Promise
from tests.channels.desk.doors import NOW, OTHER, TOKEN, door, request

if TYPE_CHECKING:
    from channels.desk.channel import Desk

GOOD = {"form": "phone", "text": "Pompa air rusak", "reference": "T-1"}
DUE = (
    Promise("first_answer", NOW + timedelta(minutes=30)),
    Promise("solution", NOW + timedelta(days=5), provisional=True),
)


def entry(**changes: object) -> dict[str, object]:
    return GOOD | changes


def read(body: object, **how: Any) -> list[Any]:
    return list(door().parse(request(json.dumps(body).encode(), **how)))


def one(body: object, **how: Any) -> InboundMessage:
    (found,) = read(body, **how)
    assert isinstance(found, InboundMessage)
    return found


def answered(desk: Desk, body: object, receipts: list[Receipt]) -> tuple[WebReply, Any]:
    """As one request: parse and answer in a context of their own, as each task has one."""

    def both() -> WebReply:
        desk.parse(request(json.dumps(body).encode()))
        return desk.answer(receipts)

    reply = contextvars.copy_context().run(both)
    return reply, json.loads(reply.body)


@pytest.mark.parametrize(
    "given",
    [
        "", "Bearer", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN.upper()}", f"Bearer {TOKEN}, Bearer {TOKEN}",
        "Bearer \ud800", "Bearer " + "x" * 10_000, f"Bearer sari:{TOKEN}",
    ],
)  # fmt: skip
def test_without_a_token_of_ours_nobody_enters(given: str) -> None:
    asked = replace(request(b"no json"), headers={"authorization": given})
    with pytest.raises(RequestRejected) as refused:
        door().verify(asked)
    assert TOKEN not in refused.value.reason
    assert not refused.value.foreign


@pytest.mark.parametrize(("token", "name"), [(TOKEN, "sari"), (OTHER, "budi")])
def test_whoever_holds_a_token_enters_under_its_name(token: str, name: str) -> None:
    asked = request(json.dumps(GOOD).encode(), token=token)
    door().verify(asked)
    (found,) = door().parse(asked)
    assert isinstance(found, InboundMessage)
    assert (found.entered_by, found.external_id) == (name, f"{name}:T-1")


@pytest.mark.parametrize("tokens", [{}, {"sari": ""}, {"sari": "  "}, {"": TOKEN}])
def test_a_door_without_its_secret_does_not_open(tokens: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="tokens"):
        door(tokens=tokens)


def test_a_whole_entry_is_read_to_its_last_field() -> None:
    found = one(
        entry(
            form="paper_box",
            subject=" Pompa \n air ",
            category="facility",
            unit="Puskesmas Melati",
            place="Loket 2",
            priority="emergency",
            reporter={"name": " Budi  S. ", "phone": "0812-3456-7890", "email": "b@contoh.id"},
            occurred_at="2026-07-13T23:30:00+07:00",
        )
    )
    assert found.subject == "Pompa air"
    assert found.sender == Address(AddressKind.PHONE, "+6281234567890")
    assert found.sender_name == "Budi S."
    assert found.occurred_at == datetime(2026, 7, 13, 16, 30, tzinfo=UTC)
    assert found.received_at == NOW
    assert dict(found.fields) == {
        "form": "paper_box",
        "category": "facility",
        "unit": "Puskesmas Melati",
        "place": "Loket 2",
        "priority": "emergency",
        "email": "b@contoh.id",
    }
    assert json.loads(found.raw)["reporter"]["phone"] == "0812-3456-7890"


def test_a_mail_address_alone_is_the_way_back() -> None:
    found = one(entry(reporter={"email": "b@contoh.id"}))
    assert found.sender == Address(AddressKind.EMAIL, "b@contoh.id")


@pytest.mark.parametrize(
    ("form", "label", "kept"),
    [
        ("other", " Faks ", "Faks"), ("walk_in", "Loket 3", "Loket 3"), ("phone", None, None),
        ("other", "x" * 40, "x" * 40),
    ],
)  # fmt: skip
def test_dk_37_a_form_may_have_a_name_of_the_office(
    form: str, label: str | None, kept: str | None
) -> None:
    assert one(entry(form=form, label=label)).fields.get("label") == kept


@pytest.mark.parametrize(
    ("form", "label"), [("other", ""), ("other", " "), ("other", None), ("phone", "x" * 41)]
)
def test_dk_37_what_is_none_of_the_list_needs_a_short_name(form: str, label: str | None) -> None:
    with pytest.raises(MalformedMessage, match="label: "):
        read(entry(form=form, label=label))


@pytest.mark.parametrize(
    ("ahead", "taken"), [(0, True), (300, True), (301, False), (-(10**9), True)]
)
def test_what_happened_lies_in_the_past(ahead: int, taken: bool) -> None:
    at = (NOW + timedelta(seconds=ahead)).isoformat()
    if taken:
        assert one(entry(occurred_at=at)).occurred_at is not None
    else:
        with pytest.raises(MalformedMessage, match=r"occurred_at: lies in the future"):
            read(entry(occurred_at=at))


def test_a_request_may_carry_its_key_instead_of_references() -> None:
    bare = {"form": "phone", "text": "a"}
    key = {"idempotency-key": " K-1 "}
    assert one(bare, headers=key).external_id == "sari:K-1"
    several = read([bare, entry(), bare], headers=key)
    assert [found.external_id for found in several] == ["sari:K-1:0", "sari:T-1", "sari:K-1:2"]


def test_a_bad_entry_is_named_and_the_good_ones_are_taken() -> None:
    found = read([entry(), {"form": "fax"}, entry(reference="T-3"), 7])
    assert [type(one) for one in found] == [InboundMessage, Unreadable, InboundMessage, Unreadable]
    assert found[1].sentence.startswith("items[1].")
    assert json.loads(found[1].raw) == {"form": "fax"}
    assert found[3].sentence == "items[3]: expected an object."


def test_one_entry_is_answered_with_number_and_both_times() -> None:
    reply, told = answered(door(), GOOD, [Receipt(Outcome.OPENED, "HD26-000001-9", promises=DUE)])
    assert (reply.status, reply.content_type) == (200, "application/json")
    assert told == {
        "number": "HD26-000001-9",
        "outcome": "opened",
        "repeated": False,
        "first_answer": "2026-07-14T10:30:00+07:00",
        "solution": "2026-07-19T10:00:00+07:00",
    }


def test_every_entry_of_a_list_has_its_own_answer() -> None:
    body = [entry(), {"form": "fax"}, entry(reference="T-3")]
    receipts = [Receipt(Outcome.OPENED, "A"), Receipt(Outcome.DUPLICATE, "B", repeated=True)]
    reply, told = answered(door(), body, receipts)
    assert reply.status == 200
    first, second, third = told["items"]
    assert (first["number"], third["number"], third["repeated"]) == ("A", "B", True)
    assert second["outcome"] == "refused"
    assert "items[1]" in second["error"]


def test_a_list_with_nothing_good_says_so_line_by_line() -> None:
    reply, told = answered(door(), [{"form": "fax"}, 5], [])
    assert reply.status == 200
    assert [line["outcome"] for line in told["items"]] == ["refused", "refused"]


def test_a_list_of_one_is_answered_as_a_list() -> None:
    _, told = answered(door(), [GOOD], [Receipt(Outcome.OPENED, "A")])
    assert [line["number"] for line in told["items"]] == ["A"]


def test_malformed_is_answered_with_the_sentence() -> None:
    reply = door().malformed(MalformedMessage("text: needed."))
    assert (reply.status, json.loads(reply.body)) == (400, {"error": "text: needed."})


def test_what_is_nested_too_deep_never_fails() -> None:
    deep: Any = "x"
    for _ in range(900):
        deep = [deep]
    for body in (json.dumps([entry(text=deep)]), json.dumps([deep]), '{"a":' * 5_000):
        try:
            found = door().parse(request(body.encode()))
        except MalformedMessage:
            continue
        assert all(isinstance(one, Unreadable) for one in found)


def test_a_text_may_be_long_but_not_endless() -> None:
    assert len(one(entry(text="x" * 100_000)).text) == 100_000
    with pytest.raises(MalformedMessage, match="text: at most 100000"):
        read(entry(text="x" * 100_001))


def test_a_million_keys_are_one_sentence() -> None:
    body = json.dumps(dict.fromkeys(map(str, range(100_000)), 1)).encode()
    with pytest.raises(MalformedMessage) as refused:
        door().parse(request(body))
    assert len(refused.value.sentence) < 400


async def test_nothing_can_be_sent_by_this_door() -> None:
    message = OutboundMessage(1, ChannelId("loket"), Address(AddressKind.CLAIM, "x"), "Halo")
    with pytest.raises(SendError) as refused:
        await door().send(message)
    assert refused.value.problem.failure is SendFailure.PERMANENT


Json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda below: (
        st.lists(below, max_size=4)
        | st.dictionaries(
            st.sampled_from([*GOOD, "reporter", "occurred_at", "x"]), below, max_size=5
        )
    ),
    max_leaves=12,
)


def found_in(body: bytes) -> list[Any] | MalformedMessage:
    try:
        return list(door().parse(request(body)))
    except MalformedMessage as problem:
        return problem


@given(Json | st.binary())
def test_nothing_raises_but_a_sentence(found: object) -> None:
    seen = found_in(found if isinstance(found, bytes) else json.dumps(found).encode())
    if isinstance(seen, MalformedMessage):
        assert seen.sentence
        assert door().malformed(seen).status == 400
    else:
        assert all(isinstance(item, InboundMessage | Unreadable) for item in seen)


@given(st.text(min_size=1, max_size=300))
def test_no_word_of_a_text_is_lost(text: str) -> None:
    seen = found_in(json.dumps(entry(text=text)).encode())
    if isinstance(seen, MalformedMessage):
        assert seen.sentence == "text: needed."
    else:
        kept = text.replace("\x00", "\ufffd").strip()
        assert seen[0].text == "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in kept)
