"""``/healthz`` (the process lives), ``/readyz`` (it can keep its promise) and ``/metrics``."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from config.logs import get_logger
from core.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from core.ports import Clock, Store
    from gateway.circuit import Circuit
    from gateway.metrics import Metrics

log = get_logger("health")

LEAST_DISK = 64 * 2**20
"""Bytes that must be free for us to call ourselves ready."""

PATIENCE = 2.0
"""Seconds that the store may take to begin a unit of work before we call ourselves unready."""


class Health:
    """Answers for the process.

    Args:
        circuits: by channel; a paused channel is told, but does not make us unready.
        folder: where the data lies, for the disk check.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        metrics: Metrics,
        circuits: Mapping[str, Circuit],
        folder: Path,
    ) -> None:
        self._store, self._clock, self._metrics = store, clock, metrics
        self._circuits, self._folder = circuits, folder
        self._trial: asyncio.Task[str] | None = None

    def routes(self) -> list[web.RouteDef]:
        """Mounted beside the webhooks."""
        return [
            web.get("/healthz", self.alive),
            web.get("/readyz", self.ready),
            web.get("/metrics", self.metrics),
        ]

    async def alive(self, _request: web.Request) -> web.Response:
        """The process answers."""
        return web.json_response({"status": "alive"})

    async def ready(self, _request: web.Request) -> web.Response:
        """503 with the cause while store or disk refuse."""
        causes = [cause for cause in (await self._store_trouble(), self._disk_trouble()) if cause]
        now = self._clock.now()
        paused = {
            channel: circuit.reason
            for channel, circuit in self._circuits.items()
            if circuit.open_at(now)
        }
        body = {"status": "unready" if causes else "ready", "causes": causes, "paused": paused}
        return web.json_response(body, status=503 if causes else 200)

    async def _store_trouble(self) -> str:
        """Reading alone proves little: a locked or read-only store takes no message."""
        if self._trial is None or self._trial.done():
            self._trial = asyncio.create_task(self._tried(), name="try the store")
        # One trial at a time, and it ends by itself: cut short, it would cost the connection.
        done, _ = await asyncio.wait({self._trial}, timeout=PATIENCE)
        return self._trial.result() if done else f"store: no unit of work within {PATIENCE:g} s"

    async def _tried(self) -> str:
        try:
            await self._store.ping()
            async with self._store.desk() as desk:
                await desk.commit()
        except StoreUnavailable as away:
            return f"store: {away}"
        return ""

    def _disk_trouble(self) -> str:
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError as error:
            return f"disk: {error.strerror}"
        return "" if free >= LEAST_DISK else f"disk: {free} bytes free"

    async def metrics(self, _request: web.Request) -> web.Response:
        """Prometheus text; the outbox gauges are read now."""
        try:
            await self._read_outbox()
        except StoreUnavailable as away:
            log.warning("outbox not read", why=str(away))
        body = generate_latest(self._metrics.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _read_outbox(self) -> None:
        async with self._store.desk() as desk:
            loads = await desk.outbox.load()
        self._metrics.outbox.clear()
        self._metrics.outbox_age.clear()
        now = self._clock.now()
        for load in loads:
            self._metrics.outbox.labels(load.channel, load.state).set(load.count)
            if load.oldest:
                age = (now - load.oldest).total_seconds()
                self._metrics.outbox_age.labels(load.channel, load.state).set(age)
