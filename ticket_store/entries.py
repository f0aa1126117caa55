"""The shelf of ways in: sessions, tokens, and failures to come in."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, or_, select, update

from core.model.credentials import FORGET_FAILURES, IDLE, ApiToken, Failures, Session
from core.model.staff import Right
from ticket_store.schema import UtcDateTime, api_tokens, login_failures, sessions
from ticket_store.standing import INSERT

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from ticket_store.standing import Found

_SESSION_FIELDS = tuple(Session.__dataclass_fields__)
SESSION_COLUMNS = tuple(sessions.c[name] for name in _SESSION_FIELDS)
_SESSION = select(*SESSION_COLUMNS).where(sessions.c.token_hash == bindparam("token"))
_SESSIONS = (
    select(*SESSION_COLUMNS)
    .where(sessions.c.staff_id == bindparam("staff"))
    .order_by(sessions.c.seen_at.desc(), sessions.c.token_hash)
)
_SEEN = (
    update(sessions)
    .where(sessions.c.token_hash == bindparam("token"))
    .values(seen_at=bindparam("at", type_=UtcDateTime))
)
_FAILURES = (
    select(login_failures.c.login_hash, login_failures.c.failures, login_failures.c.failed_at)
    .where(login_failures.c.login_hash == bindparam("login"))
    .with_for_update()
)
_FAILED = (
    update(login_failures)
    .where(login_failures.c.login_hash == bindparam("login"))
    .values(failures=bindparam("count"), failed_at=bindparam("at", type_=UtcDateTime))
)
_USED = (
    update(api_tokens)
    .where(api_tokens.c.id == bindparam("token"))
    .values(used_at=bindparam("at", type_=UtcDateTime))
)
_REVOKE = (
    update(api_tokens)
    .where(api_tokens.c.id == bindparam("token"), api_tokens.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("at", type_=UtcDateTime))
)


class EntryRows:
    """``core.ports.staff.EntryShelf`` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def failures(self, login_hash: str, at: datetime) -> Failures:
        """Those of this login, made with none if there are none, locked until the end.

        Made before it is looked at, so that a thousand guesses at one moment wait for each other.
        """
        make = INSERT[self._connection.dialect.name](login_failures)
        row = {"login_hash": login_hash, "failures": 0, "failed_at": at}
        await self._connection.execute(make.values(row).on_conflict_do_nothing())
        found = await self._connection.execute(_FAILURES, {"login": login_hash})
        failures = Failures(*found.one())
        past = failures.failed_at <= at - FORGET_FAILURES
        return replace(failures, count=0) if past else failures

    async def failed(self, failures: Failures) -> None:
        """Writes them."""
        wanted = {
            "login": failures.login_hash,
            "count": failures.count,
            "at": failures.failed_at,
        }
        await self._connection.execute(_FAILED, wanted)

    async def forgive(self, login_hashes: Collection[str]) -> None:
        """Drops them."""
        here = login_failures.c.login_hash.in_(sorted(login_hashes))
        await self._connection.execute(delete(login_failures).where(here))

    async def open_session(self, session: Session) -> None:
        """Lays it down."""
        row = {name: getattr(session, name) for name in _SESSION_FIELDS}
        await self._connection.execute(insert(sessions).values(row))

    async def session(self, token_hash: str) -> Session | None:
        """Locked until the end."""
        wanted = _SESSION.with_for_update()
        found = (await self._connection.execute(wanted, {"token": token_hash})).one_or_none()
        return None if found is None else Session(*found)

    async def sessions(self, staff_id: int) -> Sequence[Session]:
        """A person's, the one used last first."""
        found = await self._connection.execute(_SESSIONS, {"staff": staff_id})
        return [Session(*row) for row in found]

    async def seen(self, token_hash: str, at: datetime) -> None:
        """Notes the use of a session."""
        await self._connection.execute(_SEEN, {"token": token_hash, "at": at})

    async def end_sessions(self, staff_id: int, token_hash: str | None = None) -> int:
        """Ends one of a person's sessions, or all."""
        ended = delete(sessions).where(sessions.c.staff_id == staff_id)
        if token_hash is not None:
            ended = ended.where(sessions.c.token_hash == token_hash)
        return (await self._connection.execute(ended)).rowcount

    async def add_token(self, token: ApiToken) -> ApiToken:
        """Lays it down; returns it with its id."""
        row = {
            "token_hash": token.token_hash,
            "name": token.name,
            "staff_id": token.staff_id,
            "rights": json.dumps(sorted(token.rights)),
            "created_at": token.created_at,
            "expires_at": token.expires_at,
        }
        adding = insert(api_tokens).values(row).returning(api_tokens.c.id)
        return replace(token, id=int((await self._connection.execute(adding)).scalar_one()))

    async def tokens(self, staff_id: int | None = None) -> Sequence[ApiToken]:
        """A person's, or everybody's, oldest first."""
        wanted = select(api_tokens).order_by(api_tokens.c.id)
        if staff_id is not None:
            wanted = wanted.where(api_tokens.c.staff_id == staff_id)
        return [token_of(row) for row in await self._connection.execute(wanted)]

    async def token_used(self, token_id: int, at: datetime) -> None:
        """Notes the use of a token."""
        await self._connection.execute(_USED, {"token": token_id, "at": at})

    async def revoke_token(self, token_id: int, at: datetime) -> bool:
        """False when there is none, or it was revoked before."""
        done = await self._connection.execute(_REVOKE, {"token": token_id, "at": at})
        return done.rowcount == 1

    async def purge_entries(self, now: datetime) -> int:
        """Drops sessions that ended and failures long past."""
        over = or_(sessions.c.expires_at <= now, sessions.c.seen_at <= now - IDLE)
        past = login_failures.c.failed_at <= now - FORGET_FAILURES
        ended = await self._connection.execute(delete(sessions).where(over))
        forgotten = await self._connection.execute(delete(login_failures).where(past))
        return ended.rowcount + forgotten.rowcount


def token_of(row: Found) -> ApiToken:
    """A token from a row of ``api_tokens``."""
    return ApiToken(
        id=row.id,
        token_hash=row.token_hash,
        name=row.name,
        staff_id=row.staff_id,
        rights=frozenset(Right(right) for right in json.loads(row.rights)),
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )
