"""`make run` from end to end: the demo is made, its people are printed, the second start makes nothing again."""

import pytest

from bench.starting import started
from tests.support.databases import HOUSE, free_port


def test_the_demo_runs_with_one_command_and_starts_again_quickly(tmp_path):
    if not (HOUSE / ".venv/.made-from").exists():
        pytest.skip("this environment was not made by bin/setup")
    port = free_port()
    whole, first = started(tmp_path, port)
    again, second = started(tmp_path, port)
    for said in (first, second):
        assert "maria.delgado" in said and f"http://localhost:{port}" in said
    assert again < whole / 2, "what was made is made once more"  # `make bench` says how many seconds
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
    monkeypatch.setattr(wiring, "senders_for", fails)
    portal = wiring.create_app(make_settings(demo_url)).app
    with pytest.raises(RuntimeError, match="no such mail server"):
        async with wiring._life(portal):
            raise AssertionError("it must not start")
    assert ended == [portal.state.house]
