"""Rows fit their columns, whatever the tables become; groups of any size are few statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from core.model.filing import ClockEnding
from core.model.messages import Address, AddressKind, Attachment
from core.model.ticket import KnownTicket, Priority, Promise, Sender, Status
from tests.contracts.desk_samples import NOW, SARI, change, memory, message, opening
from ticket_store import intake_postgresql, intake_sqlite
from ticket_store.intake_rows import CHANGED, ENDED, MESSAGES, REMEMBERED, SHEETS, rows_of
from ticket_store.intake_sqlite import LONGEST, chunks
from ticket_store.postgresql_statements import lay_down_statement
from ticket_store.schema import UtcDateTime
from ticket_store.sqlite_statements import change_statement, insert_statement, remember_statement

if TYPE_CHECKING:
    from core.model.filing import Filing

SPELLINGS = [intake_postgresql.spell, intake_sqlite.spell]
KNOWN = KnownTicket(
    *(1, "HD26-000001-1", Status.RECEIVED, Priority.NORMAL, NOW, NOW, ()),
    *(1, 1, ""),
)


def full_filing() -> Filing:
    filing = opening(1, Sender(7, Address(AddressKind.PHONE, "+62811")))
    said = filing.messages[0]
    with_file = message("SM1", SARI, attachments=(Attachment("m/1"),))
    filing.messages[0] = replace(said, message=with_file)
    filing.changes.append(change(KNOWN))
    filing.senders.append(memory(7))
    filing.clocks.append((1, Promise("solution", NOW)))
    filing.bookmarks["surel"] = "1:2"
    filing.endings.append(ClockEnding(2, NOW, kept=True))
    return filing


@pytest.mark.parametrize("spell", SPELLINGS)
def test_every_row_is_as_wide_as_its_sheet(spell: object) -> None:
    rows = rows_of(full_filing(), spell)  # type: ignore[arg-type]  # one of the two above
    assert rows.inserts.keys() == {sheet.name for sheet in SHEETS}
    for sheet in SHEETS:
        assert {len(row) for row in rows.inserts[sheet.name]} == {len(sheet.columns)}
    assert {len(row) for row in rows.changes} == {len(CHANGED.columns)}
    assert {len(row) for row in rows.senders} == {len(REMEMBERED.columns)}
    assert {len(row) for row in rows.endings} == {len(ENDED.columns)}


def test_the_raw_payload_is_the_last_of_a_message() -> None:
    assert MESSAGES.columns[-1] == "raw"


def test_columns_that_are_left_out_have_a_default() -> None:
    for sheet in SHEETS:
        for column in sheet.table.columns:
            given_by_database = column.nullable or column.server_default or column.primary_key
            assert column.name in sheet.columns or given_by_database, column


@pytest.mark.parametrize("spell", SPELLINGS)
def test_an_instant_is_spelled_in_any_zone(spell: object) -> None:
    assert callable(spell)
    jakarta = NOW.astimezone(timezone(timedelta(hours=7)))
    read = datetime.fromisoformat(spell(jakarta))
    assert (read if read.tzinfo else read.replace(tzinfo=UTC)) == NOW
    with pytest.raises(ValueError, match="2026"):
        spell(NOW.replace(tzinfo=None))


@given(st.datetimes(timezones=st.just(UTC)))
def test_sqlite_spells_as_the_schema_does(at: datetime) -> None:
    dialect = sqlite.dialect()
    stored = UtcDateTime().dialect_impl(dialect).bind_processor(dialect)
    assert stored is not None
    assert intake_sqlite.spell(at) == stored(at)


@given(st.integers(0, 600))
def test_chunks_are_all_rows_in_order_and_few(count: int) -> None:
    rows = [(number,) for number in range(count)]
    pieces = list(chunks(rows))
    assert [row for piece in pieces for row in piece] == rows
    assert {len(piece) for piece in pieces} <= {64, 32, 16, 8, 4, 2, 1}
    assert len(pieces) <= count // LONGEST + 6


def test_sqlite_statements_have_a_place_for_every_value() -> None:
    for sheet in SHEETS:
        assert insert_statement(sheet, 3).count("?") == 3 * len(sheet.columns)
    assert remember_statement(3).count("?") == 3 * len(REMEMBERED.columns)
    assert change_statement(3).count("?") == 3 * len(CHANGED.columns)


def test_postgresql_writes_everything_in_one_statement_that_asyncpg_keeps() -> None:
    names = {sheet.name for sheet in SHEETS} | {"raw", "senders", "changes"}
    statement, order = lay_down_statement(frozenset(names))
    assert set(order) == names
    assert len(order) == len(names)
    assert len(statement) < 15 * 1024  # asyncpg's max_cacheable_statement_size
