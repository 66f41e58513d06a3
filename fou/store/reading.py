"""Reading, now or as of an earlier batch, with the same SQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar, get_type_hints

import duckdb
import pyarrow as pa

from fou.model import RECORD_BY_TABLE, RECORDS, Record, columns
from fou.store.sight import EVERYTHING, Sight, limits

R = TypeVar("R", bound=Record)

#: The statements that stand: neither taken back themselves nor taking something back.
STANDING = """
    SELECT entry.*
    FROM entry
    LEFT JOIN (
        SELECT reverses, COUNT(*) AS turns
        FROM entry
        WHERE reverses IS NOT NULL
        GROUP BY reverses
    ) AS turned ON turned.reverses = entry.id
    WHERE entry.reverses IS NULL
      AND COALESCE(turned.turns, 0) % 2 = 0
"""


class Reader:
    """A cursor inside a transaction. With a ``head`` every table shows what it held after that batch.

    Of what ``sight`` leaves out there is nothing in any table.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, head: int | None = None, sight: Sight = EVERYTHING) -> None:
        self._cursor = cursor
        if head is None and sight == EVERYTHING:
            return
        # The temporary views hide the tables of the same names from this cursor only.
        tables = _Tables(self, head)
        shown = {**tables.earlier, **limits(sight, tables)}
        cursor.execute(";".join(f"CREATE TEMP VIEW {name} AS {select}" for name, select in shown.items()))

    def rows(self, sql: str, **parameters: object) -> list[tuple[Any, ...]]:
        """All rows; DECIMAL comes as Decimal. ``$name`` in the SQL takes the parameter of that name."""
        return self._cursor.execute(sql, parameters).fetchall()

    def row(self, sql: str, **parameters: object) -> tuple[Any, ...] | None:
        """The first row, or None."""
        return self._cursor.execute(sql, parameters).fetchone()

    def value(self, sql: str, **parameters: object) -> Any:
        """The first column of the first row, or None."""
        row = self.row(sql, **parameters)
        return None if row is None else row[0]

    def arrow(self, sql: str, **parameters: object) -> Iterator[pa.RecordBatch]:
        """All rows column by column, some at a time; for what is too much to make Python objects of."""
        yield from self._cursor.execute(sql, parameters).to_arrow_reader()

    def records(self, record: type[R], rest: str = "", **parameters: object) -> list[R]:
        """Records of one type; ``rest`` is what follows FROM: WHERE, ORDER BY …"""
        names = ", ".join(f"{record.TABLE}.{name}" for name in columns(record))
        sql = f"SELECT {names} FROM {record.TABLE} {rest}"
        return [record(*row) for row in self.rows(sql, **parameters)]


def quote_name(name: str) -> str:
    """A name as SQL takes it, whatever is in it: DuckDB names a database after its file."""
    return '"' + name.replace('"', '""') + '"'


_SQL_TYPES = {"int": "INTEGER", "str": "VARCHAR", "bool": "BOOLEAN", "date": "DATE"}


def sql_types(record: type[Record]) -> tuple[str, ...]:
    """The SQL type of each of the record's columns."""
    return _COLUMN_TYPES[record.TABLE]


def _types_of(record: type[Record]) -> tuple[str, ...]:
    hints = get_type_hints(record)
    names = []
    for name in columns(record):
        hint = hints[name]
        plain = next((t for t in getattr(hint, "__args__", (hint,)) if t is not type(None)), hint)
        names.append(_SQL_TYPES[plain.__name__])
    return tuple(names)


_COLUMN_TYPES = {record.TABLE: _types_of(record) for record in RECORDS}


class _Tables:
    """The tables now and as of an earlier batch; see ``sight.Tables``."""

    def __init__(self, reader: Reader, head: int | None) -> None:
        self._stored = f"{quote_name(reader.value('SELECT current_database()'))}.main"
        self.earlier = {} if head is None else _as_of(self._stored, int(head))
        self.rows = reader.rows

    def now(self, name: str) -> str:
        return f"{self._stored}.{name}"

    def then(self, name: str) -> str:
        return f"({self.earlier[name]}) AS {name}" if name in self.earlier else self.now(name)

    def plan_at(self, batch: int) -> str:
        return _images(self._stored, RECORD_BY_TABLE["plan"], batch)


def _as_of(stored: str, head: int) -> dict[str, str]:
    """What each table held after the batch ``head``, as a SELECT."""
    return {
        "batch": f"SELECT * FROM {stored}.batch WHERE id <= {head}",
        "entry": f"SELECT * FROM {stored}.entry WHERE batch <= {head}",
        "change": f"SELECT * FROM {stored}.change WHERE batch <= {head}",
        **{record.TABLE: _images(stored, record, head) for record in RECORDS},
    }


def _images(stored: str, record: type[Record], head: int) -> str:
    fields = ", ".join(
        f"CAST(after ->> '{name}' AS {sql_type}) AS {name}"
        for name, sql_type in zip(columns(record), sql_types(record), strict=True)
    )
    return (
        f"SELECT {fields} FROM ("
        "SELECT after, ROW_NUMBER() OVER (PARTITION BY id ORDER BY batch DESC, position DESC) AS latest "
        f"FROM {stored}.change WHERE record = '{record.TABLE}' AND batch <= {head}"
        ") AS images WHERE latest = 1 AND after IS NOT NULL"
    )
