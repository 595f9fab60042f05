"""What is said of health conditions, allergies and vaccines; lists and visit summaries say it alike."""

from rules.ages import age_in
from words.gettext import N_, _

SURE = frozenset({"", "confirmed"})
NOT_GIVEN = N_("Not given")
"""A vaccine whose status is `not-done`."""


def certainty(verification: str) -> str:
    """From FHIR `verificationStatus`; '' where somebody is sure of it, or where nothing was sent."""
    return "" if verification in SURE else _("Not sure yet")


def in_life(stored: str | None) -> str:
    """When in a life something began or ended, where no date was sent: age 34 years; a description as sent."""
    age = age_in(stored or "")
    return _("age %(age)s", age=age) if age else stored or ""
