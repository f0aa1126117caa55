"""The load generator: a process of its own, a bounded number of requests, keep-alive connections.

``python -m bench.load`` prints one JSON object: throughput, latencies, errors, start times.
Closed loop: each client sends when its answer came. Open loop (``--rate``): requests leave on a
fixed schedule, and latency counts from when they should have left.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import deque
from typing import TYPE_CHECKING, cast

import uvloop

from bench.requests import Wire, message

if TYPE_CHECKING:
    from collections.abc import Iterator


class Client(asyncio.Protocol):
    """One keep-alive connection that knows just enough HTTP to find the end of an answer."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[int] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps the way to write."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """An answer that never comes is an error of its own."""
        if self._answer and not self._answer.done():
            self._answer.set_result(0)
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Completes the answer once its body is whole."""
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._buffer) < end + 4 + length:
            return
        status = int(self._buffer[9:12])
        self._buffer = self._buffer[end + 4 + length :]
        if self._answer and not self._answer.done():
            self._answer.set_result(status)

    @property
    def open(self) -> bool:
        """Whether the connection still stands."""
        return self._transport is not None

    def ask(self, data: bytes) -> asyncio.Future[int]:
        """The status of the answer; 0 when the connection broke."""
        self._answer = asyncio.get_running_loop().create_future()
        if self._transport is None:
            self._answer.set_result(0)
        else:
            self._transport.write(data)
        return self._answer


class Load:
    """Sends ``wires`` over ``clients`` connections and remembers how it went."""

    def __init__(self, port: int, wires: list[Wire]) -> None:
        self._port = port
        self._left: Iterator[Wire] = iter(wires)
        self.latencies: list[float] = []
        self.started: dict[str, float] = {}
        self.ended: dict[str, float] = {}
        self.errors = 0

    async def connect(self) -> Client:
        """A new connection."""
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(Client, "127.0.0.1", self._port)
        return client

    async def closed(self, client: Client, until: float) -> None:
        """One client that sends as soon as it was answered."""
        for wire in self._left:
            if time.monotonic() >= until:
                return
            await self._one(client, wire, time.monotonic())

    async def open(self, clients: list[Client], rate: float) -> None:
        """Requests on schedule, each on a free connection."""
        free = deque(clients)
        begin, tasks = time.monotonic(), set()
        for number, wire in enumerate(self._left):
            due = begin + number / rate
            wait = due - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            client = free.popleft() if free else await self.connect()
            task = asyncio.ensure_future(self._one(client, wire, due))
            task.add_done_callback(lambda _, client=client: free.append(client))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        if tasks:
            await asyncio.wait(tasks)

    async def _one(self, client: Client, wire: Wire, since: float) -> None:
        self.started[wire.sender] = since
        status = await client.ask(wire.data)
        self.ended[wire.sender] = time.monotonic()
        if status == 200:
            self.latencies.append(self.ended[wire.sender] - since)
        else:
            self.errors += 1


def quantile(values: list[float], share: float) -> float:
    """The value below which this share lies, in milliseconds; 0 when there is none."""
    ordered = sorted(values)
    return (
        round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 3) if values else 0
    )


async def run(options: argparse.Namespace) -> dict[str, object]:
    """One measurement."""
    wires = [message(options.first + i, options.path) for i in range(options.count)]
    load = Load(options.port, wires)
    clients = [await load.connect() for _ in range(options.clients)]
    began = time.monotonic()
    until = began + options.seconds
    if options.rate:
        await load.open(clients, options.rate)
    else:
        await asyncio.gather(*(load.closed(client, until) for client in clients))
    took = time.monotonic() - began
    done = len(load.latencies)
    result: dict[str, object] = {
        "done": done,
        "errors": load.errors,
        "seconds": round(took, 3),
        "per_second": round(done / took, 1),
        "p50": quantile(load.latencies, 0.50),
        "p95": quantile(load.latencies, 0.95),
        "p99": quantile(load.latencies, 0.99),
        "began": began,
    }
    if options.starts:
        result["starts"], result["ends"] = load.started, load.ended
    return result


def main() -> None:
    """Reads the arguments, prints one JSON object."""
    parser = argparse.ArgumentParser(prog="bench.load")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", default="/hooks/sms")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=0)
    parser.add_argument("--starts", action="store_true")
    json.dump(uvloop.run(run(parser.parse_args())), sys.stdout)


if __name__ == "__main__":
    main()
