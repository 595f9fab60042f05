"""Migrating and serving: every reason not to begin is one line, said before anything is opened to anybody."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from serving import practising
from settings import Limits, data_folder
from tables.database import Database
from tables.installation import sqlite_file
from tests.support.databases import HOUSE, free_port, portal, portal_environment
from tests.support.live import START_SECONDS
from tests.support.operator import run


@pytest.fixture
def alone(tmp_path):
    """`alone("demo")`: on a machine where nothing is set up, with keys of its own."""

    def command(*words, **environ):
        own = {"PORTAL_DATA": str(tmp_path / "var"), "PORTAL_KEYS": "", "PORTAL_AUDIT_KEY": "", **environ}
        return run(*words, **own)

    return command


def test_migrate_makes_a_database_and_then_has_nothing_to_do(empty_url, tmp_path):
    first = portal(["migrate"], empty_url, PORTAL_DATA=str(tmp_path))
    assert "applied 0001_house" in first
    assert portal(["migrate"], empty_url, PORTAL_DATA=str(tmp_path)) == "The database is up to date.\n"


# Serving


def refusal(url, **environ):
    code, out, err = run("serve", "--port", str(free_port()), url=url, **environ)
    assert code == 1 and len(err.splitlines()) == 1 and err.startswith("portal: "), err
    assert "Plainchart is at" not in out
    return err


def test_serve_refuses_a_database_that_is_not_there(tmp_path):
    assert "There is no database at" in refusal(f"sqlite:///{tmp_path}/none.sqlite")
    assert not (tmp_path / "none.sqlite").exists()


def test_serve_refuses_an_older_a_newer_and_a_dirty_schema(demo_url, tmp_path):
    async def say(statement):
        database = await Database(demo_url).connect()
        await database.rows(statement)
        await database.close()

    newer = "INSERT INTO schema_migration (name, checksum, applied_at) VALUES ('9999_of_tomorrow', 'x', 'x')"
    asyncio.run(say(newer))
    assert "does not know: 9999_of_tomorrow" in refusal(demo_url)
    asyncio.run(say("DELETE FROM schema_migration WHERE name LIKE '9999%'"))
    asyncio.run(say("UPDATE schema_migration SET checksum = 'other' WHERE name = '0001_house'"))
    assert "were changed after they were applied: 0001_house" in refusal(demo_url)
    asyncio.run(say("DELETE FROM schema_migration"))
    assert "portal migrate" in refusal(demo_url)


def test_serve_refuses_the_demo_on_a_public_address(demo_url):
    assert "demo" in refusal(demo_url, PORTAL_ORIGIN="https://portal.example.org")


def test_serve_refuses_a_clinics_own_database_without_https(clinic_url):
    assert "https://" in refusal(clinic_url, PORTAL_DEVELOPMENT="no")


def test_serve_refuses_a_mail_server_it_cannot_use(clinic_url):
    assert "SMTP_URL must look like" in refusal(clinic_url, SMTP_URL="mail.example.org", PORTAL_DEVELOPMENT="yes")


def test_serve_refuses_a_database_that_others_may_read(demo_url):
    file = sqlite_file(demo_url)
    if file:
        file.chmod(0o644)
        assert f"chmod 600 {file}" in refusal(demo_url)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("PORTAL_KEYS", "short", "32 bytes"), ("PORT", "eighty", "whole number"), ("PORTAL_DEBUG", "perhaps", "yes or no"),
     ("PORTAL_ORIGIN", "http://portal.example.org", "https://"), ("DATABASE_URL", "mysql://x/y", "sqlite:/// or postgresql://")],
)  # fmt: skip
def test_a_wrong_setting_is_one_line(name, value, words, tmp_path):
    code, _, err = run("doctor", **{"url": f"sqlite:///{tmp_path}/a.sqlite", name: value})
    assert code == 1 and words in err and len(err.splitlines()) == 1


def test_a_database_that_cannot_be_used_is_one_line(tmp_path):
    (tmp_path / "letter").write_text("Dear diary, this is no database, but it is long enough to be taken for one. " * 20)
    (tmp_path / "letter").chmod(0o600)
    for url in (f"sqlite:///{tmp_path}/letter", f"sqlite:///{tmp_path}", f"postgresql://me:secret@127.0.0.1:{free_port()}/x"):
        code, _, err = run("doctor", url=url, PORTAL_DATA=str(tmp_path))
        assert code == 1 and len(err.splitlines()) == 1 and err.startswith("portal: "), err
        assert "secret" not in err and "Errno" not in err


def test_a_postgresql_database_that_is_not_there_is_one_line(servers):
    url = servers.templates("postgresql").server.create("x") + "_nowhere"
    code, _, err = run("doctor", url=url)
    assert code == 1 and len(err.splitlines()) == 1 and "does not exist" in err


def test_a_port_that_is_taken_is_one_line(demo_url, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, out, err = run("serve", "--port", str(taken.getsockname()[1]), url=demo_url, PORTAL_DATA=str(tmp_path))
    assert (code, out) == (1, "") and len(err.splitlines()) == 1 and "PORT=" in err


def test_the_data_stay_where_they_are_from_whichever_folder_a_command_is_given():
    assert data_folder({}) == HOUSE / "var" and data_folder({"PORTAL_DATA": "/srv/x"}) == Path("/srv/x")


def test_a_missing_key_is_one_line_that_says_how_to_make_it(alone):
    code, _, err = alone("serve")
    assert code == 1 and "portal keys new" in err


def test_serve_says_where_it_is_answers_and_ends(demo_url, tmp_path):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve", "--port", str(port)], cwd=HOUSE, text=True, stdout=subprocess.PIPE,
        env=portal_environment(demo_url, PORTAL_DATA=str(tmp_path), PORTAL_PRACTICE_PORT=str(free_port())), stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout.readline() == f"Plainchart is at http://localhost:{port} (Ctrl+C ends it).\n"
    assert _answer(f"http://localhost:{port}/healthz") == 200
    urllib.request.urlopen(f"http://localhost:{port}/sign-in?next=%2Frecords%2FMaria")
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 0, said
    lines = [json.loads(line) for line in said.splitlines()]
    assert lines[-1] | {"ms": 0, "bytes": 0, "id": ""} == {
        "route": "/sign-in", "method": "GET", "status": 200, "ms": 0, "bytes": 0, "id": "",
    }
    assert "Maria" not in said
    assert "The audit is whole." in portal(["audit", "verify"], demo_url, PORTAL_DATA=str(tmp_path))


def test_the_practice_processor_has_ended_when_the_portal_does(make_settings, tmp_path):
    """What it may do while Python is taken down ends the process with a fault, once in a while."""
    settings = make_settings(f"sqlite:///{tmp_path}/a.sqlite", PORTAL_PRACTICE_PORT=str(free_port()))
    with practising(settings) as thread:
        assert thread.is_alive()
        assert _answer(f"{settings.practice_origin}/") == 401
    assert not thread.is_alive()


def _answer(url: str) -> int:
    """The status, once somebody answers there."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            return urllib.request.urlopen(url).status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            time.sleep(0.05)
    raise AssertionError(url)


def test_the_worker_says_that_it_works_and_ends(demo_url, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "worker"], cwd=HOUSE, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=portal_environment(demo_url, PORTAL_DATA=str(tmp_path)),
    )  # fmt: skip
    assert process.stdout.readline().startswith("The worker works")
    process.terminate()
    assert process.communicate(timeout=20)[1] == "" and process.returncode == 0


def test_every_setting_is_documented_and_nothing_else_is():
    """Whatever `settings.py` reads stands in the table of docs/operating.md, and the other way round."""
    read = {"DATABASE_URL", "PORT", "SMTP_URL", "PORTAL_KEYS_FILE", "PORTAL_AUDIT_KEY_FILE"}
    read |= {"STRIPE_SECRET_KEY_FILE", "STRIPE_WEBHOOK_SECRET_FILE", "SMS_GATEWAY_TOKEN_FILE"} | {f"SMS_GATEWAY_{name}" for name in ("URL", "SID", "FROM")}
    read |= set(re.findall(r'"((?:PORTAL|STRIPE|SMS)_[A-Z_]+)"', (HOUSE / "settings.py").read_text()))
    read |= {f"PORTAL_{name.upper()}" for name in Limits.__slots__}
    table = (HOUSE / "docs" / "operating.md").read_text().partition("## Settings")[2]
    named = {name for row in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert named == read


def test_the_documented_defaults_are_the_real_ones():
    table = (HOUSE / "docs" / "operating.md").read_text().partition("## Settings")[2]
    for names, default in re.findall(r"^\| (`.*?`) \|.*\| ([\d, ]+) \|$", table, re.MULTILINE):
        numbers = [int(number) for number in default.split(",")]
        for name, number in zip(re.findall(r"`PORTAL_(\w+)`", names), numbers, strict=False):
            assert getattr(Limits(), name.lower()) == number, name
