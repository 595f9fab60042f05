from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.dates import parse_clinical_date
from rules.quantities import Quantity, series_unit
from rules.results import Meaning, Range, Shown
from rules.trends import Direction, Point, trend

FIRST = date(2020, 1, 1)


def point(
    days: int, number: str, unit: str = "g/dL", meaning: Meaning = Meaning.NONE, usual: Range | None = None
) -> Point:
    """`number` may begin with a sign such as `<`."""
    sign = number.rstrip("0123456789.-")
    on = parse_clinical_date((FIRST + timedelta(days=days)).isoformat(), "UTC")
    return Point(on, Quantity(number[len(sign) :], unit, unit, sign), meaning, usual)


def points(*numbers: str) -> tuple[Point, ...]:
    return tuple(point(30 * n, number) for n, number in enumerate(numbers))


@pytest.mark.parametrize(
    ("numbers", "direction", "run"),
    [
        ((), Direction.NONE, 0),
        (("5",), Direction.NONE, 1),
        (("5", "6"), Direction.RISING, 2),
        (("6", "5"), Direction.FALLING, 2),
        (("5", "5.0"), Direction.STEADY, 2),
        (("10.6", "11.1", "11.4", "11.8", "12.3"), Direction.RISING, 5),
        (("9", "5", "6", "7"), Direction.RISING, 3),
        (("9", "8", "9", "8", "7"), Direction.FALLING, 3),
        (("9", "5", "5", "5"), Direction.STEADY, 3),
        (("5", "6", "5"), Direction.VARYING, 3),
        (("5", "6", "6"), Direction.NOT_FALLING, 3),
        (("6", "6", "5"), Direction.NOT_RISING, 3),
        (("<5", "7", "9"), Direction.RISING, 3),
        (("<5", "3"), Direction.UNCERTAIN, 2),
        (("<5", "<5", "<5"), Direction.UNCERTAIN, 3),
        (("7", "8", "<9"), Direction.UNCERTAIN, 3),
        (("7", "6", ">9"), Direction.VARYING, 3),
        ((">9", "7", "<5"), Direction.FALLING, 3),
    ],
)
def test_the_direction_is_that_of_the_latest_steps(numbers, direction, run):
    said = trend(points(*numbers))
    assert (said.direction, said.run) == (direction, run)


def test_the_run_tells_since_when():
    said = trend(points("9", "5", "6", "7"))
    assert said.since.text == "2020-01-31"
    assert said.newest.value.number == "7" and said.count == 4


def test_points_are_put_in_the_order_of_their_dates():
    said = trend(tuple(reversed(points("1", "2", "3"))))
    assert [p.value.number for p in said.points] == ["1", "2", "3"]


def test_lowest_and_highest_are_measured_numbers_as_sent():
    said = trend(points("5.40", "<2", "7.10", ">9"))
    assert (said.lowest.value.number, said.highest.value.number) == ("5.40", "7.10")
    assert trend(points("<2", "<2")).lowest is None


def test_what_has_no_number_is_counted_and_left_out():
    said = trend((*points("5", "6"), point(90, "")))
    assert (said.count, said.without_number) == (2, 1)


def test_another_unit_is_named_and_left_out():
    said = trend((point(0, "5", "mmol/L"), point(1, "90", "mg/dL"), point(2, "95", "mg/dL")))
    assert (said.unit, said.count, said.other_units) == ("mg/dL", 2, ("mmol/L",))


def test_at_one_instant_a_corrected_number_stands_for_the_one_it_corrects():
    first, wrong, right = point(0, "5"), point(30, "59"), replace(point(30, "5.9"), state=Shown.CORRECTED)
    said = trend((first, wrong, right))
    assert ([p.value.number for p in said.points], said.replaced) == (["5", "5.9"], 1)
    assert trend((first, wrong, point(30, "58"))).count == 3


@pytest.mark.parametrize("state", [Shown.WITHDRAWN, Shown.NOT_DONE, Shown.UNKNOWN])
def test_what_was_withdrawn_or_not_done_is_on_no_line(state):
    said = trend((point(0, "5"), replace(point(30, "59"), state=state)))
    assert (said.count, said.without_number) == (1, 1)


def test_how_many_of_the_latest_mean_the_same():
    meant = [Meaning.BELOW, Meaning.IN, Meaning.IN]
    assert trend(tuple(point(n, "5", meaning=m) for n, m in enumerate(meant))).same_meaning == 2
    assert trend(points("5", "6")).same_meaning == 0


def test_a_range_is_shared_only_where_every_point_has_the_same():
    one, other = Range("1", "9"), Range("2", "9")
    assert trend((point(0, "5", usual=one), point(1, "5", usual=one))).usual == one
    assert trend((point(0, "5"), point(1, "5", usual=one))).usual == one
    assert trend((point(0, "5", usual=other), point(1, "5", usual=one))).usual is None
    assert trend((point(0, "5", usual=one), point(1, "5"))).usual is None


drawn = st.builds(
    point,
    st.integers(0, 2000),
    st.decimals(-1000, 1000, places=2).map(str) | st.sampled_from(["", "<5", ">=7"]),
    st.sampled_from(["g/dL", "mg/dL", ""]),
)


@given(st.lists(drawn, max_size=30).map(tuple))
def test_units_are_never_mixed_and_no_point_is_lost(results):
    said = trend(results)
    assert {series_unit(p.value) for p in said.points} <= {said.unit}
    others = sum(1 for p in results if p.value.number and series_unit(p.value) != said.unit)
    assert said.count + said.without_number + others == len(results)


@given(st.lists(st.decimals(-1000, 1000, places=2), min_size=3, max_size=12))
def test_a_rise_with_each_test_is_true_of_each_test(numbers):
    said = trend(points(*map(str, numbers)))
    latest = [Decimal(p.value.number) for p in said.points[-said.run :]]
    if said.direction is Direction.RISING:
        assert latest == sorted(set(latest)) and len(latest) >= 3
    if said.direction is Direction.STEADY:
        assert len(set(latest)) == 1
