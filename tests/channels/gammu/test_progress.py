from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.gammu.health import symptoms
from channels.gammu.progress import LOOK_BACK, Progress, outcome_of
from channels.gammu.rows import PhoneRow, SentRow
from core.model.messages import DeliveryState
from tests.channels.gammu.doors import CHANNEL, NOW

SENT, FAILED, DELIVERED = DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.DELIVERED
MARK = "helpdesk.modem:42:abc"


def row(status: str, position: int = 1, total: int = 1, **changes: Any) -> SentRow:
    udh = "" if total == 1 else f"05000307{total:02X}{position:02X}"
    values: dict[str, Any] = {"id": 1, "error": -1, "creator": MARK} | changes
    return SentRow(position=position, status=status, udh=udh, **values)


def long(*statuses: str, total: int = 3) -> list[SentRow]:
    return [row(status, number, total) for number, status in enumerate(statuses, 1)]


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        ([row("SendingOK")], SENT),
        ([row("SendingOKNoReport")], SENT),
        ([row("DeliveryPending")], SENT),
        ([row("DeliveryUnknown")], SENT),
        ([row("DeliveryOK")], DELIVERED),
        ([row("DeliveryFailed")], FAILED),
        ([row("SendingError")], FAILED),
        ([row("Error")], FAILED),
        ([row("something new")], SENT),
        (long("SendingOK", "SendingOK"), None),
        (long("SendingOK", "SendingError"), FAILED),
        (long("SendingOK", "SendingOK", "SendingOK"), SENT),
        (long("DeliveryOK", "SendingOK", "DeliveryOK"), SENT),
        (long("DeliveryOK", "DeliveryOK", "DeliveryOK"), DELIVERED),
        (long("DeliveryOK", "DeliveryFailed", "DeliveryOK"), FAILED),
        ([row("SendingError", id=1), row("SendingOK", id=2)], SENT),
        ([row("DeliveryOK", id=1), row("Error", id=2)], FAILED),
    ],
)
def test_a_text_is_as_good_as_its_worst_part(
    rows: list[SentRow], state: DeliveryState | None
) -> None:
    assert outcome_of(rows) is state


def progress() -> Progress:
    return Progress(CHANNEL, "helpdesk.modem:")


def test_news_are_told_once_they_are_on_disk_and_only_once() -> None:
    found = progress()
    found.begin(1)
    first = found.news([row("SendingOK")], NOW)
    assert [(one.external_id, one.item_id, one.state) for one in first] == [(MARK, 42, SENT)]
    assert found.news([row("SendingOK")], NOW)  # nobody said that they were taken
    found.told(first)
    assert not found.news([row("SendingOK")], NOW)
    later = found.news([row("DeliveryOK")], NOW)
    assert [one.state for one in later] == [DELIVERED]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([row("SendingError")], "SendingError"),
        ([row("DeliveryFailed", error=69)], "DeliveryFailed 69"),
        (long("SendingOK", "Error"), "Error"),
    ],
)
def test_failures_say_why(rows: list[SentRow], code: str) -> None:
    (report,) = progress().news(rows, NOW)
    assert (report.state, report.code) == (FAILED, code)
    assert report.reason.endswith(".")


@pytest.mark.parametrize("mark", ["helpdesk.modem:", "helpdesk.modem:x:y", "helpdesk.modem:٤:y"])
def test_a_mark_that_somebody_changed_names_no_item(mark: str) -> None:
    (report,) = progress().news([row("SendingOK", creator=mark)], NOW)
    assert report.item_id is None


def test_only_the_last_thousands_are_looked_at_and_remembered() -> None:
    found = progress()
    assert found.begin(10) == 0
    found.told(found.news([row("DeliveryOK", id=10)], NOW))
    assert found.begin(10 + LOOK_BACK) == 10
    assert not found.news([row("DeliveryOK", id=10)], NOW)
    assert found.begin(11 + LOOK_BACK) == 11


def test_an_emptied_table_is_read_from_its_beginning() -> None:
    found = progress()
    found.begin(20_000)
    found.told(found.news([row("DeliveryOK", id=20_000)], NOW))
    assert found.begin(3) == 0
    assert found.news([row("SendingOK", id=3)], NOW)


SILENT = timedelta(minutes=5)


def keys(version: int, *phones: PhoneRow) -> list[str]:
    return [one.key for one in symptoms(version, phones, SILENT, NOW)]


def test_how_the_modem_is() -> None:
    well = PhoneRow("modem", -8.0, 42)
    assert keys(17, well) == []
    assert keys(18, well, PhoneRow("lain", 299, 80)) == []
    assert keys(17) == ["modem_missing"]
    assert keys(17, PhoneRow("modem", 301, 42)) == ["modem_dead"]
    assert keys(17, PhoneRow("modem", 0, 14)) == ["modem_signal"]
    assert keys(17, PhoneRow("modem", 0, -1)) == []
    assert keys(99, well) == ["gammu_schema"]
    (found,) = symptoms(17, [PhoneRow("", 3600, 5)], SILENT, NOW)
    assert found.since == datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    assert "gammu-smsd" in found.sentence
