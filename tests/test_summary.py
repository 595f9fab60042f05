"""The health summary and the emergency card: what is true now, one page each, and never a gap that reads as “none”."""

from __future__ import annotations

from datetime import datetime

import pytest

from rules.doses import Dose, doses_to_json
from tables.allergies import AllergyIntolerance
from tables.medicines import MedicationRequest
from tables.vaccines import Immunization
from tests.support.lab import Lab
from tests.support.pdf import Document, pdf_problems

PAGES = ("summary", "emergency-card")


async def fill(lab: Lab, medicines: int = 1) -> None:
    await lab.put(AllergyIntolerance, "Penicillin", clinical_status="active", verification="confirmed",
                  reactions=[{"text": "Rash", "severity": "severe", "substance": ""}])
    for number in range(medicines):
        await lab.put(MedicationRequest, f"Medicine {number}", effective="2026-01-01")
    await lab.put(MedicationRequest, "Old one", status="stopped")


@pytest.mark.parametrize("path", PAGES)
async def test_it_says_what_is_true_now_in_the_words_of_the_lists(path, lab, vera):
    await fill(lab)
    page = await vera.get(f"{lab.home}/{path}")
    assert "Penicillin: What happens: Rash (severe)." in page.main
    assert "Medicine 0" in page.main and "Old one" not in page.main


@pytest.mark.parametrize("path", PAGES)
async def test_what_could_kill_is_said_first_however_old_it_is(path, lab, vera):
    for label, danger, day in (("Pollen", "low", "2025-05-08"), ("Peanut", "high", "2009-05-08")):
        await lab.put(AllergyIntolerance, label, clinical_status="active", verification="confirmed", criticality=danger,
                      recorded=day, reactions=[{"text": "Hives", "severity": "", "substance": ""}])
    said = (await vera.get(f"{lab.home}/{path}")).main
    assert "Allergies Peanut: A reaction could put life at risk. What happens: Hives. Pollen: What happens: Hives." in said


@pytest.mark.parametrize("path", PAGES)
async def test_what_is_on_hold_says_so_before_its_dose(path, lab, vera):
    await lab.put(MedicationRequest, "Lisinopril", status="on-hold", doses=doses_to_json((Dose(text="1 each morning"),)))
    assert "Lisinopril (On hold): 1 each morning" in (await vera.get(f"{lab.home}/{path}")).main


async def test_many_doses_against_one_disease_leave_room_for_the_others(lab, vera):
    for number in range(12):
        await lab.put(Immunization, "Flu shot", fhir_code="141", status="completed", occurrence=f"{2025 - number}-10-01")
    await lab.put(Immunization, "Tdap", fhir_code="115", status="completed", occurrence="2009-03-01")
    said = (await vera.get(f"{lab.home}/summary")).main
    assert "Flu: October 1, 2025: Flu shot" in said and "March 1, 2009: Tdap" in said
    assert "more in the portal" not in said


@pytest.mark.parametrize("path", PAGES)
async def test_of_an_empty_record_it_says_what_is_not_known(path, lab, vera):
    page = await vera.get(f"{lab.home}/{path}")
    assert "No allergies are written down here. That does not mean that there are none." in page.main
    assert "No medicines are written down here." in page.main


@pytest.mark.parametrize("path", PAGES)
async def test_where_nothing_counts_any_more_it_says_none_now(path, lab, vera):
    await lab.put(MedicationRequest, "Old one", status="stopped")
    assert "Medicines None now." in (await vera.get(f"{lab.home}/{path}")).main


@pytest.mark.parametrize("path", PAGES)
async def test_a_helper_reads_their_part_and_that_something_is_missing(path, lab, client):
    await fill(lab)
    client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("medicines",))).cookie)
    page = await client.get(f"{lab.home}/{path}")
    assert "Medicine 0" in page.main and "Penicillin" not in page.main
    assert "Not everything is here. Not shared with you: Allergies" in page.main


@pytest.mark.parametrize("path", PAGES)
async def test_however_much_there_is_the_paper_is_one_page_and_says_how_many_more(path, lab, vera):
    await fill(lab, 60)
    paper = await vera.get(f"{lab.home}/{path}.pdf")
    document = Document(paper.content)
    assert pdf_problems(paper.content) == []
    assert document.pages == 1
    assert "more in the portal." in document.text
    assert "Old one" not in (await vera.get(f"{lab.home}/{path}.txt")).html
