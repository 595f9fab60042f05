"""Days that are no days of a clinic: year 1, year 9999, a year of eighty figures. They are refused in words, and one bad row
stops nobody else's times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from acts.hours import MAKE
from rules.bookings import Hours, Week, days_of
from tests.test_staff_appointments import HOURS, made

FAR = ("1", "0001", "1900", "2050", "9999", "12345", "9" * 78)


@pytest.fixture
async def desk(person):
    return await person("frontdesk")


def a_day(name: str, year: str) -> dict[str, str]:
    return {f"{name}_month": "12", f"{name}_day": "31", f"{name}_year": year}


@pytest.mark.parametrize("year", FAR)
async def test_hours_and_closures_of_a_far_year_are_refused_in_words(desk, year):
    hours, closures = await desk.get("/staff/hours"), await desk.get("/staff/closures")
    january = {"first_month": "1", "first_day": "1"}
    for fields in ({"first_year": year, **january}, a_day("last", year)):
        answer = await desk.send(hours, "Open these hours", **HOURS | fields)
        assert answer.status == 422 and year in answer.html and "Sam Ode" in answer.html
    answer = await desk.send(closures, "Close it", **a_day("day", year))
    assert answer.status == 422 and year in answer.html
    assert any("years" in line or "day that there is" in line for line in answer.errors)


@pytest.mark.parametrize("year", FAR)
async def test_a_birth_date_or_a_last_day_of_a_far_year_is_refused_in_words(desk, person, cast, year):
    found = await desk.send(await desk.get("/staff"), "Find", born_month="12", born_day="31", born_year=year, name="Delgado")
    assert found.status == 200 or found.errors
    maria = await person("self")
    page = await maria.get(f"/records/{cast['self'].record}/sharing/invitations")
    answer = await maria.send(page, "Go on", name="Ana", email="ana@example.org", sees=["results"], ends="day", **a_day("until", year))
    assert answer.status == 422 and answer.errors
    assert (await desk.get(f"/staff/appointments?day={year}-12-31")).status == 200


async def test_a_template_that_cannot_be_made_stops_no_other_and_tomorrow_is_planned(desk, demo_database):
    await demo_database.rows("UPDATE job SET state = 'done' WHERE kind = ?", MAKE)
    await demo_database.rows("UPDATE job SET dedupe = NULL WHERE kind = ?", MAKE)
    await desk.submit(await desk.get("/staff/hours"), "Open these hours", **HOURS | {"days": ["0"], "what": "Broken"})
    await demo_database.rows("UPDATE slot_template SET begins = 'never' WHERE what = 'Broken'")
    await desk.submit(await desk.get("/staff/hours"), "Open these hours", **HOURS)
    await made(demo_database)
    times = await demo_database.rows("SELECT COUNT(*) AS n FROM slot WHERE name = 'Foot care'")
    assert times[0]["n"] > 0
    tomorrow = datetime.now(UTC) + timedelta(hours=12)
    planned = await demo_database.rows("SELECT id FROM job WHERE kind = ? AND state = 'due' AND run_at > ?", MAKE, tomorrow)
    failed = await demo_database.rows("SELECT failure FROM job WHERE kind = ? AND failure <> ''", MAKE)
    assert planned and failed


def test_hours_that_begin_at_the_end_of_the_calendar_have_no_times():
    week = Week(0, Hours("09:00", "10:00", 20, "America/Chicago"), date(9999, 12, 31))
    assert not list(week.cuts(None, date(2026, 7, 1)))
    assert list(days_of(6, date(9999, 12, 25), date.max)) == [date(9999, 12, 26)]
