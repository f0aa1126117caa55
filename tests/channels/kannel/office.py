"""A whole gateway with a door to Kannel, and the real Kannel that calls it."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from config.load import read
from gateway.server import Gateway
from gateway.wiring import make_plan, make_store
from tests.gateway.gateway_kit import PUBLIC, QUICK, fresh_store
from tests.kannel_peer import PASSWORD, SECRET, Peer, kannel
from tests.peers import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from ticket_store.store import SqlStore


@dataclass
class Office:
    """The running gateway; ``stop`` and ``start`` are its restarts."""

    folder: Path
    port: int
    sendsms_url: str = "http://127.0.0.1:1/"
    stack: AsyncExitStack | None = None
    store: SqlStore | None = None
    gateway: Gateway | None = None

    def tables(self) -> dict[str, Any]:
        return {
            "office": {"name": "Dinas Contoh", "calendar": "rs24"},
            "http": {"port": self.port, "public_url": PUBLIC},
            "store": {
                "url": f"sqlite+aiosqlite:///{self.folder}/helpdesk.db",
                "data_dir": str(self.folder / "data"),
            },
            "dispatch": QUICK | {"send_timeout_seconds": 2.0, "lease_seconds": 6.0},
            "channels": {
                "modem": {
                    "kind": "kannel",
                    "secret": SECRET,
                    "allow_from": ["127.0.0.1"],
                    "sendsms_url": self.sendsms_url,
                    "username": "helpdesk",
                    "password": PASSWORD,
                    "from_number": "3636",
                    "callback_url": f"http://127.0.0.1:{self.port}",
                }
            },
        }

    async def start(self) -> None:
        settings = read(self.tables())
        self.store = cast("SqlStore", await make_store(settings))
        self.gateway = Gateway(make_plan(settings, self.store))
        self.stack = AsyncExitStack()
        await self.stack.enter_async_context(self.gateway.running())

    async def stop(self) -> None:
        if self.stack:
            stack, self.stack = self.stack, None
            await stack.aclose()

    async def rows(self, statement: str) -> list[Any]:
        assert self.store
        async with self.store._engines.reading.connect() as connection:
            return list(await connection.exec_driver_sql(statement))

    async def texts(self) -> list[str]:
        """Every text in the store, oldest first."""
        return [row[0] for row in await self.rows("SELECT text FROM messages ORDER BY id")]

    async def deliveries(self) -> list[Any]:
        """What became of each text of ours."""
        return [row[0] for row in await self.rows("SELECT delivery FROM outbox ORDER BY id")]


@asynccontextmanager
async def office_with_kannel(
    folder: Path, further: str = ""
) -> AsyncIterator[tuple[Office, Peer]]:
    """Both running and ended after."""
    await fresh_store(folder)
    office = Office(folder, free_port())
    with kannel(folder / "kannel", f"http://127.0.0.1:{office.port}", further) as peer:
        office.sendsms_url = peer.sendsms_url
        await office.start()
        try:
            yield office, peer
        finally:
            await office.stop()
