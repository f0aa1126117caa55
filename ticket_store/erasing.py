"""Rows that say who somebody is, emptied; the words of searching follow by their triggers.

Where a row must name an address it names one of nobody's: of kind ``claim``, one for each ticket.
Partner offices are no persons: what they said is emptied too, but by whom stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    union,
    update,
)

from core.errors import NotFound
from core.model.erasure import Erased
from core.model.messages import AddressKind
from ticket_store.erasing_statements import (
    DETAILS,
    FILE_LEFT,
    LETTER,
    MESSAGE,
    OFFICE,
    SENT_FILE_LEFT,
    TICKET,
    unreachable,
    unreferenced,
)
from ticket_store.known_person import ENDED, read_person
from ticket_store.people import PersonRows
from ticket_store.schema import (
    UtcDateTime,
    account_codes,
    addresses,
    attachments,
    channel_log,
    claims,
    contacts,
    draft_files,
    drafts,
    idempotency_keys,
    messages,
    note_files,
    notes,
    outbox,
    outbox_files,
    participants,
    quarantine,
    restricted_values,
    surveys,
    ticket_codes,
    tickets,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Executable, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from core.model.erasure import KnownPerson
    from core.model.messages import Address

_LOOSE = and_(messages.c.ticket_id.is_(None), messages.c.erased_at.is_(None))
_IN_FOLDER = "file:"
_UNREGISTERED = "erased-people"
"""An address of nobody for what was told to people besides any ticket of theirs."""
_LOCKED = select(tickets.c.id).where(tickets.c.id == bindparam("ticket"), ENDED).with_for_update()


class ErasureRows:
    """``core.ports.erasing.ErasureShelf`` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    # --- what there is ------------------------------------------------------------------------

    async def count(self, before: datetime) -> Erased:
        """Three counts, two of them by an index."""
        found = [
            (await self._connection.execute(select(func.count()).where(*wanted))).scalar_one()
            for wanted in (
                (ENDED, tickets.c.ended_at < before),
                (_LOOSE, messages.c.received_at < before),
                (_kept_since(before),),
            )
        ]
        return Erased(*found)

    async def tickets_due(self, before: datetime, limit: int) -> Sequence[int]:
        """By the partial index on what has ended and was not erased."""
        wanted = select(tickets.c.id).where(ENDED, tickets.c.ended_at < before)
        return await self._ids(wanted.order_by(tickets.c.ended_at).limit(limit))

    async def messages_due(self, before: datetime, limit: int) -> Sequence[int]:
        """By the partial index on what has no ticket and was not erased."""
        wanted = select(messages.c.id).where(_LOOSE, messages.c.received_at < before)
        return await self._ids(wanted.order_by(messages.c.received_at).limit(limit))

    async def messages_of(self, addresses: Sequence[int]) -> Sequence[int]:
        """By address."""
        return await self._ids(
            select(messages.c.id).where(_LOOSE, messages.c.address_id.in_(addresses))
        )

    async def person(self, ticket_id: int) -> KnownPerson:
        """By the ticket's address and the contact behind it. Raises NotFound."""
        reporter = select(tickets.c.address_id).where(tickets.c.id == ticket_id)
        found = (await self._connection.execute(reporter)).scalar_one_or_none()
        if found is None:
            raise NotFound(str(ticket_id))
        return await read_person(self._connection, [found])

    async def person_at(self, ways: Sequence[Address]) -> KnownPerson:
        """By the addresses and the contacts behind them. Raises NotFound."""
        named = tuple_(addresses.c.kind, addresses.c.value)
        here = named.in_([(way.kind.value, way.value) for way in ways])
        found = await self._ids(select(addresses.c.id).where(here).order_by(addresses.c.id))
        if not found:
            raise NotFound(ways[0].kind.value if ways else "")
        return await read_person(self._connection, found)

    async def files(
        self, tickets: Sequence[int] = (), messages: Sequence[int] = ()
    ) -> Sequence[str]:
        """Of what came in, what went out, what was noted and what waits beside drafts."""
        came = select(attachments.c.stored_as, attachments.c.reference).where(
            attachments.c.message_id.in_(_of(tickets, messages))
        )
        went = select(outbox_files.c.stored_as).where(
            outbox_files.c.outbox_id.in_(
                select(outbox.c.id).where(outbox.c.ticket_id.in_(tickets))
            )
        )
        names = [
            held or reference.removeprefix(_IN_FOLDER)
            for held, reference in await self._connection.execute(came)
            if held or reference.startswith(_IN_FOLDER)
        ]
        noted = select(note_files.c.stored_as).where(
            note_files.c.note_id.in_(select(notes.c.id).where(notes.c.ticket_id.in_(tickets)))
        )
        waits = select(draft_files.c.stored_as).where(draft_files.c.ticket_id.in_(tickets))
        ours = await self._connection.execute(went.union(noted, waits))
        return [*names, *ours.scalars()]

    # --- what goes ----------------------------------------------------------------------------

    async def erase_ticket(self, ticket_id: int, at: datetime) -> bool:
        """Addresses are locked before the ticket, as intake does."""
        persons = await self._persons(ticket_id)
        await self._lock(persons)
        held = await self._connection.execute(_LOCKED, {"ticket": ticket_id})
        if held.first() is None:
            return False
        nobody = await self._nobody(f"erased-{ticket_id}", at)
        sent, came = outbox.c.ticket_id == ticket_id, messages.c.ticket_id == ticket_id
        await self._unlogged(sent, came)
        await self._ticket(ticket_id, nobody, at)
        await self._letters(sent, persons, nobody)
        await self._messages(came, persons, nobody, at)
        taking_part = and_(
            participants.c.ticket_id == ticket_id, participants.c.address_id.in_(persons)
        )
        await self._connection.execute(delete(participants).where(taking_part))
        await self._forget(persons, nobody)
        return True

    async def erase_messages(self, ids: Sequence[int], until: datetime, at: datetime) -> int:
        """With what was answered to their senders before ``until``, where no ticket has it."""
        wanted = and_(messages.c.id.in_(ids), _LOOSE)
        senders = await self._ids(_reporters(select(messages.c.address_id).where(wanted)))
        await self._lock(senders)
        erased = await self._ids(select(messages.c.id).where(wanted))
        if not erased:
            return 0
        nobody = await self._nobody(f"erased-m{min(erased)}", at)
        sent = and_(
            outbox.c.ticket_id.is_(None),
            outbox.c.address_id.in_(senders),
            outbox.c.created_at < until,
        )
        came = messages.c.id.in_(erased)
        await self._unlogged(sent, came)
        await self._letters(sent, senders, nobody)
        await self._messages(came, senders, nobody, at)
        await self._forget(senders, nobody)
        return len(erased)

    async def unregister(self, ids: Sequence[int], at: datetime) -> None:
        """The name goes with the registration; addresses of tickets go with the ticket."""
        await self._lock(ids)
        people = await self._ids(_contacts(ids))
        await self._drop(people)
        await self._forget(ids, await self._nobody(_UNREGISTERED, at))
        await self._emptied(people)

    async def erase_payloads(self, before: datetime, at: datetime) -> int:
        """Marked as read anew, for there is nothing left to read."""
        read = func.coalesce(quarantine.c.replayed_at, literal(at, UtcDateTime))
        emptied = {"raw": b"", "frame": "", "replayed_at": read}
        done = update(quarantine).where(_kept_since(before)).values(**emptied)
        return (await self._connection.execute(done)).rowcount

    async def forget_answers(self, number: str) -> None:
        """They are kept for some hours; the table is short."""
        speaks = idempotency_keys.c.body.contains(number, autoescape=True)
        await self._connection.execute(delete(idempotency_keys).where(speaks))

    # --- steps --------------------------------------------------------------------------------

    async def _ids(self, wanted: Executable, asked: dict[str, Any] | None = None) -> list[int]:
        return list((await self._connection.execute(wanted, asked or {})).scalars())

    async def _persons(self, ticket_id: int) -> list[int]:
        """Addresses of everybody on the ticket but offices, in the order of their ids."""
        everybody = union(
            select(tickets.c.address_id).where(tickets.c.id == ticket_id),
            select(messages.c.address_id).where(messages.c.ticket_id == ticket_id),
            select(participants.c.address_id).where(participants.c.ticket_id == ticket_id),
        )
        return await self._ids(_reporters(select(everybody.subquery().c.address_id)))

    async def _lock(self, ids: Sequence[int]) -> None:
        here = select(addresses.c.id).where(addresses.c.id.in_(ids))
        await self._connection.execute(here.order_by(addresses.c.id).with_for_update())

    async def _nobody(self, name: str, at: datetime) -> int:
        """An address of nobody; the same one again for what was cut short."""
        named = {"kind": AddressKind.CLAIM.value, "value": name}
        known = select(addresses.c.id).filter_by(**named)
        found = (await self._connection.execute(known)).scalar_one_or_none()
        if found is not None:
            return int(found)
        made = insert(addresses).values(**named, first_seen_at=at, last_seen_at=at)
        added = await self._connection.execute(made.returning(addresses.c.id))
        return int(added.scalar_one())

    async def _unlogged(self, sent: ColumnElement[bool], came: ColumnElement[bool]) -> None:
        """What providers said of these messages and we of them."""
        ids = [
            *(
                await self._connection.execute(select(messages.c.external_id).where(came))
            ).scalars(),
            *(
                str(one)
                for row in await self._connection.execute(
                    select(outbox.c.id, outbox.c.provider_id).where(sent)
                )
                for one in row
                if one is not None
            ),
        ]
        about = channel_log.c.about.in_(ids)
        await self._connection.execute(delete(channel_log).where(about))

    async def _ticket(self, ticket_id: int, nobody: int, at: datetime) -> None:
        """The ticket's own rows and those that only speak of it."""
        theirs = {"address_id": nobody}
        done = update(tickets).where(tickets.c.id == ticket_id)
        await self._connection.execute(done.values(**TICKET, **theirs, erased_at=at))
        done = update(surveys).where(surveys.c.ticket_id == ticket_id)
        await self._connection.execute(done.values(**theirs))
        for table, emptied in DETAILS:
            done = update(table).where(table.c.ticket_id == ticket_id)
            await self._connection.execute(done.values(**emptied))
        noted = select(notes.c.id).where(notes.c.ticket_id == ticket_id)
        files = update(note_files).where(note_files.c.note_id.in_(noted))
        await self._connection.execute(files.values(**SENT_FILE_LEFT))
        for table in (claims, ticket_codes, drafts, draft_files):
            gone = delete(table).where(table.c.ticket_id == ticket_id)
            await self._connection.execute(gone)
        await self._unsealed(f"ticket:{ticket_id}")

    async def _unsealed(self, owner: str) -> None:
        sealed = restricted_values.c.owner == owner
        await self._connection.execute(delete(restricted_values).where(sealed))

    async def _letters(
        self, sent: ColumnElement[bool], persons: Sequence[int], nobody: int
    ) -> None:
        """What was written to them; nothing of it leaves any more."""
        of = select(outbox.c.id).where(sent)
        files = update(outbox_files).where(outbox_files.c.outbox_id.in_(of))
        await self._connection.execute(files.values(**SENT_FILE_LEFT))
        await self._connection.execute(update(outbox).where(sent).values(**LETTER))
        theirs = and_(sent, outbox.c.address_id.in_(persons))
        moved = {"address_id": nobody, "recipient": "", "provider_id": None}
        await self._connection.execute(update(outbox).where(theirs).values(**moved))

    async def _messages(
        self, came: ColumnElement[bool], persons: Sequence[int], nobody: int, at: datetime
    ) -> None:
        """What they wrote, and the files that came with it."""
        of = select(messages.c.id).where(came)
        files = update(attachments).where(attachments.c.message_id.in_(of))
        await self._connection.execute(files.values(**FILE_LEFT))
        theirs = update(messages).where(came, messages.c.address_id.in_(persons))
        await self._connection.execute(theirs.values(address_id=nobody))
        emptied = update(messages).where(came).values(**MESSAGE, erased_at=at)
        await self._connection.execute(emptied)

    async def _forget(self, persons: Sequence[int], nobody: int) -> None:
        """Addresses that nothing speaks of any more, with what was told them besides tickets."""
        gone = await self._ids(unreferenced(persons))
        if not gone:
            return
        await self._letters(outbox.c.address_id.in_(gone), gone, nobody)
        people = await self._ids(_contacts(gone))
        codes = delete(account_codes).where(account_codes.c.address_id.in_(gone))
        await self._connection.execute(codes)
        await self._connection.execute(delete(addresses).where(addresses.c.id.in_(gone)))
        await self._drop(await self._ids(unreachable(people)))
        await self._emptied(people)

    async def _drop(self, people: Sequence[int]) -> None:
        for one in people:
            await PersonRows(self._connection).drop(one)

    async def _emptied(self, people: Sequence[int]) -> None:
        """Of these contacts those that no address leads to any more."""
        gone = await self._ids(unreachable(people))
        await self._connection.execute(delete(contacts).where(contacts.c.id.in_(gone)))


def _contacts(ids: Sequence[int]) -> Select[tuple[int]]:
    """Of the people behind these addresses."""
    known = addresses.c.id.in_(ids), addresses.c.contact_id.is_not(None)
    return select(addresses.c.contact_id).where(*known).distinct()


def _kept_since(before: datetime) -> ColumnElement[bool]:
    return and_(quarantine.c.at < before, func.length(quarantine.c.raw) > 0)


def _reporters(found: Select[tuple[int]]) -> Select[tuple[int]]:
    """Of these addresses those that are no office's, in the order of their ids."""
    here = addresses.c.id.in_(found)
    return select(addresses.c.id).where(here, ~OFFICE).order_by(addresses.c.id)


def _of(tickets: Sequence[int], ids: Sequence[int]) -> Select[tuple[int]]:
    return select(messages.c.id).where(
        or_(messages.c.ticket_id.in_(tickets), messages.c.id.in_(ids))
    )
