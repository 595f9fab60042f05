"""The front desk: the day, booking and calling off for a patient, weekly hours, closures and whom to call."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from access.audit import AuditWriter
from access.house import House
from jobs import job
from jobs.kinds import KINDS
from settings import Limits
from tables.sealing import Keyring
from tests.support.html.tree import words
from tests.test_bookings import home, last_look, times_on
from tests.test_bookings_changed import address_of, far, row_of

pytestmark = pytest.mark.in_turns

CHICAGO = ZoneInfo("America/Chicago")


@pytest.fixture
async def desk(person):
    return await person("frontdesk")


@pytest.fixture
async def maria(person):
    return await person("self")


async def day_of(desk, row):
    day = row["starts_at"].astimezone(CHICAGO).date()
    return await desk.get(f"/staff/appointments?day={day}")


async def made(database) -> None:
    house = House(database, AuditWriter(database, b"k" * 32), Keyring((b"s" * 32,)), Limits(), "http://localhost:8000")
    for _ in range(10):
        await job.turn(house, KINDS, "test")


HOURS = {
    "what": "Foot care", "who": "Sam Ode", "place": "Room 9", "days": ["0", "1", "2", "3", "4"], "begins": "9 am", "ends": "10:00",
    "minutes": "20", "first_month": "1", "first_day": "1", "first_year": "2026",
}  # fmt: skip


async def test_the_day_says_who_comes_when_for_what_and_with_whom(desk, maria, cast, demo_database):
    row = await row_of(demo_database, await far(maria, cast))
    page = await day_of(desk, row)
    assert "Maria Delgado" in page.main and "Flu shot. With Ruth Abbott, nurse. Where: Room 1." in page.main
    assert "Born in 1958." in page.main
    visit = await desk.get(f"/staff/appointments/{row['ref']}")
    [up] = [one for one in visit.tree.all("p") if one.get("class") == "back"]
    assert "Maria Delgado" in (await desk.follow(visit, words(up))).main, "back to the day from which one came"


async def test_any_day_can_be_asked_for_and_what_is_none_is_today(desk):
    page = await desk.get("/staff/appointments?day=2026-13-45")
    assert page.status == 200
    tomorrow = await desk.follow(page, "The next day")
    assert "Nothing is booked." in (await desk.get("/staff/appointments?day=2031-01-01")).main and tomorrow.status == 200


async def test_the_desk_books_for_a_patient_who_is_told_and_sees_it(desk, maria, cast, demo_database):
    page = await desk.get(f"/staff/records/{cast['self'].record}/appointments/new")
    assert "For Maria Delgado" in page.main and "Small procedure" in page.main
    times = await desk.follow(await desk.follow(page, "Small procedure"), "Whoever is free first")
    done = await desk.submit(await desk.follow(times, times_on(times)[0]), "Book this appointment")
    assert "It is booked." in done.main and "Small procedure for Maria Delgado" in done.main
    seen = (await maria.get(home(cast, "/appointments"))).main
    assert "Small procedure" in seen and "Booked by our front desk." in seen
    told = await demo_database.rows("SELECT a.username FROM outbox o JOIN account a ON a.id = o.account WHERE o.event = 'booking.booked'")
    assert [row["username"] for row in told] == [cast["self"].username]


async def test_who_takes_care_of_somebody_hears_of_what_the_desk_books_for_them(desk, cast, demo_database):
    page = await desk.get(f"/staff/records/{cast['teen'].record}/appointments/new")
    times = await desk.follow(await desk.follow(page, "Check-up"), "Whoever is free first")
    await desk.submit(await desk.follow(times, times_on(times)[0]), "Book this appointment")
    told = await demo_database.rows("SELECT a.username FROM outbox o JOIN account a ON a.id = o.account WHERE o.event = 'booking.booked'")
    assert {row["username"] for row in told} == {cast["teen"].username, cast["guardian"].username}


async def test_a_visit_that_was_asked_for_is_answered_with_a_booking(desk, maria, cast):
    page = await maria.get(home(cast, "/visit-requests/new"))
    asked = await maria.submit(page, "Ask for this visit", words="My foot hurts")
    queue = await desk.get("/staff/requests")
    item = await desk.get([at for words, at in queue.links if words.startswith("Visit asked for from Maria Delgado")][-1])
    item = await desk.submit(item, "Take it")
    what = await desk.follow(item, "Book an appointment for them")
    times = await desk.follow(await desk.follow(what, "Check-up"), "Whoever is free first")
    await desk.submit(await desk.follow(times, times_on(times)[0]), "Book this appointment")
    await desk.submit(await desk.get(item.url), "Send the answer", answer="booked", words="")
    assert "You have an appointment" in (await maria.get(asked.url)).main
    assert "Booked by our front desk." in (await maria.get(home(cast, "/appointments"))).main


@pytest.mark.parametrize("reason, why", [("clinic", "The clinic cannot keep this time"), ("better", "It is not needed any more")])
async def test_the_desk_calls_off_whatever_the_limit_and_the_patient_reads_why(desk, maria, cast, demo_database, reason, why):
    first = await far(maria, cast)
    at = datetime.now(UTC) + timedelta(hours=2)
    ref = address_of(first).rpartition("/")[2]
    await demo_database.rows("UPDATE booking SET starts_at = ?, ends_at = ? WHERE ref = ?", at, at + timedelta(minutes=10), ref)
    page = await desk.get(f"/staff/appointments/{ref}")
    assert (await desk.send(page, "Call this appointment off")).status == 422
    done = await desk.submit(page, "Call this appointment off", reason=reason, words="Said by phone")
    assert "Maria Delgado’s appointment is called off." in done.main and "Nobody waits for you" not in done.main
    assert done.title.startswith("Called off: Flu shot for Maria Delgado – ")
    seen = (await maria.get(address_of(first))).main
    assert "by our front desk" in seen and f"Why: {why}. Said by phone." in seen
    assert ("The clinic called it off." in seen) is (reason == "clinic"), "not of what the patient asked for"
    assert "called an appointment off" in (await maria.get(home(cast, "/activity"))).main.lower()


async def test_at_an_address_with_a_form_nothing_is_called_off_and_nobody_is_told_so(desk, maria, cast, demo_database):
    ref = address_of(await far(maria, cast)).rpartition("/")[2]
    page = await desk.get(f"/staff/appointments/{ref}")
    fields = {one.get("name"): one.get("value") for one in page.tree.all("input") if one.get("name") in ("csrf", "key")}
    for form in ("txt", "pdf"):
        answer = await desk.post(f"/staff/appointments/{ref}.{form}/cancellation", fields | {"reason": "clinic"})
        assert answer.status == 404 and (await desk.get(f"/staff/appointments/{ref}.{form}")).status == 404
    assert (await row_of_ref(demo_database, ref))["state"] == "booked"


async def row_of_ref(database, ref: str) -> dict:
    return (await database.rows("SELECT state FROM booking WHERE ref = ?", ref))[0]


async def test_weekly_hours_are_opened_booked_and_ended(desk, maria, cast, demo_database):
    page = await desk.get("/staff/hours")
    done = await desk.submit(page, "Open these hours", **HOURS)
    assert "These hours are open." in done.main and "Friday, 9:00 am to 10:00 am: Foot care" in done.main.replace("\xa0", " ")
    await made(demo_database)
    first = await maria.submit(await last_look(maria, cast, "Foot care"), "Book this appointment")
    assert "Sam Ode" in first.main and "Room 9" in first.main
    counted: list[bool] = []
    for _ in range(5):
        page = await desk.get("/staff/hours")
        ending = await desk.follow(page, next(said for said, _at in page.links if said.startswith("End them") and "Foot care" in said))
        counted.append("1 appointment is booked in them and stands" in ending.main)
        assert ending.title.startswith("End these hours? ") and "Foot care" in ending.main
        assert counted[-1] or "No appointment is booked in them." in ending.main
        done = await desk.submit(ending, "End these hours")
        assert done.title.startswith("Ended: Weekly hours – ")
    assert sorted(counted) == [False] * 4 + [True]
    assert "Foot care" not in (await desk.get("/staff/hours")).main
    assert "Foot care" not in (await maria.get(home(cast, "/appointments/new"))).main
    assert "Booked" in (await maria.get(address_of(first))).main


@pytest.mark.parametrize(("fields", "said"), [
    ({"ends": "8 am"}, "It must end after it begins"), ({"minutes": "0"}, "Enter a number from 5 to 240"),
    ({"days": []}, "Choose a day"), ({"begins": "noonish"}, "Enter a time, such as 9:30 am"),
    ({"first_month": "13"}, "Enter a day that there is"), ({"what": ""}, "Enter what people come for"),
    ({"last_month": "1", "last_day": "1", "last_year": "2025"}, "The last day must not be before the first"),
])  # fmt: skip
async def test_hours_that_make_no_sense_are_said_and_what_was_typed_stays(desk, fields, said):
    answer = await desk.send(await desk.get("/staff/hours"), "Open these hours", **HOURS | fields)
    assert answer.status == 422 and said in answer.main and "Sam Ode" in answer.html


async def test_making_times_again_makes_none_twice(desk, demo_database):
    await desk.submit(await desk.get("/staff/hours"), "Open these hours", **HOURS)
    await made(demo_database)
    before = await demo_database.rows("SELECT COUNT(*) AS n FROM slot")
    await demo_database.rows("UPDATE slot_template SET made_until = ''")
    await demo_database.rows("UPDATE job SET state = 'due', run_at = ?, attempts = 0, lease_until = NULL WHERE kind = 'slots.make'", datetime.now(UTC))
    await made(demo_database)
    assert await demo_database.rows("SELECT COUNT(*) AS n FROM slot") == before


async def test_a_closure_ends_booking_and_lists_whom_to_call(desk, maria, cast, demo_database):
    first = await far(maria, cast)
    look = await last_look(maria, cast)
    [slot] = await demo_database.rows("SELECT starts_at FROM slot WHERE ref = ?", look.url.partition("slot=")[2])
    day, other = ((await row_of(demo_database, first))["starts_at"].astimezone(CHICAGO), slot["starts_at"].astimezone(CHICAGO))
    for at in {day.date(), other.date()}:
        page = await desk.get("/staff/closures")
        fields = {"day_month": str(at.month), "day_day": str(at.day), "day_year": str(at.year), "who": "Ruth Abbott, nurse"}
        closed = await desk.submit(page, "Close it", **fields)
        if at == day.date():
            assert "Maria Delgado" in closed.main and "1 appointment lies in it. Call them." in closed.main
            assert closed.h1.replace("\xa0", " ") == f"Ruth Abbott, nurse is away: all day {at:%B} {at.day}, {at.year}"
            shut = closed
    answer = await maria.send(look, "Book this appointment")
    assert answer.status == 409 and "Nothing was booked" in answer.main
    assert not {words for words in times_on(answer) if f"{other:%B} {other.day}," in words.replace("\xa0", " ")}
    assert "Booked" in (await maria.get(address_of(first))).main
    await desk.submit(shut, "End this closure")
    assert (await desk.get(shut.url)).main.count("End this closure") == 0


async def test_the_same_closure_from_two_pages_is_made_once(desk, demo_database):
    """A second tab, or Back after a lost answer, or a colleague at the same moment: with two of them, ending one would open
    nothing."""
    day = {"day_month": "3", "day_day": "1", "day_year": "2027", "begins": "9 am", "ends": "12 pm", "who": ""}
    pages, before = [await desk.get("/staff/closures") for _ in range(8)], await standing(demo_database)
    made = await asyncio.gather(*(desk.submit(page, "Close it", **day) for page in pages))
    first, again = made[0], made[-1]
    assert len({one.url for one in made}) == 1
    assert await standing(demo_database) == before + 1
    await desk.submit(again, "End this closure")
    anew = await desk.submit(await desk.get("/staff/closures"), "Close it", **day)
    assert anew.url != first.url, "one that was ended may be made anew"


async def standing(database) -> int:
    return (await database.rows("SELECT COUNT(*) AS n FROM clinic_closure WHERE lifted_at IS NULL"))[0]["n"]


async def test_a_closure_without_appointments_says_that_nothing_is_to_do(desk):
    page = await desk.get("/staff/closures")
    assert "Day to close" in page.main
    closed = await desk.submit(page, "Close it", day_month="3", day_day="1", day_year="2027", begins="9 am", ends="12 pm", who="")
    assert closed.h1.replace("\xa0", " ") == "Closed for everybody: March 1, 2027, 9:00 am to 12:00 pm"
    said = closed.main.replace("\xa0", " ")
    assert "Closed for everybody: March 1, 2027, 9:00 am to 12:00 pm. No appointments to move." in said
    assert said.count("No appointments to move.") == 1 and "Call" not in said.partition("Printed")[0].partition("End this closure")[0]
    assert "No appointments to move." in (await desk.get(closed.url.partition("?")[0])).main


async def test_a_part_of_a_day_needs_both_times(desk):
    page = await desk.get("/staff/closures")
    answer = await desk.send(page, "Close it", day_month="1", day_day="5", day_year="2030", begins="9 am", who="")
    assert answer.status == 422 and "Enter both times" in answer.main


async def test_nobody_but_the_front_desk_has_these_pages(person, cast):
    for handle, status in (("clinician", 403), ("billing", 403), ("self", 404)):
        client = await person(handle)
        for path in ("/staff/appointments", "/staff/hours", "/staff/closures", f"/staff/records/{cast['self'].record}/appointments/new"):
            assert (await client.get(path)).status == status


async def test_the_desk_of_another_site_finds_nothing(desk, maria, cast, demo_database):
    from tables.clinic import ClinicSite

    first = await far(maria, cast)
    site = ClinicSite(name="Hill Clinic", zone="America/Denver", phone="", address="")
    await site.save()
    await demo_database.rows("UPDATE staff_duty SET site = ? WHERE duty = 'frontdesk'", site.id)
    ref = address_of(first).rpartition("/")[2]
    assert (await desk.get(f"/staff/appointments/{ref}")).status == 404
    assert (await desk.get(f"/staff/records/{cast['self'].record}/appointments/new")).status == 404
    assert "Maria Delgado" not in (await day_of(desk, await row_of(demo_database, first))).main
