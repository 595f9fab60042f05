"""What is typed while registering: the desk's code and a birth date; a user name and a password; the app's code."""

from __future__ import annotations

from datetime import date, datetime

from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, ValidationError

from forms.base import Form, exact, tidy
from identity.codes import DESK_LENGTH, plain
from identity.passwords import SHORTEST
from identity.usernames import is_allowed, username_key
from words.dates import clock
from words.gettext import Later, N_

OLDEST = 1880
REFUSALS = {
    "short": N_("Use 12 letters, numbers or signs, or more. A sentence of a few words is good."),
    "long": N_("Use 128 letters, numbers or signs at most."),
    "common": N_("Choose another. This one is on the list of passwords that are tried first."),
    "own": N_("Choose another. This one is mostly your own name, your birth date, or ours."),
    "repeated": N_("Choose another. This one says the same thing again and again."),
    "run": N_("Choose another. This one follows the keyboard or the alphabet."),
}


def needed(message: str) -> DataRequired:
    return DataRequired(Later(message))


class CodeForm(Form):
    code = StringField(Later(N_("Code")), [needed(N_("Enter the code from your letter"))], filters=[exact])
    born_month = StringField(Later(N_("Month")), [needed(N_("Enter the month you were born"))], filters=[tidy])
    born_day = StringField(Later(N_("Day")), [needed(N_("Enter the day you were born"))], filters=[tidy])
    born_year = StringField(Later(N_("Year")), [needed(N_("Enter the year you were born"))], filters=[tidy])

    def validate_code(self, field) -> None:
        if len(plain(field.data)) != DESK_LENGTH:
            raise ValidationError(Later(N_("Check the code. It has 16 letters and numbers")))

    def validate_born_month(self, field) -> None:
        if not 1 <= _number(field.data) <= 12:
            raise ValidationError(Later(N_("Enter the month as a number from 1 to 12")))

    def validate_born_day(self, field) -> None:
        if not 1 <= _number(field.data) <= 31:
            raise ValidationError(Later(N_("Enter the day as a number from 1 to 31")))
        if _number(self.born_year.data) and 1 <= _number(self.born_month.data) <= 12 and not self.born:
            raise ValidationError(Later(N_("Check the day. That month does not have it")))

    def validate_born_year(self, field) -> None:
        if not OLDEST <= _number(field.data) <= datetime.now().year:
            raise ValidationError(Later(N_("Enter the year with four numbers, such as 1984")))

    @property
    def born(self) -> str:
        """YYYY-MM-DD, or "" while the three parts are no day of the calendar."""
        return iso_day(self.born_year.data, self.born_month.data, self.born_day.data)

    def refuse(self, reason: str) -> None:
        """One answer for a wrong code, a wrong date and a code nobody was given."""
        self.fail("code", Later(N_("Check the code and the birth date. They do not go together")))


def iso_day(year: str | None, month: str | None, day: str | None) -> str:
    try:
        return date(_number(year), _number(month), _number(day)).isoformat()
    except (ValueError, OverflowError):
        return ""


def _number(text: str | None) -> int:
    """A whole number of up to four figures in any script; 0 for anything else."""
    text = text or ""
    return int(text) if len(text) <= 4 and text.isdecimal() else 0


class LoginForm(Form):
    step = HiddenField(filters=[exact])
    username = StringField(Later(N_("User name")), [needed(N_("Choose a user name"))], filters=[exact])
    password = PasswordField(Later(N_("Password")), [needed(N_("Choose a password"))])
    use = StringField(filters=[exact])
    """The name on the button that was pressed, where a free one was offered."""
    offers: tuple[str, ...] = ()

    def validate(self, *args, **options) -> bool:
        """A name that is pressed takes the place of the one that was typed."""
        if self.use and self.use.data:
            self.username.data = self.use.data
        return super().validate(*args, **options)

    def validate_username(self, field) -> None:
        if not is_allowed(field.data) or not username_key(field.data):
            raise ValidationError(Later(N_("Use 3 to 64 letters and numbers. You can use a dot, underscore, hyphen, plus or at sign ( . _ - + @ ), and no spaces")))

    def validate_password(self, field) -> None:
        if len(field.data) < SHORTEST:
            raise ValidationError(Later(REFUSALS["short"]))

    def refuse(self, reason: str, offers: tuple[str, ...] = ()) -> None:
        if reason == "taken":
            some = Later(N_("This user name is taken. You could use %(offers)s"), offers=", ".join(offers))
            self.offers = offers
            self.fail("username", some if offers else Later(N_("This user name is taken. Choose another")))
        else:
            self.fail("password", Later(REFUSALS[reason]))


class SecretField(StringField):
    """What was typed is looked at once and never sent back."""

    def _value(self) -> str:
        return ""


class FactorForm(Form):
    """A code of the authenticator app, or of the sheet."""

    code = SecretField(Later(N_("Code")), [needed(N_("Enter the code"))], filters=[exact])
    next = HiddenField(filters=[exact])

    def refuse(self, reason: str, again_at: datetime | None = None) -> None:
        self.fail("code", Later(FACTOR_REFUSALS[reason], time=lambda: clock(again_at) if again_at else ""))


FACTOR_REFUSALS = {
    "wrong": N_("Check the code. It is not the one we expect. A code of the app changes every 30 seconds"),
    "used": N_("This code was used already. Wait until your app shows the next one"),
    "stopped": N_("There were too many wrong codes. Try again at %(time)s, or use a one-time code from your sheet"),
}
