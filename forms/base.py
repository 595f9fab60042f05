"""What every form has. Fields are named; what is not a field is ignored, never assigned (SECURITY contract 9)."""

from __future__ import annotations

import re
import unicodedata

from wtforms import Field, ValidationError
from wtforms import Form as WTForm

from rules.cards import without_cards
from rules.text import readable
from tables.sending import Sending

UNSHOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Form(WTForm):
    """`sending` is set when the form was sent: acts need it to act once. `came_back`: the names of what was kept of it and
    has come back, where it was opened so."""

    sending: Sending | None = None
    came_back: frozenset[str] = frozenset()

    @property
    def problems(self) -> tuple[tuple[str, str], ...]:
        """(id of the field, what to do) for the error summary, in the order of the page."""
        return tuple((field.id, str(error)) for field in self for error in field.errors)

    def fail(self, name: str, message: str) -> None:
        """An error that only the act could find."""
        self[name].errors = [*self[name].errors, message]


def exact(text: str | None) -> str | None:
    """A name or a number that is looked up or computed with, and not kept as somebody's words: in one Unicode form, without
    spaces around it and without signs no page can show. Whatever else is odd in it makes it another name."""
    return unicodedata.normalize("NFC", UNSHOWN.sub("", text)).strip() if isinstance(text, str) else text


def tidy(text: str | None) -> str | None:
    """What a person typed, fit to be kept: its signs can be read by others, and card numbers are covered."""
    return without_cards(readable(exact(text))) if isinstance(text, str) else text


def at_most(length: int, message: object):
    """WTForms has this check too, but makes its words too early."""

    def check(form: WTForm, field: Field) -> None:
        if len(field.data or "") > length:
            raise ValidationError(message)

    check.field_flags = {"maxlength": length}
    return check
