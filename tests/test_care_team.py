"""Care teams: who is in them and as what, what for, how to reach them; those of today first."""

from __future__ import annotations

from datetime import datetime

from tables.care_plan import CareTeam
from tests.support.pdf import Document, pdf_problems


PEOPLE = [
    {"name": "Dr. Lena Okafor", "role": "Family doctor", "ref": "Practitioner/1"},
    {"name": "Ana Delgado", "role": "Daughter", "ref": ""},
    {"name": "Dr. Lena Okafor", "role": "Family doctor", "ref": "Practitioner/2"},
    {"name": "", "role": "Night nurse", "ref": ""},
    {"name": "Riverbend Clinic", "role": "", "ref": "Organization/1"},
]


async def test_a_team_says_who_is_in_it_as_what_what_for_and_how_to_reach_it(lab, vera):
    await lab.put(CareTeam, "Heart team", members=PEOPLE, reason="High blood pressure", phone="(555) 555-0140",
                  organization="County Hospital", effective="2026-02-01/", note="Ask for Sam.")
    page = (await vera.get(f"{lab.home}/care-team")).main
    assert ("Heart team For: High blood pressure. Part of: County Hospital. Phone: (555) 555-0140 Dr. Lena Okafor: Family doctor"
            " Ana Delgado: Daughter Night nurse Riverbend Clinic Ask for Sam. From February 1, 2026") in page


async def test_the_place_that_is_a_member_is_not_said_again(lab, vera):
    await lab.put(CareTeam, "", members=PEOPLE, organization="Riverbend Clinic")
    page = (await vera.get(f"{lab.home}/care-team")).main
    assert "Part of" not in page and page.count("Riverbend Clinic") == 1
    assert "Care team Dr. Lena Okafor" in page


async def test_the_teams_of_today_come_first_and_one_on_hold_or_past_says_so(lab, vera):
    await lab.put(CareTeam, "Left in March", effective="2026-01-01/2026-03-01")
    await lab.put(CareTeam, "Closed", status="inactive", effective="2026-05-01/")
    await lab.put(CareTeam, "Waiting", status="suspended")
    page = (await vera.get(f"{lab.home}/care-team")).main
    assert "Now Waiting On hold Before Closed Ended" in page.replace(" From May 1, 2026", "")
    assert "Left in March January 1, 2026 to March 1, 2026" in page


async def test_no_team_says_so(lab, vera):
    assert "No care team is written down here." in (await vera.get(f"{lab.home}/care-team")).main


async def test_hostile_words_stand_as_sent_on_page_paper_and_text(lab, vera):
    await lab.put(CareTeam, "<b>Team</b> {{ 7*7 }}", members=[{"name": "<i>Eve</i>", "role": "%(name)s", "ref": ""}])
    page, paper, text = [await vera.get(f"{lab.home}/care-team{form}") for form in ("", ".pdf", ".txt")]
    assert pdf_problems(paper.content) == []
    for said in (page.main, Document(paper.content).text, text.html):
        assert "<b>Team</b> {{ 7*7 }}" in said and "<i>Eve</i>: %(name)s" in said
