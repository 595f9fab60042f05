"""`R/tests/{series}` and `R/vitals/{measure}`: one test or measurement over time: the sentence, the table, the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from markupsafe import Markup

from access.grant import RecordGrant
from access.vocabulary import Category
from pages.address import Address, RecordPage
from pages.findings import Finding, finding_of
from pages.series import family_of, reports_of, rows_of, the_series, with_results
from pages.stored import Row
from rules.charts import Chart
from rules.periods import Choice, Period, begins, best_period, choices, read_period
from rules.quantities import is_censored
from rules.results import ABOVE, BELOW, Shown, usual_range
from rules.trends import Point, Trend, trend
from words.charts import chart_caption, trend_chart
from words.dates import clinical, clinical_when
from words.gettext import N_, _, ngettext
from words.histories import MEASURE_WORDS, TEST_WORDS, HistoryWords
from words.numbers import unit, unit_in_full
from words.tests import about, is_plain, name_of
from words.trends import lede, sentences

TABLE = 40
"""Rows of the table on a page; a document holds DOCUMENT."""
DOCUMENT = 200

PERIODS = {
    Period.ONE_YEAR: N_("Last year (%(count)s)"), Period.THREE_YEARS: N_("Last 3 years (%(count)s)"),
    Period.FIVE_YEARS: N_("Last 5 years (%(count)s)"), Period.ALL: N_("All (%(count)s)"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class History:
    """Where the histories of one category stand: `path` below the record, `up` the list they belong to."""

    path: str
    up: str
    category: Category
    words: HistoryWords


TESTS = History("tests", "results", Category.RESULTS, TEST_WORDS)
MEASURES = History("vitals", "vitals", Category.VITALS, MEASURE_WORDS)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. `twin`: another result came for the very same time, and `drawn` says which one speaks."""

    finding: Finding
    report: str
    twin: bool = False
    drawn: bool = True
    same_day: bool = False

    @property
    def when(self) -> str:
        taken = self.finding.taken
        return clinical_when(taken) if self.same_day else clinical(taken)

    @property
    def remarks(self) -> tuple[str, ...]:
        if not self.twin:
            return self.finding.remarks
        said = _("Two results came for this time; this one counts.") if self.drawn else _(
            "Another result for the same time; it is not in the picture."
        )
        return (*self.finding.remarks, said)


@dataclass(frozen=True, slots=True)
class OtherUnit:
    """The same test in another unit: never on the same line."""

    ref: str
    unit: str

    @property
    def words(self) -> str:
        return unit(self.unit) or _("without a unit")


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPage(RecordPage):
    """`person` is '' in one's own record. `lines` newest first, of the period; `left_out` older ones are not listed."""

    of: History
    ref: str
    label: str
    loinc: str
    person: str
    period: Period
    asked: bool
    choices: tuple[Choice, ...]
    trend: Trend
    lines: tuple[Line, ...]
    left_out: int
    others: tuple[OtherUnit, ...]

    @property
    def name(self) -> str:
        return name_of((self.loinc,), self.label)

    @property
    def written(self) -> str:
        """The sender's own words, where the name is ours and another."""
        return _(self.of.words.written, name=self.label) if self.label != self.name else ""

    @property
    def about(self) -> str:
        return about((self.loinc,))

    @property
    def unit_words(self) -> str:
        """“g/dL” means grams per deciliter."""
        newest = self.trend.newest.value if self.trend.points else None
        full = unit_in_full(newest.code) if newest else ""
        return _("“%(sign)s” means %(words)s.", sign=unit(newest.code, newest.unit), words=full) if full else ""

    @property
    def lede(self) -> Markup:
        return lede(self.trend, self.name, is_plain((self.loinc,)), self.person)

    @property
    def sentences(self) -> str:
        return " ".join(sentences(self.trend, self.name, is_plain((self.loinc,)), self.person))

    @property
    def chart(self) -> Chart | None:
        return trend_chart(self.trend, self.name) if self.trend.count > 1 else None

    @property
    def chart_caption(self) -> str:
        return chart_caption(self.trend)

    def legend(self) -> Iterator[tuple[str, str]]:
        """What the shapes of the points say, for those that occur."""
        points = self.trend.points
        judged = [one for one in points if not is_censored(one.value)]
        if any(one.meaning in BELOW for one in judged):
            yield "down", _("below the range")
        if any(one.meaning in ABOVE for one in judged):
            yield "up", _("above the range")
        if any(is_censored(one.value) for one in points):
            yield "", _("A hollow square is a bound, not a measured number.")

    @property
    def heading(self) -> str:
        return _(self.of.words.periods[self.period])

    @property
    def caption(self) -> str:
        count = len(self.lines)
        if self.left_out:
            return _(self.of.words.newest, count=count, all=count + self.left_out)
        return ngettext(*self.of.words.counts, count)

    @property
    def picture(self) -> str:
        return ngettext(*self.of.words.pictures, self.trend.count)

    def said(self, line: Line) -> str:
        return line.finding.said

    @property
    def ranged(self) -> bool:
        """Whether the ranges differ, so that each row must say its own; one and the same stands in the sentence."""
        sent = {one.finding.ranges for one in self.lines if one.finding.ranges}
        return bool(sent) and (len(sent) > 1 or self.trend.newest is None or not self.trend.newest.usual)

    @property
    def judged(self) -> bool:
        return any(one.finding.meant for one in self.lines)

    @property
    def aligned(self) -> bool:
        """Whether numbers stand below each other; without a column of meanings, remarks stand below the number."""
        return self.judged or not any(one.remarks for one in self.lines)

    @property
    def no_range(self) -> str:
        ranged = any(one.finding.ranges for one in self.lines)
        return _(self.of.words.no_range) if self.lines and not ranged else ""

    @property
    def heads(self) -> list[Any]:
        ranged = [_("Usual range")] if self.ranged else []
        taken, found = _(self.of.words.taken), _(self.of.words.found)
        value = (found, "num") if self.aligned else found
        return [taken, value, *ranged, *([_("What it means")] if self.judged else [])]

    @property
    def reported(self) -> bool:
        return any(one.report for one in self.lines)

    def periods(self) -> Iterator[tuple[str, str, bool]]:
        """(address, words, whether it is the one shown); nothing where every choice would show the same."""
        for one in self.choices if len({one.count for one in self.choices}) > 1 else ():
            words = _(PERIODS[one.period], count=one.count)
            yield self.link(self.of.path, self.ref, since=one.period.value), words, one.current

    def here(self, form: str, **query: str) -> str:
        """This page as a document, over the same time."""
        since = self.period.value if self.asked else None
        return self.link(self.of.path, f"{self.ref}.{form}", since=since, **query)


async def history_page(grant: RecordGrant, of: History, ref: str, since: str | None, table: int = TABLE) -> TestPage | None:
    """None where this grant sees no result of that series."""
    series = await the_series(grant, ref, of.category.value)
    if series is None:
        return None
    family = await family_of(grant, series["analyte"], series["category"])
    rows = await rows_of(grant, series, [one["id"] for one in family if one["unit"] == series["unit"]])
    if not rows:
        return None
    reports = await reports_of(grant, rows)
    others = await with_results(grant, [one for one in family if one["unit"] != series["unit"]])
    grant.showed("Observation", [row["id"] for row in rows[:table]])
    found = [(finding_of(row), reports.get(row["report"], "")) for row in rows]
    return TestPage(**told(grant, of, series, found, since, table), **_named(rows[0]), others=_others(others))


def told(grant: RecordGrant, of: History, series: Row, found: list[tuple[Finding, str]], since: str | None, table: int) -> dict[str, Any]:
    """What every history says, from its findings, newest first, each with the ref of its report."""
    starts = tuple(one.taken.starts for one, _report in found if one.taken)
    period = read_period(since, best_period(starts, grant.now))
    first = begins(period, grant.now)
    lines = _lines([(one, ref) for one, ref in found if first is None or (one.taken and one.taken.starts >= first)])
    return {
        "at": Address.of(grant), "of": of, "ref": series["ref"], "person": "" if grant.own else grant.given,
        "period": period, "asked": bool(since), "choices": choices(starts, period, grant.now),
        "trend": trend(tuple(points(lines))), "lines": lines[:table], "left_out": max(0, len(lines) - table),
    }  # fmt: skip


def _named(row: Row) -> dict[str, str]:
    return {"label": row["label"], "loinc": row["loinc"]}


def _others(rows: list[Row]) -> tuple[OtherUnit, ...]:
    return tuple({one["unit"]: OtherUnit(one["ref"], one["unit"]) for one in rows}.values())


def _lines(found: list[tuple[Finding, str]]) -> tuple[Line, ...]:
    """Of several results for one moment the first speaks: corrected before final before not final."""
    lines: list[Line] = []
    for _start, group in groupby(found, key=lambda one: (one[0].loinc, one[0].taken.starts if one[0].taken else one[0].ref)):
        twins = list(group)
        lines += [Line(one, report, len(twins) > 1, nth == 0) for nth, (one, report) in enumerate(twins)]
    days = [clinical(one.finding.taken) for one in lines]
    return tuple(
        replace(one, same_day=days.count(words) > 1 and not one.twin) for one, words in zip(lines, days, strict=True)
    )


def points(lines: tuple[Line, ...], half: str = "") -> Iterator[Point]:
    """What can be drawn; of a pair the half with this LOINC."""
    for line in lines:
        for found in _halves(line.finding, half):
            if line.drawn and found.taken and found.has_number and found.state is not Shown.NOT_DONE:
                yield Point(found.taken, found.value, found.meaning, usual_range(found.ranges), found.state, found.ref)


def _halves(finding: Finding, half: str) -> tuple[Finding, ...]:
    return tuple(one for one in (finding.parts or (finding,)) if one.loinc == half) if half else (finding,)
