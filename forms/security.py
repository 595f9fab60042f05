"""What is typed about one's own sign-in; and the form without a field of its own, of which pressing the button says it all."""

from __future__ import annotations

from datetime import datetime

from wtforms import PasswordField

from forms.base import Form
from forms.registration import REFUSALS, needed
from words.dates import clock
from words.gettext import Later, N_

PRESENT = {
    "pair": N_("Check the password you have now. This is not it"),
    "again": N_("There were too many tries. Nothing is locked. Try again at %(time)s"),
}
SAME = N_("Choose another. This is the password you have now.")


class PressForm(Form):
    """Only what every form carries."""


class PasswordForm(Form):
    """Both names are among those that are never kept (`identity.parking.SECRETS`)."""

    password = PasswordField(Later(N_("The password you have now")), [needed(N_("Enter the password you have now"))])
    new_password = PasswordField(Later(N_("New password")), [needed(N_("Choose a new password"))])

    def refuse(self, reason: str, again_at: datetime | None = None) -> None:
        if reason in PRESENT:
            self.fail("password", Later(PRESENT[reason], time=lambda: clock(again_at) if again_at else ""))
        else:
            self.fail("new_password", Later(SAME if reason == "same" else REFUSALS[reason]))
