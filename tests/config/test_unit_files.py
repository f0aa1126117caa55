from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config.calendar_files import CalendarFileError
from config.calendars import preset_names
from config.unit_files import read_unit_file, unit_preset_names
from core.model.hints import CATEGORIES

if TYPE_CHECKING:
    from pathlib import Path

GOOD = '[[units]]\ncode = "a"\nname = "A"\n'


def _write(folder: Path, text: str) -> str:
    path = folder / "unit.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_presets() -> None:
    assert unit_preset_names() == ("agency", "hospital", "licensing")


@pytest.mark.parametrize("name", unit_preset_names())
def test_presets_name_what_there_is(name: str) -> None:
    for one in read_unit_file(name).units:
        assert one.draft.categories <= CATEGORIES
        assert one.draft.calendar in {"", *preset_names()}


def test_the_hospital_has_the_four_units_that_are_named() -> None:
    names = {one.draft.name for one in read_unit_file("hospital").units}
    assert {"Unit Medik", "Unit Perawat", "Unit Keuangan", "Unit Logistik"} <= names


def test_what_is_above_comes_first(tmp_path: Path) -> None:
    text = '[[units]]\ncode = "c"\nname = "C"\nparent = "b"\n'
    text += '[[units]]\ncode = "b"\nname = "B"\nparent = "a"\n' + GOOD
    text += '[[regions]]\ncode = "x"\nname = "X"\nlevel = "kota"\nparent = "di-luar"\n'
    found = read_unit_file(_write(tmp_path, text))
    assert [one.code for one in found.units] == ["a", "b", "c"]
    assert [(one.code, one.parent, one.draft.level) for one in found.regions] == [
        ("x", "di-luar", "kota")
    ]


DOUBTS = [
    ("units = 1\n", "line 1"),
    ("orang = 1\n" + GOOD, "orang is unknown"),
    ('[[units]]\nname = "A"\n', "line 1: code"),
    ('[[units]]\ncode = "A B"\nname = "A"\n', "line 2: code"),
    ('[[units]]\ncode = "a"\n', "a has no name"),
    (GOOD + GOOD, "line 5: code a is there twice"),
    (GOOD + "warna = 1\n", "line 4: warna is unknown"),
    (GOOD + "partner = 1\n", "line 4: partner"),
    (GOOD + 'categories = "network"\n', "line 4: categories"),
    (GOOD + "level = 3\n", "line 4: level"),
    (GOOD + 'parent = "a"\n', "a stands below itself"),
    ('[[regions]]\ncode = "a"\nname = "A"\npartner = true\n', "partner is unknown"),
    ("[[units]\n", "not valid TOML"),
]


@pytest.mark.parametrize(("text", "told"), DOUBTS)
def test_what_is_doubtful_is_refused_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(CalendarFileError, match=told):
        read_unit_file(_write(tmp_path, text))


def test_neither_preset_nor_file() -> None:
    with pytest.raises(CalendarFileError, match="agency, hospital, licensing"):
        read_unit_file("pasar")
