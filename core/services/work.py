"""Acts of staff: load the ticket under lock, decide, lay everything down together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from core.errors import NotFound
from core.model import acts_end
from core.model.act_rules import decide, sees
from core.model.acts import Answer, Merge, Note, NoteFinding, Pend, Resolve
from core.model.acts_words import NOWHERE
from core.model.drafts import DraftKind
from core.model.events import chain
from core.model.numbers import parse_number
from core.model.scene import Scene, UnitBrief, not_allowed
from core.model.sentences import said
from core.model.value import value
from core.model.work import SYSTEM, Actor, Change, Refusal, RefusalKind
from core.services.partners import partner_drafts
from core.services.staff_telling import staff_drafts
from core.services.telling import (
    can_show,
    how_files_go,
    letter_draft,
    notice_drafts,
    way_or_page,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from core.model.acts import Act
    from core.model.events import Event
    from core.model.messages import OutboundFile
    from core.model.scene import WorkPolicy
    from core.model.work import EventBrief, WorkTicket
    from core.ports import Desk, OpenDesk

SENT_AS: Final[Mapping[type[Act], DraftKind]] = {Answer: DraftKind.ANSWER, Note: DraftKind.NOTE}
"""Which draft an act sends."""

FILES_OF: Final[Mapping[type[Act], DraftKind]] = {
    **SENT_AS,
    **dict.fromkeys((NoteFinding, Pend, Resolve), DraftKind.NOTE),
}
"""Beside which draft the files lie that an act names."""

NOT_SHOWN = not_allowed(
    said(
        "Berkas ini tidak dapat diperlihatkan kepada pelapor: tidak ada jalan ke sana. "
        "Simpan berkasnya untuk petugas saja."
    ),
    "shown",
)
"""Files that were meant for the reporter, whom no notice reaches."""

ELSE = said("Hapus berkasnya, atau sampaikan dengan cara lain.")
"""What can be done about files that cannot reach the reporter."""

SLICE = 50
"""Tickets that one round of silent closing looks at."""


@value
class Order:
    """What somebody wants done with a ticket.

    Attributes:
        number: canonical, as ``core.model.numbers`` writes it.
        version: the one that the writer has seen; None: whatever it is now.
        seq: the last event that the writer has seen, to tell what changed since; None: unknown.
        now: aware UTC.
    """

    actor: Actor
    number: str
    act: Act
    now: datetime
    version: int | None = None
    seq: int | None = None


@value
class Done:
    """An act that is on disk.

    Attributes:
        ticket: as it stands now.
        events: what was added to its history.
        told: purposes of what leaves for the reporter and followers; empty: nobody is told.
    """

    ticket: WorkTicket
    events: tuple[Event, ...]
    told: tuple[str, ...] = ()


async def act(open_desk: OpenDesk, policy: WorkPolicy, order: Order) -> Done | Refusal:
    """Does it, or says why not; in one transaction.

    Args:
        open_desk: begins a unit of work.
        policy: the office's settings.
        order: who wants what.

    Raises:
        NotFound: there is no such ticket, or none that the actor may know of.
        Conflict: another writer was faster; nothing was kept, trying again is safe.
        StoreUnavailable: nothing was kept.
    """
    async with open_desk() as desk:
        outcome = await act_at(desk, policy, order)
        if isinstance(outcome, Done):
            await desk.commit()
    return outcome


async def act_at(desk: Desk, policy: WorkPolicy, order: Order) -> Done | Refusal:
    """The same within a unit of work that somebody else ends. Raises as :func:`act`."""
    ticket, other = await _loaded(desk, policy, order)
    if ticket is None or not sees(order.actor, ticket):
        raise NotFound(order.number)
    if order.version is not None and order.version != ticket.version:
        return await _stale(desk, order, ticket, order.version)
    if other is not None and not sees(order.actor, other):
        other = None
    scene = await _scene(desk, policy, order, (ticket, other))
    outcome = decide(scene, order.act)
    if isinstance(outcome, Refusal):
        return outcome
    if why := _unsendable(policy, outcome, order.now):
        return why
    done = await carry_out(desk, scene, outcome)
    if scene.files:
        await desk.drafts.release(getattr(order.act, "files", ()))
    return done


def _unsendable(policy: WorkPolicy, made: Change, now: datetime) -> Refusal | None:
    """Said nowhere, an answer would count as one all the same; so would one without its files."""
    shown = [one for one in made.notices if one.files]
    if not all(can_show(policy.office, made.after, one, now) for one in shown):
        return NOT_SHOWN
    if made.letter is None:
        return None
    if way_or_page(policy.office, made.after.ways) is None:
        return NOWHERE
    why, goes = how_files_go(policy.office, made.after, made.letter.files, made.letter.text)
    return None if goes else not_allowed(f"{why} {ELSE}", "files")


async def _loaded(
    desk: Desk, policy: WorkPolicy, order: Order
) -> tuple[WorkTicket | None, WorkTicket | None]:
    """The ticket and, for merging, the other one; locked in the order of their numbers."""
    numbers = {order.number}
    into = None
    if isinstance(order.act, Merge):
        into = parse_number(policy.office.prefix, order.act.into)
        numbers |= {str(into)} if into else set()
    found = {number: await desk.work.load(number) for number in sorted(numbers)}
    return found[order.number], found.get(str(into)) if into else None


async def _stale(desk: Desk, order: Order, ticket: WorkTicket, version: int) -> Refusal:
    """Both versions and what happened in between; at least one event goes with each version."""
    behind = max(1, ticket.version - version)
    seen = order.seq if order.seq is not None else max(0, ticket.event_seq - behind)
    changes: Sequence[EventBrief] = await desk.work.since(ticket.id, seen)
    sentence = said(
        "Tiket sudah diubah orang lain (versi {version}, Anda melihat "
        "versi {seen}). Muat ulang lalu ulangi bila masih perlu.",
        version=ticket.version,
        seen=version,
    )
    return Refusal(
        RefusalKind.STALE,
        sentence,
        version=ticket.version,
        expected=version,
        changes=tuple(changes),
    )


async def _scene(
    desk: Desk, policy: WorkPolicy, order: Order, tickets: tuple[WorkTicket, WorkTicket | None]
) -> Scene:
    ticket, other = tickets
    people = await desk.work.people(_named(order.act, "staff_id", "about_staff_id"))
    wanted = _named(order.act, "unit_id")
    wanted |= {one.unit_id for one in people.values() if one.unit_id is not None}
    units: Mapping[int, UnitBrief] = await desk.work.units(wanted)
    named = _named(order.act, "region_id")
    regions = (await desk.staff.places(None, named))[1] if named else frozenset()
    files = await _enclosed(desk, order, ticket)
    return Scene(ticket, order.actor, policy, order.now, people, units, other, regions, files)


async def _enclosed(desk: Desk, order: Order, ticket: WorkTicket) -> tuple[OutboundFile, ...]:
    """The files that the act names, as far as they are the actor's own for such an act here."""
    kind, staff_id = FILES_OF.get(type(order.act)), order.actor.staff_id
    wanted: tuple[int, ...] = getattr(order.act, "files", ())
    if not wanted or kind is None or staff_id is None:
        return ()
    own = {one.id: one for one in await desk.drafts.files(ticket.id, staff_id, kind)}
    return tuple(own[one].leaving for one in dict.fromkeys(wanted) if one in own)


def _named(act: Act, *fields: str) -> set[int]:
    return {held for name in fields if (held := getattr(act, name, None)) is not None}


async def carry_out(desk: Desk, scene: Scene, made: Change) -> Done:
    """Lays a change down with its events and everything that is told because of it."""
    before, office = scene.ticket, scene.policy.office
    events = _chained(before, made)
    last = events[-1]
    after = replace(made.after, event_seq=last.seq, event_head=last.hash)
    drafts = notice_drafts(office, after, made.notices, last)
    if made.letter is not None:
        letter = letter_draft(office, after, made.letter, last)
        drafts += [letter] if letter else []
    purposes = {draft.purpose for draft in drafts}
    sent = {draft.purpose for draft in drafts if not office.channels[draft.channel].page}
    drafts += await staff_drafts(desk, scene, made, last)
    letters, joined = await partner_drafts(desk, scene, made, last)
    drafts += letters
    if any(notice.purpose == "resolved" for notice in made.notices) and "resolved" not in sent:
        # Nobody was told, but for a page that is perhaps never opened: never closed by silence.
        after = replace(after, noticed_at=None)
    laid = (*made.laid, *joined)
    await desk.work.apply(before, replace(made, after=after, laid=laid), events)
    await desk.outbox.put(drafts)
    if made.other is not None and scene.other is not None:
        await carry_out(desk, replace(scene, ticket=scene.other, other=None), made.other)
    stands = await desk.work.load(before.number)
    return Done(stands or after, tuple(events), tuple(sorted(purposes)))


def _chained(before: WorkTicket, made: Change) -> list[Event]:
    events: list[Event] = []
    seq, head = before.event_seq, before.event_head
    for fact in made.facts:
        event = chain(before.id, seq + 1, head, fact)
        seq, head = event.seq, event.hash
        events.append(event)
    return events


# --- silence ----------------------------------------------------------------------------------


async def close_silently(open_desk: OpenDesk, policy: WorkPolicy, now: datetime) -> list[str]:
    """Closes solved tickets whose reporter was told and has been silent since (rule 15, KM-05).

    Each in a unit of work of its own, at most ``SLICE``; whoever calls it repeats it until it
    returns nothing.

    Returns:
        the numbers of those closed.

    Raises:
        Conflict, StoreUnavailable: those closed before stay closed.
    """
    async with open_desk() as desk:
        numbers = await desk.work.silent(now - policy.close_after, SLICE)
        await desk.commit()
    closed = []
    for number in numbers:
        async with open_desk() as desk:
            ticket = await desk.work.load(number)
            if ticket is None:
                continue
            scene = Scene(ticket, SYSTEM, policy, now)
            made = acts_end.close_by_silence(scene)
            if isinstance(made, Refusal):
                continue
            await carry_out(desk, scene, made)
            await desk.commit()
        closed.append(number)
    return closed
