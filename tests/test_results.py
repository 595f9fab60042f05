"""The list of results: what stands on it, in which order, in which words, for whom, and in its documents."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from rules.quantities import Quantity
from tests.support.lab import Lab, before, said
from tests.support.pdf import Document, pdf_problems

pytestmark = pytest.mark.in_turns

SUM = (("HGB", "11.8", "g/dL", "718-7", "12.0", "15.5"), ("WBC", "6.2", "10*3/uL", "6690-2", "4.0", "11.0"),
       ("PLT", "251", "10*3/uL", "777-3", "150", "400"))  # fmt: skip


@pytest.fixture
async def helper(lab, another_client):
    """The browser of somebody who may see Vera's results, and nothing else."""
    somebody = await lab.person("Otto Lind", "helper", ("results",))
    another_client.cookies.set("s", somebody.cookie)
    return another_client


async def blood_count(lab: Lab, days: float, **columns):
    tests = [await lab.test(label, value, unit, loinc=loinc, low=low, high=high, days=days)
             for label, value, unit, loinc, low, high in SUM]  # fmt: skip
    return await lab.report("CBC panel", *tests, loinc="58410-2", days=days, **columns)


# What a row says


async def test_an_empty_record_says_so(lab, vera):
    page = await vera.get(f"{lab.home}/results")
    assert page.h1 == "Test results"
    assert "There are no test results yet." in page.main
    assert "Take these with you" not in page.main


async def test_a_lone_test_says_value_meaning_sample_and_day(lab, vera):
    await lab.test("HGB", "12.3", "g/dL", loinc="718-7", low="12.0", high="15.5")
    page = await vera.get(f"{lab.home}/results")
    assert "1 result from the last year, newest first. 1 new." in page.main
    assert "Hemoglobin New 12.3 g/dL. In the usual range. Blood, taken" in page.main


async def test_nothing_is_called_high_or_low_without_a_range(lab, vera):
    await lab.test("HGB", "3.1", "g/dL", loinc="718-7")
    page = await vera.get(f"{lab.home}/results")
    assert "3.1 g/dL. Blood, taken" in page.main
    assert not re.search("usual range|below|above", page.main, re.IGNORECASE)


async def test_a_report_counts_its_tests_and_names_those_outside_the_range(lab, vera):
    await blood_count(lab, 3)
    page = await vera.get(f"{lab.home}/results")
    assert "Blood count (CBC) New 3 tests. Below the usual range: Hemoglobin 11.8 g/dL. Blood, taken" in page.main
    assert "1 result from the last year" in page.main, "its tests are not counted beside it"


async def test_a_report_whose_tests_are_all_in_the_range_says_just_that(lab, vera):
    tests = [await lab.test("Na", "140", "mmol/L", low="135", high="145"), await lab.test("Cl", "101", "mmol/L", low="98", high="107")]
    await lab.report("Salts", *tests)
    assert "Salts New 2 tests, all in the usual range. Taken" in (await vera.get(f"{lab.home}/results")).main


async def test_a_report_without_ranges_names_the_tests_people_know_first(lab, vera):
    tests = [await lab.test(name, value, "mg/dL", loinc=loinc) for name, value, loinc in
             (("Zinc", "1", ""), ("Glucose", "92", "2345-7"), ("Creatinine", "1.10", "2160-0"), ("Urea", "11", "3094-0"))]
    await lab.report("Panel", *tests)
    assert (
        "4 tests. Blood sugar (glucose) 92 mg/dL, Urea nitrogen (BUN) 11 mg/dL, Creatinine 1.10 mg/dL and 1 more."
        in (await vera.get(f"{lab.home}/results")).main
    )


async def test_a_report_of_words_alone_begins_with_its_words(lab, vera):
    await lab.report("Pathology", conclusion="Benign mole. No further treatment is needed.", days=3)
    page = await vera.get(f"{lab.home}/results")
    assert "Pathology New Benign mole. No further treatment is needed. Written" in page.main


async def test_a_corrected_result_says_what_it_said_before(lab, vera):
    earlier = before(Quantity("5.9", "mmol/L", "mmol/L"), lab.now - timedelta(days=4))
    await lab.test("K", "4.4", "mmol/L", loinc="2823-3", status="corrected", corrected=True, previous=earlier)
    page = await vera.get(f"{lab.home}/results")
    assert "1 new, 1 corrected." in page.main
    assert "Potassium New Corrected 4.4 mmol/L." in page.main
    assert "It said 5.9 mmol/L before." in page.main


async def test_a_report_with_one_corrected_test_counts_as_corrected(lab, vera):
    earlier = before(Quantity("5.9", "mmol/L", "mmol/L"), lab.now)
    tests = [await lab.test("K", "4.4", "mmol/L", loinc="2823-3", corrected=True, previous=earlier), await lab.test("Na", "140", "mmol/L")]
    await lab.report("Salts", *tests)
    page = await vera.get(f"{lab.home}/results")
    assert "1 corrected" in page.main
    assert "Potassium: The laboratory changed this on" in page.main


@pytest.mark.parametrize(
    ("status", "value", "tag", "sentence"),
    [
        ("registered", None, "Waiting", "Not back yet."),
        ("preliminary", "4.4", "New Not final", "4.4 mmol/L."),
        ("cancelled", None, "New Not done", "This was not done."),
    ],
)
async def test_what_is_not_final_says_so(lab, vera, status, value, tag, sentence):
    await lab.test("K", value, "mmol/L", loinc="2823-3", status=status)
    assert f"Potassium {tag} {sentence}" in (await vera.get(f"{lab.home}/results")).main


async def test_a_report_waits_as_long_as_none_of_its_tests_says_anything(lab, vera):
    await lab.report("B12", await lab.test("B12", None, loinc="2132-9", status="registered"), status="registered")
    await lab.report("Salts", await lab.test("K", None, status="registered"), await lab.test("Na", "140", "mmol/L"), status="partial")
    page = await vera.get(f"{lab.home}/results")
    assert "1 new, 1 waiting, 1 not final." in page.main
    assert "Vitamin B12 Waiting Not back yet." in page.main, "what is not back yet is not new either"
    assert "Salts New Not final 2 tests." in page.main


async def test_a_bound_is_said_in_words(lab, vera):
    await lab.test("Lead", "<2", "ug/dL")
    assert "Less than 2 µg/dL." in (await vera.get(f"{lab.home}/results")).main


async def test_new_lasts_two_weeks_and_a_history_that_comes_at_once_is_not_new(lab, vera):
    await lab.test("A", "1", "g", days=13)
    await lab.test("B", "2", "g", days=15)
    await lab.test("C", "3", "g", days=200, released_at=lab.now - timedelta(days=1))
    page = await vera.get(f"{lab.home}/results")
    assert "3 results from the last year, newest first. 1 new." in page.main
    assert "A New 1 g." in page.main
    assert "“New” means that it came in the last two weeks." in page.main


async def test_rows_stand_under_their_months_newest_first(lab, vera):
    for number, days in enumerate((70, 3, 35)):
        await lab.test(f"Test {number}", "1", "g", days=days)
    page = await vera.get(f"{lab.home}/results")
    months = [text for text in re.findall(r"<h2 id=\"m\d+\">([^<]+)</h2>", page.html)]
    assert len(months) == 3
    assert page.main.index("Test 1") < page.main.index("Test 2") < page.main.index("Test 0")


async def test_a_result_without_a_date_is_not_lost(lab, vera):
    await lab.test("Old", "1", "g", sent="")
    page = await vera.get(f"{lab.home}/results")
    assert "1 result, newest first." in page.main
    assert "Date not known Old New 1 g. Date not known" in page.main


# What the list holds


async def test_where_the_last_year_is_empty_everything_shows(lab, vera):
    await lab.test("Old", "1", "g", days=900)
    assert "1 result, newest first." in (await vera.get(f"{lab.home}/results")).main
    asked = await vera.get(f"{lab.home}/results?since=1y")
    assert "No results from the last year." in asked.main
    assert asked.link("Show all results") == f"{lab.home}/results?since=all"


async def test_scans_measurements_and_members_of_panels_are_not_rows(lab, vera):
    await lab.report("Chest X-ray", category="imaging", conclusion="Clear.")
    await lab.test("Pulse", "70", "/min", category="vitals")
    members = [await lab.test("pH", "6", ""), await lab.test("Density", "1.02", "")]
    await lab.panel("Urine strip", *members)
    page = await vera.get(f"{lab.home}/results")
    assert "1 result from" in page.main
    assert "Urine strip New 2 tests." in page.main
    assert "Pulse" not in page.main and "X-ray" not in page.main


async def test_what_is_withdrawn_held_or_not_yet_released_is_not_there_and_not_counted(lab, vera):
    await lab.test("Shown", "1", "g")
    await lab.test("Withdrawn", "1", "g", withdrawn_at=lab.now)
    await lab.test("Held", "1", "g", released_at=None)
    await lab.test("Later", "1", "g", released_at=datetime.now(UTC) + timedelta(hours=1))
    await lab.report("Held report", await lab.test("Inside", "1", "g", released_at=None), released_at=None)
    page = await vera.get(f"{lab.home}/results")
    assert "1 result from" in page.main
    assert not any(word in page.main for word in ("Withdrawn", "Held", "Later", "Inside"))


async def test_tests_of_a_report_that_was_taken_back_stand_alone(lab, vera):
    await lab.report("Wrong report", await lab.test("Lead", "1", "ug/dL"), withdrawn_at=lab.now)
    page = await vera.get(f"{lab.home}/results")
    assert "Wrong report" not in page.main
    assert "Lead New 1 µg/dL." in page.main


async def test_a_hidden_report_takes_its_tests_along_for_a_helper(lab, vera, helper):
    """Sensitive by label, or marked "only me": neither the report nor its tests show, alone or counted."""
    await lab.report("HIV panel", await lab.test("HIV", said("Negative"), sensitive=True), sensitive=True)
    private = await lab.report("Private panel", await lab.test("Secret", "1", "g"))
    await lab.only_me(private)
    await lab.test("Open", "1", "g")
    mine, theirs = await vera.get(f"{lab.home}/results"), await helper.get(f"{lab.home}/results")
    assert "3 results from" in mine.main
    assert "1 result from" in theirs.main
    assert not any(word in theirs.main for word in ("HIV", "Private", "Secret"))


async def test_a_helper_reads_whose_results_these_are(lab, helper):
    await lab.test("Open", "1", "g")
    page = await helper.get(f"{lab.home}/results")
    assert page.h1.startswith("Vera Lind’s record")
    assert page.title.startswith("Vera Lind’s record: Test results")


async def test_a_preview_shows_what_the_helper_would_see_and_stays_there(lab, vera):
    await lab.report("Open panel", await lab.test("HGB", "12", "g/dL", loinc="718-7"), await lab.test("A", "1", "g"))
    await lab.test("Hidden", "1", "g", sensitive=True)
    seen_as = f"{lab.home}/as/{(await lab.person('Otto Lind', 'helper', ('results',))).share}"
    page = await vera.get(f"{seen_as}/results")
    assert "1 result from" in page.main and "Hidden" not in page.main
    page = await vera.follow(page, "Open panel")
    page = await vera.follow(page, "Hemoglobin")
    assert page.url.startswith(f"{seen_as}/tests/")
    assert all(address.startswith(seen_as) for _words, address in page.links if "/results" in address or "/tests/" in address)


async def test_a_stranger_and_a_helper_without_results_see_nothing(lab, another_client):
    another_client.cookies.set("s", (await lab.person("Otto", "helper", ("visits",))).cookie)
    assert (await another_client.get(f"{lab.home}/results")).status == 403
    other = await Lab.open(lab.house, lab.now, "Some One")
    assert (await another_client.get(f"{other.home}/results")).status == 404
    assert (await another_client.get(f"{other.home}/results.txt")).status == 404


# Filter and pages


async def test_a_word_finds_plain_names_laboratory_names_and_tests_inside_reports(lab, vera):
    await blood_count(lab, 5)
    await lab.test("Glucose SerPl", "92", "mg/dL", loinc="2345-7")
    await lab.test("50% solution", "1", "g")
    found = {}
    for word in ("sugar", "SERPL", "platelet", "50%", "%", "_", "nothing so named"):
        page = await vera.get(f"{lab.home}/results", params={"q": word})
        found[word] = (re.search(r"(\d+) results?|No results", page.main) or [""])[0]
    assert found == {"sugar": "1 result", "SERPL": "1 result", "platelet": "1 result", "50%": "1 result",
                     "%": "1 result", "_": "No results", "nothing so named": "No results"}  # fmt: skip


async def test_a_kind_finds_reports_by_the_tests_inside(lab, vera):
    await lab.report("Mixed panel", await lab.test("HGB", "12", "g/dL", loinc="718-7"), days=4)
    await lab.test("Culture", said("No germs found"), kind="urine")
    await lab.report("Letter", note="Words.", days=6)
    await lab.test("Odd", "1", "g")
    expected = {"blood": "Hemoglobin", "urine": "Culture", "note": "Letter", "other": "Odd"}
    for kind, name in expected.items():
        page = await vera.get(f"{lab.home}/results?kind={kind}")
        assert "1 result from" in page.main and name in page.main
        assert "Only of this kind:" in page.main
    assert "4 results" in (await vera.get(f"{lab.home}/results?kind=nonsense&since=nonsense&before=nonsense")).main


async def test_how_far_back_is_a_choice(lab, vera):
    for number, days in enumerate((10, 500, 1200, 3000)):
        await lab.test(f"Test {number}", "1", "g", days=days)
    for since, count in (("1y", "1 result from the last year"), ("5y", "3 results from the last five years"), ("all", "4 results,")):
        assert count in (await vera.get(f"{lab.home}/results?since={since}")).main


async def test_the_end_of_one_year_leads_on_to_the_others(lab, vera):
    for number, days in enumerate((10, 500)):
        await lab.test(f"Test {number}", "1", "g", days=days)
    page = await vera.follow(await vera.get(f"{lab.home}/results"), "Show the results of all years")
    assert "2 results," in page.main and "all years" not in page.main


async def test_pages_hold_25_and_together_everything_once(lab, vera):
    """Many of one day, so that the order within a day matters too."""
    for number in range(60):
        await lab.test(f"Test number {number}", "1", "g", days=3 + number // 20)
    page, seen = await vera.get(f"{lab.home}/results"), []
    assert "60 results from the last year, newest first. 60 new. This page shows 1 to 25." in page.main
    assert page.link("Older results (35 more)")
    for _turn in range(5):
        seen += re.findall(r">(Test number \d+)<", page.html)
        if not any(text.startswith("Older") for text, _address in page.links):
            break
        page = await vera.follow(page, "Older results")
    assert len(seen) == 60 == len(set(seen))
    assert "This page shows 51 to 60." in page.main
    back = await vera.follow(await vera.follow(page, "Newer results"), "Newer results")
    assert "This page shows 1 to 25." in back.main


async def test_a_key_keeps_its_place_when_something_new_comes_in(lab, vera):
    for number in range(30):
        await lab.test(f"Test number {number}", "1", "g", days=3 + number)
    older = (await vera.get(f"{lab.home}/results")).link("Older results")
    await lab.test("Just in", "1", "g", days=1)
    page = await vera.get(older)
    assert "Test number 25" in page.main and "Test number 24" not in page.main
    assert "This page shows 27 to 31." in page.main


async def test_htmx_gets_the_list_alone_and_the_count_is_said(lab, vera):
    await lab.test("HGB", "12.3", "g/dL", loinc="718-7")
    part = await vera.htmx("GET", f"{lab.home}/results?q=hemo", target="div#results")
    assert not part.is_whole
    assert part.html.lstrip().startswith('<div id="results">')
    assert part.said.startswith("1 result from the last year, newest first. Only those with “hemo” in the name.")
    assert part.weight <= 3000


async def test_another_page_of_the_list_moves_focus_and_is_not_also_said(lab, vera):
    for number in range(30):
        await lab.test(f"Test number {number}", "1", "g", days=3 + number)
    older = (await vera.get(f"{lab.home}/results")).link("Older results")
    assert 'id="status"' not in (await vera.htmx("GET", older, target="div#results")).html


async def test_a_full_page_keeps_its_budget(lab, vera):
    for number in range(26):
        await blood_count(lab, 3 + number)
    page = await vera.get(f"{lab.home}/results")
    assert page.weight <= 8000
    assert (await vera.htmx("GET", f"{lab.home}/results", target="div#results")).weight <= 3000


# Looking is written down


async def test_who_looked_at_which_results_is_written_down(lab, vera):
    row = await lab.test("HGB", "12.3", "g/dL", loinc="718-7")
    await vera.get(f"{lab.home}/results")
    entries = await lab.house.database.rows("SELECT action, objects FROM audit_event WHERE subject = ?", lab.record.id)
    assert [one["action"] for one in entries] == ["results.see"]
    assert row.id.hex[-12:][:8] in entries[0]["objects"]


# Documents


async def test_page_pdf_and_text_say_the_same(lab, vera):
    await blood_count(lab, 3)
    await lab.test("25-OH", "18", "ng/mL", loinc="62292-8", low="30", days=40)
    await lab.test("B12", None, loinc="2132-9", status="registered", kind="blood")
    page = await vera.get(f"{lab.home}/results")
    pdf = await vera.get(page.link("PDF"))
    text = await vera.get(page.link("Plain text"))
    assert pdf_problems(pdf.content) == []
    spoken = Document(pdf.content).spoken.replace("\N{NO-BREAK SPACE}", " ")
    for fact in ("3 results from the last year, newest first.", "Blood count (CBC)", "Hemoglobin 11.8 g/dL", "Vitamin D",
                 "18 ng/mL.", "Below the usual range", "Vitamin B12", "Not back yet.", "Waiting"):  # fmt: skip
        assert fact in page.main and fact in spoken and fact in text.text, fact
    assert "Vera Lind, born February 3, 1961" in text.text


async def test_documents_keep_the_filter_and_say_where_they_end(lab, vera, monkeypatch):
    import pages.results

    monkeypatch.setattr(pages.results, "DOCUMENT", 5)
    for number in range(7):
        await lab.test(f"Sugar number {number}", "1", "g", days=3 + number)
    await lab.test("Other", "1", "g")
    page = await vera.get(f"{lab.home}/results?q=sugar")
    text = await vera.get(page.link("Plain text"))
    assert "Other" not in text.text
    assert "A document holds 5 results at most." in text.text
    assert "Sugar number 4" in text.text and "Sugar number 5" not in text.text


async def test_large_print_is_a_longer_document(lab, vera):
    for number in range(12):
        await blood_count(lab, 3 + number)
    page = await vera.get(f"{lab.home}/results")
    normal, large = [Document((await vera.get(page.link(words))).content) for words in ("PDF", "Large print PDF")]
    assert large.pages > normal.pages
    assert large.problems() == []
