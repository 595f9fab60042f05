"""What staff write about a case, and how they close it."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice

from forms.base import Form, at_most, tidy
from forms.preferences import one_of
from forms.registration import needed
from rules.support import LONGEST
from words.gettext import Later, N_

TOO_LONG = at_most(LONGEST, Later(N_("Use 4,000 letters at most")))


class NoteForm(Form):
    words = TextAreaField(Later(N_("Note")), [needed(N_("Write the note")), TOO_LONG], filters=[tidy])


class CloseForm(Form):
    """`outcomes` are (code, words)."""

    outcome = RadioField(Later(N_("How does it end?")), validate_choice=False)
    words = TextAreaField(Later(N_("A last note")), [TOO_LONG], filters=[tidy])

    def __init__(self, *args, outcomes: Sequence[tuple[str, str]] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.outcome.choices = [SelectChoice(code, words) for code, words in outcomes]
        self.outcome.flags.required = True

    def validate_outcome(self, field: RadioField) -> None:
        one_of(field.choices, N_("Choose how it ends"))(self, field)
