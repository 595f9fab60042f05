"""A time that is booked already, and its answer lost: whoever asks for it again hears that they have it, and books no second."""

from __future__ import annotations

import pytest

from tests.test_bookings import last_look, times_on
from tests.test_bookings_changed import address_of, at_new_time, far

HAVE = "You have this time already. It is booked only once."


@pytest.fixture
async def maria(person):
    return await person("self")


async def standing(database) -> int:
    return len(await database.rows("SELECT id FROM booking WHERE state = 'booked'"))


async def test_the_last_look_opened_again_leads_to_what_was_booked(maria, cast):
    look = await last_look(maria, cast)
    booked = await maria.submit(look, "Book this appointment")
    again = await maria.arrive(await maria.get(look.url))
    assert address_of(again) == address_of(booked)
    assert HAVE in again.main and again.title.startswith("Booked already: Flu shot – ")


async def test_one_time_pressed_in_two_tabs_is_booked_once_and_said_to_be_theirs(maria, cast, demo_database):
    look = await last_look(maria, cast)
    tab = await maria.get(look.url)
    booked = await maria.submit(look, "Book this appointment")
    before = await standing(demo_database)
    again = await maria.submit(tab, "Book this appointment")
    assert address_of(again) == address_of(booked) and HAVE in again.main
    assert await standing(demo_database) == before


async def test_the_new_time_of_one_that_was_moved_is_theirs_already(maria, cast, demo_database):
    first = await far(maria, cast)
    look = await at_new_time(maria, first)
    tab = await maria.get(look.url)
    await maria.submit(look, "Move it to this time")
    for again in (await maria.submit(tab, "Move it to this time"), await maria.arrive(await maria.get(look.url))):
        assert address_of(again) == address_of(first) and HAVE in again.main
    assert [row["moves"] for row in await demo_database.rows("SELECT moves FROM booking WHERE ref = ?", address_of(first).rpartition("/")[2])] == [1]


async def test_who_helps_hears_who_has_the_time(person, cast):
    joseph = await person("helper-appointments")
    look = await last_look(joseph, cast)
    await joseph.submit(look, "Book this appointment")
    assert "Maria has this time already." in (await joseph.arrive(await joseph.get(look.url))).main


async def test_the_front_desk_hears_that_the_patient_has_the_time(person, cast):
    desk = await person("frontdesk")
    page = await desk.get(f"/staff/records/{cast['self'].record}/appointments/new")
    times = await desk.follow(await desk.follow(page, "Flu shot"), "Whoever is free first")
    look = await desk.follow(times, times_on(times)[0])
    tab = await desk.get(look.url)
    booked = await desk.submit(look, "Book this appointment")
    for again in (await desk.submit(tab, "Book this appointment"), await desk.arrive(await desk.get(look.url))):
        assert address_of(again) == address_of(booked) and "Maria Delgado has this time already." in again.main


async def test_a_time_that_was_called_off_is_theirs_no_more(maria, cast, demo_database):
    look = await last_look(maria, cast)
    booked = await maria.submit(look, "Book this appointment")
    await demo_database.rows("UPDATE booking SET state = 'cancelled' WHERE ref = ?", address_of(booked).rpartition("/")[2])
    again = await maria.get(look.url)
    assert again.status == 200 and HAVE not in again.main and "Check this before you book" in again.main


async def test_what_somebody_else_took_is_never_said_to_be_theirs(maria, person, cast):
    look, stranger = await last_look(maria, cast), await person("stranger")
    theirs = await last_look(stranger, cast, who="stranger")
    await stranger.submit(theirs, "Book this appointment")
    answer = await maria.send(look, "Book this appointment")
    assert answer.status == 409 and HAVE not in answer.main
    assert HAVE not in (await maria.get(look.url)).main
