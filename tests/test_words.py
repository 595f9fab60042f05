import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from markupsafe import Markup

import words
from rules.dates import UTC, parse_clinical_date, period
from rules.doses import Dose, Timing
from rules.quantities import (
    Quantity,
    Truth,
)  # fmt: skip
from words import dates, doses, money, numbers, results, tests, values
from words.gettext import N_, PSEUDO, PseudoCatalog, _, jinja_callables, ngettext, pgettext, reader, use

CHICAGO = "America/Chicago"
NB = "\u00a0"
EVENING = datetime(2026, 5, 8, 21, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_chicago():
    with use("en", CHICAGO):
        yield


def on(text: str):
    return parse_clinical_date(text, CHICAGO)


# Languages


def test_the_reader_of_one_request_does_not_outlive_it():
    with use("xx", "Asia/Tokyo"):
        assert (reader().locale, reader().zone) == ("xx", "Asia/Tokyo")
    assert (reader().locale, reader().zone) == ("en", CHICAGO)
    with use("es"):
        assert reader().zone == CHICAGO


def test_a_message_is_filled_with_its_values():
    assert _("Hello %(name)s", name="Maria") == "Hello Maria"
    assert _("100 % sure") == "100 % sure"
    assert ngettext("%(count)s test", "%(count)s tests", 1) == "1 test"
    assert ngettext("%(count)s test by %(who)s", "%(count)s tests by %(who)s", 2, who="us") == "2 tests by us"
    assert pgettext("month", "May") == "May"
    assert N_("later") == "later"


def test_the_pseudo_language_marks_and_lengthens_every_message_and_keeps_its_placeholders():
    with use(PSEUDO):
        said = _("Hello %(name)s", name="Maria")
        assert said.startswith("⟦Hello Maria") and said.endswith("⟧") and len(said) >= len("Hello Maria") * 1.3
        assert ngettext("%(count)s test", "%(count)s tests", 3).startswith("⟦3 tests")
        assert dates.day(date(2026, 5, 8)) == f"⟦May{NB}8, 2026⟧"


@given(st.text("ab %()<>{}name", max_size=60))
def test_the_pseudo_language_leaves_the_message_whole(message):
    assert message in PseudoCatalog().gettext(message)


def test_an_unknown_language_falls_back_to_english():
    with use("tlh"):
        assert _("Hello %(name)s", name="Maria") == "Hello Maria"


def test_templates_get_the_same_messages_escaped():
    env = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    env.install_gettext_callables(**jinja_callables(), newstyle=True)
    template = env.from_string(
        "{% trans name=name %}Hello {{ name }}{% endtrans %} {{ ngettext('%(num)s test', '%(num)s tests', 2) }}"
    )
    assert template.render(name="<b>") == "Hello &lt;b&gt; 2 tests"
    with use(PSEUDO):
        assert template.render(name="x").startswith("⟦Hello x")


def test_every_word_for_templates_is_there():
    expected = {"day", "day_short", "month", "clock", "when", "clinical", "number", "quantity", "money"}
    assert expected <= set(words.filters())
    assert all(callable(f) for f in words.filters().values())


# Dates


def test_a_day_is_said_whole():
    assert dates.day(date(2026, 5, 8)) == f"May{NB}8, 2026"
    assert dates.day(EVENING) == f"May{NB}8, 2026"
    assert dates.day_short(EVENING) == f"May{NB}8"
    assert dates.weekday(EVENING) == f"Friday, May{NB}8, 2026"
    assert dates.weekday_short(EVENING) == f"Friday, May{NB}8"
    assert dates.month(EVENING) == f"May{NB}2026"


def test_a_moment_is_said_on_the_sites_clock_with_its_zone():
    assert dates.clock(EVENING) == f"4:10{NB}pm"
    assert dates.when(EVENING) == f"May{NB}8, 2026 at 4:10{NB}pm Central time"
    with use("en", "Asia/Tokyo"):
        assert dates.day(EVENING) == f"May{NB}9, 2026"


def test_other_languages_have_their_own_order():
    with use("es"):
        assert dates.day(EVENING).replace(NB, " ") == "8 de mayo de 2026"
        assert dates.clock(EVENING) == "16:10"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026", "2026"),
        ("2026-05", f"May{NB}2026"),
        ("2026-05-08", f"May{NB}8, 2026"),
        ("2026-05-09T01:30:00Z", f"May{NB}8, 2026"),
    ],
)
def test_a_clinical_date_is_said_as_exactly_as_it_is_known(text, said):
    assert dates.clinical(on(text)) == dates.day(on(text)) == said


def test_a_day_sent_without_a_clock_is_the_same_day_in_every_zone():
    """A birthday read for UTC must not become the day before for a reader west of it."""
    born = parse_clinical_date("1961-02-03", "UTC")
    with use("en", "America/Chicago"):
        assert dates.clinical(born) == f"February{NB}3, 1961"
        assert dates.clinical(parse_clinical_date("1961-02", "UTC")) == f"February{NB}1961"


def test_what_is_not_known_is_not_made_up():
    assert dates.day_short(on("2026")) == dates.month(on("2026")) == "2026"
    assert dates.day_short(on("2026-05")) == f"May{NB}2026"
    assert dates.clinical_when(on("2026-05-08")) == f"May{NB}8, 2026"
    assert dates.clinical(None) == dates.clinical_when(None) == "date not known"
    assert dates.clinical_text("last spring") == "last spring"


def test_an_instant_can_be_said_with_its_time():
    assert dates.clinical_when(on("2026-05-08T21:10:00Z")) == f"May{NB}8, 2026 at 4:10{NB}pm Central time"


def test_a_period_is_said_with_both_its_days():
    assert dates.clinical(period("2026-05-08", "2026-06", CHICAGO)) == f"May{NB}8, 2026 to June{NB}2026"
    assert dates.clinical(period("2026-05-08", None, CHICAGO)) == f"May{NB}8, 2026"
    same_day = period("2026-05-08T09:00:00-05:00", "2026-05-08T10:00:00-05:00", CHICAGO)
    assert dates.clinical(same_day) == f"May{NB}8, 2026"


def test_days_near_by_have_names():
    now = EVENING
    assert [dates.day_near(now + timedelta(days=n), now) for n in (-1, 0, 1, 2)] == [
        "yesterday", "today", "tomorrow", f"May{NB}10, 2026",
    ]  # fmt: skip


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_a_day_in_words_can_be_read_back(day):
    with use("en", CHICAGO):
        assert datetime.strptime(dates.day(day).replace(NB, " "), "%B %d, %Y").date() == day


# Numbers and money


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_a_number_is_shown_as_it_was_sent(sent):
    assert numbers.number(str(sent)) == str(sent)
    assert str(sent) in numbers.quantity(Quantity(str(sent), "mg/dL", "mg/dL"))


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (Quantity("12.30", "g/dL", "g/dL"), f"12.30{NB}g/dL"),
        (Quantity("5", "mg/dL", "mg/dL", "<"), f"less than 5{NB}mg/dL"),
        (Quantity("60", comparator=">="), "60 or more"),
        (Quantity("98.6", "degF", "[degF]"), f"98.6{NB}°F"),
        (Quantity("72", "beats/min", "/min"), f"72{NB}per minute"),
        (Quantity("6.2", "10*3/uL", "10*3/uL"), f"6.2{NB}thousand/µL"),
        (Quantity("6.2", "x10e3/uL"), f"6.2{NB}x10e3/uL"),
        (Quantity("3", "{score}", "{score}"), "3"),
        (Quantity("20", "pack-years", "{pack-years}"), f"20{NB}pack-years"),
        (Quantity("1", "", "{tablet}"), f"1{NB}tablet"),
        (Quantity("-2.5", "T-Score", "1"), "-2.5"),
        (Quantity("5", "odd", "odd[unit]"), f"5{NB}odd"),
        (Quantity("1", "s", "s"), f"1{NB}second"),
        (Quantity("0.2", "s", "s"), f"0.2{NB}seconds"),
        (Quantity("2", "score"), "2"),
        (Quantity("5"), "5"),
        (Quantity(""), ""),
        (None, ""),
    ],
)
def test_a_quantity_reads_well_and_an_unknown_unit_stays_as_sent(amount, said):
    assert numbers.quantity(amount) == said


def test_every_unit_in_full_is_words_alone_and_unlike_its_sign():
    for code in numbers.FULL:
        said = numbers.unit_in_full(code)
        assert "/" not in said and said != numbers.unit(code), code
    assert numbers.unit_in_full("{RBC}") == numbers.unit_in_full("%") == ""


def test_counts_of_ours_are_grouped():
    assert numbers.count(1204) == "1,204"


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (4260, "USD", "$42.60"),
        (-3800, "USD", "−$38.00"),
        (0, "USD", "$0.00"),
        (4260, "JPY", "¥4,260"),
        (1234, "BHD", f"BHD{NB}1.234"),
    ],
)
def test_money_is_said_from_its_minor_units(minor, currency, said):
    assert money.money(minor, currency) == said


@given(st.integers(-(10**12), 10**12))
def test_no_cent_is_lost(minor):
    said = money.money(minor, "USD").replace("−", "-").replace("$", "").replace(",", "")
    assert Decimal(said) * 100 == minor


@pytest.mark.parametrize(("figures", "heard"), [
    ("7211699593", "721 169 9593"), ("123456", "123 456"), ("1234567", "123 4567"), ("12345678", "123 456 78"),
    ("1510", "1510"), ("", ""), ("A-7211699593", "A-7211699593"), ("٧٢١١٦٩", "٧٢١١٦٩"),
])  # fmt: skip
def test_a_number_that_names_something_is_heard_in_parts(figures, heard):
    assert numbers.in_groups(figures) == heard.replace(" ", NB)


def test_nothing_of_ours_is_said_without_gettext():
    """Each sentence in the pseudo-language has no words outside its brackets."""
    with use(PSEUDO, CHICAGO):
        said = [
            dates.when(EVENING), dates.weekday_short(EVENING), dates.clinical(None), results.meaning("below"), results.state("corrected"),
            values.value(Truth(True)), doses.dose(Dose(timing=Timing(when=("HS",)), as_needed=True)), tests.name_of(("718-7",)),
        ]  # fmt: skip
    for text in said:
        assert not re.search("[A-Za-z]", _outside_brackets(text)), text


def _outside_brackets(text: str) -> str:
    while "⟦" in text:
        text, before = re.sub(r"⟦[^⟦⟧]*⟧", "", text), text
        if text == before:
            break
    return text


def test_the_check_above_sees_a_word_outside():
    assert _outside_brackets("⟦a ⟦b⟧⟧ left out") == " left out"


def test_markup_in_a_value_is_escaped_by_templates():
    env = Environment(autoescape=True)
    env.filters.update(words.filters())
    assert env.from_string("{{ q|quantity }}").render(q=Quantity("5", "<b>")) == Markup(f"5{NB}&lt;b&gt;")
