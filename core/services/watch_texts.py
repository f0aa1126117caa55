"""Whom the watch tells what it found, and by which door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.model.automatic import why_unanswerable
from core.model.gsm7 import segments
from core.model.outbox import OutboxDraft, Urgency
from core.model.policy import way_out
from core.model.texts import TextForm
from core.model.watch import Call, CallKind, Findings, Watched
from core.model.watch_words import Voice, citizen_texts, staff_text
from core.services.reaching import Place, place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from core.model.messages import Address, AddressKind, ChannelId
    from core.model.policy import ChannelTraits
    from core.model.texts import TextSet
    from core.model.watch import WatchPolicy
    from core.ports import Desk
    from core.ports.watch import Reachable, WatchResult, Way

SUPERVISOR = "unit_supervisor"
"""The one role that is told of its own unit only."""

Pair = tuple[Findings, "WatchResult"]


@dataclass(frozen=True, slots=True)
class WatchRules:
    """What a sweep goes by.

    Attributes:
        policy: promises and calendars.
        zone: of the times told.
        wording: the texts of a unit (None: the whole office) in a language.
        channels: all doors; notices leave only by those that can send.
        staff_channels: by which channels the staff is told, the preferred one first, each with
            the kind of address it takes; empty: they see it on their pages only.
        duty: where the duty officer is called; None: nobody is, the event says so.
    """

    policy: WatchPolicy
    zone: ZoneInfo
    wording: Callable[[int | None, str], TextSet]
    channels: Mapping[ChannelId, ChannelTraits]
    staff_channels: tuple[tuple[ChannelId, AddressKind], ...] = ()
    duty: tuple[ChannelId, Address] | None = None


async def texts_of(
    desk: Desk, rules: WatchRules, pairs: Sequence[Pair], now: datetime
) -> list[OutboxDraft]:
    """All texts of a sweep, not laid down yet.

    Args:
        desk: the sweep's unit of work.
        rules: the office's settings.
        pairs: what was found on each ticket, with what is written about it.
        now: aware UTC.
    """
    told = [found.ticket.id for found, _ in pairs if found.breaches or found.escalations]
    ways = await desk.watch.ways(told) if told else {}
    drafts: list[OutboxDraft] = []
    for found, result in pairs:
        way = ways.get(found.ticket.id)
        if way:
            drafts += _to_citizen(rules, found, result, (way, now))
    return drafts + await _to_staff(desk, rules, pairs, now)


def _to_citizen(
    rules: WatchRules, found: Findings, result: WatchResult, where: tuple[Way, datetime]
) -> list[OutboxDraft]:
    """Notices by the channel used last; STOP and an address that cannot be reached keep them."""
    way, now = where
    traits = _sends(rules, way, found.ticket.channel)
    if traits is None or way.muted or way.unreachable or why_unanswerable(way.address):
        return []
    ticket = found.ticket
    texts = rules.wording(ticket.unit_id, ticket.language)
    voice = Voice(texts, traits.form, rules.zone, now)
    seq = result.events[-1].seq
    return [
        OutboxDraft(
            key=f"{purpose}:t{found.ticket.id}:{seq}:{place}",
            purpose=purpose,
            channel=traits.id,
            recipient=way.address,
            address_id=way.address_id,
            text=text,
            created_at=now,
            ticket_id=found.ticket.id,
            urgency=Urgency.NOTICE,
            segments=_segments(text, traits.form),
        )
        for place, (purpose, text) in enumerate(citizen_texts(found, voice))
    ]


def _sends(rules: WatchRules, way: Way, came_by: ChannelId) -> ChannelTraits | None:
    """The door that a notice leaves by; None where the reporter's own cannot send.

    Who wrote last on the page of the ticket is told by the door that the ticket came by; who has
    no other finds it on the page.
    """
    page = rules.channels.get(way.channel)
    if page is None or not page.page:
        return way_out(rules.channels, way.channel, way.address.kind)
    return way_out(rules.channels, came_by, way.address.kind) or page


async def _to_staff(
    desk: Desk, rules: WatchRules, pairs: Sequence[Pair], now: datetime
) -> list[OutboxDraft]:
    """One text for each person and finding, by the first channel that has an address of theirs."""
    wanted = [(pair, call) for pair in pairs for call in pair[0].calls]
    if not wanted or not (rules.staff_channels or rules.duty):
        return []
    people = await desk.watch.staff() if rules.staff_channels else ()
    sent = [
        (pair, call, place)
        for pair, call in wanted
        for place in _places(rules, people, pair[0].ticket, call)
    ]
    addresses = {place[1]: None for _, _, place in sent}
    seats = await desk.watch.seats(list(addresses), now)
    return [
        _staff_draft(rules, pair, call, (place, seats[place[1]], now))
        for pair, call, place in sent
    ]


def _places(
    rules: WatchRules, people: Sequence[Reachable], ticket: Watched, call: Call
) -> list[Place]:
    """Where those are reached whom a finding concerns; never the person complained about."""
    if call.kind is CallKind.DUTY:
        return [rules.duty] if rules.duty else []
    concerned = (
        one for one in people if one.id != ticket.about_staff_id and _concerns(one, ticket, call)
    )
    return [place for one in concerned if (place := place_of(rules.staff_channels, one))]


def _concerns(one: Reachable, ticket: Watched, call: Call) -> bool:
    if not call.to_role:
        return one.id == ticket.assignee_id
    if call.to_role not in one.roles:
        return False
    return call.to_role != SUPERVISOR or (
        ticket.unit_id is not None and one.unit_id == ticket.unit_id
    )


def _staff_draft(
    rules: WatchRules, pair: Pair, call: Call, where: tuple[Place, int, datetime]
) -> OutboxDraft:
    (channel, address), address_id, now = where
    found, result = pair
    form = rules.channels[channel].form
    texts = rules.wording(found.ticket.unit_id, found.ticket.language)
    text = staff_text(found, call, Voice(texts, form, rules.zone, now))
    cause = f"t{found.ticket.id}:{result.events[-1].seq}:{call.target}:{call.to_role}"
    return OutboxDraft(
        key=f"staff_{call.kind}:{cause}:{address_id}",
        purpose=f"staff_{call.kind}",
        channel=channel,
        recipient=address,
        address_id=address_id,
        text=text,
        created_at=now,
        # Without the ticket: what the staff is told must not stand in the citizen's thread.
        ticket_id=None,
        urgency=Urgency.REPLY if call.kind is CallKind.DUTY else Urgency.NOTICE,
        segments=_segments(text, form),
    )


def _segments(text: str, form: TextForm) -> int:
    return segments(text).parts if form is TextForm.SMS else 0
