"""What is done with a message that opened no ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.language import N_
from console.staff.guard import told
from core.errors import NotFound
from core.model.rights import reaches
from core.model.staff import Reach, Right
from core.model.work import Actor, Refusal
from core.services.joining import JoinOrder, join_in
from core.services.splitting import sort_in

if TYPE_CHECKING:
    from aiohttp import web

    from console.staff.visit import Visit

NO_NUMBER: Final = N_("Nomor tiket tidak terbaca. Salin nomor lengkapnya, lalu ulangi.")


async def take_out(visit: Visit) -> web.StreamResponse:
    """Makes a ticket of it, with its original time of receipt. Raises NotFound."""
    message = message_of(visit)
    store, now = visit.reception.store, visit.now()
    order = (Actor(visit.staff), message)
    done = await sort_in((store.desk, store.blocks), visit.reception.work, order, now)
    if isinstance(done, Refusal):
        return told(visit.request, 409, done.sentence)
    visit.reception.committed()
    return visit.go(f"/console/kotak/baru/{done.ticket.number}")


async def join(visit: Visit) -> web.StreamResponse:
    """Puts it into the ticket whose number was typed. Raises NotFound."""
    message = message_of(visit)
    number = visit.reception.number(visit.form.get("nomor", ""))
    if number is None:
        return told(visit.request, 422, NO_NUMBER, visit.form)
    order = JoinOrder(Actor(visit.staff), message, number, visit.now())
    done = await join_in(visit.reception.store.desk, visit.reception.work, order)
    if isinstance(done, Refusal):
        return told(visit.request, 409, done.sentence, visit.form)
    visit.reception.committed()
    return visit.go(f"/console/kotak/berjalan/{number}")


def message_of(visit: Visit) -> int:
    """The message of the address, for somebody who sorts all. Raises NotFound."""
    if Reach.ALL not in reaches(visit.staff, Right.CLASSIFY):
        raise NotFound(visit.request.path)
    return visit.identity("pesan")
