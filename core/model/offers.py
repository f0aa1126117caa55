"""Which commands a reporter may give now, for pages that offer them as buttons.

The commands themselves are decided by core/model/command_rules.py, whichever door they come by;
this only says beforehand which of them would do something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.model.intent import Command
from core.model.ticket import ALLOWED, Status

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.policy import IntakePolicy
    from core.model.work import WorkTicket

WORDS: Final = {
    Command.CONFIRM: "SELESAI",
    Command.REOPEN: "BUKA",
    Command.CANCEL: "BATAL",
    Command.OBJECT: "KEBERATAN",
    Command.ESCALATE: "ESKALASI",
}
"""How each is written in a chat."""

_REOPENED: Final = frozenset({Status.RESOLVED, Status.CLOSED, Status.CANCELLED})
_UNANSWERABLE: Final = frozenset({Status.REJECTED, Status.CANCELLED, Status.MERGED})


def offered(policy: IntakePolicy, ticket: WorkTicket, now: datetime) -> tuple[Command, ...]:
    """What the reporter may do with the ticket now, the likeliest first.

    Args:
        policy: how long an ended ticket can be taken up again.
        ticket: as it stands.
        now: aware UTC.
    """
    status = ticket.status
    if status.running:
        cancel = Command.CANCEL if Status.CANCELLED in ALLOWED[status] else None
        escalate = None if ticket.asked_escalation else Command.ESCALATE
        return tuple(one for one in (escalate, cancel) if one)
    confirm = (Command.CONFIRM,) if status is Status.RESOLVED else ()
    if window_end(policy, ticket) <= now:
        return confirm
    if status in _REOPENED:
        return (*confirm, Command.REOPEN)
    objects = status is Status.REJECTED and not ticket.objected
    return (Command.OBJECT,) if objects else ()


def window_end(policy: IntakePolicy, ticket: WorkTicket) -> datetime:
    """Until when an ended ticket can be taken up again (requirements §2), aware UTC."""
    return ticket.status_at + policy.reopening


def takes_words(policy: IntakePolicy, ticket: WorkTicket, now: datetime) -> bool:
    """Whether plain words belong on its page.

    Within the window of an ended ticket they would reopen it, so that BUKA is offered instead;
    after it they open a new ticket that goes on from this one.
    """
    if ticket.status.running:
        return True
    return ticket.status not in _UNANSWERABLE and window_end(policy, ticket) <= now
