"""Short reads by the driver itself, which runs a statement and fetches all rows in one go.

An answer about one ticket is ten short statements. SQLAlchemy's adapter asks SQLite's thread for a
cursor, to execute, to fetch and to close, and on a busy machine each of these hops waits for its
turn; on PostgreSQL most of the time goes into preparing what was prepared before. Here a statement
is compiled once.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Dialect, SelectBase
    from sqlalchemy.ext.asyncio import AsyncConnection

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A statement as the driver takes it.

    Attributes:
        names: of the values in their order; constants: those that the statement brings.
        binds: by name, what makes a value fit the driver; reads: the same for each column back.
    """

    sql: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]
    binds: Mapping[str, Convert]
    reads: tuple[tuple[int, Convert], ...]
    row: Callable[..., Any]

    def bound(self, values: Mapping[str, Any]) -> list[Any]:
        """The values in order. Raises KeyError for one that is missing."""
        held = {**self.constants, **values}
        return [
            self.binds[name](held[name]) if name in self.binds else held[name]
            for name in self.names
        ]

    def rows(self, found: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Named tuples with the columns' types."""
        if not self.reads:
            return [self.row(*one) for one in found]
        read = []
        for one in found:
            values = list(one)
            for place, convert in self.reads:
                values[place] = convert(values[place])
            read.append(self.row(*values))
        return read


async def asked(
    connection: AsyncConnection, statement: SelectBase, values: Mapping[str, Any]
) -> Sequence[Any]:
    """All rows of a statement that is made once, in the transaction of this connection.

    Args:
        connection: on SQLite it begins with the first read, so that all of them see one moment.
        statement: a constant of its module, or kept by whoever made it: it is compiled once. No
            expanding parameters.
        values: of its parameters.
    """
    prepared = _prepared(statement, connection.dialect)
    driver = (await connection.get_raw_connection()).driver_connection
    if driver is None:
        raise LookupError(prepared.sql)
    bound = prepared.bound(values)
    if connection.dialect.name != "sqlite":
        return prepared.rows(await driver.fetch(prepared.sql, *bound))
    if not connection.in_transaction():
        _ = await connection.begin()
    return prepared.rows(await driver.execute_fetchall(prepared.sql, bound))


@lru_cache(maxsize=256)
def _prepared(statement: SelectBase, dialect: Dialect) -> _Prepared:
    compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    binds: dict[str, Convert] = {}
    for parameter, name in compiled.bind_names.items():
        convert = parameter.type.dialect_impl(dialect).bind_processor(dialect)
        if convert is not None:
            binds[name] = convert
    columns = list(statement.selected_columns)
    reads = []
    for place, column in enumerate(columns):
        convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if convert is not None:
            reads.append((place, convert))
    # A mapping of columns by name; two of one name would hide each other.
    row = namedtuple("row", [column.key for column in columns])  # type: ignore[misc]  # noqa: PYI024 - as many as there are statements
    return _Prepared(
        str(compiled),
        tuple(compiled.positiontup or ()),
        {name: held for name, held in compiled.params.items() if held is not None},
        binds,
        tuple(reads),
        row,
    )
