"""Outgoing messages by hand: an answer taken back before it left, a failed one sent once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.model.rights import may
from core.model.staff import Right
from core.model.work import Actor, Refusal
from core.services.letters import LetterOrder, recall, send_again
from gateway.api.acts import ActDone, stands
from gateway.api.people import identity
from gateway.api.problems import NotDone, refusal_problem
from gateway.api.table import Answer, Call, Endpoint, Keyed
from gateway.api.ticket_models import ticket_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from core.model.scene import WorkPolicy
    from core.ports import OpenDesk
    from core.services.work import Done

    Wish = Callable[[OpenDesk, WorkPolicy, LetterOrder], Awaitable[Done | Refusal]]


def _doing(wish: Wish) -> Callable[[Call], Awaitable[Answer]]:
    async def do(call: Call) -> Answer:
        message, number = identity(call, "message"), call.parts.number(call.path["number"])
        order = LetterOrder(Actor(call.staff), number, message, call.now)
        done = await wish(call.open_desk, call.parts.work, order)
        if isinstance(done, Refusal):
            raise NotDone(refusal_problem(done))
        call.parts.committed()
        measure = may(call.staff, Right.MEASURE, done.ticket.facts)
        body = ActDone(ticket=ticket_of(done.ticket, call.parts.zone, measure=measure), told=[])
        return Answer(body, done.ticket.version)

    return do


ROUTES: Final = tuple(
    Endpoint(
        "POST",
        f"/tickets/{{number}}/messages/{{message}}/{name}",
        Right.REPLY,
        _doing(wish),
        summary,
        ActDone,
        keyed=Keyed.IN_ONE,
        again=stands,
    )
    for name, wish, summary in (
        ("send-again", send_again, "Send once more what did not arrive"),
        ("recall", recall, "Take back an answer that has not left"),
    )
)
