"""Amounts as people type them, and what becomes of a payment whatever is heard of it, as pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.amounts import LEAST, MOST, NoAmount, card_fault, read_amount
from rules.payments import CANCELLED, EXPIRED, MADE, PAID, SENT, UNDER_WAY, kept_by, next_check, next_state

NOW = datetime(2026, 5, 12, tzinfo=UTC)


@given(st.text(max_size=40), st.sampled_from([0, 2, 3]))
def test_whatever_is_typed_is_an_amount_above_nothing_or_refused(text, places):
    try:
        assert 0 < read_amount(text, places) < 10**16
    except NoAmount as refused:
        assert refused.reason in ("empty", "none", "places", "below", "huge")


@given(st.integers(1, 10**12 - 1))
def test_every_sum_that_a_bill_shows_is_read_back_as_it_is(cents):
    for text in (f"{cents / 100:.2f}", f"${cents / 100:,.2f}", f" {cents / 100:,.2f} "):
        assert read_amount(text, 2) == round(float(f"{cents / 100:.2f}") * 100)
    assert read_amount(str(cents), 0) == cents


@given(st.integers(0, 2 * MOST), st.integers(0, 2 * MOST))
def test_what_a_card_pays_and_what_it_leaves_can_both_be_paid_by_card(free, amount):
    fault, rest = card_fault(amount, free), free - amount
    assert (fault == "") == (LEAST <= amount <= min(free, MOST) and (rest == 0 or rest >= LEAST))
    assert fault in ("", "most", "least", "rest")


@pytest.mark.parametrize("amount, free, fault", [
    (4260, 4260, ""), (4261, 4260, "most"), (49, 4260, "least"), (4211, 4260, "rest"), (4210, 4260, ""), (20, 20, "least"),
    (60, 80, "rest"), (80, 80, ""), (MOST + 1, 2 * MOST, "most"), (0, 0, "least"),
])  # fmt: skip
def test_why_a_card_cannot_pay_it_is_told(amount, free, fault):
    assert card_fault(amount, free) == fault


TOLD = st.lists(st.sampled_from(["open", "paid", "gone"]), max_size=12)


@given(st.sampled_from([MADE, SENT, CANCELLED, EXPIRED]), TOLD)
def test_what_was_once_told_as_paid_is_paid_in_the_end_whatever_the_order(state, told):
    for one in told:
        state = next_state(state, one)
    assert (state == PAID) == ("paid" in told)


@pytest.mark.parametrize("state", [MADE, SENT])
def test_what_is_gone_ran_out_and_what_is_open_stays(state):
    assert next_state(state, "gone") == EXPIRED and next_state(CANCELLED, "gone") == CANCELLED
    assert next_state(state, "open") == state and state in UNDER_WAY


def test_the_processor_is_asked_less_and_less_often_and_never_given_up():
    times = [next_check(number, NOW) - NOW for number in range(100)]
    assert times[0] == timedelta(minutes=1) and times == sorted(times) and times[-1] == timedelta(days=1)


def test_the_processor_is_asked_just_after_its_page_has_ended():
    end = NOW + timedelta(minutes=35)
    asked, at = [], NOW
    for number in range(6):
        at = next_check(number, at, end)
        asked.append(at - end)
    assert timedelta(0) < min(gap for gap in asked if gap > timedelta(0)) < timedelta(minutes=1)
    assert next_check(3, end, end) == end + timedelta(minutes=21), "and then as before"


@given(st.lists(st.tuples(st.integers(1, 9999), st.sampled_from([MADE, SENT, PAID, CANCELLED, EXPIRED]))))
def test_a_payment_keeps_its_sum_until_it_is_known_what_became_of_it(payments):
    kept = kept_by({"amount": amount, "state": state} for amount, state in payments)
    assert kept == sum(amount for amount, state in payments if state not in (PAID, CANCELLED, EXPIRED))
