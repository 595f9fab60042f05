from datetime import datetime, timedelta

import pytest

from rules.dates import UTC
from rules.quantities import Quantity, Span, Text
from rules.results import (
    Meaning,
    Range,
    Shown,
    laboratory_word,
    meaning,
    preference,
    ranges_from_json,
    ranges_of,
    ranges_to_json,
    shown_state,
    usual_range,
)

USUAL = (Range("12.0", "15.5", "g/dL"),)


def number(text: str, comparator: str = "", unit: str = "g/dL") -> Quantity:
    return Quantity(text, unit, unit, comparator)


def coded(code: str) -> list[dict]:
    return [{"coding": [{"code": code}]}]


@pytest.mark.parametrize("value", [number("1"), number("99"), Text("positive"), None])
def test_without_a_range_or_a_word_of_the_laboratory_nothing_is_said(value):
    assert meaning(value, None, ()) is Meaning.NONE


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (number("11.9"), Meaning.BELOW), (number("12.0"), Meaning.IN), (number("15.50"), Meaning.IN),
        (number("15.51"), Meaning.ABOVE), (number("-1"), Meaning.BELOW),
        (number("12", "<"), Meaning.BELOW), (number("5", "<="), Meaning.BELOW), (number("12", "<="), Meaning.NONE),
        (number("14", "<"), Meaning.NONE), (number("16", "<"), Meaning.NONE), (number("15.5", ">"), Meaning.ABOVE),
        (number("15.5", ">="), Meaning.NONE), (number("14", ">"), Meaning.NONE), (number("11", ">"), Meaning.NONE),
        (number("13", "ad"), Meaning.NONE), (Quantity("", "g/dL", "g/dL"), Meaning.NONE),
    ],
)  # fmt: skip
def test_a_number_is_placed_in_its_range_only_where_no_doubt_is_left(value, expected):
    assert meaning(value, None, USUAL) is expected


@pytest.mark.parametrize(
    ("value", "sent", "expected"),
    [
        (number("61"), Range(low="60"), Meaning.IN), (number("59"), Range(low="60"), Meaning.BELOW),
        (number("60", ">"), Range(low="60"), Meaning.IN), (number("200"), Range(high="200"), Meaning.IN),
        (number("201"), Range(high="200"), Meaning.ABOVE), (number("5", "<"), Range(high="200"), Meaning.IN),
        (number("900", "<"), Range(high="200"), Meaning.NONE), (number("5"), Range(text="under 10"), Meaning.NONE),
        (number("5"), Range(low="9", high="1"), Meaning.NONE),
    ],
)  # fmt: skip
def test_one_sided_and_written_ranges(value, sent, expected):
    assert meaning(value, None, (sent,)) is expected


def test_a_range_in_another_unit_says_nothing():
    assert meaning(number("5", unit="mmol/L"), None, USUAL) is Meaning.NONE


def test_the_laboratorys_word_wins_over_the_range():
    assert meaning(number("13"), coded("L"), USUAL) is Meaning.BELOW
    assert meaning(number("99"), coded("N"), USUAL) is Meaning.IN


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (coded("HH"), Meaning.FAR_ABOVE), (coded("LL"), Meaning.FAR_BELOW), (coded("A"), Meaning.OUTSIDE),
        (coded("RR"), Meaning.POSITIVE), (coded("NEG"), Meaning.NEGATIVE), ([{"text": "HIGH"}], Meaning.ABOVE),
        (coded("R"), Meaning.RESISTANT), ([{"text": "H"}], Meaning.ABOVE), ([{"text": "rather high"}], Meaning.NONE),
        (coded("A") + coded("H"), Meaning.ABOVE), (coded("???") + coded("L"), Meaning.BELOW), (coded("<"), Meaning.NONE), ([None, "H"], Meaning.NONE),
    ],
)  # fmt: skip
def test_interpretations_by_code_and_by_exact_word(sent, expected):
    assert meaning(number("13"), sent, ()) is expected


def test_the_laboratorys_own_word_is_kept():
    assert laboratory_word([{"text": "HIGH"}]) == "HIGH"
    assert laboratory_word(None) == ""


def test_ranges_are_read_and_stored_as_sent():
    sent = ranges_of([
        {"low": {"value": "12.0", "unit": "g/dL"}, "high": {"value": "15.5", "unit": "g/dL"}, "type": {"coding": [{"code": "normal"}]}},
        {"text": " see note "}, {}, "broken", {"low": {"value": 1}, "appliesTo": [{"text": "Women"}], "age": {"low": {"value": 18}}},
    ])  # fmt: skip
    assert sent == (
        Range("12.0", "15.5", "g/dL", kind="normal"),
        Range(text="see note"),
        Range(low="1", applies="Women", age=Span(Quantity("18"))),
    )
    assert ranges_from_json(ranges_to_json(sent)) == sent
    assert ranges_from_json("") == () and ranges_to_json(()) == ""


def test_of_several_ranges_one_is_used_only_where_it_is_the_only_one_meant_for_all():
    women, men = Range("12.0", "15.5", applies="Women"), Range("13.5", "17.5", applies="Men")
    assert usual_range((women, men)) is None
    assert usual_range((women, men, Range("12", "17"))) == Range("12", "17")
    assert usual_range((Range("1", "2", kind="critical"), Range("3", "4", kind="normal"))) == Range(
        "3", "4", kind="normal"
    )
    assert usual_range((Range("1", "2"), Range("3", "4"))) is None
    assert meaning(number("1"), None, (women, men)) is Meaning.NONE


@pytest.mark.parametrize(
    ("status", "has_value", "expected"),
    [
        ("final", True, Shown.FINAL), ("amended", True, Shown.CORRECTED), ("corrected", True, Shown.CORRECTED),
        ("appended", True, Shown.CORRECTED), ("preliminary", True, Shown.NOT_FINAL), ("partial", True, Shown.NOT_FINAL),
        ("registered", False, Shown.WAITING), ("registered", True, Shown.NOT_FINAL), ("preliminary", False, Shown.WAITING),
        ("cancelled", False, Shown.NOT_DONE), ("entered-in-error", True, Shown.WITHDRAWN), ("unknown", True, Shown.NOT_FINAL),
        ("Final", True, Shown.UNKNOWN), ("", True, Shown.UNKNOWN),
    ],
)  # fmt: skip
def test_a_status_reads_as(status, has_value, expected):
    assert shown_state(status, has_value) is expected


def test_among_duplicates_the_corrected_one_speaks_and_then_the_latest():
    early, late = datetime(2026, 5, 8, tzinfo=UTC), datetime(2026, 5, 8, tzinfo=UTC) + timedelta(hours=1)
    rows = [
        ("final", late),
        ("corrected", early),
        ("entered-in-error", late),
        ("corrected", late),
        ("preliminary", late),
    ]
    assert max(rows, key=lambda row: preference(*row)) == ("corrected", late)
