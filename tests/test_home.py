"""The home of a record: what needs you, in the first lines; nothing that this viewer may not see, not even counted."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from tables.appointments import Appointment
from tables.documents import DocumentReference
from tables.records import Share
from tests.support.html.tree import words
from tests.support.visiting import visit


async def helping(lab, browser, *scopes: str, basis: str = "helper"):
    browser.cookies.set("s", (await lab.person("Otto Lind", basis, scopes)).cookie)
    return browser


async def test_nothing_new_says_so_and_leads_on(lab, vera):
    page = await vera.get(lab.home)
    assert page.h1 == "What needs you"
    assert "Nothing needs you now." in page.main
    assert page.link("All test results") == f"{lab.home}/results"


async def test_new_results_are_counted_and_named(lab, vera):
    for label, loinc in (("HGB", "718-7"), ("WBC", "6690-2")):
        await lab.report(label, await lab.test(label, "5", "g", loinc=loinc), loinc=loinc)
    await lab.test("K", "4.1", "mmol/L", loinc="2823-3")
    page = await vera.get(lab.home)
    assert "3 new test results New" in page.main
    assert '<span class="tag new" aria-hidden="true">New</span>' in page.html, "who listens hears it once"
    assert "Hemoglobin, Potassium, and White blood cell count" in page.main
    assert page.link("3 new test results") == f"{lab.home}/results"
    assert "All test results" not in page.main, "nothing stands there twice"


async def test_old_results_that_come_in_all_at_once_are_not_new(lab, vera):
    await lab.test("K", "4.1", "mmol/L", days=400, released_at=lab.now)
    assert "Nothing needs you now." in (await vera.get(lab.home)).main


async def test_corrected_and_waiting_results_are_told_apart_from_new_ones(lab, vera):
    await lab.test("K", "4.1", "mmol/L", loinc="2823-3", corrected=True)
    await lab.report("Vitamin D", await lab.test("Vitamin D", None, status="registered"), status="registered")
    page = await vera.get(lab.home)
    assert re.search(r"1 result was corrected Corrected ?Potassium\.", page.main)
    assert re.search(r"1 result is not back yet Waiting ?Vitamin D\.", page.main)
    assert "new test result" not in page.main


async def test_many_names_are_cut_to_three(lab, vera):
    for letter in "ABCDE":
        await lab.test(f"Test {letter}", "1", "g")
    assert "Test A, Test B, Test C and 2 more." in (await vera.get(lab.home)).main


async def test_the_last_visit_is_the_newest_that_took_place(lab, vera):
    one = await visit(lab, "Checked ears", days=9, who=("Dr. Lena Okafor",))
    await visit(lab, "Older", days=90)
    await visit(lab, "Cancelled", days=2, status="cancelled")
    await visit(lab, "Planned", days=-9, status="planned")
    page = await vera.get(lab.home)
    assert "Your last visit" in page.main and "Checked ears. With Dr. Lena Okafor." in page.main
    assert page.link("Read the visit summary") == f"{lab.home}/visits/{one.ref}"
    assert not re.search("Older|Cancelled|Planned", page.main)


async def test_the_answer_stands_in_the_first_lines(person, cast):
    maria = await person("self")
    page = await maria.get(f"/records/{cast['self'].record}")
    heard = page.main[page.main.index("What needs you") :]
    assert re.match(r"What needs you \d+ new test results? New", heard)
    assert len(page.text.split("What needs you")[0].split()) < 90


async def test_a_helper_reads_what_they_may_do(lab, another_client):
    otto = await helping(lab, another_client, "results", "visits")
    share = (await Share.select(Share.id).where((Share.record == lab.record.id) & (Share.basis == "helper")))[0]["id"]
    await Share.update({Share.ends_at: datetime(2030, 12, 31, 18, tzinfo=UTC)}).where(Share.id == share)
    page = await otto.get(lab.home)
    assert page.h1 == "Vera Lind’s record: What needs Vera"
    assert re.search("What Vera lets you do ?You can see ?Test results and Visits ?Not shared ?Everything else.", page.main)
    assert re.search("Ends on ?December 31, 2030", page.main)
    assert "You can do" not in page.main


async def test_the_casts_helpers_read_their_own_part(person, cast):
    ana = await person("helper-full")
    page = await ana.get(f"/records/{cast['self'].record}")
    assert "What Maria lets you do" in page.main and "All parts of the record" in page.main
    meera = await person("guardian")
    page = await meera.get(f"/records/{cast['teen'].record}")
    assert "What you can do for Dev" in page.main and "Not shared" in page.main


async def test_who_helps_hears_that_nothing_of_their_part_needs_them(person, cast):
    joseph = await person("helper-appointments")
    page = await joseph.get(f"/records/{cast['self'].record}")
    assert "Nothing that you can see here needs Maria now." in page.main and "Book and change appointments" in page.main


async def test_a_helper_hears_nothing_of_parts_they_were_not_given(lab, another_client):
    await lab.test("SECRET TEST", "1", "g")
    await visit(lab, "SECRET VISIT")
    otto = await helping(lab, another_client, "appointments")
    page = await otto.get(lab.home)
    assert "Nothing that you can see here needs Vera now." in page.main
    assert not re.search("SECRET|new test|last visit|All visits|Who has looked", page.main)


async def test_hidden_withdrawn_and_unreleased_results_are_not_counted(lab, another_client):
    await lab.test("Shared", "1", "g")
    await lab.test("WITHDRAWN", "1", "g", withdrawn_at=lab.now)
    await lab.test("HELD", "1", "g", released_at=None)
    await lab.test("LATER", "1", "g", released_at=lab.now + timedelta(hours=1))
    await lab.test("SENSITIVE", "1", "g", sensitive=True)
    await lab.only_me(await lab.test("PRIVATE", "1", "g"))
    otto = await helping(lab, another_client, "results")
    page = await otto.get(lab.home)
    assert re.search(r"1 new test result New ?Shared\.", page.main)
    assert not re.search("WITHDRAWN|HELD|LATER|SENSITIVE|PRIVATE", page.html)


async def test_what_they_will_see_is_the_helpers_home(lab, vera):
    await lab.person("Otto Lind", "helper", ("visits",))
    ref = (await Share.select(Share.ref).where((Share.record == lab.record.id) & (Share.basis == "helper")))[0]["ref"]
    await lab.test("SECRET TEST", "1", "g")
    page = await vera.get(f"{lab.home}/as/{ref}")
    assert re.search("What Otto Lind may see and do ?Can see ?Visits ?Not shared ?Everything else", page.main)
    assert "You can see" not in page.main
    assert "SECRET" not in page.html
    assert page.link("All visits") == f"{lab.home}/as/{ref}/visits"
    assert (await vera.follow(page, "Stop looking this way")).h1 == "Otto Lind"


async def test_no_two_links_of_the_index_have_the_same_words(person, cast):
    page = await (await person("self")).get(f"/records/{cast['self'].record}")
    said = [words(link) for link in page.tree.within(page.tree.by_id["all"], "a")]
    assert len(said) > 20 and len(said) == len(set(said))


async def test_the_page_stays_within_its_budget(person, cast):
    maria = await person("self")
    assert (await maria.get(f"/records/{cast['self'].record}")).weight <= 3_500


async def test_the_next_appointment_says_when_what_for_and_with_whom(lab, vera):
    soon = lab.now + timedelta(days=3)
    for label, moment, status in (("Too late", soon + timedelta(days=9), "booked"), ("Cancelled", lab.now + timedelta(days=1), "cancelled"),
                                  ("Blood check", soon, "booked"), ("Over", lab.now - timedelta(days=2), "fulfilled")):
        await lab.put(Appointment, label, status=status, starts_at=moment, participants=[{"name": "Dr. Lena Okafor"}], place="Room 4")
    page = await vera.get(lab.home)
    assert re.search(r"Your next appointment \w+, \w+ \d+ .*time Blood check\. With Dr\. Lena Okafor\. Room 4\.", page.main)
    assert not re.search("Too late|Cancelled|Over", page.main)


async def test_a_helper_hears_of_appointments_only_if_they_were_shared(lab, client, another_client):
    await lab.put(Appointment, "Blood check", status="booked", starts_at=lab.now + timedelta(days=3))
    assert "Blood check" in (await (await helping(lab, client, "appointments")).get(lab.home)).main
    assert "Blood check" not in (await (await helping(lab, another_client, "results")).get(lab.home)).main


async def test_new_letters_and_scans_are_told_and_old_ones_are_not(lab, vera):
    await lab.put(DocumentReference, "Letter", title="Letter from the eye clinic", status="current", effective=lab.day(3))
    await lab.put(DocumentReference, "Old letter", status="current", effective="2019-01-01")
    await lab.report("Chest X-ray", category="imaging", days=2)
    page = await vera.get(lab.home)
    assert "1 new letter or document New Letter from the eye clinic." in page.main
    assert "1 new scan report New Chest X-ray." in page.main


async def test_a_report_of_which_a_test_says_something_is_back(lab, vera):
    await lab.report("Blood count", await lab.test("HGB", "14", "g/dL"), await lab.test("WBC", None, status="registered"), status="partial")
    await lab.report("Vitamin D", await lab.test("Vitamin D", None, status="registered"), status="partial")
    page = await vera.get(lab.home)
    assert re.search(r"1 new test result New ?Blood count", page.main)
    assert re.search(r"1 result is not back yet Waiting ?Vitamin D\.", page.main)


async def test_an_answered_refill_is_named_until_its_medicine_turns_out_to_be_an_error(person, cast, demo_database):
    maria = await person("self")
    answered = "request WHERE kind = 'refill' AND answer <> '' AND record = (SELECT id FROM record WHERE ref = ?)"
    about = f"SELECT subject FROM {answered}"
    prescribed = f"CAST(id AS VARCHAR(36)) IN ({about})"
    [medicine, *_] = await demo_database.rows(f"SELECT label FROM medication_request WHERE {prescribed}", cast["self"].record)
    at = f"/records/{cast['self'].record}"
    assert f"Refill: {medicine['label']}" in (await maria.get(at)).main
    await demo_database.rows(f"UPDATE medication_request SET withdrawn_at = first_seen_at WHERE {prescribed}", cast["self"].record)
    page = await maria.get(at)
    assert "1 new answer from us" in page.main and medicine["label"] not in page.main
