"""The table of routes as a page: ``python -m gateway.api.routes_table > docs/api-routes.md``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from core.model.staff import Right
from gateway.api.mount import PARTS
from gateway.api.openapi import BASE
from gateway.api.table import Entry, Keyed

if TYPE_CHECKING:
    from gateway.api.table import Endpoint

_HEAD: Final = """# Routes of the API

Made from the code by `python -m gateway.api.routes_table`; a test keeps it true. The whole
description, with every field, is what a running gateway answers at `/api/openapi.json`.
[api.md](api.md) explains logging in, pages, versions, keys and errors; [rights.md](rights.md) says
which role has which right.

*version*: `If-Match` is demanded. *key*: an `Idempotency-Key` is taken.
"""
_ENTRY: Final = {
    Entry.ANYBODY: "anybody",
    Entry.COMING_IN: "a session, also half open",
    Entry.STAFF: "whoever is in",
}


def page() -> str:
    """The page in Markdown, one table for each part."""
    lines = [_HEAD]
    for name, rows in PARTS.items():
        lines += [f"## {name}\n", "| Route | Who | | What |", "|---|---|---|---|"]
        lines += [_line(row) for row in rows]
        lines.append("")
    return "\n".join(lines)


def _line(row: Endpoint) -> str:
    who = f"`{row.needs.value}`" if isinstance(row.needs, Right) else _ENTRY[row.needs]
    marks = ["version"] if row.versioned else []
    marks += ["key"] if row.keyed is not Keyed.NO else []
    return f"| `{row.method} {BASE}{row.path}` | {who} | {', '.join(marks)} | {row.summary} |"


if __name__ == "__main__":
    sys.stdout.write(page())
