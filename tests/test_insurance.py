"""Insurance on file: who pays, under which number, whose policy it is, from when until when, and what pays first."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from tables.coverage import Coverage
from tests.support.pdf import Document, pdf_problems


@pytest.fixture
async def listed(lab, vera):
    async def words() -> str:
        return (await vera.get(f"{lab.home}/insurance")).main

    return words


def tight(text: str) -> str:
    """Without blanks: between a name and its value the page has none, a person's browser does."""
    return "".join(text.split())


WHOLE = {
    "payer": "Acme Health Plan", "plan": "Acme Gold", "member_number": "888009335-07", "group_name": "XYZ staff",
    "group_number": "xyz", "relationship": "Self", "effective": "2020-01-01/", "rank": 1, "network": "West",
}


async def test_it_says_who_pays_under_which_number_since_when_and_in_which_order(lab, listed):
    await lab.put(Coverage, "PPO", **WHOLE)
    assert tight("Acme Health Plan Plan Acme Gold Kind of plan PPO Member number 888009335-07 Group XYZ staff, xyz"
            " Whose policy Your own Network West Covered From January 1, 2020 Pays First") in tight(await listed())


async def test_a_policy_of_somebody_else_names_them_and_what_the_patient_is_to_them(lab, listed):
    await lab.put(Coverage, "Family plan", payer="Lakeside", subscriber="Meera Patel", relationship="child", dependent="03")
    page = await listed()
    assert tight("Whose policy Meera Patel Covered as Child Number of the person 03") in tight(page)


async def test_words_of_the_clinic_for_a_relation_stay_and_a_payer_that_is_the_kind_is_said_once(lab, listed):
    await lab.put(Coverage, "Lakeside", payer="Lakeside", plan="Lakeside", relationship="Ward of the state", rank=5)
    page = await listed()
    assert tight("Covered as Ward of the state") in tight(page) and "Kind of plan" not in page
    assert tight("Pays Number 5") in tight(page)


async def test_what_is_cancelled_or_ended_stands_apart_and_what_is_to_come_says_so(lab, listed):
    await lab.put(Coverage, "A", payer="Ended", effective="2009-09-01/2023-02-28")
    await lab.put(Coverage, "B", payer="Called off", effective="2024", status="cancelled")
    await lab.put(Coverage, "C", payer="Still on", effective="2015-01-01/2999-12-31")
    await lab.put(Coverage, "D", payer="To come", effective="2998-01-01/")
    page = await listed()
    found = re.findall(r"Ended Ended|Called off Cancelled|Still on|To come Not yet begun|Before ", page)
    assert found == ["To come Not yet begun", "Still on", "Before ", "Called off Cancelled", "Ended Ended"]
    assert tight("Covered September 1, 2009 to February 28, 2023") in tight(page)


async def test_a_line_with_a_status_alone_still_stands(lab, listed):
    await lab.put(Coverage, "")
    assert "1 plan on file. Now Insurance" in await listed()


async def test_nothing_on_file_says_so(listed):
    assert "No insurance is on file here." in await listed()


async def test_hostile_words_stand_as_sent(lab, listed):
    await lab.put(Coverage, "x", payer="<script>alert(1)</script>", member_number='"><img src=x>', effective="soon")
    page = await listed()
    assert tight('<script>alert(1)</script> Kind of plan x Member number "><img src=x> Covered soon') in tight(page)


async def test_a_helper_reads_whose_policy_it_is_and_needs_the_bills_for_it(lab, client):
    await lab.put(Coverage, "PPO", **WHOLE)
    client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("billing",))).cookie)
    assert tight("Whose policy Vera’s") in tight((await client.get(f"{lab.home}/insurance")).main)
    client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("care_plan",))).cookie)
    assert (await client.get(f"{lab.home}/insurance")).status == 403


async def test_paper_and_text_say_what_the_page_says(lab, client):
    await lab.put(Coverage, "PPO", **WHOLE)
    client.cookies.set("s", (await lab.person("Vera Lind")).cookie)
    paper, text = [await client.get(f"{lab.home}/insurance.{form}") for form in ("pdf", "txt")]
    assert pdf_problems(paper.content) == []
    for said in (Document(paper.content).text, text.text):
        assert re.search(r"Member number:?\s+888009335-07", said) and "From January 1, 2020" in " ".join(said.split())


async def test_what_pays_first_stands_first_and_what_says_nothing_of_it_last(lab, listed):
    for name, rank, since in (("Silent", None, "2026-01-01/"), ("Second", 2, "2025-01-01/"), ("Primary", 1, "2020-01-01/")):
        await lab.put(Coverage, name, rank=rank, effective=since)
    assert re.findall(r"Silent|Second(?= Covered|Covered)|Primary", await listed()) == ["Primary", "Second", "Silent"]
