"""The operator's command as operators meet it: a process, what it prints, how it ends."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest

from access.house import utc_now
from keys import add_key
from settings import Settings, data_folder
from tables.base import new_id
from tables.database import Database
from tables.installation import sqlite_file
from tables.queue import enqueue
from terminal import CommandFailed, Progress, table
from tests.support.databases import HOUSE, free_port, portal, portal_environment

HANDLES = ("self helper-full helper-appointments helper-revoked stranger teen guardian clinician frontdesk billing support"
           " privacy admin").split()  # fmt: skip


def run(*command, url="", **environ):
    """Its exit code, what it printed, and what it complained of."""
    environ = portal_environment(url, **environ)
    if not url:
        del environ["DATABASE_URL"]
    done = subprocess.run([sys.executable, "-m", "cli", *command], cwd=HOUSE, env=environ, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def alone(tmp_path):
    """`alone("demo")`: on a machine where nothing is set up, with keys of its own."""

    def command(*words, **environ):
        own = {"PORTAL_DATA": str(tmp_path / "var"), "PORTAL_KEYS": "", "PORTAL_AUDIT_KEY": "", **environ}
        return run(*words, **own)

    return command


@pytest.fixture
def clinic_url(database_url, tmp_path):
    """A clinic's own database, before anything was imported."""
    portal(["migrate"], database_url, PORTAL_DATA=str(tmp_path))
    return database_url


# What may be typed


@pytest.mark.parametrize(
    "words",
    [(), ("dance",), ("serve", "--port", "http"), ("serve", "--port", "70000"), ("import",), ("code", "issue"), ("code",),
     ("code", "issue", "--record", "a", "--number", "b"), ("outbox", "--most", "0"), ("backup",), ("demo", "--cast"[:-1] + "x")],
)  # fmt: skip
def test_a_wrong_argument_gets_one_line_and_exit_code_2(words):
    code, out, err = run(*words)
    assert (code, out) == (2, "") and len(err.splitlines()) == 1
    assert err.startswith("portal") and "--help" in err


def test_help_names_every_command_and_says_what_it_does():
    code, out, _ = run("--help")
    assert code == 0
    for name in "demo serve migrate import code audit outbox doctor backup restore keys worker".split():
        assert re.search(rf"^    {name} +[a-z].{{15}}", out, re.MULTILINE), name
    assert "PORTAL_DATA" in out and "Exit codes" in out
    assert max(map(len, out.splitlines())) <= 120


def test_help_of_a_command_names_its_arguments():
    assert "--replace" in run("restore", "--help")[1]
    assert "--birth" in run("code", "issue", "--help")[1]


# The demo


def test_the_demo_is_made_once_and_prints_the_sign_ins(alone, tmp_path):
    code, out, err = alone("demo")
    assert (code, err) == (0, "")
    assert "maria.delgado  seven-slow-otters" in out and "/staff/sign-in" in out
    for name in ("keys", "audit-key", "portal.sqlite3"):
        assert (tmp_path / "var" / name).stat().st_mode & 0o777 == 0o600, name
    keys = (tmp_path / "var" / "keys").read_text()
    assert alone("demo") == (0, out, ""), "again, it only prints"
    assert alone("demo", "--if-missing") == (0, "", "")
    assert (tmp_path / "var" / "keys").read_text() == keys, "a key is never written over"
    assert "The audit is whole." in alone("audit", "verify")[1]


def test_the_cast_is_json_for_scripts(demo_url, tmp_path):
    people = json.loads(portal(["demo", "--cast-json"], demo_url, PORTAL_DATA=str(tmp_path)))
    assert [person["handle"] for person in people] == HANDLES
    for person in people:
        assert set(person) == {"handle", "name", "username", "password", "totp_secret", "role", "record"}
        assert re.fullmatch("[A-Z2-7]{32}", person["totp_secret"]) and len(person["password"]) >= 12
        assert (person["record"] is None) == (person["role"] in HANDLES[7:])


def test_the_code_of_an_authenticator_app_is_there_for_who_has_none_at_hand():
    code, out, _ = run("demo", "--code", "maria.delgado")
    assert code == 0 and re.fullmatch(r"\d{6}\n", out)
    assert run("demo", "--code", "nobody")[0] == 1


def test_the_demo_refuses_a_database_that_is_not_its_own(clinic_url, tmp_path):
    code, _, err = run("demo", url=clinic_url, PORTAL_DATA=str(tmp_path))
    assert code == 1 and err == (
        "portal: This database is a clinic's own, and stays so. Set DATABASE_URL or PORTAL_DATA to another.\n"
    )


async def test_a_database_with_people_in_it_cannot_become_the_demo(clinic_url, tmp_path):
    """Even one whose mark was lost."""
    database = await Database(clinic_url).connect()
    where = "" if database.is_sqlite else " ON installation"
    await database.rows(f"DROP TRIGGER {'installation_is_kept' if database.is_sqlite else 'installation_stays'}{where}")
    await database.rows("DELETE FROM installation")
    await database.rows(
        "INSERT INTO account (id, ref, kind, state, username, username_key, name, locale, text_size, created_at)"
        " VALUES (?, 'r', 'personal', 'active', 'a', 'a', 'A', 'en', 'normal', ?)", new_id(), utc_now(),
    )  # fmt: skip
    await database.close()
    code, _, err = await asyncio.to_thread(run, "demo", url=clinic_url, PORTAL_DATA=str(tmp_path))
    assert code == 1 and "already holds people" in err


async def test_what_an_installation_is_can_never_be_changed(demo_database):
    for statement in ("UPDATE installation SET demo = NOT demo", "DELETE FROM installation"):
        with pytest.raises(Exception, match="was decided when it was made|never changed"):
            await demo_database.rows(statement)


# Migrations


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
        assert "secret" not in err


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
        env=portal_environment(demo_url, PORTAL_DATA=str(tmp_path)), stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout.readline() == f"Plainchart is at http://localhost:{port} (Ctrl+C ends it).\n"
    for _ in range(100):
        try:
            assert urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz").status == 200
            break
        except OSError:
            time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert "The audit is whole." in portal(["audit", "verify"], demo_url, PORTAL_DATA=str(tmp_path))


def test_the_worker_says_that_it_works_and_ends(demo_url, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "worker"], cwd=HOUSE, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=portal_environment(demo_url, PORTAL_DATA=str(tmp_path)),
    )  # fmt: skip
    assert process.stdout.readline().startswith("The worker works")
    process.terminate()
    assert process.communicate(timeout=20)[1] == "" and process.returncode == 0


# Import


@pytest.fixture
def feed(tmp_path):
    file = tmp_path / "feed.ndjson"
    patient = {"resourceType": "Patient", "id": "p-1", "name": [{"given": ["Ada"], "family": "Lund"}], "birthDate": "1970-03-01",
               "identifier": [{"type": {"coding": [{"code": "MR"}]}, "value": "C-77"}]}  # fmt: skip
    broken = {"resourceType": "Observation", "id": "o-1", "status": "final", "subject": {"reference": "Patient/p-1"}}
    file.write_text("\n".join(json.dumps(one) for one in (patient, broken)))
    return file


def test_import_reports_on_screen_and_as_json(clinic_url, feed, tmp_path):
    code, out, err = run("import", str(feed), "--report", str(tmp_path / "r.json"), url=clinic_url)
    assert code == 0, err
    assert re.search(r"^Patient +1 +1 +0 +0 +0$", out, re.MULTILINE)
    assert re.search(r"^Observation +1 +0 +0 +0 +1$", out, re.MULTILINE) and "without a code" in out
    types = json.loads((tmp_path / "r.json").read_text())["types"]
    assert types["Observation"]["skipped"][0]["id"] == "o-1" and types["Patient"]["stored"] == 1
    again = run("import", str(feed), url=clinic_url)[1]
    assert re.search(r"^Patient +1 +0 +1 +0 +0$", again, re.MULTILINE)


def test_what_is_no_fhir_gets_one_line_and_changes_nothing(clinic_url, feed, tmp_path):
    (tmp_path / "diary.json").write_text("Dear diary")
    code, out, err = run("import", str(feed), str(tmp_path / "diary.json"), url=clinic_url)
    assert code == 1 and out == "" and "diary.json" in err
    assert len([line for line in err.splitlines() if line.startswith("portal:")]) == 1
    assert "There is no record C-77." in run("code", "issue", "--number", "C-77", url=clinic_url)[2]


# Codes


def test_a_code_is_issued_by_number_by_feed_id_and_by_ref(clinic_url, feed):
    run("import", str(feed), url=clinic_url)
    code, out, err = run("code", "issue", "--number", "C-77", "--birth", "1970-03-01", url=clinic_url)
    assert code == 0, err
    assert re.match(r"Code: [0-9A-Z]{4}(-[0-9A-Z]{4}){3}\n", out) and "once" in out
    assert run("code", "issue", "--record", "Patient/p-1", url=clinic_url)[0] == 0
    code, out, err = run("code", "issue", "--number", "C-77", "--birth", "1971-03-01", url=clinic_url)
    assert (code, out) == (1, "") and "another birth date" in err


def test_a_record_with_a_login_gets_no_code(demo_url):
    code, _, err = run("code", "issue", "--number", "RB-10417", url=demo_url)
    assert (code, err) == (1, "portal: This record has a login already.\n")


# Doctor, keys


def test_the_doctor_finds_the_demo_well(demo_url, tmp_path):
    code, out, err = run("doctor", url=demo_url, PORTAL_DATA=str(tmp_path))
    assert code == 0, out + err
    for what in ("database", "keys", "audit", "clock", "disk", "documents", "jobs", "letters", "sweeper"):
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
    assert "13 value(s) under an older one" in alone("doctor")[1]
    assert alone("keys", "rotate")[1].startswith("13 value(s) got the newest key.")
    keys = tmp_path / "var" / "keys"
    keys.write_text(keys.read_text().splitlines()[0] + "\n")
    code, out, _ = alone("doctor")
    assert code == 0 and "everything is under the newest" in out


# The screen


def test_a_table_stands_in_columns_with_numbers_to_the_right():
    assert table(("what", "n"), [("a", 5), ("bcd", 12345)]) == "what       n\n----  ------\na          5\nbcd   12,345"


def test_elsewhere_than_on_a_terminal_progress_is_plain_lines(tmp_path):
    with open(tmp_path / "out", "w") as out, Progress("Importing", 2000, out) as progress:
        progress.to(1000)
    assert (tmp_path / "out").read_text() == "Importing: 1,000 of 2,000\n"


def test_on_a_terminal_progress_is_a_bar():
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as out, Progress("Importing", 2000, out) as progress:
        progress.to(1000)
    assert "[###############...............]" in os.read(ours, 1000).decode()
    os.close(ours)


def test_settings_give_each_database_heads_of_its_own():
    def heads(url):
        return Settings(url, "http://localhost", (b"",), b"", Path("/var/portal")).heads_file

    assert str(heads("sqlite:////data/a.sqlite")) == "/data/a.sqlite.audit-heads.jsonl"
    assert str(heads("postgresql://u:p@h/one")) == "/var/portal/one.audit-heads.jsonl"
