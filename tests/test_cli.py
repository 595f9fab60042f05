"""The operator's command as operators meet it: a process, what it prints, how it ends."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
from datetime import timedelta
from pathlib import Path

import pytest

from access.house import utc_now
from acts.payments import CHECK
from settings import Settings
from tables.base import new_id
from tables.database import Database
from tables.queue import enqueue
from terminal import Progress, table
from tests.support.databases import HOUSE, portal
from tests.support.operator import run

HANDLES = ("self helper-full helper-appointments helper-revoked stranger teen guardian clinician frontdesk billing support"
           " privacy admin").split()  # fmt: skip


@pytest.fixture
def alone(tmp_path):
    """`alone("demo")`: on a machine where nothing is set up, with keys of its own."""

    def command(*words, **environ):
        own = {"PORTAL_DATA": str(tmp_path / "var"), "PORTAL_KEYS": "", "PORTAL_AUDIT_KEY": "", **environ}
        return run(*words, **own)

    return command


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
    for name in "demo serve migrate clinic import code staff audit outbox doctor backup restore keys worker".split():
        assert re.search(rf"^    {name} +[a-z].{{15}}", out, re.MULTILINE), name
    assert "PORTAL_DATA" in out and "Exit codes" in out
    assert max(map(len, out.splitlines())) <= 120


def test_the_readme_names_every_command():
    commands = re.findall(r"^    ([a-z]+) +[a-z]", run("--help")[1], re.MULTILINE)
    table = (HOUSE / "README.md").read_text().partition("| `bin/portal …`")[2]
    assert len(commands) > 10 and [name for name in commands if not re.search(rf"`{name}\b", table)] == []


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
    assert "2 resources of 1 file in" in out
    again = run("import", str(feed), url=clinic_url)[1]
    assert re.search(r"^Patient +1 +0 +1 +0 +0$", again, re.MULTILINE)


def test_a_report_that_has_no_place_is_said_before_anything_is_imported(clinic_url, feed, tmp_path):
    code, out, err = run("import", str(feed), "--report", str(tmp_path / "nowhere/r.json"), url=clinic_url)
    assert (code, out) == (1, "") and "Nothing was imported" in err and len(err.splitlines()) == 1
    assert "There is no record C-77." in run("code", "issue", "--number", "C-77", url=clinic_url)[2]


def test_no_feed_bears_the_name_of_what_is_made_here(clinic_url, feed):
    code, out, err = run("import", str(feed), "--source", "portal", url=clinic_url)
    assert code == 2 and out == "" and "--source is the name of what is made here" in err.replace("argument ", "").replace(":", "")


def test_what_is_no_fhir_gets_one_line_and_changes_nothing(clinic_url, feed, tmp_path):
    (tmp_path / "diary.json").write_text("Dear diary")
    code, out, err = run("import", str(feed), str(tmp_path / "diary.json"), url=clinic_url)
    assert code == 1 and out == "" and "diary.json" in err
    assert len(err.splitlines()) == 1 and err.startswith("portal:")
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
    assert run("code", "issue", "--number", "C-77", "--birth", "1/3/1970", url=clinic_url)[0] == 2


def test_a_name_that_two_feeds_use_is_told_apart_by_refs(clinic_url, feed):
    for source in ("east.example", "west.example"):
        run("import", str(feed), "--source", source, url=clinic_url)
    code, _, err = run("code", "issue", "--number", "p-1", url=clinic_url)
    refs = re.findall(r"--record=(\S+) \(of (?:east|west).example\)", err)
    assert code == 1 and len(err.splitlines()) == 1 and len(refs) == 2
    assert all(run("code", "issue", f"--record={ref}", url=clinic_url)[0] == 0 for ref in refs)


def test_a_record_with_a_login_gets_no_code(demo_url):
    code, _, err = run("code", "issue", "--number", "RB-10417", url=demo_url)
    assert (code, err) == (1, "portal: This record has a login already.\n")


# The screen


def test_a_table_stands_in_columns_with_numbers_to_the_right():
    assert table(("what", "n"), [("a", 5), ("bcd", 12345)]) == "what       n\n----  ------\na          5\nbcd   12,345"


def test_what_a_feed_calls_its_resources_moves_no_cursor_and_forges_no_line():
    lines = table(["type", "read"], [["Evil\x1b[2J\nPatient 9\u202e\x9b", 1]]).splitlines()
    assert lines[2:] == [r"Evil\x1b[2J\nPatient 9\u202e\x9b     1"]


def test_a_file_whose_name_is_a_command_to_the_terminal_is_named_in_signs(clinic_url, tmp_path):
    code, _, err = run("import", str(tmp_path / "a\x1b[31mb.json"), url=clinic_url, PORTAL_DATA=str(tmp_path))
    assert code == 1 and r"a\x1b[31mb.json" in err and "\x1b" not in err


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


def test_the_doctor_notices_payments_that_no_worker_can_ask_about(clinic_url, tmp_path):
    async def put():
        database = await Database(clinic_url).connect()
        async with database.transaction():
            await enqueue(database, CHECK, {}, utc_now() - timedelta(hours=1))
        await database.close()

    asyncio.run(put())
    code, out, _ = run("doctor", url=clinic_url, PORTAL_DATA=str(tmp_path))
    assert code == 1 and "1 cannot be asked about: STRIPE_SECRET_KEY is not set" in out and "is a worker running?" not in out


# What the clinic says of itself


def test_a_clinic_says_its_name_phone_hours_and_zone(clinic_url):
    assert run("clinic", url=clinic_url)[1].count("not said yet") == 5
    assert "pages do not say its name, phone, hours, time zone" in run("doctor", url=clinic_url)[1]
    told = ("--name", "Hill Road Clinic", "--phone", "(555) 555-0190", "--hours", "Monday to Friday", "--zone", "America/Denver")
    code, out, err = run("clinic", *told, url=clinic_url)
    assert (code, err) == (0, "")
    code, out, _ = run("clinic", "--phone", "+1 555 555 0191", url=clinic_url)
    assert out.splitlines() == ["name:    Hill Road Clinic", "phone:   +1 555 555 0191", "hours:   Monday to Friday",
                                "zone:    America/Denver", "address: not said yet"]  # fmt: skip
    assert re.search("ok +clinic +Hill Road Clinic, .+0191, America/Denver", run("doctor", url=clinic_url)[1])
    assert run("audit", "verify", url=clinic_url)[0] == 0


@pytest.mark.parametrize("words", [("--zone", "Central"), ("--phone", "ask Ann"), ("--name", " "), ("--hours", "a\nb")])
def test_what_a_clinic_cannot_say_is_a_wrong_argument(words, clinic_url):
    code, out, err = run("clinic", *words, url=clinic_url)
    assert (code, out) == (2, "") and len(err.splitlines()) == 1


def test_the_demo_clinic_stays_what_it_is(demo_url):
    code, out, err = run("clinic", "--name", "Another", url=demo_url)
    assert code == 1 and "stays what it is" in err
    assert "Riverbend Family Clinic" in run("clinic", url=demo_url)[1]
