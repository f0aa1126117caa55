"""The command ``helpdesk`` (design.md §8). Each subcommand is imported when it is called."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, NoReturn, cast

import click

from gateway.packages import foreign_packages

if TYPE_CHECKING:
    from collections.abc import Mapping

WRONG_USE = 2
"""Exit code for bad arguments, a bad configuration and a foreign package: nothing was started."""

COMMANDS: Mapping[str, tuple[str, str]] = {
    "serve": (
        "gateway.commands.serve:command",
        "Take messages, answer them, send what was promised.",
    ),
    "demo": (
        "gateway.commands.demo:command",
        "Try everything on this machine, with a simulated phone.",
    ),
    "doctor": (
        "gateway.commands.doctor:command",
        "Check the configuration and what it relies on.",
    ),
    "deadline": (
        "gateway.commands.deadline:deadline",
        "Work out by when a complaint must be answered.",
    ),
    "parse": (
        "gateway.commands.parse:command",
        "Show what the system understands of a payload.",
    ),
    "quarantine": (
        "gateway.commands.quarantine:command",
        "Look at payloads that could not be read.",
    ),
    "replay": (
        "gateway.commands.quarantine:replay",
        "Read quarantined payloads anew, and take them in.",
    ),
    "log": (
        "gateway.commands.exchanges:command",
        "Show what providers said and what we answered.",
    ),
    "staff": (
        "gateway.commands.staff:command",
        "Add the people who work here, and let them in.",
    ),
    "units": (
        "gateway.commands.units:command",
        "Add the units and regions of the office.",
    ),
    "reseal": (
        "gateway.commands.staff:reseal",
        "Seal restricted values with the newest key.",
    ),
    "audit": (
        "gateway.commands.audit:command",
        "Check that nobody has bent the history.",
    ),
    "db": ("gateway.commands.db:command", "Bring the store's tables up to date, or check them."),
}
"""Name → where its command is, and its line in --help.

The line stands here so that ``helpdesk --help`` imports none of them.
"""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used, and only then."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table: the ones needed first come first."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the command. None for an unknown name, which click then reports."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        return cast("click.Command", getattr(import_module(module), name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _show_version(ctx: click.Context, _option: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click calls it so
    if not asked:
        return
    try:
        click.echo(version("helpdesk-gateway"))
    except PackageNotFoundError:
        click.echo("not installed, run from its folder")
    ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and end.",
)
def helpdesk() -> None:
    """Give every complaint a ticket number at once, and keep the promise.

    The configuration is the file named by --config or HELPDESK_CONFIG, else ./helpdesk.toml, below
    environment variables such as HELPDESK_HTTP__PORT.

    Exit codes: 0 done, 1 failed or a warning, 2 wrong use or configuration, or a fault found.
    """


def main() -> NoReturn:
    """Runs the command line and ends the process with its exit code."""
    faults = foreign_packages()
    if faults:
        sys.stderr.write("\n".join(faults) + "\n")
        raise SystemExit(WRONG_USE)
    helpdesk(prog_name="helpdesk")
    raise SystemExit(0)
