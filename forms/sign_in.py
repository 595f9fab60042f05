"""What is typed or shown to sign in: user name and password, a code, or the answer of a passkey or security key."""

from __future__ import annotations

from datetime import datetime

from wtforms import BooleanField, HiddenField, PasswordField, StringField, ValidationError

from forms.base import Form, exact, tidy
from forms.registration import FactorForm, needed
from words.gettext import Later, N_

KEY_REFUSALS = {
    "late": N_("That took longer than 5 minutes, or came twice. Press the button again"),
    "unknown": N_("We do not know this passkey or security key. Use another one, or choose another way"),
    "copied": N_("There may be a copy of this one, so we let nobody in with it. Choose another way, and take this one away"),
    "none": N_("Your browser sent nothing. The button needs script, and a passkey or security key. Choose another way"),
}


class SignInForm(Form):
    username = StringField(Later(N_("User name")), [needed(N_("Enter your user name"))], filters=[exact])
    password = PasswordField(Later(N_("Password")), [needed(N_("Enter your password"))])
    shared = BooleanField(Later(N_("This is a shared computer")))
    next = HiddenField(filters=[tidy])

    def refuse(self) -> None:
        """The same words for a name nobody has."""
        self.fail("username", Later(N_("Check your user name and password. They do not go together")))


class PasskeyForm(Form):
    """`credential`: what static/passkey.js puts there; its control, for the error summary, is the button."""

    credential = HiddenField(filters=[exact])
    shared = BooleanField(Later(N_("This is a shared computer")))
    next = HiddenField(filters=[tidy])

    def validate_credential(self, field) -> None:
        if not field.data:
            raise ValidationError(Later(KEY_REFUSALS["none"]))

    def refuse(self, reason: str) -> None:
        self.fail("credential", Later(KEY_REFUSALS[reason]))


class SendCodeForm(Form):
    """The button that has a code sent to a phone; `factor` is the ref of that."""

    factor = HiddenField(filters=[exact])
    next = HiddenField(filters=[tidy])


class ProofForm(FactorForm):
    """A code, or in its place the answer of a passkey or security key. Each has a form of its own on the page."""

    credential = HiddenField(filters=[exact])

    def validate(self, extra_validators=None) -> bool:
        if self.credential.data:
            return True
        if self.credential.raw_data and not self.code.data:
            self.refuse("none")
            return False
        return super().validate(extra_validators)

    def refuse(self, reason: str, again_at: datetime | None = None) -> None:
        if reason in KEY_REFUSALS:
            self.fail("credential", Later(KEY_REFUSALS[reason]))
        else:
            super().refuse(reason, again_at)
