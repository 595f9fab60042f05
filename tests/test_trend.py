"""One test over time: the sentence, the table and the picture, and what never stands on one line."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from rules.quantities import Quantity
from tests.support.lab import Lab, before, said
from tests.support.pdf import Document, pdf_problems

RISING = (("12.3", 4), ("11.8", 95), ("11.4", 180), ("11.1", 270), ("10.6", 355))


async def history(lab: Lab, numbers=RISING, unit="g/dL", **columns) -> str:
    """The address of a hemoglobin history."""
    columns = {"loinc": "718-7", "low": "12.0", "high": "15.5", **columns}
    rows = [await lab.test("HGB", number, unit, days=days, **columns) for number, days in numbers]
    return f"{lab.home}/tests/{await lab.series_ref(rows[0])}"


async def test_a_sentence_comes_first_then_the_table_then_the_picture(lab, vera):
    page = await vera.get(await history(lab))
    assert page.h1 == "Hemoglobin"
    assert "The laboratory writes “HGB”" in page.main
    assert "was 12.3 g/dL. That is in the usual range of 12.0 to 15.5. It has gone up each time since" in page.main
    assert [cells[1:] for cells in page.rows("5 tests, newest first")] == [
        ["Result", "What it means"], ["12.3 g/dL", "In the usual range"], ["11.8 g/dL", "Below the usual range"],
        ["11.4 g/dL", "Below the usual range"], ["11.1 g/dL", "Below the usual range"],
        ["10.6 g/dL", "Below the usual range"],
    ]  # fmt: skip
    assert page.html.index('class="lede"') < page.html.index("<table") < page.html.index("<svg")
    assert "Picture of the same 5 tests" in page.main
    assert "Hemoglobin carries oxygen in your blood." in page.main
    assert page.link("All test results") == f"{lab.home}/results"


async def test_the_unit_is_said_in_full_once(lab, vera):
    page = await vera.get(await history(lab))
    assert page.main.count("“g/dL” means grams per deciliter.") == 1
    assert "“g/dL” means grams per deciliter." in (await vera.get(page.link("Plain text"))).text


async def test_it_stands_among_the_results(lab, vera):
    assert 'results" aria-current="true">Test results</a>' in (await vera.get(await history(lab))).html


async def test_a_helper_reads_whose_it_is(lab, another_client):
    another_client.cookies.set("s", (await lab.person("Otto", "helper", ("results",))).cookie)
    page = await another_client.get(await history(lab))
    assert page.h1 == "Vera Lind’s record: Hemoglobin"
    assert "Vera’s hemoglobin on" in page.main


async def test_no_range_no_high_no_low(lab, vera):
    page = await vera.get(await history(lab, low="", high=""))
    assert page.rows()[0] == ["Taken on", "Result"]
    assert "sent no usual range with these, so nothing here is called high or low" in page.main
    assert not re.search("(?i)(below|above|in) the usual", page.main)


async def test_ranges_that_differ_stand_in_each_row(lab, vera):
    address = await history(lab, RISING[:1])
    await history(lab, RISING[1:2], low="13.0", high="16.0")
    rows = (await vera.get(address)).rows()
    assert rows[0] == ["Taken on", "Result", "Usual range", "What it means"]
    assert [cells[2] for cells in rows[1:]] == ["12.0 to 15.5", "13.0 to 16.0"]


async def test_two_units_never_stand_on_one_line(lab, vera):
    address = await history(lab)
    other = await history(lab, (("123", 30), ("118", 60)), unit="g/L", low="120", high="155")
    page = await vera.get(address)
    assert "123" not in page.rows()[1][1] and len(page.rows()) == 6
    assert "The same test in another unit, which is not on one line with these: g/L" in page.main
    assert page.link("g/L") == other
    assert len((await vera.get(other)).rows()) == 3


async def test_charts_that_were_put_together_make_one_history(lab, vera):
    address = await history(lab)
    second = await lab.another_source()
    moved = await lab.test("Hb", "13.1", "g/dL", loinc="718-7", days=1, patient=second)
    page = await vera.get(address)
    assert page.rows()[1][1] == "13.1 g/dL" and len(page.rows()) == 7
    assert len((await vera.get(f"{lab.home}/tests/{await lab.series_ref(moved)}")).rows()) == 7


async def test_a_bound_is_said_in_words_and_drawn_hollow(lab, vera):
    page = await vera.get(await history(lab, (("<5", 3), ("7", 40), ("9", 80)), low="", high=""))
    assert page.rows()[1][1] == "less than 5 g/dL"
    assert "A hollow square is a bound, not a measured number." in page.main


async def test_two_results_of_one_moment_are_both_shown_and_one_counts(lab, vera):
    moment = (lab.now - timedelta(days=3)).strftime("%Y-%m-%dT10:00:00Z")
    address = await history(lab, (("5.0", 3),), sent=moment)
    await history(lab, (("6.0", 3),), sent=moment, status="corrected", corrected=True)
    await history(lab, (("4.0", 50),))
    page = await vera.get(address)
    rows = page.rows()
    assert [cells[1] for cells in rows[1:]] == ["6.0 g/dL", "5.0 g/dL", "4.0 g/dL"]
    assert "Two results came for this time; this one counts." in rows[1][2]
    assert "it is not in the picture" in rows[2][2]
    assert "Picture of the same 2 tests" in page.main


async def test_a_result_without_a_number_stands_in_the_table_alone(lab, vera):
    address = await history(lab)
    await lab.test("HGB", said("Clotted, not measured"), loinc="718-7", days=20)
    page = await vera.get(address)
    assert ["Clotted, not measured"] == [cells[1] for cells in page.rows()[2:3]]
    assert "Picture of the same 5 tests" in page.main


async def test_a_correction_says_what_stood_there_before(lab, vera):
    earlier = before(Quantity("18.3", "g/dL", "g/dL"), lab.now)
    page = await vera.get(await history(lab, (("12.3", 4),), corrected=True, status="corrected", previous=earlier))
    assert "It said 18.3 g/dL before." in page.main


async def test_a_note_beside_a_number_without_a_range_stands_alone(lab, vera):
    page = await vera.get(await history(lab, RISING[:1], low="", high="", note="Drawn after a meal."))
    assert page.rows()[1][1] == "12.3 g/dL: Drawn after a meal."


async def test_a_single_test_has_no_picture_and_no_choice(lab, vera):
    page = await vera.get(await history(lab, RISING[:1]))
    assert "<svg" not in page.html
    assert "Last year" not in page.main and "All (" not in page.main
    assert page.rows("1 test")


async def test_a_date_leads_to_the_report_as_far_as_it_may_be_seen(lab, vera):
    seen, held = await lab.test("HGB", "12", "g/dL", loinc="718-7"), await lab.test("HGB", "11", "g/dL", loinc="718-7", days=9)
    report = await lab.report("CBC", seen)
    await lab.report("Held", held, released_at=None, days=9)
    page = await vera.get(f"{lab.home}/tests/{await lab.series_ref(seen)}")
    assert [a for _w, a in page.links if "/results/" in a] == [f"{lab.home}/results/{report.ref}"]
    assert len(page.rows()) == 3


# How far back


async def test_the_period_is_a_choice_of_links(lab, vera):
    address = await history(lab, (*RISING, ("9.0", 700), ("8.0", 1500), ("7.0", 4000)))
    page = await vera.get(address)
    assert [w for w, a in page.links if "since=" in a and "tests" in a and "." not in a.rsplit("/", 1)[1]] == [
        "Last year (5)", "Last 3 years (6)", "Last 5 years (7)", "All (8)",
    ]  # fmt: skip
    page = await vera.follow(page, "Last 3 years (6)")
    assert page.rows("6 tests, newest first")
    assert "Tests of the last 3 years" in page.main
    assert 'aria-current="true" hx-get' in page.html
    assert page.link("PDF").endswith(".pdf?since=3y")
    text = await vera.get(page.link("Plain text"))
    assert "6 tests, newest first" in text.text


async def test_htmx_gets_the_history_alone(lab, vera):
    address = await history(lab)
    part = await vera.htmx("GET", f"{address}?since=all", target="div#history")
    assert part.html.lstrip().startswith('<div id="history">')
    assert part.weight <= 3000
    assert "h2" in part.html, "focus goes to the heading of what is new"


async def test_a_long_history_shows_the_newest_and_says_so(lab, vera):
    address = await history(lab, [(str(number), 3 + number) for number in range(60)])
    page = await vera.get(address)
    assert page.rows("The newest 40 of 60 tests, newest first")
    assert "60 tests, newest first" in (await vera.get(page.link("Plain text"))).text
    assert page.weight <= 8000


# Who may


async def test_measurements_need_a_share_of_their_own(lab, vera, another_client):
    address = (await history(lab, unit="/min", category="vitals", loinc="8867-4", low="", high="")).replace("tests", "vitals")
    assert (await vera.get(address)).h1 == "Heart rate"
    another_client.cookies.set("s", (await lab.person("Otto", "helper", ("results",))).cookie)
    for form in ("", ".pdf", ".txt"):
        assert (await another_client.get(address + form)).status == 403
        assert (await another_client.get(address.replace("vitals", "tests") + form)).status == 404
    await another_client.get("/records")
    another_client.cookies.set("s", (await lab.person("Olga", "helper", ("results", "vitals"))).cookie)
    assert (await another_client.get(address)).status == 200


async def test_what_may_not_be_seen_is_in_no_row_no_sentence_and_no_count(lab, vera, another_client):
    address = await history(lab, RISING[1:])
    await history(lab, (("99.1", 1),), released_at=None)
    await history(lab, (("99.2", 2),), withdrawn_at=lab.now)
    await history(lab, (("12.7", 3),), sensitive=True)
    assert "12.7" in (await vera.get(address)).main and "99." not in (await vera.get(address)).html
    another_client.cookies.set("s", (await lab.person("Otto", "helper", ("results",))).cookie)
    page = await another_client.get(address)
    assert "12.7" not in page.html and page.rows("4 tests")


async def test_a_report_marked_only_me_takes_its_tests_out_of_a_helpers_histories(lab, another_client):
    address = await history(lab, RISING[1:])
    await lab.only_me(await lab.report("Private", await lab.test("HGB", "12.9", "g/dL", loinc="718-7", days=1)))
    another_client.cookies.set("s", (await lab.person("Otto", "helper", ("results",))).cookie)
    page = await another_client.get(address)
    assert "12.9" not in page.html and page.rows("4 tests")


async def test_a_unit_of_which_nothing_may_be_seen_is_not_named(lab, vera):
    address = await history(lab)
    await history(lab, (("123", 30),), unit="g/L", released_at=None)
    assert "another unit" not in (await vera.get(address)).main


async def test_a_history_of_which_nothing_may_be_seen_is_not_found(lab, vera):
    assert (await vera.get(await history(lab, RISING[:2], released_at=None))).status == 404
    other = await Lab.open(lab.house, lab.now, "Some One")
    theirs = await history(other)
    assert (await vera.get(theirs)).status == 404
    assert (await vera.get(f"{lab.home}/tests/{theirs.rsplit('/', 1)[1]}")).status == 404


# Documents


async def test_page_pdf_and_text_say_the_same(lab, vera):
    address = await history(lab)
    page, text = await vera.get(address), await vera.get(address + ".txt")
    for size in ("", "?print=18", "?print=24"):
        pdf = await vera.get(address + ".pdf" + size)
        assert pdf_problems(pdf.content) == []
        document = Document(pdf.content)
        spoken = document.spoken.replace("\N{NO-BREAK SPACE}", " ")
        for number, _days in RISING:
            assert f"{number} g/dL" in page.main and f"{number} g/dL" in spoken and f"{number} g/dL" in text.text
        for fact in ("It has gone up each time since", "Below the usual range", "Hemoglobin carries oxygen"):
            assert fact in page.main and fact in spoken and fact in text.text
        assert "Figure:" in document.structure
    assert len(pdf.content) <= 40_000
