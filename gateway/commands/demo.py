"""``helpdesk demo``: everything on this machine alone, with a simulated phone and provider.

The same process as ``serve``, the same door, webhook, signature, store and dispatcher; only the
provider at the other end of the line is simulated (design.md §8). Nothing leaves the machine.
"""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.commands.starting import run_or_exit

if TYPE_CHECKING:
    from aiohttp import web

    from config.settings import Settings
    from gateway.demo.provider import SimulatedTwilio
    from gateway.server import Gateway

NUMBER = "+628110003636"
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
    """Try everything on this machine: a simulated phone beside the tickets."""
    run_or_exit(lambda: run(port, folder, story=story))


async def run(port: int, folder: Path, *, story: bool) -> None:
    """Starts provider and gateway, tells the story once, serves until SIGTERM."""
    # Imported here so that --help does not wait for them.
    from config.logs import set_up_logs  # noqa: PLC0415
    from gateway.clock import SystemClock  # noqa: PLC0415
    from gateway.demo.provider import Account, SimulatedTwilio  # noqa: PLC0415
    from gateway.demo.story import PEOPLE  # noqa: PLC0415

    port = port or _free_port()
    account = Account(
        sid="AC" + secrets.token_hex(16),
        token=secrets.token_hex(16),
        number=NUMBER,
        webhook_url=f"http://127.0.0.1:{port}/hooks/sms",
    )
    provider = SimulatedTwilio(account, SystemClock(), PEOPLE)
    try:
        base_url = await provider.start()
        settings = _settings(port, folder, account.sid, (account.token, base_url))
        set_up_logs(settings.log, settings.secrets())
        await _serve(settings, provider, story=story)
    finally:
        await provider.stop()


async def _serve(settings: Settings, provider: SimulatedTwilio, *, story: bool) -> None:
    from dataclasses import replace  # noqa: PLC0415

    from gateway.demo.story import tell  # noqa: PLC0415
    from gateway.server import Gateway, serve  # noqa: PLC0415
    from gateway.wiring import make_plan, make_store  # noqa: PLC0415

    store = await make_store(settings)
    fresh = not await store.reads.tickets(None, 1)
    plan = make_plan(settings, store)
    citizens = plan.mount

    def mount(app: web.Application, gateway: Gateway) -> None:
        _mount(app, gateway, provider)
        if citizens:
            citizens(app, gateway)

    gateway = Gateway(replace(plan, mount=mount))
    telling: list[asyncio.Task[object]] = []

    def started() -> None:
        click.echo(f"\n  Sandbox: http://127.0.0.1:{gateway.port}/sandbox\n  Stop: Ctrl-C\n")
        if story and fresh:
            telling.append(asyncio.ensure_future(tell(provider, STORY_PAUSE)))

    await serve(gateway, started)


def _mount(app: web.Application, gateway: Gateway, provider: SimulatedTwilio) -> None:
    """Adds the sandbox's pages."""
    from aiohttp import web  # noqa: PLC0415

    from console.sandbox.pages import sandbox_routes  # noqa: PLC0415
    from gateway.pages import prepare_pages  # noqa: PLC0415

    async def home(_request: web.Request) -> web.Response:
        sandbox = "/sandbox"
        raise web.HTTPFound(sandbox)

    prepare_pages(app)
    app.router.add_routes([web.get("/", home)])
    plan = gateway.plan
    app.router.add_routes(
        sandbox_routes(plan.store.reads, plan.policy.zone, provider, gateway.changes)
    )


def _settings(port: int, folder: Path, sid: str, secret: tuple[str, str]) -> Settings:
    """A whole configuration, checked like any other."""
    from urllib.parse import quote  # noqa: PLC0415

    from config.load import read  # noqa: PLC0415

    token, base_url = secret
    folder.mkdir(parents=True, exist_ok=True)
    return read(
        {
            "office": {"name": "RSIA Contoh Bunda", "calendar": "rs24"},
            "http": {"port": port, "public_url": f"http://127.0.0.1:{port}"},
            "store": {
                "url": f"sqlite+aiosqlite:///{quote(str(folder / 'helpdesk.db'))}",
                "data_dir": str(folder / "data"),
            },
            "channels": {
                "sms": {
                    "kind": "twilio_sms",
                    "account_sid": sid,
                    "auth_token": token,
                    "from_number": NUMBER,
                    "api_base_url": base_url,
                },
                "lapor": {"kind": "web_form", "secret": secrets.token_hex(16)},
            },
        }
    )


def _free_port() -> int:
    import socket  # noqa: PLC0415

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
