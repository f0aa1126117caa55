"""``helpdesk deadline``: what is promised for a message received then, and why (design.md §8).

Needs no configuration file: a calendar is a preset or a TOML file. With one, the office's own
promises are told, as its store has them.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import click

from config.calendar_files import CalendarFileError
from config.calendars import load_calendar, preset_names
from config.promises import PromisesFileError, load_promises
from core.model.calendar import FIRST_YEAR, LAST_YEAR
from core.model.clock import Pause
from core.model.clock_times import promised, recomputed
from core.model.clock_words import explain_clock
from core.model.clocks import opened
from core.model.dates import long_due, zone_name
from core.model.sla import explain, promises
from core.model.terms import Terms
from core.model.ticket import Priority
from gateway.commands.office_policy import office_policy
from gateway.commands.options import config_option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from core.model.calendar import Calendar
    from core.model.sla import SlaPolicy
    from core.model.ticket import Promise

_EXAMPLE = "2026-07-14T10:00+07:00"


class _Moment(click.ParamType[datetime]):
    """A date and time in ISO 8601; without offset it stays naive, the calendar's zone is meant."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        text = str(value).strip()
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        # A date alone would silently mean midnight.
        if moment is None or ":" not in text:
            self.fail(f"expected a date and time like {_EXAMPLE}, not {text!r}.", param, ctx)
        if not FIRST_YEAR < moment.year < LAST_YEAR:
            self.fail(f"expected a year from {FIRST_YEAR + 1} to {LAST_YEAR - 1}.", param, ctx)
        return moment


class _PauseSpan(click.ParamType[tuple[datetime, datetime]]):
    """Two moments with a slash between them, in order."""

    name = "start/end"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[datetime, datetime]:
        start, slash, end = str(value).partition("/")
        if not slash:
            self.fail(f"expected two moments like {_EXAMPLE}/{_EXAMPLE}.", param, ctx)
        moments = [_Moment().convert(text, param, ctx) for text in (start, end)]
        if (moments[0].tzinfo is None) != (moments[1].tzinfo is None):
            self.fail("expected both moments with an offset, or both without.", param, ctx)
        if moments[1] <= moments[0]:
            self.fail("expected an end after the start.", param, ctx)
        return moments[0], moments[1]


class _PromisesChoice(click.ParamType["SlaPolicy"]):
    """The path of a file of promises."""

    name = "file"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> SlaPolicy:
        try:
            return load_promises(str(value))
        except PromisesFileError as error:
            self.fail(f"{error}.", param, ctx)


class _CalendarChoice(click.ParamType["Calendar"]):
    """A preset name or the path of a calendar file."""

    name = "preset|file"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Calendar:
        try:
            return load_calendar(str(value))
        except CalendarFileError as error:
            self.fail(f"{error}.", param, ctx)


@click.command()
@click.option(
    "--received", required=True, type=_Moment(), help=f"When the message came, like {_EXAMPLE}."
)
@click.option(
    "--priority",
    type=click.Choice([priority.value for priority in Priority]),
    default=Priority.NORMAL.value,
    show_default=True,
    help="The ticket's priority.",
)
@click.option(
    "--calendar",
    type=_CalendarChoice(),
    default="banyuwangi",
    show_default=True,
    help=f"{', '.join(preset_names())}, or a TOML file.",
)
@click.option(
    "--policy",
    type=_PromisesChoice(),
    help="A TOML file of promises, like config/example-promises.toml; else the office's.",
)
@click.option(
    "--pause",
    "spans",
    type=_PauseSpan(),
    multiple=True,
    help="A time during which the ticket stood still, START/END; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
@click.option("--explain", "in_words", is_flag=True, help="Show each step of the calculation.")
@config_option
def deadline(  # noqa: PLR0913 - one for each option
    *,
    received: datetime,
    priority: str,
    calendar: Calendar,
    policy: SlaPolicy | None,
    spans: tuple[tuple[datetime, datetime], ...],
    as_json: bool,
    in_words: bool,
    config_path: Path | None,
) -> None:
    """Tell by when a message is answered and solved.

    With a configuration the office's promises count, as its store has them, also beside a running
    gateway. Exit codes: 0 told, 1 the store cannot be read, 2 wrong use or configuration.
    """
    received = _placed(received, calendar)
    asked = (calendar, policy or office_policy(config_path), Priority(priority), received)
    made: Sequence[Promise] = promises(*asked)
    steps: Sequence[str] = explain(*asked) if in_words and not spans else ()
    if spans:
        moved = _paused(asked, [_pause(span, calendar) for span in spans])
        made = [one.promise for one in moved]
        steps = [step for one in moved for step in one.steps] if in_words else ()
    if as_json:
        click.echo(json.dumps(_document(calendar, made, steps), ensure_ascii=False))
        return
    for line in (*steps, *_lines(calendar, made)):
        click.echo(line)


class _Paused(NamedTuple):
    """A promise after its pauses, and how it came about."""

    promise: Promise
    steps: tuple[str, ...]


def _paused(
    asked: tuple[Calendar, SlaPolicy, Priority, datetime], pauses: Sequence[Pause]
) -> list[_Paused]:
    calendar, policy, priority, received = asked
    terms = Terms.of(policy, calendar, priority)
    return [
        _Paused(promised(terms, clock, pauses), explain_clock(terms, moved, pauses))
        for clock in opened(terms, received)
        for moved in [recomputed(terms, clock, pauses)]
    ]


def _pause(span: tuple[datetime, datetime], calendar: Calendar) -> Pause:
    start, end = (_placed(moment, calendar) for moment in span)
    return Pause(
        reason="jeda",
        stops=True,
        started_at=start,
        expected_at=end,
        for_whom="",
        note="",
        ended_at=end,
    )


def _placed(moment: datetime, calendar: Calendar) -> datetime:
    return moment.replace(tzinfo=calendar.zone) if moment.tzinfo is None else moment


def _document(
    calendar: Calendar, made: Sequence[Promise], steps: Sequence[str]
) -> Mapping[str, object]:
    document: dict[str, object] = {
        promise.target: promise.due_at.astimezone(calendar.zone).isoformat() for promise in made
    }
    if any(promise.provisional for promise in made):
        document["provisional"] = True
    if steps:
        document["steps"] = list(steps)
    return document


def _lines(calendar: Calendar, made: Sequence[Promise]) -> list[str]:
    lines = []
    for words, promise in zip(("Dijawab", "Selesai"), made, strict=True):
        at, zone = promise.due_at, calendar.zone
        doubt = " (sementara, hari libur belum lengkap)" if promise.provisional else ""
        lines.append(f"{words} paling lambat {long_due(at, zone)} {zone_name(zone, at)}{doubt}")
    return lines
