"""The list of medicines: how each is taken, what for, who ordered it, how much, and whether it still counts."""

from __future__ import annotations

from datetime import datetime

import pytest

from rules.doses import Dose, Timing, doses_to_json
from rules.quantities import Quantity
from tables.care_plan import CareTeam
from tables.conditions import Condition
from tables.imaging import ImagingStudy, Media
from tables.medicines import MedicationAdministration, MedicationDispense, MedicationRequest, MedicationStatement
from tests.support.visiting import visit

pytestmark = pytest.mark.in_turns

SHARED = ("conditions", "medicines", "visits", "imaging", "care_plan")


@pytest.fixture
async def listed(lab, vera):
    async def words() -> str:
        return (await vera.get(f"{lab.home}/medicines")).main

    return words


async def test_a_medicine_says_how_to_take_it_what_for_who_ordered_it_and_the_supply(lab, listed):
    await lab.put(MedicationRequest, "Lisinopril 10 mg tablet", doses=None, effective="2026-02-01", requester="Dr. Lena Okafor",
                  reason="High blood pressure", quantity="30 tablets", supply_days="30 days", refills=3)
    assert ("Lisinopril 10 mg tablet For: High blood pressure. Ordered on February 1, 2026 by Dr. Lena Okafor."
            " 30 tablets each time, for 30 days. 3 refills were ordered.") in await listed()


async def test_the_dose_is_as_sent_or_else_in_words_from_its_fields(lab, listed):
    timing = Timing(frequency="2", period="1", period_unit="d")
    await lab.put(MedicationRequest, "As sent", doses=doses_to_json((Dose(text="1 tablet at noon"),)))
    await lab.put(MedicationRequest, "By field", doses=doses_to_json((Dose(amount=Quantity(number="2", unit="puff"), timing=timing),)))
    page = await listed()
    assert "As sent 1 tablet at noon." in page
    assert "By field 2 puff, 2 times a day." in page


async def test_what_is_stopped_says_so_and_why(lab, listed):
    await lab.put(MedicationRequest, "Ramipril", status="stopped", status_reason="Cough")
    page = await listed()
    assert "Before Ramipril Stopped Why: Cough." in page


async def test_a_medicine_that_nobody_here_ordered_is_no_order(lab, listed):
    await lab.put(MedicationRequest, "Ibuprofen", reported=True, effective="2026-01-05")
    await lab.put(MedicationStatement, "Fish oil", effective="2025", informant="Ana Delgado")
    page = await listed()
    assert "Ibuprofen Told to us on January 5, 2026, not ordered here." in page
    assert "Fish oil Taken: 2025. Told to us by Ana Delgado." in page


async def test_the_last_time_it_was_handed_out_is_said(lab, listed):
    order = await lab.put(MedicationRequest, "Metformin")
    for day in ("2026-01-02", "2026-03-02"):
        await lab.put(MedicationDispense, "Metformin", effective=day, request_ref=f"MedicationRequest/{order.fhir_id}")
    page = await listed()
    assert "Metformin Last handed out on March 2, 2026." in page
    assert "January 2" not in page


async def test_a_hand_out_without_a_date_hides_none_that_has_one(lab, listed):
    order = await lab.put(MedicationRequest, "Metformin")
    for dated in ({}, {"effective": "2026-03-02"}, {}):
        await lab.put(MedicationDispense, "Metformin", request_ref=f"MedicationRequest/{order.fhir_id}", **dated)
    assert "Metformin Last handed out on March 2, 2026." in await listed()


async def test_what_was_given_at_the_clinic_stands_apart(lab, listed):
    await lab.put(MedicationAdministration, "Ketorolac", effective="2026-02-03", performer="Sam Whitfield")
    assert "Given at the clinic Ketorolac Given on February 3, 2026 by Sam Whitfield." in await listed()


async def test_a_date_that_is_none_and_a_hostile_name_stand_as_they_came(lab, listed):
    await lab.put(MedicationRequest, "<b>Bold</b> & “odd”", effective="sometime in May")
    page = await listed()
    assert "<b>Bold</b> & “odd” Ordered on sometime in May." in page


async def test_the_reason_names_no_condition_that_is_not_for_whoever_reads(lab, client):
    """Feeds put the very name of a condition there; a name with a comma of its own goes whole, and words of other rows stay."""
    one = await visit(lab, "Check-up", why=("HIV infection", "Felt tired"))
    scan = await lab.put(ImagingStudy, "CT", reason="HIV infection", encounter=one.id)
    photo = await lab.put(Media, "Photo", reason="HIV infection")
    await lab.put(Condition, "HIV infection", sensitive=True)
    await lab.put(Condition, "Diabetes, type 2", released_at=None)
    await lab.put(Condition, "Asthma")
    for table in (MedicationRequest, MedicationStatement, MedicationAdministration):
        await lab.put(table, table.__name__, reason="HIV infection, Asthma, Diabetes, type 2, Cough", encounter=one.id)
    await lab.put(MedicationRequest, "Only that", reason="Diabetes, type 2")
    await lab.put(CareTeam, "Team", reason="HIV infection")
    paths = ("", "medicines", "medicines.txt", "visits", f"visits/{one.ref}", f"visits/{one.ref}.txt", f"imaging/{scan.ref}",
             f"imaging/{photo.ref}", "care-team")  # fmt: skip
    for who, scopes, why in (("Vera Lind", (), "HIV infection, Asthma, Cough"), ("Otto Lind", SHARED, "Asthma, Cough"),
                             ("Ida Lind", SHARED[1:], "Cough")):  # fmt: skip
        somebody = await lab.person(who, "helper", scopes) if scopes else await lab.person(who)
        client.cookies.set("s", somebody.cookie)
        seen = {path: (await client.get(f"{lab.home}/{path}".rstrip("/"))).html for path in paths}
        assert seen["medicines"].count(f"For: {why}.") == 3 and "Felt tired" in seen["visits"]
        for path, html in seen.items():
            assert "type 2" not in html and (not scopes or "HIV" not in html), (who, path)
        assert "HIV infection" in seen[f"visits/{one.ref}"] if not scopes else True
