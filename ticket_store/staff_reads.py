"""What is read of staff outside any unit of work: who asks, and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, or_, select

from core.errors import NotFound
from core.model.admin_events import DELEGATED_BY, DELEGATION, AdminEvent
from core.model.credentials import Session
from ticket_store.admin_history import LAST
from ticket_store.entries import SESSION_COLUMNS, token_of
from ticket_store.quick import asked
from ticket_store.reading import reading
from ticket_store.schema import addresses, api_tokens, restricted_values, sessions, staff, tickets
from ticket_store.scope import SCOPED, visible, visible_facts
from ticket_store.staff import account_of, person_of, with_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from core.model.credentials import Account, ApiToken
    from core.model.restricted import RestrictedField
    from core.model.rights import Scope
    from core.model.staff import Staff, TicketFacts

_SESSION = select(*SESSION_COLUMNS).where(sessions.c.token_hash == bindparam("token"))
_TOKEN = select(api_tokens).where(api_tokens.c.token_hash == bindparam("token"))
_PERSON = select(staff).where(staff.c.id == bindparam("who"))
_ALL = select(staff).order_by(staff.c.name, staff.c.id)
_OWNERS = select(restricted_values.c.owner).where(
    restricted_values.c.field == bindparam("field"),
    restricted_values.c.digest.in_(bindparam("digests", expanding=True)),
)


class StaffStoreReads:
    """``core.ports.staff.StaffReads``; each call is a few statements by key."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def by_session(self, token_hash: str) -> tuple[Session, Account] | None:
        """A session and whose it is, alive or not."""
        async with self._connected() as connection:
            found = await asked(connection, _SESSION, {"token": token_hash})
            if not found:
                return None
            session = Session(*found[0])
            return session, await _account(connection, session.staff_id)

    async def by_token(self, token_hash: str) -> tuple[ApiToken, Account] | None:
        """A token and whose it is, alive or not."""
        async with self._connected() as connection:
            found = await asked(connection, _TOKEN, {"token": token_hash})
            if not found:
                return None
            return token_of(found[0]), await _account(connection, found[0].staff_id)

    async def delegated(self) -> bool:
        """Whether leadership's watch is delegated to customer care."""
        async with self._connected() as connection:
            found = (await connection.execute(LAST, {"subject": DELEGATION})).one_or_none()
            return found is not None and AdminEvent(*found).kind == DELEGATED_BY

    async def staff(self, *, disabled: bool = False) -> Sequence[Staff]:
        """By name; without what lies below their units and regions."""
        wanted = _ALL if disabled else _ALL.where(staff.c.disabled_at.is_(None))
        async with self._connected() as connection:
            return [person_of(row) for row in await connection.execute(wanted)]

    async def one(self, staff_id: int) -> Staff:
        """Raises NotFound."""
        async with self._connected() as connection:
            found = (await connection.execute(_PERSON, {"who": staff_id})).one_or_none()
            if found is None:
                raise NotFound(str(staff_id))
            return await with_places(connection, person_of(found))

    async def visible(self, number: str, scope: Scope) -> TicketFacts:
        """What rights look at in a ticket within this scope. Raises NotFound."""
        async with self._connected() as connection:
            return await visible_facts(connection, number, scope)

    async def with_value(
        self, field: RestrictedField, digests: Sequence[str], scope: Scope
    ) -> Sequence[str]:
        """Numbers of tickets within the scope whose own or reporter's field has such a digest."""
        async with self._connected() as connection:
            named = {"field": field, "digests": list(digests)}
            owners = list((await connection.execute(_OWNERS, named)).scalars())
            if not owners:
                return []
            ids, people = _ids(owners, "ticket:"), _ids(owners, "contact:")
            wanted = (
                select(tickets.c.number)
                .select_from(SCOPED.join(addresses, addresses.c.id == tickets.c.address_id))
                .where(
                    or_(tickets.c.id.in_(ids), addresses.c.contact_id.in_(people)), visible(scope)
                )
                .order_by(tickets.c.id.desc())
            )
            return list((await connection.execute(wanted)).scalars())


async def _account(connection: AsyncConnection, staff_id: int) -> Account:
    """The account that a row of a session or token refers to; it cannot be missing."""
    found = await asked(connection, _PERSON, {"who": staff_id})
    return await account_of(connection, found[0])


def _ids(owners: Sequence[str], kind: str) -> list[int]:
    return [int(owner.removeprefix(kind)) for owner in owners if owner.startswith(kind)]
