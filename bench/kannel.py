"""SMS round trip through a real Kannel: text in, acknowledgement out.

Beside it the same Kannel with a hook that runs one statement and answers with the text to send:
the least that could be called a helpdesk. ``python -m bench.kannel --port P --to URL`` is that
hook.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import TYPE_CHECKING

import uvloop
from aiohttp import web

from bench import stage
from bench.database import ENGINES, Stores, reference_database
from bench.references import ONE_STATEMENT, serve
from bench.requests import COMPLAINTS, PUBLIC_URL
from tests.kannel_peer import PASSWORD, SECRET, Peer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.table import Table

COUNT = 2_000
ANSWER = "Terima kasih, laporan Anda kami terima. Nomor tiket Anda segera kami kirim."
_PATIENCE = 120.0


def hook(url: str) -> web.Application:
    """aiohttp and one statement per text; Kannel sends what it answers."""
    import asyncpg  # noqa: PLC0415 - only this process needs it

    app = web.Application()
    key: web.AppKey[object] = web.AppKey("pool", object)

    async def open_pool(app: web.Application) -> None:
        app[key] = await asyncpg.create_pool(url, min_size=4, max_size=16)

    async def handle(request: web.Request) -> web.Response:
        fields = request.query
        async with app[key].acquire() as connection:
            await connection.fetchval(
                ONE_STATEMENT, fields["id"], fields["sender"], fields["message"]
            )
        return web.Response(text=ANSWER)

    app.on_startup.append(open_pool)
    app.router.add_get("/hooks/modem", handle)
    return app


@contextmanager
def kannel(folder: Path, port: int, *, replies: bool) -> Iterator[Peer]:
    """A Kannel with our page's settings; for the reference it sends the hook's answer."""
    folder.mkdir(parents=True)
    peer = Peer(folder, f"http://127.0.0.1:{port}")
    peer.configure()
    if replies:
        text = peer.configuration.read_text()
        peer.configuration.write_text(text.replace("max-messages = 0", "max-messages = 1", 1))
    try:
        peer.start()
        yield peer
    finally:
        peer.stop()


@contextmanager
def gateway(folder: Path, store: str, sendsms: str, port: int) -> Iterator[stage.Running]:
    """``helpdesk serve`` with one Kannel channel and nothing switched off."""
    config = folder / "helpdesk.toml"
    config.write_text(f"""
[office]
name = "Dinas Uji"
[http]
port = {port}
public_url = "{PUBLIC_URL}"
[store]
url = "{store}"
data_dir = "{folder}"
[log]
format = "json"
[channels.modem]
kind = "kannel"
secret = "{SECRET}"
sendsms_url = "{sendsms}"
username = "helpdesk"
password = "{PASSWORD}"
from_number = "3636"
callback_url = "http://127.0.0.1:{port}"
rate_per_second = 10000
""")
    arguments = ["-m", "bench.office", "serve", "--config", str(config)]
    with stage.started(arguments, port, ready="/readyz", log=folder / "log") as running:
        yield running


async def round_trips(peer: Peer, first: int, count: int) -> float:
    """SMS per second, from the first text in to the last acknowledgement out."""
    async with peer.handset() as phones, asyncio.timeout(_PATIENCE):
        began = time.monotonic()

        async def write() -> None:
            for number in range(first, first + count):
                await phones.text(f"62812{number:08d}", COMPLAINTS[number % len(COMPLAINTS)])

        writing = asyncio.create_task(write())
        for _ in range(count):
            await phones.received(_PATIENCE)
        await writing
        return count / (time.monotonic() - began)


def measure(table: Table, stores: Stores, turns: int, count: int = COUNT) -> None:
    """Gateway and reference take turns, each with a Kannel of its own."""
    database = reference_database(stores.server)
    url = f"postgresql://postgres@127.0.0.1:{stores.server.port}/{database}"
    with ExitStack() as stack:
        port = stage.free_port()
        arguments = ["-m", "bench.kannel", "--port", str(port), "--to", url]
        stack.enter_context(stage.started(arguments, port))
        place = stores.folder / "kannel-reference"
        subjects = {"hook": stack.enter_context(kannel(place, port, replies=True))}
        for engine in ENGINES:
            folder, store = stores.fresh(engine)
            port = stage.free_port()
            peer = stack.enter_context(kannel(folder / "kannel", port, replies=False))
            stack.enter_context(gateway(folder, store, peer.sendsms_url, port))
            subjects[engine] = peer
        speeds: dict[str, list[float]] = {name: [] for name in subjects}
        for turn in range(turns):
            for name, peer in subjects.items():
                speeds[name].append(uvloop.run(round_trips(peer, turn * count, count)))
    bare = median(speeds["hook"])
    table.add("Kannel with a one-statement hook, round trip", "postgresql", f"{bare:,.0f} SMS/s")
    for engine in ENGINES:
        mine = median(speeds[engine])
        table.add(
            "SMS round trip through Kannel",
            engine,
            f"{mine:,.0f} SMS/s",
            beside="Kannel with a one-statement hook",
            ratio=f"{mine / bare:.2f}",
            must="1",
            aim="3",
        )


def main() -> None:
    """Serves the reference's hook until it is ended."""
    parser = argparse.ArgumentParser(prog="bench.kannel")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--to", required=True)
    options = parser.parse_args()
    uvloop.run(serve(hook(options.to), options.port))


if __name__ == "__main__":
    main()
