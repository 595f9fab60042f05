"""One row of the list of results: a report or a lone test, and what it found in a sentence or two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from pages.findings import RANKS, Finding, before_of, clipped, corrected_words
from rules.dates import ClinicalDate
from rules.quantities import Absent, Quantity, from_json, is_censored
from rules.results import OUT, Meaning, Shown, shown_state
from words.dates import day_short
from words.gettext import _, ngettext
from words.results import meaning, meaning_class, specimen, state, state_tag
from words.sentences import sentence
from words.tests import is_plain, name_of

MOST_SAID = 3
"""How many tests of a report a row names."""

TELLING = frozenset({Meaning.POSITIVE, Meaning.UNCLEAR, Meaning.RESISTANT})
WAITS = 2
PENDING = {1: Shown.NOT_FINAL, WAITS: Shown.WAITING}


@dataclass(frozen=True, slots=True)
class Said:
    """A part of a row's sentence. `sign` is the stylesheet's up, down or in, which the words repeat."""

    words: str
    sign: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """`named` are the tests a row names, the most telling first, of `tests` in all. `whole` is a lone panel."""

    ref: str
    report: bool
    label: str
    loinc: str
    kind: str
    taken: ClinicalDate | None
    state: Shown
    new: bool
    corrected: bool
    written: str
    attached: bool
    named: tuple[Finding, ...]
    tests: int
    outside: int
    inside: int

    @property
    def only(self) -> Finding | None:
        return self.named[0] if self.tests == 1 and self.named else None

    @property
    def path(self) -> tuple[str, str]:
        """A lone test leads to its history, a report to itself."""
        lone = None if self.report else self.only
        return ("tests", lone.series) if lone and lone.series else ("results", self.ref)

    @property
    def name(self) -> str:
        if self.only and not is_plain((self.loinc,)) and is_plain((self.only.loinc,)):
            return self.only.name
        return name_of((self.loinc,), self.label)

    @property
    def tags(self) -> tuple[tuple[str, str], ...]:
        found = [("new", _("New"))] if self.new else []
        if self.corrected:
            found.append((state_tag(Shown.CORRECTED), state(Shown.CORRECTED)))
        if self.state in (Shown.NOT_FINAL, Shown.WAITING, Shown.NOT_DONE):
            found.append((state_tag(self.state), state(self.state)))
        return tuple(found)

    @property
    def headline(self) -> str:
        """The answer of the row."""
        if self.only and self.only.has_value:
            return sentence(clipped(_begun(self.only)))
        if self.tests > 1:
            return self._counted()
        return "" if self.written or self.attached else _nothing(self.only.state if self.only else self.state)

    @property
    def details(self) -> tuple[Said, ...]:
        if self.only:
            words = self.only.meant if self.only.has_value else ""
            return (Said(sentence(words), meaning_class(self.only.meaning)),) if words else ()
        if self.tests:
            return tuple(self._outside() if self.outside else self._first_few())
        if self.written:
            return (Said(sentence(clipped(self.written))),)
        return (Said(_("A document came with it.")),) if self.attached else ()

    @property
    def corrections(self) -> tuple[str, ...]:
        return tuple(corrected_words(one, "" if self.only else one.name) for one in self.named if one.corrected)

    @property
    def when(self) -> str:
        """Blood, taken May 8."""
        return taken_words(self.kind, self.taken, written=self.report and not self.tests)

    def _counted(self) -> str:
        if self.tests == self.inside:
            return ngettext(
                "%(count)s test, in the usual range.", "%(count)s tests, all in the usual range.", self.tests
            )
        return ngettext("%(count)s test.", "%(count)s tests.", self.tests)

    def _outside(self) -> list[Said]:
        out = [one for one in self.named if one.meaning in OUT]
        said = []
        for place, found in groupby(out, key=lambda one: one.meaning):
            told = ", ".join(_told(one) for one in found)
            said.append(Said(_("%(place)s: %(tests)s.", place=meaning(place), tests=told), meaning_class(place)))
        more = self.outside - len(out)
        if more > 0:
            said.append(Said(ngettext("%(count)s more is not as usual.", "%(count)s more are not as usual.", more)))
        return said

    def _first_few(self) -> list[Said]:
        if self.tests == self.inside:
            return []
        told = ", ".join(_told(one) for one in self.named)
        more = self.tests - len(self.named)
        if more <= 0:
            return [Said(sentence(told))]
        return [Said(ngettext("%(tests)s and %(count)s more.", "%(tests)s and %(count)s more.", more, tests=told))]


def row_of(row: dict[str, Any], held: Mapping[str, list[dict[str, Any]]]) -> ResultRow:
    """From a row of the list and the tests it holds; a lone test holds itself."""
    leaves = held.get(row["id"], []) if row["report"] or row["panel"] else [row | {"corrected": row["fixed"]}]
    meanings = [one["interpretation"] for one in leaves]
    outside, inside = sum(one in OUT for one in meanings), meanings.count("in")
    return ResultRow(
        ref=row["ref"], report=bool(row["report"]), label=row["label"], loinc=row["loinc"], kind=row["kind"],
        taken=_taken(row), state=PENDING.get(row["pending"]) or shown_state(row["status"]),
        new=bool(row["fresh"]) and row["pending"] != WAITS, corrected=bool(row["fixed"]),
        written=row["written"] or "", attached=row["attachments"] is not None,
        named=tuple(map(_brief, _told_of(leaves, outside, inside))), tests=len(leaves), outside=outside, inside=inside,
    )  # fmt: skip


def _told_of(leaves: list[dict[str, Any]], outside: int, inside: int) -> list[dict[str, Any]]:
    """The few that the row will name: none where all are in the range, else those that stand out."""
    if len(leaves) < 2:
        return leaves
    if inside == len(leaves):
        leaves = [one for one in leaves if one["corrected"]]
    elif outside:
        leaves = [one for one in leaves if one["corrected"] or one["interpretation"] in OUT]
    return sorted(leaves, key=_how_telling)[:MOST_SAID]


def _taken(row: dict[str, Any]) -> ClinicalDate | None:
    starts, ends = (row["r_starts"], row["r_ends"]) if row["report"] else (row["o_starts"], row["o_ends"])
    return ClinicalDate(row["effective_text"], row["effective_precision"], starts, ends) if starts else None


def _how_telling(row: dict[str, Any]) -> tuple[int, int, str]:
    return telling_order(row["interpretation"], row["corrected"], row["loinc"], row["id"])


def telling_order(meaning: str, corrected: bool, loinc: str, otherwise: str) -> tuple[int, int, str]:
    """Corrected first, then outside the range, then found; among equals those that most people know."""
    rank = 1 if corrected else 2 if meaning in OUT else 3 if meaning in TELLING else 4
    return rank, RANKS.get(loinc, len(RANKS)), otherwise


def listed_row(row: dict[str, Any], findings: tuple[Finding, ...], *, report: bool, state, taken, new) -> ResultRow:
    """The same row, from everything that its page has read."""
    leaves = tuple(leaf for one in findings for leaf in one.leaves)
    telling = sorted(leaves, key=lambda one: telling_order(one.meaning, one.corrected, one.loinc, one.ref))
    return ResultRow(
        ref=row["ref"], report=report, label=row["label"], loinc=row["loinc"], kind=row["kind"], taken=taken,
        state=state, new=new, corrected=bool(row["corrected"]) or any(one.corrected for one in leaves),
        written=row["conclusion"] or row["note"] or "", attached=bool(row["attachments"]),
        named=tuple(telling[:MOST_SAID]), tests=len(leaves), outside=sum(one.meaning in OUT for one in leaves),
        inside=sum(one.meaning is Meaning.IN for one in leaves),
    )  # fmt: skip


def _brief(row: dict[str, Any]) -> Finding:
    value = from_json(row["value"]) if row["value"] else None
    return Finding(
        ref=row["ref"], label=row["label"], loinc=row["loinc"], kind=row["kind"], series=row.get("series_ref") or "",
        value=value, meaning=Meaning(row["interpretation"]), corrected=bool(row["corrected"]),
        state=shown_state(row["status"], value is not None and not isinstance(value, Absent)),
        before=before_of(row["previous"]), changed_at=_moment(row["changed_at"]),
    )  # fmt: skip


def _moment(sent: datetime | str | None) -> datetime | None:
    """SQLite knows no type for what an expression makes, and gives the text that it keeps."""
    return datetime.fromisoformat(sent) if isinstance(sent, str) else sent


def taken_words(kind: str, taken: ClinicalDate | None, written: bool = False) -> str:
    if taken is None:
        return _("Date not known")
    on = day_short(taken)
    if written:
        return _("Written %(day)s", day=on)
    from_what = specimen(kind) if kind in ("blood", "urine", "stool", "swab") else ""
    return _("%(sample)s, taken %(day)s", sample=from_what, day=on) if from_what else _("Taken %(day)s", day=on)


def _told(one: Finding) -> str:
    return f"{one.name} {clipped(one.said)}"


def _begun(one: Finding) -> str:
    """A bound is words, so it begins as a sentence does: Less than 5 mg/dL."""
    bound = isinstance(one.value, Quantity) and is_censored(one.value)
    return one.said[:1].upper() + one.said[1:] if bound else one.said


def _nothing(shown: Shown) -> str:
    if shown is Shown.WAITING:
        return _("Not back yet.")
    return _("This was not done.") if shown is Shown.NOT_DONE else _("Nothing is written in it.")
