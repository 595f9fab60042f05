from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from rules.dates import parse_clinical_date
from rules.quantities import Quantity
from rules.results import Meaning, Range, Shown
from rules.trends import Point, trend
from words.charts import chart_caption, trend_chart
from words.gettext import use
from words.trends import chart_description, lede, sentences

NB = "\u00a0"
USUAL = Range("12.0", "15.5", "g/dL")
HEMOGLOBIN = [
    ("2025-05-20", "10.6"),
    ("2025-08-12", "11.1"),
    ("2025-11-14", "11.4"),
    ("2026-02-06", "11.8"),
    ("2026-05-08", "12.3"),
]


@pytest.fixture(autouse=True)
def in_english():
    with use("en", "America/Chicago"):
        yield


def point(
    on: str, number: str, usual: Range | None = USUAL, meaning: Meaning | None = None, unit: str = "g/dL"
) -> Point:
    sign = number.rstrip("0123456789.-")
    placed = Meaning.NONE if usual is None else Meaning.BELOW if float(number[len(sign) :]) < 12 else Meaning.IN
    said = placed if meaning is None else meaning
    return Point(
        parse_clinical_date(on, "America/Chicago"), Quantity(number[len(sign) :], unit, unit, sign), said, usual
    )


def said(*sent: tuple[str, str], usual: Range | None = None) -> list[str]:
    points = tuple(point(on, number, usual) for on, number in sent)
    return [s.replace(NB, " ") for s in sentences(trend(points), "Hemoglobin")]


def test_the_sentence_of_the_look():
    points = tuple(point(on, number) for on, number in HEMOGLOBIN)
    assert lede(trend(points), "Hemoglobin").replace(NB, " ") == (
        "Your hemoglobin on May 8, 2026 was <strong>12.3 g/dL</strong>. That is <strong>in the usual range</strong> of 12.0 to 15.5. "
        "It has gone up each time since May 2025."
    )


def test_in_another_persons_record_their_name_is_said_and_the_laboratorys_words_are_quoted():
    points = (point("2026-05-08", "12.3"),)
    assert (
        sentences(trend(points), "HGB <x>", plain=False, person="Ana")[0]
        .replace(NB, " ")
        .startswith("Ana’s test “HGB <x>” on")
    )
    assert "HGB &lt;x&gt;" in lede(trend(points), "HGB <x>", plain=False)
    assert isinstance(lede(trend(points), "x"), Markup)


def test_without_a_range_nothing_is_said_about_it():
    text = " ".join(said(*HEMOGLOBIN, usual=None))
    assert "range" not in text and "usual" not in text


def test_one_sided_and_unknown_dates():
    (latest, place, _) = said(("2026-05", "61"), usual=Range(low="60"))
    assert latest == "Your hemoglobin in May 2026 was 61 g/dL."
    assert place == "That is in the usual range (from 60)."


@pytest.mark.parametrize(
    ("sent", "last"),
    [
        ([("2026-05-08", "5")], "There is nothing else here to compare it with."),
        ([("2026-01-01", "5"), ("2026-05-08", "6")], "It is higher than the time before, on January 1, 2026."),
        ([("2026-01-01", "5"), ("2026-05-08", "4")], "It is lower than the time before, on January 1, 2026."),
        ([("2026-01-01", "5"), ("2026-05-08", "5")], "It is the same as the time before, on January 1, 2026."),
        (
            [("2026-01-01", "5"), ("2026-03-01", "4"), ("2026-05-08", "6")],
            "It has gone up and down since January 2026, from 4 to 6 g/dL.",
        ),
        (
            [("2026-05-01", "5"), ("2026-05-03", "6"), ("2026-05-08", "7")],
            "It has gone up each time since May 1, 2026.",
        ),
        ([("2024", "5"), ("2025-03", "5"), ("2026-05-08", "5")], "It has been the same each time since 2024."),
        ([("2024", "5"), ("2025-03", "6"), ("2026-05-08", "6")], "It has gone up or stayed the same since 2024."),
        ([("2024", "7"), ("2025-03", "7"), ("2026-05-08", "6")], "It has gone down or stayed the same since 2024."),
        ([("2024", "7"), ("2025-03", "6"), ("2026-05-08", ">9")], "It has gone up and down since 2024."),
    ],
)
def test_what_the_numbers_do(sent, last):
    assert said(*sent)[-1] == last


def test_two_tests_of_one_day_are_compared_within_that_day():
    hours = ("2026-05-08T09:00:00-05:00", "5"), ("2026-05-08T15:00:00-05:00", "6")
    assert said(*hours)[-1] == "It is higher than earlier that day."


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (Shown.NOT_FINAL, "This number is not final. It may still change."),
        (Shown.CORRECTED, "This number was corrected."),
    ],
)
def test_a_number_that_may_change_or_has_changed_says_so(state, words):
    newest = replace(point("2026-05-08", "12.3"), state=state)
    assert words in sentences(trend((newest,)), "Hemoglobin")


def test_where_a_bound_leaves_a_doubt_no_direction_is_said():
    assert said(("2026-01-01", "<5"), ("2026-05-08", "<4")) == ["Your hemoglobin on May 8, 2026 was less than 4 g/dL."]


def test_results_in_another_unit_are_named_as_left_out():
    points = (point("2026-01-01", "120", unit="g/L"), point("2026-05-08", "12.3"))
    assert sentences(trend(points), "Hemoglobin")[-1] == "Results in another unit (g/L) are not part of this."


def test_without_any_number_it_says_so():
    assert sentences(trend(()), "Hemoglobin") == ("There is no number to follow here yet.",)
    assert trend_chart(trend(()), "Hemoglobin") is None


def test_the_picture_says_the_same_as_the_sentence():
    drawn = trend_chart(trend(tuple(point(on, number) for on, number in HEMOGLOBIN)), "Hemoglobin")
    assert drawn.title == "Hemoglobin going up, 5 points"
    assert drawn.description.replace(NB, " ") == (
        "The line begins at 10.6 g/dL in May 2025 and ends at 12.3 g/dL in May 2026. The lowest number is 10.6, the highest 12.3. "
        "4 points lie outside the usual range."
    )
    assert [t.text for t in drawn.ticks] == ["May", "Aug", "Nov", "Feb", "May"]
    assert drawn.band.label.text == "Usual range 12.0 to 15.5"
    assert drawn.out.count("M") == 4 and len(drawn.circles) == 1


def test_years_stand_under_a_long_line_and_days_under_a_short_one():
    years = trend_chart(trend((point("2021-03-01", "5"), point("2021-06-01", "6"), point("2025-03-01", "6"))), "X")
    assert [t.text for t in years.ticks] == ["2021", "2025"]
    days = trend_chart(trend((point("2026-05-01", "5"), point("2026-05-08", "6"))), "X")
    assert [t.text.replace(NB, " ") for t in days.ticks] == ["May 1", "May 8"]


def test_the_caption_names_the_span_and_the_unit():
    assert (
        chart_caption(trend(tuple(point(on, n) for on, n in HEMOGLOBIN))).replace(NB, " ")
        == "May 2025 to May 2026, in g/dL"
    )
    assert chart_caption(trend((point("2026-05-08", "5", unit=""),))).replace(NB, " ") == "May 2026"


def test_one_point_is_called_one_point():
    assert chart_description(trend((point("2026-05-08", "12.3"),))).replace(NB, " ") == (
        "One point: 12.3 g/dL on May 8, 2026. All points lie in the usual range."
    )


@given(st.lists(st.tuples(st.integers(0, 3000), st.decimals(0, 100, places=2)), min_size=1, max_size=15))
def test_every_number_said_was_sent(sent):
    with use("en", "America/Chicago"):
        points = tuple(point((date(2018, 1, 1) + timedelta(days=d)).isoformat(), str(n), None) for d, n in sent)
        said_ = trend(points)
        text = " ".join(sentences(said_, "Hemoglobin"))
        assert said_.newest.value.number in text
        assert said_.newest.value.number in str(lede(said_, "Hemoglobin"))
