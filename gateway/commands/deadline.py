"""``helpdesk deadline``: what is promised for a message received then, and why (design.md §8).

Needs no configuration file: a calendar is a preset or a TOML file.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

from config.calendar_files import CalendarFileError
from config.calendars import load_calendar, preset_names
from core.model.calendar import FIRST_YEAR, LAST_YEAR
from core.model.dates import long_time, zone_name
from core.model.sla import DEFAULT_POLICY, explain, promises
from core.model.ticket import Priority

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.model.calendar import Calendar
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
@click.option("--json", "as_json", is_flag=True, help="Answer as one JSON object.")
@click.option("--explain", "in_words", is_flag=True, help="Show each step of the calculation.")
def deadline(
    *, received: datetime, priority: str, calendar: Calendar, as_json: bool, in_words: bool
) -> None:
    """Tell by when a message is answered and solved."""
    if received.tzinfo is None:
        received = received.replace(tzinfo=calendar.zone)
    asked = (calendar, DEFAULT_POLICY, Priority(priority), received)
    promised = promises(*asked)
    steps = explain(*asked) if in_words else ()
    if as_json:
        click.echo(json.dumps(_document(calendar, promised, steps), ensure_ascii=False))
        return
    for line in (*steps, *_lines(calendar, promised)):
        click.echo(line)


def _document(
    calendar: Calendar, promised: Sequence[Promise], steps: Sequence[str]
) -> Mapping[str, object]:
    document: dict[str, object] = {
        promise.target: promise.due_at.astimezone(calendar.zone).isoformat()
        for promise in promised
    }
    if any(promise.provisional for promise in promised):
        document["provisional"] = True
    if steps:
        document["steps"] = list(steps)
    return document


def _lines(calendar: Calendar, promised: Sequence[Promise]) -> list[str]:
    lines = []
    for words, promise in zip(("Dijawab", "Selesai"), promised, strict=True):
        at, zone = promise.due_at, calendar.zone
        doubt = " (sementara, hari libur belum lengkap)" if promise.provisional else ""
        lines.append(f"{words} paling lambat {long_time(at, zone)} {zone_name(zone, at)}{doubt}")
    return lines
