"""The watch, the duty officer and the timetable, as settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from config.load import read
from config.problems import ConfigurationError
from config.promises import PromisesFileError, load_promises
from config.schedules import ScheduleSettings
from core.model.sla import DEFAULT_POLICY

if TYPE_CHECKING:
    from config.settings import Settings

SMS = {"kind": "twilio_sms", "account_sid": "AC" + "1" * 32, "auth_token": "x" * 32,
       "from_number": "+6281234567890"}  # fmt: skip


def given(**sections: Any) -> Settings:
    office = {"name": "Dinas Contoh"}
    http = {"public_url": "https://helpdesk.contoh.go.id"}
    return read({"office": office, "http": http, "channels": {"sms": SMS}, **sections})


def faults(**sections: Any) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as told:
        given(**sections)
    return told.value.problems


def test_the_example_is_what_is_promised_without_a_file() -> None:
    assert load_promises("config/example-promises.toml") == DEFAULT_POLICY
    assert load_promises(None) is DEFAULT_POLICY


def test_every_word_of_the_example_is_read(tmp_path: Path) -> None:
    text = Path("config/example-promises.toml").read_text("utf-8")
    _, _, override = text.partition("# the category's.\n#\n")
    mine = tmp_path / "mine.toml"
    mine.write_text(override.replace("# ", ""), "utf-8")
    assert len(load_promises(str(mine)).overrides) == 1


BROKEN = [
    (b"warn_percent = 100", "warn_percent: expected a whole number"),
    (b"warn_percent = ", "is not TOML"),
    (b"\xff\xfe", "is not UTF-8"),
]


@pytest.mark.parametrize(("content", "expected"), BROKEN)
def test_a_file_that_cannot_be_used_is_named(
    tmp_path: Path, content: bytes, expected: str
) -> None:
    file = tmp_path / "janji.toml"
    file.write_bytes(content)
    with pytest.raises(PromisesFileError, match=expected):
        load_promises(str(file))
    [problem] = faults(watch={"promises": str(file)})
    assert problem.startswith("watch.promises: ")
    assert "janji.toml" in problem


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    [problem] = faults(watch={"promises": str(tmp_path / "tidak.toml")})
    assert "tidak.toml cannot be read: No such file" in problem


def test_the_duty_officer_has_a_channel_and_an_address() -> None:
    settings = given(duty={"channel": "sms", "address": "+6281300000009"})
    assert (settings.duty.channel, settings.duty.address) == ("sms", "+6281300000009")
    assert given().duty.channel is None


WRONG = [
    ({"duty": {"channel": "sms"}}, "together"),
    ({"duty": {"address": "+6281300000009"}}, "together"),
    ({"duty": {"channel": "surel", "address": "+62813000000"}}, "duty.channel is 'surel'"),
    ({"duty": {"channel": "sms", "address": "0813"}}, "a number such as +6281234567890"),
    ({"watch": {"staff_channels": ["surel"]}}, "watch.staff_channels has 'surel'"),
    ({"watch": {"sweep_seconds": 0}}, "watch.sweep_seconds"),
    ({"schedules": {"night": "24:00"}}, "a time such as 02:30"),
    ({"schedules": {"night": "2.30"}}, "a time such as 02:30"),
    ({"schedules": {"closing_minutes": 0}}, "schedules.closing_minutes"),
]


@pytest.mark.parametrize(("sections", "expected"), WRONG)
def test_what_does_not_fit_is_refused(sections: dict[str, Any], expected: str) -> None:
    [problem] = faults(**sections)
    assert expected in problem


def test_the_address_of_the_duty_officer_is_not_repeated() -> None:
    [problem] = faults(duty={"channel": "sms", "address": "081300000009"})
    assert "081300000009" not in problem


@pytest.mark.parametrize("time", ["00:00", "07:05", "23:59"])
def test_times_of_a_day(time: str) -> None:
    assert ScheduleSettings(morning=time).morning == time
