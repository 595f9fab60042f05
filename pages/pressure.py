"""`R/vitals/{measure}` of a blood pressure: both halves in one table and one picture, since they are read as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from access.grant import RecordGrant
from pages.findings import Finding, finding_of, nested
from pages.series import family_of, newest, panels_of, rows_of, the_series
from pages.stored import Row
from pages.tests import MEASURES, TABLE, Line, TestPage, history_page, points, told
from rules.charts import Chart
from rules.dates import ClinicalDate
from rules.measures import DIASTOLIC, PAIR, SYSTOLIC, Pair
from rules.trends import Trend, trend
from words.charts import chart_caption, pair_chart
from words.gettext import _
from words.trends import pair_lede, pair_sentences

PAIRS = 30
"""Rows of the table on a page: two lines in the picture leave room for fewer than one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PressurePage(TestPage):
    """`trend` is of the upper numbers, `lower` of the others."""

    lower: Trend

    @property
    def newest(self) -> tuple[Pair, ClinicalDate | None] | None:
        """The newest pair that was measured, and when."""
        found = next((one.finding for one in self.lines if one.drawn and one.finding.pair), None)
        return (found.pair, found.taken) if found else None

    @property
    def lede(self) -> Markup:
        return pair_lede(self.newest, self.trend, self.lower, self.person)

    @property
    def sentences(self) -> str:
        return " ".join(pair_sentences(self.newest, self.trend, self.lower, self.person))

    @property
    def chart(self) -> Chart | None:
        return pair_chart(self.trend, self.lower, self.name) if self.trend.count + self.lower.count > 2 else None

    @property
    def chart_caption(self) -> str:
        return chart_caption(self.trend if self.trend.points else self.lower)

    @property
    def no_range(self) -> str:
        return "" if any(part.ranges for one in self.lines for part in one.finding.parts) else TestPage.no_range.fget(self)

    def legend(self) -> Iterator[tuple[str, str]]:
        yield from TestPage.legend(self)
        yield "", _("The upper line is the upper number, the other line is the lower one.")

    def said(self, line: Line) -> str:
        """A half that came alone says which one it is."""
        alone = line.finding.loinc in (SYSTOLIC, DIASTOLIC)
        return f"{line.finding.name}: {line.finding.said}" if alone else line.finding.said


async def measure_page(grant: RecordGrant, ref: str, since: str | None, table: int = TABLE) -> TestPage | None:
    """The history of one measurement; of either half of a blood pressure, that of the pair."""
    series = await the_series(grant, ref, MEASURES.category.value)
    if series is None or series["analyte"] not in (SYSTOLIC, DIASTOLIC):
        return await history_page(grant, MEASURES, ref, since, table)
    found = await _readings(grant, series)
    if not any(one.pair for _row, one in found):
        return await history_page(grant, MEASURES, ref, since, table)
    table = PAIRS if table == TABLE else table
    grant.showed("Observation", [row["id"] for row, _one in found[:table]])
    said = told(grant, MEASURES, series, [(one, "") for _row, one in found], since, table)
    halves = {code: trend(tuple(points(said["lines"], code))) for code in (SYSTOLIC, DIASTOLIC)}
    pair = next(one for _row, one in found if one.pair)
    return PressurePage(
        **said | {"trend": halves[SYSTOLIC]}, lower=halves[DIASTOLIC], label=pair.label, loinc=PAIR, others=(),
    )  # fmt: skip


async def _readings(grant: RecordGrant, series: Row) -> list[tuple[Row, Finding]]:
    """Newest first: pairs, and halves that came alone or in another unit than their other half."""
    rows: list[Row] = []
    for code in (SYSTOLIC, DIASTOLIC):
        family = await family_of(grant, code, series["category"])
        same = [one["id"] for one in family if one["unit"] == series["unit"]]
        rows += await rows_of(grant, series | {"analyte": code}, same)
    panels = {row["id"]: row for row in await panels_of(grant, rows)}
    whole = {one.ref: one for one in nested([*panels.values(), *rows])}
    paired = {key: whole[row["ref"]] for key, row in panels.items() if row["ref"] in whole and whole[row["ref"]].pair}
    alone = [(row, finding_of(row)) for row in rows if row["parent"] not in paired]
    both = [(panels[key], one) for key, one in paired.items()]
    return sorted([*both, *alone], key=lambda one: newest(one[0]), reverse=True)
