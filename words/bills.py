"""Codes of payments and refunds as people read them."""

from words.gettext import N_

METHODS = {
    "card": N_("Card"), "cash": N_("Cash"), "check": N_("Check"), "phone": N_("Card, by phone"),
}  # fmt: skip
REASONS = {
    "twice": N_("It was paid twice"), "insurance": N_("Insurance paid after all"),
    "mistake": N_("We charged it by mistake"), "asked": N_("You asked for it"),
    "sum": N_("The card company took another sum than we asked for"),
}  # fmt: skip
"""Why something is paid back, as the payer reads it."""
AT_WORK = REASONS | {"asked": N_("The payer asked for it")}
"""The same, as the member of staff who pays it back reads it."""
TO_CHOOSE = {code: words for code, words in AT_WORK.items() if code != "sum"}
"""Those that somebody chooses; the other is of a payment that was odd."""
WAYS = {
    "post": N_("Post what was really taken"), "back": N_("Give it back"), "close": N_("Close it: nothing was taken"),
}  # fmt: skip
"""What may be done with a payment of which another sum was taken than was asked for."""
PROOFS = {
    "company": N_("The card company’s own pages show this sum"), "payer": N_("The payer says so"),
    "clinic": N_("The clinic decided it"),
}  # fmt: skip
"""Why it is done."""
