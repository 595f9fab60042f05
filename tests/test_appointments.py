"""The list of appointments: what is coming first and soonest, what was asked for, what is over, what was called off."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from tables.appointments import Appointment

FRIDAY = datetime(2030, 1, 4, 16, 20, tzinfo=UTC)


async def words(lab, vera) -> str:
    return (await vera.get(f"{lab.home}/appointments")).main


async def test_an_appointment_says_when_with_whom_where_and_what_to_do_before(lab, vera):
    await lab.put(Appointment, "Blood check", status="booked", starts_at=FRIDAY, place="Room 4",
                  participants=[{"name": "Dr. Lena Okafor"}, {"name": "Room 4"}], instructions="Eat nothing before")
    assert ("Coming up Blood check Friday, January 4, 2030, 10:20 am Central time With Dr. Lena Okafor. Where: Room 4."
            " Before you come: Eat nothing before. Ask us to change Blood check on January 4") in await words(lab, vera)


async def test_two_for_the_same_thing_are_told_apart_and_the_form_to_change_one_is_about_it(lab, vera):
    for days in (0, 10):
        await lab.put(Appointment, "Check-up", status="booked", starts_at=FRIDAY + timedelta(days=days))
    page = await vera.get(f"{lab.home}/appointments")
    form = await vera.follow(page, "Ask us to change Check-up on January 14")
    assert form.h1 == "Ask us to change Check-up on January 14" and form.title.startswith(form.h1)
    assert "Please change Check-up, Monday, January 14, 2030, 10:20 am Central time." in form.html.replace("\xa0", " ")
    other = await vera.follow(page, "Ask us to change Check-up on January 4")
    assert "Friday, January 4, 2030" in other.html.replace("\xa0", " ") and "January 14" not in other.main
    assert (await vera.get(f"{lab.home}/visit-requests/new?about={'A' * 22}")).h1 == "Ask for a visit"


async def test_what_comes_next_stands_first_and_what_is_over_newest_first(lab, vera):
    for label, days in (("Later", 30), ("Next", 2), ("Long ago", -300), ("Lately", -3)):
        await lab.put(Appointment, label, status="booked", starts_at=lab.now + timedelta(days=days))
    assert re.findall(r"(?<!change )(?:Next|Later|Lately|Long ago)", await words(lab, vera)) == ["Next", "Later", "Lately", "Long ago"]


async def test_what_was_called_off_or_only_asked_for_is_not_coming(lab, vera):
    await lab.put(Appointment, "Scan", status="cancelled", starts_at=FRIDAY, cancel_reason="Room flooded")
    await lab.put(Appointment, "Knee", status="proposed", wished="2030-02")
    await lab.put(Appointment, "Skin", status="waitlist", starts_at=None)
    page = await words(lab, vera)
    assert "Called off Scan Friday" in page and "Why: Room flooded." in page
    assert "Knee Asked for Time asked for: February 2030." in page and "Skin On the waiting list" in page
    assert "Coming up" not in page


async def test_what_is_not_confirmed_says_so_and_what_was_kept_is_over_whatever_the_clock_says(lab, vera):
    await lab.put(Appointment, "Checkup", status="pending", starts_at=FRIDAY)
    await lab.put(Appointment, "Done early", status="fulfilled", starts_at=FRIDAY)
    page = await words(lab, vera)
    assert "Checkup Not confirmed yet" in page and "Over Done early" in page


async def test_a_helper_with_appointments_alone_reads_them_and_no_reason_that_names_a_hidden_condition(lab, client):
    from tables.conditions import Condition

    await lab.put(Condition, "Depression", clinical_status="active", verification="confirmed")
    await lab.put(Appointment, "Talk", status="booked", starts_at=FRIDAY, reason="Depression")
    client.cookies.set("s", (await lab.person("Otto Lind", "helper", ("appointments",))).cookie)
    page = await client.get(f"{lab.home}/appointments")
    assert "Talk" in page.main and "Depression" not in page.main


async def test_one_entered_in_error_is_nowhere(lab, vera):
    await lab.put(Appointment, "Never made", status="entered-in-error", starts_at=FRIDAY, withdrawn_at=lab.now)
    assert "No appointments are written down here." in await words(lab, vera)
