"""``helpdesk serve``: takes messages, answers them, sends what was promised, until SIGTERM."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gateway.commands.options import config_option, settings_or_exit

if TYPE_CHECKING:
    from config.settings import Settings

CANNOT_START = 1
"""Exit code when the configuration is right, but store, port or folder refuse."""


@click.command("serve")
@config_option
def command(config_path: Path | None) -> None:
    """Run the gateway in the foreground until SIGTERM or Ctrl-C; it then drains and exits 0."""
    settings = settings_or_exit(config_path)
    import uvloop  # noqa: PLC0415 - --help need not wait for it

    from config.logs import set_up_logs  # noqa: PLC0415
    from core.errors import StoreUnavailable  # noqa: PLC0415

    set_up_logs(settings.log, settings.secrets())
    try:
        uvloop.run(run(settings))
    except (StoreUnavailable, OSError) as error:
        click.echo(f"Cannot start: {error}", err=True)
        sys.exit(CANNOT_START)


async def run(settings: Settings) -> None:
    """Brings the store up to date, then serves. Raises StoreUnavailable, OSError."""
    from gateway.server import Gateway, serve  # noqa: PLC0415
    from gateway.wiring import make_plan, make_store  # noqa: PLC0415

    store = await make_store(settings)
    await serve(Gateway(make_plan(settings, store)))
