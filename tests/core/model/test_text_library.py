"""Which wording of a text is nearest: unit, office, settings, defaults; by language."""

from __future__ import annotations

from typing import Any

import pytest

from core.model.text_library import HOME, OFFICE, StoredText, TextLibrary
from core.model.texts import TextForm, TextSet, render
from tests.core.fakes import NOON

WORDS = {"tiket": "HD26-000001-9"}
SETTINGS = {"life_danger_sms": "SET {tiket}", "survey_thanks_sms": "SET {tiket}"}


def stored(unit_id: int, language: str, key: str, text: str) -> StoredText:
    return StoredText(unit_id, language, key, text, 1, NOON, "staff:1")


def library(*texts: tuple[Any, ...], signature: str = "") -> TextLibrary:
    return TextLibrary.of(SETTINGS, signature, [stored(*one) for one in texts])


OFFICES = (OFFICE, HOME, "life_danger_sms", "KANTOR {tiket}")
UNITS = (7, HOME, "life_danger_sms", "UNIT {tiket}")
ENGLISH = (OFFICE, "en", "life_danger_sms", "OFFICE {tiket}")
UNITS_ENGLISH = (7, "en", "life_danger_sms", "UNIT EN {tiket}")


@pytest.mark.parametrize(
    ("texts", "unit_id", "language", "said"),
    [
        ((), None, "id", "SET"),
        ((), 7, "en", "SET"),
        ((OFFICES,), None, "id", "KANTOR"),
        ((OFFICES,), 7, "id", "KANTOR"),
        ((OFFICES,), 7, "jv", "KANTOR"),
        ((OFFICES, UNITS), 7, "id", "UNIT"),
        ((OFFICES, UNITS), 8, "id", "KANTOR"),
        ((OFFICES, UNITS), None, "id", "KANTOR"),
        ((UNITS,), None, "id", "SET"),
        ((OFFICES, UNITS, ENGLISH), 7, "en", "OFFICE"),
        ((OFFICES, UNITS, ENGLISH), 7, "id", "UNIT"),
        ((OFFICES, UNITS, ENGLISH, UNITS_ENGLISH), 7, "en", "UNIT EN"),
        ((OFFICES, UNITS, ENGLISH, UNITS_ENGLISH), 8, "en", "OFFICE"),
        ((OFFICES, UNITS, ENGLISH, UNITS_ENGLISH), 8, "mad", "KANTOR"),
    ],
)
def test_the_nearest_wording_is_used(
    texts: tuple[tuple[Any, ...], ...], unit_id: int | None, language: str, said: str
) -> None:
    found = library(*texts)(unit_id, language)
    assert render(found, "life_danger", TextForm.SMS, WORDS) == f"{said} HD26-000001-9"
    assert render(found, "survey_thanks", TextForm.SMS, WORDS) == "SET HD26-000001-9"


def test_what_nobody_worded_is_the_default() -> None:
    found = library(UNITS)(7, "id")
    assert found.long["help"] == TextSet.of({}).long["help"]


def test_mail_is_signed_whoever_worded_it() -> None:
    found = library(UNITS, signature="Dinas Kominfo")(7, "id")
    assert render(found, "life_danger", TextForm.EMAIL, WORDS).endswith("\n\n-- \nDinas Kominfo")


def test_a_stored_text_that_has_become_wrong_is_told_and_not_used() -> None:
    made = library((7, HOME, "life_danger_sms", "tanpa nomor"), (7, HOME, "gone", "x"))
    assert [fault.split(":")[0] for fault in made.faults] == [
        "unit 7, id, life_danger_sms",
        "unit 7, id, gone",
    ]
    assert render(made(7, "id"), "life_danger", TextForm.SMS, WORDS) == "SET HD26-000001-9"
