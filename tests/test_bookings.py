"""Booking an appointment: in steps, for a time that nobody else has; the list, one of them, and its calendar file."""

from __future__ import annotations

import asyncio
import contextlib
import re
from datetime import UTC, datetime, timedelta

import pytest

from rules.bookings import MOST_CHANGES
from tables.base import new_id
from tests.support.client import client_of
from tests.support.html.tree import words
from tests.support.owners import patient_of


@pytest.fixture
async def maria(person):
    return await person("self")


def home(cast, path: str = "", who: str = "self") -> str:
    return f"/records/{cast[who].record}{path}"


async def at_times(client, cast, what: str = "Flu shot", who: str = "self"):
    """The page with the first five times, with whoever is free first."""
    page = await client.follow(await client.get(home(cast, "/appointments", who)), "Book an appointment")
    return await client.follow(await client.follow(page, what), "Whoever is free first")


def times_on(page) -> list[str]:
    """The words of the times that can be chosen."""
    return [words for words, address in page.links if "slot=" in address and not words.endswith(" text")]


async def last_look(client, cast, what: str = "Flu shot", who: str = "self"):
    page = await at_times(client, cast, what, who)
    return await client.follow(page, times_on(page)[0])


async def booked(client, cast, what: str = "Flu shot", who: str = "self"):
    return await client.submit(await last_look(client, cast, what, who), "Book this appointment")


async def test_an_appointment_is_booked_in_steps_and_stands_in_the_list(maria, cast):
    page = await last_look(maria, cast)
    said = page.main
    assert "Check this before you book" in said and "Flu shot" in said and "Ruth Abbott, nurse" in said
    done = await maria.submit(page, "Book this appointment")
    assert "It is booked." in done.main and "Flu shot" in done.main and "Room 1" in done.main
    assert done.title.startswith("Booked: Flu shot – ")
    day = re.search(r"\w+ \d+(?=, \d{4})", done.main.replace("\xa0", " ")).group()
    links = {said.replace("\xa0", " "): address for said, address in (await maria.get(home(cast, "/appointments"))).links}
    assert links[f"Flu shot, {day}"] == done.url.partition("?")[0], "two for the same thing can be told apart"


async def test_the_last_look_says_until_when_it_can_be_changed_and_what_to_do_before(maria, cast):
    page = await at_times(maria, cast, "Blood check")
    for _ in range(6):
        page = await maria.follow(page, "Five more times")
    said = (await maria.follow(page, times_on(page)[-1])).main
    assert "You can move it or call it off here until 24 hours before." in said
    assert "Before you come" in said and "Drink some water" in said


async def test_five_times_are_offered_and_five_more_follow_them(maria, cast):
    first = await at_times(maria, cast)
    more = await maria.follow(first, "Five more times")
    assert len(times_on(first)) == len(times_on(more)) == 5
    assert not set(times_on(first)) & set(times_on(more))
    assert more.weight < 8000
    assert heading(first) != heading(more) and heading(more) == times_from(times_on(more)[0])
    piece = await maria.htmx("GET", first.link("Five more times"), target="div#times")
    assert times_on(piece) == times_on(more) and not piece.is_whole and piece.weight < 3000


def heading(page) -> str:
    """What stands over the times, and takes the focus where they came into the page."""
    [part] = [one for one in page.tree.all("div") if one.get("id") == "times"]
    return words(page.tree.within(part, "h2")[0])


def times_from(first: str) -> str:
    """Times from Friday, November 27, 9:00 am: that time without year and zone."""
    return "Times from " + re.sub(r", \d{4}, (\S+.[ap]m).*", r", \1", first)


async def test_the_last_look_says_each_thing_once_in_one_list(maria, cast):
    page = await last_look(maria, cast)
    terms = [words(one) for one in page.tree.all("dt")]
    assert terms == ["What for", "With", "When", "Where", "How long"]
    assert page.main.count("Ruth Abbott, nurse") == 1 and page.main.count("Flu shot") == 1
    assert "Whoever is free first" not in page.main and "Change who you see" in page.main


async def test_another_time_is_chosen_where_the_last_one_stood(maria, cast):
    more = await maria.follow(await at_times(maria, cast), "Five more times")
    look = await maria.follow(more, times_on(more)[2])
    assert times_on(await maria.follow(look, "Choose another time")) == times_on(more)


async def test_which_time_was_taken_is_said_and_earlier_ones_can_be_reached(maria, person, cast):
    more = await maria.follow(await at_times(maria, cast), "Five more times")
    time = times_on(more)[1]
    look, stranger = await maria.follow(more, time), await person("stranger")
    theirs = await stranger.follow(await at_times(stranger, cast, who="stranger"), "Five more times")
    await stranger.submit(await stranger.follow(theirs, time), "Book this appointment")
    answer = await maria.send(look, "Book this appointment")
    assert answer.title.startswith("Just taken: Choose a time – ")
    assert answer.status == 409 and f"This time was just taken: {time}. Nothing was booked." in answer.main
    assert times_on(await maria.follow(answer, "The first times"))[0] != times_on(answer)[0]


async def test_what_only_the_clinic_books_is_not_offered(maria, cast):
    page = await maria.get(home(cast, "/appointments/new"))
    assert "Check-up" in page.main and "Small procedure" not in page.main


async def test_a_time_that_is_booked_is_offered_to_nobody_else(maria, person, cast):
    page = await at_times(maria, cast)
    await maria.submit(await maria.follow(page, times_on(page)[0]), "Book this appointment")
    stranger = await person("stranger")
    assert times_on(page)[0] not in times_on(await at_times(stranger, cast, who="stranger"))


async def test_of_a_hundred_patients_who_book_one_time_one_has_it_and_ninety_nine_are_offered_the_next(
    app, house, maria, cast, demo_database
):
    """All at once, each with a chart, a session and a form of their own."""
    times = await at_times(maria, cast)
    time = times_on(times)[0]
    look = await maria.follow(times, time)
    async with contextlib.AsyncExitStack() as stack:
        forms = [(maria, look)]
        for number in range(99):
            record, token = await patient_of(house, f"Patient {number}", house.clock())
            client = await stack.enter_async_context(client_of(app))
            client.cookies.set("s", token)
            forms.append((client, await client.get(look.url.replace(cast["self"].record, record))))
        answers = await asyncio.gather(*(client.send(page, "Book this appointment") for client, page in forms))
    assert sorted(one.status for one in answers) == [303] + [409] * 99
    for one in answers:
        if one.status == 409:
            assert f"This time was just taken: {time}. Nothing was booked." in one.main
            assert len(times_on(one)) == 5 and time not in times_on(one)
    rows = await demo_database.rows("SELECT slot FROM booking WHERE state = 'booked' GROUP BY slot HAVING COUNT(*) > 1")
    assert rows == []


async def test_who_presses_ten_times_has_one_booking_and_is_led_to_it_each_time(maria, person, cast):
    """While another patient wants the same time. Each is a form of its own."""
    stranger = await person("stranger")
    pages = [await last_look(maria, cast), await last_look(stranger, cast, who="stranger")]
    forms = []
    for number in range(20):
        who, client = (("self", maria), ("stranger", stranger))[number % 2]
        forms.append((client, (await client.get(pages[number % 2].url))))
    answers = await asyncio.gather(*(client.send(page, "Book this appointment") for client, page in forms))
    assert sorted(one.status for one in answers) == [303] * 10 + [409] * 10
    led = [one.headers["location"] for one in answers if one.status == 303]
    assert len({address.partition("?")[0] for address in led}) == 1 and sum("done=booked" in address for address in led) == 1
    for one in answers:
        if one.status == 409:
            assert "Nothing was booked" in one.main and len(times_on(one)) == 5 and "Flu shot" in one.main


async def test_the_same_booking_sent_again_leads_to_the_same_appointment(maria, cast):
    page = await last_look(maria, cast)
    first = await maria.send(page, "Book this appointment")
    again = await asyncio.gather(*(maria.post(first.url, first.response.request.content.decode()) for _ in range(10)))
    assert {one.headers["location"] for one in again} == {first.headers["location"]}


@pytest.mark.parametrize("edited", ["slot=AAAAAAAAAAAAAAAAAAAAAA", "slot=x", "slot=", "what=000000000000", "after=zzz"])
async def test_an_edited_address_asks_again_and_breaks_nothing(maria, cast, edited):
    page = await last_look(maria, cast)
    name, _, value = edited.partition("=")
    from urllib.parse import parse_qsl, urlencode

    path, _, query = page.url.partition("?")
    again = await maria.get(f"{path}?{urlencode(dict(parse_qsl(query)) | {name: value})}")
    assert again.status == 200
    assert ("This time cannot be booked any more." in again.main) == (name == "slot" and value != "" or name == "what")


async def test_a_time_that_only_the_clinic_books_is_refused_by_its_ref_too(maria, cast, demo_database):
    page = await last_look(maria, cast)
    rows = await demo_database.rows("SELECT ref FROM slot WHERE name = 'Small procedure' ORDER BY starts_at DESC LIMIT 1")
    from rules.bookings import token_of

    answer = await maria.send(page, "Book this appointment", slot=rows[0]["ref"], what=token_of("Small procedure"))
    assert answer.status == 409 and "This time is not one of those that you chose from." in answer.main


@pytest.mark.parametrize("edited", [{"slot": "other"}, {"slot": ""}, {"slot": "A" * 22}, {"what": "000000000000"}, {"with": "000000000000"}])
async def test_what_was_not_on_the_page_before_is_refused_and_said(maria, cast, demo_database, edited):
    """Another kind of visit, a time that there never was, another person."""
    page = await last_look(maria, cast)
    rows = await demo_database.rows("SELECT ref FROM slot WHERE name = 'Check-up' ORDER BY starts_at DESC LIMIT 1")
    fields = {name: rows[0]["ref"] if value == "other" else value for name, value in edited.items()}
    before = await demo_database.rows("SELECT COUNT(*) AS n FROM booking")
    answer = await maria.send(page, "Book this appointment", **fields)
    assert answer.status == 409 and "Nothing was booked. Please choose again." in answer.main
    assert await demo_database.rows("SELECT COUNT(*) AS n FROM booking") == before


async def test_a_time_that_has_passed_is_refused_and_said(maria, cast, demo_database):
    page = await last_look(maria, cast)
    slot = page.url.partition("slot=")[2]
    await demo_database.rows("UPDATE slot SET starts_at = ? WHERE ref = ?", datetime.now(UTC) - timedelta(minutes=1), slot)
    answer = await maria.send(page, "Book this appointment")
    assert answer.status == 409 and "This time has passed: " in answer.main


async def test_two_appointments_at_one_time_are_refused_and_said(maria, cast, demo_database):
    first = await booked(maria, cast)
    ref = first.url.rpartition("/")[2].partition("?")[0]
    page = await last_look(maria, cast, "Check-up")
    slot = page.url.partition("slot=")[2]
    await demo_database.rows(
        "UPDATE slot SET starts_at = (SELECT starts_at FROM booking WHERE ref = ?), ends_at = (SELECT ends_at FROM booking"
        " WHERE ref = ?) WHERE ref = ?", ref, ref, slot,
    )
    answer = await maria.send(page, "Book this appointment")
    assert answer.status == 409 and "another appointment at this time already" in answer.main


MANY = (
    "As many appointments as can be booked here are still to come. To get another time, move one of them or call one off."
    " If you need one more, call us."
)
OFTEN = (
    "Appointments were booked or moved here as often today as we allow. Try again tomorrow. If it cannot wait, call us."
    " An appointment can still be called off here."
)


async def limited(database, cast, name: str, room: int) -> None:
    """The clinic lets Maria book so many more, by the setting of this name, and nothing stands."""
    await database.rows("UPDATE booking SET state = 'cancelled'")
    [done] = await database.rows(
        "SELECT COUNT(*) AS n FROM booking_step s JOIN booking b ON b.id = s.booking JOIN record r ON r.id = b.record"
        " WHERE r.ref = ? AND s.by_staff = '' AND s.did <> 'cancelled' AND s.at > ?",
        cast["self"].record, datetime.now(UTC) - timedelta(days=1),
    )
    assert done["n"] < MOST_CHANGES, "the demo leaves room"
    most = room if name == "bookings.most_standing" else done["n"] + room
    await database.rows(
        "INSERT INTO clinic_setting (id, name, value, since, version) VALUES (?, ?, ?, ?, 1)", new_id(), name, str(most), datetime.now(UTC)
    )


@pytest.mark.parametrize("name, said", [
    ("bookings.most_standing", "Too many appointments that you booked here are still to come. Nothing was booked."),
    ("bookings.most_changes", "Appointments were booked or moved too often today. Nothing was booked."),
])  # fmt: skip
async def test_one_patient_books_no_more_than_the_clinic_allows_and_what_was_chosen_stays(maria, cast, demo_database, name, said):
    """Pressed on a page from before, on which nothing said so yet."""
    await limited(demo_database, cast, name, 1)
    times = await at_times(maria, cast)
    looks = [await maria.follow(times, words) for words in times_on(times)[:2]]
    assert (await maria.send(looks[0], "Book this appointment")).status == 303
    if name == "bookings.most_changes":
        await demo_database.rows("UPDATE booking SET state = 'cancelled'")
    refused = await maria.send(looks[1], "Book this appointment")
    assert refused.status == 409 and said in refused.main and "Flu shot" in refused.main and times_on(refused)
    assert "as can be booked" not in refused.main and "as we allow" not in refused.main, "it is said once"


@pytest.mark.parametrize("name, said", [("bookings.most_standing", MANY), ("bookings.most_changes", OFTEN)])
async def test_who_may_book_no_more_hears_it_before_choosing_and_what_to_do_instead(maria, cast, demo_database, name, said):
    await limited(demo_database, cast, name, 1)
    look = await last_look(maria, cast)
    await maria.submit(look, "Book this appointment")
    page = await maria.follow(await maria.get(home(cast, "/appointments")), "Book an appointment")
    assert page.status == 200 and page.h1 == "No more can be booked here now" and said in page.main
    assert "Check-up" not in page.main and times_on(page) == []
    assert "Flu shot" in (await maria.follow(page, "See what is booked")).main
    assert (await maria.follow(page, "Ask us for a visit")).status == 200
    deeper = await maria.get(look.url.partition("&slot=")[0])
    assert said in deeper.main and times_on(deeper) == [] and "cannot be booked any more" not in deeper.main


async def test_who_may_move_nothing_more_today_hears_it_before_choosing(maria, cast, demo_database):
    page = await at_times(maria, cast)
    for _ in range(3):
        page = await maria.follow(page, "Five more times")
    await limited(demo_database, cast, "bookings.most_changes", 1)
    booked = await maria.submit(await maria.follow(page, times_on(page)[-1]), "Book this appointment")
    moving = await maria.follow(booked, "Move it")
    assert moving.h1 == "Move Flu shot: not today" and OFTEN in moving.main and times_on(moving) == []
    assert "It stays yours until the new time is sure." in moving.main


async def test_as_many_as_can_be_booked_may_still_be_moved_and_the_desk_has_no_such_limit(maria, person, cast, demo_database):
    page = await at_times(maria, cast)
    for _ in range(3):
        page = await maria.follow(page, "Five more times")
    await limited(demo_database, cast, "bookings.most_standing", 1)
    booked = await maria.submit(await maria.follow(page, times_on(page)[-1]), "Book this appointment")
    assert times_on(await maria.follow(booked, "Move it"))
    desk = await person("frontdesk")
    assert "Check-up" in (await desk.get(f"/staff{home(cast, '/appointments/new')}")).main


async def test_a_helper_books_in_their_own_name_and_the_patient_reads_it(person, cast):
    joseph = await person("helper-appointments")
    done = await booked(joseph, cast)
    assert "It is booked." in done.main
    seen = await (await person("self")).get(done.url.partition("?")[0])
    assert "Booked by Joseph Amadi for you." in seen.main


async def test_a_helper_whose_part_ended_meanwhile_books_nothing(person, cast, demo_database):
    joseph = await person("helper-appointments")
    page = await last_look(joseph, cast)
    await demo_database.rows(
        "UPDATE share SET revoked_at = ? WHERE account = (SELECT id FROM account WHERE username = ?)",
        datetime.now(UTC), cast["helper-appointments"].username,
    )
    before = await demo_database.rows("SELECT COUNT(*) AS n FROM booking")
    assert (await joseph.send(page, "Book this appointment")).status in (403, 404)
    assert await demo_database.rows("SELECT COUNT(*) AS n FROM booking") == before


async def test_the_calendar_file_is_read_by_another_program_and_names_nothing_of_health(maria, cast):
    from icalendar import Calendar

    done = await booked(maria, cast)
    file = await maria.get(f"{done.url.partition('?')[0]}.ics")
    assert file.headers["content-type"] == "text/calendar; charset=utf-8"
    [event] = Calendar.from_ical(file.content).walk("VEVENT")
    assert str(event["SUMMARY"]) == "Appointment at Riverbend Family Clinic"
    assert str(event["LOCATION"]) == "Riverbend Family Clinic, 210 Mill Street, Riverbend"
    assert event["DTSTART"].dt.tzinfo is not None and event["DTEND"].dt > event["DTSTART"].dt
    assert not event.walk("VALARM") and "Flu" not in file.text and "Abbott" not in file.text


async def test_it_is_a_pdf_in_large_print_and_a_text_too(maria, cast):
    at = (await booked(maria, cast)).url.partition("?")[0]
    for address in (f"{at}.pdf", f"{at}.pdf?print=24"):
        assert (await maria.get(address)).headers["content-type"] == "application/pdf"
    assert "Flu shot" in (await maria.get(f"{at}.txt")).text


async def test_another_patient_finds_nothing_there(maria, person, cast):
    at = (await booked(maria, cast)).url.partition("?")[0]
    stranger = await person("stranger")
    own = home(cast, f"/appointments/{at.rpartition('/')[2]}", "stranger")
    for address in (at, f"{at}.ics", f"{at}/time", f"{at}/cancellation", own, f"{own}.ics"):
        assert (await stranger.get(address)).status == 404


async def test_a_time_of_the_feed_is_booked_like_one_of_ours(maria, cast, demo_database):
    now = datetime.now(UTC)
    from tables.appointments import Schedule, Slot

    await Schedule(source="feed", fhir_type="Schedule", fhir_id="s1", status="active", first_seen_at=now, changed_at=now,
                   name="Dr. Nils Lindqvist", service="Eye check",
                   actors='[{"ref": "Practitioner/1", "name": "Dr. Nils Lindqvist"}]').save()
    await Slot(source="feed", fhir_type="Slot", fhir_id="t1", status="free", first_seen_at=now, changed_at=now, name="",
               schedule_ref="Schedule/s1", starts_at=now + timedelta(days=3), ends_at=now + timedelta(days=3, minutes=30)).save()
    await Slot(source="feed", fhir_type="Slot", fhir_id="t2", status="busy", first_seen_at=now, changed_at=now, name="",
               schedule_ref="Schedule/s1", starts_at=now + timedelta(days=2), ends_at=now + timedelta(days=2, minutes=30)).save()
    page = await at_times(maria, cast, "Eye check")
    assert len(times_on(page)) == 1
    done = await maria.submit(await maria.follow(page, times_on(page)[0]), "Book this appointment")
    assert "Dr. Nils Lindqvist" in done.main and "30 minutes" in done.main
