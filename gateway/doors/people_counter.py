"""The counter behind registration and accounts, on a running gateway (LL-08, DK-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.errors import NotFound
from core.model.credentials import token_hash
from core.services.accounts import enter, leave, send_account_code, tie, used
from core.services.registering import Seen, change_person, forget_person, register

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from console.citizen.counter import OfficeFacts
    from core.model.accounts import AccountSession, OwnTicket, Reached
    from core.model.links import SignedLinks
    from core.model.registration import NikRule, Person, PersonDraft
    from core.model.work import Refusal
    from core.services.accounts import Opened, Wish
    from core.services.house import House
    from core.services.registering import Already, Unfit
    from gateway.doors.ticket_counter import TicketCounter
    from gateway.server import Gateway

MOST_TICKETS: Final = 200
"""Of one person on one page; whoever has more finds the others by number."""


class GatewayPeople:
    """``console.citizen.people_counter.PeopleCounter``.

    Args:
        gateway: running.
        house: ports with the vault.
        counter: of the other pages, whose errands these share.
        links: addresses of registration pages.
        rule: whether the identity number is asked for.
    """

    def __init__(
        self,
        gateway: Gateway,
        house: House,
        counter: TicketCounter,
        links: SignedLinks,
        rule: NikRule,
    ) -> None:
        self._gateway, self._plan, self._house = gateway, gateway.plan, house
        self._counter, self._links, self.rule = counter, links, rule

    @property
    def office(self) -> OfficeFacts:
        """Who asks."""
        return self._counter.office

    def now(self) -> datetime:
        """Aware UTC."""
        return self._plan.clock.now()

    async def invited(self, token: str) -> Reached:
        """Raises NotFound, StoreUnavailable."""
        found = await self._plan.store.people.reached(self._address(token))
        if found is None:
            raise NotFound("registration")  # noqa: EM101 - there is nothing to name
        return found

    def _address(self, token: str) -> int:
        address_id = self._links.read(token)
        if address_id is None:
            raise NotFound("registration")  # noqa: EM101 - nothing not given out is repeated
        return address_id

    async def register(self, token: str, draft: PersonDraft) -> Person | Unfit | Already:
        """Raises NotFound, StoreUnavailable."""
        made = await register(self._house, self.rule, self._address(token), draft)
        self._wake()
        return made

    def send_code(self, wish: Wish) -> None:
        """Promised after the answer."""
        self._counter.later(self._send(wish))

    async def _send(self, wish: Wish) -> None:
        if await send_account_code(self._plan.store.desk, self._plan.policy, wish, self.now()):
            self._wake()

    async def enter(self, wish: Wish, code: str) -> Opened | Refusal:
        """Raises StoreUnavailable."""
        return await enter(self._plan.store.desk, wish, code, self.now())

    async def tie(self, wish: Wish, code: str) -> Refusal | None:
        """Raises StoreUnavailable."""
        refusal = await tie(self._plan.store.desk, wish, code, self.now())
        self._wake()
        return refusal

    async def session(self, token: str) -> AccountSession | None:
        """Raises StoreUnavailable."""
        found = await self._plan.store.people.session(token_hash(token))
        if found is None or not found.alive(self.now()):
            return None
        await used(self._plan.store.desk, found, self.now())
        return found

    async def leave(self, session: AccountSession) -> None:
        """Raises StoreUnavailable."""
        await leave(self._plan.store.desk, session)

    async def person(self, contact_id: int) -> Person:
        """Raises NotFound, StoreUnavailable."""
        return await self._plan.store.people.one(contact_id)

    async def addresses(self, contact_id: int) -> Sequence[Reached]:
        """Raises StoreUnavailable."""
        return await self._plan.store.people.addresses(contact_id)

    async def tickets(self, contact_id: int) -> Sequence[OwnTicket]:
        """Raises StoreUnavailable."""
        return await self._plan.store.people.tickets(contact_id, MOST_TICKETS)

    async def change(self, contact_id: int, draft: PersonDraft) -> Person | Unfit | Refusal:
        """Raises StoreUnavailable."""
        return await change_person(self._house, None, Seen(contact_id), (self.rule, draft))

    async def forget(self, contact_id: int) -> None:
        """Raises StoreUnavailable."""
        await forget_person(self._house, None, contact_id)

    def _wake(self) -> None:
        for wake in self._gateway.intake.on_commit:
            wake()
