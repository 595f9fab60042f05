"""The front desk: finding a patient by two things that are known of them, and handing out a code."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from access.opening import open_queue
from access.visible import visible
from access.vocabulary import Duty
from acts import desk_code
from acts.desk_code import Issued, NotIssued, issue_code
from identity import codes
from identity.activation import standing_codes
from tables.base import new_id, new_ref
from tables.records import Record
from tests.support.client import client_of
from tests.support.logins import a_record, an_account, at_the_desk, count, house_on
from tests.support.signing_in import sign_in

pytestmark = pytest.mark.in_turns

LETTER = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b")
BORN = {"born_month": "3", "born_day": "9", "born_year": "1984"}


@pytest.fixture
def house(database, now):
    return house_on(database, now)


@pytest.fixture
async def nora(app, demo_database):
    """A patient of the demo clinic who has no login yet."""
    now = datetime.now(UTC)
    return await a_record(house_on(demo_database, now), now, name="Nora Quist", number="MRN-77")


@pytest.fixture
async def desk(client, cast):
    await sign_in(client, cast["frontdesk"])
    return client


async def find(desk, **answers):
    return await desk.submit(await desk.get("/staff"), "/staff", **{**BORN, **answers})


async def test_what_was_found_is_in_the_title_and_what_is_missing_is_of_the_patient(desk, nora):
    assert (await find(desk, name="Quist")).title.startswith("Find a patient: 1 patient found")
    page = await find(desk, born_month="", name="Quist")
    assert "Enter the month of birth" in page.main and "you were born" not in page.main


# Issuing


async def test_a_code_stands_for_a_chart_for_fourteen_days(house, now):
    chart = await a_record(house, now)
    issued = await issue_code(await at_the_desk(house, now), chart.ref)
    assert isinstance(issued, Issued) and LETTER.fullmatch(issued.code) and issued.ends_at == now + timedelta(days=14)
    (standing,) = await standing_codes(house, chart.id, now)
    assert standing.hash == codes.code_hash(issued.code) and standing.ends_at == issued.ends_at
    assert await standing_codes(house, chart.id, issued.ends_at) == ()


async def test_a_desk_finds_and_issues_for_the_records_of_its_own_sites_alone(house, now):
    rows = house.database.rows
    here, elsewhere = new_id(), new_id()
    for site, name in ((here, "East"), (elsewhere, "West")):
        await rows("INSERT INTO clinic_site (id, ref, name, zone, phone, active) VALUES (?, ?, ?, 'UTC', '', ?)",
                   site, new_ref(), name, True)  # fmt: skip
    everywhere = await at_the_desk(house, now)
    await rows("UPDATE staff_duty SET site = ? WHERE account = ?", here, everywhere.account)
    grant = await open_queue(house, everywhere.viewer, Duty.FRONT_DESK)
    chart = await a_record(house, now)
    for site, is_ours in ((elsewhere, False), (here, True), (None, True)):
        await rows("UPDATE record SET site = ? WHERE id = ?", site, chart.id)
        assert await visible(grant, Record).exists().where(Record.id == chart.id) is is_ours
        assert await visible(everywhere, Record).exists().where(Record.id == chart.id)
        assert (await issue_code(grant, chart.ref) == NotIssued("unknown")) is not is_ours


async def test_the_act_says_who_handed_out_a_code_for_whom(house, now):
    chart, grant = await a_record(house, now), await at_the_desk(house, now)
    await issue_code(grant, chart.ref)
    rows = await house.database.rows("SELECT actor, subject FROM audit_event WHERE action = 'code.issue'")
    assert [(row["actor"], row["subject"]) for row in rows] == [(grant.account, chart.id)]
    assert await count(house, "capability", "issued_by = ?", grant.account) == 1


@pytest.mark.parametrize(
    ("chart", "reason"),
    [({"state": "blocked"}, "closed"), ({"state": "merged"}, "closed"), ({"died": "2026-05-01"}, "closed"), ({"born": ""}, "birth")],
)
async def test_no_code_for_a_chart_that_can_have_no_login(house, now, chart, reason):
    row = await a_record(house, now, **chart)
    assert await issue_code(await at_the_desk(house, now), row.ref) == NotIssued(reason)
    assert await issue_code(await at_the_desk(house, now), "A" * 22) == NotIssued("unknown")


async def test_of_codes_made_at_once_one_is_left(house, now):
    chart, grants = await a_record(house, now), [await at_the_desk(house, now) for _ in range(5)]
    issued = await asyncio.gather(*(issue_code(grant, chart.ref) for grant in grants))
    (standing,) = await standing_codes(house, chart.id, now)
    assert sum(standing.hash == codes.code_hash(one.code) for one in issued) == 1
    assert await count(house, "capability", "revoked_at IS NULL") == 1


async def test_no_code_for_a_chart_whose_owner_finished_registering_at_that_moment(house, now, monkeypatch):
    from access.grant import Changed

    chart, grant, owner = await a_record(house, now), await at_the_desk(house, now), await an_account(house, now, "ana")

    async def registered_meanwhile(house, record, now):
        await house.database.rows(
            "INSERT INTO share (id, ref, account, record, basis, starts_at, created_at) VALUES (?, 'r', ?, ?, 'self', ?, ?)",
            owner, owner, record, now, now,
        )  # fmt: skip

    monkeypatch.setattr(desk_code, "withdraw_all", registered_meanwhile)
    with pytest.raises(Changed):
        await issue_code(grant, chart.ref)
    assert await count(house, "capability") == 0


async def test_asking_for_a_code_of_who_has_a_login_opens_their_password_everywhere_again(house, now):
    chart, grant, owner = await a_record(house, now), await at_the_desk(house, now), await an_account(house, now, "ana")
    await house.database.rows(
        "INSERT INTO share (id, ref, account, record, basis, starts_at, created_at) VALUES (?, 'r', ?, ?, 'self', ?, ?)",
        owner, owner, chart.id, now, now,
    )  # fmt: skip
    await house.database.rows("UPDATE password SET failures = 100 WHERE account = ?", owner)
    assert await issue_code(grant, chart.ref) == NotIssued("registered")
    assert await count(house, "password", "failures = 0 AND account = ?", owner) == 1
    assert await count(house, "audit_event", "action = 'password.open' AND subject = ?", chart.id) == 1


async def test_a_duty_that_ended_hands_out_nothing(house, now):
    from access.grant import Changed

    chart, grant = await a_record(house, now), await at_the_desk(house, now)
    await house.database.rows("UPDATE staff_duty SET ended_at = ? WHERE account = ?", now, grant.account)
    with pytest.raises(Changed):
        await issue_code(grant, chart.ref)
    assert await count(house, "capability") == 0


async def test_the_letter_opens_for_who_made_it_and_for_a_quarter_of_an_hour(house, now):
    chart, grant = await a_record(house, now), await at_the_desk(house, now)
    issued = await issue_code(grant, chart.ref)
    other = await at_the_desk(house, now)
    read = codes.read_letter
    assert read(house, grant.account, chart.ref, issued.letter, now + timedelta(minutes=14)) == issued.code
    assert read(house, grant.account, chart.ref, issued.letter, now + timedelta(minutes=15)) == ""
    assert read(house, other.account, chart.ref, issued.letter, now) == ""
    assert read(house, grant.account, "A" * 22, issued.letter, now) == ""


# At the screen


async def test_a_patient_is_found_by_name_and_birth_date(desk, nora):
    page = await find(desk, name="quist")
    assert page.status == 200 and "1 patient found" in page.main and "Born in 1984" in page.main
    assert "9" not in page.link("Nora Quist").split("/")[1]
    assert "March" not in page.main, "the year of birth is enough to tell people apart"
    assert page.link("Nora Quist") == f"/staff/records/{nora.ref}/code"


async def test_part_of_a_name_or_the_record_number_will_do(desk, nora):
    for answers in [{"name": "NORA"}, {"name": "quist nora"}, {"name": " Nóra "}, {"number": "MRN-77"}, {"name": "Nora", "number": "MRN-77"}]:
        assert "Nora Quist" in (await find(desk, **answers)).main, answers


async def test_what_does_not_agree_finds_nobody(desk, nora):
    for answers in [{"name": "Nora", "born_day": "10"}, {"name": "Noah"}, {"name": "%"}, {"name": "____"}, {"number": "MRN-7"}, {"name": "Nora", "number": "MRN-78"}]:
        page = await find(desk, **answers)
        assert page.status == 200 and "0 patients found" in page.main, answers


async def test_one_identifier_is_not_enough(desk, nora):
    for answers in [{"born_year": ""}, {"born_month": "", "name": "Nora"}, {}, {"name": "   "}, {"name": "x" * 300}, {"name": "n"}, {"name": "n, q"}]:
        page = await find(desk, **answers)
        assert page.status == 422 and page.errors and "Nora Quist" not in page.main, answers


async def test_an_odd_name_finds_nobody_and_breaks_nothing(desk):
    for name in ["🦦", "\x00", "' OR 1=1 --", "\\", "a" * 200, "\u202e"]:
        page = await find(desk, name=name)
        assert page.status in (200, 422), name


async def test_at_most_ten_are_shown(desk, demo_database):
    now = datetime.now(UTC)
    for n in range(12):
        await a_record(house_on(demo_database, now), now, name=f"Kim Twelve{n}")
    page = await find(desk, name="twelve")
    assert page.main.count("Born in 1984") == 10 and "There are more" in page.main


async def test_who_was_shown_is_written_down(desk, nora, demo_database):
    await find(desk, name="quist")
    rows = await demo_database.rows("SELECT objects FROM audit_event WHERE action = 'record.find'")
    assert len(rows) == 1 and rows[0]["objects"].startswith("Record:")


async def test_no_name_stands_in_an_address(desk, nora):
    page = await find(desk, name="quist", number="MRN-77")
    assert page.url == "/staff"


async def test_a_code_is_made_shown_and_printed_once(desk, nora):
    page = await desk.get(f"/staff/records/{nora.ref}/code")
    assert "No login, and no code." in page.main and "photo ID" in page.main
    letter = await desk.submit(page, "Make a code")
    code = LETTER.search(letter.main).group()
    assert "/register" in letter.main and "The code works once, until" in letter.main and "Nora Quist" in letter.main
    assert LETTER.search((await desk.get(letter.url)).main).group() == code, "a line that dropped loses nothing"
    later = await desk.get(f"/staff/records/{nora.ref}/code")
    assert LETTER.search(later.main) is None and "Handed over, made on" in later.main


async def test_one_form_sent_twice_makes_one_code(desk, nora, demo_database):
    page = await desk.get(f"/staff/records/{nora.ref}/code")
    answers = await asyncio.gather(*(desk.send(page, "Make a code") for _ in range(4)))
    assert len({answer.headers["location"] for answer in answers}) == 1
    rows = await demo_database.rows("SELECT COUNT(*) AS n FROM capability WHERE object = ?", str(nora.id))
    assert rows[0]["n"] == 1


async def test_an_earlier_letter_shows_nothing_once_a_newer_code_stands(desk, nora):
    page = await desk.get(f"/staff/records/{nora.ref}/code")
    first = await desk.submit(page, "Make a code")
    await desk.submit(await desk.get(f"/staff/records/{nora.ref}/code"), "Make a code")
    assert LETTER.search((await desk.get(first.url)).main) is None


async def test_a_letter_is_nothing_to_another_member_of_staff(desk, nora, app, cast, demo_database):
    letter = await desk.submit(await desk.get(f"/staff/records/{nora.ref}/code"), "Make a code")
    await demo_database.rows("UPDATE staff_duty SET duty = 'frontdesk' WHERE duty = 'support'")
    async with client_of(app) as other:
        await sign_in(other, cast["support"])
        assert LETTER.search((await other.get(letter.url)).main) is None


async def test_a_patient_with_a_login_gets_no_code(desk, cast):
    page = await desk.get(f"/staff/records/{cast['self'].record}/code")
    assert "This patient has a login." in page.main and "Make a code" not in page.main
    csrf = next(e.get("value") for e in page.tree.all("input") if e.get("name") == "csrf")
    answer = await desk.post(f"/staff/records/{cast['self'].record}/code", {"csrf": csrf, "form_key": "k"})
    page = await desk.get(answer.headers["location"])
    assert answer.status == 303 and "They can sign in anywhere again" in page.text and LETTER.search(page.main) is None


async def test_a_chart_that_does_not_exist_is_not_found(desk):
    for ref in ("A" * 22, "x", "🦦", "1'--"):
        assert (await desk.get(f"/staff/records/{ref}/code")).status == 404, ref


async def test_an_invented_letter_shows_no_code(desk, nora):
    for letter in ["x", "A" * 200, "🦦", "%00"]:
        page = await desk.get(f"/staff/records/{nora.ref}/code", params={"letter": letter})
        assert page.status == 200 and LETTER.search(page.main) is None, letter


@pytest.mark.parametrize("handle", ["clinician", "billing", "privacy", "admin", "support"])
async def test_only_the_front_desk_hands_out_codes(client, cast, nora, handle):
    page = await sign_in(client, cast[handle])
    homes = {"clinician": "/staff/requests", "billing": "/staff/requests", "privacy": "/staff/cases"}
    assert page.url == homes.get(handle, "/staff") and page.status == 200
    assert ("Find a patient" in page.text) == (handle == "support"), "a page that is not theirs is not offered"
    assert (await client.get(f"/staff/records/{nora.ref}/code")).status == 403
    assert bool([form for form in page.tree.all("form") if form.get("action") == "/staff"]) == (handle == "support")


async def test_looking_at_a_chart_from_the_desk_is_written_down_with_whose(desk, nora, demo_database):
    await desk.get(f"/staff/records/{nora.ref}/code")
    rows = await demo_database.rows("SELECT subject FROM audit_event WHERE action = 'code.see'")
    assert [row["subject"] for row in rows] == [nora.id]
