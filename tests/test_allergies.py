"""The list of allergies: what harms, what happens then, how serious it can be; and the answer that none is known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ehr.projections.problems import allergy
from ehr.references import Reading
from ehr.rows import Feed
from tables.allergies import AllergyIntolerance
from tests.support.lab import Lab


@pytest.fixture
async def listed(lab, vera):
    async def words() -> str:
        return (await vera.get(f"{lab.home}/allergies")).main

    return words


async def put(lab: Lab, label: str, **columns):
    return await lab.put(AllergyIntolerance, label, **{"clinical_status": "active", "verification": "confirmed", **columns})


def a_reaction(text: str, severity: str = "", substance: str = "") -> dict:
    return {"text": text, "severity": severity, "substance": substance}


async def test_an_allergy_says_what_happens_how_serious_it_can_be_and_since_when(lab, listed):
    await put(lab, "Penicillin", kind="allergy", categories=["medication"], criticality="high", onset="1987",
              reactions=[a_reaction("Rash", "moderate"), a_reaction("Swollen face", "severe", "Amoxicillin")],
              recorded="2019-05-08", note="Other antibiotics are fine.")
    assert ("Now Penicillin A reaction could put life at risk. What happens: Rash (moderate);"
            " Swollen face (severe), from Amoxicillin. An allergy to medicine. Since: 1987."
            " Other antibiotics are fine. Written down: May 8, 2019.") in await listed()


async def test_what_could_kill_stands_first_however_old_it_is(lab, listed):
    await put(lab, "Peanut", criticality="high", recorded="2009-05-08")
    await put(lab, "Pollen", criticality="low", recorded="2025-05-08")
    page = await listed()
    assert page.index("Peanut") < page.index("Pollen")


async def test_what_was_outgrown_stands_in_the_past(lab, listed):
    await put(lab, "Shellfish", clinical_status="resolved", onset_words="As a child")
    await put(lab, "Dust", clinical_status="inactive")
    await put(lab, "Pollen")
    page = await listed()
    assert "3 allergies. Now: 1. In the past: 2." in page
    past = page.index("In the past", page.index("Pollen"))
    assert past < page.index("Dust") and past < page.index("Shellfish")
    assert "Since: As a child." in page


async def test_what_nobody_is_sure_of_says_so_and_what_was_wrong_is_nowhere(lab, listed):
    await put(lab, "Codeine", verification="unconfirmed", kind="intolerance")
    for status in ("refuted", "entered-in-error"):
        await put(lab, f"Wrong {status}", verification=status, withdrawn_at=lab.now)
    page = await listed()
    assert "1 allergy." in page and "Codeine Not sure yet An intolerance." in page
    assert "Wrong" not in page


async def test_that_none_is_known_is_an_answer_and_no_allergy(lab, listed):
    await put(lab, "No known allergy", none_known=True, fhir_code="716186003", recorded="2024-03-01")
    page = await listed()
    assert "Allergies No known allergies. Asked about all kinds No known allergy Written down: March 1, 2024." in page
    assert "1 allergy" not in page


async def test_an_answer_about_one_kind_says_nothing_about_the_others(lab, listed):
    await put(lab, "No known drug allergy", none_known=True, fhir_code="409137002")
    page = await listed()
    assert "No known allergies" not in page
    assert "No allergies are listed. Below is what was asked." in page
    assert "Asked about some kinds No known drug allergy" in page


@pytest.mark.parametrize(("label", "said"), [("NKDA", "No allergies are listed."), ("NKA", "No known allergies.")])
async def test_an_answer_without_a_code_is_read_by_its_words(lab, listed, label, said):
    await put(lab, label, none_known=True)
    assert said in await listed()


async def test_an_allergy_is_counted_beside_an_answer_that_there_is_none(lab, listed):
    await put(lab, "No known allergy", none_known=True, fhir_code="716186003")
    await put(lab, "Bee stings")
    page = await listed()
    assert "1 allergy. Now: 1. Asked about all kinds: 1." in page
    assert page.index("Bee stings") < page.index("No known allergy")


async def test_an_answer_that_no_longer_holds_says_so(lab, listed):
    await put(lab, "No known allergy", none_known=True, fhir_code="716186003", clinical_status="inactive")
    page = await listed()
    assert "No known allergy No longer so" in page and "No known allergies." not in page


async def test_a_search_never_ends_in_the_answer_that_there_is_none(lab, client):
    client.cookies.set("s", (await lab.person("Vera Lind")).cookie)
    await put(lab, "No known allergy", none_known=True, fhir_code="716186003")
    await put(lab, "Bee stings")
    assert "No known allergies." not in (await client.get(f"{lab.home}/allergies?q=known")).main
    assert "No known allergies." not in (await client.get(f"{lab.home}/allergies?show=none")).main


async def test_a_silent_record_is_not_a_record_of_no_allergies(lab, listed):
    page = await listed()
    assert "No allergies are written down here. That does not mean that there are none." in page
    assert "No known allergies" not in page


async def test_a_bare_name_a_code_and_hostile_words_stand_as_they_came(lab, listed):
    await put(lab, "227493005", clinical_status="", verification="")
    await put(lab, "<script>alert(1)</script> & “odd”", onset="long ago", recorded="2019-13-45", criticality="worst",
              kind="strange", categories=["<b>air</b>"], reactions=[a_reaction(""), a_reaction("", "<i>7</i>"), a_reaction("", "", "Soap")])
    page = await listed()
    assert "227493005 " in page and "<script>alert(1)</script> & “odd”" in page
    assert ("What happens: a reaction (<i>7</i>); a reaction, from Soap. Comes from <b>air</b>. Since: long ago."
            " Written down: 2019-13-45.") in page


async def test_a_thousand_entries_stay_in_budget(lab, client):
    client.cookies.set("s", (await lab.person("Vera Lind")).cookie)
    for number in range(1000):
        await put(lab, f"Substance {number:04}", kind="allergy", categories=["food"], recorded=f"20{number % 20:02}-03-01")
    page = await client.get(f"{lab.home}/allergies")
    assert page.weight <= 8000 and "This page shows 1 to 25." in page.main


async def test_a_helper_with_one_category_sees_only_that(lab, client):
    await put(lab, "Shared")
    await put(lab, "Labelled", sensitive=True)
    await lab.only_me(await put(lab, "Kept"))
    client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("allergies",))).cookie)
    page = await client.get(f"{lab.home}/allergies")
    assert "1 allergy." in page.main and "Shared" in page.main
    assert "Kept" not in page.main and "Labelled" not in page.main
    assert (await client.get(f"{lab.home}/medicines")).status == 403


@pytest.mark.parametrize(("label", "none"), [
    ("No Known Allergies", True), ("No known drug allergies.", True), ("NKDA", True), ("nka", True), ("Penicillin", False),
    ("Allergy to an unknown drug", False),
])  # fmt: skip
def test_words_alone_can_say_that_none_is_known(label, none):
    assert projected({"code": {"text": label}})["none_known"] is none


def test_without_a_label_the_substances_are_its_name():
    sent = {"reaction": [{"substance": {"text": "Amoxicillin"}}, {"substance": {"text": "Ampicillin"}}]}
    assert projected(sent)["label"] == "Amoxicillin, Ampicillin"


def projected(sent: dict) -> dict:
    resource = {"resourceType": "AllergyIntolerance", **sent}
    return allergy(resource, Reading(resource), Feed("America/Chicago", datetime.now(UTC))).rows[0].values


async def test_the_cast_has_allergies_of_every_kind(person, cast):
    maria, thuy = await person("self"), await person("stranger")
    page = (await maria.get(f"/records/{cast['self'].record}/allergies")).main
    assert "3 allergies. Now: 2. In the past: 1." in page and "Latex" not in page
    assert "No known allergies." in (await thuy.get(f"/records/{cast['stranger'].record}/allergies")).main
