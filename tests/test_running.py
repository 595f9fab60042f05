"""`make run` from end to end: the demo is made, its people are printed, the second start makes nothing again."""

import contextlib
import sqlite3

import pytest

from bench.starting import started
from tests.support.databases import HOUSE, free_port


def made(folder) -> list[tuple]:
    """When each account of the demo was made, and how many rows its records have. `make bench` tells the seconds."""
    (file,) = folder.glob("*.sqlite3")
    with contextlib.closing(sqlite3.connect(file)) as database:
        return database.execute(
            "SELECT username, created_at FROM account UNION ALL SELECT 'observations', COUNT(*) FROM observation ORDER BY 1"
        ).fetchall()


def test_the_demo_runs_with_one_command_and_the_next_start_makes_nothing_anew(tmp_path):
    if not (HOUSE / ".venv/.made-from").exists():
        pytest.skip("this environment was not made by bin/setup")
    port = free_port()
    _, first = started(tmp_path, port)
    before = made(tmp_path / "var")
    _, second = started(tmp_path, port)
    assert before == made(tmp_path / "var"), "what was made is made once more"
    for said in (first, second):
        assert "maria.delgado" in said and f"http://localhost:{port}" in said
    assert sorted(path.name for path in (tmp_path / "var").iterdir() if path.suffix == "") == ["audit-key", "keys"]


async def test_what_was_opened_is_closed_when_the_senders_cannot_be_made(demo_url, make_settings, monkeypatch):
    import app as wiring

    async def closed(house):
        ended.append(house)
        await close(house)

    def fails(*_):
        raise RuntimeError("no such mail server")

    ended, close = [], wiring.starting.close_house
    monkeypatch.setattr(wiring.starting, "close_house", closed)
    monkeypatch.setattr(wiring.starting, "senders_for", fails)
    portal = wiring.create_app(make_settings(demo_url)).app
    with pytest.raises(RuntimeError, match="no such mail server"):
        async with wiring._life(portal):
            raise AssertionError("it must not start")
    assert ended == [portal.state.house]
