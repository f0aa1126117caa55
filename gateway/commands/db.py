"""``helpdesk db``: the store's tables (design.md §8)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from gateway.commands.options import config_option, settings_or_exit, tell_and_exit

if TYPE_CHECKING:
    from pathlib import Path


@click.group()
def command() -> None:
    """Bring the store's tables up to date, or check them."""


@command.command()
@config_option
def upgrade(*, config_path: Path | None) -> None:
    """Bring the tables to this version. Make a backup first; there is no way back.

    Exit codes: 0 done or nothing to do, 1 the store refused or is away, 2 bad configuration.
    """
    settings = settings_or_exit(config_path)
    # Imported here so that --help does not wait for SQLAlchemy.
    from core.errors import StoreUnavailable
    from ticket_store import migrate
    from ticket_store.failures import StoreRefused

    try:
        steps = asyncio.run(migrate.upgrade(settings.store.url.get_secret_value()))
    except (StoreRefused, StoreUnavailable) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Made: {', '.join(steps)}." if steps else "Nothing to do.")


@command.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
def check(*, config_path: Path | None, as_json: bool) -> None:
    """Look whether the store is durable and its tables are those of this version.

    Exit codes: 0 they are, 1 there are steps to make or the store is in use, 2 it is not usable.
    """
    settings = settings_or_exit(config_path)
    from gateway.checkup import check_store

    tell_and_exit(asyncio.run(check_store(settings)), as_json=as_json)
