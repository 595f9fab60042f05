"""The parts of a record by the names patients know them by. The codes are those of `access/vocabulary.py`."""

from words.gettext import N_, _

CATEGORIES: dict[str, str] = {
    "home": N_("Home"),
    "appointments": N_("Appointments"),
    "results": N_("Test results"),
    "imaging": N_("Scans and X-rays"),
    "medicines": N_("Medicines"),
    "allergies": N_("Allergies"),
    "conditions": N_("Health conditions"),
    "vaccines": N_("Vaccines"),
    "vitals": N_("Measurements"),
    "visits": N_("Visits"),
    "care_plan": N_("Care plan"),
    "messages": N_("Messages"),
    "documents": N_("Letters and documents"),
    "billing": N_("Bills"),
    "control": N_("Who sees your record"),
}


def category(code: str) -> str:
    return _(CATEGORIES[code])
