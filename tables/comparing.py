"""What makes two databases the same: each table has as many rows, and whoever is asked about the rest says nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import tables
from tables.database import Database

Counts = dict[str, int]
Check = Callable[[Database], Awaitable[str]]
"""Looks at a database that was restored somewhere; "" or one line that says what is wrong."""


class BackupFailed(Exception):
    """Its text is one line for the operator."""


def table_names() -> list[str]:
    return sorted(["schema_migration", *(table._meta.tablename for table in tables.ALL)])


async def count_rows(database: Database) -> Counts:
    return {name: (await database.rows(f"SELECT COUNT(*) AS n FROM {name}"))[0]["n"] for name in table_names()}


async def compare(database: Database, counts: Counts, check: Check) -> None:
    """Raises BackupFailed."""
    found = await count_rows(database)
    for name, count in counts.items():
        if found[name] != count:
            raise BackupFailed(f"The backup is not whole: {name} has {found[name]:,} rows instead of {count:,}.")
    wrong = await check(database)
    if wrong:
        raise BackupFailed(f"The backup is not whole: {wrong}")
