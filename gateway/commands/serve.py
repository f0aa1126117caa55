"""``helpdesk serve``: takes messages, answers them, sends what was promised, until SIGTERM."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gateway.commands.options import config_option, settings_or_exit
from gateway.commands.starting import run_or_exit

if TYPE_CHECKING:
    from pathlib import Path

    from config.settings import Settings
    from core.ports import Store


@click.command("serve")
@config_option
def command(config_path: Path | None) -> None:
    """Run the gateway in the foreground until SIGTERM or Ctrl-C; it then drains and exits 0."""
    settings = settings_or_exit(config_path)
    from config.logs import set_up_logs

    set_up_logs(settings.log, settings.secrets())
    run_or_exit(lambda: run(settings))


async def run(settings: Settings) -> None:
    """Brings the store up to date, then serves. Raises StoreRefused, StoreUnavailable, OSError."""
    from gateway.server import Gateway, serve
    from gateway.wiring import make_plan, make_store

    store = await make_store(settings)
    code = await first_code(settings, store)
    await serve(Gateway(make_plan(settings, store)), lambda: tell(settings, code))


async def first_code(settings: Settings, store: Store) -> str:
    """The code that makes the first administrator; "" once somebody works here."""
    from core.services.first_start import start_code, untouched
    from gateway.keys import open_vault

    if not settings.api.enabled or not await untouched(store.staff):
        return ""
    return start_code(open_vault(settings))


def tell(settings: Settings, code: str) -> None:
    """On standard output, where terminals and service managers show it; the log goes elsewhere."""
    if code:
        place = f"{settings.http.public_url.rstrip('/')}/console/mulai"
        click.echo(f"Nobody works here yet. Set up at {place} with the code {code}")
