"""Every act of staff on a ticket, one route each (core/model/acts.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from core.model.act_rules import NAMES, RULES
from core.model.rights import may
from core.model.staff import Right
from core.model.work import Actor, Refusal
from core.services.work import Order, act
from gateway.api.act_models import act_from, body_of
from gateway.api.problems import NotDone, refusal_problem
from gateway.api.table import Answer, Call, Endpoint, Keyed, Shown
from gateway.api.ticket_models import TicketShown, ticket_of
from gateway.api.tickets import ticket

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class ActDone(Shown):
    """The ticket as it stands after the act, and what leaves because of it.

    ``told`` names the texts to the reporter: ``answer``, ``resolved`` …; empty: nobody is told.
    """

    ticket: TicketShown
    told: list[str]


def _doing(kind: type[Any]) -> Callable[[Call], Awaitable[Answer]]:
    async def do(call: Call) -> Answer:
        number = call.parts.number(call.path["number"])
        asked = act_from(kind, call.body)
        order = Order(Actor(call.staff), number, asked, call.now, version=call.version)
        done = await act(call.open_desk, call.parts.work, order)
        if isinstance(done, Refusal):
            raise NotDone(refusal_problem(done))
        call.parts.committed()
        measure = may(call.staff, Right.MEASURE, done.ticket.facts)
        body = ActDone(
            ticket=ticket_of(done.ticket, call.parts.zone, measure=measure), told=list(done.told)
        )
        return Answer(body, done.ticket.version)

    return do


async def stands(call: Call) -> Answer:
    """The act is on disk, its answer was lost: the ticket as it stands now."""
    found = await ticket(call)
    if not isinstance(found.body, TicketShown):
        raise TypeError
    return Answer(ActDone(ticket=found.body, told=[]), found.version)


def _summary(kind: type[Any]) -> str:
    return (kind.__doc__ or "").strip().split("\n")[0]


ROUTES: Final = tuple(
    Endpoint(
        "POST",
        f"/tickets/{{number}}/acts/{name}",
        RULES[kind].right,
        _doing(kind),
        _summary(kind),
        ActDone,
        asks=body_of(kind),
        versioned=True,
        keyed=Keyed.IN_ONE,
        again=stands,
    )
    for name, kind in NAMES.items()
)
