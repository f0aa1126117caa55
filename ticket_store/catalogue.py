"""The service catalogue (LL-41)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from core.errors import NotFound
from core.model.catalogue import Service
from ticket_store.failures import guarded
from ticket_store.reading import reading
from ticket_store.schema import services

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from ticket_store.standing import Found

_WHOLE = select(services)
_TEXT = func.lower(services.c.name + " " + services.c.parts)


def _row(service: Service) -> dict[str, object]:
    return {
        "unit_id": service.unit_id,
        "name": service.name,
        "parts": json.dumps(dict(service.parts), ensure_ascii=False),
        "version": service.version,
        "retired_at": service.retired_at,
    }


def _service(row: Found) -> Service:
    parts = json.loads(row.parts)
    return Service(row.id, row.unit_id, row.name, parts, row.version, row.retired_at)


class ServiceRows:
    """``core.ports.catalogue.ServiceShelf`` in one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def service(self, service_id: int) -> Service | None:
        """One, locked until the end, retired too."""
        wanted = _WHOLE.where(services.c.id == service_id).with_for_update()
        with guarded():
            row = (await self._connection.execute(wanted)).one_or_none()
        return None if row is None else _service(row)

    async def add(self, service: Service) -> Service:
        """A new one, with its id."""
        adding = insert(services).values(_row(service)).returning(*services.c)
        with guarded():
            return _service((await self._connection.execute(adding)).one())

    async def save(self, service: Service) -> None:
        """Everything of it but the id."""
        saving = update(services).where(services.c.id == service.id).values(_row(service))
        with guarded():
            await self._connection.execute(saving)


class StoredServices:
    """``core.ports.catalogue.ServiceReads`` over an engine that only reads."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connected = reading(engine)

    async def one(self, service_id: int) -> Service:
        """Retired or not. Raises NotFound."""
        async with self._connected() as connection:
            found = await connection.execute(_WHOLE.where(services.c.id == service_id))
            row = found.one_or_none()
        if row is None:
            raise NotFound(service_id)
        return _service(row)

    async def find(self, words: Sequence[str], limit: int) -> Sequence[Service]:
        """Those in force that hold every word, by name."""
        wanted = _WHOLE.where(services.c.retired_at.is_(None))
        wanted = wanted.where(*(_TEXT.contains(word, autoescape=True) for word in words))
        named = wanted.order_by(services.c.name, services.c.id).limit(limit)
        async with self._connected() as connection:
            return [_service(row) for row in await connection.execute(named)]
