"""Codes of recoveries and of frozen accounts as people read them."""

from words.gettext import N_

PROOFS = {
    "licence": N_("Driver’s license"), "id_card": N_("State ID card"), "passport": N_("Passport"),
    "military": N_("Military or tribal ID"), "other_photo": N_("Another photo ID"),
}  # fmt: skip
"""What the front desk looked at."""
REASONS = {
    "asked": N_("The patient asked for it"), "stranger": N_("Somebody else used the account"),
    "lost": N_("A phone or computer was lost or stolen"), "doubt": N_("It is not clear who uses the account"),
}  # fmt: skip
"""Why an account is frozen."""
KINDS = {
    "factor": N_("A new second factor, by e-mail"), "post": N_("A new second factor, by a posted letter"),
    "letter": N_("Everything anew, by a posted letter"), "desk": N_("Everything anew, by a code from the front desk"),
}  # fmt: skip
