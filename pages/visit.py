"""`R/visits/{visit}`: the summary of one visit. Screen, paper and plain text are made from the same parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from access.grant import RecordGrant
from access.vocabulary import Category
from pages.address import Address, RecordPage
from pages.findings import Finding, nested
from pages.pointed import reasons_without, unsayable
from pages.sheet import Link, Remark
from pages.stored import listed
from pages.visit_query import OfVisit, Rows, of_visit, the_visit
from pages.visit_rows import GOING_ON, VisitRow, visit_of
from pages.written import Block, blocks
from rules.doses import Dose, doses_from_json
from rules.results import Shown, shown_state
from tables.conditions import Condition
from words.gettext import _
from words.tests import name_of

WRITTEN_BY_SECTIONS = "Composition"
PATHS = {Category.RESULTS.value: "results", Category.IMAGING.value: "imaging"}


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody wrote: (heading, text) of each section. `summary`: the clinic's own summary, which comes first."""

    title: str
    sections: tuple[tuple[str, str], ...]
    author: str = ""
    summary: bool = False

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All of it, the headings of its sections included."""
        said: list[Block] = []
        for heading, body in self.sections:
            lines = blocks(body)
            said += [Block("heading", (heading,)), *lines] if heading and lines else lines
        return tuple(said)

    @property
    def words(self) -> str:
        """Its bare words, by which two copies of one text are known."""
        return " ".join(re.findall(r"\w+", " ".join(line for one in self.blocks for line in one.lines))).casefold()


@dataclass(frozen=True, slots=True)
class Problem:
    label: str
    verification: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """`empty`: nothing to read in it yet, or never."""

    ref: str
    label: str
    loinc: str
    imaging: bool
    path: str
    """Of its own page; '' where it is a note of the visit and has none."""
    conclusion: str
    state: Shown
    empty: bool


@dataclass(frozen=True, slots=True)
class Ordered:
    """A medicine as it was written down at the visit. `status` is FHIR's."""

    label: str
    doses: tuple[Dose, ...]
    reason: str
    status: str


@dataclass(frozen=True, slots=True)
class Done:
    """Something done, or a vaccine given. `not_done` and why."""

    label: str
    details: tuple[str, ...]
    not_done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPage(RecordPage):
    """`withheld`: the clinic wrote texts that this viewer may not read, since they cannot be shown in part."""

    own: bool
    given: str
    visit: VisitRow
    texts: tuple[Text, ...] = ()
    withheld: bool = False
    problems: tuple[Problem, ...] = ()
    measured: tuple[Finding, ...] = ()
    tests: tuple[Finding, ...] = ()
    reports: tuple[Report, ...] = ()
    medicines: tuple[Ordered, ...] = ()
    done: tuple[Done, ...] = ()
    vaccines: tuple[Done, ...] = ()

    @property
    def lede(self) -> str:
        """You saw Dr. Lena Okafor. It was about: feeling tired."""
        if self.visit.status == "cancelled":
            return _("This visit was cancelled.")
        if self.visit.status == "planned":
            return _("This visit is planned.")
        said = [_("It was about: %(what)s.", what=self.visit.name)]
        if self.visit.who:
            said.insert(0, self._saw())
        if self.visit.status in GOING_ON:
            said.append(_("This visit is still open, so more may be added."))
        return " ".join(said)

    def _saw(self) -> str:
        if self.own:
            return _("You saw %(who)s.", who=self.visit.who)
        return _("%(given)s saw %(who)s.", given=self.given, who=self.visit.who)

    @property
    def parts(self) -> tuple:
        from pages.visit_parts import parts_of

        return parts_of(self)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What the heading and the first sentence do not say."""
        visit, told = self.visit, self.visit.status not in ("cancelled", "planned")
        found = [
            (_("When"), visit.when if visit.when not in visit.heading else ""),
            (_("About"), "" if told else visit.name), (_("Kind of visit"), visit.kind),
            (_("With"), "" if told else visit.who), (_("Where"), visit.where),
        ]  # fmt: skip
        return [(term, words) for term, words in found if words]

    @property
    def nothing(self) -> str:
        return _("Nothing else is written here about this visit.")

    @property
    def remarks(self) -> tuple[Remark, ...]:
        if not self.withheld:
            return ()
        why = _("The clinic wrote about this visit in its own words. They can name things that were not shared with you.")
        return (Remark(_("A text is left out."), why),)

    @property
    def links(self) -> tuple[Link, ...]:
        """To its reports, which have pages of their own."""
        return tuple(
            Link((one.path, one.ref), name_of((one.loinc,), one.label)) for one in self.reports if one.path
        )

    @property
    def to_measures(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        """(address, name) of the histories of what was measured; each once."""
        return tuple({one.history: (one.history, one.name) for one in self.measured if one.history}.values())


async def visit_page(grant: RecordGrant, ref: str) -> VisitPage | None:
    """None where there is no such visit for this grant."""
    sent = await the_visit(grant, ref)
    if sent is None:
        return None
    grant.showed("Encounter", [sent["id"]])
    hidden = await unsayable(grant, Condition)
    [encounter] = reasons_without([sent], hidden)
    found = await of_visit(grant, encounter, hidden)
    readable = grant.reads_texts
    return VisitPage(
        at=Address.of(grant), own=grant.own, given=grant.given, visit=visit_of(encounter, bool(found.texts)),
        texts=_texts(found) if readable else (), withheld=not readable and bool(_texts(found)),
        problems=_problems(grant, encounter, found.conditions, hidden), measured=_findings(found.tests, Category.VITALS),
        tests=_findings(found.tests, Category.RESULTS), reports=tuple(map(_report, found.reports)),
        medicines=tuple(map(_ordered, found.medicines)),
        done=tuple(_done(row, "performer", "outcome", "note") for row in found.procedures),
        vaccines=tuple(_done(row, "dose") for row in found.vaccines),
    )  # fmt: skip


def _findings(rows: Rows, category: Category) -> tuple[Finding, ...]:
    """A panel's members one by one, except a blood pressure, which is read as one."""
    found: list[Finding] = []
    for one in nested([row for row in rows if row["category"] == category.value]):
        found += _leaves(one)
    return tuple(found)


def _leaves(one: Finding) -> list[Finding]:
    if not one.parts or one.pair:
        return [one]
    own = [one] if one.has_value else []
    return own + [leaf for part in one.parts for leaf in _leaves(part)]


def _problems(grant: RecordGrant, encounter: dict[str, Any], rows: Rows, hidden: frozenset[str]) -> tuple[Problem, ...]:
    """What the visit itself names in words counts only where it points at nothing that could be hidden, and is no name
    of what is."""
    found = {row["label"]: Problem(row["label"], row["verification"]) for row in rows}
    if grant.may(Category.CONDITIONS):
        spoken = [one["text"] for one in listed(encounter["diagnoses"]) if one.get("text") and not one.get("condition")]
        found |= {text: Problem(text) for text in spoken if text not in found and text not in hidden}
    return tuple(found.values())


def _report(row: dict[str, Any]) -> Report:
    empty = not (row["test_count"] or row["conclusion"] or row["note"])
    return Report(
        row["ref"], row["label"], row["loinc"], row["category"] == Category.IMAGING.value,
        PATHS.get(row["category"], ""), row["conclusion"] or "",
        shown_state(row["status"], not empty), empty,
    )


def _ordered(row: dict[str, Any]) -> Ordered:
    return Ordered(row["label"], doses_from_json(row["doses"] or ""), row["reason"] or "", row["status"])


def _done(row: dict[str, Any], *columns: str) -> Done:
    why = row.get("status_reason") or row.get("not_done_reason") or ""
    not_done = row["status"] == "not-done"
    details = [row[name] for name in columns if row[name]]
    return Done(row["label"], tuple([why, *details] if why else details), not_done)


def _texts(found: OfVisit) -> tuple[Text, ...]:
    """Each once: feeds send the same note as a report, as a document and as a summary."""
    texts = [
        Text(row["title"], _sections(row), row["author"] or "", row["fhir_type"] == WRITTEN_BY_SECTIONS)
        for row in found.texts
    ]
    notes = [(row["label"], row["note"], row["performer"]) for row in found.reports]
    notes += [(row["title"] or row["label"], row["note"], row["author"]) for row in found.letters]
    texts += [Text(title, (("", note),), author or "") for title, note, author in notes if note]
    once: dict[str, Text] = {}
    for text in texts:
        once.setdefault(text.words, text)
    return tuple(text for words, text in once.items() if words)


def _sections(row: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((one.get("title") or "", one.get("text") or "") for one in listed(row["sections"]))
