"""A worker for files over a real store and a real folder, with doors that do as they are told."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from core.model.messages import ChannelId
from core.model.outbox import RetryPolicy
from gateway.attachment_folder import AttachmentFolder
from gateway.attachments import Attachments, FilePace
from gateway.clock import SystemClock
from gateway.file_fetch import FetchRules, FileFetch
from gateway.metrics import Metrics
from tests.contracts.planting import rows
from tests.contracts.planting_files import plant_file, plant_message
from tests.gateway.gateway_kit import fresh_store, until
from tests.patience import PATIENCE
from ticket_store import schema
from ticket_store.store import open_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from core.model.attachments import WantedFile
    from core.ports import Sink
    from gateway.virus_scan import VirusScanner
    from ticket_store.store import SqlStore

SMS, WA = ChannelId("sms"), ChannelId("wa")
QUICK = RetryPolicy(base=timedelta(seconds=0.02), ceiling=timedelta(seconds=0.1), max_attempts=3)


@dataclass
class Door:
    """Gives ``file`` to whoever asks, unless ``does`` raises or writes something else.

    Attributes:
        asked: references, in order.
        at_once: the most calls at one time.
    """

    id: ChannelId = SMS
    file: bytes = b"halo, ini berkas\n"
    does: Callable[[WantedFile, Sink], Any] | None = None
    asked: list[str] = field(default_factory=list)
    flying: int = 0
    at_once: int = 0

    async def fetch(self, wanted: WantedFile, into: Sink) -> str | None:
        self.asked.append(wanted.reference)
        self.flying += 1
        self.at_once = max(self.at_once, self.flying)
        try:
            if self.does is not None:
                done = self.does(wanted, into)
                if asyncio.iscoroutine(done):
                    await done
            else:
                into.write(self.file)
        finally:
            self.flying -= 1
        return "image/svg+xml"


@dataclass
class Hall:
    """What a test holds."""

    worker: Attachments
    store: SqlStore
    folder: Path
    metrics: Metrics

    async def rows(self) -> list[Any]:
        return await rows(self.store, schema.attachments)

    async def row(self) -> Any:
        (row,) = await self.rows()
        return row

    async def settled(self, seconds: float = PATIENCE) -> None:
        """Until nothing waits any more."""

        async def quiet() -> bool:
            return all(row.state != "waiting" for row in await self.rows())

        await until(quiet, seconds)

    def on_disk(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def count(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(f"helpdesk_{name}_total", labels) or 0.0


@dataclass
class Options:
    """How a hall differs from the plain one."""

    rules: FetchRules = field(default_factory=lambda: FetchRules(1_000_000, 0.5, 3))
    pace: FilePace = field(default_factory=lambda: FilePace(4, timedelta(seconds=5), 0.02))
    keep_free: int = 0
    scanner: VirusScanner | None = None


@asynccontextmanager
async def hall(
    folder: Path, *doors: object, options: Options | None = None, started: bool = True
) -> AsyncIterator[Hall]:
    options = options or Options()
    await fresh_store(folder)
    store = await open_store(f"sqlite+aiosqlite:///{folder}/helpdesk.db")
    files = AttachmentFolder(
        folder / "data" / "attachments", options.rules.most, options.keep_free
    )
    files.path.mkdir(parents=True)
    named: Any = {door.id: door for door in doors}
    fetch = FileFetch(named, files, options.rules, options.scanner)
    metrics = Metrics()
    worker = Attachments(fetch, store, QUICK, (SystemClock(), metrics), options.pace)
    task = asyncio.create_task(worker.run()) if started else None
    try:
        yield Hall(worker, store, files.path, metrics)
    finally:
        worker.stop()
        if task:
            await asyncio.wait_for(task, PATIENCE)
        await store.close()


async def wanted(
    hall: Hall, count: int = 1, channel: Any = SMS, first: int = 1, **columns: Any
) -> None:
    """So many messages with a file each."""
    for message in range(first, first + count):
        await plant_message(hall.store, message, channel, raw=columns.pop("raw", b"raw"))
        await plant_file(hall.store, message, **columns)
    hall.worker.wake()
