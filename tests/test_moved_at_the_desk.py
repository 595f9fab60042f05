"""An appointment that the front desk moves: in the patient's own steps, at its own sites, and the patient hears of it."""

from __future__ import annotations

import pytest

from seeds.clinic import SITE
from tables.clinic import ClinicSite
from tests.test_bookings import home, last_look, times_on
from tests.test_bookings_changed import address_of, at_new_time, far, row_of, soon
from tests.test_bookings_of_a_person import hours_over
from tests.test_bookings_of_a_person import soon as a_night

MOVE = "Move it to this time"


@pytest.fixture
async def maria(person):
    return await person("self")


@pytest.fixture
async def desk(person):
    return await person("frontdesk")


async def at_desk(desk, page):
    """The same appointment as the front desk sees it."""
    return await desk.get(f"/staff/appointments/{address_of(page).rpartition('/')[2]}")


async def test_the_desk_moves_it_in_the_same_steps_and_the_patient_is_told_and_reads_it(desk, maria, cast, demo_database):
    first = await far(maria, cast)
    before = await row_of(demo_database, first)
    times = await desk.follow(await at_desk(desk, first), "Move it")
    assert times.h1 == "Move Flu shot for Maria Delgado: choose a new time" and "With Ruth Abbott, nurse" in times.main
    assert "It stays Maria Delgado’s until the new time is sure." in times.main
    look = await desk.follow(times, times_on(times)[2])
    assert look.h1 == "Move Flu shot for Maria Delgado: check this first" and "When" in look.main
    done = await desk.submit(look, MOVE)
    assert done.title.startswith("Moved: Flu shot for Maria Delgado – ") and "It is moved. The old time is free again." in done.main
    assert "Moved on" in done.main and "by Grace Kim" in done.main
    after = await row_of(demo_database, first)
    assert after["slot"] != before["slot"] and (after["moves"], after["state"]) == (1, "booked")
    seen = (await maria.get(address_of(first))).main
    assert "The clinic moved it to this time." in seen and "Moved on" in seen and "by our front desk" in seen
    assert "moved an appointment" in (await maria.get(home(cast, "/activity"))).main.lower()
    told = await demo_database.rows("SELECT a.username FROM outbox o JOIN account a ON a.id = o.account WHERE o.event = 'booking.moved'")
    assert [row["username"] for row in told] == [cast["self"].username]


async def test_what_a_patient_moves_is_not_said_to_be_moved_by_the_clinic(desk, maria, cast):
    first = await far(maria, cast)
    moved = await maria.submit(await at_new_time(maria, first), MOVE)
    assert "The clinic moved it" not in moved.main
    await desk.submit(await at_new_time(desk, await at_desk(desk, first), 3), MOVE)
    again = await maria.submit(await at_new_time(maria, await maria.get(address_of(first)), 1), MOVE)
    assert "The clinic moved it" not in again.main and "by our front desk" in again.main


async def test_another_person_is_chosen_at_the_desk_as_well(desk, maria, cast):
    times = await desk.follow(await at_desk(desk, await far(maria, cast)), "Move it")
    again = await desk.follow(times, "Change with whom")
    assert again.h1 == "Move Flu shot for Maria Delgado: with whom?"
    times = await desk.follow(again, "Whoever is free first")
    assert "It is moved." in (await desk.submit(await desk.follow(times, times_on(times)[3]), MOVE)).main


async def test_the_old_time_is_kept_where_the_desk_comes_too_late_for_the_new_one(desk, maria, person, cast, demo_database):
    first = await far(maria, cast)
    before = await row_of(demo_database, first)
    look, stranger = await at_new_time(desk, await at_desk(desk, first), 0), await person("stranger")
    theirs = await last_look(stranger, cast, who="stranger")
    assert theirs.url.partition("slot=")[2] == look.url.partition("slot=")[2]
    await stranger.submit(theirs, "Book this appointment")
    answer = await desk.send(look, MOVE)
    assert answer.status == 409 and "This time was just taken: " in answer.main and len(times_on(answer)) == 5
    assert answer.h1 == "Move Flu shot for Maria Delgado: choose a new time"
    after = await row_of(demo_database, first)
    assert (after["slot"], after["state"], after["moves"]) == (before["slot"], "booked", 0)


async def test_the_patients_limit_of_time_is_not_the_desks_and_what_has_begun_stays(desk, maria, cast, demo_database):
    first = await far(maria, cast)
    await soon(demo_database, first, 2)
    assert "Move it" not in (await maria.get(address_of(first))).main
    look = await at_new_time(desk, await at_desk(desk, first))
    await soon(demo_database, first, -0.1)
    assert "It has begun, so it stays as it is." in (await desk.submit(look, MOVE)).main
    page = await at_desk(desk, first)
    assert "Move it" not in page.main
    assert "It has begun, so it stays as it is." in (await desk.arrive(await desk.get(f"{address_of(page)}/time"))).main
    await soon(demo_database, first, 2)
    assert "It is moved." in (await desk.submit(await desk.get(look.url), MOVE)).main


async def test_what_was_called_off_meanwhile_is_not_moved_and_that_is_said(desk, maria, cast, demo_database):
    first = await far(maria, cast)
    look = await at_new_time(desk, await at_desk(desk, first))
    await maria.submit(await maria.follow(first, "Call it off"), "Call this appointment off", reason="ill")
    assert "It was changed before this came." in (await desk.submit(look, MOVE)).main
    assert "It was changed before this came." in (await desk.arrive(await desk.get(look.url))).main
    assert (await row_of(demo_database, first))["state"] == "cancelled"


async def test_a_desk_of_one_site_moves_to_times_of_that_site_alone(desk, maria, cast, demo_database):
    hill = ClinicSite(name="Hill Clinic", zone="America/Denver", phone="", address="")
    await hill.save()
    first = await far(maria, cast)
    there = await hours_over(demo_database, a_night(), "Ada Rhys", "Flu shot", site=hill.id)
    await demo_database.rows("UPDATE staff_duty SET site = NULL WHERE duty = 'frontdesk'")
    everywhere = await desk.follow(await desk.follow(await at_desk(desk, first), "Move it"), "Change with whom")
    assert "Ada Rhys" in everywhere.main and "Hill Clinic" in everywhere.main
    await demo_database.rows("UPDATE staff_duty SET site = ? WHERE duty = 'frontdesk'", SITE)
    mine = await desk.get(everywhere.url)
    assert "Ada Rhys" not in mine.main
    times = await desk.follow(mine, "Whoever is free first")
    answer = await desk.send(await desk.follow(times, times_on(times)[0]), MOVE, slot=there)
    assert answer.status == 409 and "This time is not one of those that you chose from." in answer.main
    await demo_database.rows("UPDATE staff_duty SET site = ? WHERE duty = 'frontdesk'", hill.id)
    assert (await desk.get(everywhere.url)).status == 404
    assert (await row_of(demo_database, first))["moves"] == 0


async def test_nobody_gets_a_new_time_who_is_not_seen_here_any_more(desk, maria, cast, demo_database):
    first = await far(maria, cast)
    look = await at_new_time(desk, await at_desk(desk, first))
    await demo_database.rows("UPDATE record SET deceased_text = '2026-01-01' WHERE ref = ?", cast["self"].record)
    page = await at_desk(desk, first)
    assert "Move it" not in page.main and "Call this appointment off" in page.html
    assert (await desk.get(look.url)).status == 404 and (await desk.send(look, MOVE)).status == 404
