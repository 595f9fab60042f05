"""An appointment that was booked here, afterwards: moved, called off, brought by the feed as well, and told of."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from access.audit import AuditWriter
from access.house import House
from jobs import job, outbox
from jobs.kinds import KINDS
from seeds.cast import fixed_id
from settings import Limits
from tables.appointments import Appointment
from tables.base import new_id, new_ref
from tables.sealing import Keyring
from tests.support.html.tree import words
from tests.test_bookings import at_times, booked, home, last_look, times_on


@pytest.fixture
async def maria(person):
    return await person("self")


def address_of(page) -> str:
    return page.url.partition("?")[0]


async def row_of(database, page) -> dict:
    rows = await database.rows("SELECT * FROM booking WHERE ref = ?", address_of(page).rpartition("/")[2])
    return rows[0]


async def alone(database, page) -> dict:
    """Its row, where nobody else of the cast is reminded of anything meanwhile, whatever the hour of the test."""
    row = await row_of(database, page)
    await database.rows("UPDATE booking SET state = 'cancelled' WHERE id <> ?", row["id"])
    return row


async def limit_of(database, hours: int) -> None:
    """The clinic decides until so many hours before an appointment can be changed."""
    await database.rows(
        "INSERT INTO clinic_setting (id, name, value, since, version) VALUES (?, 'bookings.limit_hours', ?, ?, 1)",
        new_id(), json.dumps(hours), datetime.now(UTC),
    )


async def soon(database, page, hours: float) -> None:
    at = datetime.now(UTC) + timedelta(hours=hours)
    ref = address_of(page).rpartition("/")[2]
    await database.rows("UPDATE booking SET starts_at = ?, ends_at = ? WHERE ref = ?", at, at + timedelta(minutes=10), ref)


async def far(client, cast, who: str = "self"):
    """One that is booked a day and more ahead, so that it can be changed."""
    page = await at_times(client, cast, who=who)
    for _ in range(3):
        page = await client.follow(page, "Five more times")
    return await client.submit(await client.follow(page, times_on(page)[-1]), "Book this appointment")


async def at_new_time(client, page, which: int = 2, pages: int = 0):
    times = await client.follow(page, "Move it")
    for _ in range(pages):
        times = await client.follow(times, "Five more times")
    return await client.follow(times, times_on(times)[which])


async def test_moving_keeps_the_address_and_frees_the_old_time(maria, cast, demo_database):
    first = await far(maria, cast)
    before = await row_of(demo_database, first)
    look = await at_new_time(maria, first)
    assert "It stays yours until the new time is sure." in look.main
    moved = await maria.submit(look, "Move it to this time")
    after = await row_of(demo_database, moved)
    assert moved.title.startswith("Moved: Flu shot – ")
    assert "It is moved. The old time is free again." in moved.main and address_of(moved) == address_of(first)
    assert after["slot"] != before["slot"] and after["moves"] == 1 and after["state"] == "booked"
    assert "SEQUENCE:1\r\n" in (await maria.get(f"{address_of(moved)}.ics")).content.decode()


async def test_the_old_time_is_kept_where_the_new_one_was_just_taken(maria, person, cast, demo_database):
    first = await far(maria, cast)
    before = await row_of(demo_database, first)
    look = await at_new_time(maria, first, 0)
    slot = look.url.partition("slot=")[2]
    stranger = await person("stranger")
    theirs = await last_look(stranger, cast, who="stranger")
    assert f"slot={slot}" in theirs.url
    await stranger.submit(theirs, "Book this appointment")
    answer = await maria.send(look, "Move it to this time")
    assert answer.status == 409 and "This time was just taken: " in answer.main and len(times_on(answer)) == 5
    after = await row_of(demo_database, first)
    assert (after["slot"], after["state"], after["moves"]) == (before["slot"], "booked", 0)


async def test_moving_keeps_the_person_and_says_what_is_moved(maria, person, cast):
    times = await maria.follow(await far(maria, cast), "Move it")
    assert times.h1 == "Move Flu shot: choose a new time" and times.title.startswith(times.h1)
    assert "With Ruth Abbott, nurse" in times.main and len(times_on(times)) == 5
    again = await maria.follow(times, "Change who you see")
    assert again.h1 == "Move Flu shot: who do you want to see?"
    look = await maria.follow(await maria.follow(again, "Whoever is free first"), times_on(times)[2])
    assert look.h1 == "Move Flu shot: check this first"


async def test_who_moves_it_for_somebody_hears_whose_it_is(person, cast):
    joseph = await person("helper-appointments")
    what = await joseph.get(home(cast, "/appointments/new"))
    assert (await joseph.follow(what, "Flu shot")).h1 == "Maria Delgado’s record: Who will Maria see?"
    times = await joseph.follow(await far(joseph, cast), "Move it")
    assert "It stays Maria’s until the new time is sure." in times.main and "yours" not in times.main
    again = await joseph.follow(times, "Change who Maria sees")
    assert again.h1 == "Maria Delgado’s record: Move Flu shot: who will Maria see?"


async def test_who_calls_it_off_for_somebody_hears_for_whom_nobody_waits(person, cast):
    joseph = await person("helper-appointments")
    form = await joseph.follow(await far(joseph, cast), "Call it off")
    done = await joseph.submit(form, "Call this appointment off", reason="ride")
    assert "It is called off. Nobody waits for Maria." in done.main


async def test_two_who_move_to_each_others_time_both_keep_theirs(maria, person, cast, demo_database):
    stranger = await person("stranger")
    mine, theirs = await far(maria, cast), await far(stranger, cast, "stranger")
    slots = [(await demo_database.rows("SELECT ref FROM slot WHERE id = ?", (await row_of(demo_database, one))["slot"]))[0]["ref"]
             for one in (mine, theirs)]
    looks = [await at_new_time(maria, mine), await at_new_time(stranger, theirs)]
    answers = await asyncio.gather(
        maria.send(looks[0], "Move it to this time", slot=slots[1]), stranger.send(looks[1], "Move it to this time", slot=slots[0])
    )
    assert [one.status for one in answers] == [409, 409]


async def test_one_is_not_moved_to_a_time_for_something_else(maria, cast, demo_database):
    first = await far(maria, cast)
    rows = await demo_database.rows("SELECT ref FROM slot WHERE name = 'Check-up' ORDER BY starts_at DESC LIMIT 1")
    answer = await maria.send(await at_new_time(maria, first), "Move it to this time", slot=rows[0]["ref"])
    assert answer.status == 409 and "Please choose again." in answer.main
    assert (await row_of(demo_database, first))["moves"] == 0


async def test_calling_off_asks_why_and_frees_the_time(maria, person, cast, demo_database):
    first = await far(maria, cast)
    form = await maria.follow(first, "Call it off")
    wrong = await maria.send(form, "Call this appointment off", words="Kept words")
    assert wrong.status == 422 and "Choose why" in wrong.main and "Kept words" in wrong.html
    done = await maria.submit(form, "Call this appointment off", reason="ride", words="My car is broken")
    assert "It is called off. Nobody waits for you." in done.main and done.title.startswith("Called off: Flu shot – ")
    listed = await maria.get(home(cast, "/appointments?show=off"))
    rows = [words(row) for row in listed.tree.all("li") if "Flu shot" in words(row)]
    assert "Called off" in listed.main and rows and "Called off" not in rows[0], "the heading says it for all"
    assert "Why: No way to get there. My car is broken." in done.main
    row = await row_of(demo_database, done)
    [slot] = await demo_database.rows("SELECT ref FROM slot WHERE id = ?", row["slot"])
    stranger = await person("stranger")
    page = await last_look(stranger, cast, who="stranger")
    taken = await stranger.submit(page, "Book this appointment", slot=slot["ref"])
    assert "It is booked." in taken.main


async def test_a_time_that_was_called_off_or_moved_away_from_is_offered_again(maria, person, cast, demo_database):
    stranger = await person("stranger")
    first, other = await booked(maria, cast), await booked(maria, cast)
    slots = [(await demo_database.rows("SELECT ref FROM slot WHERE id = ?", (await row_of(demo_database, one))["slot"]))[0]["ref"]
             for one in (first, other)]
    await limit_of(demo_database, 0)
    taken = (await at_times(stranger, cast, who="stranger")).html
    assert not any(f"slot={slot}" in taken for slot in slots)
    await maria.submit(await maria.follow(await maria.get(address_of(first)), "Call it off"), "Call this appointment off", reason="ill")
    await maria.submit(await at_new_time(maria, await maria.get(address_of(other)), pages=3), "Move it to this time")
    offered = (await at_times(stranger, cast, who="stranger")).html
    assert all(f"slot={slot}" in offered for slot in slots)


async def test_why_it_was_called_off_is_sealed_where_it_is_kept(maria, cast, demo_database):
    form = await maria.follow(await far(maria, cast), "Call it off")
    await maria.submit(form, "Call this appointment off", reason="other", words="Unmistakable words")
    rows = await demo_database.rows("SELECT sealed FROM booking_step WHERE sealed IS NOT NULL")
    assert rows and not any(b"Unmistakable" in bytes(row["sealed"]) for row in rows)


async def test_what_begins_too_soon_is_changed_by_phone_alone(maria, cast, demo_database):
    first = await far(maria, cast)
    form, look = await maria.follow(first, "Call it off"), await at_new_time(maria, first)
    await soon(demo_database, first, 23)
    page = await maria.get(address_of(first))
    assert "It begins too soon to be changed here." in page.main and "Call it off" not in page.main
    late = await maria.submit(form, "Call this appointment off", reason="ill")
    assert "It begins too soon to be changed here. Please call us." in late.main
    assert "too soon" in (await maria.arrive(await maria.get(f"{address_of(first)}/time"))).main
    assert "too soon" in (await maria.submit(look, "Move it to this time")).main
    assert (await row_of(demo_database, first))["state"] == "booked"


async def test_what_is_called_off_asks_for_no_preparation(maria, cast):
    page = await at_times(maria, cast, "Blood check")
    for _ in range(6):
        page = await maria.follow(page, "Five more times")
    booked = await maria.submit(await maria.follow(page, times_on(page)[-1]), "Book this appointment")
    assert "Drink some water" in booked.main
    form = await maria.follow(booked, "Call it off")
    assert "Drink some water" not in (await maria.submit(form, "Call this appointment off", reason="ill")).main


async def test_the_clinic_decides_until_when(maria, cast, demo_database):
    first = await far(maria, cast)
    await soon(demo_database, first, 3)
    await limit_of(demo_database, 2)
    page = await maria.get(address_of(first))
    assert "until 2 hours before" in page.main
    done = await maria.submit(await maria.follow(page, "Call it off"), "Call this appointment off", reason="ill")
    assert "It is called off." in done.main


async def test_a_stale_page_changes_nothing_and_says_so(maria, cast):
    first = await far(maria, cast)
    form, look = await maria.follow(first, "Call it off"), await at_new_time(maria, first)
    stale = await maria.get(form.url)
    await maria.submit(form, "Call this appointment off", reason="ill")
    for page, button, fields in ((stale, "Call this appointment off", {"reason": "ill"}), (look, "Move it to this time", {})):
        assert "It was changed before this came." in (await maria.submit(page, button, **fields)).main


async def test_the_same_calling_off_sent_again_is_done_once(maria, cast, demo_database):
    form = await maria.follow(await far(maria, cast), "Call it off")
    first = await maria.send(form, "Call this appointment off", reason="ill")
    again = await maria.post(first.url, first.response.request.content.decode())
    assert again.headers["location"] == first.headers["location"]


async def test_who_may_only_see_appointments_changes_none(app, cast, maria, person, demo_database):
    first = await far(maria, cast)
    await demo_database.rows("DELETE FROM share_scope WHERE category = 'appointments' AND action = 'act'")
    joseph = await person("helper-appointments")
    page = await joseph.get(address_of(first))
    assert page.status == 200 and "Call it off" not in page.main
    assert (await joseph.get(f"{address_of(first)}/cancellation")).status == 403
    assert "Book an appointment" not in (await joseph.get(home(cast, "/appointments"))).main


# The feed


async def brought(database, page, **more) -> None:
    """The feed brings an appointment at the same time with the same person."""
    row, now = await row_of(database, page), datetime.now(UTC)
    values = {
        "patient": fixed_id("source", "self"), "source": "riverbend", "fhir_type": "Appointment", "fhir_id": new_ref(),
        "label": "Flu shot", "status": "booked", "released_at": now, "first_seen_at": now, "changed_at": now,
        "starts_at": row["starts_at"], "participants": json.dumps([{"name": row["who"]}]), "slots": "[]",
    }  # fmt: skip
    await Appointment(**values | more).save()


async def times_said(client, cast, words: str) -> int:
    return (await client.get(home(cast, "/appointments"))).main.count(words)


async def test_what_the_feed_brings_of_one_that_was_booked_here_is_shown_once(maria, cast, demo_database):
    before = await times_said(maria, cast, "Flu shot")
    first = await far(maria, cast)
    await brought(demo_database, first)
    assert await times_said(maria, cast, "Flu shot") == before + 1


async def test_another_appointment_of_the_feed_at_that_time_with_somebody_else_stays(maria, cast, demo_database):
    before = await times_said(maria, cast, "Flu shot")
    await brought(demo_database, await far(maria, cast), participants=json.dumps([{"name": "Dr. Nils Lindqvist"}]))
    assert await times_said(maria, cast, "Flu shot") == before + 3, "and the link to ask about the one of the feed"


async def test_the_next_appointment_on_the_home_page_may_be_one_that_was_booked_here(maria, cast):
    await booked(maria, cast)
    assert "Flu shot. With Ruth Abbott, nurse. Room 1." in (await maria.get(home(cast))).main


# Notices


@pytest.fixture
def house(demo_database):
    """Told by the tests what time it is."""
    clock = Clock()
    return House(demo_database, AuditWriter(demo_database, b"k" * 32), Keyring((b"s" * 32,)), Limits(),
                 "https://portal.example.org", clock=clock)  # fmt: skip


class Clock:
    def __init__(self):
        self.now = datetime.now(UTC)

    def __call__(self):
        return self.now


class Kept:
    def __init__(self):
        self.letters = []

    async def send(self, letter) -> None:
        self.letters.append(letter)


async def sent_now(house) -> list:
    kept = Kept()
    for _ in range(5):
        await job.turn(house, KINDS, "test")
        while await outbox.turn(house, {"email": kept, "print": kept}, "test"):
            pass
    return kept.letters


async def test_booking_moving_and_calling_off_are_told_without_a_word_of_what_for(maria, cast, house, demo_database):
    first = await far(maria, cast)
    moved = await maria.submit(await at_new_time(maria, first, pages=4), "Move it to this time")
    await maria.submit(await maria.follow(moved, "Call it off"), "Call this appointment off", reason="ill")
    rows = await demo_database.rows("SELECT * FROM outbox WHERE event LIKE 'booking.%'")
    letters = [await outbox.letter(house, row) for row in rows]
    assert {one.subject.partition(" at ")[0] for one in letters} == {
        "An appointment was booked", "An appointment was moved", "An appointment was called off",
    }  # fmt: skip
    for letter in letters:
        for word in ("Flu", "Abbott", "Room 1", "Maria", "ill."):
            assert word not in letter.subject + letter.text


async def test_the_day_before_a_reminder_says_day_time_and_zone_and_nothing_else(maria, cast, house, demo_database):
    first = await far(maria, cast)
    row = await alone(demo_database, first)
    await sent_now(house)
    house.clock.now = row["starts_at"] - timedelta(hours=12)
    found = [one for one in await sent_now(house) if "reminder" in one.subject]
    assert len(found) == 1 and found[0].to == "maria.delgado@example.org"
    text = found[0].text.replace("\xa0", " ")
    assert "There is an appointment on" in text and "Central time." in text
    for word in ("Flu", "Abbott", "Room 1", "Maria"):
        assert word not in text
    assert [one for one in await sent_now(house) if "reminder" in one.subject] == []


async def test_what_was_called_off_or_moved_away_is_not_reminded_of(maria, cast, house, demo_database):
    first = await far(maria, cast)
    row = await alone(demo_database, first)
    await maria.submit(await maria.follow(first, "Call it off"), "Call this appointment off", reason="ill")
    house.clock.now = row["starts_at"] - timedelta(hours=12)
    assert [one for one in await sent_now(house) if "reminder" in one.subject] == []


async def test_a_reminder_follows_a_move_and_there_is_none_of_the_time_before(maria, cast, house, demo_database):
    first = await far(maria, cast)
    before = (await alone(demo_database, first))["starts_at"]
    await maria.submit(await at_new_time(maria, first, pages=8), "Move it to this time")
    after = (await row_of(demo_database, first))["starts_at"]
    assert after.date() > before.date()
    await sent_now(house)
    house.clock.now = before - timedelta(hours=4)
    assert [one for one in await sent_now(house) if "reminder" in one.subject] == []
    house.clock.now = after - timedelta(hours=4)
    [letter] = [one for one in await sent_now(house) if "reminder" in one.subject]
    there = after.astimezone(ZoneInfo("America/Chicago"))
    assert f"{there:%B} {there.day}, {there.year} at {there.hour % 12 or 12}:{there:%M} pm Central time." in letter.text.replace("\xa0", " ")


async def test_a_reminder_that_waits_to_be_sent_is_dropped_when_the_appointment_is_called_off(maria, cast, house, demo_database):
    first = await far(maria, cast)
    row = await alone(demo_database, first)
    house.clock.now = row["starts_at"] - timedelta(hours=12)
    for _ in range(5):
        await job.turn(house, KINDS, "test")
    await demo_database.rows("UPDATE booking SET state = 'cancelled' WHERE id = ?", row["id"])
    assert [one for one in await sent_now(house) if "reminder" in one.subject] == []
    rows = await demo_database.rows("SELECT state FROM outbox WHERE event = 'booking.reminder'")
    assert {one["state"] for one in rows} == {"dropped"}
