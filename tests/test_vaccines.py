"""The list of vaccines: by what each is against, newest first; those told of, and those not given and why."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from ehr.projections.problems import immunization
from ehr.references import Reading
from ehr.rows import Feed
from rules.vaccines import DISEASES, diseases_of
from tables.vaccines import Immunization
from tests.support.lab import Lab
from tests.support.pdf import Document, pdf_problems
from words import vaccines as words_of


@pytest.fixture
async def listed(lab, vera):
    async def words() -> str:
        return (await vera.get(f"{lab.home}/vaccines")).main

    return words


async def put(lab: Lab, label: str, cvx: str = "", **columns):
    return await lab.put(Immunization, label, **{"status": "completed", "fhir_code": cvx, **columns})


async def test_a_vaccine_says_its_day_dose_lot_and_who_gave_it_where(lab, listed):
    await put(lab, "Shingrix", "187", occurrence="2026-02-01", dose="2", series="Shingles", performer="Sam Whitfield",
              place="Room 4", body_site="Left arm", route="Into the muscle", manufacturer="GSK", lot="9T5KH", primary_source=True,
              note="Sore arm.")
    assert ("Shingles February 1, 2026 Shingrix Dose: 2. Series: Shingles. Given by Sam Whitfield. Where: Room 4."
            " Part of the body: Left arm. How: Into the muscle. Sore arm. Made by GSK. Lot number: 9T5KH.") in await listed()


async def test_all_against_one_disease_stand_together_the_newest_first(lab, listed):
    for day, cvx in (("2023-10-01", "140"), ("2025-10-02", "205"), ("2024-10-03", "150")):
        await put(lab, f"Influenza {cvx}", cvx, occurrence=day)
    await put(lab, "Td", "113", occurrence="2024-01-05")
    page = await listed()
    assert re.findall(r"Influenza \d+|Td", page) == ["Influenza 205", "Influenza 150", "Influenza 140", "Td"]
    assert "4 vaccines are written down. Flu: 3. Tetanus and diphtheria: 1." in page


@pytest.mark.parametrize(("cvx", "heading"), [
    ("20", "Tetanus, diphtheria, and whooping cough"), ("03", "Measles, mumps, and rubella (German measles)"),
    ("3", "Measles, mumps, and rubella (German measles)"), ("110", "Tetanus, diphtheria, whooping cough, polio, and hepatitis B"),
    ("104", "Hepatitis A and hepatitis B"), ("300", "COVID-19"), ("305", "RSV, a lung virus"), ("165", "HPV"),
])  # fmt: skip
async def test_a_vaccine_against_several_diseases_names_them_all(lab, listed, cvx, heading):
    await put(lab, "The vaccine", cvx, occurrence="2026-02-01")
    assert f"{heading} February 1, 2026 The vaccine" in await listed()


async def test_an_unknown_vaccine_stands_under_its_senders_name(lab, vera):
    await put(lab, "Sputnik", occurrence="2021")
    await put(lab, "Long " * 60, "no code")
    page = await vera.get(f"{lab.home}/vaccines")
    assert "Sputnik 2021 Sputnik" in page.main and "Date not known" in page.main and ("Long " * 60).strip() in page.main
    found = await vera.submit(page, "Show", show="Sputnik") if "Find in this list" in page.main else page
    assert "Sputnik" in found.main


async def test_what_was_told_and_what_was_not_given_are_said(lab, listed):
    await put(lab, "MMR", "03", occurrence="1995", primary_source=False)
    await put(lab, "RSV vaccine", "305", occurrence="2026-02-01", status="not-done", not_done_reason="Wants to wait",
              performer="Dr. Lena Okafor")
    page = await listed()
    assert "1995 MMR Told to us." in page
    assert "February 1, 2026 Not given RSV vaccine Why: Wants to wait. With Dr. Lena Okafor." in page
    assert "Given by" not in page


async def test_what_was_entered_in_error_is_nowhere(lab, listed):
    await put(lab, "Wrong", "37", status="entered-in-error", withdrawn_at=lab.now)
    page = await listed()
    assert "No vaccines are written down here. You may still have had some." in page and "Wrong" not in page


async def test_a_day_in_words_a_bare_name_and_hostile_words_stand_as_they_came(lab, listed):
    await put(lab, "Pox", occurrence_words="As a child")
    await put(lab, "<script>alert(1)</script>", occurrence="last spring")
    page = await listed()
    assert "As a child Pox" in page and "last spring <script>alert(1)</script>" in page


async def test_a_thousand_vaccines_with_a_thousand_names_stay_in_budget(lab, vera):
    for number in range(1000):
        await put(lab, f"Vaccine {number:04}", occurrence=f"20{number % 20:02}-03-01")
    page = await vera.get(f"{lab.home}/vaccines")
    assert page.weight <= 8000 and "This page shows 1 to 25." in page.main


async def test_paper_and_text_say_what_the_page_says(lab, vera):
    await put(lab, "Shingrix", "187", occurrence="2026-02-01", lot="9T5KH")
    paper = (await vera.get(f"{lab.home}/vaccines.pdf")).content
    assert pdf_problems(paper) == []
    text = (await vera.get(f"{lab.home}/vaccines.txt")).text
    for said in (" ".join(Document(paper).text.split()), text):
        assert all(fact in said for fact in ("Shingles", "February 1, 2026", "Shingrix", "Lot number: 9T5KH."))


@pytest.mark.parametrize(("codings", "kept"), [
    ([{"system": "http://hl7.org/fhir/sid/ndc", "code": "49281012188"}, {"system": "http://hl7.org/fhir/sid/cvx", "code": "197"}], "197"),
    ([{"system": "urn:oid:2.16.840.1.113883.12.292", "code": "20"}], "20"),
    ([{"system": "urn:a-clinic", "code": "20"}], ""), ([{"system": "http://snomed.info/sct", "code": "871751006"}], "871751006"),
])  # fmt: skip
def test_only_a_cvx_code_says_what_a_vaccine_is_against(codings, kept):
    resource = {"resourceType": "Immunization", "vaccineCode": {"coding": codings, "text": "A vaccine"}}
    made = immunization(resource, Reading(resource), Feed("America/Chicago", datetime.now(UTC)))
    assert made.rows[0].values["fhir_code"] == kept


def test_every_disease_has_a_name_and_every_name_a_vaccine():
    assert set(words_of.DISEASES) == DISEASES
    assert diseases_of("") == diseases_of("999") == diseases_of("871751006") == ()


async def test_a_guardian_of_a_teen_keeps_vaccines_and_not_conditions(person, cast):
    meera, teen = await person("guardian"), f"/records/{cast['teen'].record}"
    page = await meera.get(f"{teen}/vaccines")
    assert "Measles, mumps, and rubella (German measles)" in page.main and "HPV" in page.main
    assert (await meera.get(f"{teen}/conditions")).status == (await meera.get(f"{teen}/allergies")).status == 403


async def test_a_helper_with_one_category_sees_only_it(lab, client):
    await put(lab, "Shared", "03")
    await put(lab, "Labelled", "165", sensitive=True)
    await lab.only_me(await put(lab, "Kept", "45"))
    client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("vaccines",))).cookie)
    page = await client.get(f"{lab.home}/vaccines")
    assert "1 vaccine is written down." in page.main and not re.search("Labelled|Kept|HPV|Hepatitis", page.main)
    for other in ("allergies", "conditions", "medicines"):
        assert (await client.get(f"{lab.home}/{other}")).status == 403


async def test_marias_vaccines_tell_her_story(person, cast):
    page = (await (await person("self")).get(f"/records/{cast['self'].record}/vaccines")).main
    assert "11 vaccines are written down." in page and "Yellow fever" not in page
    assert "Not given RSV vaccine Why: Wants to think about it first." in page
