"""Who has looked at a record: in words, grouped, filtered, paged; and only for whom it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

from access.audit import Entry
from pages.activity import action_words, grouped, read_activity_filter
from pages.activity_query import SYSTEM, Someone
from tables.accounts import Account, StaffDuty
from tests.support.pdf import Document, pdf_problems
from tests.support.watching import watched_reads
from words.gettext import use


async def staff(lab, name: str, duty: str) -> UUID:
    account = Account(kind="staff", state="active", username=name, username_key=name, name=name, created_at=lab.now)
    await account.save()
    await StaffDuty(account=account.id, duty=duty, started_at=lab.now).save()
    return account.id


async def look(lab, actor, action: str, ago: timedelta, **more) -> None:
    async with lab.house.audit.transaction() as entries:
        entries.append(Entry(lab.now - ago, action, actor, subject=lab.record.id, **more))


def rows(page) -> list[list[str]]:
    return page.rows("Newest first")[1:]


def test_what_the_front_desk_writes_down_has_words_of_its_own():
    with use("en", "UTC"):
        assert {action_words(one) for one in ("code.see", "code.issue", "code.check", "account.register")} == {
            "opened the page for codes to register with", "printed a code to register with",
            "checked a code to register with", "made a login",
        }  # fmt: skip


async def test_a_look_says_who_what_and_why(lab, vera):
    otto = await lab.person("Otto Lind", "helper", ("results",))
    await look(lab, otto.account, "results.see", timedelta(days=1), purpose="FAMRQT")
    await look(lab, await staff(lab, "Dr. Lena Okafor", "clinician"), "visits.see", timedelta(days=2), purpose="TREAT")
    await look(lab, None, "system.import", timedelta(days=3), purpose="RECORDMGT")
    page = await vera.get(f"{lab.home}/activity")
    assert [row[1:] for row in rows(page)] == [
        ["Otto Lind: Helper", "Opened “Test results”", "To help"],
        ["Dr. Lena Okafor: Care team", "Opened “Visits”", "Care"],
        ["The clinic’s computer", "Filed new data from the clinic", "To keep the record up to date"],
    ]
    assert "In the last 30 days: 3 looks. People who help: 1. People at the clinic: 1. The clinic’s computer: 1." in page.main


async def test_ones_own_looks_say_you(lab, vera):
    await vera.get(lab.home)
    page = await vera.get(f"{lab.home}/activity")
    assert rows(page)[0][1:] == ["You", "Opened the home page", "Own use"]


async def test_a_refused_try_is_told_in_words(lab, vera):
    otto = await lab.person("Otto Lind", "helper", ("results",))
    await look(lab, otto.account, "visits.see", timedelta(hours=5), decision="refused", reason="category", purpose="FAMRQT")
    page = await vera.get(f"{lab.home}/activity")
    assert rows(page)[0][1:3] == ["Otto Lind: Helper", "Opened “Visits”. Refused"]
    assert "1 try was refused." in page.main


async def test_a_stranger_who_tried_is_not_named(lab, vera, person):
    thuy = await person("stranger")
    assert (await thuy.get(f"{lab.home}/results")).status == 404
    page = await vera.get(f"{lab.home}/activity")
    assert rows(page)[0][1] == "Somebody without access to this record"
    assert "Thuy" not in page.html


async def test_somebody_whose_part_has_ended_keeps_their_name(person, cast):
    maria = await person("self")
    page = await maria.get(f"/records/{cast['self'].record}/activity?since=all")
    assert "Rosa Lindgren: Had a part that ended" in page.main and "Ana Delgado: Helper" in page.main


async def test_looks_within_an_hour_are_one_row(lab, vera):
    doctor = await staff(lab, "Dr. Lena Okafor", "clinician")
    for minutes, action in ((300, "results.see"), (290, "visits.see"), (280, "visits.see"), (200, "home.see")):
        await look(lab, doctor, action, timedelta(minutes=minutes), purpose="TREAT")
    page = await vera.get(f"{lab.home}/activity")
    assert [row[2] for row in rows(page)] == ["Opened the home page", "Opened “Test results” and opened “Visits” (2 times)"]
    assert "4 looks" in page.main
    assert " to " in rows(page)[1][0]


def test_runs_break_at_an_hour_and_where_the_person_changes():
    def row(seconds: int, actor) -> dict:
        return {"at": seconds * 1_000_000, "actor": actor, "decision": "allowed", "purpose": "", "action": "home.see"}

    ana = Someone("a", "Ana", "helper")
    found = [row(9000, None), row(8999, 1), row(8998, None), row(5398, None), row(5397, None)]
    looks, used = grouped(found, {None: SYSTEM, 1: ana}, 9)
    assert [sum(times for _, times in one.actions) for one in looks] == [1, 1, 2, 1]
    assert used == 5
    assert grouped(found, {None: SYSTEM, 1: ana}, 2)[1] == 2


async def test_a_long_list_goes_on_without_losing_or_doubling_a_look(lab, vera):
    people = [await staff(lab, f"Nurse {letter}", "clinician") for letter in "AB"]
    for number in range(70):
        await look(lab, people[number % 2], "results.see", timedelta(minutes=10) * (number // 2 + 1), purpose="TREAT")
    page, seen = await vera.get(f"{lab.home}/activity"), 0
    sizes = []
    while True:
        found = [row for row in rows(page) if row[1].startswith("Nurse")]
        sizes.append(len(rows(page)))
        seen += sum(int((re.search(r"\((\d+) times\)", row[2]) or [0, 1])[1]) for row in found)
        if "Older looks" not in page.main:
            break
        page = await vera.get(page.link("Older looks"))
    assert seen == 70
    assert max(sizes) == 25 and len(sizes) == 3
    assert (await vera.get(page.link("Newest looks"))).url == f"{lab.home}/activity"


async def test_it_can_be_cut_to_one_person_and_one_period(lab, vera):
    otto = await lab.person("Otto Lind", "helper", ("results",))
    await look(lab, otto.account, "results.see", timedelta(days=1), purpose="FAMRQT")
    await look(lab, otto.account, "visits.see", timedelta(days=100), purpose="FAMRQT")
    await look(lab, None, "system.import", timedelta(days=2), purpose="RECORDMGT")
    page = await vera.get(f"{lab.home}/activity")
    assert "Otto Lind" in page.main and len(rows(page)) == 2
    ref = re.search(r'<option value="([^"]+)">Otto Lind', page.html)[1]
    page = await vera.submit(page, "/activity", who=ref, since="365")
    assert "In the last year: 2 looks." in page.main
    assert [row[1] for row in rows(page)] == ["Otto Lind: Helper"] * 2
    page = await vera.submit(page, "/activity", who="system", since="all")
    assert [row[1] for row in rows(page)] == ["The clinic’s computer"]


async def test_an_empty_time_says_so_and_leads_on(lab, vera):
    page = await vera.get(f"{lab.home}/activity?who=AAAAAAAAAAAAAAAAAAAAAA")
    assert "Nobody has looked in this time." in page.main
    assert (await vera.follow(page, "Show all since the start")).status == 200


def test_what_an_address_cannot_mean_is_left_out():
    asked = read_activity_filter({"who": "<script>", "since": "9", "before": "9" * 30 + ".1"})
    assert (asked.who, asked.since, asked.before) == ("", "30", None)


def test_an_unknown_code_has_words_of_its_own():
    assert action_words("medicines.act") == "changed “Medicines”"
    assert action_words("something.new") == "used the record in another way"


async def test_paper_and_text_say_what_the_screen_says(lab, vera):
    otto = await lab.person("Otto Lind", "helper", ("results",))
    await look(lab, otto.account, "results.see", timedelta(days=1), purpose="FAMRQT")
    answer = await vera.get(f"{lab.home}/activity.pdf")
    assert pdf_problems(answer.content) == []
    text = (await vera.get(f"{lab.home}/activity.txt")).text
    for form in (" ".join(Document(answer.content).spoken.split()), text):
        for words in ("Vera Lind", "Otto Lind", "Helper", "Opened “Test results”", "To help"):
            assert words in form
    assert max(map(len, (await vera.get(f"{lab.home}/activity.txt")).html.splitlines())) <= 76


async def test_something_wrong_leads_to_the_phone_and_to_help(lab, vera):
    page = await vera.get(f"{lab.home}/activity")
    assert "Does something look wrong?" in page.main and "(555) 555-0142" in page.main
    assert (await vera.follow(page, "Who may look at a record")).url == "/help"


async def test_only_the_patient_and_a_representative_may_read_it(lab, vera, another_client, person):
    for basis, scopes, status in (("helper", ("control", "results"), 403), ("representative", ("control",), 200)):
        another_client.cookies.set("s", (await lab.person("Otto Lind", basis, scopes)).cookie)
        page = await another_client.get(f"{lab.home}/activity")
        assert page.status == status
    assert page.h1 == "Vera Lind’s record: Who has looked at this record"
    assert (await (await person("stranger")).get(f"{lab.home}/activity.txt")).status == 404


async def test_the_page_stays_within_its_budget(person, cast):
    maria = await person("self")
    page = await maria.get(f"/records/{cast['self'].record}/activity?since=all")
    assert page.weight <= 4_500


async def test_years_of_looks_are_counted_from_an_index_and_read_a_page_at_a_time(lab, vera, monkeypatch):
    async with lab.house.audit.transaction() as entries:
        entries += [Entry(lab.now - timedelta(minutes=n), "results.see", None, subject=lab.record.id) for n in range(700)]
    asked = watched_reads(monkeypatch)
    page = await vera.get(f"{lab.home}/activity?since=all")
    assert "Since the start: 700 looks." in page.main
    read = [one for one in asked if "FROM audit_event" in one.sql]
    assert 100 < sum(one.many for one in read) <= 127
    for plan in [await one.plan(lab.house.database) for one in read]:
        assert plan.startswith("SEARCH audit_event USING") and "TEMP B-TREE" not in plan or not plan, plan


async def test_more_looks_in_a_row_than_one_page_reads_go_on_with_the_next(lab, vera):
    async with lab.house.audit.transaction() as entries:
        entries += [Entry(lab.now - timedelta(seconds=n), "results.see", None, subject=lab.record.id) for n in range(300)]
    page, said = await vera.get(f"{lab.home}/activity?who=system"), []
    while True:
        said += [row[2] for row in rows(page)]
        if "Older looks" not in page.main:
            break
        page = await vera.get(page.link("Older looks"))
    assert said == [f"Opened “Test results” ({many} times)" for many in (125, 125, 50)]
