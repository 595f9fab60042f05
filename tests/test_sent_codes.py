"""A code sent to the address on file: the door that answers everybody alike, and the job that decides."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from acts.asked_code import Asked, ask_for_code, sealed
from identity.codes import code_hash
from jobs.job import turn
from jobs.kinds import KINDS
from jobs.outbox import turn as send_out
from notices import Shown
from rules.names import is_called
from tests.support.logins import a_record, at, count, house_on, nobody, sending
from tests.test_registration import statements

pytestmark = pytest.mark.in_turns

CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b")
BORN = {"born_month": "3", "born_day": "9", "born_year": "1984"}
NORA = {"name": "Nora Quist", "number": "MRN-77", **BORN}
MAIL = "nora.quist@example.org"


async def nora_in(house, now=None, **columns):
    now = now or datetime.now(UTC)
    chart = await a_record(house_on(house.database, now), now, name="Nora Quist", number="MRN-77")
    columns = {"family": "Quist", "email": MAIL, "address": "3 Mill Lane, Riverbend", **columns}
    for name, value in columns.items():
        await house.database.rows(f"UPDATE record SET {name} = ? WHERE id = ?", value, chart.id)
    return chart


async def asked(client, **typed):
    return await client.submit(await client.get("/register/send"), 0, **{**NORA, **typed})


async def worked(house):
    """What waits is done, as a worker would."""
    while await turn(house, KINDS, "w") + await send_out(house, {"email": Shown()}, "w"):
        pass


async def codes_of(house, chart, where="revoked_at IS NULL"):
    return await house.database.rows(
        f"SELECT channel, hash, issued_at, ends_at, secret FROM capability WHERE object = ? AND {where} ORDER BY id", str(chart.id)
    )


async def went(house):
    """How the last one went, as the audit has it."""
    rows = await house.database.rows("SELECT decision, reason, subject FROM audit_event WHERE action = 'code.send' ORDER BY id")
    return (rows[-1]["decision"], rows[-1]["reason"], rows[-1]["subject"])


# At a browser


async def test_from_the_public_page_to_the_second_step(client, house):
    chart = await nora_in(house)
    page = await asked(client)
    assert page.url == "/register?done=sent" and "We have got that." in page.main and page.h1.startswith("Step 1 of 4")
    await worked(house)
    mail = (await client.get("/demo/outbox")).main
    code = CODE.search(mail).group()
    assert "Your code from Riverbend Family Clinic" in mail and MAIL in mail and "Quist" not in mail.replace(MAIL, "")
    (one,) = await codes_of(house, chart)
    assert bytes(one["hash"]) == code_hash(code) and one["channel"] == "email" and one["ends_at"] - one["issued_at"] == timedelta(days=1)
    page = await client.submit(page, 0, code=code, **{**BORN, "born_day": "10"})
    assert page.status == 422, "the birth date is asked for again"
    assert (await client.submit(page, 0, code=code, **BORN)).h1.startswith("Step 2 of 4")


async def test_the_mail_has_no_link_that_leads_anywhere_but_to_the_page_about_false_mails(client, house):
    await nora_in(house)
    await asked(client)
    await worked(house)
    mail = (await client.get("/demo/outbox")).main.partition("Your code from")[2]
    assert re.findall(r"https?://\S+", mail[:1200])[0] == "http://localhost:8000/help/phishing"


@pytest.mark.in_turns
@pytest.mark.parametrize("typed", [
    {"name": "Nora Kvist"}, {"number": "MRN-78"}, {"born_day": "10"}, {"name": "Quist"}, {"number": "МRN-77"}, {"name": "🦦" * 50},
    {"number": "' OR 1=1 --"}, {"name": "Nora\x00 Quist\u202e%_"},
])  # fmt: skip
async def test_what_is_on_no_chart_gets_the_same_page_and_no_code(client, house, typed):
    chart = await nora_in(house)
    known = await asked(client)
    await worked(house)
    before = len(await codes_of(house, chart))
    page = await asked(client, **typed)
    await worked(house)
    assert (page.status, page.url, page.main, len(page.html)) == (known.status, known.url, known.main, len(known.html))
    if typed != {"name": "Nora\x00 Quist\u202e%_"}:
        assert (await went(house))[:2] == ("refused", "unknown") and len(await codes_of(house, chart)) == before


async def test_what_was_left_out_is_said_and_what_is_too_long_is_refused(client):
    page = await client.submit(await client.get("/register/send"), 0, name="", number="", born_month="13", born_day="9", born_year="84")
    assert page.status == 422 and page.errors[0] == "Enter your name" and len(page.errors) == 4
    page = await asked(client, name="x" * 20_000, number="7" * 20_000)
    assert page.status == 422 and page.errors == ["Use fewer letters"] * 2
    assert (await asked(client, name="x" * 1_000_000)).status == 413


async def test_the_page_to_register_names_the_three_ways(client):
    page = await client.get("/register")
    for words in ("Ask at our front desk", "we can post you a letter", "Have a code sent to you"):
        assert words in page.main
    assert page.link("Have a code sent to you") == "/register/send"


async def test_too_many_from_one_place_or_of_one_number_are_told_to_wait(client, house):
    await nora_in(house)
    for _ in range(5):
        assert (await asked(client)).url == "/register?done=sent"
    assert (await asked(client)).status == 429
    for number in range(15):
        await asked(client, number=f"none-{number}")
    assert (await asked(client, number="another")).status == 429


async def test_the_same_form_sent_twice_and_at_once_is_one_job(client, house):
    await nora_in(house)
    page = await client.get("/register/send")
    answers = await asyncio.gather(*(client.send(page, 0, **NORA) for _ in range(4)))
    assert {one.headers["location"] for one in answers} == {"/register?done=sent"}
    assert await count(house, "job", "kind = 'registration.send'") == 1


# Which doors are shut


SHUT = {
    "young": {"birth_text": "2012-03-09"},
    "only": {"desk_only": True},
    "closed": {"state": "blocked"},
    "unknown": {"birth_text": "1984"},
}


async def test_known_unknown_and_shut_doors_cost_the_same_statements(now, database):
    house = house_on(database, now)
    await ask_for_code(house, nobody(now), Asked("the chain", "of the audit", "is opened by this"), sending(), "/")
    counts = []
    for number in ("MRN-77", "MRN-78"):
        asked = Asked("Nora Quist", "1984-03-09", number)
        counts.append(await statements(house, ask_for_code(house, nobody(now), asked, sending(), "/")))
    await nora_in(house, now, desk_only=True)
    counts.append(await statements(house, ask_for_code(house, nobody(now), Asked("Nora Quist", "1984-03-09", "MRN-77"), sending(), "/")))
    assert counts[0] == counts[1] == counts[2] and len(counts[0]) <= 6


async def test_nothing_that_was_typed_can_be_read_in_the_queue_or_stays_after_it(client, house):
    await nora_in(house)
    await asked(client)
    rows = await house.database.rows("SELECT arguments FROM job WHERE kind = 'registration.send'")
    assert not any(word in str(rows[0]["arguments"]) for word in ("Nora", "Quist", "MRN-77", "1984"))
    await worked(house)
    rows = await house.database.rows("SELECT arguments, state FROM job WHERE kind = 'registration.send'")
    assert str(rows[0]["arguments"]).strip() == "{}" and rows[0]["state"] == "done"


@pytest.fixture
def at_work(database, now):
    """The job alone, at a moment of the test's choosing."""
    house = house_on(database, now)

    async def does(typed=Asked("Nora Quist", "1984-03-09", "MRN-77"), when=now):
        from jobs.job import Job
        from jobs.registration import send_code
        from tables.base import new_id

        await send_code(at(house, when), Job(new_id(), "", sealed(house, typed, now), None, None, 1), when)
        return (await went(house))[:2]

    does.house = house
    return does


@pytest.mark.parametrize(("reason", "columns"), SHUT.items())
async def test_a_shut_door_sends_nothing(at_work, now, reason, columns):
    chart = await nora_in(at_work.house, now, **columns)
    born = columns.get("birth_text", "1984-03-09") if reason == "young" else "1984-03-09"
    assert await at_work(Asked("Nora Quist", born, "MRN-77")) == ("refused", reason)
    assert await codes_of(at_work.house, chart) == [] and await count(at_work.house, "outbox") == 0


@pytest.mark.in_turns
@pytest.mark.parametrize(("born", "opens"), [("2008-05-12", True), ("2008-05-13", False), ("2014-05-12", False), ("2020-01-01", False)])
async def test_the_door_opens_on_the_eighteenth_birthday(at_work, now, born, opens):
    await nora_in(at_work.house, now, birth_text=born)
    assert (await at_work(Asked("Nora Quist", born, "MRN-77")) == ("allowed", "")) is opens


async def test_an_address_on_two_charts_is_nobody_s(at_work, now):
    chart = await nora_in(at_work.house, now)
    other = await a_record(at_work.house, now, name="Sam Quist", number="MRN-78")
    await at_work.house.database.rows("UPDATE record SET email = ? WHERE id = ?", MAIL.upper(), other.id)
    assert await at_work() == ("refused", "shared") and await codes_of(at_work.house, chart) == []
    await at_work.house.database.rows("UPDATE record SET state = 'merged' WHERE id = ?", other.id)
    assert await at_work() == ("allowed", ""), "a chart that is one with hers now"


async def test_a_chart_with_a_login_is_sent_none(at_work, now):
    from tests.support.logins import an_account

    chart, owner = await nora_in(at_work.house, now), await an_account(at_work.house, now, "nora")
    await at_work.house.database.rows(
        "INSERT INTO share (id, ref, account, record, basis, starts_at, created_at) VALUES (?, 'r', ?, ?, 'self', ?, ?)",
        owner, owner, chart.id, now, now,
    )  # fmt: skip
    assert await at_work() == ("refused", "registered")


async def test_a_merged_chart_answers_to_no_number(at_work, now):
    await nora_in(at_work.house, now, state="merged")
    assert await at_work() == ("refused", "unknown")


async def test_without_an_address_for_email_a_letter_waits_for_the_printer(at_work, now):
    chart = await nora_in(at_work.house, now, email="")
    assert await at_work() == ("allowed", "") and await codes_of(at_work.house, chart) == []
    rows = await at_work.house.database.rows("SELECT event, channel, state FROM outbox WHERE record = ?", chart.id)
    assert [(one["event"], one["channel"], one["state"]) for one in rows] == [("registration.letter", "print", "due")]


async def test_letters_that_somebody_asks_for_again_and_again_are_two_in_three_weeks(at_work, now):
    chart = await nora_in(at_work.house, now, email="")
    for _ in range(2):
        assert await at_work() == ("allowed", "")
        await at_work.house.database.rows("UPDATE outbox SET state = 'sent', sent_at = ? WHERE record = ?", now, chart.id)
    assert await at_work() == ("refused", "often")


async def test_a_try_that_knew_all_of_a_chart_is_told_there_and_any_other_nowhere(at_work, now):
    chart = await nora_in(at_work.house, now, desk_only=True)
    await at_work()
    assert await went(at_work.house) == ("refused", "only", chart.id)
    await at_work(Asked("Nora Kvist", "1984-03-09", "MRN-77"))
    assert await went(at_work.house) == ("refused", "unknown", None)


async def test_without_any_address_there_is_nothing_to_send(at_work, now):
    await nora_in(at_work.house, now, email="no address", address="")
    assert await at_work() == ("refused", "address")


async def test_one_patient_is_sent_three_a_day_and_each_ends_the_one_before(at_work, now):
    chart = await nora_in(at_work.house, now)
    for _ in range(3):
        assert await at_work() == ("allowed", "")
    assert await at_work() == ("refused", "often")
    assert len(await codes_of(at_work.house, chart)) == 1 and len(await codes_of(at_work.house, chart, "1 = 1")) == 3
    assert await at_work(when=now + timedelta(minutes=59)) == ("refused", "often")


async def test_whoever_asks_from_far_away_cannot_end_a_code_from_the_desk(at_work, now):
    from acts.desk_code import issue_code
    from tests.support.logins import at_the_desk

    chart = await nora_in(at_work.house, now)
    await issue_code(await at_the_desk(at_work.house, now), chart.ref)
    await at_work()
    assert [one["channel"] for one in await codes_of(at_work.house, chart)] == ["desk", "email"]


async def test_a_job_that_waited_too_long_sends_nothing(at_work, now):
    await nora_in(at_work.house, now)
    assert await at_work(when=now + timedelta(minutes=61)) == ("refused", "unknown")


async def test_two_jobs_at_once_leave_one_code(at_work, now):
    chart = await nora_in(at_work.house, now)
    await asyncio.gather(*(at_work() for _ in range(3)))
    assert len(await codes_of(at_work.house, chart)) == 1


# The mail itself


async def mailed(house, chart, change=""):
    """Sent for a real clinic, after `change` came between: the row's state."""
    if change:
        await house.database.rows(f"UPDATE record SET {change} WHERE id = ?", chart.id)
    sent = []

    class Post:
        async def send(self, letter):
            sent.append(letter)

    await send_out(house, {"email": Post()}, "w")
    rows = await house.database.rows("SELECT state FROM outbox WHERE record = ? ORDER BY made_at, id", chart.id)
    return rows[-1]["state"], sent


async def test_once_it_is_sent_the_portal_does_not_know_the_code_any_more(at_work, now):
    chart = await nora_in(at_work.house, now)
    await at_work()
    assert (await codes_of(at_work.house, chart))[0]["secret"] is not None
    state, sent = await mailed(at_work.house, chart)
    assert state == "sent" and CODE.search(sent[0].text) and sent[0].to == MAIL and "Nora" not in sent[0].text
    assert (await codes_of(at_work.house, chart))[0]["secret"] is None


@pytest.mark.parametrize("change", ["desk_only = TRUE", "state = 'blocked'", "deceased_text = '2026-01-01'", "email = 'other@example.org'", "email = NULL"])
async def test_what_changed_since_keeps_the_mail_back(at_work, now, change):
    chart = await nora_in(at_work.house, now)
    await at_work()
    assert await mailed(at_work.house, chart, change) == ("dropped", [])


async def test_a_code_by_mail_is_over_after_a_day(at_work, now):
    from acts import registration

    chart = await nora_in(at_work.house, now)
    await at_work()
    _state, sent = await mailed(at_work.house, chart)
    code = CODE.search(sent[0].text).group()
    for hours, right in ((23, True), (24, False)):
        later = now + timedelta(hours=hours)
        outcome = await registration.check_code(at(at_work.house, later), nobody(later), code, "1984-03-09")
        assert isinstance(outcome, registration.Step) is right


@pytest.mark.parametrize(("typed", "full", "family", "is_theirs"), [
    ("Nora Quist", "Nora Quist", "Quist", True), ("nora QUIST", "Nora Quist", "Quist", True), ("Quist Nora", "Nora Quist", "Quist", True),
    ("Nora Quist", "Dr. Nora Maria Quist", "Quist", True), ("Maria Quist", "Dr. Nora Maria Quist", "Quist", True),
    ("Quist", "Nora Quist", "Quist", False), ("Nora", "Nora Quist", "Quist", False), ("Nora Quist Smith", "Nora Quist", "Quist", False),
    ("Zoe O'Brien-Lee", "Zoë O’Brien Lee", "O’Brien Lee", True), ("Cher", "Cher", "Cher", True), ("", "Cher", "Cher", False), ("", "", "", False),
    ("Zoe Lee", "Zoe O'Brien Lee", "O'Brien Lee", False), ("🦦", "Nora Quist", "Quist", False), ("Nоra Quist", "Nora Quist", "Quist", False),
])  # fmt: skip
def test_how_a_name_may_be_written(typed, full, family, is_theirs):
    assert is_called(typed, full, family) is is_theirs
