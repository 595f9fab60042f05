"""Nobody sees two patients at once, and no patient is in two places: whichever hours, feeds and forms the times come from."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from rules.bookings import ANYBODY, token_of
from seeds.booking import ABBOTT
from seeds.cast import fixed_id
from seeds.clinic import SITE
from tables.appointments import Appointment, Schedule, Slot
from tables.base import new_id, new_ref
from tables.hours import Weekly, add_slots, add_template, end_template
from tests.test_bookings import at_times, booked, home, last_look, times_on
from tests.test_bookings_changed import at_new_time, far, row_of

NEW = "Foot care"
PAIRS = 12
"""So many times are wanted by two at once: of one alone a fault would be seen now and then."""


@pytest.fixture
async def maria(person):
    return await person("self")


@pytest.fixture
async def stranger(person):
    return await person("stranger")


def soon() -> datetime:
    """A night in which nobody of the cast has an appointment."""
    return datetime.now(UTC).replace(hour=2, minute=3, second=0, microsecond=0) + timedelta(days=3)


async def hours_over(database, starts_at, who: str = ABBOTT, what: str = NEW, minutes: int = 30, site: UUID = SITE) -> str:
    """New hours with one time, from then on; the ref of that time."""
    now, id, ref = datetime.now(UTC), new_id(), new_ref()
    weekly = Weekly(site, what, who, "Room 3", 0, "09:00", "10:00", minutes, "2026-01-01")
    async with database.transaction():
        await add_template(database, id, ref, weekly, None, now)
        cuts = [("time", starts_at, starts_at + timedelta(minutes=minutes))]
        await add_slots(database, {"id": id, "ref": ref, "what": what}, cuts, "2026-01-01", now)
    return (await database.rows("SELECT ref FROM slot WHERE schedule_ref = ?", f"Schedule/{ref}"))[0]["ref"]


async def feed_over(database, starts_at, who: str = ABBOTT) -> str:
    """The same from a feed, which writes the name as it likes."""
    now, id = datetime.now(UTC), new_ref()
    await Schedule(source="feed", fhir_type="Schedule", fhir_id=id, status="active", first_seen_at=now, changed_at=now, name=who,
                   service=NEW, actors=json.dumps([{"ref": "Practitioner/1", "name": who}])).save()
    slot = Slot(source="feed", fhir_type="Slot", fhir_id=id, status="free", first_seen_at=now, changed_at=now, name="",
                schedule_ref=f"Schedule/{id}", starts_at=starts_at, ends_at=starts_at + timedelta(minutes=30))
    await slot.save()
    return slot.ref


async def send(client, cast, slot: str, what: str = NEW, who: str = "self"):
    """A form of its own for this time, whatever the pages offer."""
    page = await last_look(client, cast, who=who)
    return await client.send(page, "Book this appointment", slot=slot, what=token_of(what), **{"with": ANYBODY})


async def standing(database, what: str) -> int:
    return (await database.rows("SELECT COUNT(*) AS n FROM booking WHERE state = 'booked' AND label = ?", what))[0]["n"]


@pytest.mark.parametrize("minutes", [-20, 0, 5])
@pytest.mark.parametrize("over", [hours_over, feed_over])
async def test_a_person_who_sees_somebody_then_is_offered_to_nobody_else_and_booked_by_nobody_else(
    maria, stranger, cast, demo_database, over, minutes
):
    """The hours in which the first was booked are over: what is booked in them stands."""
    row = await row_of(demo_database, await far(maria, cast))
    [template] = await demo_database.rows(
        "SELECT t.id FROM slot_template t JOIN slot s ON s.schedule_ref = 'Schedule/' || t.ref WHERE s.id = ?", row["slot"]
    )
    async with demo_database.transaction():
        await end_template(demo_database, template["id"], datetime.now(UTC))
    free = await over(demo_database, row["starts_at"] + timedelta(days=1))
    slot = await over(demo_database, row["starts_at"] + timedelta(minutes=minutes))
    page = await at_times(stranger, cast, NEW, "stranger")
    assert len(times_on(page)) == 1 and f"slot={free}" in page.html
    answer = await send(stranger, cast, slot, who="stranger")
    assert answer.status == 409 and "This time was just taken: " in answer.main and len(times_on(answer)) == 1
    assert await standing(demo_database, NEW) == 0
    named = await stranger.get(page.link(times_on(page)[0]).replace(free, slot))
    assert "This time cannot be booked any more." in named.main


@pytest.mark.parametrize("who", [ABBOTT.upper(), f" {ABBOTT.replace(' ', '  ')}"])
async def test_a_name_in_other_letters_is_the_same_person(maria, stranger, cast, demo_database, who):
    row = await row_of(demo_database, await far(maria, cast))
    slot = await feed_over(demo_database, row["starts_at"], who)
    assert (await send(stranger, cast, slot, who="stranger")).status == 409


async def test_a_visit_right_after_another_and_one_with_somebody_else_are_booked(maria, stranger, cast, demo_database):
    row = await row_of(demo_database, await far(maria, cast))
    after = await hours_over(demo_database, row["ends_at"])
    assert (await send(stranger, cast, after, who="stranger")).status == 303
    other = await hours_over(demo_database, row["starts_at"], "Sam Ode", minutes=5)
    assert (await send(stranger, cast, other, who="stranger")).status == 303


async def test_what_was_called_off_holds_nobody(maria, stranger, cast, demo_database):
    first = await far(maria, cast)
    slot = await hours_over(demo_database, (await row_of(demo_database, first))["starts_at"])
    await maria.submit(await maria.follow(first, "Call it off"), "Call this appointment off", reason="ill")
    assert (await send(stranger, cast, slot, who="stranger")).status == 303


async def test_an_appointment_is_moved_by_a_few_minutes_though_it_is_itself_at_that_time(maria, cast, demo_database):
    first = await far(maria, cast)
    row = await row_of(demo_database, first)
    slot = await hours_over(demo_database, row["starts_at"] + timedelta(minutes=5), what="Flu shot")
    look = await at_new_time(maria, first)
    shown = await maria.get(f"{look.url.partition('slot=')[0]}slot={slot}")
    assert "check this first" in shown.h1
    assert "It is moved." in (await maria.submit(shown, "Move it to this time")).main


async def without_end(database) -> None:
    """The clinic lets each book as much as these races need."""
    for name in ("bookings.most_standing", "bookings.most_changes"):
        await database.rows("INSERT INTO clinic_setting (id, name, value, since, version) VALUES (?, ?, '99', ?, 1)",
                            new_id(), name, datetime.now(UTC))  # fmt: skip


async def test_of_two_who_book_one_person_in_different_hours_at_the_same_moment_one_has_the_time(maria, stranger, cast, demo_database):
    await without_end(demo_database)
    forms = []
    for number in range(PAIRS):
        at = soon() + timedelta(hours=number)
        for client, who, over, minutes in ((maria, "self", hours_over, 0), (stranger, "stranger", feed_over, 10)):
            slot = await over(demo_database, at + timedelta(minutes=minutes), "Sam Ode")
            forms.append((client, await last_look(client, cast, who=who), slot))
    answers = await asyncio.gather(*(
        client.send(page, "Book this appointment", slot=slot, what=token_of(NEW), **{"with": ANYBODY}) for client, page, slot in forms
    ))
    assert sorted(one.status for one in answers) == [303] * PAIRS + [409] * PAIRS
    assert await standing(demo_database, NEW) == PAIRS


async def brought(database, starts_at, **more) -> None:
    """An appointment of Maria's from the feed, of a quarter of an hour."""
    now = datetime.now(UTC)
    values = {
        "patient": fixed_id("source", "self"), "source": "riverbend", "fhir_type": "Appointment", "fhir_id": new_ref(),
        "label": "Eye check", "status": "booked", "released_at": now, "first_seen_at": now, "changed_at": now,
        "starts_at": starts_at, "minutes": 15, "participants": json.dumps([{"name": "Dr. Nils Lindqvist"}]), "slots": "[]",
    }  # fmt: skip
    await Appointment(**values | more).save()


@pytest.mark.parametrize("minutes", [-10, 0, 20])
@pytest.mark.parametrize("status", ["booked", "pending", "arrived"])
async def test_what_the_clinic_has_of_a_patient_at_that_time_is_said(maria, cast, demo_database, status, minutes):
    slot = await hours_over(demo_database, soon())
    await brought(demo_database, soon() + timedelta(minutes=minutes), status=status)
    answer = await send(maria, cast, slot)
    assert answer.status == 409 and "There is another appointment at this time already: " in answer.main
    assert await standing(demo_database, NEW) == 0


@pytest.mark.parametrize("fields", [{"status": "cancelled"}, {"status": "noshow"}, {"withdrawn_at": True}, {"minutes": -15}, {"minutes": 30}])
async def test_what_does_not_stand_or_is_at_another_time_is_in_nobodys_way(maria, cast, demo_database, fields):
    slot, at = await hours_over(demo_database, soon()), soon()
    if "minutes" in fields:
        at, fields = at + timedelta(minutes=fields["minutes"]), {}
    if "withdrawn_at" in fields:
        fields = {"withdrawn_at": datetime.now(UTC)}
    await brought(demo_database, at, **fields)
    assert (await send(maria, cast, slot)).status == 303


async def test_a_helper_does_not_learn_of_an_appointment_that_is_not_shown_to_them(person, cast, demo_database):
    slot = await hours_over(demo_database, soon())
    await brought(demo_database, soon(), sensitive=True)
    assert (await send(await person("helper-appointments"), cast, slot)).status == 303


async def test_the_desk_books_nobody_into_an_appointment_of_the_clinics_own(person, cast, demo_database):
    desk, slot = await person("frontdesk"), await hours_over(demo_database, soon())
    await brought(demo_database, soon(), released_at=None)
    page = await desk.get(f"/staff/records/{cast['self'].record}/appointments/new?what={token_of(NEW)}&with={ANYBODY}&slot={slot}")
    answer = await desk.send(page, "Book this appointment")
    assert answer.status == 409 and "There is another appointment at this time already: " in answer.main


async def test_what_the_feed_brings_of_the_one_that_is_moved_is_not_in_its_way(maria, cast, demo_database):
    first = await far(maria, cast)
    row = await row_of(demo_database, first)
    await brought(demo_database, row["starts_at"], participants=json.dumps([{"name": row["who"]}]))
    slots = [await hours_over(demo_database, row["starts_at"] + timedelta(minutes=minutes), what="Flu shot", minutes=10) for minutes in (5, 0)]
    for slot in slots:
        look = await at_new_time(maria, first)
        assert (await maria.send(look, "Move it to this time", slot=slot)).status == 303


async def test_of_two_times_at_once_that_one_patient_wants_at_the_same_moment_one_is_booked(maria, cast, demo_database):
    await without_end(demo_database)
    forms = []
    for number in range(PAIRS):
        for who in ("Sam Ode", "Ada Rhys"):
            slot = await hours_over(demo_database, soon() + timedelta(hours=number), who)
            forms.append((await last_look(maria, cast), slot))
    answers = await asyncio.gather(*(
        maria.send(page, "Book this appointment", slot=slot, what=token_of(NEW), **{"with": ANYBODY}) for page, slot in forms
    ))
    assert sorted(one.status for one in answers) == [303] * PAIRS + [409] * PAIRS
    assert await standing(demo_database, NEW) == PAIRS
