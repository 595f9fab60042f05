"""When a clinical row first shows. Immediate is the default; whatever is not understood stays shut.

A hold is a clinician's, with a reason and an end (SECURITY contract 16); a wait is the patient's own wish.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rules.results import Shown, shown_state


@dataclass(frozen=True, slots=True)
class ReleasePolicy:
    """What the clinic decides. Preliminary results show marked "not final" unless the clinic holds them."""

    holds_not_final: bool = False


IMMEDIATE = ReleasePolicy()

# Statuses under which a row of that type is not, or not yet, part of the record a patient reads.
UNSHOWN: dict[str, frozenset[str]] = {
    "MedicationRequest": frozenset({"draft", "entered-in-error"}),
    "CarePlan": frozenset({"draft", "entered-in-error"}),
    "CareTeam": frozenset({"proposed", "entered-in-error"}),
    "Coverage": frozenset({"draft", "entered-in-error"}),
    "Goal": frozenset({"proposed", "rejected", "entered-in-error"}),
    "ServiceRequest": frozenset({"draft", "entered-in-error"}),
    "Communication": frozenset({"preparation", "entered-in-error"}),
    "Invoice": frozenset({"draft", "entered-in-error"}),
    "AllergyIntolerance": frozenset({"refuted", "entered-in-error"}),
    "Condition": frozenset({"refuted", "entered-in-error"}),
}

RESULTS = frozenset({"Observation", "DiagnosticReport", "Composition"})
_WITHDRAWN = frozenset({"entered-in-error", "refuted"})


def is_withdrawn(status: str) -> bool:
    """Withdrawn everywhere, at once."""
    return status in _WITHDRAWN


# Confidentiality and handling labels that ask for nothing. Any other label is taken as a wish for privacy.
HARMLESS = frozenset({"U", "L", "M", "N", "HTEST", "SUBSETTED", "ANONYED", "PSEUDED", "REDACTED", "MASKED"})


def asks_for_privacy(labels: Iterable[str]) -> bool:
    """By the codes of `meta.security`."""
    return any(label not in HARMLESS for label in labels)


def released_at(
    fhir_type: str,
    status: str,
    received_at: datetime,
    policy: ReleasePolicy = IMMEDIATE,
    hold_until: datetime | None = None,
    wait_until: datetime | None = None,
) -> datetime | None:
    """The moment from which the row shows, possibly still to come; None means not shown.

    For Condition and AllergyIntolerance `status` is the verification status; for DocumentReference pass
    `docStatus` where it was sent, else the status.
    """
    if not _showable(fhir_type, status, policy):
        return None
    return max(filter(None, (received_at, hold_until, wait_until)))


def _showable(fhir_type: str, status: str, policy: ReleasePolicy) -> bool:
    if fhir_type == "DocumentReference" and status == "preliminary":
        return not policy.holds_not_final
    if fhir_type not in RESULTS:
        return status not in UNSHOWN.get(fhir_type, _WITHDRAWN)
    state = shown_state(status)
    if state in (Shown.WITHDRAWN, Shown.UNKNOWN):
        return False
    return state is not Shown.NOT_FINAL or not policy.holds_not_final
