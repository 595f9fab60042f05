"""Migrations: forward only, whole or not at all, and never over a schema this release does not know."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re

import pytest

import tables
from tables import draft
from tables import migrate as migrating
from tables.database import Database
from tables.migrate import Migration, SchemaError, migrate, migrations, pending


@pytest.fixture
async def empty(empty_url, tmp_path):
    if empty_url.startswith("sqlite"):
        open(empty_url.removeprefix("sqlite:///"), "w").close()
    database = await Database(empty_url).open()
    yield database
    await database.close()


async def columns_of(database: Database, table: str) -> dict[str, bool]:
    """Name -> whether it may be NULL."""
    if database.is_sqlite:
        rows = await database.rows(f'SELECT name, "notnull" AS needed, pk FROM pragma_table_info(\'{table}\')')
        return {row["name"]: not (row["needed"] or row["pk"]) for row in rows}
    rows = await database.rows(
        "SELECT column_name, is_nullable FROM information_schema.columns WHERE table_schema = 'public' AND table_name = ?", table
    )
    return {row["column_name"]: row["is_nullable"] == "YES" for row in rows}


async def names_of_tables(database: Database) -> set[str]:
    if database.is_sqlite:
        rows = await database.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    else:
        rows = await database.rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'")
    return {row["name"] for row in rows}


async def test_an_empty_database_gets_every_migration_once_and_the_second_run_does_nothing(empty, now):
    engine = "sqlite" if empty.is_sqlite else "postgres"
    assert await migrate(empty, now) == [one.name for one in migrations(engine)]
    assert await migrate(empty, now) == [] and await pending(empty) == []


async def test_what_migrations_make_is_what_the_tables_declare(database):
    declared = {table._meta.tablename: table for table in tables.ALL}
    assert await names_of_tables(database) == {*declared, "schema_migration"}
    wrong = []
    for name, table in declared.items():
        made = await columns_of(database, name)
        wanted = {column._meta.db_column_name: column._meta.null for column in table._meta.columns}
        primary = table._meta.primary_key._meta.db_column_name
        wanted[primary] = False
        wrong += [f"{name}: {sorted(made.items() ^ wanted.items())}"] if made != wanted else []
    assert wrong == []


async def names_of_indexes(database: Database) -> set[str]:
    """Those with a name of ours, without the ones that PRIMARY KEY and UNIQUE bring along."""
    if database.is_sqlite:
        rows = await database.rows("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    else:
        rows = await database.rows(
            "SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n"
            " ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND NOT EXISTS"
            " (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid)"
        )
    return {row["name"] for row in rows}


async def test_indexes_are_those_that_the_tables_declare(database):
    drafted = " ".join(draft.statements("sqlite" if database.is_sqlite else "postgres"))
    declared = set(re.findall(r'CREATE (?:UNIQUE )?INDEX "?(\w+)"? ON', drafted))
    assert await names_of_indexes(database) == declared


async def test_a_column_that_only_one_side_has_is_found(database):
    await database.rows("ALTER TABLE installation ADD COLUMN surprise TEXT")
    assert set(await columns_of(database, "installation")) - {
        column._meta.db_column_name for column in tables.ALL[0]._meta.columns
    }


async def test_every_foreign_key_of_the_record_refuses_to_lose_either_end(database):
    if database.is_sqlite:
        found = []
        for name in sorted(await names_of_tables(database)):
            rows = await database.rows(f"SELECT on_delete FROM pragma_foreign_key_list('{name}')")
            found += [f"{name}: {row['on_delete']}" for row in rows if row["on_delete"] not in ("RESTRICT", "NO ACTION")]
    else:
        rows = await database.rows("SELECT conname FROM pg_constraint WHERE contype = 'f' AND confdeltype NOT IN ('r', 'a')")
        found = [row["conname"] for row in rows]
    assert found == []


async def test_a_schema_newer_than_this_release_is_refused_in_one_line(database, now):
    await database.rows("INSERT INTO schema_migration (name, checksum, applied_at) VALUES ('9999_later', 'x', 'x')")
    for ask in (pending(database), migrate(database, now)):
        with pytest.raises(SchemaError, match="9999_later") as refused:
            await ask
        assert "\n" not in str(refused.value)


async def test_a_migration_that_was_changed_afterwards_is_refused_in_one_line(database, now):
    await database.rows("UPDATE schema_migration SET checksum = 'other' WHERE name LIKE '0001%'")
    with pytest.raises(SchemaError, match="changed after they were applied: 0001") as refused:
        await migrate(database, now)
    assert "\n" not in str(refused.value)


def planted(*statements: str):
    return lambda engine: [Migration("0001_planted", "sum", statements)]


async def test_a_migration_that_breaks_in_the_middle_leaves_nothing_behind(empty, now, monkeypatch):
    broken = planted("CREATE TABLE half (id INTEGER)", "INSERT INTO half VALUES (1)", "CREATE TABLE half (id INTEGER)")
    monkeypatch.setattr(migrating, "migrations", broken)
    with pytest.raises(Exception, match="already exists"):
        await migrate(empty, now)
    assert await names_of_tables(empty) == {"schema_migration"}
    assert [one.name for one in await pending(empty)] == ["0001_planted"]


async def test_a_migration_cancelled_in_the_middle_leaves_nothing_behind(empty, now, monkeypatch):
    monkeypatch.setattr(migrating, "migrations", planted("CREATE TABLE half (id INTEGER)"))
    await pending(empty)
    for turns in range(1, 12):
        task = asyncio.create_task(migrate(empty, now))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        recorded = await empty.rows("SELECT name FROM schema_migration")
        assert ("half" in await names_of_tables(empty)) == bool(recorded)
        if recorded:
            break


async def test_two_processes_that_migrate_at_once_do_it_once(empty_url, empty, now, monkeypatch):
    monkeypatch.setattr(migrating, "migrations", planted("CREATE TABLE once (id INTEGER)"))
    await pending(empty)
    other = await Database(empty_url).connect()
    try:
        done = await asyncio.gather(migrate(empty, now), migrate(other, now))
    finally:
        await other.close()
    assert sorted(done) == [[], ["0001_planted"]]


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_both_engines_have_every_migration_in_the_same_order(engine):
    names = [one.name for one in migrations(engine)]
    assert names == sorted(names) and names == [one.name for one in migrations("sqlite")]


async def test_charts_that_were_merged_step_by_step_lead_to_the_one_that_is_left(world):
    """As they were before a merge told both: where it led, and what was said."""
    database = world.house.database
    for name in ("Younger", "Youngest"):
        await world.record(name)
    ids = [world.records[name].id for name in ("Stan", "Maria", "Younger", "Youngest")]
    for old, new in itertools.pairwise(ids):
        await database.rows("UPDATE record SET state = 'merged', merged_into = ?, replaced_by = NULL WHERE id = ?", new, old)
    merges = next(one for one in migrations("sqlite" if database.is_sqlite else "postgres") if one.name == "0018_merges")
    async with database.transaction():
        for statement in merges.statements[1:3]:
            await database.rows(statement)
    rows = {row["id"]: row for row in await database.rows("SELECT id, merged_into, replaced_by FROM record")}
    assert [rows[id]["merged_into"] for id in ids] == [ids[3]] * 3 + [None]
    assert [rows[id]["replaced_by"] for id in ids] == [*ids[1:], None]
