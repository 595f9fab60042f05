"""The decision as a table: ages, bases, ends, states. Pure; no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from rules.access import Allowed, RecordFacts, Refusal, ShareFacts, age_at, decide

NOW = datetime(2026, 5, 12, 15, tzinfo=UTC)
TODAY = date(2026, 5, 12)
EVERY = frozenset((c, a) for c in ("results", "appointments", "vaccines", "billing", "control") for a in ("see", "act"))
RECORD = RecordFacts("active", False, "1980-01-01", TODAY)
SHARE = ShareFacts("helper", NOW - timedelta(days=1), None, None, EVERY)


def born(text: str) -> RecordFacts:
    return replace(RECORD, birth_text=text)


def answer(record=RECORD, share=SHARE, category="results", action="see", now=NOW) -> str:
    decision = decide(record, share, category, action, now)
    return "allowed" if isinstance(decision, Allowed) else decision.reason


@pytest.mark.parametrize(("text", "age"), [
    ("2014-05-12", 12), ("2014-05-13", 11), ("2014-05", 12), ("2014", 12), ("2008-05-12", 18), ("2008-05-13", 17),
    ("", None), ("unknown", None), ("2014-13-01", None), ("2016-02-29", 10),
])
def test_age_counts_whole_years_and_takes_nobody_for_younger(text, age):
    assert age_at(text, TODAY) == age


def test_a_leap_day_child_grows_older_on_the_first_of_march():
    assert age_at("2014-02-28", date(2026, 2, 28)) == 12
    assert age_at("2012-02-29", date(2026, 2, 28)) == 13
    assert age_at("2012-02-29", date(2026, 3, 1)) == 14


@pytest.mark.parametrize(("birth", "category", "expected"), [
    ("2014-05-13", "results", "allowed"), ("2014-05-12", "results", "category"), ("2014-05-12", "vaccines", "allowed"),
    ("2014-05-12", "appointments", "allowed"), ("2014-05-12", "billing", "allowed"), ("2014-05-12", "home", "allowed"),
    ("2008-05-13", "vaccines", "allowed"), ("2008-05-12", "vaccines", "stranger"), ("2008-05-12", "home", "stranger"),
    ("", "vaccines", "stranger"),
])
def test_a_guardians_part_shrinks_at_twelve_and_ends_at_eighteen(birth, category, expected):
    assert answer(born(birth), replace(SHARE, basis="guardian"), category) == expected


def test_age_is_nothing_to_a_helper_or_to_oneself():
    assert answer(born("2014-05-12"), SHARE) == "allowed"
    assert answer(born("2014-05-12"), replace(SHARE, basis="self", scopes=frozenset()), "control") == "allowed"


@pytest.mark.parametrize(("share", "expected"), [
    (None, "stranger"),
    (replace(SHARE, starts_at=NOW), "allowed"),
    (replace(SHARE, starts_at=NOW + timedelta(microseconds=1)), "stranger"),
    (replace(SHARE, ends_at=NOW), "stranger"),
    (replace(SHARE, ends_at=NOW + timedelta(microseconds=1)), "allowed"),
    (replace(SHARE, revoked_at=NOW), "stranger"),
    (replace(SHARE, revoked_at=NOW + timedelta(microseconds=1)), "allowed"),
    (replace(SHARE, scopes=frozenset()), "category"),
    (replace(SHARE, scopes=frozenset({("results", "act")})), "allowed"),
])
def test_a_share_stands_from_its_first_instant_to_before_its_last(share, expected):
    assert answer(share=share) == expected


@pytest.mark.parametrize(("record", "basis", "expected"), [
    (None, "self", "stranger"), (replace(RECORD, state="merged"), "self", "stranger"),
    (replace(RECORD, state="blocked"), "self", "blocked"), (replace(RECORD, state="blocked"), "helper", "blocked"),
    (replace(RECORD, deceased=True), "self", "stranger"), (replace(RECORD, deceased=True), "helper", "stranger"),
    (replace(RECORD, deceased=True), "representative", "allowed"), (RECORD, "representative", "allowed"),
])
def test_the_state_of_a_record_comes_first(record, basis, expected):
    assert answer(record, replace(SHARE, basis=basis)) == expected


def test_seeing_is_not_acting():
    seen = replace(SHARE, scopes=frozenset({("results", "see")}))
    assert answer(share=seen) == "allowed"
    assert answer(share=seen, action="act") == "category"


def test_control_is_never_a_helpers():
    assert answer(category="control") == "category"
    assert answer(share=replace(SHARE, basis="representative"), category="control") == "allowed"


def test_ones_own_record_needs_no_rows():
    decision = decide(RECORD, replace(SHARE, basis="self", scopes=frozenset()), "control", "act", NOW)
    assert decision == Allowed("self", frozenset())
    assert decide(RECORD, None, "results", "see", NOW) == Refusal("stranger")
