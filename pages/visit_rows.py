"""One visit in a line or two: when, what for, with whom, where. The list, the summary and the home page say it alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pages.stored import columns, dated_in, listed
from rules.dates import ClinicalDate
from tables.visits import Encounter
from words import states
from words.dates import clinical, weekday
from words.gettext import N_, _
from words.names import list_of

COLUMNS = columns(
    Encounter, ("id", "ref", "status", "label", "reasons", "participants", "place", "organization", "effective")
)

STATES = {
    "planned": ("wait", N_("Planned")),
    "arrived": ("wait", N_("Going on now")),
    "triaged": ("wait", N_("Going on now")),
    "in-progress": ("wait", N_("Going on now")),
    "onleave": ("wait", N_("Going on now")),
    "cancelled": ("", N_("Called off")),
}
"""FHIR EncounterStatus where it is worth a word; `finished` and `unknown` are not."""

GOING_ON = frozenset({"arrived", "triaged", "in-progress", "onleave"})


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRow:
    """`written`: the clinic wrote a summary of it."""

    ref: str
    status: str
    label: str
    reasons: tuple[str, ...]
    people: tuple[str, ...]
    place: str
    organization: str
    dated: ClinicalDate | None
    written: bool = False

    @property
    def name(self) -> str:
        """What it was for, else what kind of visit it was."""
        return ", ".join(self.reasons) or self.label or _("Visit")

    @property
    def kind(self) -> str:
        """The clinic's words for this kind of visit, where the name is another."""
        return self.label if self.reasons and self.label not in self.reasons else ""

    @property
    def when(self) -> str:
        if self.dated is None:
            return _("Date not known")
        if self.status in GOING_ON and self.dated.is_open:
            return _("Since %(day)s", day=clinical(self.dated))
        return clinical(self.dated)

    @property
    def heading(self) -> str:
        """Friday, April 3, 2026, where one day was sent; else as much as is known."""
        if self.dated is None or clinical(self.dated) != clinical(_first(self.dated)):
            return self.when
        return self.when if self.dated.precision in ("year", "month") else weekday(self.dated.starts)

    @property
    def who(self) -> str:
        return list_of(self.people)

    @property
    def where(self) -> str:
        return ", ".join(dict.fromkeys(filter(None, (self.place, self.organization))))

    @property
    def tag(self) -> tuple[str, str] | None:
        return states.tag(STATES, self.status)


def _first(dated: ClinicalDate) -> ClinicalDate:
    """The day a period begins; anything else as it is."""
    return ClinicalDate(dated.text, "day", dated.starts, dated.ends) if dated.precision == "period" else dated


def visit_of(row: dict[str, Any], written: bool = False) -> VisitRow:
    """From a row of Encounter with COLUMNS."""
    people = (one["name"] for one in listed(row["participants"]) if one.get("name"))
    return VisitRow(
        ref=row["ref"], status=row["status"], label=row["label"], reasons=tuple(listed(row["reasons"])),
        people=tuple(dict.fromkeys(people)), place=row["place"] or "", organization=row["organization"] or "",
        dated=dated_in(row), written=written,
    )  # fmt: skip
