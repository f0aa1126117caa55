"""Texts to the staff whom an act or a citizen concerns, by the channels that the office has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.model.gsm7 import segments
from core.model.outbox import OutboxDraft, Urgency
from core.model.staff import Role
from core.model.staff_words import StaffCall, staff_calls, staff_text
from core.model.texts import TextForm
from core.services.reaching import place_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.model.events import Event
    from core.model.policy import IntakePolicy
    from core.model.scene import Scene
    from core.model.work import Change, WorkTicket
    from core.ports import Desk
    from core.ports.watch import Reachable
    from core.services.reaching import Place, StaffChannels


@dataclass(frozen=True, slots=True)
class _Occasion:
    """What staff are told of.

    Attributes:
        ticket: as it stands afterwards.
        seq, at: of the event; they name the promises to send.
        by: id of who did it, who is not told; None: nobody of the staff.
    """

    ticket: WorkTicket
    office: IntakePolicy
    channels: StaffChannels
    seq: int
    at: datetime
    by: int | None = None


async def staff_drafts(desk: Desk, scene: Scene, made: Change, event: Event) -> list[OutboxDraft]:
    """One text for each person and cause; nobody is told what they did themselves.

    Args:
        desk: the unit of work of the act.
        scene: who acted on what.
        made: what became of it.
        event: the last of the act; names the promises to send.
    """
    channels = scene.policy.staff_channels
    calls = staff_calls(scene.ticket, made) if channels else []
    if not calls:
        return []
    occasion = _Occasion(
        *(made.after, scene.policy.office, channels),
        *(event.seq, event.at, scene.actor.staff_id),
    )
    return await _drafts(desk, occasion, _meant(occasion, calls, await desk.watch.staff()))


async def wish_drafts(
    desk: Desk, office: IntakePolicy, wishes: Mapping[str, Event]
) -> list[OutboxDraft]:
    """What is told because citizens asked for escalation (KM-13): once, while the mark stands.

    The supervisors of the unit; where nobody of them can be told, customer care, whose desk owns
    every ticket (MB-15).

    Args:
        desk: intake's unit of work, the batch laid down.
        office: by which channels staff are told; none: they see the mark on their pages.
        wishes: the event by the ticket's number.
    """
    if not (office.staff_channels and wishes):
        return []
    people = await desk.watch.staff()
    drafts: list[OutboxDraft] = []
    for number, event in wishes.items():
        ticket = await desk.work.load(number)
        if ticket is None:
            continue
        occasion = _Occasion(ticket, office, office.staff_channels, event.seq, event.at)
        for role in (Role.UNIT_SUPERVISOR, Role.CUSTOMER_CARE):
            call = StaffCall("escalation_asked", to_role=role)
            if meant := _meant(occasion, [call], people):
                drafts += await _drafts(desk, occasion, meant)
                break
    return drafts


def _meant(
    occasion: _Occasion, calls: Sequence[StaffCall], people: Sequence[Reachable]
) -> dict[tuple[Place, str], StaffCall]:
    """Where somebody is told, and what; two who share a phone are told once."""
    meant: dict[tuple[Place, str], StaffCall] = {}
    for call in calls:
        for one in people:
            place = place_of(occasion.channels, one) if _concerns(call, one, occasion) else None
            if place:
                meant.setdefault((place, call.kind), call)
    return meant


def _concerns(call: StaffCall, one: Reachable, occasion: _Occasion) -> bool:
    ticket = occasion.ticket
    if one.id in (occasion.by, ticket.about_staff_id):
        return False
    if not call.to_role:
        return one.id == call.staff_id
    if call.to_role not in one.roles:
        return False
    own = ticket.unit_id is not None and one.unit_id == ticket.unit_id
    return call.to_role != Role.UNIT_SUPERVISOR or own


async def _drafts(
    desk: Desk, occasion: _Occasion, meant: Mapping[tuple[Place, str], StaffCall]
) -> list[OutboxDraft]:
    seats = await desk.watch.seats(list({place[1] for place, _ in meant}), occasion.at)
    return [_draft((call, place, seats[place[1]]), occasion) for (place, _), call in meant.items()]


def _draft(what: tuple[StaffCall, Place, int], occasion: _Occasion) -> OutboxDraft:
    call, (channel, address), address_id = what
    office, ticket = occasion.office, occasion.ticket
    form = office.channels[channel].form
    text = staff_text(call, ticket, form, office.zone)
    purpose = f"staff_{call.kind}"
    return OutboxDraft(
        key=f"{purpose}:t{ticket.id}:{occasion.seq}:{address_id}",
        purpose=purpose,
        channel=channel,
        recipient=address,
        address_id=address_id,
        text=text,
        created_at=occasion.at,
        # Without the ticket: what the staff is told must not stand in the citizen's thread.
        ticket_id=None,
        urgency=Urgency.NOTICE,
        segments=segments(text).parts if form is TextForm.SMS else 0,
    )
