"""The store as the hallway holds it: opened once, closed at the end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from ticket_store.attachments import StoredFiles
from ticket_store.audit import StoredAudits
from ticket_store.blocks import SIZES, NumberBlocks
from ticket_store.calendars import StoredCalendars
from ticket_store.canned import StoredCanned
from ticket_store.catalogue import StoredServices
from ticket_store.claims import ProofReads
from ticket_store.desk import OpenedDesk
from ticket_store.drafts import StoredDrafts
from ticket_store.engine import Engines, make_engines, make_folder, read_url, refuse_unless_durable
from ticket_store.failures import guarded
from ticket_store.lists import StoreLists
from ticket_store.migrate import bring_up
from ticket_store.oversight import StoredOversight
from ticket_store.partners import StoredPartners
from ticket_store.people_reads import StoredPeople
from ticket_store.policies import StoredPolicies
from ticket_store.reads import StoreReads
from ticket_store.searching import StoredSearch
from ticket_store.setting_versions import StoredSettings
from ticket_store.staff_reads import StaffStoreReads
from ticket_store.stream import StoredStream
from ticket_store.stream_order import keep_order
from ticket_store.subscriptions import StoredSubscriptions
from ticket_store.survey_reads import StoreSurveyReads
from ticket_store.texts import StoredTexts
from ticket_store.units import StoredUnits
from ticket_store.wakeups import PostgresqlWakeups
from ticket_store.work import WorkTickets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from core.ports import Desk

POOL = 10
"""Connections for units of work; more than 16 lose (performance.md)."""


FILES = Path("attachments")
"""The folder of attachments below ``data_dir``; the tables hold the truth about them."""


class SqlStore:
    """``core.ports.Store`` on either engine."""

    def __init__(
        self, engines: Engines, sizes: Mapping[str, int] = SIZES, files: Path = FILES
    ) -> None:
        self._engines = engines
        self._files = files
        self.blocks = NumberBlocks(engines.writing, sizes)
        self.reads = StoreReads(engines.reading)
        self.proofs = ProofReads(engines.reading)
        self.files = StoredFiles(engines.reading)
        self.work = WorkTickets(engines.reading)
        self.surveys = StoreSurveyReads(engines.reading)
        self.texts = StoredTexts(engines.reading)
        self.canned = StoredCanned(engines.reading)
        self.staff = StaffStoreReads(engines.reading)
        self.lists = StoreLists(engines.reading)
        self.oversight = StoredOversight(engines.reading)
        self.search = StoredSearch(engines.reading)
        self.catalogue = StoredServices(engines.reading)
        self.settings = StoredSettings(engines.reading)
        self.people = StoredPeople(engines.reading)
        self.units = StoredUnits(engines.reading)
        self.partners = StoredPartners(engines.reading)
        self.calendars = StoredCalendars(engines.reading)
        self.policies = StoredPolicies(engines.reading)
        self.drafts = StoredDrafts(engines.reading)
        self.stream = StoredStream(engines.reading)
        self.audits = StoredAudits(engines.reading)
        self.subscriptions = StoredSubscriptions(engines.reading)
        self.wakeups = PostgresqlWakeups(engines.reading) if engines.lock is None else None

    @property
    def exclusive(self) -> bool:
        """True on SQLite: the lock beside the file keeps every other process out."""
        return self._engines.lock is not None

    def desk(self) -> AbstractAsyncContextManager[Desk]:
        """A unit of work. On SQLite they take turns, in the order in which they were asked for."""
        return OpenedDesk(self._engines.writing, self._files)

    async def ping(self) -> None:
        """Asks over a reading connection, so that it never waits behind the writer."""
        with guarded():
            async with self._engines.reading.connect() as connection:
                await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Idempotent."""
        await self.blocks.close()
        await self._engines.dispose()


async def open_store(
    url: str,
    *,
    data_dir: Path | None = None,
    pool: int = POOL,
    blocks: Mapping[str, int] = SIZES,
) -> SqlStore:
    """Opens the store, checks that it is durable, and brings its tables up to date.

    Args:
        url: ``sqlite+aiosqlite:///…`` or ``postgresql+asyncpg://…``.
        data_dir: folder for what is kept beside the tables; made here, closed to others.
        pool: connections for units of work on PostgreSQL.
        blocks: how many numbers to reserve at a time, per series.

    Raises:
        StoreRefused: it must not be used as it is; the sentence says what to change.
        StoreUnavailable: it cannot be reached now.
    """
    engines = make_engines(read_url(url), pool)
    try:
        with guarded():
            if data_dir is not None:
                make_folder(data_dir)
        await refuse_unless_durable(engines.writing)
        await bring_up(engines.writing)
        await keep_order(engines.writing)
    except BaseException:
        await engines.dispose()
        raise
    return SqlStore(engines, blocks, FILES if data_dir is None else data_dir / FILES)
