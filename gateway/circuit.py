"""One circuit per channel: trouble with one provider stops its sending only, and drops nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import Scope, SendFailure, SendProblem

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from core.model.outbox import RetryPolicy

PATIENCE = 5
"""Failures in a row before a channel is taken for down."""


class Circuit:
    """Says when a channel may send again.

    A channel-wide problem (429, revoked credentials) stops it at once, for as long as the
    provider says or with doubling pauses; so do several failures in a row. After the pause one
    item goes first; its success closes the circuit.
    """

    def __init__(self, policy: RetryPolicy) -> None:
        self._policy = policy
        self._failures = 0
        self._trips = 0
        self.paused_until: datetime | None = None
        self.reason = ""

    def open_at(self, now: datetime) -> timedelta | None:
        """How long sending still has to wait; None when it may go on."""
        if self.paused_until is None or now >= self.paused_until:
            return None
        return self.paused_until - now

    @property
    def probing(self) -> bool:
        """Whether only one item may be tried."""
        return self._trips > 0

    def end_pause(self, now: datetime) -> bool:
        """Somebody has mended what was wrong: one item is tried now; False: it is not paused."""
        if self.open_at(now) is None:
            return False
        self.paused_until = now
        return True

    def succeeded(self) -> None:
        """The provider took something: everything is well again."""
        self._failures = self._trips = 0
        self.paused_until, self.reason = None, ""

    def failed(self, problem: SendProblem, now: datetime) -> bool:
        """Notes a failure; returns whether the channel was stopped by it."""
        if problem.failure in (SendFailure.PERMANENT, SendFailure.HELD):
            return False
        self._failures += 1
        wide = problem.scope is Scope.CHANNEL or problem.failure is SendFailure.PAUSE
        if not wide and self._failures < PATIENCE and not self.probing:
            return False
        if self.open_at(now) and not problem.retry_after:
            return False
        self._trips += 1
        pause = problem.retry_after or self._policy.pause(self._trips, 0.5)
        self.paused_until = max(self.paused_until or now, now + pause)
        self.reason = problem.reason
        return True
