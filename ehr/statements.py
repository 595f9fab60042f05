"""The import's SQL, made once from the tables' own columns: Piccolo would make it anew for every row."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

import msgspec
from piccolo.columns import Boolean, Integer, Timestamptz, Varchar

import tables
from tables.database import Database

# What a later version of the resource does not change: who the row is, and what other resources say of it.
KEPT = {"id", "ref", "first_seen_at"}
CLAIMED = {"observation": {"report", "parent"}}


@dataclass(frozen=True, slots=True)
class Statement:
    """How one table is written. `values` of a row may leave columns out; `lengths` cuts what PostgreSQL would refuse."""

    table: str
    insert: str
    update: str
    inserted: Callable[[dict[str, Any]], tuple]
    changed: Callable[[dict[str, Any]], tuple]
    empty: dict[str, Any]
    lengths: tuple[tuple[str, int], ...]
    moments: tuple[str, ...]

    def ready(self, values: dict[str, Any], database: Database) -> dict[str, Any]:
        """All columns, each no longer than it may be, as the engine takes them."""
        full = self.cut(values)
        if database.is_sqlite:
            for name in self.moments:
                if full[name] is not None:
                    full[name] = moment_text(full[name])
        return full

    def cut(self, values: dict[str, Any]) -> dict[str, Any]:
        """All columns, each no longer than it may be."""
        full = self.empty | values
        for name, length in self.lengths:
            sent = full[name]
            if sent and len(sent) > length:
                full[name] = sent[:length]
        return full

    def updated(self, values: dict[str, Any], row_id: Any) -> tuple:
        return (*self.changed(values), row_id)


@functools.cache
def statement(name: str) -> Statement:
    table = next(table for table in tables.ALL if table._meta.tablename == name)
    columns = tuple(column._meta.db_column_name for column in table._meta.columns)
    kept = tuple(column for column in columns if column not in KEPT | CLAIMED.get(name, set()))
    names, marks = ", ".join(f'"{column}"' for column in columns), ", ".join("?" * len(columns))
    return Statement(
        name,
        f'INSERT INTO "{name}" ({names}) VALUES ({marks})',
        f'UPDATE "{name}" SET ' + ", ".join(f'"{column}" = ?' for column in kept) + ' WHERE "id" = ?',
        itemgetter(*columns),
        itemgetter(*kept),
        {column._meta.db_column_name: _empty(column) for column in table._meta.columns},
        tuple((c._meta.db_column_name, c.length) for c in table._meta.columns if type(c) is Varchar),
        tuple(c._meta.db_column_name for c in table._meta.columns if type(c) is Timestamptz),
    )


def _empty(column) -> Any:
    if column._meta.null:
        return None
    return False if isinstance(column, Boolean) else 0 if isinstance(column, Integer) else ""


@functools.lru_cache(maxsize=4096)
def moment_text(moment: datetime) -> str:
    """An instant as Piccolo's SQLite engine stores it. Few of a batch differ, and sqlite3 would convert each anew."""
    return str(moment.astimezone(UTC))


async def run_many(database: Database, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """One statement for many rows; none is not worth a round trip."""
    if rows:
        await database.many(sql, rows)


def among(database: Database, column: str, kind: str = "text") -> str:
    """`column` is one of a list, as one mark: the statement stays the same whatever the list's length."""
    if database.is_sqlite:
        return f"{column} IN (SELECT value FROM json_each(?))"
    return f"{column} = ANY(?::{kind}[])"


def listed(database: Database, values: Sequence[Any]) -> Any:
    """The list for `among`."""
    return msgspec.json.encode([str(value) for value in values]).decode() if database.is_sqlite else list(values)
