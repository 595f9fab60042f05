"""The throw-away databases are new for each test, on both engines."""

import pytest

from tests.support.databases import NotHere, postgres_program


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
