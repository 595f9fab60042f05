"""Care plans: the list, and one plan with what it is for, what to do, its goals and its team."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from tables.care_plan import CarePlan, CareTeam, Goal
from tables.conditions import Condition
from tables.database import Database
from tables.medicines import MedicationRequest
from tests.support.lab import Lab
from tests.support.pdf import Document, pdf_problems

pytestmark = pytest.mark.in_turns


@pytest.fixture
async def page_of(lab, vera):
    async def words(plan) -> str:
        return (await vera.get(f"{lab.home}/care-plan/{plan.ref}")).main

    return words


def tight(text: str) -> str:
    """Without blanks and colons, which page, paper and text put differently between a name and its value."""
    return "".join(text.split()).replace(":", "")


def naming(*rows, text: str = "") -> list[dict]:
    return [{"ref": f"{row.fhir_type}/{row.fhir_id}", "text": text} for row in rows]


def activity(text: str = "", status: str = "", when: str = "", place: str = "", note: str = "") -> dict:
    return {"text": text, "status": status, "when": when, "place": place, "note": note}


async def whole(lab: Lab) -> CarePlan:
    goal = await lab.put(
        Goal, "Blood pressure down", achievement="improving", start="2026-02-01", note="Slowly.",
        targets=[{"measure": "Blood pressure", "text": "below 130 over 80", "due": "2026-08-01"}],
    )  # fmt: skip
    team = await lab.put(
        CareTeam, "Heart team", phone="(555) 555-0140",
        members=[{"name": "Dr. Lena Okafor", "role": "Family doctor", "ref": ""}, {"name": "Ana Delgado", "role": "Daughter", "ref": ""}],
    )  # fmt: skip
    return await lab.put(
        CarePlan, "Heart plan", addresses=["High blood pressure", "High blood pressure"], author="Dr. Lena Okafor",
        effective="2026-02-01/", description="To stay well.", note="Ring us.", goals=naming(goal), teams=naming(team),
        activities=[
            activity("Walk", "in-progress", "Most days", "At home", "Half an hour."), activity("Blood test", "completed", "2026-03-01/2026-03-31"),
            activity("Blood test", "completed", "2026-03-01/2026-03-31"), activity("Filed by mistake", "entered-in-error"),
        ],
    )  # fmt: skip


SAID = (
    "For High blood pressure", "When From February 1, 2026", "Written by Dr. Lena Okafor", "About this plan", "To stay well.",
    "2 things to do", "Most days", "At home", "Half an hour.", "Under way", "March 1, 2026 to March 31, 2026", "Done",
    "1 goal", "Blood pressure down", "Set on February 1, 2026. Slowly.", "Blood pressure: below 130 over 80",
    "August 1, 2026", "Improving", "Care team: Heart team", "2 people and places", "Family doctor", "Daughter",
    "Phone (555) 555-0140", "Ring us.",
)  # fmt: skip


# The list


async def test_the_plans_of_today_come_first_and_each_leads_to_its_page(lab, vera):
    await lab.put(CarePlan, "Done with", status="completed", effective="2026-03-01/2026-04-01")
    await lab.put(CarePlan, "Called off", status="revoked", effective="2026-02-01/")
    await lab.put(CarePlan, "Of today", effective="2020-01-01/", addresses=["Asthma"], author="Dr. Lena Okafor")
    await lab.put(CarePlan, "Waits", status="on-hold", effective="2019-01-01/")
    page = await vera.get(f"{lab.home}/care-plan")
    found = re.findall(r"Of today For: Asthma\. Written by|Waits On hold|Before |Done with Finished|Called off Stopped", page.main)
    assert found == ["Of today For: Asthma. Written by", "Waits On hold", "Before ", "Done with Finished", "Called off Stopped"]
    assert "4 entries. Now: 2. Before: 2." in page.main
    assert (await vera.follow(page, "Of today")).h1 == "Care plan: Of today"


async def test_what_many_plans_are_for_is_asked_once(lab, vera, monkeypatch):
    asked, rows = [], Database.rows

    async def counted(database: Database, sql: str, *values):
        asked.append(sql)
        return await rows(database, sql, *values)

    monkeypatch.setattr(Database, "rows", counted)
    await lab.put(CarePlan, "Plan 0", addresses=["Asthma", "Pain"])
    await vera.get(f"{lab.home}/care-plan")
    of_one = len(asked)
    for number in range(1, 8):
        await lab.put(CarePlan, f"Plan {number}", addresses=["Asthma", f"Pain {number}"])
    asked.clear()
    assert "For: Asthma and Pain 7." in (await vera.get(f"{lab.home}/care-plan")).main
    assert len(asked) <= of_one


async def test_a_goal_that_no_plan_names_stands_under_its_own_heading(lab, vera):
    named = await lab.put(Goal, "Named by a plan")
    await lab.put(CarePlan, "Plan", goals=naming(named))
    await lab.put(Goal, "On its own", achievement="not-achieved", targets=[{"measure": "LDL", "text": "100 mg/dL", "due": "2026"}])
    page = await vera.get(f"{lab.home}/care-plan")
    assert "Other goals On its own Not achieved Target: LDL: 100 mg/dL. By: 2026." in page.main
    assert "Named by a plan" not in page.main and "2 entries." in page.main


async def test_a_goal_of_a_plan_that_was_taken_back_stands_in_the_list(lab, vera):
    goal = await lab.put(Goal, "Still mine")
    await lab.put(CarePlan, "Taken back", goals=naming(goal), withdrawn_at=lab.now)
    page = await vera.get(f"{lab.home}/care-plan")
    assert "Still mine" in page.main and "Taken back" not in page.main


async def test_a_goal_of_the_same_name_in_another_feed_is_another_goal(lab, vera):
    mine = await lab.put(Goal, "Of this feed")
    await lab.put(Goal, "Of the other feed", source="elsewhere", fhir_id=mine.fhir_id)
    await lab.put(CarePlan, "Plan", goals=naming(mine))
    page = await vera.get(f"{lab.home}/care-plan")
    assert "Of the other feed" in page.main and "Of this feed" not in page.main


async def test_no_plan_says_so(lab, vera):
    assert "No care plan is written down here." in (await vera.get(f"{lab.home}/care-plan")).main


# One plan


async def test_a_plan_says_everything_once_on_page_paper_and_text(lab, vera):
    plan = await whole(lab)
    page, paper, text = [await vera.get(f"{lab.home}/care-plan/{plan.ref}{form}") for form in ("", ".pdf", ".txt")]
    assert pdf_problems(paper.content) == []
    for said in (page.main, Document(paper.content).spoken, text.text):
        assert [words for words in SAID if tight(words) not in tight(said)] == []
        assert "Filed by mistake" not in said and said.count("Blood test") == 1
    assert "See also Care team" in page.main


async def test_a_plan_with_nothing_but_a_status_and_a_category_says_so(lab, page_of):
    assert "Nothing else is written here about this plan." in await page_of(await lab.put(CarePlan, "Assessment and plan"))
    assert "Care plan" in await page_of(await lab.put(CarePlan, "", status="unknown"))


async def test_activities_without_a_name_go_by_their_note_and_without_either_are_left_out(lab, page_of):
    sent = [activity("", "scheduled", note="Bring the log."), activity("", "completed"), {}, activity("Flu shot")]
    page = await page_of(await lab.put(CarePlan, "Plan", activities=sent))
    assert "2 things to do" in page and "Bring the log." in page and "Flu shot" in page


async def test_activities_that_are_only_names_make_a_list(lab, page_of):
    page = await page_of(await lab.put(CarePlan, "Plan", activities=[activity("Rest"), activity("Drink"), activity("Rest")]))
    assert "What to do Rest Drink Take" in page.replace("Take this with you", "Take")


async def test_what_was_not_sent_of_one_activity_is_marked_for_small_screens_to_leave_out(lab, vera):
    """Each row is a card there, and three lines of “Not sent” say nothing."""
    plan = await lab.put(CarePlan, "Plan", activities=[activity("Walk", "in-progress", "Daily"), activity("Rest")])
    page = await vera.get(f"{lab.home}/care-plan/{plan.ref}")
    assert page.html.count('<td role="cell" class="none" data-h="When"><span>Not sent</span></td>') == 1


async def test_a_goal_with_several_targets_says_the_day_of_each(lab, page_of):
    targets = [{"measure": "Upper", "text": "below 130", "due": "2026-08-01"}, {"measure": "Lower", "text": "below 80", "due": "2026-09"}]
    goal = await lab.put(Goal, "Pressure", targets=targets, status="on-hold", achievement="sustaining")
    page = await page_of(await lab.put(CarePlan, "Plan", goals=naming(goal)))
    assert "Upper: below 130 (by August 1, 2026); Lower: below 80 (by September 2026)" in page
    assert "Achieved and kept up. On hold" in page


async def test_a_goal_or_team_that_was_never_sent_keeps_the_words_of_the_plan(lab, page_of):
    plan = await lab.put(
        CarePlan, "Plan", goals=[{"ref": "Goal/unsent", "text": "Sleep eight hours"}, {"ref": "Goal/silent", "text": ""},
                                 {"ref": "", "text": "Sleep eight hours"}], teams=[{"ref": "CareTeam/x", "text": "Sleep team"}],
    )  # fmt: skip
    page = await page_of(plan)
    assert page.count("Sleep eight hours") == 1 and "Care team Sleep team" in page


async def test_a_goal_taken_back_later_is_gone_from_the_plan_at_once_words_and_all(lab, page_of):
    goal = await lab.put(Goal, "Lose ten pounds")
    plan = await lab.put(CarePlan, "Plan", goals=naming(goal, text="Lose ten pounds"))
    assert "Lose ten pounds" in await page_of(plan)
    await lab.house.database.rows("UPDATE goal SET withdrawn_at = ? WHERE id = ?", lab.now, goal.id)
    assert "Lose ten pounds" not in await page_of(plan)


async def test_a_helper_reads_nothing_of_a_goal_a_team_or_a_condition_that_is_not_for_them(lab, client):
    goal = await lab.put(Goal, "Stop drinking", sensitive=True)
    team = await lab.put(CareTeam, "Recovery team")
    await lab.only_me(team)
    await lab.put(Condition, "Alcohol use", sensitive=True)
    plan = await lab.put(CarePlan, "Plan", goals=naming(goal, text="Stop drinking"), teams=naming(team, text="Recovery team"),
                         addresses=["Alcohol use", "Asthma"])  # fmt: skip
    client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("care_plan", "conditions"))).cookie)
    for path in (f"care-plan/{plan.ref}", f"care-plan/{plan.ref}.txt", "care-plan", "care-team"):
        seen = await client.get(f"{lab.home}/{path}")
        assert seen.status == 200 and not re.search("drinking|Recovery|Alcohol", seen.html), path
    assert "For: Asthma." in (await client.get(f"{lab.home}/care-plan")).main


async def test_what_to_do_names_no_medicine_that_is_not_for_a_helper(lab, client):
    await lab.put(MedicationRequest, "Disulfiram 250 mg", sensitive=True)
    await lab.put(MedicationRequest, "Aspirin")
    plan = await lab.put(CarePlan, "Plan", activities=[activity("Disulfiram 250 mg", "in-progress"), activity("Aspirin"), activity("Walk")])
    client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("care_plan", "medicines"))).cookie)
    seen = await client.get(f"{lab.home}/care-plan/{plan.ref}")
    assert "Disulfiram" not in seen.html and "Aspirin" in seen.main and "Walk" in seen.main


async def test_a_description_that_is_the_title_is_not_said_twice(lab, page_of):
    page = await page_of(await lab.put(CarePlan, "Rest and drink", description="Rest and drink"))
    assert page.count("Rest and drink") == 1


async def test_a_thousand_goals_are_cut_and_the_others_stand_in_the_list(lab, vera):
    goals = [await lab.put(Goal, f"Goal number {number:04}") for number in range(250)]
    gone = [{"ref": f"Goal/gone-{number}", "text": ""} for number in range(750)]
    plan = await lab.put(CarePlan, "Plan", goals=[*naming(*goals), *gone])
    page = await vera.get(f"{lab.home}/care-plan/{plan.ref}")
    assert "This plan has 1,000 goals. The first 200 stand here." in page.main
    assert len(set(re.findall(r"Goal number \d{4}", page.main))) == 200 and page.weight <= 8000
    assert "51 entries." in (await vera.get(f"{lab.home}/care-plan")).main


async def test_a_hundred_thousand_things_to_do_stay_a_page(lab, vera):
    teams = [{"ref": f"CareTeam/gone-{number}", "text": f"Team {number}"} for number in range(50_000)]
    plan = await lab.put(CarePlan, "Plan", activities=[activity(f"Do {n}") for n in range(100_000)], teams=teams)
    page = await vera.get(f"{lab.home}/care-plan/{plan.ref}")
    assert "Do 199" in page.main and "Do 200" not in page.main and page.weight <= 8000
    assert "This plan is very long. The first part of what to do stands here. Ask us for the rest." in page.main


async def test_hostile_words_stand_as_sent(lab, vera):
    bad = "<script>alert(1)</script> {{ 7*7 }} %(x)s"
    goal = await lab.put(Goal, bad, note=bad, targets=[{"measure": bad, "text": "", "due": bad}], achievement="<b>")
    plan = await lab.put(CarePlan, bad, addresses=[bad], author=bad, effective="soon", activities=[activity(bad, bad, bad, bad, bad)],
                         goals=naming(goal), teams=[{"ref": "", "text": bad}], description=bad + ".", note=bad)  # fmt: skip
    for form in ("", ".txt", ".pdf"):
        seen = await vera.get(f"{lab.home}/care-plan/{plan.ref}{form}")
        said = Document(seen.content).text if form == ".pdf" else seen.main if not form else seen.html
        assert seen.status == 200 and " ".join(said.split()).count("alert(1)") >= 8
    assert "Whensoon" in tight((await vera.get(f"{lab.home}/care-plan/{plan.ref}")).main)


async def test_a_plan_of_another_record_a_withdrawn_one_and_other_forms_are_not_found(lab, vera):
    other = await Lab.open(lab.house, lab.now, "Otto Berg")
    theirs, gone = await other.put(CarePlan, "Theirs"), await lab.put(CarePlan, "Gone", withdrawn_at=lab.now)
    mine = await lab.put(CarePlan, "Mine")
    for path in (theirs.ref, gone.ref, f"{mine.ref}.doc", "A" * 22, "x"):
        assert (await vera.get(f"{lab.home}/care-plan/{path}")).status == 404


async def test_what_was_shown_is_written_down(lab, vera):
    plan = await whole(lab)
    await vera.get(f"{lab.home}/care-plan/{plan.ref}")
    rows = await lab.house.database.rows("SELECT objects FROM audit_event WHERE subject = ?", lab.record.id)
    assert all(kind in str(rows) for kind in ("CarePlan", "Goal", "CareTeam"))


async def test_running_text_is_for_those_who_may_see_all_it_can_name(lab, vera, another_client):
    plan = await lab.put(CarePlan, "Plan", description="Meant to treat\n- Asthma\n- Asthma", note="Call her brother.")
    own = (await vera.get(f"{lab.home}/care-plan/{plan.ref}")).main
    assert own.count("Asthma") == 1 and "Call her brother." in own and "left out" not in own
    another_client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("care_plan",))).cookie)
    seen = await another_client.get(f"{lab.home}/care-plan/{plan.ref}")
    assert "A text is left out." in seen.main and "Asthma" not in seen.html and "brother" not in seen.html
