"""Earlier tickets like this one, with what helped then, beside the ticket (BW-53)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from console.language import N_
from console.wording import moment
from core.model.likeness import most_alike
from core.model.masking import mask_identity
from core.model.staff import Right
from core.model.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.staff.guard import Guard
    from console.staff.visit import Visit
    from core.model.likeness import Likeness

REASONS: Final[Mapping[str, str]] = {
    "thing": N_("menyebut %(things)s juga"),
    "place": N_("tempat yang sama"),
    "subject": N_("pokok serupa"),
    "reporter": N_("pelapor yang sama"),
    "unit": N_("unit yang sama"),
}


@value
class Earlier:
    """One earlier ticket; texts masked."""

    number: str
    subject: str
    status_words: str
    opened: str
    why: str
    solution: str


async def show(visit: Visit) -> web.StreamResponse:
    """A page of its own; beside the ticket only the part. Raises NotFound."""
    lists, number = visit.reception.store.lists, visit.ticket_number()
    ticket = await lists.one(visit.scope(), number)
    found = most_alike(ticket, await lists.earlier(visit.scope(), ticket))
    values = {"number": number, "earlier": [_shown(visit, one) for one in found]}
    return visit.page("_earlier.html" if visit.by_script else "earlier.html", values)


def _shown(visit: Visit, found: Likeness) -> Earlier:
    one, say = found.ticket, visit.words
    things = ", ".join(found.things)
    return Earlier(
        number=one.number,
        subject=mask_identity(one.subject),
        status_words=say(one.status.word),
        opened=moment(one.opened_at, visit.reception.zone, say),
        why=", ".join(say(REASONS[name]) % {"things": things} for name in found.reasons),
        solution=mask_identity(one.solution),
    )


def earlier_routes(guard: Guard) -> list[web.RouteDef]:
    """Where they stand."""
    return [web.get("/console/tiket/{number}/serupa", guard.page(show, Right.VIEW))]
