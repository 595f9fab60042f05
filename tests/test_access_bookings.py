"""Which times a grant books, how many, and what it hears of a patient's appointments for that: on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access.booking import OFF_THEN, had_by, may_book, sent_between, too_much
from access.opening import open_queue
from access.vocabulary import Category, Duty, record
from rules.bookings import MANY, OFTEN
from tables.appointments import Appointment, Slot
from tables.base import new_id, new_ref
from tables.bookings import Booking, BookingStep, VisitType
from tables.clinic import ClinicSetting
from tables.free_times import Offer
from tests.test_access import a_site, opened

HOUR = timedelta(hours=1)
SEES = record(Category.APPOINTMENTS)


@pytest.fixture
async def carer(world):
    """Of Maria's, for her appointments."""
    await world.person("carer")
    await world.share("carer", "Maria", "helper", [("appointments", "see")])
    return await opened(world, "carer", access=SEES)


async def desk(world):
    return await open_queue(world.house, world.people["desk"], Duty.FRONT_DESK)


async def booked(world, whose: str = "Maria", did: str = "booked", by_staff: str = "", after=HOUR, **columns) -> Booking:
    """One booking with one step; `after`: when it is."""
    at, now = world.now + after, world.now
    slot = Slot(source="feed", fhir_type="Slot", fhir_id=new_ref(), status="free", first_seen_at=now, changed_at=now, name="",
                schedule_ref="Schedule/s", starts_at=at, ends_at=at + HOUR)  # fmt: skip
    await slot.save()
    row = Booking(record=world.records[whose].id, slot=slot.id, label="x", who="", place="", starts_at=at, ends_at=at + HOUR,
                  asked_by=world.people["maria"].account, by_staff=by_staff, made_at=now, changed_at=now,
                  **{"state": "booked"} | columns)  # fmt: skip
    await row.save()
    await BookingStep(booking=row.id, at=now, did=did, by_staff=by_staff, starts_at=at).save()
    return row


async def limited(world, name: str, most: int) -> None:
    await ClinicSetting(name=name, value=str(most), since=world.now, version=1).save()


async def test_what_the_clinic_alone_books_is_booked_by_the_desk_at_its_own_sites(world):
    here, there = await a_site("Here", "UTC"), await a_site("There", "UTC")
    await VisitType(name="Biopsy", online=False).save()
    await VisitType(name="Flu shot").save()
    offers = [Offer(new_id(), what, "", site, "", "UTC", "") for what in ("Biopsy", "Flu shot") for site in (here, there)]
    assert await may_book(await opened(world, "maria"), offers) == offers[2:]
    await world.house.database.rows("UPDATE staff_duty SET site = ? WHERE account = ?", here, world.people["desk"].account)
    assert await may_book(await desk(world), offers) == offers[::2]


async def test_who_books_is_asked_to_keep_clear_of_what_they_see_and_the_desk_of_all_that_stands(world, carer):
    start = world.now + HOUR
    for name, columns in (("open", {}), ("hidden", {"sensitive": True}), ("held", {"released_at": None}),
                          ("gone", {"withdrawn_at": world.now}), ("next", {"starts_at": start + HOUR})):  # fmt: skip
        await world.row(name, Appointment, "Maria", label=name, **{"starts_at": start, "minutes": len(name)} | columns)
    await world.row("of Stan", Appointment, "Stan", label="x", starts_at=start, minutes=9)

    async def heard(grant) -> list[int]:
        found = await sent_between(grant, world.records["Maria"].id, world.now, start + HOUR)
        return sorted(row["minutes"] for row in found)

    assert await heard(carer) == [4]
    assert await heard(await opened(world, "maria", access=SEES)) == [4, 6]
    assert await heard(await desk(world)) == [4, 4, 6]


async def test_a_time_is_the_patients_already_by_a_booking_that_stands_and_that_the_grant_sees(world, carer):
    mine, off, other = await booked(world), await booked(world, state="cancelled"), await booked(world, "Stan")
    maria, blind = world.records["Maria"].id, await opened(world, "results only")

    async def had(grant, booking) -> str:
        return await had_by(grant, maria, (await Slot.select(Slot.ref).where(Slot.id == booking.slot))[0]["ref"])

    for grant in (await opened(world, "maria", access=SEES), carer, await desk(world)):
        assert [await had(grant, one) for one in (mine, off, other)] == [mine.ref, "", ""]
        assert await had_by(grant, maria, "") == ""
    assert await had(blind, mine) == ""


async def test_a_patient_books_up_to_the_limit_and_what_is_off_over_or_the_clinics_does_not_count(world):
    grant, maria = await opened(world, "maria", access=SEES), world.records["Maria"].id
    await limited(world, "bookings.most_standing", 1)
    for columns in ({"state": "cancelled"}, {"after": -HOUR}, {"by_staff": "frontdesk"}, {"whose": "Stan"}):
        await booked(world, **columns)
    assert await too_much(grant, maria, world.now, new=True) == ""
    await booked(world)
    assert await too_much(grant, maria, world.now, new=True) == MANY
    assert await too_much(grant, maria, world.now, new=False) == "", "moving one makes them no more"
    assert await too_much(await desk(world), maria, world.now, new=True) == ""


@pytest.mark.parametrize("new", [True, False])
async def test_a_patient_changes_a_booking_up_to_the_limit_of_a_day_and_calling_off_does_not_count(world, new):
    grant, maria = await opened(world, "maria", access=SEES), world.records["Maria"].id
    await limited(world, "bookings.most_changes", 1)
    for columns in ({"did": "cancelled"}, {"by_staff": "frontdesk"}, {"whose": "Stan"}):
        await booked(world, **columns)
    assert await too_much(grant, maria, world.now, new) == ""
    await booked(world, did="moved")
    assert await too_much(grant, maria, world.now, new) == OFTEN
    assert await too_much(await desk(world), maria, world.now, new) == ""
    assert await too_much(grant, maria, world.now + timedelta(days=1), new) == ""


@pytest.mark.parametrize(("sent", "is_off"), [
    ({}, True), ({"status": "booked"}, False), ({"starts_at": 2 * HOUR}, False), ({"first_seen_at": -HOUR}, False),
    ({"patient": "Stan"}, False),
])  # fmt: skip
async def test_the_desk_hears_that_what_the_feed_sent_since_for_that_very_moment_is_off(world, sent, is_off):
    row = await booked(world)
    columns = {"status": "cancelled", "starts_at": HOUR, "first_seen_at": 0 * HOUR, "patient": "Maria"} | sent
    patient, at = world.sources[columns.pop("patient")], ("starts_at", "first_seen_at")
    columns |= {name: world.now + columns[name] for name in at}
    await Appointment(ref=new_ref(), patient=patient, source="feed", fhir_type="Appointment", fhir_id="a", label="x",
                      changed_at=world.now, **columns).save()  # fmt: skip
    found = await world.house.database.rows(f"SELECT booking.id FROM booking WHERE {OFF_THEN}")
    assert [one["id"] for one in found] == ([row.id] if is_off else [])
