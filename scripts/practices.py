"""Which tests try which requirement: ``python scripts/practices.py`` writes docs/practices.md.

A test says by its name what it tries: ``test_mb_02_…`` is about MB-02, ``test_rule_3_…`` about
rule 3, and ``test_ll_15_bw_08_…`` about both. docs/practices.tsv lists what there is to try. What
no test is named after is shown as open, whatever else may try it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "docs" / "practices.tsv"
PAGE = ROOT / "docs" / "practices.md"

PRACTICES = {
    "RULE": "Rules where the practices differ",
    "MB": "Penerapan helpdesk ticketing RSIA Mutiara Bunda Padang",
    "LL": "E-complaint Dinas Kesehatan Lubuklinggau dengan SERVQUAL",
    "DK": "Ticketing helpdesk PSTIK DPMPTSP DKI Jakarta",
    "BW": "SOP SIM Help Desk Banyuwangi",
    "KM": "Catatan warga tentang layanan tiket WhatsApp isoman Kemenkes",
}
_NAMED = re.compile(r"test((?:_(?:mb|ll|dk|bw|km|rule)_\d+)+)(?:_|$)")
_ID = re.compile(r"([a-z]+)_(\d+)")


def requirements() -> dict[str, str]:
    """Id → what the system must do, in the order of the list."""
    found = {}
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, what = line.partition("\t")
            found[name] = what
    return found


def ids_in(test: str) -> list[str]:
    """The requirements that a test's name says it tries."""
    named = _NAMED.match(test)
    ids = _ID.findall(named[1]) if named else []
    return [f"{practice.upper()}-{int(number):02d}" for practice, number in ids]


def tests() -> Iterator[tuple[str, str]]:
    """Each test function below tests/: the file it is in, and its name."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield path.relative_to(ROOT).as_posix(), node.name


def tried() -> Mapping[str, Sequence[tuple[str, str]]]:
    """Id → the tests that are named after it."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for file, name in tests():
        for one in ids_in(name):
            found[one].append((file, name))
    return found


def page() -> str:
    """The whole page."""
    wanted, by_id = requirements(), tried()
    done = sum(1 for one in wanted if by_id.get(one))
    lines = [
        "# What the practices ask for, and which tests try it",
        "",
        "Made by `python scripts/practices.py` from docs/practices.tsv and the names of tests; a",
        "test compares. *Open*: no test is named after it, whatever else may try it.",
        "",
        f"{done} of {len(wanted)} have a test.",
    ]
    for practice, title in PRACTICES.items():
        rows = {one: what for one, what in wanted.items() if one.startswith(f"{practice}-")}
        count = sum(1 for one in rows if by_id.get(one))
        lines += ["", f"## {title}", "", f"{count} of {len(rows)}.", ""]
        lines += ["| id | what | test |", "|---|---|---|"]
        for one, what in rows.items():
            lines.append(f"| {one} | {_cell(what)} | {_told(by_id.get(one, ()))} |")
    return "\n".join(lines) + "\n"


def _told(found: Sequence[tuple[str, str]]) -> str:
    if not found:
        return "*open*"
    by_file: defaultdict[str, list[str]] = defaultdict(list)
    for file, name in sorted(found):
        by_file[file].append(f"`{name}`")
    return "<br>".join(f"{file}: {', '.join(names)}" for file, names in by_file.items())


def _cell(what: str) -> str:
    return what.replace("|", "\\|")


def main() -> None:
    """Writes the page; with ``--check`` only says whether it is as it should be."""
    made = page()
    if "--check" in sys.argv[1:]:
        if PAGE.read_text(encoding="utf-8") != made:
            sys.exit("docs/practices.md is old: run python scripts/practices.py")
        return
    PAGE.write_text(made, encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} written")


if __name__ == "__main__":
    main()
