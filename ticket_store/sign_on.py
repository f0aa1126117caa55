"""The shelf of single sign-on: accounts at providers, and ways there that came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select, update

from core.model.sign_on import LinkHolder, SignOnLink
from ticket_store.schema import UtcDateTime, sign_on_flows, sign_on_links, staff
from ticket_store.staff import account_of
from ticket_store.standing import INSERT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

_FIELDS = tuple(SignOnLink.__dataclass_fields__)
_COLUMNS = tuple(sign_on_links.c[name] for name in _FIELDS)
_THIS = (
    sign_on_links.c.issuer == bindparam("of"),
    sign_on_links.c.subject == bindparam("who"),
)
_LINK = select(*_COLUMNS).where(*_THIS)
_OWNER = (
    select(staff)
    .join(sign_on_links, sign_on_links.c.staff_id == staff.c.id)
    .where(*_THIS)
    .with_for_update(of=staff)
)
_LINKS = (
    select(*_COLUMNS)
    .where(sign_on_links.c.staff_id == bindparam("staff"))
    .order_by(sign_on_links.c.linked_at, sign_on_links.c.issuer)
)
_USED = update(sign_on_links).where(*_THIS).values(used_at=bindparam("at", type_=UtcDateTime))


class SignOnRows:
    """``core.ports.sign_on.SignOnShelf`` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def holder(self, issuer: str, subject: str) -> LinkHolder | None:
        """Whose account this is, the person locked before the link is read."""
        wanted = {"of": issuer, "who": subject}
        person = (await self._connection.execute(_OWNER, wanted)).one_or_none()
        link = (await self._connection.execute(_LINK, wanted)).one_or_none()
        if person is None or link is None or link.staff_id != person.id:
            return None
        return LinkHolder(SignOnLink(*link), await account_of(self._connection, person))

    async def links(self, staff_id: int) -> Sequence[SignOnLink]:
        """A person's, oldest first."""
        found = await self._connection.execute(_LINKS, {"staff": staff_id})
        return [SignOnLink(*row) for row in found]

    async def link(self, link: SignOnLink) -> bool:
        """False when the account is somebody's, or the person has one of this issuer."""
        make = INSERT[self._connection.dialect.name](sign_on_links)
        row = {name: getattr(link, name) for name in _FIELDS}
        done = await self._connection.execute(make.values(row).on_conflict_do_nothing())
        return done.rowcount == 1

    async def unlink(self, staff_id: int, issuer: str | None = None) -> int:
        """Drops a person's link with one issuer, or all."""
        dropped = delete(sign_on_links).where(sign_on_links.c.staff_id == staff_id)
        if issuer is not None:
            dropped = dropped.where(sign_on_links.c.issuer == issuer)
        return (await self._connection.execute(dropped)).rowcount

    async def used(self, issuer: str, subject: str, at: datetime) -> None:
        """Notes that somebody came in by it."""
        await self._connection.execute(_USED, {"of": issuer, "who": subject, "at": at})

    async def spend(self, state_hash: str, until: datetime) -> bool:
        """Marks a way as come back; of two at one moment the second waits, and gets False."""
        make = INSERT[self._connection.dialect.name](sign_on_flows)
        row = {"state_hash": state_hash, "until": until}
        done = await self._connection.execute(make.values(row).on_conflict_do_nothing())
        return done.rowcount == 1

    async def purge_spent(self, now: datetime) -> int:
        """Drops marks of ways that are over by themselves."""
        over = delete(sign_on_flows).where(sign_on_flows.c.until <= now)
        return (await self._connection.execute(over)).rowcount
