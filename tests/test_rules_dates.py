from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.dates import UTC, ClinicalDate, local_day, ordering, parse_clinical_date, period, period_sides

CHICAGO = "America/Chicago"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "precision", "starts", "ends"),
    [
        ("2026", "year", utc(2026, 1, 1, 6), utc(2027, 1, 1, 5, 59, 59, 999999)),
        ("2026-05", "month", utc(2026, 5, 1, 5), utc(2026, 6, 1, 4, 59, 59, 999999)),
        ("2026-12", "month", utc(2026, 12, 1, 6), utc(2027, 1, 1, 5, 59, 59, 999999)),
        ("2026-05-08", "day", utc(2026, 5, 8, 5), utc(2026, 5, 9, 4, 59, 59, 999999)),
        ("2026-05-08T16:10:00-05:00", "instant", utc(2026, 5, 8, 21, 10), utc(2026, 5, 8, 21, 10)),
        ("2026-05-08T16:10:00Z", "instant", utc(2026, 5, 8, 16, 10), utc(2026, 5, 8, 16, 10)),
        ("2026-05-08T16:10:00.5Z", "instant", utc(2026, 5, 8, 16, 10, 0, 500000), utc(2026, 5, 8, 16, 10, 0, 500000)),
        ("2021-03-23T13:13:45.1234567+02:00", "instant", utc(2021, 3, 23, 11, 13, 45, 123456), None),
        ("2016-12-31T23:59:60Z", "instant", utc(2017, 1, 1), utc(2017, 1, 1)),
    ],
)
def test_a_date_is_as_exact_as_it_was_sent(text, precision, starts, ends):
    assert parse_clinical_date(text, CHICAGO) == ClinicalDate(text, precision, starts, ends or starts)


@pytest.mark.parametrize("text", ["2026-05-08T16:10:00", "2026-05-08T16:10"])
def test_a_clock_time_without_an_offset_is_read_on_the_sites_clock(text):
    assert parse_clinical_date(text, CHICAGO).starts == utc(2026, 5, 8, 21, 10)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "2026-13", "2026-02-30", "2026-5-8", "26-05-08", "0000", "2026-05-08T24:00:00Z", "2026-05-08T12:61:00Z",
        "2026-05-08 16:10:00", "05/08/2026", "2026-05-08T16:10:00+15:00", "2026-05-08T16:10:00+05:60", "20260508",
        "２０２６", "2026-05-08\n", "9999-12-31T23:59:59-14:00", "2020/2021", None, 2026, {}, [],
    ],
)  # fmt: skip
def test_what_is_no_date_of_the_calendar_is_none(text):
    assert parse_clinical_date(text, CHICAGO) is None


def test_a_day_of_the_clock_change_has_its_own_length():
    spring, autumn = parse_clinical_date("2026-03-08", CHICAGO), parse_clinical_date("2026-11-01", CHICAGO)
    assert spring.ends - spring.starts == timedelta(hours=23) - timedelta(microseconds=1)
    assert autumn.ends - autumn.starts == timedelta(hours=25) - timedelta(microseconds=1)


def test_the_same_day_begins_earlier_in_the_east():
    assert parse_clinical_date("2026-05-08", "Asia/Tokyo").starts < parse_clinical_date("2026-05-08", CHICAGO).starts


def test_a_moment_of_the_evening_falls_on_the_sites_day():
    late = parse_clinical_date("2026-05-09T01:30:00Z", CHICAGO)
    assert local_day(late.starts, CHICAGO) == date(2026, 5, 8)


def test_a_period_runs_from_the_first_instant_to_the_last():
    whole = period("2026-05-08", "2026-05", CHICAGO)
    assert (whole.text, whole.precision) == ("2026-05-08/2026-05", "period")
    assert whole.ends == parse_clinical_date("2026-05", CHICAGO).ends
    assert not whole.is_open


def test_a_period_without_an_end_is_open_and_claims_nothing_beyond_its_start():
    whole = period("2026-05-08", None, CHICAGO)
    assert whole.is_open and whole.text == "2026-05-08/"
    assert whole.ends == parse_clinical_date("2026-05-08", CHICAGO).ends
    assert period(None, "2026", CHICAGO).text == "/2026"


def test_a_period_that_ends_before_it_starts_keeps_its_start():
    assert period("2026-05-08", "2025", CHICAGO).text == "2026-05-08/"
    assert period("2026-05-08", "nonsense", CHICAGO).text == "2026-05-08/"
    assert period("", "", CHICAGO) is None


def test_a_period_of_one_day_is_that_day():
    assert period("2026-05-08", "2026-05-08", CHICAGO).precision == "day"


def test_the_sides_of_a_period_are_as_exact_as_sent():
    start, end = period_sides(period("2026-05-08", "2026-06", CHICAGO), CHICAGO)
    assert (start.precision, end.precision) == ("day", "month")


def test_what_has_no_date_sorts_as_oldest():
    dates = [parse_clinical_date("2026", CHICAGO), None, parse_clinical_date("2025-01-01", CHICAGO)]
    assert [d and d.text for d in sorted(dates, key=ordering)] == [None, "2025-01-01", "2026"]


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(timezone.utc)),
    st.integers(-14 * 60, 14 * 60),
)
def test_an_instant_survives_being_written_with_any_offset(moment, minutes):
    text = moment.astimezone(timezone(timedelta(minutes=minutes))).isoformat()
    assert parse_clinical_date(text, CHICAGO).starts == moment


@given(st.dates(date(2, 1, 1), date(9998, 12, 31)), st.sampled_from([CHICAGO, "UTC", "Asia/Kolkata", "Pacific/Apia"]))
def test_both_ends_of_a_day_fall_on_that_day(day, zone):
    parsed = parse_clinical_date(day.isoformat(), zone)
    assert local_day(parsed.starts, zone) == local_day(parsed.ends, zone) == day
    assert parsed.starts < parsed.ends


@given(st.text(max_size=40))
def test_no_text_makes_it_fall_over(text):
    parsed = parse_clinical_date(text, CHICAGO)
    assert parsed is None or parsed.text == text
