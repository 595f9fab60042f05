"""The doctor and the keys."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from access.house import utc_now
from keys import add_key
from tables.database import Database
from tables.queue import enqueue
from terminal import CommandFailed
from tests.support.databases import portal
from tests.support.operator import run


@pytest.fixture
def alone(tmp_path):
    """`alone("demo")`: on a machine where nothing is set up, with keys of its own."""

    def command(*words, **environ):
        own = {"PORTAL_DATA": str(tmp_path / "var"), "PORTAL_KEYS": "", "PORTAL_AUDIT_KEY": "", **environ}
        return run(*words, **own)

    return command


def test_the_doctor_finds_the_demo_well(demo_url, tmp_path):
    code, out, err = run("doctor", url=demo_url, PORTAL_DATA=str(tmp_path))
    assert code == 0, out + err
    for what in ("database", "keys", "audit", "clock", "disk", "documents", "jobs", "letters", "phones", "ledger", "sweeper"):
        assert re.search(rf"^(ok|note) +{what} ", out, re.MULTILINE), out


@pytest.mark.parametrize(
    ("environ", "words"),
    [({"PORTAL_KEYS": "bmV3IGtleSBvZiB0aGUgdGVzdHMsIDMyIGJ5dGVzISE="}, "keys that are not configured"),
     ({"PORTAL_AUDIT_KEY": "bmV3IGtleSBvZiB0aGUgdGVzdHMsIDMyIGJ5dGVzISE="}, "did not write this database")],
)  # fmt: skip
def test_the_doctor_notices_a_wrong_key(demo_url, tmp_path, environ, words):
    code, out, _ = run("doctor", url=demo_url, PORTAL_DATA=str(tmp_path), **environ)
    assert code == 1 and words in out and "BAD" in out


def test_the_doctor_notices_late_work(demo_url, tmp_path):
    async def late():
        database = await Database(demo_url).connect()
        async with database.transaction():
            await enqueue(database, "count", {}, utc_now() - timedelta(hours=1))
        await database.close()

    asyncio.run(late())
    code, out, _ = run("doctor", url=demo_url, PORTAL_DATA=str(tmp_path))
    assert code == 1 and "is a worker running?" in out


def test_keys_are_made_once_and_then_added_to(tmp_path):
    environ = {"PORTAL_DATA": str(tmp_path)}
    assert len(add_key(environ)) == 2
    first = (tmp_path / "keys").read_text()
    assert "Restart the portal now." in add_key(environ)[1]
    both = (tmp_path / "keys").read_text().split()
    assert len(both) == 2 and both[1] == first.strip(), "newest first, and the old one stays"
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandFailed, match="put a new key before"):
        add_key(environ | {"PORTAL_KEYS": "a", "PORTAL_AUDIT_KEY": "b"})


def test_rotating_seals_the_demo_anew(alone, tmp_path):
    alone("demo")
    alone("keys", "new")
    older = int(re.search(r"(\d+) value\(s\) under an older one", alone("doctor")[1]).group(1))
    assert older > 13, "every authenticator of the cast, and what they wrote"
    assert alone("keys", "rotate")[1].startswith(f"{older} value(s) got the newest key.")
    keys = tmp_path / "var" / "keys"
    keys.write_text(keys.read_text().splitlines()[0] + "\n")
    code, out, _ = alone("doctor")
    assert code == 0 and "everything is under the newest" in out
