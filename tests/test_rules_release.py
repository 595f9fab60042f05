from datetime import datetime, timedelta

import pytest

from rules.dates import UTC
from rules.release import ReleasePolicy, is_withdrawn, released_at

RECEIVED = datetime(2026, 5, 8, 21, 10, tzinfo=UTC)
LATER = RECEIVED + timedelta(days=3)
HOLDING = ReleasePolicy(holds_not_final=True)


@pytest.mark.parametrize(
    "status", ["final", "corrected", "amended", "appended", "preliminary", "partial", "registered", "cancelled"]
)
def test_a_result_shows_at_once(status):
    assert released_at("Observation", status, RECEIVED) == RECEIVED


@pytest.mark.parametrize("status", ["preliminary", "partial", "registered", "unknown"])
def test_a_clinic_may_hold_what_is_not_final(status):
    assert released_at("DiagnosticReport", status, RECEIVED, HOLDING) is None


@pytest.mark.parametrize("status", ["final", "corrected", "cancelled"])
def test_holding_preliminary_results_holds_no_others(status):
    assert released_at("Observation", status, RECEIVED, HOLDING) == RECEIVED


@pytest.mark.parametrize("status", ["entered-in-error", "", "Final", "done", None])
def test_an_error_or_a_status_that_is_none_never_shows(status):
    assert released_at("Observation", status, RECEIVED) is None


def test_a_hold_or_the_patients_own_wait_moves_the_day():
    assert released_at("Observation", "final", RECEIVED, hold_until=LATER) == LATER
    assert released_at("Observation", "final", RECEIVED, wait_until=LATER) == LATER
    assert released_at("Observation", "final", RECEIVED, hold_until=RECEIVED - timedelta(days=1)) == RECEIVED


@pytest.mark.parametrize(
    ("fhir_type", "status", "shows"),
    [
        ("MedicationRequest", "active", True), ("MedicationRequest", "draft", False), ("Condition", "refuted", False),
        ("Condition", "confirmed", True), ("AllergyIntolerance", "", True), ("Immunization", "not-done", True),
        ("Encounter", "entered-in-error", False), ("Encounter", "finished", True), ("DocumentReference", "preliminary", True),
        ("CareTeam", "proposed", False), ("CareTeam", "inactive", True), ("Coverage", "draft", False),
        ("Coverage", "cancelled", True), ("CarePlan", "draft", False), ("Goal", "proposed", False),
        ("SomethingNew", "entered-in-error", False),
    ],
)  # fmt: skip
def test_other_records_show_by_their_own_status(fhir_type, status, shows):
    assert (released_at(fhir_type, status, RECEIVED) is not None) is shows


def test_a_preliminary_document_is_held_like_a_preliminary_result():
    assert released_at("DocumentReference", "preliminary", RECEIVED, HOLDING) is None


def test_errors_and_refuted_findings_are_withdrawn():
    assert is_withdrawn("entered-in-error") and is_withdrawn("refuted")
    assert not is_withdrawn("final")
