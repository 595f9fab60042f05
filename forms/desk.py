"""What the front desk types to find a patient: two things that are known of them, one of which is the birth date."""

from __future__ import annotations

import re

from wtforms import StringField
from wtforms.validators import ValidationError

from forms.base import Form, at_most, exact, tidy
from forms.registration import CodeForm, needed
from words.gettext import Later, N_


class FindForm(CodeForm):
    code = None
    born_month = StringField(Later(N_("Month")), [needed(N_("Enter the month of birth"))], filters=[tidy])
    born_day = StringField(Later(N_("Day")), [needed(N_("Enter the day of birth"))], filters=[tidy])
    born_year = StringField(Later(N_("Year")), [needed(N_("Enter the year of birth"))], filters=[tidy])
    name = StringField(Later(N_("Name, or part of it")), [at_most(200, Later(N_("Use fewer letters")))], filters=[tidy])
    number = StringField(Later(N_("Record number")), [at_most(64, Later(N_("Use fewer letters")))], filters=[exact])

    def validate_name(self, field) -> None:
        """With a letter for a name, a birth date alone would find whoever was born then."""
        if self.number.data:
            return
        if not field.data:
            raise ValidationError(Later(N_("Enter a name or a record number")))
        words = re.findall(r"[^\W_]+", field.data)
        if words and all(len(word) == 1 and word.isascii() for word in words):
            raise ValidationError(Later(N_("Enter two letters of the name, or more")))


class IssueForm(Form):
    """Only what every form carries."""
