"""What ``helpdesk doctor`` looks at. Every check reads only, and answers with findings."""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from config.calendars import load_calendar
from config.checks import is_loopback
from config.load import config_file, load
from config.problems import ConfigurationError
from config.redaction import Redactor
from core.errors import StoreUnavailable
from core.model.calendar import missing_year
from gateway.runtime import runtime_faults, runtime_name
from gateway.staff_pages import sign_on_provider
from ticket_store.engine import make_engines, on_sqlite, read_url, refuse_unless_durable
from ticket_store.failures import StoreRefused
from ticket_store.migrate import pending

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from config.section import ChannelSettings
    from config.settings import OfficeSettings, Settings
    from core.ports import Clock

LOW_DISK = 1 << 30
NO_DISK = 100 << 20
CLOCK_SLACK = timedelta(minutes=5)
BUILT = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock can rightly show less than the time this program was written."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Attributes:
        level: what the exit code follows.
        subject: what was looked at, ``channels.sms`` for example.
        sentence: what was found, and what to do about it; never a secret.
    """

    level: Literal["ok", "warning", "error"]
    subject: str
    sentence: str


async def examine(path: Path | None, clock: Clock) -> list[Finding]:
    """Everything, in the order in which an operator would mend it."""
    try:
        settings = load(path)
    except ConfigurationError as error:
        return [Finding("error", "configuration", problem) for problem in error.problems]
    source = config_file(path)
    read_from = (
        f"read from {source} and the environment." if source else "read from the environment."
    )
    now = clock.now()
    return [
        Finding("ok", "configuration", read_from),
        *check_runtime(),
        *check_channels(settings),
        *await check_store(settings),
        *await check_sign_on(settings, clock),
        *check_holidays(settings.office, now),
        *check_folder(settings.store.data_dir),
        *check_clock(settings.store.data_dir, now),
    ]


def check_runtime() -> list[Finding]:
    """The interpreter and the server library are fit to face the network."""
    faults = [Finding("error", "runtime", fault) for fault in runtime_faults()]
    return faults or [Finding("ok", "runtime", f"{runtime_name()}.")]


def check_channels(settings: Settings) -> Iterator[Finding]:
    """Credentials are there (a channel without does not load); which addresses to enter."""
    if not settings.channels:
        yield Finding("warning", "channels", "none is configured; nothing can come in.")
    for name, channel in settings.channels.items():
        hook = f"{settings.http.public_url}/hooks/{name}"
        yield Finding(
            "ok",
            f"channels.{name}",
            f"credentials are present. {channel.advice(hook)}",
        )
        yield from _reach(name, channel, settings.http.public_url)


def _reach(name: str, channel: ChannelSettings, public_url: str) -> Iterator[Finding]:
    ours, theirs = urlsplit(public_url).hostname, urlsplit(channel.called_from or "").hostname
    if channel.called_from and is_loopback(ours) and not is_loopback(theirs):
        yield Finding(
            "warning",
            f"channels.{name}",
            f"{theirs} cannot call http.public_url {public_url}, which is this machine only.",
        )


async def check_sign_on(settings: Settings, clock: Clock) -> list[Finding]:
    """The identity provider can be reached and is the one meant; which address to enter there."""
    provider = sign_on_provider(settings, clock)
    if provider is None:
        return []
    from gateway.provider_document import ProviderAway  # noqa: PLC0415 - with the extra only

    try:
        await provider.look()
    except ProviderAway as away:
        sentence = f"{provider.issuer} cannot be used: {away}; staff come in by password only."
        return [Finding("error", "sso", sentence)]
    return [
        Finding("ok", "sso", f"{provider.issuer} answers. Enter there: redirect {provider.back}.")
    ]


def check_holidays(office: OfficeSettings, now: datetime) -> Iterator[Finding]:
    """The decree for a year is known by November of the year before."""
    zone = ZoneInfo(office.timezone)
    calendar = load_calendar(office.calendar, zone)
    today = now.astimezone(zone).date()
    missing = missing_year(calendar, today)
    if missing is None:
        yield Finding("ok", "calendar", f"{calendar.name}, holidays are loaded.")
        return
    yield Finding(
        "error" if missing == today.year else "warning",
        "calendar",
        f"{calendar.name} has no holidays for {missing}; deadlines in it are provisional until "
        "the list of that year is added.",
    )


def check_folder(folder: Path) -> Iterator[Finding]:
    """Room to write, permission to write, and no reading by others (threats.md row 60)."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        yield Finding("error", "data folder", f"{there} cannot be written to by this user.")
    if there == folder and stat.S_IMODE(there.stat().st_mode) & stat.S_IRWXO:
        yield Finding("warning", "data folder", f"others may enter {there}; expected mode 0750.")
    free = shutil.disk_usage(there).free
    level: Literal["ok", "warning", "error"] = "ok"
    if free < LOW_DISK:
        level = "error" if free < NO_DISK else "warning"
    yield Finding(level, "disk", f"{free >> 20} MiB free at {there}.")


def check_clock(folder: Path, now: datetime) -> Iterator[Finding]:
    """The clock is not behind what was written before: numbers and deadlines follow it."""
    written = [
        datetime.fromtimestamp(place.stat().st_mtime, UTC)
        for place in (folder.iterdir() if folder.is_dir() else ())
        if place.is_file()
    ]
    newest = max([BUILT, *written])
    if now < newest - CLOCK_SLACK:
        yield Finding(
            "error",
            "clock",
            f"shows {now:%Y-%m-%d %H:%M} UTC, but files here are from {newest:%Y-%m-%d %H:%M}; "
            "set the time and keep it by NTP.",
        )
    else:
        yield Finding("ok", "clock", f"{now:%Y-%m-%d %H:%M} UTC.")


async def check_store(settings: Settings) -> list[Finding]:
    """A commit survives a power cut, and the tables are those of this version."""
    hide = Redactor(settings.secrets()).secrets
    try:
        url = read_url(settings.store.url.get_secret_value())
        if on_sqlite(url) and not _is_there(str(url.database)):
            return [Finding("warning", "store", f"{url.database} is made at the first start.")]
        engines = make_engines(url, 1)
    except (StoreRefused, StoreUnavailable) as error:
        # Usually a running gateway, which looked at all this when it started.
        return [Finding("warning", "store", f"cannot be looked at: {hide(str(error))}.")]
    try:
        await refuse_unless_durable(engines.writing)
        steps = await pending(engines.writing)
    except (StoreRefused, StoreUnavailable) as error:
        return [Finding("error", "store", f"{hide(str(error))}.")]
    finally:
        await engines.dispose()
    return [Finding("ok", "store", "a commit survives a power cut."), _tables(steps)]


def _tables(steps: Sequence[str]) -> Finding:
    if not steps:
        return Finding("ok", "tables", "they are those of this version.")
    todo = (
        f"{len(steps)} steps to go ({', '.join(steps)}); make a backup, then: helpdesk db upgrade"
    )
    return Finding("warning", "tables", f"{todo}.")


def _is_there(file: str) -> bool:
    return Path(file).exists()
