"""The throw-away databases are new, or as new, for each test, on both engines."""

import fcntl
import json
import os

import asyncpg
import pytest

from tests.support import databases
from tests.support.databases import NotHere, portal, postgres_program


async def test_a_test_gets_the_newest_schema(database):
    rows = await database.rows("SELECT name FROM schema_migration")
    assert rows


@pytest.mark.parametrize("turn", ["first", "second"])
async def test_what_one_test_writes_another_does_not_see(database, turn):
    assert await database.rows("SELECT name FROM schema_migration WHERE name = 'a trace'") == []
    async with database.transaction():
        await database.rows(
            "INSERT INTO schema_migration (name, checksum, applied_at) VALUES (?, ?, ?)", "a trace", turn, "now"
        )
    assert len(await database.rows("SELECT name FROM schema_migration WHERE name = 'a trace'")) == 1


def test_both_engines_take_part(pytestconfig, database_url):
    chosen = pytestconfig.getoption("--db")
    assert database_url.startswith(("sqlite:///", "postgresql://") if chosen == "both" else chosen)


def test_a_missing_server_says_what_to_run():
    with pytest.raises(NotHere, match="bin/setup --tests"):
        postgres_program("no-such-program")


@pytest.fixture
def shelf(templates):
    if templates.server.name != "postgresql":
        pytest.skip("a copy of a SQLite file is always a new one")
    return templates


async def in_a_copy(templates, *statements: str) -> str:
    """Says that in a copy of the demo, and gives it back; its address."""
    with templates.copy(templates.demo()) as address:
        connection = await asyncpg.connect(address)
        await connection.execute("; ".join(statements))
        await connection.close()
        return address


async def everything(address: str) -> dict[str, list]:
    connection = await asyncpg.connect(address)
    names = await connection.fetch("SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace")
    found = {n["relname"]: await connection.fetch(f'SELECT * FROM "{n["relname"]}"') for n in names if n["relkind"] in (b"r", b"S")}
    await connection.close()
    return {name: sorted(str(row).partition(" log_cnt")[0] for row in rows) for name, rows in found.items()}


WRITES = {
    "changed": "UPDATE account SET name = 'Somebody Else'",
    "deleted": "DELETE FROM session; ALTER TABLE audit_event DISABLE TRIGGER USER; DELETE FROM audit_event;"
    " ALTER TABLE audit_event ENABLE TRIGGER USER",
    "added": "INSERT INTO schema_migration (name, checksum, applied_at) VALUES ('a', 'b', 'c')",
    "counted": "SELECT nextval(pg_get_serial_sequence('audit_event', 'id'))",
    "emptied": "TRUNCATE account CASCADE",
    "rolled back": "BEGIN; UPDATE account SET name = 'Somebody Else'; ROLLBACK",
}


@pytest.mark.parametrize("statement", WRITES.values(), ids=WRITES)
async def test_a_copy_that_comes_back_is_as_the_template_was(shelf, statement):
    new = await everything(shelf.demo())
    await in_a_copy(shelf, statement)
    with shelf.copy(shelf.demo()) as address:
        assert await everything(address) == new


def test_no_heads_of_an_audit_stay_behind_for_the_next_of_that_name(shelf):
    for _ in range(2):
        with shelf.copy(shelf.migrated()) as address:
            portal(["migrate"], address)
            portal(["clinic", "--name", "Hill Road Clinic"], address)
            portal(["audit", "verify"], address)


async def test_a_copy_is_used_again_unless_its_tables_changed(shelf):
    address = await in_a_copy(shelf, WRITES["changed"])
    for change in (
        "ALTER TABLE account ADD COLUMN whim TEXT", "ALTER TABLE account ALTER COLUMN name DROP NOT NULL",
        "CREATE TABLE whim (id INTEGER)", "ALTER TABLE audit_event DISABLE TRIGGER USER", f"DROP INDEX {await an_index_of(shelf)}",
        "ALTER TABLE account ALTER COLUMN called SET DEFAULT 'whim'", "DROP TABLE item_privacy",
    ):  # fmt: skip
        assert await in_a_copy(shelf, change) == address, change
        address, before = await in_a_copy(shelf, "SELECT 1"), address
        assert address != before, change


async def an_index_of(templates) -> str:
    connection = await asyncpg.connect(templates.demo())
    found = await connection.fetchval(
        "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisunique LIMIT 1"
    )
    await connection.close()
    return found


def test_what_a_killed_run_left_is_removed_by_the_next_one_and_a_run_that_lives_is_let_be(tmp_path):
    dead, alive, server = (tmp_path / name for name in (f"{databases.RUNS}dead", f"{databases.RUNS}alive", "server"))
    for folder in (dead, alive, server / "data"):
        folder.mkdir(parents=True)
    (server / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n")  # a number that is another program's by now
    (dead / "server").write_text(json.dumps({"port": 1, "folder": str(server)}))
    for run in (dead, alive):
        (run / databases.ALIVE).touch()
    with open(alive / databases.ALIVE) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        databases.end_killed_runs(tmp_path)
    assert alive.exists() and not dead.exists() and not server.exists()
