"""The list of procedures: what was done, when, by whom, why and what came of it; what was not done, and why."""

from __future__ import annotations

import re

import pytest

from pages.pointed import without
from tables.conditions import Condition
from tables.procedures import Procedure
from tests.support.lab import Lab
from tests.support.pdf import Document, pdf_problems
from tests.support.visiting import visit

pytestmark = pytest.mark.in_turns


@pytest.fixture
async def listed(lab, vera):
    async def words() -> str:
        return (await vera.get(f"{lab.home}/procedures")).main

    return words


async def put(lab: Lab, label: str, **columns):
    return await lab.put(Procedure, label, **{"status": "completed", **columns})


async def test_a_procedure_says_when_by_whom_where_why_and_what_came_of_it(lab, listed):
    await put(lab, "Colonoscopy", effective="2026-02-01", performer="Dr. Nils Lindqvist", place="Room 4", reason="Low iron",
              body_site="Large bowel", outcome="One polyp taken out", complication="Some bleeding", follow_up="Again in 5 years",
              note="You slept through it.")
    assert ("Done Colonoscopy When: February 1, 2026. Done by Dr. Nils Lindqvist. Where: Room 4. For: Low iron."
            " Part of the body: Large bowel. How it went: One polyp taken out. Problems: Some bleeding."
            " What comes next: Again in 5 years. You slept through it.") in await listed()


async def test_what_was_not_done_says_why_and_nobody_did_it(lab, listed):
    await put(lab, "Knee shot", status="not-done", status_reason="Wants to wait", effective="2026-02-01", performer="Dr. Okafor")
    page = await listed()
    assert "Not done Knee shot Why: Wants to wait. When: February 1, 2026. With Dr. Okafor." in page
    assert "Done by" not in page


async def test_what_is_planned_or_goes_on_stands_first_and_says_so(lab, listed):
    await put(lab, "Biopsy", effective="2026-02-03")
    await put(lab, "Dialysis", status="in-progress", effective="2026-02-01/")
    await put(lab, "New hip", status="preparation", effective="2026-09-01")
    await put(lab, "Light therapy", status="on-hold")
    page = await listed()
    assert ("Planned or going on New hip Planned When: September 1, 2026. Dialysis Going on now When: From February 1, 2026."
            " Light therapy On hold Done Biopsy When: February 3, 2026.") in page
    assert "4 procedures. Planned or going on: 3. Done: 1." in page


async def test_a_status_that_does_not_tell_and_one_that_was_stopped(lab, listed):
    await put(lab, "Scan", status="unknown")
    await put(lab, "Stress test", status="stopped", status_reason="Out of breath")
    page = await listed()
    assert "Done Stress test Stopped Why: Out of breath." in page and "Not known if done Scan" in page


async def test_the_newest_stand_first_and_a_period_and_words_stand_as_sent(lab, listed):
    await put(lab, "Older", effective="2019-05/2020-02")
    await put(lab, "Newer", effective="2024")
    await put(lab, "Tonsils", effective_words="As a child")
    await put(lab, "Aged", effective_words="age:34 years")
    await put(lab, "<b>Odd</b>", effective="last spring")
    page = await listed()
    assert "Newer When: 2024. Older When: May 2019 to February 2020." in page
    assert "Tonsils When: As a child." in page and "Aged When: age 34 years." in page
    assert "<b>Odd</b> When: last spring." in page


async def test_a_procedure_leads_to_its_visit_where_it_may_be_seen(lab, vera):
    seen, own = await visit(lab, sent=("2026-02-01", "2026-02-01")), await visit(lab, days=40)
    await put(lab, "Stitches", encounter=seen.id)
    await put(lab, "Private", encounter=own.id)
    await lab.only_me(own)
    page = await vera.get(f"{lab.home}/procedures")
    assert page.link("From the visit of February 1, 2026").endswith(f"/visits/{seen.ref}")
    vera.cookies.set("s", (await lab.person("Otto Lind", "helper", ("visits",))).cookie)
    helped = (await vera.get(f"{lab.home}/procedures")).main
    assert "Private" in helped and helped.count("From the visit of") == 1


async def test_a_helper_reads_neither_what_is_hidden_nor_the_name_of_a_condition_that_is(lab, client):
    await lab.put(Condition, "Grief", verification="confirmed")
    await put(lab, "Counseling", reason="Tired, Grief, Poor sleep")
    await put(lab, "Labelled", sensitive=True)
    await lab.only_me(await put(lab, "Kept"))
    client.cookies.set("s", (await lab.person("Vera Lind")).cookie)
    assert "Counseling For: Tired, Grief, Poor sleep." in (await client.get(f"{lab.home}/procedures")).main
    client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("visits",))).cookie)
    page = (await client.get(f"{lab.home}/procedures")).main
    assert "1 procedure." in page and "For: Tired, Poor sleep." in page and not re.search("Grief|Labelled|Kept", page)


@pytest.mark.parametrize(("joined", "kept"), [
    ("Grief", ""), ("Grief, Grief, Cough", "Cough"), ("Cough, Diabetes, type 2", "Cough"), ("Old grief", "Old grief"), ("", ""),
])  # fmt: skip
def test_names_are_left_out_whole(joined, kept):
    assert without(joined, frozenset({"Grief", "Diabetes, type 2"})) == kept


async def test_what_was_entered_in_error_is_nowhere(lab, listed):
    await put(lab, "Wrong", status="entered-in-error", withdrawn_at=lab.now)
    page = await listed()
    assert "No procedures are written down here." in page and "Wrong" not in page


async def test_paper_and_text_say_what_the_page_says(lab, vera):
    await put(lab, "Knee shot", status="not-done", status_reason="Wants to wait", effective="2026-02-01")
    paper = (await vera.get(f"{lab.home}/procedures.pdf")).content
    assert pdf_problems(paper) == []
    text = (await vera.get(f"{lab.home}/procedures.txt")).text
    for said in (" ".join(Document(paper).text.split()), text):
        assert all(fact in said for fact in ("Not done", "Knee shot", "Why: Wants to wait.", "February 1, 2026"))


async def test_marias_procedures_tell_her_story_and_her_daughter_reads_no_labelled_one(person, cast):
    home = f"/records/{cast['self'].record}/procedures"
    page = (await (await person("self")).get(home)).main
    assert "8 procedures. Planned or going on: 2. Done: 5. Not done: 1." in page and "Cast on the right wrist" not in page
    assert "Sleep study Planned" in page and "Tonsils taken out When: As a child." in page
    assert "7 procedures." in (helped := (await (await person("helper-full")).get(home)).main) and "Grief" not in helped
