"""``helpdesk audit``: whether history is as it was written, and the anchors that prove it."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from gateway.commands.options import config_option, settings_or_exit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from config.settings import Settings
    from core.model.audit import Anchor, Finding, Verdict
    from core.ports.audit import Audits

A = TypeVar("A")

WRONG = 1
_day = click.DateTime(["%Y-%m-%d"])
_json_option = click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")


@click.group()
def command() -> None:
    """Check that nobody has bent the history of tickets; also while the gateway runs."""


@command.command()
@click.option("--since", type=_day, help="Only anchors from this day on, and what changed since.")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Anchors that were kept elsewhere: what helpdesk audit anchors printed once.",
)
@_json_option
@config_option
def verify(
    *, since: datetime | None, against: Path | None, as_json: bool, config_path: Path | None
) -> None:
    """Read every event once, and name what is not as it was written.

    A changed event, a removed event, a removed ticket and a changed anchor are named. Whoever has
    the database to themselves may write all of it anew, anchors too: --against finds that.

    Exit codes: 0 all is as it was written, 1 something is not, or the store cannot be read, 2
    wrong use or configuration.
    """
    settings = settings_or_exit(config_path)
    from core.services.audit import AuditWish
    from core.services.audit import verify as check

    wish = AuditWish(
        prefix=settings.office.ticket_prefix,
        since=since.date() if since else None,
        written_down=_written_down(against) if against else None,
    )
    verdict = _ask(settings, lambda audits: check(audits, wish, _progress()))
    click.echo(json.dumps(_told(verdict), indent=2) if as_json else "\n".join(_lines(verdict)))
    sys.exit(WRONG if verdict.findings else 0)


@command.command()
@click.option("--since", type=_day, help="Only from this day on.")
@_json_option
@config_option
def anchors(*, since: datetime | None, as_json: bool, config_path: Path | None) -> None:
    """Print the daily anchors, to be kept where nobody of this house can change them.

    The newest one binds all that was there before it.

    Exit codes: 0 printed, 1 the store cannot be read, 2 wrong use or configuration.
    """

    async def ask(audits: Audits) -> Sequence[Anchor]:
        async with audits.snapshot() as snapshot:
            return await snapshot.anchors()

    for one in _ask(settings_or_exit(config_path), ask):
        if since is None or one.day >= since.date():
            told = {
                "day": one.day.isoformat(),
                "digest": one.digest,
                "tickets": one.tickets,
                "events": one.events,
            }
            plain = f"{one.day} {one.digest} {one.tickets} tickets, {one.events} events"
            click.echo(json.dumps(told) if as_json else plain)


def _ask(settings: Settings, question: Callable[[Audits], Awaitable[A]]) -> A:
    from core.errors import StoreUnavailable
    from ticket_store.failures import StoreRefused
    from ticket_store.looking import auditing

    async def run() -> A:
        async with auditing(settings.store.url.get_secret_value()) as audits:
            return await question(audits)

    try:
        return asyncio.run(run())
    except (StoreRefused, StoreUnavailable, OSError) as error:
        _refuse(str(error) or type(error).__name__)


def _written_down(file: Path) -> Mapping[date, str]:
    """Lines of either form that the command prints; others are wrong use."""
    found: dict[date, str] = {}
    for number, line in enumerate(file.read_text("utf-8", "replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            told = json.loads(line) if line.lstrip().startswith("{") else None
            day, digest = (told["day"], told["digest"]) if told else line.split()[:2]
            found[date.fromisoformat(day)] = str(digest)
        except (ValueError, KeyError, TypeError):
            sentence = f"{file}, line {number}, is no anchor: expected a day and its digest."
            raise click.UsageError(sentence) from None
    return found


def _progress() -> Callable[[int], None] | None:
    """Counts on the terminal, if somebody watches."""
    if not sys.stderr.isatty():
        return None
    return lambda events: click.echo(f"\r{events:>12,} events", err=True, nl=False)


def _lines(verdict: Verdict) -> list[str]:
    lines = [one.sentence for one in verdict.findings]
    if verdict.more:
        lines.append(f"And {verdict.more} more.")
    seen = (
        f"{verdict.events} events of {verdict.tickets} tickets, {verdict.subjects} chains of the "
        f"house, {verdict.anchors} anchors: "
    )
    return [*lines, seen + ("something is not as it was written." if lines else "all is well.")]


def _told(verdict: Verdict) -> dict[str, Any]:
    return {
        "verdict": "wrong" if verdict.findings else "ok",
        "tickets": verdict.tickets,
        "events": verdict.events,
        "subjects": verdict.subjects,
        "anchors": verdict.anchors,
        "findings": [_finding(one) for one in verdict.findings],
        "more": verdict.more,
    }


def _finding(one: Finding) -> dict[str, Any]:
    told = asdict(one) | {"kind": one.kind.value, "sentence": one.sentence}
    return told | {"day": one.day.isoformat() if one.day else None}


def _refuse(sentence: str) -> NoReturn:
    click.echo(f"Cannot do it: {' '.join(sentence.split())}.", err=True)
    sys.exit(WRONG)
