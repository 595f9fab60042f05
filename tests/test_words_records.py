import pytest

from rules.doses import Dose, Timing
from rules.measures import Pair
from rules.quantities import (
    Absent,
    ClockTime,
    Coded,
    Interval,
    Moment,
    Quantity,
    Ratio,
    Samples,
    Span,
    Text,
    Truth,
    Whole,
)
from rules.results import Meaning, Range, Shown
from rules.tests import BY_LOINC, Specimen
from words import doses, measures, names, results, tests, values
from words.gettext import use

NB = "\u00a0"


@pytest.fixture(autouse=True)
def in_chicago():
    with use("en", "America/Chicago"):
        yield


# Values


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (Quantity("5", "mg", "mg"), f"5{NB}mg"), (Quantity("", "mg", "mg"), "No value was given"), (Text("clear"), "clear"),
        (Coded("Negative"), "Negative"), (Truth(True), "Yes"), (Truth(False), "No"), (Whole("0"), "0"),
        (Span(Quantity("1", "mg"), Quantity("2", "mg")), f"1 to 2{NB}mg"), (Span(Quantity("1", "mg")), f"from 1{NB}mg"),
        (Span(None, Quantity("2", "mg")), f"up to 2{NB}mg"), (Span(Quantity("1", "g"), Quantity("2", "mg")), f"1{NB}g to 2{NB}mg"),
        (Ratio(Quantity("1"), Quantity("128")), "1:128"), (Ratio(Quantity("5", "mg"), Quantity("1", "mL")), f"5{NB}mg per mL"),
        (Ratio(Quantity("5", "mg"), Quantity("2", "mL")), f"5{NB}mg per 2{NB}mL"), (Samples(Quantity("0"), 3), "A curve of 3 readings"),
        (ClockTime("08:30:00"), f"8:30{NB}am"), (ClockTime("soon"), "soon"), (Moment("2026-05"), f"May{NB}2026"),
        (Interval("2025", "2026"), "2025 to 2026"), (Absent("not-performed", "x"), "Not done"), (Absent("odd", "Broken tube"), "Broken tube"),
        (Absent(), "No value was given"), (None, "No value was given"),
    ],
)  # fmt: skip
def test_every_kind_of_value_has_words(of, said):
    assert values.value(of) == said


def test_blood_pressure_is_said_as_one():
    pair = Pair(Quantity("120", "mm[Hg]", "mm[Hg]"), Quantity("80", "mm[Hg]", "mm[Hg]"))
    assert measures.blood_pressure(pair) == f"120 over 80{NB}mmHg"


# Results


def test_every_meaning_and_state_has_words():
    assert all(results.meaning(m) for m in Meaning if m)
    assert results.meaning(Meaning.NONE) == ""
    assert all(results.state(s) for s in Shown)
    assert [results.meaning_class(m) for m in ("far_below", "above", "in", "outside", "")] == [
        "down",
        "up",
        "in",
        "",
        "",
    ]
    assert results.is_out("far_above") and not results.is_out("in")
    assert results.state_tag("corrected") == "fix" and results.state_tag("final") == ""
    assert results.specimen(Specimen.BLOOD) == "Blood" and results.specimen("") == ""


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (Range("12.0", "15.5", "g/dL"), "12.0 to 15.5"), (Range(low="60", unit="g/dL"), "from 60"), (Range(high="200"), "up to 200"),
        (Range(text="under 10, see note"), "under 10, see note"), (Range("1", "2", "mmol/L"), f"1 to 2{NB}mmol/L"),
        (Range("1", "2", "g/dL", applies="Women"), "Women: 1 to 2"),
    ],
)  # fmt: skip
def test_a_range_is_shown_as_it_was_sent(sent, said):
    assert results.usual_range((sent,), Quantity("5", "g/dL", "g/dL")) == said


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (Range("2", "3", kind="therapeutic"), "wanted level: 2 to 3"),
        (Range("2", "3", kind="local-kind"), "local-kind: 2 to 3"),
        (
            Range("2", "3", kind="normal", applies="Women", age=Span(Quantity("18", code="a"))),
            f"Women, age from 18{NB}years: 2 to 3",
        ),
    ],
)
def test_a_range_for_some_says_for_whom(sent, said):
    assert results.usual_range((sent,)) == said


def test_what_is_no_number_lies_in_no_range():
    assert results.meaning("in", Text("No growth")) == "As usual"
    assert results.meaning("in", Quantity("5")) == results.meaning("in") == "In the usual range"


def test_several_ranges_stand_side_by_side():
    assert results.usual_range((Range("1", "2"), Range(text="x"))) == "1 to 2; x"
    assert results.usual_range(()) == ""


# Tests and names


@pytest.mark.parametrize("code", sorted(BY_LOINC))
def test_every_plain_name_comes_with_a_sentence(code):
    assert tests.name_of((code,), "LAB") != "LAB"
    assert tests.about((code,)).endswith(".")


def test_no_plain_name_is_left_over():
    assert {known.key for known in BY_LOINC.values()} == set(tests.NAMES)


def test_an_unknown_test_keeps_the_laboratorys_name():
    assert tests.name_of(("x",), "HGB, whole blood") == "HGB, whole blood"
    assert tests.name_of((), "") == "Test without a name"
    assert tests.about(("x",)) == "" and not tests.is_plain(("x",))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Hemoglobin", "hemoglobin"),
        ("LDL cholesterol", "LDL cholesterol"),
        ("C-reactive protein", "C-reactive protein"),
        ("", ""),
    ],
)
def test_a_name_inside_a_sentence(name, said):
    assert names.in_sentence(name) == said


def test_names_in_sentences():
    assert names.possessive("Maria") == "Maria’s"
    assert names.list_of(["Maria", "Ana", "Sam"]) == "Maria, Ana, and Sam"
    assert names.list_of([]) == ""


# Doses


@pytest.mark.parametrize(
    ("dose", "said"),
    [
        (Dose(text="10 mL bid"), "10 mL bid"),
        (Dose(as_needed=True), "If you need it."),
        (Dose(amount=Quantity("1"), timing=Timing("1", period="1", period_unit="d")), "1 each time, once a day."),
        (Dose(amount=Quantity("10", "mL", "mL"), timing=Timing("2", period="1", period_unit="d"), route="Oral"), f"10{NB}mL, 2 times a day, oral."),
        (Dose(timing=Timing("1", period="6.0", period_unit="h"), as_needed_for="Pain"), "Every 6 hours, if you need it for pain."),
        (Dose(timing=Timing("1", period="4", period_max="6", period_unit="h")), "Every 4 to 6 hours."),
        (Dose(timing=Timing("3", "4", period="1", period_unit="d")), "3 to 4 times a day."),
        (Dose(timing=Timing("2", period="3", period_unit="wk")), "2 times in 3 weeks."),
        (Dose(timing=Timing("1", period="1", period_unit="h")), "Once an hour."),
        (Dose(timing=Timing("1", period="1", period_unit="d", times=("08:00:00",), days=("mon", "fri"))), f"Once a day, at 8:00{NB}am, on Monday and Friday."),
        (Dose(timing=Timing(when=("HS",), duration="7", duration_unit="d")), "At bedtime, for 7 days."),
        (Dose(timing=Timing(code="BID", code_text="BID")), "2 times a day."),
        (Dose(timing=Timing(code="X", code_text="as told")), "As told."),
        (Dose(amount=Span(Quantity("1", "tablet"), Quantity("2", "tablet")), extra=("With food.",)), f"1 to 2{NB}tablet. With food."),
        (Dose(), ""),
    ],
)  # fmt: skip
def test_a_dose_in_words(dose, said):
    assert doses.dose(dose) == said
