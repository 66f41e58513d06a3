"""Reading, now or as of an earlier batch, with the same SQL."""

from __future__ import annotations

from typing import Any, TypeVar, get_type_hints

import duckdb

from fou.model import RECORDS, Record, columns

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
    """A cursor inside a transaction. With a ``head`` every table shows what it held after that batch."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, head: int | None = None) -> None:
        self._cursor = cursor
        if head is not None:
            # The temporary views hide the tables of the same names from this cursor only.
            catalog = self.value("SELECT current_database()")
            for statement in _views(f"{quote_name(catalog)}.main", int(head)):
                cursor.execute(statement)

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


def _views(stored: str, head: int) -> list[str]:
    views = [
        f"CREATE TEMP VIEW batch AS SELECT * FROM {stored}.batch WHERE id <= {head}",
        f"CREATE TEMP VIEW entry AS SELECT * FROM {stored}.entry WHERE batch <= {head}",
        f"CREATE TEMP VIEW change AS SELECT * FROM {stored}.change WHERE batch <= {head}",
    ]
    for record in RECORDS:
        fields = ", ".join(
            f"CAST(after ->> '{name}' AS {sql_type}) AS {name}"
            for name, sql_type in zip(columns(record), sql_types(record), strict=True)
        )
        views.append(
            f"CREATE TEMP VIEW {record.TABLE} AS SELECT {fields} FROM ("
            "SELECT after, ROW_NUMBER() OVER (PARTITION BY id ORDER BY batch DESC, position DESC) AS latest "
            f"FROM {stored}.change WHERE record = '{record.TABLE}' AND batch <= {head}"
            ") AS images WHERE latest = 1 AND after IS NOT NULL"
        )
    return views
