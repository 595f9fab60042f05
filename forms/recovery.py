"""What is typed to get back into an account, and what staff choose when they help."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from forms.base import Form, at_most, exact
from forms.preferences import one_of
from forms.registration import REFUSALS, CodeForm, needed
from identity.codes import DESK_LENGTH, plain
from words.gettext import Later, N_
from words.recovery import PROOFS, REASONS

SEEN = [SelectChoice(code, Later(words)) for code, words in PROOFS.items()]
WHY = [SelectChoice(code, Later(words)) for code, words in REASONS.items()]
BY = [SelectChoice("factor", Later(N_("By e-mail, to your confirmed addresses"))), SelectChoice("post", Later(N_("By a letter, to the address that we have of you")))]
LONG = Later(N_("Use fewer letters"))


class AddressForm(Form):
    email = StringField(Later(N_("E-mail address")), [needed(N_("Enter your e-mail address")), at_most(254, LONG)], filters=[exact])


class UsernameForm(Form):
    username = StringField(Later(N_("User name")), [needed(N_("Enter your user name")), at_most(64, LONG)], filters=[exact])


class NewPasswordForm(Form):
    """The name is among those that are never kept (`identity.parking.SECRETS`)."""

    step = HiddenField(filters=[exact])
    new_password = PasswordField(Later(N_("New password")), [needed(N_("Choose a new password"))])

    def refuse(self, reason: str) -> None:
        self.fail("new_password", Later(REFUSALS[reason]))


class WayForm(Form):
    """`offered` are the ways in which a code can come to this person."""

    way = RadioField(Later(N_("How shall the code come?")), validate_choice=False)

    def __init__(self, *args, offered: tuple[str, ...] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.way.choices = [choice for choice in BY if choice.value in offered]
        self.way.flags.required = True

    def validate_way(self, field: RadioField) -> None:
        one_of(field.choices, N_("Choose how the code shall come"))(self, field)


class RecoveryCodeForm(Form):
    """Of the message, beside a password that was just proven."""

    code = StringField(Later(N_("Code")), [needed(N_("Enter the code from our message"))], filters=[exact])

    def validate_code(self, field) -> None:
        if len(plain(field.data)) != DESK_LENGTH:
            raise ValidationError(Later(N_("Check the code. It has 16 letters and numbers")))

    def refuse(self, reason: str) -> None:
        self.fail("code", Later(N_("Check the code. It is not the one we expect, or it does not work yet, or not any more")))


class DeskCodeForm(CodeForm):
    """Of the desk or of a letter, beside the birth date."""

    code = StringField(Later(N_("Code")), [needed(N_("Enter the code from your paper"))], filters=[exact])

    def refuse(self, reason: str) -> None:
        """One answer for a wrong code, a wrong date, and a code that does not work yet or not any more."""
        self.fail("code", Later(N_("Check the code and the birth date. They do not go together, or the code does not work yet")))


class ProofForm(Form):
    proof = RadioField(Later(N_("What did you look at?")), [one_of(SEEN, N_("Choose what you looked at"))], choices=SEEN, validate_choice=False)


class FreezeForm(Form):
    reason = RadioField(Later(N_("Why?")), [one_of(WHY, N_("Choose why"))], choices=WHY, validate_choice=False)
