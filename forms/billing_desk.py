"""What billing writes down: a payment that came at the desk, by post or by phone, and one that is paid back."""

from __future__ import annotations

from wtforms import RadioField, StringField
from wtforms.fields import SelectChoice

from forms.base import at_most, tidy
from forms.payments import AmountForm
from forms.preferences import one_of
from words.bills import METHODS, TO_CHOOSE
from words.gettext import Later, N_

TAKEN = [SelectChoice(code, Later(METHODS[code])) for code in ("cash", "check", "phone")]
WHY = [SelectChoice(code, Later(words)) for code, words in TO_CHOOSE.items()]


class PostForm(AmountForm):
    amount = StringField(Later(N_("Amount that came")), filters=[tidy])
    by_card = False
    method = RadioField(Later(N_("How it came")), [one_of(TAKEN, N_("Choose how it came"))], choices=TAKEN, validate_choice=False)
    note = StringField(
        Later(N_("Number of the check or receipt")), [at_most(40, Later(N_("Use 40 letters at most")))], filters=[tidy]
    )  # fmt: skip


class RefundForm(AmountForm):
    amount = StringField(Later(N_("Amount to pay back")), filters=[tidy])
    by_card = False
    reason = RadioField(Later(N_("Why")), [one_of(WHY, N_("Choose why"))], choices=WHY, validate_choice=False)


