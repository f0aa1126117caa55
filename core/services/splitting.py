"""A stored message becomes a ticket: out of the unsorted tray, or out of another ticket.

Promises count from the original receipt (requirements §1 rule 10); the number is given now.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import NotFound
from core.model.act_rules import UNENTITLED, entitled, sees
from core.model.case import Reply
from core.model.events import GENESIS, Fact, chain
from core.model.filing import Filing
from core.model.gsm7 import segments
from core.model.messages import Outcome
from core.model.numbers import TicketNumber
from core.model.outbox import OutboxDraft
from core.model.reading import read_form
from core.model.replies import Told, compose, text_key
from core.model.rights import may
from core.model.scene import Scene, already, change, digest, fact, invalid, not_allowed
from core.model.sentences import said
from core.model.sla import Matter, promises
from core.model.staff import Right
from core.model.survey import bounds, period_of
from core.model.texts import TextForm
from core.model.ticket import KnownTicket, NewTicket, Priority, Status
from core.model.value import value
from core.model.work import Change, Noted, Refusal, RefusalKind, WayBack, WorkTicket
from core.services.telling import open_way
from core.services.work import Done, carry_out

if TYPE_CHECKING:
    from datetime import datetime

    from core.model.acts import Split
    from core.model.events import Json
    from core.model.intent import Intent
    from core.model.scene import WorkPolicy
    from core.model.work import Actor, Laid, StoredMessage
    from core.ports import Blocks, Desk, OpenDesk


@value
class SplitOrder:
    """What somebody wants split off, as ``core.services.work.Order``."""

    actor: Actor
    number: str
    act: Split
    now: datetime
    version: int | None = None


async def sort_in(
    stores: tuple[OpenDesk, Blocks], policy: WorkPolicy, order: tuple[Actor, int], now: datetime
) -> Done | Refusal:
    """Opens a ticket from a message of the unsorted tray, as if it had begun with the keyword.

    Args:
        stores: begins a unit of work; numbers.
        policy: the office's settings.
        order: who, and the message's id.
        now: aware UTC.

    Raises:
        NotFound: no such message.
        StoreUnavailable: nothing was kept.
    """
    open_desk, blocks = stores
    actor, message_id = order
    if actor.staff is not None and not may(actor.staff, Right.ENTER):
        return UNENTITLED
    number = await _number(blocks, policy, now)
    async with open_desk() as desk:
        message = await desk.work.message(message_id)
        if message is None:
            raise NotFound(message_id)
        if message.ticket_id is not None or message.outcome != Outcome.UNSORTED.value:
            return already("Pesan ini sudah dipilah.")
        by = (policy, actor, now)
        done = await _open(desk, by, message, number)
        if policy.office.monthly_limit:
            done = await _in_month(desk, by, message, done)
        await desk.commit()
    return done


async def _in_month(
    desk: Desk, by: tuple[WorkPolicy, Actor, datetime], message: StoredMessage, done: Done
) -> Done:
    """Not the first of its month by this person: both tickets name each other (LL-11)."""
    policy, actor, now = by
    zone, at = policy.office.zone, message.received_at
    first, _ = bounds(period_of(at, zone), zone)
    number = await desk.intake.earlier(message.address_id, (first, at), done.ticket.id)
    origin = await desk.work.load(number) if number else None
    if origin is None:
        return done
    scene = Scene(done.ticket, actor, policy, now)
    after = replace(scene.ticket, linked_to=origin.id)
    told = fact(scene, "RepeatsInMonth", ticket=origin.number)
    linked = await carry_out(desk, scene, change(after, told))
    scene = replace(scene, ticket=origin)
    named = fact(scene, "RepeatedInMonth", into=done.ticket.number)
    await carry_out(desk, scene, change(origin, named))
    return Done(linked.ticket, (*done.events, *linked.events), done.told)


async def split(
    stores: tuple[OpenDesk, Blocks], policy: WorkPolicy, order: SplitOrder
) -> Done | Refusal:
    """A message of a ticket becomes a ticket of its own; both name each other.

    Returns:
        the new ticket.

    Raises:
        NotFound: no such ticket, or none that the actor may know of.
        Conflict, StoreUnavailable: nothing was kept.
    """
    open_desk, blocks = stores
    number = await _number(blocks, policy, order.now)
    async with open_desk() as desk:
        origin = await desk.work.load(order.number)
        if origin is None or not sees(order.actor, origin):
            raise NotFound(order.number)
        message = await desk.work.message(order.act.message_id)
        wrong = _wrong_split(order, origin, message)
        if wrong or message is None:
            return wrong or invalid("message_id", said("Pesan tidak ditemukan pada tiket ini."))
        opened = await _open(desk, (policy, order.actor, order.now), message, number)
        scene = Scene(opened.ticket, order.actor, policy, order.now)
        linked = await carry_out(desk, scene, _linked(scene, origin))
        scene = replace(scene, ticket=origin)
        await carry_out(desk, scene, _parted(scene, order.act, opened.ticket))
        done = Done(linked.ticket, (*opened.events, *linked.events), opened.told)
        await desk.commit()
    return done


def _wrong_split(
    order: SplitOrder, origin: WorkTicket, message: StoredMessage | None
) -> Refusal | None:
    if not entitled(order.actor, Right.MERGE, origin):
        return UNENTITLED
    if order.version is not None and order.version != origin.version:
        sentence = said("Tiket sudah diubah orang lain. Muat ulang lalu ulangi bila masih perlu.")
        return Refusal(RefusalKind.STALE, sentence, version=origin.version, expected=order.version)
    if message is None or message.ticket_id != origin.id:
        return invalid("message_id", said("Pesan tidak ditemukan pada tiket ini."))
    if message.outcome == Outcome.OPENED.value:
        return not_allowed(
            said("Pesan yang membuka tiket tidak dapat dipisahkan. Pilih pesan susulan."),
            "message_id",
        )
    return None


def _linked(scene: Scene, origin: WorkTicket) -> Change:
    after = replace(scene.ticket, linked_to=origin.id)
    return change(after, fact(scene, "SplitFrom", ticket=origin.number))


def _parted(scene: Scene, act: Split, opened: WorkTicket) -> Change:
    reason = act.reason.strip()
    told = fact(scene, "MessageSplit", message=act.message_id, into=opened.number)
    laid: list[Laid] = [Noted("reason", reason)] if reason else []
    return change(scene.ticket, told, laid=laid)


# --- opening ----------------------------------------------------------------------------------


async def _number(blocks: Blocks, policy: WorkPolicy, now: datetime) -> TicketNumber:
    """Before the unit of work: a new block is a transaction of its own. Unused, it is a gap."""
    year = now.astimezone(policy.office.zone).year % 100
    [sequence] = await blocks.take(f"ticket-{year:02d}", 1)
    return TicketNumber(policy.office.prefix, year, sequence)


async def _open(
    desk: Desk,
    by: tuple[WorkPolicy, Actor, datetime],
    message: StoredMessage,
    number: TicketNumber,
) -> Done:
    policy, actor, now = by
    office = policy.office
    intent = read_form(message.text, message.subject or "", {}, office.prefix)
    matter = Matter(intent.category or "other", "", str(message.channel))
    made = promises(
        policy.calendar(""), office.sla_now, Priority.NORMAL, message.received_at, matter
    )
    data: dict[str, Json] = {
        "number": str(number),
        "channel": message.channel,
        "priority": Priority.NORMAL.value,
        "message": message.id,
        "text_sha256": digest(message.text),
        "received": message.received_at.isoformat(),
        **{promise.target: promise.due_at.isoformat() for promise in made},
    }
    told = Fact("TicketOpened", now, actor.mark, data)
    event = chain(number.ticket_id, 1, GENESIS, told)
    new = NewTicket(
        id=number.ticket_id,
        number=str(number),
        channel=message.channel,
        address_id=message.address_id,
        subject=intent.subject or "(lampiran)",
        description=intent.content,
        match_text=intent.match_text,
        opened_at=message.received_at,
        promises=made,
        status_at=now,
        event_seq=event.seq,
        event_head=event.hash,
        priority_hint=intent.priority_hint,
        category=intent.category or "other",
        unit_hint=intent.unit,
        language=intent.language,
        place=intent.labels.get("lokasi", ""),
    )
    ack = _ack(policy, (new, intent, message), now)
    await desk.intake.lay_down(Filing(tickets=[new], events=[event], outbox=[ack] if ack else []))
    await desk.work.move(message.id, new.id)
    opened = await desk.work.load(new.number)
    if opened is None:
        raise NotFound(new.number)
    return Done(opened, (event,), (ack.purpose,) if ack else ())


def _ack(
    policy: WorkPolicy, what: tuple[NewTicket, Intent, StoredMessage], now: datetime
) -> OutboxDraft | None:
    """The number and both promises; where the first has passed already, the state instead."""
    new, intent, message = what
    found = open_way(policy.office, [_way(message)])
    if found is None:
        return None
    way, via = found
    known = KnownTicket(
        id=new.id,
        number=new.number,
        status=Status.RECEIVED,
        priority=new.priority,
        opened_at=new.opened_at,
        status_at=new.status_at,
        promises=new.promises,
        version=1,
        event_seq=new.event_seq,
        event_head=new.event_head,
        channel=new.channel,
    )
    late = any(promise.due_at <= now for promise in new.promises)
    key = "status" if late else text_key("ack", policy.office, now)
    text = compose(
        Reply(key, known), known, Told(now, intent.subject, key=key), (policy.office, via.form)
    )
    return OutboxDraft(
        key=f"ack:{message.id}:{new.id}",
        purpose=key,
        channel=via.id,
        recipient=way.address,
        address_id=way.address_id,
        text=text,
        created_at=now,
        ticket_id=new.id,
        segments=segments(text).parts if via.form is TextForm.SMS else 0,
    )


def _way(message: StoredMessage) -> WayBack:
    return WayBack(
        message.channel,
        message.address,
        message.address_id,
        message.id,
        message.muted,
        message.unreachable,
    )
