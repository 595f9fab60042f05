"""Names of people within sentences."""

from collections.abc import Sequence

from babel.lists import format_list

from words.gettext import _, babel_locale


def possessive(name: str) -> str:
    """Maria’s."""
    return _("%(name)s’s", name=name)


def list_of(names: Sequence[str]) -> str:
    """Maria, Ana, and Sam."""
    return format_list(list(names), locale=babel_locale()) if names else ""


def in_sentence(name: str) -> str:
    """A test's plain name inside a sentence: Hemoglobin → hemoglobin; LDL and C-reactive protein stay."""
    second = name[1:2]
    keeps_capital = babel_locale().startswith("de")
    return name if keeps_capital or not second.islower() else name[0].lower() + name[1:]
