"""What registration, accounts and the list of respondents ask of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from core.model.accounts import AccountCode, AccountSession, OwnTicket, Reached
    from core.model.messages import Address
    from core.model.registration import Person


class PersonShelf(Protocol):
    """People who registered, within one unit of work."""

    async def reached(self, which: int | Address) -> Reached | None:
        """An address by its id or value, locked until the end; None: it never wrote."""
        ...

    async def addresses(self, contact_id: int) -> Sequence[Reached]:
        """All that are tied to a person, locked until the end, by id."""
        ...

    async def person(self, contact_id: int) -> Person | None:
        """Locked until the end; None: nobody registered under this id."""
        ...

    async def add(self, person: Person, at: datetime) -> Person:
        """Lays it down; returns it with its id."""
        ...

    async def save(self, person: Person) -> None:
        """Name, phone, email, area and version."""
        ...

    async def drop(self, contact_id: int) -> None:
        """Forgets the data, unties the addresses, ends the sessions; tickets stay."""
        ...

    async def tie(self, contact_id: int, address_ids: Sequence[int]) -> None:
        """These addresses are the person's from now on; intake is told."""
        ...

    async def with_nik(self, digests: Sequence[str]) -> Sequence[int]:
        """Ids of people whose identity number has one of these digests."""
        ...

    async def release(self, contact_id: int, reason: str) -> Sequence[int]:
        """Takes this reason from running tickets of the person; returns their ids."""
        ...

    async def code(self, address_id: int, purpose: str) -> AccountCode | None:
        """Locked until the end."""
        ...

    async def put_code(self, code: AccountCode) -> None:
        """Over an earlier one of the same address and purpose."""
        ...

    async def drop_code(self, address_id: int, purpose: str) -> None:
        """It was used."""
        ...

    async def open_session(self, session: AccountSession) -> None:
        """Lays it down, and drops those that are over."""
        ...

    async def seen(self, token_hash: str, at: datetime) -> None:
        """Notes the use of a session."""
        ...

    async def end_sessions(self, contact_id: int, token_hash: str | None = None) -> None:
        """One of a person's, or all."""
        ...


class PersonReads(Protocol):
    """The same outside any unit of work."""

    async def find(
        self, words: Sequence[str], after: int | None, limit: int, ids: Sequence[int] | None = None
    ) -> Sequence[Person]:
        """Those whose name, phone, email or area holds every word, newest first.

        Args:
            words: in lower case; none: everybody.
            after: id of the last one seen.
            limit: how many.
            ids: only among these; None: all.
        """
        ...

    async def one(self, contact_id: int) -> Person:
        """Raises NotFound."""
        ...

    async def with_nik(self, digests: Sequence[str]) -> Sequence[int]:
        """As on the shelf."""
        ...

    async def addresses(self, contact_id: int) -> Sequence[Reached]:
        """As on the shelf, nothing locked."""
        ...

    async def reached(self, address_id: int) -> Reached | None:
        """As on the shelf, nothing locked."""
        ...

    async def tickets(self, contact_id: int, limit: int) -> Sequence[OwnTicket]:
        """Of all addresses of a person, newest first."""
        ...

    async def session(self, token_hash: str) -> AccountSession | None:
        """Alive or not."""
        ...
