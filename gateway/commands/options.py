"""What several commands share: where the configuration is, and how its faults are told."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.settings import Settings
    from gateway.checkup import Finding

LEVELS = ("ok", "warning", "error")
"""Levels of findings; the place of the worst one is the exit code."""

WRONG_CONFIGURATION = 2
"""Exit code when the configuration cannot be used; nothing was started."""

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    help="The TOML file; else HELPDESK_CONFIG, else ./helpdesk.toml.",
)
"""``--config FILE``; the function gets ``config_path: Path | None``."""


def settings_or_exit(config_path: Path | None) -> Settings:
    """The settings, or the end of the process with one line per fault on stderr."""
    # Imported here so that --help does not wait for pydantic.
    from config.load import load
    from config.problems import ConfigurationError

    try:
        return load(config_path)
    except ConfigurationError as error:
        for problem in error.problems:
            click.echo(f"Configuration: {problem}", err=True)
        sys.exit(WRONG_CONFIGURATION)


def tell_and_exit(findings: Sequence[Finding], *, as_json: bool) -> NoReturn:
    """Prints findings; ends the process with 0, 1 (a warning among them) or 2 (an error)."""
    worst = max((finding.level for finding in findings), key=LEVELS.index, default="ok")
    if as_json:
        told = [asdict(finding) for finding in findings]
        click.echo(json.dumps({"verdict": worst, "findings": told}, indent=2))
    else:
        for finding in findings:
            click.echo(f"{finding.level:<7}  {finding.subject}: {finding.sentence}")
    sys.exit(LEVELS.index(worst))
