"""``helpdesk doctor``: whether everything is there that the promise relies on (design.md §8).

Exit code: 0 all is well, 1 something needs attention soon, 2 something is broken.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from gateway.commands.options import config_option, tell_and_exit

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@config_option
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
def command(*, config_path: Path | None, as_json: bool) -> None:
    """Check the configuration and what it relies on.

    Looks at the settings, each channel's credentials and addresses, the store's durability and
    tables, the calendar's holidays, the disk and the clock. Changes nothing.

    Exit codes: 0 all is well, 1 something needs attention soon, 2 something is broken.
    """
    # Imported here so that --help does not wait for pydantic.
    from gateway.checkup import examine
    from gateway.clock import SystemClock

    tell_and_exit(asyncio.run(examine(config_path, SystemClock())), as_json=as_json)
