"""`/about/accessibility`: what we aim for, when we last looked, and what we know is not good yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from words.dates import day, month
from words.gettext import N_, _

CHECKED = date(2026, 11, 26)
"""The day on which every page and document of this release was last checked; changed with the checks, never alone."""


@dataclass(frozen=True, slots=True)
class Defect:
    """What is not good, since when we know, and what helps until it is mended."""

    known: date
    what: str
    until: str

    @property
    def words(self) -> str:
        return _("%(what)s Known since %(month)s. %(until)s", what=_(self.what), month=month(self.known), until=_(self.until))


DEFECTS = (
    Defect(
        date(2026, 11, 1), N_("Letters and pictures that others sent us may not be easy to read or hear."),
        N_("Ask us: we read them to you, or send another form."),
    ),
    Defect(
        date(2026, 11, 1), N_("We have checked with programs that read pages aloud, but not yet with people who use them each day."),
        N_("Tell us what is in your way."),
    ),
    Defect(
        date(2026, 11, 1), N_("The portal speaks only English so far."), N_("Call us: we can bring in an interpreter."),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AccessibilityPage:
    checked: date
    defects: tuple[Defect, ...]

    @property
    def looked(self) -> str:
        return _("We last checked all pages and documents on %(day)s.", day=day(self.checked))


def accessibility_page() -> AccessibilityPage:
    return AccessibilityPage(CHECKED, DEFECTS)
