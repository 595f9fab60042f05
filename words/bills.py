"""Codes of payments and refunds as people read them."""

from words.gettext import N_

METHODS = {
    "card": N_("Card"), "cash": N_("Cash"), "check": N_("Check"), "phone": N_("Card, by phone"),
}  # fmt: skip
REASONS = {
    "twice": N_("It was paid twice"), "insurance": N_("Insurance paid after all"),
    "mistake": N_("We charged it by mistake"), "asked": N_("You asked for it"),
}  # fmt: skip
"""Why something is paid back, as the payer reads it."""
TO_CHOOSE = REASONS | {"asked": N_("The payer asked for it")}
"""The same, as the member of staff who pays it back reads it."""
