"""What is typed about a second factor: its name, and what it is added with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wtforms import HiddenField, RadioField, StringField, ValidationError
from wtforms.fields import SelectChoice

from forms.base import Form, at_most, exact, tidy
from forms.registration import FactorForm, needed
from forms.sign_in import KEY_REFUSALS
from words.gettext import Later, N_

LONGEST_NAME = 60
TOO_LONG = Later(N_("Use 60 letters at most"))
REFUSALS = KEY_REFUSALS | {
    "unknown": N_("What your browser sent does not fit. Press the button again, or use another browser"),
    "known": N_("This one is here already"),
    "many": N_("You have 20 of these, which is the most. Take one away first"),
}


class NameForm(Form):
    name = StringField(Later(N_("Name")), [needed(N_("Enter a name")), at_most(LONGEST_NAME, TOO_LONG)], filters=[tidy])


class NewKeyForm(NameForm):
    credential = HiddenField(filters=[exact])

    def validate_credential(self, field) -> None:
        if not field.data:
            raise ValidationError(Later(REFUSALS["none"]))

    def refuse(self, reason: str) -> None:
        self.fail("credential", Later(REFUSALS[reason]))


class NewPhoneFactorForm(NameForm):
    """`free`: the numbers to choose among, as (value, words)."""

    phone = RadioField(Later(N_("Where do codes go?")), validate_choice=False)

    def __init__(self, *args, free: Sequence[tuple[str, str]] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.phone.choices = [SelectChoice(value, words) for value, words in free]
        if not self.phone.raw_data and free:
            self.phone.data = free[0][0]

    def validate_phone(self, field) -> None:
        if field.data not in [choice.value for choice in field.choices]:
            raise ValidationError(Later(N_("Choose a number")))

    def refuse(self, reason: str) -> None:
        many = reason == "many"
        self.fail("name" if many else "phone", Later(REFUSALS["many"] if many else N_("Choose a number")))


class NewAppForm(FactorForm):
    """`step`: the key of the app, under seal."""

    name = StringField(Later(N_("Name")), [needed(N_("Enter a name")), at_most(LONGEST_NAME, TOO_LONG)], filters=[tidy])
    step = HiddenField(filters=[exact])

    def refuse(self, reason: str, again_at: datetime | None = None) -> None:
        if reason == "many":
            self.fail("code", Later(REFUSALS["many"]))
        else:
            super().refuse(reason, again_at)
