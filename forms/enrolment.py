"""What a member of staff types to make their account their own: their user name and the operator's code; a password."""

from __future__ import annotations

from wtforms import StringField

from forms.base import Form, exact
from forms.registration import CodeForm, LoginForm, needed
from words.gettext import Later, N_


class EnrolForm(Form):
    username = StringField(Later(N_("User name")), [needed(N_("Enter the user name that you were given"))], filters=[exact])
    code = StringField(Later(N_("Code")), [needed(N_("Enter the code that you were given"))], filters=[exact])

    validate_code = CodeForm.validate_code

    def refuse(self) -> None:
        """One answer for a wrong code, somebody else's, a used one and one that is over."""
        self.fail("code", Later(N_("Check the user name and the code. They do not go together")))


class FirstPasswordForm(LoginForm):
    """As patients choose theirs; the user name was given."""

    username = None
    use = None
