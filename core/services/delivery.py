"""Delivery: one claimed promise is carried out, and what became of it is a value.

Sending is not idempotent at any provider: after an unknown outcome the provider's own list is
asked first, and only then the text is sent again and marked as a copy (providers.md §2.3).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.errors import SendError, SendFailure, SendProblem
from core.model.messages import DeliveryReport, OutboundMessage, SentCopy
from core.model.outbox import OutboxItem, OutboxState, RetryPolicy, SendResult
from core.model.value import value
from core.ports import Clock, FindsCopies, OpenDesk, Sends

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

SLACK = timedelta(seconds=2)
"""The provider's clock and ours may differ by this much when copies are looked for."""


@value
class Attempt:
    """One attempt: what to record, and the problem if there was one.

    Attributes:
        sent: whether the provider took the text now (False when a copy was found).
    """

    result: SendResult
    problem: SendProblem | None = None
    sent: bool = False


@value
class Courier:
    """What carrying out a promise needs.

    Attributes:
        door: the channel's door.
        policy: when to try again.
        clock: wall-clock time.
        taken: provider ids among the given that belong to some item already.
        jitter: a random number in [0, 1).
    """

    door: Sends
    policy: RetryPolicy
    clock: Clock
    taken: Callable[[Sequence[str]], Awaitable[set[str]]]
    jitter: Callable[[], float]


async def carry_out(courier: Courier, item: OutboxItem) -> Attempt:
    """Looks for the earlier attempt if there may be one, then sends. Never raises SendError.

    The mark of a copy is written before the copy goes out: a process that dies while sending it,
    or hears nothing clear about it, leaves no second text without its mark.
    """
    if not item.doubtful:
        return await _send(courier, item)
    if found := await _look(courier, item):
        return found
    if not item.copied:
        return Attempt(_marked(courier, item))
    return await _send(courier, item, copied=True)


async def _send(courier: Courier, item: OutboxItem, *, copied: bool = False) -> Attempt:
    began = courier.clock.now()
    try:
        receipt = await courier.door.send(_message(item))
    except SendError as error:
        return Attempt(_failed(courier, item, error.problem, began), error.problem)
    now = courier.clock.now()
    result = SendResult(
        item.id,
        OutboxState.HANDED_OVER,
        now,
        provider_id=receipt.provider_id,
        delivery=receipt.state,
        copied=copied,
        tried_at=began,
    )
    return Attempt(result, sent=True)


def _failed(
    courier: Courier, item: OutboxItem, problem: SendProblem, began: datetime
) -> SendResult:
    """The next state by the class of the failure (providers.md §2.3)."""
    now, policy = courier.clock.now(), courier.policy
    base = SendResult(
        item.id, OutboxState.DEAD, now, code=problem.code, reason=problem.reason, tried_at=began
    )
    pause = max(policy.pause(item.attempt, courier.jitter()), problem.retry_after or timedelta())
    match problem.failure:
        # A provider that never tells would else be sent copies for ever.
        case SendFailure.RETRY | SendFailure.DOUBT if item.attempt >= policy.max_attempts:
            return base
        case SendFailure.DOUBT:
            look_at = now + max(pause, policy.doubt_wait)
            return replace(base, state=OutboxState.IN_DOUBT, next_try_at=look_at)
        case SendFailure.RETRY | SendFailure.PAUSE:
            return replace(base, state=OutboxState.WAITING, next_try_at=now + pause)
        case SendFailure.HELD:
            return replace(base, state=OutboxState.HELD)
        case _:
            return replace(base, opted_out=problem.opted_out)


async def _look(courier: Courier, item: OutboxItem) -> Attempt | None:
    """The earlier attempt as found in the provider's list; a further wait; or None: send again."""
    door, now = courier.door, courier.clock.now()
    since = (item.tried_at or item.created_at) - SLACK
    if not isinstance(door, FindsCopies):
        # Nothing to ask: wait out once, then send again with the mark.
        return None if item.doubts else _still_in_doubt(courier, item)
    try:
        copies = await door.copies_of(_message(item), since)
    except SendError as error:
        waiting = _still_in_doubt(courier, item, item.doubts)
        too_long = now - since > courier.policy.doubt_limit
        return None if too_long else replace(waiting, problem=error.problem)
    taken = await courier.taken([copy.provider_id for copy in copies])
    free = [copy for copy in copies if copy.provider_id not in taken]
    if free:
        return Attempt(_found(item, free[0], now))
    again = item.doubts + 1 < courier.policy.doubt_looks or _too_early(courier, item, now)
    return _still_in_doubt(courier, item) if again else None


def _too_early(courier: Courier, item: OutboxItem, now: datetime) -> bool:
    """Whether the list may still lag: a process that took over at its start looks at once."""
    policy = courier.policy
    since = now - (item.tried_at or item.created_at)
    return timedelta() <= since < policy.doubt_wait * policy.doubt_looks


def _found(item: OutboxItem, copy: SentCopy, now: datetime) -> SendResult:
    return SendResult(
        item.id,
        OutboxState.HANDED_OVER,
        now,
        provider_id=copy.provider_id,
        delivery=copy.state,
        tried_at=item.tried_at,
    )


def _marked(courier: Courier, item: OutboxItem) -> SendResult:
    """In doubt as before, the mark added, due at once."""
    now = courier.clock.now()
    return SendResult(
        item.id,
        OutboxState.IN_DOUBT,
        now,
        next_try_at=now,
        doubts=item.doubts,
        copied=True,
        tried_at=item.tried_at,
    )


def _still_in_doubt(courier: Courier, item: OutboxItem, doubts: int | None = None) -> Attempt:
    now = courier.clock.now()
    count = item.doubts + 1 if doubts is None else doubts
    return Attempt(
        SendResult(
            item.id,
            OutboxState.IN_DOUBT,
            now,
            next_try_at=now + courier.policy.doubt_wait,
            doubts=count,
            tried_at=item.tried_at,
        )
    )


def _message(item: OutboxItem) -> OutboundMessage:
    return OutboundMessage(
        item.id,
        item.channel,
        item.recipient,
        item.text,
        item.attempt,
        item.purpose,
        item.created_at,
        item.conversation,
    )


async def record(open_desk: OpenDesk, results: Sequence[SendResult]) -> None:
    """Writes what became of attempts, in one transaction. Raises StoreUnavailable."""
    async with open_desk() as desk:
        await desk.outbox.record(results)
        await desk.commit()


async def take_reports(open_desk: OpenDesk, reports: Sequence[DeliveryReport]) -> int:
    """Moves delivery states forward; returns how many reports found their message.

    Raises:
        StoreUnavailable: nothing was kept; the provider must repeat.
    """
    async with open_desk() as desk:
        count = await desk.outbox.report(reports)
        await desk.commit()
    return count
