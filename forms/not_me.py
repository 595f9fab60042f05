"""What somebody points at who says “this wasn't me”."""

from __future__ import annotations

from wtforms import HiddenField

from forms.base import exact
from forms.security import PressForm


class NotMeForm(PressForm):
    """`entry`: the moment of an entry of the page before, or "" for nothing in particular."""

    entry = HiddenField(filters=[exact])
