"""One promise carried out: what is written after each way a send can end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import pytest

from core.errors import SendError, SendFailure, SendProblem
from core.model.messages import (
    ChannelId,
    DeliveryReport,
    DeliveryState,
    OutboundMessage,
    SendReceipt,
    SentCopy,
)
from core.model.outbox import OutboxItem, OutboxState, RetryPolicy
from core.services.delivery import SLACK, Attempt, Courier, carry_out, record, take_reports
from tests.core.fakes import NOON, SARI, SMS

if TYPE_CHECKING:
    from collections.abc import Sequence

POLICY = RetryPolicy()
SECOND = timedelta(seconds=1)
TRIED = NOON - timedelta(seconds=30)


@dataclass
class Watch:
    at: datetime = NOON

    def now(self) -> datetime:
        return self.at


@dataclass
class Door:
    """A door whose provider keeps no list."""

    problem: SendProblem | None = None
    sent: list[OutboundMessage] = field(default_factory=list)
    watch: Watch = field(default_factory=Watch)
    id: ChannelId = SMS

    async def send(self, message: OutboundMessage) -> SendReceipt:
        self.sent.append(message)
        self.watch.at += SECOND
        if self.problem:
            raise SendError(self.problem)
        return SendReceipt("SM1", DeliveryState.SENT)


@dataclass
class ListingDoor(Door):
    """A door whose provider can be asked what it has of ours."""

    copies: list[SentCopy] = field(default_factory=list)
    list_problem: SendProblem | None = None
    asked: list[tuple[OutboundMessage, datetime]] = field(default_factory=list)

    async def copies_of(self, message: OutboundMessage, since: datetime) -> Sequence[SentCopy]:
        self.asked.append((message, since))
        if self.list_problem:
            raise SendError(self.list_problem)
        return self.copies


def item(attempt: int = 1, **changes: Any) -> OutboxItem:
    plain: dict[str, Any] = {"created_at": TRIED - SECOND, **changes}
    return OutboxItem(7, SMS, SARI, "no tiket …", "ack", attempt, **plain)


def in_doubt(doubts: int = 0, attempt: int = 2, **changes: Any) -> OutboxItem:
    return item(attempt, **{"doubtful": True, "doubts": doubts, "tried_at": TRIED, **changes})


def courier(
    door: Door, *, taken: frozenset[str] = frozenset(), policy: RetryPolicy = POLICY
) -> Courier:
    async def known(ids: Sequence[str]) -> set[str]:
        return {known for known in ids if known in taken}

    return Courier(door, policy, door.watch, known, lambda: 0.5)


def trouble(failure: SendFailure, **more: Any) -> SendProblem:
    return SendProblem(failure, "alasan", "30007", **more)


async def test_a_text_that_is_taken_is_handed_over() -> None:
    door = Door()
    attempt = await carry_out(courier(door), item())
    assert attempt.sent
    assert attempt.problem is None
    result = attempt.result
    assert (result.item_id, result.state) == (7, OutboxState.HANDED_OVER)
    assert (result.provider_id, result.delivery) == ("SM1", DeliveryState.SENT)
    assert (result.tried_at, result.at) == (NOON, NOON + SECOND)
    assert not result.copied
    promised = item()
    assert door.sent == [
        OutboundMessage(7, SMS, SARI, "no tiket …", 1, promised.purpose, promised.created_at, None)
    ]


FAILURES = [
    (SendFailure.RETRY, 1, OutboxState.WAITING, 2 * SECOND),
    (SendFailure.RETRY, 2, OutboxState.WAITING, 4 * SECOND),
    (SendFailure.RETRY, POLICY.max_attempts - 1, OutboxState.WAITING, POLICY.ceiling),
    (SendFailure.RETRY, POLICY.max_attempts, OutboxState.DEAD, None),
    (SendFailure.RETRY, POLICY.max_attempts + 1, OutboxState.DEAD, None),
    (SendFailure.PAUSE, 1, OutboxState.WAITING, 2 * SECOND),
    (SendFailure.PAUSE, 500, OutboxState.WAITING, POLICY.ceiling),
    (SendFailure.DOUBT, 1, OutboxState.IN_DOUBT, POLICY.doubt_wait),
    (SendFailure.DOUBT, 5, OutboxState.IN_DOUBT, 32 * SECOND),
    (SendFailure.DOUBT, POLICY.max_attempts, OutboxState.DEAD, None),
    (SendFailure.PERMANENT, 1, OutboxState.DEAD, None),
    (SendFailure.HELD, 1, OutboxState.HELD, None),
]


@pytest.mark.parametrize(("failure", "attempts", "state", "pause"), FAILURES)
async def test_the_class_of_the_failure_alone_decides(
    failure: SendFailure, attempts: int, state: OutboxState, pause: timedelta | None
) -> None:
    problem = trouble(failure)
    attempt = await carry_out(courier(Door(problem)), item(attempts))
    assert attempt.problem is problem
    assert not attempt.sent
    result = attempt.result
    assert result.state is state
    assert result.next_try_at == (pause and NOON + SECOND + pause)
    assert (result.code, result.reason) == ("30007", "alasan")
    assert result.tried_at == NOON
    assert not result.opted_out


def test_every_class_has_a_row() -> None:
    assert {row[0] for row in FAILURES} == set(SendFailure)


@pytest.mark.parametrize("failure", [SendFailure.RETRY, SendFailure.PAUSE, SendFailure.DOUBT])
async def test_no_send_before_the_provider_allows_it(failure: SendFailure) -> None:
    far = trouble(failure, retry_after=timedelta(hours=3))
    near = trouble(failure, retry_after=timedelta(milliseconds=1))
    late = await carry_out(courier(Door(far)), item())
    soon = await carry_out(courier(Door(near)), item())
    assert late.result.next_try_at == NOON + SECOND + timedelta(hours=3)
    assert soon.result.next_try_at is not None
    assert soon.result.next_try_at >= NOON + 3 * SECOND


async def test_a_refusal_marks_the_recipient() -> None:
    refused = trouble(SendFailure.PERMANENT, opted_out=True)
    attempt = await carry_out(courier(Door(refused)), item())
    assert attempt.result.state is OutboxState.DEAD
    assert attempt.result.opted_out


def copy(provider_id: str) -> SentCopy:
    return SentCopy(provider_id, TRIED, DeliveryState.DELIVERED)


async def test_a_copy_in_the_list_is_ours_and_nothing_is_sent() -> None:
    door = ListingDoor(copies=[copy("SM9")])
    attempt = await carry_out(courier(door), in_doubt())
    assert door.sent == []
    assert not attempt.sent
    result = attempt.result
    assert (result.state, result.provider_id) == (OutboxState.HANDED_OVER, "SM9")
    assert result.delivery is DeliveryState.DELIVERED
    assert result.tried_at == TRIED
    assert not result.copied


async def test_the_list_is_asked_a_little_further_back_than_we_tried() -> None:
    door = ListingDoor(copies=[copy("SM9")])
    await carry_out(courier(door), in_doubt())
    await carry_out(courier(door), in_doubt(tried_at=None))
    assert [since for _, since in door.asked] == [TRIED - SLACK, TRIED - SECOND - SLACK]


async def test_a_copy_of_another_item_is_not_ours() -> None:
    door = ListingDoor(copies=[copy("SM8"), copy("SM9")])
    attempt = await carry_out(courier(door, taken=frozenset({"SM8"})), in_doubt())
    assert attempt.result.provider_id == "SM9"


def assert_marked_first(attempt: Attempt, door: Door) -> None:
    """The mark is on disk before the copy goes out, else a kill in between would lose it."""
    assert door.sent == []
    result = attempt.result
    assert (result.state, result.copied) == (OutboxState.IN_DOUBT, True)
    assert result.next_try_at == NOON
    assert result.tried_at is not None


NOT_FOUND: list[tuple[list[SentCopy], frozenset[str]]] = [
    ([], frozenset()),
    ([copy("SM8")], frozenset({"SM8"})),
]


@pytest.mark.parametrize(("copies", "taken"), NOT_FOUND)
async def test_what_is_not_found_is_looked_for_again_and_then_sent_with_a_mark(
    copies: list[SentCopy], taken: frozenset[str]
) -> None:
    door = ListingDoor(copies=copies)
    first = await carry_out(courier(door, taken=taken), in_doubt(0))
    assert door.sent == []
    assert (first.result.state, first.result.doubts) == (OutboxState.IN_DOUBT, 1)
    assert first.result.next_try_at == NOON + POLICY.doubt_wait
    assert first.result.tried_at == TRIED
    second = await carry_out(courier(door, taken=taken), in_doubt(1))
    assert_marked_first(second, door)
    third = await carry_out(courier(door, taken=taken), in_doubt(1, 3, copied=True))
    assert len(door.sent) == 1
    assert third.sent
    assert third.result.state is OutboxState.HANDED_OVER
    assert third.result.copied


WINDOW = POLICY.doubt_wait * POLICY.doubt_looks


@pytest.mark.parametrize(
    ("since", "again"),
    [
        (timedelta(), True),
        (WINDOW - timedelta(microseconds=1), True),
        (WINDOW, False),
        (-SECOND, False),  # the clock was set back: nothing waits for a day
    ],
)
async def test_no_copy_before_the_list_had_its_time_however_often_it_was_asked(
    since: timedelta,
    again: bool,
) -> None:
    door = ListingDoor()
    attempt = await carry_out(courier(door), in_doubt(7, tried_at=NOON - since))
    assert door.sent == []
    assert attempt.result.copied is not again
    if again:
        assert attempt.result.next_try_at == NOON + POLICY.doubt_wait


async def test_a_list_that_cannot_be_read_counts_as_no_look() -> None:
    down = trouble(SendFailure.RETRY)
    door = ListingDoor(list_problem=down)
    for doubts in (0, 1, 5):
        attempt = await carry_out(courier(door), in_doubt(doubts))
        assert attempt.problem is down
        assert (attempt.result.state, attempt.result.doubts) == (OutboxState.IN_DOUBT, doubts)
    assert door.sent == []


async def test_a_list_that_stays_unreadable_does_not_keep_a_reply_for_ever() -> None:
    door = ListingDoor(list_problem=trouble(SendFailure.RETRY))
    long_ago = NOON - POLICY.doubt_limit
    first = await carry_out(courier(door), in_doubt(tried_at=long_ago))
    assert_marked_first(first, door)
    attempt = await carry_out(courier(door), in_doubt(tried_at=long_ago, copied=True))
    assert len(door.sent) == 1
    assert attempt.result.copied


async def test_without_a_list_one_wait_is_all_there_is() -> None:
    door = Door()
    first = await carry_out(courier(door), in_doubt(0))
    assert door.sent == []
    assert (first.result.state, first.result.doubts) == (OutboxState.IN_DOUBT, 1)
    second = await carry_out(courier(door), in_doubt(1))
    assert_marked_first(second, door)
    third = await carry_out(courier(door), in_doubt(1, 3, copied=True))
    assert third.sent
    assert third.result.copied


async def test_a_second_unknown_outcome_begins_a_new_doubt() -> None:
    door = ListingDoor(problem=trouble(SendFailure.DOUBT))
    attempt = await carry_out(courier(door), in_doubt(1, copied=True))
    assert (attempt.result.state, attempt.result.doubts) == (OutboxState.IN_DOUBT, 0)
    assert attempt.result.tried_at == NOON


async def test_an_error_that_is_no_send_error_is_a_bug_and_stays_one() -> None:
    class Broken(Door):
        async def send(self, message: OutboundMessage) -> SendReceipt:
            raise ZeroDivisionError(message)

    with pytest.raises(ZeroDivisionError):
        await carry_out(courier(Broken()), item())


@dataclass
class Shelf:
    written: list[object] = field(default_factory=list)
    committed: int = 0

    @property
    def outbox(self) -> Shelf:
        return self

    async def record(self, results: Sequence[object]) -> None:
        self.written += results

    async def report(self, reports: Sequence[object]) -> int:
        self.written += reports
        return len(reports) - 1

    async def commit(self) -> None:
        self.committed = len(self.written)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Whatever was not committed is gone; ``committed`` tells."""


async def test_results_and_reports_are_committed() -> None:
    shelf = Shelf()
    open_desk: Any = lambda: shelf  # noqa: E731 - a desk with one shelf
    attempt: Attempt = await carry_out(courier(Door()), item())
    await record(open_desk, [attempt.result])
    reports = [DeliveryReport(SMS, told, DeliveryState.SENT, NOON) for told in ("SM1", "SM2")]
    assert (shelf.committed, shelf.written) == (1, [attempt.result])
    found = await take_reports(open_desk, reports)
    assert (found, shelf.committed) == (1, 3)
