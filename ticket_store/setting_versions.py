"""Versions of texts, canned replies and services, and those that wait for their day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from core.model.setting_versions import SettingVersion
from ticket_store.failures import guarded
from ticket_store.reading import reading
from ticket_store.schema import setting_versions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_T = setting_versions.c
_FIELDS = tuple(SettingVersion.__dataclass_fields__)
_ROW = select(*(_T[name] for name in _FIELDS))
_WAITS = (_T.begun_at.is_(None), _T.withdrawn_at.is_(None))
_WAITING = _ROW.where(*_WAITS).order_by(_T.valid_from, _T.laid_at, _T.subject, _T.version)


def _due(now: datetime) -> Select[Any]:
    return _WAITING.where(_T.valid_from <= now).limit(1)


class SettingRows:
    """``core.ports.settings.SettingShelf`` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lay(self, version: SettingVersion) -> None:
        """Raises Conflict: somebody else has laid it down."""
        row = {name: getattr(version, name) for name in _FIELDS}
        with guarded():
            await self._connection.execute(insert(setting_versions).values(row))

    async def one(self, subject: str, version: int) -> SettingVersion | None:
        """Locked until the end."""
        wanted = _ROW.where(_T.subject == subject, _T.version == version)
        return await self._locked(wanted)

    async def waiting(self, subject: str) -> Sequence[SettingVersion]:
        """By their day."""
        wanted = _WAITING.where(_T.subject == subject)
        with guarded():
            return [SettingVersion(*row) for row in await self._connection.execute(wanted)]

    async def due(self, now: datetime) -> SettingVersion | None:
        """Locked until the end; whoever waited for another process finds it begun."""
        return await self._locked(_due(now))

    async def save(self, version: SettingVersion) -> None:
        """Its beginning, or that it was taken back."""
        here = (_T.subject == version.subject, _T.version == version.version)
        times = {"begun_at": version.begun_at, "withdrawn_at": version.withdrawn_at}
        with guarded():
            await self._connection.execute(update(setting_versions).where(*here).values(times))

    async def _locked(self, wanted: Select[Any]) -> SettingVersion | None:
        with guarded():
            row = (await self._connection.execute(wanted.with_for_update())).one_or_none()
        return None if row is None else SettingVersion(*row)


class StoredSettings:
    """``core.ports.settings.SettingReads``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def any_due(self, now: datetime) -> bool:
        """One look into an index that holds only those that wait."""
        asked = select(_T.version).where(*_WAITS, _T.valid_from <= now).limit(1)
        async with self._connected() as connection:
            return (await connection.execute(asked)).first() is not None

    async def versions(self, subject: str) -> Sequence[SettingVersion]:
        """The newest first."""
        wanted = _ROW.where(_T.subject == subject).order_by(_T.version.desc())
        async with self._connected() as connection:
            return [SettingVersion(*row) for row in await connection.execute(wanted)]

    async def waiting(self, kind: str) -> Sequence[SettingVersion]:
        """By their day; an office has a handful."""
        async with self._connected() as connection:
            found = [SettingVersion(*row) for row in await connection.execute(_WAITING)]
        return [one for one in found if one.kind == kind]
