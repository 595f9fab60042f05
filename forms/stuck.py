"""What billing decides of a payment of which another sum was taken than was asked for."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import HiddenField, RadioField
from wtforms.fields import SelectChoice

from forms.base import Form, exact
from forms.preferences import one_of
from forms.security import PressForm
from words.bills import PROOFS, WAYS
from words.gettext import Later, N_

MOST = 100
"""So many refunds of one payment are seen to at once."""
WHY = [SelectChoice(code, Later(words)) for code, words in PROOFS.items()]


class SeenToForm(PressForm):
    """`seen`: the refunds that stood on the page, by their refs."""

    seen = HiddenField(filters=[exact])

    @property
    def refs(self) -> tuple[str, ...]:
        return tuple((self.seen.data or "").split()[:MOST])


class DecideForm(Form):
    """`taken` is the sum that they saw, in the currency's smallest unit, and its currency: "4261 USD". `ways` are those
    among which they choose."""

    way = RadioField(Later(N_("What shall be done?")), validate_choice=False)
    reason = RadioField(Later(N_("Why is that right?")), [one_of(WHY, N_("Choose why"))], choices=WHY, validate_choice=False)
    taken = HiddenField(filters=[exact])

    def __init__(self, *args, ways: Sequence[str] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.way.choices = [SelectChoice(code, Later(WAYS[code])) for code in ways]
        self.way.flags.required = True

    def validate_way(self, field: RadioField) -> None:
        one_of(field.choices, N_("Choose what shall be done"))(self, field)

    def must_look_again(self, taken: str) -> None:
        """The card company names another sum by now than the one that they saw."""
        self.taken.data = taken
        self.fail("way", Later(N_("The card company names another sum now. Look at it and choose again")))
