"""Messages in the reader's language. `use(locale, zone)` holds both for one request, job or document.

The pseudo-locale `xx` puts every message between ⟦ and ⟧ and makes it longer: a page on which words stand
outside such brackets has a message that does not go through here, and a page that breaks has no room to grow.
"""

import gettext as catalogs
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

CATALOG_FOLDER = Path(__file__).resolve().parent.parent / "locale"
DOMAIN = "messages"
SOURCE = "en"
PSEUDO = "xx"


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom words are made: a locale such as `en` or `es`, and the IANA zone of the site."""

    locale: str = SOURCE
    zone: str = "UTC"


_reader: ContextVar[Reader] = ContextVar("reader", default=Reader())


@contextmanager
def use(locale: str, zone: str | None = None) -> Iterator[Reader]:
    """Words within are for this locale and zone; without a zone, the zone stays as it is."""
    reader = Reader(locale, zone or _reader.get().zone)
    token = _reader.set(reader)
    try:
        yield reader
    finally:
        _reader.reset(token)


def reader() -> Reader:
    return _reader.get()


def _(message: str, **values: object) -> str:
    """The message in the reader's language, `%(name)s` filled from the values."""
    return _filled(_catalog(_reader.get().locale).gettext(message), values)


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """The form for this count; `%(count)s` is filled with it."""
    text = _catalog(_reader.get().locale).ngettext(one, many, count)
    return _filled(text, {"count": count, **values})


def pgettext(context: str, message: str, **values: object) -> str:
    """For a message whose translation depends on where it stands."""
    return _filled(_catalog(_reader.get().locale).pgettext(context, message), values)


def npgettext(context: str, one: str, many: str, count: int, **values: object) -> str:
    text = _catalog(_reader.get().locale).npgettext(context, one, many, count)
    return _filled(text, {"count": count, **values})


def N_(message: str) -> str:
    """Marks a message for the catalog; it is translated where it is shown, by `_`."""
    return message


def jinja_callables() -> dict[str, object]:
    """For `environment.install_gettext_callables(**…, newstyle=True)`; Jinja fills in the values and escapes them."""
    return {
        "gettext": lambda m: _catalog(_reader.get().locale).gettext(m),
        "ngettext": lambda s, p, n: _catalog(_reader.get().locale).ngettext(s, p, n),
        "pgettext": lambda c, m: _catalog(_reader.get().locale).pgettext(c, m),
        "npgettext": lambda c, s, p, n: _catalog(_reader.get().locale).npgettext(c, s, p, n),
    }


def bracketed(text: str) -> str:
    """What Babel makes (dates, lists) has no message; the pseudo-locale brackets it too, so that tests see it is localised."""
    return f"⟦{text}⟧" if _reader.get().locale == PSEUDO else text


def babel_locale() -> str:
    """The locale whose dates and numbers are used."""
    locale = _reader.get().locale
    return SOURCE if locale == PSEUDO else locale.replace("-", "_")


class PseudoCatalog(catalogs.NullTranslations):
    """Leaves the message whole, placeholders and markup included, and adds a third of its length."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}{' ·' * (1 + len(message) // 6)}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(super().ngettext(msgid1, msgid2, n))

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return self.ngettext(msgid1, msgid2, n)


@lru_cache(maxsize=16)
def _catalog(locale: str) -> catalogs.NullTranslations:
    if locale == PSEUDO:
        return PseudoCatalog()
    languages = [locale.replace("-", "_"), locale.partition("-")[0].partition("_")[0]]
    return catalogs.translation(DOMAIN, CATALOG_FOLDER, languages, fallback=True)


def _filled(text: str, values: dict[str, object]) -> str:
    return text % values if values else text


class Later:
    """A message of a form or a notice: made into words where it is shown, in the reader's language of that moment.

    A value may be a function; it is called then, too. `Later(N_("Try again at %(time)s."), time=lambda: clock(at))`
    """

    __slots__ = ("message", "values")

    def __init__(self, message: str, **values: object):
        self.message, self.values = message, values

    def __str__(self) -> str:
        return _(self.message, **{name: value() if callable(value) else value for name, value in self.values.items()})
