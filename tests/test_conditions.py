"""The list of health conditions: as the clinic sent them, what is active first, repeats said once with every date."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ehr.projections.problems import condition as projected
from ehr.references import Reading
from ehr.rows import Feed
from tables.conditions import Condition
from tests.support.lab import Lab
from tests.support.pdf import Document, pdf_problems
from tests.support.visiting import visit


@pytest.fixture
async def listed(lab, vera):
    async def words() -> str:
        return (await vera.get(f"{lab.home}/conditions")).main

    return words


async def put(lab: Lab, label: str, **columns):
    return await lab.put(Condition, label, **{"clinical_status": "active", "verification": "confirmed", **columns})


async def test_a_condition_says_how_severe_where_since_when_until_when_and_what_was_noted(lab, listed):
    await put(lab, "Arthritis", severity="Moderate", body_site="Left knee", category="problem-list-item", onset="2019-05",
              recorded="2019-06-02", note="Worse in winter.")
    await put(lab, "Pneumonia", clinical_status="resolved", onset="2024-11-03", abatement="2024-11-30")
    page = await listed()
    assert ("Now Arthritis How severe: Moderate. Where: Left knee. On the list of health problems."
            " Since: May 2019. Written down: June 2, 2019. Worse in winter.") in page
    assert "In the past Pneumonia Since: November 3, 2024. Until: November 30, 2024." in page
    assert "2 health conditions. Now: 1. In the past: 1." in page


async def test_an_age_and_a_description_stand_where_no_date_was_sent(lab, listed):
    await put(lab, "Asthma", clinical_status="", onset_words="age:12 years", abatement_words="true")
    await put(lab, "Sore back", onset_words="after the move")
    page = await listed()
    assert "Now Sore back Since: after the move. In the past Asthma Since: age 12 years." in page and "true" not in page


async def test_what_nobody_is_sure_of_says_so_here_and_in_the_visit_and_what_was_wrong_is_nowhere(lab, vera):
    one = await visit(lab)
    await put(lab, "Gout", verification="provisional", encounter=one.id)
    await put(lab, "Lupus", verification="differential")
    for status in ("refuted", "entered-in-error"):
        await put(lab, f"Wrong {status}", verification=status, withdrawn_at=lab.now, encounter=one.id)
    page = (await vera.get(f"{lab.home}/conditions")).main
    assert "Gout Not sure yet" in page and "Lupus Not sure yet" in page and "Wrong" not in page
    assert "Gout (not sure yet)" in (await vera.get(f"{lab.home}/visits/{one.ref}")).main


@pytest.mark.parametrize(("status", "heading", "said"), [
    ("recurrence", "Now", "Came back"), ("relapse", "Now", "Came back"), ("remission", "In the past", "Better for now"),
    ("inactive", "In the past", ""), ("", "Now", ""),
])  # fmt: skip
async def test_each_state_stands_under_its_heading(lab, listed, status, heading, said):
    await put(lab, "Eczema", clinical_status=status)
    assert f"{heading} Eczema {said}".strip() in await listed()


async def test_a_condition_leads_to_the_visit_it_was_found_at(lab, vera):
    one = await visit(lab, sent=("2026-02-01T09:00:00-06:00", "2026-02-01T09:30:00-06:00"))
    await put(lab, "Gout", category="encounter-diagnosis", encounter=one.id)
    page = await vera.get(f"{lab.home}/conditions")
    assert page.link("From the visit of February 1, 2026").endswith(f"/visits/{one.ref}")
    assert "From the visit of February 1, 2026" in (await vera.get(f"{lab.home}/conditions.txt")).text
    assert "Found at a visit." not in page.main


async def test_a_helper_without_visits_reads_that_it_was_a_visit_and_not_which(lab, client):
    one, private = await visit(lab), await visit(lab)
    await put(lab, "Gout", category="encounter-diagnosis", encounter=one.id)
    await lab.only_me(private)
    await put(lab, "Cough", category="encounter-diagnosis", encounter=private.id)
    client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("conditions",))).cookie)
    page = await client.get(f"{lab.home}/conditions")
    assert page.main.count("Found at a visit.") == 2 and "From the visit" not in page.main
    assert (await client.get(f"{lab.home}/allergies")).status == 403
    client.cookies.set("s", (await lab.person("Nora Lind", "helper", ("conditions", "visits"))).cookie)
    page = await client.get(f"{lab.home}/conditions")
    assert page.html.count(f"/visits/{one.ref}") == 1 and private.ref not in page.html


async def test_what_repeats_is_said_once_with_every_date(lab, listed):
    for year in range(2018, 2022):
        await put(lab, "Bronchitis", clinical_status="resolved", onset=f"{year}-01-05", abatement=f"{year}-01-19")
    await put(lab, "Bronchitis", clinical_status="resolved", severity="Severe", onset="2010")
    page = await listed()
    assert "2 health conditions." in page and "Bronchitis Written down 4 times. Since: January 5, 2021." in page
    assert all(f"Since: January 5, {year}. Until: January 19, {year}." in page for year in range(2018, 2022))
    assert "How severe: Severe. Since: 2010." in page


async def test_repeats_beyond_a_page_of_them_go_on_in_another_entry(lab, listed):
    for number in range(60):
        await put(lab, "Cold", onset=f"{1950 + number}")
    page = await listed()
    assert "3 health conditions." in page
    assert all(f"Since: {1950 + number}." in page for number in range(60))


async def test_what_the_clinic_sends_stands_as_sent(lab, listed):
    await put(lab, "J45.909")
    await put(lab, "Full-time employment (finding)")
    await put(lab, "<img src=x onerror=alert(1)>", onset="soon", clinical_status="odd", category="55607006")
    page = await listed()
    assert "J45.909" in page and "Full-time employment (finding)" in page
    assert "<img src=x onerror=alert(1)> Since: soon." in page


async def test_an_empty_list_and_a_thousand_conditions(lab, vera):
    assert "No health conditions are written down here." in (await vera.get(f"{lab.home}/conditions")).main
    for number in range(1000):
        await put(lab, f"Condition {number:04}", onset=f"20{number % 20:02}-03-01", clinical_status="resolved" if number % 2 else "active")
    page = await vera.get(f"{lab.home}/conditions")
    assert "Now: 500. In the past: 500. This page shows 1 to 25." in page.main
    assert page.weight <= 8000


async def test_paper_and_text_say_every_date(lab, vera):
    for year in (2018, 2020):
        await put(lab, "Bronchitis", onset=f"{year}-01-05")
    paper = (await vera.get(f"{lab.home}/conditions.pdf")).content
    assert pdf_problems(paper) == []
    text = (await vera.get(f"{lab.home}/conditions.txt")).text
    for said in (" ".join(Document(paper).text.split()), text):
        assert "Since: January 5, 2018." in said and "Since: January 5, 2020." in said


def test_a_condition_without_a_name_is_called_by_its_code():
    resource = {"resourceType": "Condition", "code": {"coding": [{"code": "J45.909"}]}}
    made = projected(resource, Reading(resource), Feed("America/Chicago", datetime.now(UTC)))
    assert made.rows[0].values["label"] == "J45.909"


async def test_marias_conditions_tell_her_story_and_her_daughter_reads_all_but_what_is_labelled(person, cast):
    home = f"/records/{cast['self'].record}/conditions"
    hers = (await (await person("self")).get(home)).main
    anas = (await (await person("helper-full")).get(home)).main
    assert "Common cold Found at a visit. Written down 2 times." in hers and "Sleep apnea Not sure yet" in hers
    assert "Grief" in hers and "Grief" not in anas and "Gout" not in hers
    assert "High blood pressure" in anas
