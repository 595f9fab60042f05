from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.dates import UTC
from rules.paging import Key, page_of, read_key
from rules.periods import Period, begins, best_period, choices, read_period

NOW = datetime(2026, 5, 12, 15, tzinfo=UTC)


def ago(*days: int) -> tuple[datetime, ...]:
    return tuple(NOW - timedelta(days=d) for d in days)


@pytest.mark.parametrize("text", [None, "", "9y", "1Y", "1y'--", "١y"])
def test_an_unknown_period_is_the_default(text):
    assert read_period(text, Period.THREE_YEARS) is Period.THREE_YEARS


def test_a_period_is_read_from_the_address():
    assert read_period("5y", Period.ONE_YEAR) is Period.FIVE_YEARS


def test_a_period_begins_on_the_same_day_of_an_earlier_year():
    assert begins(Period.THREE_YEARS, NOW) == NOW.replace(year=2023)
    assert begins(Period.ALL, NOW) is None
    assert begins(Period.ONE_YEAR, datetime(2024, 2, 29, tzinfo=UTC)) == datetime(2023, 2, 28, tzinfo=UTC)


def test_the_shortest_period_with_enough_tests_is_chosen():
    assert best_period(ago(1, 2, 3, 4, 5), NOW) is Period.ONE_YEAR
    assert best_period(ago(1, 2, 3, 400, 500), NOW) is Period.THREE_YEARS
    assert best_period(ago(1), NOW) is Period.ALL


def test_only_periods_that_show_more_are_offered():
    offered = choices(ago(1, 400, 4000), Period.ALL, NOW)
    assert [(c.period, c.count, c.current) for c in offered] == [
        (Period.ONE_YEAR, 1, False),
        (Period.THREE_YEARS, 2, False),
        (Period.ALL, 3, True),
    ]


def test_the_period_in_view_stays_among_the_choices():
    assert [c.period for c in choices(ago(1), Period.FIVE_YEARS, NOW)] == [Period.ONE_YEAR, Period.FIVE_YEARS]


refs = st.text("ABCxyz019-_", min_size=22, max_size=22)


@given(st.datetimes(datetime(1, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)), refs)
def test_a_key_comes_back_from_an_address_as_it_went(starts, ref):
    key = Key(starts, ref)
    assert read_key(key.text()) == key
    assert len(key.text()) == 33


@given(st.text(max_size=40) | st.text("ABCxyz019-_", min_size=33, max_size=33))
def test_no_key_in_an_address_makes_it_fall_over(text):
    key = read_key(text)
    assert key is None or len(key.ref) == 22


def test_a_page_knows_whether_there_is_more():
    keys = [Key(NOW - timedelta(days=n), "r" * 22) for n in range(3)]
    assert page_of("abc", keys, size=2).rows == ("a", "b")
    assert read_key(page_of("abc", keys, size=2).after) == keys[1]
    assert page_of("ab", keys[:2], size=2).after == ""
    assert page_of("", [], size=2) == page_of((), ())
