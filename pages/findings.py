"""What one test found, as pages show it: on the list, in its report, in its history. Words are made where they are shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from access.vocabulary import Category
from pages.stored import columns
from pages.stored import dated_in as taken_of
from rules.dates import ClinicalDate
from rules.measures import Pair, blood_pressure
from rules.quantities import Absent, AnyValue, from_json, is_drawable
from rules.results import Meaning, Range, Shown, ranges_from_json, shown_state
from rules.tests import BY_LOINC
from tables.results import Observation
from words import measures, values
from words.dates import day
from words.gettext import _
from words.results import meaning, meaning_class, state
from words.sentences import sentence
from words.tests import is_plain, name_of

RANKS = {code: rank for rank, code in enumerate(BY_LOINC)}
"""The plain names stand in the order in which people meet them: sugar and kidneys first."""

LONGEST = 140
"""Letters of a text that a sentence quotes; the page of the result has all of it."""

COLUMNS = (
    *columns(Observation, (
        "id", "ref", "label", "loinc", "kind", "category", "effective", "value", "interpretation", "ranges", "status",
        "corrected", "previous", "changed_at", "note", "performer", "specimen", "method", "component", "panel", "parent",
        "series", "report",
    )),
    "(SELECT series.ref FROM series WHERE series.id = observation.series) AS series_ref",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Before:
    """What a corrected result said until the laboratory changed it."""

    value: AnyValue | None

    @property
    def words(self) -> str:
        return values.value(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One test. `series` is the ref of its history, '' where it has none; `parts` are the members of a panel."""

    ref: str
    label: str
    loinc: str = ""
    kind: str = ""
    category: str = Category.RESULTS.value
    series: str = ""
    taken: ClinicalDate | None = None
    value: AnyValue | None = None
    meaning: Meaning = Meaning.NONE
    ranges: tuple[Range, ...] = ()
    state: Shown = Shown.FINAL
    corrected: bool = False
    before: Before | None = None
    changed_at: datetime | None = None
    note: str = ""
    performer: str = ""
    specimen: str = ""
    method: str = ""
    parts: tuple[Finding, ...] = ()

    @property
    def name(self) -> str:
        return name_of((self.loinc,), self.label)

    @property
    def laboratory_name(self) -> str:
        """The laboratory's own words, where the name is ours and another."""
        return self.label if is_plain((self.loinc,)) and self.label != self.name else ""

    @property
    def history(self) -> tuple[str, ...]:
        """The address of its history below the record; a pair's is that of its halves. () where it has none."""
        series = next((part.series for part in self.parts if part.series), "") if self.pair else self.series
        path = "vitals" if self.category == Category.VITALS.value else "tests"
        return (path, series) if series else ()

    @property
    def pair(self) -> Pair | None:
        return blood_pressure((part.loinc, part.value) for part in self.parts) if self.parts else None

    @property
    def is_group(self) -> bool:
        """A panel whose tests each have their own line; a blood pressure is read as one."""
        return bool(self.parts) and self.pair is None

    @property
    def leaves(self) -> tuple[Finding, ...]:
        """The tests below a panel, however deep; a single test is its own. A panel with a value is one of them."""
        if not self.is_group:
            return (self,)
        own = (replace(self, parts=()),) if self.has_value else ()
        return own + tuple(leaf for part in self.parts for leaf in part.leaves)

    @property
    def meant(self) -> str:
        """In the usual range; '' where nothing may be said."""
        return meaning(self.meaning, self.value)

    @property
    def sign(self) -> str:
        return meaning_class(self.meaning)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What must be said beside the value: what it means is said apart."""
        said = [sentence(state(self.state))] if self.state is Shown.NOT_FINAL else []
        if self.corrected:
            said.append(corrected_words(self))
        said += [remark for part in self.parts if self.pair for remark in _of_half(part)]
        return tuple(filter(None, (*said, self.note)))

    @property
    def has_value(self) -> bool:
        return self.value is not None and not isinstance(self.value, Absent)

    @property
    def has_number(self) -> bool:
        return is_drawable(self.value)

    @property
    def said(self) -> str:
        """The value in words, or why there is none; '' for a panel, whose parts say it."""
        if self.pair:
            return measures.blood_pressure(self.pair)
        if self.state is Shown.NOT_DONE and not self.has_value:
            return _("Not done")
        if self.state is Shown.WAITING:
            return _("Not back yet")
        return "" if self.value is None and self.parts else values.value(self.value)


def finding_of(row: dict[str, Any]) -> Finding:
    """From a row of Observation with COLUMNS."""
    value = from_json(row["value"]) if row["value"] else None
    has_value = row["panel"] or (value is not None and not isinstance(value, Absent))
    return Finding(
        ref=row["ref"], label=row["label"], loinc=row["loinc"], kind=row["kind"], category=row["category"],
        series=row["series_ref"] or "",
        taken=taken_of(row), value=value, meaning=Meaning(row["interpretation"]),
        ranges=ranges_from_json(row["ranges"] or ""), state=shown_state(row["status"], has_value),
        corrected=row["corrected"], before=before_of(row["previous"]), changed_at=row["changed_at"],
        note=row["note"] or "", performer=row["performer"] or "", specimen=row["specimen"] or "",
        method=row["method"] or "",
    )  # fmt: skip


def before_of(previous: str | None) -> Before | None:
    """From Observation.previous: {"value", "status", "at"}; the value is canonical JSON, as text or as it is."""
    if not previous:
        return None
    sent = msgspec.json.decode(previous)
    value = sent.get("value")
    if value is not None:
        value = from_json(value if isinstance(value, str) else msgspec.json.encode(value))
    return Before(value)


def nested(rows: list[dict[str, Any]]) -> tuple[Finding, ...]:
    """Rows of one report or one test, as findings: members and components inside the panel they belong to."""
    known = {row["id"] for row in rows}
    inside: dict[Any, list[dict]] = {}
    for row in rows:
        if row["parent"] in known and row["parent"] != row["id"]:
            inside.setdefault(row["parent"], []).append(row)
    outer = sorted((row for row in rows if row["parent"] not in known), key=_place)
    return tuple(_whole(row, inside, frozenset()) for row in outer)


def _place(row: dict[str, Any]) -> tuple:
    """Feeds keep no order that means anything, so tests stand as people meet them; components as they were sent."""
    return row["component"] is not None, row["component"] or 0, RANKS.get(row["loinc"], len(RANKS)), row["label"]


def _whole(row: dict, inside: dict[Any, list[dict]], above: frozenset) -> Finding:
    """A panel may hold panels; one that holds itself is cut there."""
    members = sorted((one for one in inside.get(row["id"], ()) if one["id"] not in above), key=_place)
    parts = tuple(_whole(member, inside, above | {row["id"]}) for member in members)
    return replace(finding_of(row), parts=parts) if parts else finding_of(row)


def corrected_words(one: Finding, name: str = "") -> str:
    """That it was changed, and what stood there before. The day is said where we saw the change ourselves."""
    said = [f"{name}:"] if name else []
    seen = one.before is not None and one.changed_at is not None
    measured = one.category == Category.VITALS.value
    if seen:
        changed = _("This was changed on %(day)s.") if measured else _("The laboratory changed this on %(day)s.")
        said.append(changed % {"day": day(one.changed_at)})
    else:
        said.append(_("This was changed.") if measured else _("The laboratory changed this."))
    if one.before and one.before.value is not None:
        said.append(sentence(_("It said %(before)s before", before=clipped(one.before.words))))
    return " ".join(said)


def _of_half(part: Finding) -> list[str]:
    """What was sent of one half of a pair: its place in its own range, and what it said before."""
    meant = f"{part.name}: {part.meant}" if part.meant else ""
    before = part.before.words if part.before and part.before.value is not None else ""
    said = [_("%(name)s: it said %(before)s before", name=part.name, before=clipped(before))] if before else []
    return [sentence(words) for words in (meant, *said) if words]


def clipped(text: str) -> str:
    """The first words of a long text, on one line."""
    line = " ".join(text.split()) if "\n" in text else text
    return line if len(line) <= LONGEST else line[:LONGEST].rsplit(" ", 1)[0] + "…"
