"""The summary of one visit: what belongs to it, for whom, and the same on screen, on paper and as text."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from rules.quantities import Quantity, Text
from tests.support.axe import axe_problems
from tests.support.browser import overflows
from tests.support.pdf import Document, pdf_problems
from tests.support.visiting import condition, letter, medicine, procedure, summary, vaccine, visit

pytestmark = pytest.mark.in_turns

EVERYTHING = ("results", "imaging", "medicines", "allergies", "conditions", "vaccines", "vitals", "visits", "care_plan", "documents")


async def helping(lab, browser, *scopes: str):
    browser.cookies.set("s", (await lab.person("Otto Lind", "helper", scopes)).cookie)
    return browser


@pytest.fixture
async def full(lab) -> str:
    """The address of a visit with something of every kind."""
    one = await visit(lab, "Office visit", why=("Felt tired",), who=("Dr. Lena Okafor",), place="Room 4",
                      sent=("2026-04-03T09:00:00-05:00", "2026-04-03T09:30:00-05:00"))
    await condition(lab, one, "Low iron")
    halves = [await lab.test("Upper", value, "mm[Hg]", loinc=loinc, category="vitals", encounter=one.id)
              for loinc, value in (("8480-6", "128"), ("8462-4", "76"))]
    await lab.panel("Blood pressure", *halves, loinc="85354-9", category="vitals", encounter=one.id)
    await lab.test("Body weight", "69", "kg", loinc="29463-7", category="vitals", encounter=one.id)
    iron = await lab.test("HGB", "11.8", "g/dL", loinc="718-7", low="12.0", high="15.5", encounter=one.id)
    plain = await lab.test("FERR", "9", "ng/mL", encounter=one.id)
    await lab.report("CBC panel", iron, plain, loinc="58410-2", encounter=one.id, conclusion="Iron is short.")
    await medicine(lab, one, "Ferrous sulfate 325 mg", "1 tablet each morning with food", reason="Low iron")
    await procedure(lab, one, "Blood draw", performer="Sam Whitfield")
    await vaccine(lab, one, "Influenza vaccine")
    await letter(lab, one, "Note", "Vera came by bus.\n\n# Plan\n- Rest\n- Eat well")
    return f"{lab.home}/visits/{one.ref}"


FACTS = (
    "Friday, April 3, 2026", "You saw Dr. Lena Okafor", "Felt tired", "Office visit", "Room 4", "Low iron", "128 over 76 mmHg",
    "69 kg", "Hemoglobin", "11.8 g/dL", "Below the usual range", "12.0 to 15.5", "FERR", "9 ng/mL", "Iron is short.",
    "Ferrous sulfate 325 mg", "1 tablet each morning with food", "Blood draw", "Sam Whitfield", "Influenza vaccine",
    "Vera came by bus.", "Plan", "Rest", "Eat well", "2 tests", "1 medicine",
)


def said(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def missing(text: str, facts=FACTS) -> list[str]:
    return [fact for fact in facts if fact not in said(text)]


async def test_screen_paper_and_text_say_the_same(full, vera):
    screen = await vera.get(full)
    paper = Document((await vera.get(f"{full}.pdf")).content)
    text = await vera.get(f"{full}.txt")
    assert missing(screen.main) == missing(paper.spoken) == missing(text.html) == []
    numbers = re.compile(r"\d+(?:\.\d+)?")
    on_screen = set(numbers.findall(screen.main.split("Visit summary", 1)[1]))
    assert on_screen <= set(numbers.findall(said(text.html))) and on_screen <= set(numbers.findall(said(paper.spoken)))


def test_a_fact_left_out_of_one_form_is_found():
    whole = " ".join(FACTS)
    assert missing(whole) == []
    assert missing(whole.replace("11.8 g/dL", "")) == ["11.8 g/dL"]


async def test_a_line_of_text_has_at_most_76_letters(full, vera):
    text = (await vera.get(f"{full}.txt")).html
    assert max(map(len, text.splitlines())) <= 76
    assert "\n\n\n\n" not in text


async def test_the_document_is_sound_and_read_in_order(full, vera):
    for query in ("", "?print=18", "?print=24"):
        answer = await vera.get(f"{full}.pdf{query}")
        assert answer.headers["content-type"] == "application/pdf"
        assert pdf_problems(answer.content) == []
        assert len(answer.content) <= 40_000
        spoken = said(Document(answer.content).spoken)
        order = ["Visit summary", "Friday, April 3, 2026", "You saw", "Vera Lind", "Where", "Measurements", "Test results",
                 "Medicines from this visit", "What was done", "Vaccines", "Note", "Questions to ask next time"]
        places = [spoken.index(words) for words in order]
        assert places == sorted(places)


async def test_no_meaning_is_given_without_a_range(lab, vera):
    one = await visit(lab)
    await lab.test("HGB", "3.1", "g/dL", loinc="718-7", encounter=one.id)
    page = await vera.get(f"{lab.home}/visits/{one.ref}")
    assert "3.1 g/dL" in page.main
    assert not re.search("usual range|meaning|below|above", page.main, re.IGNORECASE)


async def test_a_written_summary_comes_first_and_its_sentences_are_a_list(lab, vera):
    one = await visit(lab, who=("Dr. Lena Okafor",))
    await summary(lab, one, {"What to do next": "Rest.\nDrink water.", "When to call": "If you faint."}, author="Dr. Lena Okafor")
    await medicine(lab, one, "Aspirin", "1 tablet")
    page = await vera.get(f"{lab.home}/visits/{one.ref}")
    assert "<li>Rest.</li>\n<li>Drink water.</li>" in page.html
    assert page.main.index("What to do next") < page.main.index("When to call") < page.main.index("Medicines from this visit")
    assert page.main.count("Written by Dr. Lena Okafor.") == 1


async def test_one_text_sent_in_three_ways_stands_once(lab, vera):
    one = await visit(lab)
    note = "# Chief Complaint\nNo complaints.\n\n# Allergies\n\n# Plan\nRest and tea."
    await letter(lab, one, "History and physical note", note)
    await lab.report("History and physical note", encounter=one.id, note=note)
    await summary(lab, one, {"Chief Complaint": "No complaints.", "Plan": "Rest and tea."}, fhir_type="DocumentReference")
    page = await vera.get(f"{lab.home}/visits/{one.ref}")
    assert page.main.count("Rest and tea.") == 1
    assert "Allergies" not in page.main, "a heading with nothing under it is left out"


async def test_results_that_only_their_report_ties_to_the_visit_count(lab, vera):
    one = await visit(lab)
    test = await lab.test("HGB", "11.8", "g/dL", loinc="718-7")
    await lab.report("CBC", test, encounter=one.id)
    assert "11.8 g/dL" in (await vera.get(f"{lab.home}/visits/{one.ref}")).main


async def test_what_is_not_back_yet_is_said(lab, vera):
    one = await visit(lab)
    await lab.report("Vitamin D", encounter=one.id, status="registered")
    page = await vera.get(f"{lab.home}/visits/{one.ref}")
    assert ["Vitamin D", "Waiting"] in page.rows("1 test")


async def test_a_corrected_result_says_what_stood_there(lab, vera):
    from tests.support.lab import before

    one = await visit(lab)
    await lab.test("K", "4.4", "mmol/L", encounter=one.id, corrected=True, previous=before(Quantity("6.4", "mmol/L", "mmol/L"), lab.now))
    page = await vera.get(f"{lab.home}/visits/{one.ref}")
    assert "4.4 mmol/L" in page.main and "It said 6.4 mmol/L before." in page.main


async def test_what_was_not_done_says_so(lab, vera):
    one = await visit(lab)
    await vaccine(lab, one, "Influenza vaccine", status="not-done", not_done_reason="Out of stock")
    assert "Influenza vaccine: not given. Out of stock" in (await vera.get(f"{lab.home}/visits/{one.ref}")).main


async def test_planned_cancelled_and_open_visits_begin_with_that(lab, vera):
    for status, words in (("planned", "This visit is planned."), ("cancelled", "This visit was cancelled."),
                          ("in-progress", "This visit is still open")):
        one = await visit(lab, status=status, who=("Dr. Lena Okafor",))
        page = await vera.get(f"{lab.home}/visits/{one.ref}")
        assert words in page.main and "Dr. Lena Okafor" in page.main


# For whom


async def test_a_helper_with_visits_alone_sees_nothing_of_other_parts(lab, full, another_client):
    otto = await helping(lab, another_client, "visits")
    hidden = ("11.8", "Hemoglobin", "Iron is short", "Low iron", "Ferrous", "128 over 76", "Influenza", "by bus")
    for form in ("", ".txt"):
        page = await otto.get(full + form)
        assert page.status == 200
        assert not [words for words in hidden if words in said(page.html)]
        assert "Vera saw Dr. Lena Okafor" in said(page.html)
    paper = Document((await otto.get(f"{full}.pdf")).content).spoken
    assert not [words for words in hidden if words in said(paper)]


async def test_each_part_is_there_for_who_was_given_it(lab, full, another_client):
    otto = await helping(lab, another_client, "visits", "medicines")
    page = await otto.get(full)
    assert "Ferrous sulfate" in page.main and "11.8" not in page.main


async def test_running_text_is_for_those_who_may_see_all_it_can_name(lab, full, another_client):
    one = full.rpartition("/")[2]
    row = (await lab.house.database.rows("SELECT id FROM encounter WHERE ref = ?", one))[0]["id"]
    holder = await visit(lab)
    holder.id = row
    await summary(lab, holder, {"What we found": "Hemoglobin is low."})
    otto = await helping(lab, another_client, "visits", "results")
    page = await otto.get(full)
    assert "Hemoglobin is low." not in page.main and "A text is left out." in page.main
    otto = await helping(lab, another_client, *EVERYTHING)
    page = await otto.get(full)
    assert "Hemoglobin is low." in page.main and "by bus" in page.main and "A text is left out." not in page.main


async def test_hidden_withdrawn_and_unreleased_items_are_in_nobodys_summary(lab, vera, another_client):
    one = await visit(lab)
    for label, columns in (("WITHDRAWN", {"withdrawn_at": lab.now}), ("HELD", {"released_at": None}),
                           ("LATER", {"released_at": lab.now + timedelta(hours=1)})):
        await lab.test(label, "1.1", "g", encounter=one.id, **columns)
        await medicine(lab, one, f"{label} medicine", "1 a day", **columns)
        await summary(lab, one, {"Title": f"{label} words"}, **columns)
        await condition(lab, one, f"{label} condition", **columns)
    await condition(lab, one, "REFUTED condition", verification="refuted")
    await lab.test("SENSITIVE", "2.2", "g", encounter=one.id, sensitive=True)
    await lab.only_me(await lab.test("PRIVATE", "3.3", "g", encounter=one.id))
    address = f"{lab.home}/visits/{one.ref}"
    own = await vera.get(address)
    assert "SENSITIVE" in own.main and "PRIVATE" in own.main
    assert not re.search("WITHDRAWN|HELD|LATER|REFUTED", own.main)
    otto = await helping(lab, another_client, *EVERYTHING)
    for form in ("", ".txt"):
        assert not re.search("WITHDRAWN|HELD|LATER|REFUTED|SENSITIVE|PRIVATE|2 tests", (await otto.get(address + form)).html)


async def test_a_diagnosis_of_a_hidden_condition_is_not_named_by_the_visit(lab, another_client):
    row = await condition(lab, None, "Secret illness", sensitive=True)
    one = await visit(lab, diagnoses=[{"text": "Secret illness", "code": "AD", "condition": f"Condition/{row.fhir_id}"},
                                      {"text": "Common cold", "code": "AD", "condition": ""}])
    otto = await helping(lab, another_client, *EVERYTHING)
    page = await otto.get(f"{lab.home}/visits/{one.ref}")
    assert "Common cold" in page.main and "Secret illness" not in page.main


async def test_answers_to_questionnaires_are_no_part_of_a_summary(lab, another_client):
    one = await visit(lab)
    await lab.test("Smoking status", Text("Smokes"), category="home", encounter=one.id)
    otto = await helping(lab, another_client, *EVERYTHING)
    assert "Smokes" not in (await otto.get(f"{lab.home}/visits/{one.ref}")).main


async def test_another_persons_visit_a_withdrawn_one_and_other_forms_are_not_found(lab, vera, full, person, cast):
    maria = await person("self")
    ref = full.rpartition("/")[2]
    assert (await maria.get(f"/records/{cast['self'].record}/visits/{ref}")).status == 404
    assert (await maria.get(full)).status == 404
    gone = await visit(lab, withdrawn_at=lab.now)
    for ending in (gone.ref, "A" * 22, f"{ref}.html", f"{ref}.pdf.txt", "x"):
        assert (await vera.get(f"{lab.home}/visits/{ending}")).status == 404


async def test_what_was_shown_is_written_down(lab, full, vera):
    await vera.get(full)
    rows = await lab.house.database.rows(
        "SELECT objects, shown FROM audit_event WHERE subject = ? AND action = 'visits.see'", lab.record.id
    )
    assert rows[0]["shown"] == 13
    assert rows[0]["objects"].startswith("Encounter:")


async def test_the_page_stays_within_its_budget(full, vera):
    assert (await vera.get(full)).weight <= 5_500


async def test_marias_newest_visit_from_list_to_paper_without_script(live_person, live_cast):
    page = await live_person("self", script=False, narrow=True)
    await page.goto(f"/records/{live_cast['self'].record}")
    await page.click("text=Read the visit summary")
    assert await page.locator("h1").inner_text()
    href = await page.get_attribute("main a[href$='.pdf']", "href")
    answer = await page.request.get(href)
    assert answer.status == 200 and pdf_problems(await answer.body()) == []
    await page.click("text=All visits")
    assert "/visits" in page.url


async def test_axe_finds_nothing_on_the_pages_of_a_record(live_person, live_cast):
    page = await live_person("self")
    root = f"/records/{live_cast['self'].record}"
    for address in (root, f"{root}/visits", f"{root}/activity?since=all", "/records", "/help", "/about/weight"):
        await page.goto(address)
        assert await axe_problems(page) == [], address
        assert not await overflows(page), address
    await page.goto(f"{root}/visits")
    await page.click("main .rows a >> nth=0")
    assert await axe_problems(page) == []


async def test_at_320_pixels_nothing_runs_over(live_person, live_cast):
    page = await live_person("helper-full", narrow=True)
    root = f"/records/{live_cast['self'].record}"
    for address in (root, f"{root}/visits", "/records", "/help/phishing", "/about/privacy", "/about/weight"):
        await page.goto(address)
        assert not await overflows(page), address
    await page.goto(f"{root}/visits")
    await page.click("main .rows a >> nth=0")
    assert not await overflows(page)
