"""``helpdesk demo``: everything on this machine alone, with simulated phones and providers.

The same process as ``serve``, the same doors, webhooks, signatures, store and dispatcher; only the
providers at the other end of the line are simulated (design.md §8). Nothing leaves the machine.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.commands.starting import run_or_exit

if TYPE_CHECKING:
    from gateway.demo.house import House
    from gateway.server import Gateway

STORY_PAUSE = 0.15
"""Seconds between two texts of the story, so that one can watch them arrive."""


@click.command("demo")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8080,
    show_default=True,
    help="Port of the page; 0: any free one.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False, writable=True),
    default=Path(".run"),
    show_default=True,
    help="Where the tickets are kept.",
)
@click.option(
    "--story/--no-story", default=True, help="Begin with eight complaints of a hospital."
)
def command(port: int, folder: Path, *, story: bool) -> None:
    """Try everything on this machine: simulated phones beside the tickets."""
    run_or_exit(lambda: run(port, folder, story=story))


async def run(port: int, folder: Path, *, story: bool) -> None:
    """Starts providers and gateway, tells the story once, serves until SIGTERM."""
    # Imported here so that --help does not wait for them.
    from config.logs import set_up_logs
    from gateway.clock import SystemClock
    from gateway.demo.house import House
    from gateway.demo.staff import hire
    from gateway.wiring import make_store

    house = House(port or _free_port(), folder, SystemClock())
    try:
        settings = await house.open()
        set_up_logs(settings.log, settings.secrets())
        store = await make_store(settings)
        fresh = not await store.reads.tickets(None, 1)
        await hire(settings, store)
        await _serve(house, house.gateway(settings, store), tells=story and fresh)
    finally:
        await house.close()


async def _serve(house: House, gateway: Gateway, *, tells: bool) -> None:
    from gateway.demo.staff import PASSWORD
    from gateway.demo.story import tell
    from gateway.server import serve

    telling: list[asyncio.Task[object]] = []

    def started() -> None:
        address = f"http://127.0.0.1:{gateway.port}"
        click.echo(f"\n  Sandbox: {address}/sandbox\n  Console: {address}/console")
        click.echo(f"  Log in as dewi (operator), password: {PASSWORD}\n  Stop: Ctrl-C\n")
        if tells:
            telling.append(asyncio.ensure_future(tell(house.sms, STORY_PAUSE)))

    await serve(gateway, started)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
