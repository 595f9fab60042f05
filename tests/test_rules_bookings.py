"""Which times can be booked and changed: closures, limits, and days on which the clock is turned."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.bookings import (
    Closed, Hours, Week, days_of, is_closed, may_change, overlap, reminder_at, same_appointment, times_of, token_of,
)  # fmt: skip
from rules.calendars import Event, calendar_file

CHICAGO, SITE = "America/Chicago", UUID(int=1)
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
NOON = datetime(2026, 5, 12, 17, 0, tzinfo=UTC)
ZONES = st.sampled_from([CHICAGO, "Europe/Madrid", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu", "UTC"])


def walls(day: date, begins: str, ends: str, minutes: int, zone: str = CHICAGO) -> list[str]:
    return [cut.wall[11:] for cut in times_of(day, Hours(begins, ends, minutes, zone))]


def test_hours_are_cut_into_visits_that_fit():
    assert walls(date(2026, 5, 12), "09:00", "10:10", 20) == ["09:00", "09:20", "09:40"]
    assert walls(date(2026, 5, 12), "09:00", "09:10", 20) == []


def test_a_time_that_the_clock_skips_is_none():
    assert walls(SPRING, "01:00", "04:00", 30) == ["01:00", "01:30", "03:00", "03:30"]


def test_a_time_that_the_clock_shows_twice_is_the_first_of_the_two():
    found = list(times_of(AUTUMN, Hours("01:00", "03:00", 60, CHICAGO)))
    assert [cut.wall[11:] for cut in found] == ["01:00", "02:00"]
    assert [cut.starts_at.hour for cut in found] == [6, 8]


def test_nine_in_the_morning_stays_nine_when_clocks_are_turned():
    week = Week(0, Hours("09:00", "09:30", 30, CHICAGO), date(2026, 10, 26))
    assert [cut.starts_at.hour for cut in week.cuts(None, date(2026, 11, 9))] == [14, 15, 15]


@given(
    day=st.dates(date(2024, 1, 1), date(2030, 12, 31)) | st.sampled_from([SPRING, AUTUMN]), zone=ZONES,
    begins=st.times(), length=st.integers(0, 600), minutes=st.integers(5, 90),
)  # fmt: skip
def test_visits_of_a_day_never_overlap_and_keep_their_length(day, zone, begins, length, minutes):
    ends = (datetime.combine(day, begins) + timedelta(minutes=length)).time()
    found = list(times_of(day, Hours(f"{begins:%H:%M}", f"{ends:%H:%M}", minutes, zone)))
    for cut in found:
        local = cut.starts_at.astimezone(ZoneInfo(zone))
        assert f"{local:%Y-%m-%dT%H:%M}" == cut.wall and local.date() == day
        assert cut.ends_at - cut.starts_at == timedelta(minutes=minutes)
    assert all(one.ends_at <= other.starts_at for one, other in zip(found, found[1:]))


@given(weekday=st.integers(0, 6), first=st.dates(date(2024, 1, 1), date(2030, 1, 1)), days=st.integers(0, 90))
def test_days_of_a_week_are_all_of_them_and_no_other(weekday, first, days):
    last = first + timedelta(days=days)
    every = [first + timedelta(days=n) for n in range(days + 1)]
    assert list(days_of(weekday, first, last)) == [day for day in every if day.weekday() == weekday]


def test_what_was_made_already_is_not_made_again():
    week = Week(1, Hours("09:00", "09:20", 20, CHICAGO), date(2026, 5, 1), date(2026, 5, 30))
    assert [cut.wall[:10] for cut in week.cuts(date(2026, 5, 12), date(2026, 7, 1))] == ["2026-05-19", "2026-05-26"]


def closed(who: str = "", hours: int = 2) -> list[Closed]:
    return [Closed(SITE, who, NOON, NOON + timedelta(hours=hours))]


@pytest.mark.parametrize(("begins", "ends", "is_it"), [(-20, 0, False), (-10, 10, True), (30, 50, True), (110, 130, True), (120, 140, False)])
def test_a_closure_covers_whatever_lies_in_it_in_part(begins, ends, is_it):
    at = NOON + timedelta(minutes=begins), NOON + timedelta(minutes=ends)
    assert is_closed(closed(), SITE, "Dr. Okafor", *at) is is_it


def test_a_closure_of_one_person_or_one_site_closes_no_other():
    at = NOON, NOON + timedelta(minutes=20)
    assert is_closed(closed("Dr. Okafor"), SITE, "Dr. Okafor", *at)
    assert not is_closed(closed("Dr. Okafor"), SITE, "Ruth Abbott", *at)
    assert not is_closed(closed(), UUID(int=2), "Dr. Okafor", *at)


def test_the_limit_is_to_the_moment_and_nothing_changes_once_it_has_begun():
    at = NOON + timedelta(hours=24)
    assert may_change(at, NOON, 24) and not may_change(at, NOON + timedelta(microseconds=1), 24)
    assert may_change(NOON + timedelta(seconds=1), NOON, 0) and not may_change(NOON, NOON, 0)


def test_two_that_touch_do_not_overlap():
    hour = timedelta(hours=1)
    assert not overlap((NOON, NOON + hour), (NOON + hour, NOON + 2 * hour))
    assert overlap((NOON, NOON + 2 * hour), (NOON + hour, NOON + hour + hour))


def test_a_reminder_is_at_ten_the_day_before_on_the_clock_of_the_clinic():
    assert reminder_at(datetime(2026, 11, 2, 15, 0, tzinfo=UTC), CHICAGO, NOON) == datetime(2026, 11, 1, 16, 0, tzinfo=UTC)
    assert reminder_at(datetime(2026, 11, 1, 15, 0, tzinfo=UTC), CHICAGO, NOON) == datetime(2026, 10, 31, 15, 0, tzinfo=UTC)
    assert reminder_at(NOON + timedelta(hours=20), CHICAGO, NOON) is None


def test_what_is_chosen_has_a_name_that_says_nothing():
    assert token_of("Flu shot") == token_of(" flu SHOT ") != token_of("Eye check")
    assert len(token_of("Flu shot")) == 12 and "flu" not in token_of("Flu shot")


def sent(**more) -> dict:
    return {"slots": set(), "starts_at": NOON, "people": {"dr. lena okafor"}, **more}


def test_the_feed_s_appointment_is_ours_by_its_slot_or_by_its_start_and_person_and_by_nothing_less():
    ours, slot = {"starts_at": NOON, "who": "Dr. Lena Okafor"}, ("feed", "Slot/1")
    assert same_appointment(ours, slot, sent(slots={slot}, starts_at=None, people=set()))
    assert same_appointment(ours, slot, sent())
    assert not same_appointment(ours, slot, sent(slots={("other", "Slot/1")}, people=set()))
    assert not same_appointment(ours, slot, sent(starts_at=NOON + timedelta(minutes=1)))
    assert not same_appointment(ours, slot, sent(people={"ruth abbott"}))
    assert not same_appointment({"starts_at": NOON, "who": ""}, None, sent(people=set()))


def an_event(**more) -> Event:
    return Event(**{"uid": "a@b", "sequence": 2, "made_at": NOON, "starts_at": NOON, "ends_at": NOON + timedelta(minutes=20),
                    "summary": "Visit", "place": "", "description": "", "cancelled": False, **more})  # fmt: skip


@given(words=st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\u2028\u2029\x85"), max_size=200))
def test_whatever_stands_in_a_calendar_file_another_program_reads_it_back(words):
    from icalendar import Calendar

    text = calendar_file(an_event(summary=words, description=words))
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert str(event["SUMMARY"]) == words and event["SEQUENCE"] == 2 and event["DTSTART"].dt == NOON


def test_what_is_called_off_says_so_to_the_calendar():
    assert "STATUS:CANCELLED\r\n" in calendar_file(an_event(cancelled=True))
