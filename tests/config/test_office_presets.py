"""Presets of the practices: they fill what an office leaves out, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from config.load import read
from config.office_presets import below, office_presets
from config.problems import ConfigurationError
from config.settings import OfficeSettings, Settings

BASE: dict[str, Any] = {
    "office": {"name": "Dinas Uji"},
    "http": {"public_url": "https://helpdesk.contoh.go.id"},
}


def settings(preset: str | None = None, **sections: dict[str, Any]) -> Settings:
    given = {name: dict(values) for name, values in BASE.items()}
    if preset:
        given["office"]["preset"] = preset
    for name, values in sections.items():
        given[name] = {**given.get(name, {}), **values}
    return read(given)


def test_every_preset_is_a_good_configuration_and_can_be_named() -> None:
    named = OfficeSettings.model_fields["preset"].annotation
    assert all(repr(name) in repr(named) for name in office_presets())
    for name in office_presets():
        assert settings(name).office.preset == name


ROWS = [
    (None, False, False, "banyuwangi", 0),
    ("agency", True, False, "pemerintah", 0),
    ("banyuwangi", False, False, "banyuwangi", 0),
    ("health_office", False, True, "pemerintah", 1),
    ("hospital", False, False, "rs24", 0),
]


@pytest.mark.parametrize(("preset", "approval", "monthly", "calendar", "grants"), ROWS)
def test_rule_9_ll_11_ll_14_what_a_preset_switches_on(
    preset: str | None, calendar: str, grants: int, *, approval: bool, monthly: bool
) -> None:
    made = settings(preset)
    assert (made.work.approval_after_work, made.office.monthly_limit) == (approval, monthly)
    assert not made.work.approval_before_work
    assert (made.office.calendar, len(made.staff.grants)) == (calendar, grants)


def test_what_the_office_says_goes_before() -> None:
    made = settings("agency", work={"approval_after_work": False}, office={"calendar": "rs24"})
    assert (made.work.approval_after_work, made.office.calendar) == (False, "rs24")


@pytest.mark.parametrize("name", ["kantor", 7, "../agency", ["agency"]])
def test_a_preset_that_there_is_not_is_a_fault(name: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"office\.preset"):
        read({**BASE, "office": {"name": "Dinas Uji", "preset": name}})


def test_a_section_that_is_no_table_stays_a_fault() -> None:
    broken = {**BASE, "office": {"preset": "agency"}, "work": 7}
    assert below(broken)["work"] == 7
    assert below({"office": 7}) == {"office": 7}
