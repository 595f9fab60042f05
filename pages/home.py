"""The home of one record: what needs you, the last visit, and for a helper what they were given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from access.grant import RecordGrant
from access.visible import visible
from access.vocabulary import PLACES, Category
from pages.address import Address, RecordPage
from pages.appointments import Coming, next_appointment
from pages.documents import document_name
from pages.findings import taken_of
from pages.given import Given, given_by
from pages.news import PAPER, REPORT, TEST, news_rows
from pages.pointed import with_reasons
from pages.requests import unread
from pages.stored import Row
from pages.visit_rows import COLUMNS as VISIT
from pages.visit_rows import VisitRow, visit_of
from rules.dates import ClinicalDate
from rules.newness import NEW_FOR, is_new
from rules.results import Shown, shown_state
from tables.visits import Encounter
from words.dates import day_short
from words.gettext import _, ngettext
from words.names import list_of
from words.tests import name_of

MOST_NAMED = 3


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
    found = await _found(grant)
    results = [one for one in found if one.row["category"] == Category.RESULTS]
    fixed = [one for one in results if one.row["corrected"] and one.row["changed_at"] > grant.now - NEW_FOR]
    inside, seen = {one.row["report"] for one in fixed}, {one.row["id"] for one in fixed}
    lone = [one for one in results if one.row["report"] is None and one.row["parent"] is None]
    return HomePage(
        at=Address.of(grant), given=grant.given, own=grant.own, preview=grant.preview,
        sees=frozenset(one.path for one in PLACES if grant.may(one.category)),
        new=_news(one for one in lone if one.row["id"] not in seen and not one.waits and one.fresh),
        corrected=_news(one for one in fixed if one.row["id"] not in inside),
        waiting=_news(one for one in lone if one.waits),
        scans=_news(one for one in found if one.row["category"] == Category.IMAGING),
        papers=_news(one for one in found if one.row["what"] == PAPER),
        answers=await unread(grant),
        coming=await next_appointment(grant) if grant.may(Category.APPOINTMENTS) else None,
        visit=await _last_visit(grant) if grant.may(Category.VISITS) else None,
        share=None if grant.own else await given_by(grant),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Found:
    """A row that may be news; `fresh` where it is new by its age, too."""

    row: Row
    taken: ClinicalDate | None
    fresh: bool

    @property
    def waits(self) -> bool:
        return shown_state(self.row["status"], self.row["says"]) is Shown.WAITING


async def _found(grant: RecordGrant) -> list[_Found]:
    """Without scans and papers that came in now and are old news."""
    found = []
    for row in await news_rows(grant):
        taken = taken_of(row)
        fresh = is_new(row["released_at"], taken, grant.now)
        if row["category"] == Category.RESULTS or fresh and (row["category"] == Category.IMAGING or row["what"] == PAPER):
            found.append(_Found(row, taken, fresh))
    for what, table in SHOWN_AS.items():
        grant.showed(table, [one.row["id"] for one in found if one.row["what"] == what])
    return found


SHOWN_AS = {REPORT: "DiagnosticReport", TEST: "Observation", PAPER: "DocumentReference"}


def _news(found: Iterable[_Found]) -> tuple[News, ...]:
    """Of a paper the name that it has in its list, and not its kind."""
    named = ((document_name(one.row) if one.row["what"] == PAPER else one.row["label"], one) for one in found)
    news = [News(label, one.row["loinc"], one.taken) for label, one in named]
    return tuple(sorted(news, key=lambda one: (one.taken is None, one.taken and -one.taken.starts.timestamp(), one.label)))


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
