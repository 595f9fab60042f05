"""What can be asked, how soon it is answered, and what is no card number, as pure functions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from access.vocabulary import Category, Duty
from rules.access import Allowed, RecordFacts, Refusal, decide_duty
from rules.cards import luhn, without_cards
from rules.requests import CANCELLED, COMPLETED, KINDS, REQUESTED, TAKEN, after_words, due_at, may_say_more, may_withdraw
from words.requests import ANSWERS, KIND_NAMES, READERS, STATES, TEAMS, TO_CHOOSE, TOPICS

FRIDAY = datetime(2026, 11, 27, 16, 30, tzinfo=UTC)
CHART = RecordFacts("active", False, "1961-02-03")


def test_what_is_asked_on_a_friday_is_due_after_the_weekend():
    assert due_at(FRIDAY, 1) == datetime(2026, 11, 30, 16, 30, tzinfo=UTC)
    assert due_at(FRIDAY, 3) == datetime(2026, 12, 2, 16, 30, tzinfo=UTC)


def test_what_is_asked_on_a_sunday_is_due_one_day_after_monday_begins():
    assert due_at(datetime(2026, 11, 29, 9, 0, tzinfo=UTC), 1) == datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def test_every_code_has_words():
    for kind in KINDS.values():
        assert set(kind.topics) <= set(TOPICS) and set(kind.answers) <= set(ANSWERS) & set(TO_CHOOSE)
        assert set(kind.answers.values()) <= set(STATES)
        assert {topic.duty for topic in kind.topics.values()} <= set(READERS) & set(TEAMS) & set(Duty)
        assert kind.category in set(Category)
    assert set(KINDS) == set(KIND_NAMES)


def test_what_can_be_taken_back_is_open_and_no_message():
    assert may_withdraw(REQUESTED, KINDS["visit"]) and may_withdraw(TAKEN, KINDS["refill"])
    assert not may_withdraw(COMPLETED, KINDS["visit"]) and not may_withdraw(REQUESTED, KINDS["message"])


def test_words_after_an_answer_ask_again_and_after_a_refill_they_do_not():
    assert may_say_more(COMPLETED, KINDS["message"]) and not may_say_more(COMPLETED, KINDS["refill"])
    assert not may_say_more(CANCELLED, KINDS["message"])
    assert after_words(COMPLETED) == REQUESTED and after_words(TAKEN) == TAKEN


@pytest.mark.parametrize(("text", "covered"), [
    ("My card is 4111111111111111.", "My card is ************1111."),
    ("378282246310005 and 5555-5555-5555-4444", "***********0005 and ****-****-****-4444"),
    ("6011 1111 1111 1117", "**** **** **** 1117"),
    ("Call 555 555 0142 555 4", "Call 555 555 0142 555 4"),
    ("Lot 4111111111111112", "Lot 4111111111111112"),
    ("Insurance W1234567890123452", "Insurance W1234567890123452"),
    ("1234567890123452", "1234567890123452"),
])  # fmt: skip
def test_card_numbers_are_covered_and_other_numbers_stay(text, covered):
    assert without_cards(text) == covered


def test_luhn():
    assert luhn("4111111111111111") and not luhn("4111111111111112")


@pytest.mark.parametrize("duty", list(Duty))
@pytest.mark.parametrize("category", list(Category))
def test_staff_see_nothing_that_is_not_of_their_duty_or_not_taken(duty, category):
    """From DESIGN §2: the front desk has nothing clinical, billing has bills, the others have no records."""
    theirs = {
        Duty.FRONT_DESK: {"appointments", "messages"}, Duty.BILLING: {"billing", "messages"},
        Duty.CLINICIAN: set(Category) - {"home", "control", "billing"},
    }.get(duty, set())  # fmt: skip
    assert decide_duty(CHART, duty.value, category.value, assigned=False) == Refusal("stranger")
    decision = decide_duty(CHART, duty.value, category.value, assigned=True)
    assert isinstance(decision, Allowed) == (category in theirs)
    if isinstance(decision, Allowed):
        assert {scope for scope in decision.scopes if scope[1] == "act"} == {(category.value, "act")}
        assert {category_ for category_, _ in decision.scopes} <= theirs | {category.value}


def test_a_chart_that_was_merged_away_is_opened_by_nobody():
    merged = RecordFacts("merged", False, "1961-02-03")
    assert decide_duty(merged, "clinician", "messages", assigned=True) == Refusal("stranger")
