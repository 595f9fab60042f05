"""What is typed to have a code sent: name, birth date and record number, as they stand on a bill or a letter of the clinic."""

from __future__ import annotations

from wtforms import StringField

from forms.base import at_most, exact, tidy
from forms.registration import CodeForm, needed
from words.gettext import Later, N_

FEWER = Later(N_("Use fewer letters"))


class SendForm(CodeForm):
    """In the order of the page."""

    code = None
    name = StringField(Later(N_("Your name")), [needed(N_("Enter your name")), at_most(200, FEWER)], filters=[tidy])
    born_month = StringField(Later(N_("Month")), [needed(N_("Enter the month you were born"))], filters=[tidy])
    born_day = StringField(Later(N_("Day")), [needed(N_("Enter the day you were born"))], filters=[tidy])
    born_year = StringField(Later(N_("Year")), [needed(N_("Enter the year you were born"))], filters=[tidy])
    number = StringField(
        Later(N_("Record number")), [needed(N_("Enter your record number")), at_most(64, FEWER)], filters=[exact]
    )
