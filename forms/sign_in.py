"""What is typed to sign in. The second step's form is `forms.registration.FactorForm`."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, PasswordField, StringField

from forms.base import Form, exact, tidy
from forms.registration import needed
from words.gettext import Later, N_


class SignInForm(Form):
    username = StringField(Later(N_("User name")), [needed(N_("Enter your user name"))], filters=[exact])
    password = PasswordField(Later(N_("Password")), [needed(N_("Enter your password"))])
    shared = BooleanField(Later(N_("This is a shared computer")))
    next = HiddenField(filters=[tidy])

    def refuse(self) -> None:
        """The same words for a name nobody has."""
        self.fail("username", Later(N_("Check your user name and password. They do not go together")))
