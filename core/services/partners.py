"""Dispositions go out to partners by message, and their answers are noted (KM-18, KM-25)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.model.automatic import why_unanswerable
from core.model.clocks import partner_answered
from core.model.events import Fact, chain
from core.model.gsm7 import segments
from core.model.messages import ChannelId
from core.model.outbox import OutboxDraft, Urgency
from core.model.partners import PARTNER, disposition_text, holiday_text, unconfirmed
from core.model.scene import with_clocks
from core.model.texts import TextForm
from core.model.work import Change, Disposed, Joined

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from core.model.calendar import Calendar
    from core.model.events import Event
    from core.model.messages import Address
    from core.model.partners import OpenDisposition, Unconfirmed
    from core.model.policy import ChannelTraits, IntakePolicy
    from core.model.scene import Scene
    from core.model.units import Unit
    from core.ports import Desk, OpenDesk

SLICE = 100
"""Answers noted in one go."""


async def partner_drafts(
    desk: Desk, scene: Scene, made: Change, event: Event
) -> tuple[list[OutboxDraft], list[Joined]]:
    """What a change tells partners, and that they take part in the ticket from now on.

    A partner without a channel or an address gets nothing; its disposition stands on the pages.

    Args:
        desk: the unit of work of the act.
        scene: who acted on what.
        made: what became of it.
        event: the last of the act; names the promises to send.
    """
    drafts: list[OutboxDraft] = []
    joined: list[Joined] = []
    office = scene.policy.office
    for laid in made.laid:
        unit = await desk.units.unit(laid.unit_id) if isinstance(laid, Disposed) else None
        reach = _reach(office, unit) if unit is not None else None
        if reach is None or not isinstance(laid, Disposed):
            continue
        traits, address = reach
        seat = (await desk.watch.seats([address], event.at))[address]
        text = disposition_text(made.after, laid, laid.due_at, traits.form, office.zone)
        # On the ticket, so that an answer by mail finds its thread.
        about = (made.after.id, f"t{made.after.id}:{event.seq}")
        drafts.append(
            _draft("partner_disposition", (traits, address, seat), text, event.at, about)
        )
        joined.append(Joined(seat, PARTNER))
    return drafts, joined


async def note_answers(open_desk: OpenDesk, now: datetime) -> int:
    """Notes which dispositions partners have answered by messages; returns how many.

    The promise is kept at the time of the message, so that it does not matter when this runs.

    Raises:
        Conflict, StoreUnavailable: those noted before stay noted.
    """
    async with open_desk() as desk:
        found: Sequence[OpenDisposition] = await desk.partners.answered(SLICE)
    noted = 0
    for one in found:
        async with open_desk() as desk:
            noted += await _note(desk, one, now)
            await desk.commit()
    return noted


async def ask_holiday_hours(
    open_desk: OpenDesk,
    office: IntakePolicy,
    calendar_of: Callable[[str], Calendar],
    now: datetime,
) -> list[Unconfirmed]:
    """Asks partners for their hours on a national holiday within a week, once for each holiday.

    Returns:
        all partners whose hours are not known, asked now, before, or not to be reached.

    Raises:
        Conflict, StoreUnavailable: nothing was kept.
    """
    async with open_desk() as desk:
        open_ = unconfirmed(await desk.units.units(), calendar_of, now)
        drafts = []
        for near in open_:
            reach = _reach(office, near.unit)
            if reach is None:
                continue
            traits, address = reach
            seat = (await desk.watch.seats([address], now))[address]
            text, cause = holiday_text(near, traits.form), f"u{near.unit.id}:{near.day}"
            to = (traits, address, seat)
            drafts.append(_draft("partner_holiday", to, text, now, (None, cause)))
        await desk.outbox.put(drafts)
        await desk.commit()
    return open_


def _reach(office: IntakePolicy, unit: Unit) -> tuple[ChannelTraits, Address] | None:
    """The door to a partner and its address; None: none that can be written to."""
    traits = office.channels.get(ChannelId(unit.channel)) if unit.partner else None
    if traits is None or unit.address is None or traits.tells or why_unanswerable(unit.address):
        return None
    return traits, unit.address


def _draft(
    purpose: str,
    to: tuple[ChannelTraits, Address, int],
    text: str,
    at: datetime,
    about: tuple[int | None, str],
) -> OutboxDraft:
    traits, address, seat = to
    ticket_id, cause = about
    return OutboxDraft(
        key=f"{purpose}:{cause}:{seat}",
        purpose=purpose,
        channel=traits.id,
        recipient=address,
        address_id=seat,
        text=text,
        created_at=at,
        ticket_id=ticket_id,
        urgency=Urgency.NOTICE,
        segments=segments(text).parts if traits.form is TextForm.SMS else 0,
    )


async def _note(desk: Desk, one: OpenDisposition, now: datetime) -> bool:
    ticket = await desk.work.load(one.number)
    if ticket is None or not await desk.partners.settle(one.id, one.answered_at):
        return False
    told = {"unit_id": one.unit_id, "disposition": one.id, "message": one.message_id}
    fact = Fact("PartnerAnswered", now, "participant", told)
    event = chain(ticket.id, ticket.event_seq + 1, ticket.event_head, fact)
    # Another partner may still owe its answer: the ticket has one promise for all.
    kept = () if await desk.partners.waiting(ticket.id) else ticket.clocks
    after = with_clocks(ticket, partner_answered(kept, one.answered_at))
    after = replace(after, event_seq=event.seq, event_head=event.hash)
    await desk.work.apply(ticket, Change(after), [event])
    return True
