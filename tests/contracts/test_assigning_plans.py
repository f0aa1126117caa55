"""What suggestions ask of the store goes by indexes of what runs, never through history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from ticket_store.candidates import CANDIDATES, UNASSIGNED
from ticket_store.partners import ANSWERED

if TYPE_CHECKING:
    from sqlalchemy import Select

    from ticket_store.store import SqlStore


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (CANDIDATES, "ix_assignments_load"),
        (UNASSIGNED, "ix_sla_clocks_"),
        (ANSWERED, "ix_dispositions_unit"),
    ],
)
async def test_by_an_index_of_what_runs(
    store: SqlStore, statement: Select[tuple[int]], index: str
) -> None:
    statement = statement.params(most=10)
    written = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    async with store._engines.reading.connect() as connection:
        asked = text("EXPLAIN QUERY PLAN " + str(written).replace(":", "\\:"))
        found = [row.detail for row in await connection.execute(asked)]
    assert any(index in line for line in found), found
    scanned = [line for line in found if line.startswith("SCAN")]
    assert not any(name in line for line in scanned for name in ("tickets", "messages")), found
    assert not any("SCAN assignments" in line for line in scanned), found
