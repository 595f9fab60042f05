"""Weekly hours that are opened for somebody who has other hours then: it is said, in plain words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.test_bookings_of_a_person import feed_over
from tests.test_staff_appointments import HOURS

SAID = "the same person has other hours at some of these times"
CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture
async def desk(person):
    return await person("frontdesk")


async def opened(desk, **fields) -> str:
    done = await desk.submit(await desk.get("/staff/hours"), "Open these hours", **HOURS | fields)
    assert "These hours are open." in done.main
    return done.main


@pytest.mark.parametrize("fields", [{}, {"begins": "9:40 am", "ends": "11 am", "what": "Ear check", "place": "Room 1"}, {"who": "SAM  ODE"}])
async def test_hours_of_somebody_who_has_others_then_are_opened_and_it_is_said(desk, fields):
    assert SAID not in await opened(desk)
    assert SAID in await opened(desk, **fields)


LATER = {"first_month": "3", "first_day": "1", "first_year": "2031"}


@pytest.mark.parametrize("fields", [{"who": "Ada Rhys"}, {"days": ["5"]}, {"begins": "10 am", "ends": "11 am"}, {"begins": "8 am", "ends": "9 am"}])
async def test_nothing_is_said_of_other_people_days_and_times(desk, fields):
    await opened(desk)
    assert SAID not in await opened(desk, **fields)


async def test_nothing_is_said_of_hours_that_end_before_or_are_over(desk, demo_database):
    await opened(desk, last_month="12", last_day="31", last_year="2030")
    assert SAID not in await opened(desk, **LATER)
    await demo_database.rows("UPDATE slot_template SET ended_at = ? WHERE who = 'Sam Ode'", datetime.now(UTC))
    assert SAID not in await opened(desk)


@pytest.mark.parametrize(("clock", "said"), [((9, 30), True), ((8, 45), True), ((10, 0), False), ((8, 30), False)])
async def test_times_that_the_clinics_own_system_offers_with_them_are_other_hours_too(desk, demo_database, clock, said):
    day = datetime.now(CHICAGO) + timedelta(days=9)
    day -= timedelta(days=max(day.weekday() - 4, 0))
    at = day.replace(hour=clock[0], minute=clock[1], second=0, microsecond=0).astimezone(UTC)
    await feed_over(demo_database, at, "Sam Ode")
    assert (SAID in await opened(desk)) == said
