"""A PostgreSQL database that a test used is put back as it was: much quicker than to drop it and copy the template again.

PostgreSQL counts how many rows of each table were ever written, and each row of its catalogs bears the number of the
transaction that wrote it. A table that was written to is filled anew; a database with other tables than before is given up.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from tests.support import pools

MOST_TURNS = 40
"""Rows that were replaced leave holes, so a copy retires."""
OTHERS_LEAVE = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    f" WHERE datname = current_database() AND pid <> pg_backend_pid() AND NOT (application_name = '{pools.NAME}' AND state = 'idle')"
)
PATIENCE = "SET lock_timeout = 5000"
"""Who stayed holds nothing; should they, the copy is given up."""
OURS = "FROM pg_class WHERE relnamespace = 'public'::regnamespace"
WRITTEN = (
    "SELECT relname AS name, pg_stat_get_tuples_inserted(oid) + pg_stat_get_tuples_updated(oid)"
    f" + pg_stat_get_tuples_deleted(oid) AS rows {OURS} AND relkind = 'r'"
)
COUNT_IT = "SELECT pg_stat_force_next_flush()"
"""A session counts what it wrote from time to time, or when it ends, unless it is told."""
SEQUENCES = f"SELECT oid, relname, pg_sequence_last_value(oid) AS value {OURS} AND relkind = 'S'"
CATALOGS = ("pg_class", "pg_attribute", "pg_attrdef", "pg_index", "pg_constraint", "pg_trigger", "pg_proc", "pg_namespace")
SCHEMA = " UNION ALL ".join(f"SELECT COUNT(*) AS rows, MIN(age(xmin)) AS youngest FROM {name}" for name in CATALOGS)
"""How many rows each catalog has, and how many transactions ago the newest was written."""
NEXT_TRANSACTION = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"


@dataclass
class Contents:
    """What a template holds: every table's rows, as PostgreSQL copies them, and where its sequences stand."""

    tables: dict[str, bytes]
    sequences: dict[str, int | None]
    schema: list[int]


@dataclass
class Copy:
    """One database made from a template: its state when it was new, or was last put back."""

    address: str
    template: str
    contents: Contents
    written: dict[str, int]
    transaction: int
    turns: int = 1


@dataclass
class Shelf:
    """The copies in use, by address, and those that may be used again, by template."""

    in_use: dict[str, Copy] = field(default_factory=dict)
    ready: dict[str, list[Copy]] = field(default_factory=dict)
    contents: dict[str, Contents] = field(default_factory=dict)

    def take(self, template: str) -> str | None:
        """The address of a copy that is as new, if there is one."""
        if not self.ready.get(template):
            return None
        copy = self.ready[template].pop()
        copy.turns += 1
        self.in_use[copy.address] = copy
        return copy.address

    def made(self, address: str, template: str) -> None:
        """A new copy, which nobody has used yet."""
        self.in_use[address] = _run(self._described(address, template))

    def put_back(self, address: str) -> bool:
        """Whether the database can stay; it is then as new."""
        copy = self.in_use.pop(address, None)
        if copy is None or copy.turns >= MOST_TURNS:
            return False
        try:
            stays = _run(_restored(copy))
        except asyncpg.PostgresError:
            return False
        if stays:
            self.ready.setdefault(copy.template, []).append(copy)
        return stays

    async def _described(self, address: str, template: str) -> Copy:
        connection = await asyncpg.connect(address)
        try:
            if template not in self.contents:
                self.contents[template] = await _contents(connection)
            written = await _written(connection)
            return Copy(address, template, self.contents[template], written, await connection.fetchval(NEXT_TRANSACTION))
        finally:
            await connection.close()


def _run(work: Coroutine) -> Any:
    """Fixtures of both kinds ask, so there may be an event loop in this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _contents(connection: asyncpg.Connection) -> Contents:
    tables = {}
    for name in await _written(connection):
        file = io.BytesIO()
        await connection.copy_from_table(name, output=file, format="binary")
        tables[name] = file.getvalue()
    sequences = {row["relname"]: row["value"] for row in await connection.fetch(SEQUENCES)}
    return Contents(tables, sequences, [row["rows"] for row in await connection.fetch(SCHEMA)])


async def _written(connection: asyncpg.Connection) -> dict[str, int]:
    return {row["name"]: row["rows"] for row in await connection.fetch(WRITTEN)}


async def _restored(copy: Copy) -> bool:
    """False if that is not possible."""
    connection = await asyncpg.connect(copy.address)
    try:
        await connection.execute(OTHERS_LEAVE)
        await connection.execute(PATIENCE)
        if not await _schema_is_the_same(connection, copy):
            return False
        written = await _written(connection)
        changed = [name for name, rows in written.items() if rows != copy.written[name]]
        await _refill(connection, copy.contents, changed)
        await connection.execute(COUNT_IT)
        copy.written = await _written(connection)
        copy.transaction = await connection.fetchval(NEXT_TRANSACTION)
        return True
    finally:
        await connection.close()


async def _schema_is_the_same(connection: asyncpg.Connection, copy: Copy) -> bool:
    rows = await connection.fetch(SCHEMA)
    since = await connection.fetchval(NEXT_TRANSACTION) - copy.transaction
    return [row["rows"] for row in rows] == copy.contents.schema and all(row["youngest"] > since for row in rows)


async def _refill(connection: asyncpg.Connection, contents: Contents, changed: list[str]) -> None:
    async with connection.transaction():
        # Neither foreign keys nor the triggers that keep rows in their places have a say here.
        await connection.execute("SET LOCAL session_replication_role = replica")
        for name in changed:
            await connection.execute(f'DELETE FROM "{name}"')
            await connection.copy_to_table(name, source=io.BytesIO(contents.tables[name]), format="binary")
        for row in await connection.fetch(SEQUENCES):
            wanted = contents.sequences[row["relname"]]
            if row["value"] != wanted:
                await connection.execute("SELECT setval($1::oid::regclass, $2, $3)", row["oid"], wanted or 1, wanted is not None)
