"""Brings the tables to this version's shape.

Looking whether anything is to do reads one row; Alembic is imported only when there is, so that
an ordinary start stays light.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from ticket_store.engine import make_engines, patient_engine, read_url
from ticket_store.failures import StoreRefused, guarded

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

MIGRATIONS = Path(__file__).parent / "migrations"
_UPGRADE_LOCK = 4_217_001
"""Two processes that start together upgrade one after the other (PostgreSQL advisory lock)."""


def revisions() -> list[str]:
    """The steps this version knows, oldest first: each file's name begins with its revision."""
    names = [path.name for path in (MIGRATIONS / "versions").glob("*.py")]
    return sorted(found[1] for name in names if (found := re.match(r"(\d{4})_", name)))


async def current(engine: AsyncEngine) -> str | None:
    """The revision the database is at; None when it is empty. Raises StoreUnavailable."""
    with guarded():
        async with engine.connect() as connection:
            return await connection.run_sync(_current)


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


async def pending(engine: AsyncEngine) -> list[str]:
    """Steps still to be made, oldest first.

    Raises:
        StoreRefused: a newer version has changed the tables; going back would lose data.
        StoreUnavailable: the database cannot be asked.
    """
    at, known = await current(engine), revisions()
    if at is None:
        return known
    if at not in known:
        sentence = (
            f"the database is at revision {at}, this version knows only {known[-1]}: "
            "start the newer version, or restore a backup made before the upgrade"
        )
        raise StoreRefused(sentence)
    return known[known.index(at) + 1 :]


async def bring_up(engine: AsyncEngine) -> list[str]:
    """Makes the pending steps in one transaction; returns them. Raises as :func:`pending`."""
    steps = await pending(engine)
    if steps:
        with guarded():
            async with patient_engine(engine).begin() as connection:
                await connection.run_sync(run_alembic, "head")
    return steps


async def upgrade(url: str) -> list[str]:
    """The same for a database named by its URL: ``helpdesk db upgrade``."""
    engines = make_engines(read_url(url), 1)
    try:
        return await bring_up(engines.writing)
    finally:
        await engines.dispose()


def run_alembic(connection: Connection, target: str) -> None:
    """Moves to a revision, ``head`` or ``base``, within the connection's transaction."""
    from alembic import command  # noqa: PLC0415 - only when there is something to do
    from alembic.config import Config  # noqa: PLC0415 - as above

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    (command.downgrade if target == "base" else command.upgrade)(config, target)
