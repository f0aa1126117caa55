"""What the pages of registration and of the account need from the hallway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from console.citizen.counter import OfficeFacts
    from core.model.accounts import AccountSession, OwnTicket, Reached
    from core.model.registration import NikRule, Person, PersonDraft
    from core.model.work import Refusal
    from core.services.accounts import Opened, Wish
    from core.services.registering import Already, Unfit


class PeopleCounter(Protocol):
    """The hallway as these pages see it. Everything awaited may raise StoreUnavailable."""

    @property
    def office(self) -> OfficeFacts:
        """Who asks."""
        ...

    @property
    def rule(self) -> NikRule:
        """Whether the identity number is asked for."""
        ...

    def now(self) -> datetime:
        """Aware UTC."""
        ...

    async def invited(self, token: str) -> Reached:
        """The address that this link was sent to. Raises NotFound: we have not given it out."""
        ...

    async def register(self, token: str, draft: PersonDraft) -> Person | Unfit | Already:
        """Its owner registers. Raises NotFound."""
        ...

    def send_code(self, wish: Wish) -> None:
        """Promised later: the answer must not tell whether there is such an address."""
        ...

    async def enter(self, wish: Wish, code: str) -> Opened | Refusal:
        """Lets the owner of an address in."""
        ...

    async def tie(self, wish: Wish, code: str) -> Refusal | None:
        """One more address for the person of the wish."""
        ...

    async def session(self, token: str) -> AccountSession | None:
        """The session of this cookie while it lives."""
        ...

    async def leave(self, session: AccountSession) -> None:
        """Ends it."""
        ...

    async def person(self, contact_id: int) -> Person:
        """Raises NotFound."""
        ...

    async def addresses(self, contact_id: int) -> Sequence[Reached]:
        """By which the person writes to us."""
        ...

    async def tickets(self, contact_id: int) -> Sequence[OwnTicket]:
        """Newest first."""
        ...

    async def change(self, contact_id: int, draft: PersonDraft) -> Person | Unfit | Refusal:
        """The person puts their data right."""
        ...

    async def forget(self, contact_id: int) -> None:
        """Deletes the data on request; tickets stay."""
        ...
