"""`R/tests/{series}`: one test over time: the sentence, the table, the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from markupsafe import Markup
from piccolo.columns.combination import WhereRaw

from access.grant import RecordGrant
from access.visible import visible
from pages.address import Address, RecordPage
from pages.findings import COLUMNS, Finding, finding_of
from rules.charts import Chart
from rules.dates import ordering
from rules.periods import Choice, Period, begins, best_period, choices, read_period
from rules.quantities import Quantity, is_censored
from rules.results import ABOVE, BELOW, Shown, preference, usual_range
from rules.trends import Point, Trend, trend
from tables.results import DiagnosticReport, Observation, Series
from words.charts import chart_caption, trend_chart
from words.dates import clinical, clinical_when
from words.gettext import N_, _, ngettext
from words.numbers import unit, unit_in_full
from words.tests import about, is_plain, name_of
from words.trends import lede, sentences

MOST = 500
"""Results of one test that are looked at, the newest ones."""
TABLE = 40
"""Rows of the table on a page; a document holds DOCUMENT."""
DOCUMENT = 200

PERIODS = {
    Period.ONE_YEAR: (N_("Last year (%(count)s)"), N_("Tests of the last year")),
    Period.THREE_YEARS: (N_("Last 3 years (%(count)s)"), N_("Tests of the last 3 years")),
    Period.FIVE_YEARS: (N_("Last 5 years (%(count)s)"), N_("Tests of the last 5 years")),
    Period.ALL: (N_("All (%(count)s)"), N_("All tests")),
}


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
    def laboratory_name(self) -> str:
        return self.label if self.label != self.name else ""

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
        return _(PERIODS[self.period][1])

    @property
    def caption(self) -> str:
        count = len(self.lines)
        if self.left_out:
            return _("The newest %(count)s of %(all)s tests, newest first", count=count, all=count + self.left_out)
        return ngettext("%(count)s test", "%(count)s tests, newest first", count)

    @property
    def ranged(self) -> bool:
        """Whether the ranges differ, so that each row must say its own; one and the same stands in the sentence."""
        sent = {one.finding.ranges for one in self.lines if one.finding.ranges}
        return bool(sent) and (len(sent) > 1 or self.trend.newest is None or not self.trend.newest.usual)

    @property
    def judged(self) -> bool:
        return any(one.finding.meant or one.remarks for one in self.lines)

    @property
    def no_range(self) -> bool:
        return bool(self.lines) and not any(one.finding.ranges for one in self.lines)

    @property
    def heads(self) -> list[Any]:
        ranged = [_("Usual range")] if self.ranged else []
        return [_("Taken on"), (_("Result"), "num"), *ranged, *([_("What it means")] if self.judged else [])]

    @property
    def reported(self) -> bool:
        return any(one.report for one in self.lines)

    def periods(self) -> Iterator[tuple[str, str, bool]]:
        """(address, words, whether it is the one shown); nothing where every choice would show the same."""
        for one in self.choices if len({one.count for one in self.choices}) > 1 else ():
            words = _(PERIODS[one.period][0], count=one.count)
            yield self.link("tests", self.ref, since=one.period.value), words, one.current

    def here(self, form: str, **query: str) -> str:
        """This page as a document, over the same time."""
        since = self.period.value if self.asked else None
        return self.link("tests", f"{self.ref}.{form}", since=since, **query)


async def test_page(grant: RecordGrant, ref: str, since: str | None, table: int = TABLE) -> TestPage | None:
    """None where this grant sees no result of that series."""
    found = await visible(grant, Series).select().where(Series.ref == ref)
    if not found:
        return None
    family = await _family(grant, found[0])
    same = [one["id"] for one in family if one["unit"] == found[0]["unit"]]
    rows = await _rows(grant, found[0], same)
    if not rows:
        return None
    reports = await _reports(grant, rows)
    others = await _with_results(grant, [one for one in family if one["unit"] != found[0]["unit"]])
    grant.showed("Observation", [row["id"] for row in rows[:table]])
    return _page(grant, found[0], others, rows, reports, since, table)


async def _family(grant: RecordGrant, series: dict[str, Any]) -> list[dict[str, Any]]:
    """The same test in every source of the record and in every unit."""
    query = visible(grant, Series).select(Series.id, Series.ref, Series.unit)
    return await query.where((Series.analyte == series["analyte"]) & (Series.category == series["category"]))


async def _with_results(grant: RecordGrant, family: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of which this grant sees a result; a series itself says nothing of what it holds."""
    if not family:
        return []
    query = visible(grant, Observation).select(Observation.series).distinct()
    seen = {row["series"] for row in await query.where(Observation.series.is_in([one["id"] for one in family]))}
    return [one for one in family if one["id"] in seen]


async def _rows(grant: RecordGrant, series: dict[str, Any], same: list[UUID]) -> list[dict[str, Any]]:
    """Results with a number in this unit, and those of the same test that came without a number."""
    wordless = WhereRaw(
        "(observation.number IS NULL AND observation.value IS NOT NULL AND observation.loinc = {}"
        " AND observation.category = {})",
        series["analyte"], series["category"],
    )  # fmt: skip
    query = visible(grant, Observation).select(*COLUMNS, Observation.report)
    query = query.where(Observation.series.is_in(same) | wordless)
    rows = await query.order_by(Observation.effective_starts, ascending=False).order_by(
        Observation.id, ascending=False
    ).limit(MOST)
    return sorted(rows, key=_newest, reverse=True)


def _newest(row: dict[str, Any]) -> tuple:
    starts = row["effective_starts"]
    return (starts is not None, starts, preference(row["status"], row["changed_at"])) if starts else (False,)


async def _reports(grant: RecordGrant, rows: list[dict[str, Any]]) -> dict[UUID, str]:
    """The refs of the reports these results came in, as far as they may be seen."""
    ids = {row["report"] for row in rows if row["report"] is not None}
    if not ids:
        return {}
    seen = await visible(grant, DiagnosticReport).select(
        DiagnosticReport.id, DiagnosticReport.ref
    ).where(DiagnosticReport.id.is_in(list(ids)) & (DiagnosticReport.category == "results"))
    return {row["id"]: row["ref"] for row in seen}


def _page(grant, series, others, rows, reports, since, table) -> TestPage:
    starts = tuple(row["effective_starts"] for row in rows if row["effective_starts"])
    period = read_period(since, best_period(starts, grant.now))
    first = begins(period, grant.now)
    within = [row for row in rows if first is None or (row["effective_starts"] and row["effective_starts"] >= first)]
    lines = _lines(within, reports)
    return TestPage(
        at=Address.of(grant), ref=series["ref"], label=rows[0]["label"], loinc=rows[0]["loinc"],
        person="" if grant.own else grant.given, period=period, asked=bool(since),
        choices=choices(starts, period, grant.now), trend=trend(tuple(_points(lines, series["unit"]))),
        lines=lines[:table], left_out=max(0, len(lines) - table), others=tuple({one["unit"]: OtherUnit(one["ref"], one["unit"]) for one in others}.values()),
    )  # fmt: skip


def _lines(rows: list[dict[str, Any]], reports: dict[UUID, str]) -> tuple[Line, ...]:
    """Of several results for one moment the first speaks: corrected before final before not final."""
    lines: list[Line] = []
    for _start, group in groupby(rows, key=lambda row: row["effective_starts"] or row["id"]):
        twins = list(group)
        for nth, row in enumerate(twins):
            lines.append(Line(finding_of(row), reports.get(row["report"], ""), len(twins) > 1, nth == 0))
    days = [clinical(one.finding.taken) for one in lines]
    return tuple(
        replace(one, same_day=days.count(words) > 1 and not one.twin) for one, words in zip(lines, days, strict=True)
    )


def _points(lines: tuple[Line, ...], of_unit: str) -> Iterator[Point]:
    for one in lines:
        found = one.finding
        if one.drawn and found.taken and found.has_number and found.state is not Shown.NOT_DONE:
            yield Point(found.taken, found.value, found.meaning, usual_range(found.ranges), found.state, found.ref)
