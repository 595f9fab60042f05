"""What is typed about where an account is written to."""

from __future__ import annotations

from datetime import datetime

from wtforms import BooleanField, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from forms.base import Form, exact
from forms.preferences import one_of
from forms.registration import SecretField, needed
from rules.addresses import SMS, VOICE, email_of, phone_of
from words.dates import clock
from words.gettext import Later, N_

REFUSALS = {
    "own": N_("This is on your account already"),
    "many": N_("You have 6 already. Take one away first"),
    "guardian": N_("This one cannot be used for your account. Use one that is yours alone, or call us"),
}
WAYS = [SelectChoice(SMS, Later(N_("By text message"))), SelectChoice(VOICE, Later(N_("By a call")))]
CODE_REFUSALS = {
    "code": N_("Check the code. It is not the one that we sent last"),
    "stopped": N_("There were too many wrong codes. Ask for a new code below"),
    "over": N_("This code is over or was used. Ask for a new code below"),
    "guardian": REFUSALS["guardian"],
    "again": N_("There were too many tries. Nothing is locked. Try again at %(time)s"),
}
REMOVAL_REFUSALS = {
    "last": N_("This is your only email address. Say that letters are right, or add another address first"),
    "factor": N_("Codes that go to this number let you sign in. Take that way to sign in away first"),
}


class NewEmailForm(Form):
    email = StringField(Later(N_("Email address")), [needed(N_("Enter your email address"))], filters=[exact])

    def validate_email(self, field) -> None:
        if not self.address:
            raise ValidationError(Later(N_("Check the address. It looks like ana@example.org")))

    @property
    def address(self) -> str:
        """In the form in which it is kept and compared."""
        return email_of(self.email.data or "")

    def refuse(self, reason: str) -> None:
        self.fail("email", Later(REFUSALS[reason]))


class NewPhoneForm(Form):
    phone = StringField(Later(N_("Phone number")), [needed(N_("Enter your phone number"))], filters=[exact])
    way = RadioField(
        Later(N_("How do we send codes to it?")), [one_of(WAYS, N_("Choose how we send codes"))], choices=WAYS,
        validate_choice=False, default=SMS,
    )  # fmt: skip

    def validate_phone(self, field) -> None:
        if not self.number:
            raise ValidationError(Later(N_("Check the number. It looks like (555) 201-7788, or +49 30 1234567 from elsewhere")))

    @property
    def number(self) -> str:
        return phone_of(self.phone.data or "")

    def refuse(self, reason: str) -> None:
        self.fail("phone", Later(REFUSALS[reason]))


class ConfirmForm(Form):
    code = SecretField(Later(N_("Code")), [needed(N_("Enter the code from the message"))], filters=[exact])

    def refuse(self, reason: str, again_at: datetime | None = None) -> None:
        self.fail("code", Later(CODE_REFUSALS[reason], time=lambda: clock(again_at) if again_at else ""))


class RemovalForm(Form):
    paper = BooleanField(Later(N_("Write to me on paper from now on")))

    def refuse(self, reason: str) -> None:
        self.fail("paper", Later(REMOVAL_REFUSALS[reason]))
