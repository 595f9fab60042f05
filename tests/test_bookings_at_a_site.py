"""A front desk of one site books and decides for that site alone; and a page from before is checked as one of today."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rules.bookings import ANYBODY, token_of
from seeds.clinic import SITE
from tables.clinic import ClinicSite
from tests.test_bookings import home, last_look, times_on
from tests.test_bookings_changed import at_new_time, far
from tests.test_bookings_of_a_person import feed_over, hours_over, soon

NEW = "Foot care"


@pytest.fixture
async def maria(person):
    return await person("self")


@pytest.fixture
async def hill(demo_database) -> ClinicSite:
    site = ClinicSite(name="Hill Clinic", zone="America/Denver", phone="", address="")
    await site.save()
    return site


@pytest.fixture
async def desk(person, demo_database):
    """Of Riverbend alone."""
    await demo_database.rows("UPDATE staff_duty SET site = ? WHERE duty = 'frontdesk'", SITE)
    return await person("frontdesk")


async def hill_time(database, hill) -> str:
    return await hours_over(database, soon(), "Ada Rhys", "Ear check", site=hill.id)


async def test_a_desk_of_one_site_is_offered_and_books_the_times_of_that_site_alone(desk, cast, demo_database, hill):
    there, here = await hill_time(demo_database, hill), await hours_over(demo_database, soon(), "Sam Ode")
    new = f"/staff/records/{cast['self'].record}/appointments/new"
    page = await desk.get(new)
    assert "Foot care" in page.main and "Ear check" not in page.main
    look = await desk.get(f"{new}?what={token_of(NEW)}&with={ANYBODY}&slot={here}")
    answer = await desk.send(look, "Book this appointment", slot=there, what=token_of("Ear check"))
    assert answer.status == 409 and "This time is not one of those that you chose from." in answer.main
    assert await demo_database.rows("SELECT id FROM booking WHERE site = ?", hill.id) == []
    assert "It is booked." in (await desk.submit(await desk.get(look.url), "Book this appointment")).main


async def test_patients_and_a_desk_of_every_site_book_at_every_site(person, maria, cast, demo_database, hill):
    await hill_time(demo_database, hill)
    assert "Ear check" in (await maria.get(home(cast, "/appointments/new"))).main
    await demo_database.rows("UPDATE staff_duty SET site = NULL WHERE duty = 'frontdesk'")
    every = await person("frontdesk")
    page = await every.get(f"/staff/records/{cast['self'].record}/appointments/new")
    times = await every.follow(await every.follow(page, "Ear check"), "Whoever is free first")
    assert "It is booked." in (await every.submit(await every.follow(times, times_on(times)[0]), "Book this appointment")).main


STALE = {"inactive": ("status", "inactive"), "withdrawn": ("withdrawn_at", datetime(2026, 1, 1, tzinfo=UTC))}


@pytest.mark.parametrize("how", STALE)
@pytest.mark.parametrize("over", [hours_over, feed_over])
async def test_a_page_from_before_books_nothing_of_a_schedule_that_is_over(maria, cast, demo_database, over, how):
    slot, (column, value) = await over(demo_database, soon(), "Sam Ode"), STALE[how]
    page = await last_look(maria, cast, NEW)
    assert f"slot={slot}" in page.url
    await demo_database.rows(f"UPDATE schedule SET {column} = ? WHERE name = 'Sam Ode'", value)
    answer = await maria.send(page, "Book this appointment")
    assert answer.status == 409 and "Nothing was booked." in answer.main
    assert "This time cannot be booked any more." in (await maria.get(page.url)).main


async def test_a_page_from_before_moves_nothing_into_a_schedule_that_is_over(maria, cast, demo_database):
    slot = await hours_over(demo_database, soon(), "Sam Ode", "Flu shot")
    look = await at_new_time(maria, await far(maria, cast))
    await demo_database.rows("UPDATE schedule SET status = 'inactive' WHERE name = 'Sam Ode'")
    answer = await maria.send(look, "Move it to this time", slot=slot, **{"with": ANYBODY})
    assert answer.status == 409 and "This time was just taken: " in answer.main
