"""What can go wrong at a simulated provider, switched on by visitors, tests and the bench."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, fields
from enum import StrEnum


class Fault(StrEnum):
    """How one request for sending is answered."""

    NONE = "none"
    TOO_MANY = "too_many"  # 429 with Retry-After; nothing taken
    ERROR = "error"  # 500; nothing taken
    DROP = "drop"  # connection cut; nothing taken
    TAKEN_THEN_ERROR = "taken_then_error"  # the text goes out, the caller hears 500
    TAKEN_THEN_DROP = "taken_then_drop"  # the text goes out, the caller hears nothing
    SLOW = "slow"  # taken, answered after ``slow`` seconds
    GIBBERISH = "gibberish"  # the text goes out, the caller gets an HTML page
    UNAUTHORIZED = "unauthorized"  # credentials revoked

    @property
    def takes(self) -> bool:
        """Whether the text goes out in spite of the fault."""
        return self in _TAKING

    @property
    def honest(self) -> bool:
        """Whether the caller hears what became of the text."""
        return self is not Fault.TAKEN_THEN_ERROR


_TAKING = frozenset(
    {Fault.NONE, Fault.TAKEN_THEN_ERROR, Fault.TAKEN_THEN_DROP, Fault.SLOW, Fault.GIBBERISH}
)


@dataclass(slots=True)
class Faults:
    """Switches; all off at first.

    Attributes:
        script: faults of the next requests for sending, one each; then ``sending`` holds.
        sending: what every request for sending meets.
        listing: what every request for the list meets.
        retry_after: seconds told with 429.
        slow: seconds before a slow answer.
        list_delay: seconds until a message shows in the list; the real one lags, too.
        refused: numbers that cannot be written to, with the code (21610: opted out).
        undelivered: numbers whose texts are taken and then reported undelivered, with the code.
        doubled_callbacks: each status callback comes twice.
        reversed_callbacks: ``delivered`` comes before ``sent``.
        mute_callbacks: no status callback at all.
    """

    script: deque[Fault] = field(default_factory=deque)
    sending: Fault = Fault.NONE
    listing: Fault = Fault.NONE
    retry_after: int = 1
    slow: float = 20.0
    list_delay: float = 0.0
    refused: dict[str, int] = field(default_factory=dict)
    undelivered: dict[str, int] = field(default_factory=dict)
    doubled_callbacks: bool = False
    reversed_callbacks: bool = False
    mute_callbacks: bool = False

    def next_send(self) -> Fault:
        """The fault the next request for sending meets; takes it off the script."""
        return self.script.popleft() if self.script else self.sending

    def clear(self) -> None:
        """All off again."""
        fresh = Faults()
        for one in fields(self):
            setattr(self, one.name, getattr(fresh, one.name))
