"""A message of the unsorted tray joins the ticket that it belongs to (requirements §1 rule 10)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from core.errors import NotFound
from core.model import clocks
from core.model.act_rules import UNENTITLED, entitled, sees
from core.model.messages import Outcome
from core.model.scene import Scene, already, change, digest, fact, invalid, terms_of
from core.model.sentences import said
from core.model.staff import Right
from core.model.value import value
from core.services.work import Done, carry_out

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.scene import WorkPolicy
    from core.model.work import Actor, Refusal, StoredMessage, WorkTicket
    from core.ports import Desk, OpenDesk

SORTED: Final = said("Pesan ini sudah dipilah.")
FOREIGN: Final = said(
    "Pesan ini bukan dari pelapor tiket itu. Jadikan tiket sendiri, lalu gabungkan kedua tiketnya."
)
ENDED: Final = said("Tiket itu sudah berakhir. Jadikan pesan ini tiket sendiri.")


@value
class JoinOrder:
    """Which message belongs to which ticket.

    Attributes:
        number: canonical, as ``core.model.numbers`` writes it.
        now: aware UTC.
    """

    actor: Actor
    message_id: int
    number: str
    now: datetime


async def join_in(open_desk: OpenDesk, policy: WorkPolicy, order: JoinOrder) -> Done | Refusal:
    """The message becomes part of the ticket's conversation; its sender waits for an answer.

    Only a message of the ticket's own reporter: answers go where the last message came from.

    Raises:
        NotFound: no such message or ticket, or none that the actor may know of.
        Conflict, StoreUnavailable: nothing was kept.
    """
    async with open_desk() as desk:
        ticket = await desk.work.load(order.number)
        if ticket is None or not sees(order.actor, ticket):
            raise NotFound(order.number)
        message = await desk.work.message(order.message_id)
        if message is None:
            raise NotFound(order.message_id)
        if wrong := _wrong(order, ticket, message):
            return wrong
        done = await _join(desk, Scene(ticket, order.actor, policy, order.now), message)
        await desk.commit()
    return done


def _wrong(order: JoinOrder, ticket: WorkTicket, message: StoredMessage) -> Refusal | None:
    if not entitled(order.actor, Right.CLASSIFY, ticket):
        return UNENTITLED
    if message.ticket_id is not None or message.outcome != Outcome.UNSORTED.value:
        return already(SORTED)
    if message.address_id not in {ticket.address_id, *(way.address_id for way in ticket.ways)}:
        return invalid("nomor", FOREIGN)
    return None if ticket.status.running else invalid("nomor", ENDED)


async def _join(desk: Desk, scene: Scene, message: StoredMessage) -> Done:
    ticket = scene.ticket
    waiting = clocks.waits_again(
        terms_of(scene.policy, ticket), ticket.clocks, message.received_at
    )
    fresh = {clock.target for clock in waiting}
    kept = tuple(clock for clock in ticket.clocks if clock.target not in fresh)
    told = fact(
        scene, "MessageJoined", message=message.id, text_sha256=digest(message.text), by="hand"
    )
    await desk.work.move(message.id, ticket.id, opens=False)
    return await carry_out(desk, scene, change(replace(ticket, clocks=(*kept, *waiting)), told))
