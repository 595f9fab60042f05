from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.conversions import convert
from rules.quantities import (
    UCUM,
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
    decimal_of,
    from_json,
    is_drawable,
    number_text,
    quantity_of,
    series_unit,
    to_json,
    value_of,
)

MG = {"value": 5, "unit": "mg", "system": UCUM, "code": "mg"}

KINDS = [
    ({"valueQuantity": {**MG, "comparator": "<"}}, Quantity("5", "mg", "mg", "<")),
    ({"valueString": " none seen "}, Text("none seen")),
    (
        {"valueCodeableConcept": {"text": "Negative", "coding": [{"code": "260385009", "system": "s"}]}},
        Coded("Negative", "260385009", "s"),
    ),
    ({"valueCodeableConcept": {"coding": [{"code": "x"}, {"display": "Shown"}]}}, Coded("Shown", "x")),
    ({"valueBoolean": False}, Truth(False)),
    ({"valueInteger": 0}, Whole("0")),
    ({"valueRange": {"low": MG}}, Span(low=Quantity("5", "mg", "mg"))),
    ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 128}}}, Ratio(Quantity("1"), Quantity("128"))),
    ({"valueSampledData": {"origin": {"value": 0, "unit": "mV"}, "data": "1 2 E"}}, Samples(Quantity("0", "mV"), 3)),
    ({"valueTime": "08:30:00"}, ClockTime("08:30:00")),
    ({"valueDateTime": "2026-05"}, Moment("2026-05")),
    ({"valuePeriod": {"start": "2026"}}, Interval("2026", "")),
    (
        {"dataAbsentReason": {"coding": [{"code": "not-performed"}], "text": "No sample"}},
        Absent("not-performed", "No sample"),
    ),
]


@pytest.mark.parametrize(("sent", "read"), KINDS)
def test_every_kind_of_value_is_read(sent, read):
    assert value_of(sent) == read


@pytest.mark.parametrize("read", [read for _, read in KINDS])
def test_every_kind_of_value_comes_back_from_storage_as_it_went(read):
    assert from_json(to_json(read)) == read


@pytest.mark.parametrize(
    "sent",
    [{}, {"valueQuantity": {}}, {"valueQuantity": "x"}, {"valueString": ""}, {"valueRange": {}}, {"valuePeriod": []},
     {"valueRatio": {}}, {"valueBoolean": "yes"}, {"valueInteger": None}, {"valueCodeableConcept": {"coding": ["x"]}}],
)  # fmt: skip
def test_an_empty_or_broken_value_is_none(sent):
    assert value_of(sent) is None


def test_a_value_wins_over_a_reason_for_its_absence():
    assert value_of({"valueQuantity": MG, "dataAbsentReason": {"text": "x"}}) == Quantity("5", "mg", "mg")


def test_a_quantity_that_holds_words_keeps_them_as_text():
    assert value_of({"valueQuantity": {"value": "trace", "unit": "mg/dL"}}) == Text("trace mg/dL")


def test_numbers_keep_the_noughts_they_were_sent_with():
    sent = msgspec.json.Decoder(float_hook=str).decode(b'{"valueQuantity": {"value": 5.40}}')
    assert value_of(sent).number == "5.40"
    assert number_text(Decimal("5.40")) == "5.40"
    assert number_text(44.69893832419743) == "44.69893832419743"


@pytest.mark.parametrize(
    "sent", [True, None, "", "NaN", "Infinity", "1_000", "5,4", "٣", "1e99999", "9" * 41, [], float("nan")]
)
def test_what_is_no_number_is_no_number(sent):
    assert number_text(sent) == ""


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_the_text_of_a_number_equals_what_was_sent(number):
    sent = msgspec.json.Decoder(float_hook=str).decode(f'{{"value": {number}}}'.encode())
    assert quantity_of(sent).number == str(number)
    assert decimal_of(quantity_of(sent).number) == number


def test_a_ucum_code_names_the_unit_and_other_codes_do_not():
    assert series_unit(quantity_of(MG)) == "mg"
    assert quantity_of({**MG, "system": "urn:other"}).code == ""


@pytest.mark.parametrize("other", ["mmHg", "MM[HG]", "mm [Hg]"])
def test_units_that_are_not_equal_never_share_a_series(other):
    pressure = quantity_of({"value": 1, "unit": "mm[Hg]", "system": UCUM, "code": "mm[Hg]"})
    assert series_unit(pressure) != series_unit(Quantity("1", unit=other))


def test_unit_text_is_made_equal_by_spaces_only():
    assert series_unit(Quantity("1", unit=" x10e3/uL ")) == series_unit(Quantity("1", unit="x10e3/uL"))
    assert series_unit(Quantity("1", unit="K/uL")) != series_unit(Quantity("1", unit="x10e3/uL"))


def test_only_a_quantity_with_a_number_can_be_drawn():
    assert is_drawable(Quantity("5", comparator="<"))
    assert not is_drawable(Quantity("")) and not is_drawable(Text("5")) and not is_drawable(None)


def test_conversion_needs_a_factor_for_that_analyte():
    assert convert(Decimal(100), "glucose", "mg/dL", "mmol/L") == Decimal("5.55100")
    assert round(convert(Decimal("5.551"), "glucose", "mmol/L", "mg/dL")) == 100
    assert convert(Decimal(100), "urea", "mg/dL", "mmol/L") is None
    assert convert(Decimal(100), "urea", "mg/dL", "mg/dL") == 100


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "unit", "coding", "low", "text"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.sampled_from([next(iter(sent)) for sent, _ in KINDS]), json_values)
def test_no_shape_of_a_value_makes_it_fall_over(key, sent):
    value = value_of({key: sent})
    assert value is None or from_json(to_json(value)) == value
