"""The guide of those who work here names what the screens show, and is a page (BW-15)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from console.staff.guide import GUIDE, Piece, guide, read_guide
from scripts import translations
from tests.console.staff.kit import Browser, at_the_console

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.gateway.api.kit import ApiOffice

ROOT = Path(__file__).resolve().parents[3]
HANDS = ROOT / "console/templates/staff/_hands.html"
OWN = "console/templates/staff/guide.html"


def pieces(kind: str) -> Iterator[str]:
    for block in guide():
        for line in block.lines:
            yield from (one.text for one in line if one.kind == kind)


def test_bw_15_every_name_in_the_guide_stands_on_a_screen() -> None:
    """A button that is renamed or gone makes the guide stale: the words are those of the code."""
    screens = {
        str(word.id)
        for word in translations.found()
        if any(path.startswith(("console/staff/", "console/templates/staff/")) and path != OWN
               for path, _ in word.locations)
    }  # fmt: skip
    names = set(pieces("name"))
    assert len(names) > 40
    assert names - screens == set()


def test_bw_15_every_key_in_the_guide_is_one_of_the_overlay() -> None:
    keys = set(re.findall(r"<kbd>([^<]+)</kbd>", HANDS.read_text(encoding="utf-8")))
    assert set(pieces("key")) - keys == set()


def test_bw_15_it_is_written_for_each_of_those_who_work_here() -> None:
    headings = [one.lines[0][0].text for one in guide() if one.kind == "heading"]
    for who in ("Operator", "Petugas loket", "Teknisi", "Kepala satuan pelaksana"):
        assert any(words.startswith(who) for words in headings), who
    assert len({one.slug for one in guide() if one.slug}) == len(headings)


def test_the_documentation_shows_the_same_text() -> None:
    shown = ROOT / "docs" / "panduan-operator.md"
    assert shown.resolve() == GUIDE
    assert shown.read_text(encoding="utf-8") == GUIDE.read_text(encoding="utf-8")


@pytest.mark.parametrize("who", ["operator", "technician", "leader"])
async def test_bw_15_the_console_serves_it_to_everybody(house: ApiOffice, who: str) -> None:
    browser = await at_the_console(house, who)
    page = await browser.get("/console/panduan")
    assert page.status == 200
    assert "Operator dengan empat puluh percakapan" in page.words
    assert "<strong>Kirim jawaban</strong>" in page.text
    start = await browser.get((await browser.get("/console")).headers["Location"])
    assert 'href="/console/panduan"' in start.text


async def test_nobody_else_reads_it(house: ApiOffice) -> None:
    said = await Browser(house.hall).get("/console/panduan")
    assert (said.status, said.headers["Location"]) == (
        303,
        "/console/masuk?lanjut=/console/panduan",
    )


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("", []),
        ("# A\n\nb\nc", ["title", "text", "text"]),
        ("## A b\n1. x\n2. y\n\n* z", ["heading", "steps", "points"]),
        ("*tebal*", ["text"]),
    ],
)
def test_what_it_reads_of_markdown(text: str, kinds: list[str]) -> None:
    assert [one.kind for one in read_guide(text)] == kinds


def test_names_and_keys_are_cut_out() -> None:
    (block,) = read_guide("Tekan **Kirim** atau `r`. <b>")
    assert block.lines == (
        (
            Piece("Tekan "),
            Piece("Kirim", "name"),
            Piece(" atau "),
            Piece("r", "key"),
            Piece(". <b>"),
        ),
    )
