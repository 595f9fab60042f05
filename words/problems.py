"""What is said of health conditions, allergies and vaccines; lists and visit summaries say it alike."""

from words.gettext import N_, _

SURE = frozenset({"", "confirmed"})
NOT_GIVEN = N_("Not given")
"""A vaccine whose status is `not-done`."""


def certainty(verification: str) -> str:
    """From FHIR `verificationStatus`; '' where somebody is sure of it, or where nothing was sent."""
    return "" if verification in SURE else _("Not sure yet")
