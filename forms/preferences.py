"""How a person wants to be called, and to read."""

from __future__ import annotations

from babel import Locale
from wtforms import RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation

from forms.base import Form, at_most, tidy
from words.gettext import CATALOG_FOLDER, DOMAIN, SOURCE, Later, N_

LONGEST_NAME = 80


def languages() -> list[SelectChoice]:
    """English, and each language that has a compiled catalog: its code and its own name for itself."""
    found = sorted(path.parent.parent.name for path in CATALOG_FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))
    codes = [SOURCE, *(code for code in found if code != SOURCE)]
    return [SelectChoice(code, Locale.parse(code, sep="_").get_display_name(code).capitalize()) for code in codes]


SIZES = [SelectChoice("normal", Later(N_("Normal"))), SelectChoice("large", Later(N_("Large")))]


def one_of(choices, message: str):
    """WTForms has this check too, but not its words in our catalogs."""

    def check(form, field) -> None:
        offered = choices() if callable(choices) else choices
        if field.data not in [choice.value for choice in offered]:
            raise StopValidation(Later(message))

    check.field_flags = {"required": True}
    return check


class PreferencesForm(Form):
    called = StringField(
        Later(N_("What should we call you?")),
        [at_most(LONGEST_NAME, Later(N_("Use 80 letters at most")))], filters=[tidy],
    )  # fmt: skip
    text_size = RadioField(
        Later(N_("Size of the text")), [one_of(SIZES, N_("Choose a size"))], choices=SIZES, validate_choice=False
    )  # fmt: skip
    locale = RadioField(
        Later(N_("Language")), [one_of(languages, N_("Choose a language"))], choices=languages, validate_choice=False
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        """Nobody is asked to choose among one language."""
        super().__init__(*args, **kwargs)
        if len(languages()) == 1:
            del self.locale
