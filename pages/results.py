"""`R/results`: reports and lone tests by date, newest first, with what each found in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from access.grant import RecordGrant
from pages.address import Address, RecordPage
from pages.result_filter import ResultFilter
from pages.result_query import Found, found_results, found_tests, has_results
from pages.result_rows import ResultRow, row_of
from rules.dates import ClinicalDate
from rules.paging import PAGE
from rules.periods import Period
from words.dates import month
from words.gettext import N_, _, ngettext
from words.numbers import count
from words.sentences import sentence

DOCUMENT = 200
"""The most results that one document lists."""

KIND_WORDS = (
    ("", N_("All kinds")), ("blood", N_("Blood")), ("urine", N_("Urine")), ("swab", N_("Swabs")),
    ("stool", N_("Stool")), ("note", N_("Written reports")), ("other", N_("Other")),
)  # fmt: skip
PERIOD_WORDS = ((Period.ONE_YEAR, N_("One year")), (Period.FIVE_YEARS, N_("Five years")), (Period.ALL, N_("Everything")))
TIMES = {
    Period.ONE_YEAR: N_("The last year"), Period.FIVE_YEARS: N_("The last five years"), Period.ALL: N_("All of them"),
}  # fmt: skip
COUNTS = {
    Period.ONE_YEAR: (
        N_("%(count)s result from the last year, newest first."),
        N_("%(count)s results from the last year, newest first."),
    ),
    Period.FIVE_YEARS: (
        N_("%(count)s result from the last five years, newest first."),
        N_("%(count)s results from the last five years, newest first."),
    ),
    Period.ALL: (N_("%(count)s result, newest first."), N_("%(count)s results, newest first.")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsPage(RecordPage):
    """`since` is what is shown; `first` is the place of the first row among `total`.

    `older` and `newer` are the keys of the pages beside this one, '' where there is none.
    """

    asked: ResultFilter
    since: Period
    rows: tuple[ResultRow, ...]
    total: int
    new: int
    corrected: int
    waiting: int
    not_final: int
    first: int
    older: str
    newer: str
    any_at_all: bool

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def left(self) -> int:
        """How many older ones this page does not show."""
        return self.total - self.last

    @property
    def time(self) -> str:
        return _(TIMES[self.since])

    @property
    def counted(self) -> str:
        """14 results from the last year, newest first."""
        one, many = COUNTS[self.since]
        return ngettext(one, many, self.total)

    @property
    def told(self) -> str:
        """What the filter leaves out, what is among them, and which of them this page shows."""
        among = [
            ngettext("%(count)s new", "%(count)s new", self.new) if self.new else "",
            ngettext("%(count)s corrected", "%(count)s corrected", self.corrected) if self.corrected else "",
            ngettext("%(count)s waiting", "%(count)s waiting", self.waiting) if self.waiting else "",
            ngettext("%(count)s not final", "%(count)s not final", self.not_final) if self.not_final else "",
        ]
        told = [self.narrowed, sentence(", ".join(filter(None, among))), self._shown()]
        return " ".join(filter(None, told))

    @property
    def narrowed(self) -> str:
        """Only those with “iron” in the name. Only of this kind: Blood."""
        said = []
        if self.asked.words:
            said.append(_("Only those with “%(words)s” in the name.", words=self.asked.words))
        if self.asked.kind:
            said.append(_("Only of this kind: %(kind)s.", kind=_(dict(KIND_WORDS)[self.asked.kind])))
        return " ".join(said)

    @property
    def spoken(self) -> str:
        """What is said of the list after it changed."""
        return f"{self.counted} {self.told}".strip() if self.rows else self.none

    @property
    def none(self) -> str:
        """Why the list is empty."""
        if not self.any_at_all:
            return _("There are no test results yet.")
        if self.asked.before:
            return _("There are no older results.")
        words = {
            Period.ONE_YEAR: _("No results from the last year."),
            Period.FIVE_YEARS: _("No results from the last five years."),
        }
        return " ".join(filter(None, (words.get(self.since, _("No results.")), self.narrowed)))

    def _shown(self) -> str:
        if self.first == 1 and not self.older:
            return ""
        return _("This page shows %(first)s to %(last)s.", first=count(self.first), last=count(self.last))

    def kinds(self) -> Iterator[tuple[str, str]]:
        return ((code, _(words)) for code, words in KIND_WORDS)

    def periods(self) -> Iterator[tuple[str, str]]:
        return ((period.value, _(words)) for period, words in PERIOD_WORDS)

    def months(self) -> Iterator[tuple[str, list[ResultRow]]]:
        """Rows under the words of their month, in the reader's language and the site's zone."""
        for name, rows in groupby(self.rows, key=lambda row: _month(row.taken)):
            yield name, list(rows)

    def here(self, path: str = "results", **query: str | None) -> str:
        """This list at another page, or as a document, with the filter kept."""
        since = self.asked.since.value if self.asked.since else None
        return self.link(path, q=self.asked.words, kind=self.asked.kind, since=since, **query)


async def results_page(grant: RecordGrant, asked: ResultFilter, size: int = PAGE) -> ResultsPage:
    since = asked.since or Period.ONE_YEAR
    found = await found_results(grant, asked, since, size)
    if not found.rows and asked.since is None and since is not Period.ALL:
        since = Period.ALL
        found = await found_results(grant, asked, since, size)
    held = await found_tests(grant, found)
    _tell(grant, found)
    return ResultsPage(
        at=Address.of(grant), asked=asked, since=since, rows=tuple(row_of(row, held) for row in found.rows),
        total=found.total, new=found.new, corrected=found.corrected, waiting=found.waiting, not_final=found.not_final,
        first=found.first, older=found.older, newer=found.newer,
        any_at_all=bool(found.rows) or await has_results(grant),
    )  # fmt: skip


async def results_document(grant: RecordGrant, asked: ResultFilter) -> ResultsPage:
    """The same list from its beginning, up to DOCUMENT rows."""
    return await results_page(grant, ResultFilter(asked.words, asked.kind, asked.since), DOCUMENT)


def _tell(grant: RecordGrant, found: Found) -> None:
    for kind, ids in (("DiagnosticReport", found.reports), ("Observation", found.lone)):
        if ids:
            grant.showed(kind, ids)


def _month(taken: ClinicalDate | None) -> str:
    return month(taken) if taken else _("Date not known")
