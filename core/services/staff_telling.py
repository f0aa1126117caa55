"""Texts to the staff whom an act concerns, by the channels that the office has for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.model.gsm7 import segments
from core.model.outbox import OutboxDraft, Urgency
from core.model.staff import Role
from core.model.staff_words import StaffCall, staff_calls, staff_text
from core.model.texts import TextForm
from core.services.reaching import place_of

if TYPE_CHECKING:
    from core.model.events import Event
    from core.model.scene import Scene
    from core.model.work import Change, WorkTicket
    from core.ports import Desk
    from core.ports.watch import Reachable
    from core.services.reaching import Place


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
    people = await desk.watch.staff()
    meant: dict[tuple[Place, str], StaffCall] = {}
    for call in calls:
        for one in people:
            place = place_of(channels, one) if _meant(call, one, scene, made.after) else None
            if place:
                meant.setdefault((place, call.kind), call)
    seats = await desk.watch.seats(list({place[1] for place, _ in meant}), event.at)
    return [
        _draft((call, place, seats[place[1]]), scene, made.after, event)
        for (place, _), call in meant.items()
    ]


def _meant(call: StaffCall, one: Reachable, scene: Scene, ticket: WorkTicket) -> bool:
    if one.id in (scene.actor.staff_id, ticket.about_staff_id):
        return False
    if not call.to_role:
        return one.id == call.staff_id
    if call.to_role not in one.roles:
        return False
    own = ticket.unit_id is not None and one.unit_id == ticket.unit_id
    return call.to_role != Role.UNIT_SUPERVISOR or own


def _draft(
    what: tuple[StaffCall, Place, int], scene: Scene, ticket: WorkTicket, event: Event
) -> OutboxDraft:
    call, (channel, address), address_id = what
    office = scene.policy.office
    form = office.channels[channel].form
    text = staff_text(call, ticket, form, office.zone)
    purpose = f"staff_{call.kind}"
    return OutboxDraft(
        key=f"{purpose}:t{ticket.id}:{event.seq}:{address_id}",
        purpose=purpose,
        channel=channel,
        recipient=address,
        address_id=address_id,
        text=text,
        created_at=event.at,
        # Without the ticket: what the staff is told must not stand in the citizen's thread.
        ticket_id=None,
        urgency=Urgency.NOTICE,
        segments=segments(text).parts if form is TextForm.SMS else 0,
    )
