"""The home of one record: what needs you, the last visit, and for a helper what they were given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from access.grant import RecordGrant
from access.visible import one_of, visible
from access.vocabulary import PLACES, Category
from pages.address import Address, RecordPage
from pages.appointments import Coming, next_appointment
from pages.documents import document_name
from pages.findings import taken_of
from pages.given import Given, given_by
from pages.pointed import with_reasons
from pages.requests import unread
from pages.stored import Row, columns
from pages.visit_rows import COLUMNS as VISIT
from pages.visit_rows import VisitRow, visit_of
from rules.dates import ClinicalDate
from rules.newness import NEW_FOR, is_new
from rules.results import Shown, shown_state
from tables.documents import DocumentReference
from tables.results import DiagnosticReport, Observation
from tables.visits import Encounter
from words.dates import day_short
from words.gettext import _, ngettext
from words.names import list_of
from words.tests import name_of

MOST_NAMED = 3
PENDING = ("registered", "preliminary", "partial", "unknown")


@dataclass(frozen=True, slots=True)
class News:
    """A result that is new, was corrected, or is not back yet."""

    label: str
    loinc: str
    taken: ClinicalDate | None

    @property
    def name(self) -> str:
        return name_of((self.loinc,), self.label)


@dataclass(frozen=True, slots=True)
class Todo:
    title: str
    words: str
    kind: str
    tag: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage(RecordPage):
    """`sees` are the categories whose pages may be opened. Whatever may not be seen is empty and uncounted."""

    given: str
    own: bool
    preview: bool
    sees: frozenset[str]
    new: tuple[News, ...] = ()
    corrected: tuple[News, ...] = ()
    waiting: tuple[News, ...] = ()
    scans: tuple[News, ...] = ()
    papers: tuple[News, ...] = ()
    answers: tuple[str, ...] = ()
    coming: Coming | None = None
    visit: VisitRow | None = None
    share: Given | None = None

    @property
    def heading(self) -> str:
        return _("What needs you") if self.own else _("What needs %(given)s", given=self.given)

    @property
    def nothing(self) -> str:
        if self.own:
            return _("Nothing needs you now.")
        return _("Nothing that you can see here needs %(given)s now.", given=self.given)

    def todos(self) -> tuple[Todo, ...]:
        found = []
        if self.new:
            title = ngettext("%(count)s new test result", "%(count)s new test results", len(self.new))
            found.append(Todo(title, self._new(), "new", _("New"), "results"))
        if self.corrected:
            title = ngettext("%(count)s result was corrected", "%(count)s results were corrected", len(self.corrected))
            found.append(Todo(title, _named(self.corrected), "fix", _("Corrected"), "results"))
        if self.waiting:
            title = ngettext("%(count)s result is not back yet", "%(count)s results are not back yet", len(self.waiting))
            found.append(Todo(title, _named(self.waiting), "wait", _("Waiting"), "results"))
        if self.scans:
            title = ngettext("%(count)s new scan report", "%(count)s new scan reports", len(self.scans))
            found.append(Todo(title, _named(self.scans), "new", _("New"), "imaging"))
        if self.papers:
            title = ngettext("%(count)s new letter or document", "%(count)s new letters and documents", len(self.papers))
            found.append(Todo(title, _named(self.papers), "new", _("New"), "documents"))
        if self.answers:
            title = ngettext("%(count)s new answer from us", "%(count)s new answers from us", len(self.answers))
            found.append(Todo(title, _listed(self.answers), "new", _("New"), "requests"))
        return tuple(found)

    def _new(self) -> str:
        """Blood count and Ferritin, taken May 8."""
        days = {day_short(one.taken) for one in self.new if one.taken}
        if len(days) != 1:
            return _named(self.new)
        return _("%(tests)s Taken %(day)s.", tests=_named(self.new), day=days.pop())

    def elsewhere(self) -> list[tuple[str, str]]:
        """(path, words) of the pages that nothing above leads to."""
        found = [] if self.new or self.corrected or self.waiting else [("results", _("All test results"))]
        found += [("visits", _("All visits")), ("summary", _("Health summary")), ("emergency-card", _("Emergency card"))]
        found += [("activity", _("Who has looked at your record") if self.own else _("Who has looked"))]
        return [(path, words) for path, words in found if path in self.sees]


def _named(news: Sequence[News]) -> str:
    return _listed([one.name for one in news])


def _listed(said: Sequence[str]) -> str:
    names = list(dict.fromkeys(said))
    more = len(names) - MOST_NAMED
    if more <= 0:
        return _("%(tests)s.", tests=list_of(names))
    return ngettext(
        "%(tests)s and %(count)s more.", "%(tests)s and %(count)s more.", more, tests=", ".join(names[:MOST_NAMED])
    )


async def home_page(grant: RecordGrant) -> HomePage:
    reports, scans = await _reports(grant)
    tests = await _tests(grant) if grant.may(Category.RESULTS) else []
    fixed = [row for row in (*tests, *reports) if row["corrected"] and row["changed_at"] > grant.now - NEW_FOR]
    inside = {row["report"] for row in fixed if row.get("report")}
    lone = [*reports, *(row for row in tests if row["report"] is None and row["parent"] is None)]
    return HomePage(
        at=Address.of(grant), given=grant.given, own=grant.own, preview=grant.preview,
        sees=frozenset(one.path for one in PLACES if grant.may(one.category)),
        new=_news(row for row in lone if row not in fixed and not _waits(row) and _fresh(grant, row)),
        corrected=_news(row for row in fixed if row["id"] not in inside),
        waiting=_news(row for row in lone if _waits(row)),
        scans=_news(scans),
        papers=await _papers(grant),
        answers=await unread(grant),
        coming=await next_appointment(grant) if grant.may(Category.APPOINTMENTS) else None,
        visit=await _last_visit(grant) if grant.may(Category.VISITS) else None,
        share=None if grant.own else await given_by(grant),
    )  # fmt: skip


NEWS = ("label", "loinc", "status", "corrected", "changed_at", "released_at", "effective")
REPORTS = columns(DiagnosticReport, ("id", *NEWS, "category", "conclusion", "note"))
TESTS = columns(Observation, ("id", *NEWS, "report", "parent", "number", "value", "absent_reason", "panel"))
PAPERS = columns(DocumentReference, ("id", "label", "loinc", "title", "released_at", "effective"))
IN_RESULTS = "category = 'results' AND"
CORRECTED = "changed_at > ? AND corrected = ?"
LONE = "report IS NULL AND parent IS NULL"


async def _reports(grant: RecordGrant) -> tuple[list[Row], list[Row]]:
    """Test reports with news, and scan reports that are new. One read for both: they stand in one table."""
    if not (grant.may(Category.RESULTS) or grant.may(Category.IMAGING)):
        return [], []
    since, pending = grant.now - NEW_FOR, one_of("status", PENDING)
    also = f"(released_at > ? OR {IN_RESULTS} ({CORRECTED} OR {pending}))"
    rows = await _with_told(grant, also, since, since, True, *PENDING)
    scans = [row for row in rows if row["category"] == Category.IMAGING and _fresh(grant, row)]
    found = [row for row in rows if row["category"] == Category.RESULTS]
    grant.showed("DiagnosticReport", [row["id"] for row in (*found, *scans)])
    return [{**row, "empty": not (row["told"] or row["conclusion"] or row["note"])} for row in found], scans


async def _with_told(grant: RecordGrant, also: str, *values: Any) -> list[Row]:
    """Reports, and of each that is pending whether a test says something of it: the others are not back yet, as in the
    list of results. A CASE, since SQLite answers both sides of an AND."""
    reports, tests = visible(grant, DiagnosticReport).predicate, visible(grant, Observation).predicate
    says = f"{tests.sql} AND report = diagnostic_report.id AND value IS NOT NULL AND absent_reason = ''"
    told = f"CASE WHEN {one_of('status', PENDING)} THEN EXISTS (SELECT 1 FROM observation WHERE {says}) END AS told"
    return await grant.house.database.rows(
        f"SELECT {', '.join(REPORTS)}, {told} FROM diagnostic_report WHERE {reports.sql} AND ({also})",
        *PENDING, *tests.values, *reports.values, *values,
    )  # fmt: skip


async def _tests(grant: RecordGrant) -> list[Row]:
    since, pending = grant.now - NEW_FOR, one_of("status", PENDING)
    also = f"{IN_RESULTS} ({LONE} AND (released_at > ? OR {pending}) OR {CORRECTED})"
    found = await visible(grant, Observation).rows(TESTS, also, since, *PENDING, since, True)
    grant.showed("Observation", [row["id"] for row in found])
    return [{**row, "empty": (not row["value"] or bool(row["absent_reason"])) and not row["panel"]} for row in found]


async def _papers(grant: RecordGrant) -> tuple[News, ...]:
    """What came in within two weeks and is not old news, by the name that it has in its list and not by its kind."""
    if not grant.may(Category.DOCUMENTS):
        return ()
    rows = await visible(grant, DocumentReference).rows(PAPERS, "released_at > ?", grant.now - NEW_FOR)
    fresh = [row | {"label": document_name(row)} for row in rows if _fresh(grant, row)]
    grant.showed("DocumentReference", [row["id"] for row in fresh])
    return _news(fresh)


def _waits(row: Row) -> bool:
    return shown_state(row["status"], not row["empty"]) is Shown.WAITING


def _fresh(grant: RecordGrant, row: Row) -> bool:
    return is_new(row["released_at"], taken_of(row), grant.now)


def _news(rows: Iterable[Row]) -> tuple[News, ...]:
    found = [News(row["label"], row["loinc"], taken_of(row)) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.taken is None, one.taken and -one.taken.starts.timestamp(), one.label)))


async def _last_visit(grant: RecordGrant) -> VisitRow | None:
    """The newest that took place, or goes on now."""
    took_place = "status NOT IN ('planned', 'cancelled') AND effective_starts <= ?"
    newest = "ORDER BY effective_starts DESC LIMIT 1"
    found = await with_reasons(grant, await visible(grant, Encounter).rows(VISIT, took_place, grant.now, then=newest))
    if not found:
        return None
    row = found[0]
    grant.showed("Encounter", [row["id"]])
    return visit_of(row)
