"""The few errors of the system (design.md §5). Expected outcomes are values, not errors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta


class GatewayError(Exception):
    """Root of our own errors, so that a loop edge can tell ours from a bug."""


class RequestRejected(GatewayError):  # noqa: N818 - design.md §5 names it
    """The request is not authentic, or not meant for this channel.

    ``foreign`` tells the two apart: False is a missing or wrong signature (401), True an authentic
    request for another account, number or bot (403 and an alarm). The reason is for our log only
    and never holds the expected secret.
    """

    def __init__(self, reason: str, *, foreign: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.foreign = foreign


class MalformedMessage(GatewayError):  # noqa: N818 - design.md §5 names it
    """Authentic, but unreadable: the raw bytes go to quarantine.

    ``sentence`` is one plain sentence that may be shown to the sender; it names the field.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFound(GatewayError):  # noqa: N818 - design.md §5 names it
    """No such thing, or none that the asker may know of."""


class Conflict(GatewayError):  # noqa: N818 - design.md §5 names it
    """A stale version or a forbidden transition."""


class StoreUnavailable(GatewayError):  # noqa: N818 - design.md §5 names it
    """The store cannot commit now; the sender must keep the message and try again."""


class Busy(StoreUnavailable):
    """Too much waits already: shed load so that memory stays flat."""


class TooLarge(GatewayError):  # noqa: N818 - design.md §5 names it
    """A file grows beyond the limit while it comes; what was written is thrown away."""


class SendFailure(StrEnum):
    """The class of a failed send (providers.md §2.3); it alone decides what happens next."""

    RETRY = "retry"  # the provider took nothing; try again later
    DOUBT = "doubt"  # it may have gone out: look first
    PERMANENT = "permanent"  # will never work; dead letter
    PAUSE = "pause"  # credentials or account: stop the channel, drop nothing
    HELD = "held"  # waits for a person or a window


class Scope(StrEnum):
    """What a failed send is about."""

    MESSAGE = "message"
    RECIPIENT = "recipient"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class SendProblem:
    """Why a send failed.

    Attributes:
        failure: the class; decides what happens next.
        reason: a short Indonesian sentence for the ticket, without personal data.
        code: the provider's own code, or the kind of network fault.
        scope: whether only this message, this recipient, or the whole channel is hurt.
        retry_after: the provider's law: no send before it.
        opted_out: the recipient told the provider to stop (Twilio 21610).
    """

    failure: SendFailure
    reason: str
    code: str = ""
    scope: Scope = Scope.MESSAGE
    retry_after: timedelta | None = None
    opted_out: bool = False


class SendError(GatewayError):
    """A provider did not take a message. Made in one place per provider."""

    def __init__(self, problem: SendProblem) -> None:
        super().__init__(f"{problem.failure}: {problem.code} {problem.reason}")
        self.problem = problem

    @property
    def retryable(self) -> bool:
        """Whether the dispatcher tries again by itself."""
        return self.problem.failure in (SendFailure.RETRY, SendFailure.DOUBT, SendFailure.PAUSE)
