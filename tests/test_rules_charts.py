import re
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.chart_labels import Box, Label, Segment, label_box, text_width
from rules.charts import HEIGHT, WIDTH, Band, Dot, chart
from rules.dates import UTC

FIRST = datetime(2025, 5, 20, tzinfo=UTC)
USUAL = Band(Decimal("12.0"), Decimal("15.5"), "Usual range 12.0 to 15.5")


def dot(days: float, number: str, shape: str = "point", tick: str = "May") -> Dot:
    return Dot(FIRST + timedelta(days=days), Decimal(number), number, tick, shape)


def dots(*numbers: str) -> list[Dot]:
    return [dot(90 * n, number) for n, number in enumerate(numbers)]


def draw(given_dots: list[Dot], band: Band | None = None):
    return chart(given_dots, "Title", "Description", band)


def texts(drawn) -> list[Label]:
    band = [drawn.band.label] if drawn.band and drawn.band.label else []
    return [*drawn.values, *drawn.ticks, *band]


def test_nothing_to_draw_is_no_chart():
    assert draw([]) is None


def test_one_point_stands_in_the_middle_of_its_time():
    drawn = draw(dots("12.3"))
    assert (drawn.circles[0].x, drawn.line) == (180, "")
    assert [v.text for v in drawn.values] == ["12.3"]


def test_five_points_each_have_their_number_and_month():
    drawn = draw(dots("10.6", "11.1", "11.4", "11.8", "12.3"), USUAL)
    assert [v.text for v in drawn.values] == ["10.6", "11.1", "11.4", "11.8", "12.3"]
    assert len(drawn.ticks) == 5
    assert drawn.line.startswith("M24 ") and drawn.line.count(" ") == 9
    assert [v.strong for v in drawn.values] == [False, False, False, False, True]


def test_higher_numbers_stand_higher_and_later_ones_further_right():
    drawn = draw(dots("1", "3", "2"))
    assert [c.x for c in drawn.circles] == [24, 180, 336]
    first, second, third = (c.y for c in drawn.circles)
    assert second < third < first


def test_a_shape_of_its_own_for_what_lies_outside_and_for_what_is_only_a_bound():
    drawn = draw(
        [dot(0, "5", "below"), dot(1, "99", "above"), dot(2, "50", "outside"), dot(3, "2", "bound"), dot(4, "50")]
    )
    assert len(drawn.circles) == 1
    assert drawn.out.count("M") == 3 and drawn.out.count("z") == 3
    assert drawn.bounds.count("M") == 1


def test_the_line_stops_at_a_bound():
    drawn = draw([dot(0, "5"), dot(1, "6"), dot(2, "2", "bound"), dot(3, "7"), dot(4, "8")])
    assert drawn.line.count("M") == 2
    assert draw([dot(0, "5"), dot(1, "2", "bound"), dot(2, "7")]).line == ""


def test_the_band_lies_where_its_numbers_lie():
    drawn = draw(dots("10", "20"), Band(Decimal(14), Decimal(16), "Usual range 14 to 16"))
    foot, head = drawn.circles
    assert head.y < drawn.band.y < drawn.band.y + drawn.band.height < foot.y


def test_an_open_side_of_the_range_reaches_the_edge():
    upward = draw(dots("50", "70"), Band(Decimal(60), None, "Usual range from 60")).band
    assert upward.y == 14
    downward = draw(dots("50", "70"), Band(None, Decimal(60), "Usual range up to 60")).band
    assert downward.y + downward.height == 206


def test_a_wide_range_does_not_flatten_the_line():
    drawn = draw(dots("5", "6"), Band(Decimal(0), Decimal(1000), "Usual range 0 to 1000"))
    assert drawn.circles[0].y - drawn.circles[1].y >= 30


def test_a_range_far_from_the_points_is_not_drawn_as_if_it_were_near():
    assert draw(dots("5", "6"), Band(Decimal(500), Decimal(1000), "Usual range 500 to 1000")).band is None


def test_equal_numbers_make_a_level_line():
    drawn = draw(dots("5", "5", "5"))
    assert len({c.y for c in drawn.circles}) == 1


def test_points_of_one_instant_stand_side_by_side():
    drawn = draw([dot(0, "5"), dot(0, "6"), dot(0, "7")])
    assert len({c.x for c in drawn.circles}) == 3


def test_two_hundred_points_are_drawn_and_the_newest_has_its_number():
    many = draw(
        [dot(3 * n, str(100 + n % 17)) for n in range(260)], Band(Decimal(102), Decimal(110), "Usual range 102 to 110")
    )
    assert [v.text for v in many.values if v.strong] == [str(100 + 259 % 17)]
    assert many.line.count(" ") == 2 * 200 - 1
    assert 3 <= len(many.values) <= 40


def test_long_numbers_are_thinned_not_shortened():
    long = ["44.69893832419743", "44.1", "47.3872637238123", "40.12321312312"]
    drawn = draw(dots(*long))
    assert {v.text for v in drawn.values} <= set(long)
    assert "40.12321312312" in {v.text for v in drawn.values}


def assert_well_drawn(drawn) -> None:
    for label in texts(drawn):
        box = label_box(label)
        assert box.left >= 0 and box.right <= WIDTH and box.top >= 0 and box.bottom <= HEIGHT
    for one, other in combinations(texts(drawn), 2):
        assert not label_box(one).meets(label_box(other)), (one, other)
    for circle in drawn.circles:
        assert circle.r <= circle.x <= WIDTH - circle.r and circle.r <= circle.y <= HEIGHT - circle.r
    for x, y in re.findall(r"(-?\d+) (-?\d+)(?![\d-])", drawn.line):
        assert 0 <= int(x) <= WIDTH and 0 <= int(y) <= HEIGHT
    if drawn.band:
        assert 0 <= drawn.band.y and drawn.band.height > 0 and drawn.band.y + drawn.band.height <= HEIGHT


numbers = st.decimals(-1000, 100000, places=3).map(lambda n: str(n)) | st.integers(0, 9).map(str)
some_dots = st.lists(
    st.builds(
        dot,
        st.floats(0, 4000),
        numbers,
        st.sampled_from(["point", "below", "above", "outside", "bound"]),
        st.sampled_from(["", "May", "2024", "Sep 30"]),
    ),
    min_size=1,
    max_size=60,
)
some_bands = st.none() | st.builds(
    Band,
    st.none() | st.decimals(-100, 100, places=1),
    st.none() | st.decimals(100, 1000, places=1),
    st.sampled_from(["Usual range", "Usual range 12.0 to 15.5 in a longer language"]),
)


@given(some_dots, some_bands)
def test_whatever_the_numbers_text_never_lies_over_text_and_all_stays_in_the_box(given_dots, band):
    assert_well_drawn(draw(given_dots, band))


def test_the_check_above_sees_text_over_text():
    drawn = draw(dots("1", "2"))
    label = drawn.values[0]
    faulty = type(drawn)(**{name: getattr(drawn, name) for name in drawn.__slots__} | {"values": (label, label)})
    with pytest.raises(AssertionError):
        assert_well_drawn(faulty)


def test_a_segment_knows_which_boxes_it_crosses():
    box = Box(10, 10, 20, 20)
    assert (
        Segment(0, 0, 30, 30).crosses(box)
        and Segment(15, 0, 15, 40).crosses(box)
        and Segment(12, 12, 13, 13).crosses(box)
    )
    assert (
        not Segment(0, 0, 9, 40).crosses(box)
        and not Segment(0, 25, 40, 25).crosses(box)
        and not Segment(0, 30, 12, 22).crosses(box)
    )


def test_wide_text_is_wider():
    assert text_width("12.3") < text_width("12.3", strong=True) < text_width("WWWW")
    assert text_width("漢字") > text_width("ab")
