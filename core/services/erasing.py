"""Takes persons out of old tickets, and out of those of whoever asks for it (BW-13, LL-09).

Each ticket is a unit of work of its own. Files go first: a run that is killed begins again where
it was, and no file is left that no row speaks of.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from core.model.erasure import EVENT, SUBJECT_OF_HOUSE, Because, Erased, Foreseen
from core.model.events import Fact
from core.model.restricted import SHORTEST_REASON
from core.model.rights import may
from core.model.sentences import said
from core.model.staff import Right
from core.model.value import value
from core.model.work import Refusal, RefusalKind
from core.services.house import NOT_ALLOWED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.model.erasure import KnownPerson
    from core.model.messages import Address
    from core.model.staff import Staff
    from core.ports import Desk, OpenDesk
    from core.ports.erasing import Shredder

_NOT_ONESELF: Final = Refusal(
    RefusalKind.NOT_ALLOWED, said("Penghapusan ini harus dilakukan administrator lain.")
)
"""Nobody touches a complaint about themselves (MB-26)."""

SLICE: Final = 100
"""Messages erased in one unit of work, and tickets looked up at once."""


@value
class Eraser:
    """What erasing needs."""

    open_desk: OpenDesk
    shredder: Shredder


@value
class Request:
    """Somebody asked for their data to be deleted.

    Attributes:
        ticket_id, number: one of their tickets, by which they are known; 0 and "" by ``ways``.
        reason: who decided it and on which paper; kept in that ticket's notes.
        ways: their addresses, where no ticket is named.
    """

    ticket_id: int
    number: str
    reason: str
    ways: tuple[Address, ...] = ()


async def erasable(open_desk: OpenDesk, before: datetime) -> Erased:
    """How much a run would erase now."""
    async with open_desk() as desk:
        return await desk.erasure.count(before)


async def erase_old(eraser: Eraser, before: datetime, now: datetime) -> Erased:
    """Everybody of tickets that ended before then, and of messages that never became one.

    Args:
        eraser: the store and the folder of attachments.
        before: aware.
        now: aware UTC.
    """
    tickets = 0
    while ids := await _due(eraser, before):
        for one in ids:
            tickets += await _erase_ticket(eraser, one, _because(now, Because.RETENTION))
    messages = 0
    while True:
        async with eraser.open_desk() as desk:
            loose = await desk.erasure.messages_due(before, SLICE)
        if not loose:
            break
        messages += await _erase_messages(eraser, loose, before, now)
    async with eraser.open_desk() as desk:
        payloads = await desk.erasure.erase_payloads(before, now)
        await desk.commit()
    return Erased(tickets, messages, payloads)


async def _due(eraser: Eraser, before: datetime) -> list[int]:
    async with eraser.open_desk() as desk:
        return list(await desk.erasure.tickets_due(before, SLICE))


async def erase_person(
    eraser: Eraser, by: Staff, request: Request, now: datetime
) -> Erased | Refusal:
    """All that is kept of whoever reported a ticket, at their own wish (LL-09).

    Refused while a ticket of theirs runs, for then the office still has to reach them. The
    ticket that was named, or their last one, goes last: a request that was cut short can be made
    again by it.

    Raises NotFound: no such ticket, or nobody has such an address.
    """
    reason = " ".join(request.reason.split())
    if not may(by, Right.ADMIN_PERSONS):
        return NOT_ALLOWED
    if len(reason) < SHORTEST_REASON:
        sentence = said("Tuliskan dasar penghapusan, misalnya nomor surat permintaannya.")
        return Refusal(RefusalKind.MISSING, sentence, "reason")
    async with eraser.open_desk() as desk:
        person = await _known(desk, request)
        loose = await desk.erasure.messages_of(person.addresses)
    if why := why_not(by, person):
        return why
    request = _named(request, person)
    messages = await _erase_messages(eraser, loose, now, now) if loose else 0
    fact = _because(now, Because.REQUEST, by.mark, reason)
    tickets = 0
    for one in person.ended:
        if one != request.ticket_id:
            tickets += await _erase_ticket(eraser, one, fact)
    async with eraser.open_desk() as desk:
        # Only now: by these addresses the other tickets were theirs.
        await desk.erasure.unregister(person.addresses, now)
        if person.ended or loose or person.registered:
            await desk.admin_history.append(SUBJECT_OF_HOUSE, [fact])
        await desk.commit()
    tickets += await _erase_ticket(eraser, request.ticket_id, fact, request)
    return Erased(tickets, messages)


async def foresee(open_desk: OpenDesk, by: Staff, request: Request) -> Foreseen | Refusal:
    """What :func:`erase_person` would find now; nothing is changed.

    The reason is not looked at. Raises NotFound: as there.
    """
    if not may(by, Right.ADMIN_PERSONS):
        return NOT_ALLOWED
    async with open_desk() as desk:
        person = await _known(desk, request)
        loose = await desk.erasure.messages_of(person.addresses)
        files = await desk.erasure.files(person.ended, loose)
    return Foreseen(person, len(loose), len(set(files)))


def why_not(by: Staff, person: KnownPerson) -> Refusal | None:
    """Why nobody, or not this member of staff, may delete this person's data now."""
    if by.id in person.about:
        return _NOT_ONESELF
    if person.running:
        numbers = ", ".join(person.running)
        sentence = said(
            "Pelapor masih mempunyai tiket berjalan: {numbers}. Selesaikan dahulu.",
            numbers=numbers,
        )
        return Refusal(RefusalKind.NOT_ALLOWED, sentence)
    return None


async def _known(desk: Desk, request: Request) -> KnownPerson:
    if request.ticket_id:
        return await desk.erasure.person(request.ticket_id)
    return await desk.erasure.person_at(request.ways)


def _named(request: Request, person: KnownPerson) -> Request:
    """The request by a ticket of theirs, where there is any."""
    if request.ticket_id or not person.ended:
        return request
    return replace(request, ticket_id=person.ended[-1], number=person.numbers[-1])


def _because(now: datetime, why: Because, actor: str = "system", reason: str = "") -> Fact:
    bound = {"reason_sha256": hashlib.sha256(reason.encode()).hexdigest()} if reason else {}
    return Fact(EVENT, now, actor, {"because": why, **bound})


async def _erase_ticket(
    eraser: Eraser, ticket_id: int, fact: Fact, named: Request | None = None
) -> bool:
    async with eraser.open_desk() as desk:
        names = await desk.erasure.files(tickets=[ticket_id])
    await eraser.shredder.shred(names)
    async with eraser.open_desk() as desk:
        if not await desk.erasure.erase_ticket(ticket_id, fact.at):
            return False
        await _record(desk, ticket_id, fact, named)
        await desk.commit()
    return True


async def _record(desk: Desk, ticket_id: int, fact: Fact, named: Request | None) -> None:
    await desk.restricted.record(ticket_id, fact, named.reason.strip() if named else "")
    if named:
        await desk.erasure.forget_answers(named.number)


async def _erase_messages(
    eraser: Eraser, ids: Sequence[int], until: datetime, now: datetime
) -> int:
    async with eraser.open_desk() as desk:
        names = await desk.erasure.files(messages=ids)
    await eraser.shredder.shred(names)
    async with eraser.open_desk() as desk:
        erased = await desk.erasure.erase_messages(ids, until, now)
        await desk.commit()
    return erased
