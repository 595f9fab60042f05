"""Forms around appointments: the time that was chosen, and why one is called off."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields import SelectChoice

from forms.base import Form, at_most, exact, tidy
from forms.preferences import one_of
from rules.bookings import DESK_REASONS, REASONS, Wanted
from words.bookings import REASONS as WORDS
from words.bookings import TOLD
from words.gettext import N_, Later

LONGEST = 1000


class TimeForm(Form):
    """What the address of the last step holds. Whether the time is free is asked of the clinic, not of the form."""

    what = HiddenField(filters=[exact])
    who = HiddenField(filters=[exact], name="with")
    slot = HiddenField(filters=[exact])

    @property
    def wanted(self) -> Wanted:
        return Wanted(*(field.data or "" for field in (self.slot, self.what, self.who)))


class CancelForm(Form):
    reason = RadioField(
        Later(N_("Why do you call it off?")), choices=[SelectChoice(code, Later(WORDS[code])) for code in REASONS],
        validate_choice=False,
    )  # fmt: skip
    words = TextAreaField(
        Later(N_("Do you want to say more?")), [at_most(LONGEST, Later(N_("Use 1,000 letters at most")))], filters=[tidy]
    )

    def validate_reason(self, field: RadioField) -> None:
        one_of(field.choices, N_("Choose why"))(self, field)


class DeskCancelForm(CancelForm):
    """For the front desk, which does not speak of itself."""

    reason = RadioField(
        Later(N_("Why is it called off?")), choices=[SelectChoice(code, Later(TOLD[code])) for code in DESK_REASONS],
        validate_choice=False,
    )  # fmt: skip
