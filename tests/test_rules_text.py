import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.written import blocks
from rules.doses import Dose, Timing, dose_of, doses_from_json, doses_of, doses_to_json
from rules.quantities import UCUM, Quantity, Span
from rules.text import MOST, attachment_text, narrative_text, note_text, paragraphs


def lines_of(div: str) -> list[str]:
    return [line for line in narrative_text(div).splitlines() if line]


def test_paragraphs_lists_and_tables_become_lines():
    div = """<div xmlns="http://www.w3.org/1999/xhtml"><h3>Visit</h3><p>Blood  was
      <b>taken</b>.<br/>All well.</p><ul><li>Iron</li><li><p>Rest</p></li></ul><ol><li>First</li><li>Next</li></ol>
      <table><tr><th>Test</th><th>Result</th></tr><tr><td><p>Iron</p></td><td>5 &lt; 6</td></tr></table>The end</div>"""
    assert lines_of(div) == [
        "Visit", "Blood was taken.", "All well.", "- Iron", "- Rest", "1. First", "2. Next", "Test; Result", "Iron; 5 < 6", "The end",
    ]  # fmt: skip


def test_nested_lists_keep_their_own_numbers():
    div = "<ol><li>One<ul><li>Inner</li></ul></li><li>Two</li></ol>"
    assert lines_of(div) == ["1. One", "- Inner", "2. Two"]


def test_headings_paragraphs_and_numbered_items_do_not_run_together():
    div = "<div><h1>Plan</h1><p>Rest a lot.<br/>Then walk.</p><ol><li>Iron</li><li>Sleep</li></ol><ul><li>A</li><li>B</li></ul>Bye</div>"
    assert [(one.kind, one.lines) for one in blocks(narrative_text(div))] == [
        ("text", ("Plan",)), ("text", ("Rest a lot.",)), ("text", ("Then walk.",)), ("text", ("1. Iron",)),
        ("text", ("2. Sleep",)), ("list", ("A", "B")), ("text", ("Bye",)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "div",
    [
        "a<script>alert(1)</script>b", "a<STYLE>p{}</STYLE>b", "a<svg><text>x</text></svg>b", "a<!-- x -->b",
        "a<iframe src=x>x</iframe>b", "a<script>x<b>y</b></script>b", "a<object data=x>x<object>y</object>z</object>b",
        "a<script>if(1<b){'<script>'}</script>b", "a<script src=x/>b", "a<embed src=x>b", "a<?php x ?>b",
    ],
)  # fmt: skip
def test_scripts_and_their_like_go_with_their_content(div):
    assert narrative_text(div) == "ab"


def test_entities_become_characters_and_stay_text():
    assert (
        narrative_text("<p>&lt;script&gt;1&lt;/script&gt; &amp; caf&eacute;&nbsp;bar</p>")
        == "<script>1</script> & café bar"
    )


def test_characters_that_control_or_turn_the_line_are_dropped():
    assert narrative_text("a\u202eb\x00c\u2066d") == "abcd"
    assert note_text("a\x07\u202eb\n\n\n\nc ") == "ab\n\nc"


@pytest.mark.parametrize("sent", [None, 5, {}, "", "<div/>", "<div></div>"])
def test_no_narrative_is_no_text(sent):
    assert narrative_text(sent) == ""


@given(st.text("<>/abpdivlscrt &;\"'=!-", max_size=80))
def test_no_markup_makes_it_fall_over_and_no_tag_of_ours_is_left(div):
    assert "<p>" not in narrative_text(div.replace("&", ""))


@pytest.mark.parametrize(
    "piece", ["<", "<a ", "</", "<a b='", "<!--", "<script></b>", "<p>", "<li>", "<tr><td>", "&", "<b>x", "<![CDATA["]
)
def test_no_hostile_narrative_holds_up_an_import(piece):
    began = time.process_time()
    narrative_text(piece * (MOST // len(piece)))
    assert time.process_time() - began < 5


def test_a_narrative_without_end_is_cut():
    assert len(narrative_text("x" * (MOST + 1))) == MOST


def test_a_plain_text_attachment_is_decoded():
    sent = base64.b64encode("Café\r\n\r\nEnd".encode()).decode()
    assert attachment_text("text/plain; charset=utf-8", sent) == "Café\n\nEnd"
    assert attachment_text("text/plain", base64.b64encode("Café".encode("latin-1")).decode()) == "Café"
    assert (
        attachment_text("text/plain;charset=ISO-8859-1", base64.b64encode("Café".encode("latin-1")).decode()) == "Café"
    )
    assert paragraphs("Café\nbar\n\nEnd") == ("Café\nbar", "End")


@pytest.mark.parametrize(
    ("kind", "data"),
    [("text/html", "YQ=="), ("text/plain", "%%%"), ("text/plain", None), (None, "YQ=="), ("text/plain", "YQ")],
)
def test_other_attachments_are_not_text(kind, data):
    assert attachment_text(kind, data) is None


ONCE_A_DAY = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}


def test_the_text_as_sent_wins_and_then_the_instruction_to_the_patient():
    assert dose_of({"text": "10 mL  bid", "patientInstruction": "x", "timing": ONCE_A_DAY}) == Dose(text="10 mL bid")
    assert dose_of({"patientInstruction": "Two a day", "timing": ONCE_A_DAY}) == Dose(text="Two a day")


def test_a_dose_is_built_from_timing_and_amount():
    sent = {
        "timing": ONCE_A_DAY,
        "asNeededBoolean": False,
        "doseAndRate": [
            {"type": {"text": "ordered"}},
            {"doseQuantity": {"value": "1.0", "unit": "mL", "system": UCUM, "code": "mL"}},
        ],
        "route": {"text": "Oral route"},
        "additionalInstruction": [{"text": "With food"}],
    }
    assert dose_of(sent) == Dose(
        amount=Quantity("1.0", "mL", "mL"),
        timing=Timing(frequency="1", period="1", period_unit="d"),
        route="Oral route",
        extra=("With food",),
    )


def test_a_range_and_the_older_place_of_a_dose_are_read():
    assert dose_of({"doseAndRate": [{"doseRange": {"low": {"value": 1}, "high": {"value": 2}}}]}).amount == Span(
        Quantity("1"), Quantity("2")
    )
    assert dose_of({"doseQuantity": {"value": 3}}).amount == Quantity("3")


def test_doses_come_in_their_sequence_and_empty_ones_are_left_out():
    assert [d.text for d in doses_of([{"sequence": 2, "text": "b"}, {}, "x", {"sequence": 1, "text": "a"}])] == [
        "a",
        "b",
    ]
    assert doses_of(None) == ()


def test_doses_come_back_from_storage_as_they_went():
    sent = (Dose(amount=Span(Quantity("1"), None), timing=Timing(days=("mon",)), as_needed=True), Dose(text="x"))
    assert doses_from_json(doses_to_json(sent)) == sent
    assert doses_from_json(doses_to_json(())) == ()


shapes = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["repeat", "frequency", "doseQuantity", "doseRange", "low", "value", "when", "code", "coding"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(
        st.sampled_from(["text", "timing", "doseAndRate", "route", "additionalInstruction", "asNeededCodeableConcept"]),
        shapes,
    )
)
def test_no_shape_of_a_dose_makes_it_fall_over(sent):
    assert doses_from_json(doses_to_json((dose_of(sent),))) == (dose_of(sent),)
