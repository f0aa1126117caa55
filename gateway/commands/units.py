"""``helpdesk units``: units and regions, from the command line."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from config.calendar_files import CalendarFileError
from config.unit_files import read_unit_file
from gateway.commands.options import config_option, settings_or_exit
from gateway.commands.quarantine import with_store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from core.model.units import Placed
    from core.ports import Store
    from gateway.unit_loading import Loaded

FAILED = 1
WRONG_USE = 2


@click.group()
def command() -> None:
    """Add the units and regions of the office, and look at them.

    A SQLite store has one process: stop the gateway first. PostgreSQL can be asked at any time.
    """


@command.command()
@click.argument("file")
@config_option
def load(*, file: str, config_path: Path | None) -> None:
    """Bring the store to what FILE says: a preset (hospital, agency, licensing) or a TOML file.

    What is there already by its code is changed to what the file says, what is not in the file
    stays as it is. Entries before one that is refused are kept; loading again goes on.

    Exit codes: 0 loaded, 1 refused or the store refused, 2 bad file or configuration.
    """
    from gateway.unit_loading import load_units

    settings = settings_or_exit(config_path)
    try:
        listed = read_unit_file(file)
    except CalendarFileError as error:
        click.echo(f"{error}", err=True)
        sys.exit(WRONG_USE)

    async def ask(store: Store) -> Loaded:
        return await load_units(settings, store, listed)

    loaded = with_store(settings, ask)
    if loaded.refusal:
        _refuse(f"{loaded.at}: {loaded.refusal.sentence}")
    click.echo(f"Added {loaded.added}, changed {loaded.changed}, as before {loaded.same}.")


@command.command("list")
@click.option("--all", "retired", is_flag=True, help="Also those that are retired.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@config_option
def list_units(*, retired: bool, as_json: bool, config_path: Path | None) -> None:
    """Show the units, each below the one it belongs to.

    Exit codes: 0 shown, 1 the store refused, 2 bad configuration.
    """
    from core.model.units import tree

    async def ask(store: Store) -> Sequence[Any]:
        return await store.units.units(retired=retired)

    units = with_store(settings_or_exit(config_path), ask)
    for depth, unit in tree(units):
        click.echo(json.dumps(_told(unit)) if as_json else _line(depth, unit))


def _line(depth: int, unit: Placed) -> str:
    told: Any = unit
    marks = [*(["partner"] if told.partner else []), *(["retired"] if told.retired else [])]
    return f"{unit.id:>5}  {'  ' * depth}{unit.name} ({told.code}) {', '.join(marks)}".rstrip()


def _told(unit: Any) -> dict[str, object]:  # noqa: ANN401 - a unit; the module is not imported
    return {
        "id": unit.id,
        "code": unit.code,
        "name": unit.name,
        "level": unit.level,
        "parent_id": unit.parent_id,
        "region_id": unit.region_id,
        "partner": unit.partner,
        "calendar": unit.calendar,
        "categories": sorted(unit.categories),
        "retired_at": unit.retired_at.isoformat() if unit.retired_at else None,
        "version": unit.version,
    }


def _refuse(sentence: str) -> NoReturn:
    click.echo(f"Cannot do it: {' '.join(sentence.split())}", err=True)
    sys.exit(FAILED)
