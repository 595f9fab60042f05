"""That a letter is printed: up to which one, so that none is taken for printed that came meanwhile."""

from __future__ import annotations

from datetime import datetime

from wtforms import HiddenField

from forms.base import exact
from forms.security import PressForm


class CodedForm(PressForm):
    """Which letter: the event it is of."""

    letter = HiddenField(filters=[exact])


class PrintedForm(PressForm):
    until = HiddenField(filters=[exact])

    def covers(self, made_at: datetime) -> bool:
        text = self.until.data or ""
        return text.isascii() and text.isdecimal() and len(text) < 20 and int(made_at.timestamp() * 1_000_000) <= int(text)
