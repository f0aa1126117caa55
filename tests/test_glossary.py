"""The glossary names every role as the code and the screens do (BW-52)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.model.staff import Role
from core.model.ticket import Status

GLOSSARY = Path(__file__).resolve().parent.parent / "docs" / "glossary.md"


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, its head left out."""
    part = GLOSSARY.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = re.findall(r"^\|(.+)\|$", part, re.MULTILINE)[2:]
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def test_bw_52_every_role_is_named_as_screens_name_it() -> None:
    named = {code.strip("`"): word for _, word, code in rows("People") if code.startswith("`")}
    assert named == {role.value: role.word for role in Role}


@pytest.mark.parametrize(
    ("actor", "roles"),
    [
        ("Customer Service / Admin", {Role.OPERATOR, Role.CUSTOMER_CARE}),
        ("Teknisi Team IT", {Role.TECHNICIAN}),
        ("User / SKPD", set()),
        ("Pimpinan", {Role.LEADERSHIP}),
    ],
)
def test_bw_52_the_actors_of_the_sop_have_their_roles(actor: str, roles: set[Role]) -> None:
    (found,) = [row for row in rows("The actors of Banyuwangi") if row[0] == actor]
    assert {Role(code) for code in re.findall(r"`(\w+)`", found[1])} == roles


def test_no_name_means_two_roles() -> None:
    names = [name.strip() for said, *_ in rows("People") for name in said.split(",")]
    assert len(names) == len(set(names))


def test_states_are_named_as_screens_name_them() -> None:
    words = {code.strip("`"): word for _, word, code in rows("Things")}
    known = {status.value: status.word for status in Status}
    assert {code: words[code] for code in words if code in known} == {
        code: word for code, word in known.items() if code in words
    }
