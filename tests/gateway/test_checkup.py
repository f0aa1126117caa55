"""What the doctor finds, case by case."""

from __future__ import annotations

import os
import shutil
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from config.calendars import load_calendar
from config.load import read
from gateway import checkup
from gateway.checkup import (
    Finding,
    check_channels,
    check_clock,
    check_folder,
    check_holidays,
    check_runtime,
    check_store,
    examine,
)
from gateway.clock import SystemClock
from tests.config.samples import tables
from ticket_store.engine import make_engines, read_url
from ticket_store.migrate import upgrade

if TYPE_CHECKING:
    from pathlib import Path

    from config.settings import Settings
    from core.model.calendar import Calendar

NOW = datetime(2026, 7, 14, 3, tzinfo=UTC)
Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - the shape of shutil's own


def settings(**changes: Any) -> Settings:
    return read(tables({path.replace("__", "."): value for path, value in changes.items()}))


def levels(findings: Any) -> list[str]:
    return [finding.level for finding in findings]


def test_no_channel_is_a_warning() -> None:
    (finding,) = check_channels(settings(channels={}))
    assert (finding.level, finding.subject) == ("warning", "channels")


def test_addresses_to_enter_are_told() -> None:
    (finding,) = check_channels(settings(channels__sms__fallback_url="https://b.go.id/hooks/sms"))
    assert finding.level == "ok"
    assert "https://helpdesk.contoh.go.id/hooks/sms#rc=5&rp=all" in finding.sentence
    assert "fallback https://b.go.id/hooks/sms;" in finding.sentence


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        ("http://127.0.0.1:8080", "https://api.twilio.com", ["ok", "warning"]),
        ("http://127.0.0.1:8080", "http://localhost:9000", ["ok"]),
        ("https://contoh.go.id", "https://api.twilio.com", ["ok"]),
    ],
)
def test_a_provider_cannot_call_this_machine_only(
    ours: str, theirs: str, found: list[str]
) -> None:
    made = settings(http__public_url=ours, channels__sms__api_base_url=theirs)
    assert levels(check_channels(made)) == found


@pytest.mark.parametrize(
    ("loaded", "today", "level"),
    [
        ({2026}, datetime(2026, 7, 14, tzinfo=UTC), "ok"),
        ({2026}, datetime(2026, 10, 31, 16, 59, tzinfo=UTC), "ok"),
        # 1 November has begun in Jakarta, not yet in Greenwich.
        ({2026}, datetime(2026, 10, 31, 17, 0, tzinfo=UTC), "warning"),
        ({2026, 2027}, datetime(2026, 12, 1, tzinfo=UTC), "ok"),
        ({2025}, datetime(2026, 7, 14, tzinfo=UTC), "error"),
    ],
)
def test_holidays(
    loaded: set[int], today: datetime, level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = load_calendar

    def with_years(choice: str, zone: Any) -> Calendar:
        made = real(choice, zone)
        object.__setattr__(made, "loaded_years", frozenset(loaded))
        return made

    monkeypatch.setattr(checkup, "load_calendar", with_years)
    (finding,) = check_holidays(settings().office, today)
    assert finding.level == level


@pytest.mark.parametrize(
    ("free", "level"),
    [(99 << 20, "error"), (100 << 20, "warning"), ((1 << 30) - 1, "warning"), (1 << 30, "ok")],
)
def test_disk(free: int, level: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(free, 0, free))
    tmp_path.chmod(0o750)
    (finding,) = check_folder(tmp_path)
    assert (finding.level, finding.subject) == (level, "disk")


def test_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (finding,) = check_folder(tmp_path / "not" / "yet")
    assert finding.sentence.endswith(f"free at {tmp_path}.")


def test_a_folder_open_to_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    first, _ = check_folder(tmp_path)
    assert (first.level, first.subject) == ("warning", "data folder")
    assert "0750" in first.sentence


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o750)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    assert levels(check_folder(tmp_path))[0] == "error"


@pytest.mark.parametrize(
    ("behind", "level"),
    [(timedelta(0), "ok"), (timedelta(minutes=5), "ok"), (timedelta(minutes=6), "error")],
)
def test_a_clock_behind_what_was_written(behind: timedelta, level: str, tmp_path: Path) -> None:
    file = tmp_path / "helpdesk.db"
    file.touch()
    os.utime(file, (NOW.timestamp(), NOW.timestamp()))
    (finding,) = check_clock(tmp_path, NOW - behind)
    assert finding.level == level


def test_a_clock_before_this_program(tmp_path: Path) -> None:
    (finding,) = check_clock(tmp_path / "none", datetime(1970, 1, 1, tzinfo=UTC))
    assert finding.level == "error"


def test_a_weak_runtime_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "runtime_faults", lambda: ["aiohttp is old."])
    assert check_runtime() == [Finding("error", "runtime", "aiohttp is old.")]


@pytest.fixture
def store(tmp_path: Path) -> Settings:
    return settings(store__url=f"sqlite+aiosqlite:///{tmp_path}/helpdesk.db")


async def test_a_store_that_is_not_there_is_not_made(store: Settings, tmp_path: Path) -> None:
    assert levels(await check_store(store)) == ["warning"]
    assert list(tmp_path.iterdir()) == []


async def test_a_store_with_steps_to_go(store: Settings, tmp_path: Path) -> None:
    (tmp_path / "helpdesk.db").touch()
    first, second = await check_store(store)
    assert (first.level, second.level) == ("ok", "warning")
    assert "0001" in second.sentence


async def test_a_store_that_is_well(store: Settings) -> None:
    await upgrade(store.store.url.get_secret_value())
    assert levels(await check_store(store)) == ["ok", "ok"]


async def test_a_store_in_use_is_left_alone(store: Settings) -> None:
    engines = make_engines(read_url(store.store.url.get_secret_value()), 1)
    try:
        (finding,) = await check_store(store)
    finally:
        await engines.dispose()
    assert finding.level == "warning"
    assert "in use by process" in finding.sentence


async def test_a_store_that_is_no_database(store: Settings, tmp_path: Path) -> None:
    (tmp_path / "helpdesk.db").write_bytes(b"not a database, but longer than its header" * 100)
    (finding,) = await check_store(store)
    assert finding.level == "error"


async def test_a_store_that_is_away_tells_no_password() -> None:
    away = settings(store__url="postgresql+asyncpg://u:geheim-word@127.0.0.1:1/d")
    (finding,) = await check_store(away)
    assert finding.level == "error"
    assert "geheim" not in finding.sentence


async def test_everything_is_looked_at_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkup, "load", lambda _: settings(store__data_dir=str(tmp_path)))
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o750)
    found = await examine(None, SystemClock())
    assert [finding.subject for finding in found] == [
        "configuration", "runtime", "channels.sms", "store", "calendar", "disk", "clock",
    ]  # fmt: skip
    assert found[0] == Finding("ok", "configuration", "read from the environment.")
