"""A message that may not be ours: how it came, and what it said."""

from __future__ import annotations

from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice

from forms.base import Form, at_most, tidy
from forms.preferences import one_of
from forms.registration import needed
from rules.support import LONGEST
from words.gettext import Later, N_
from words.own_activity import CAME_AS

HOW = [SelectChoice(code, Later(words)) for code, words in CAME_AS.items()]


class PhishingForm(Form):
    came_as = RadioField(Later(N_("How did it come?")), [one_of(HOW, N_("Choose how it came"))], choices=HOW, validate_choice=False)
    words = TextAreaField(
        Later(N_("What did it say, and who did it say it was from?")),
        [needed(N_("Write or paste what it said")), at_most(LONGEST, Later(N_("Use 4,000 letters at most")))], filters=[tidy],
    )
