"""The rows of one history: the same test in every source of the record, in one unit; each read through `visible`."""

from __future__ import annotations

from uuid import UUID

from access.grant import RecordGrant
from access.visible import one_of, visible
from pages.findings import COLUMNS
from pages.stored import Row
from rules.results import preference
from tables.results import DiagnosticReport, Observation, Series

MOST = 500
"""Results of one test that are looked at, the newest ones."""


async def the_series(grant: RecordGrant, ref: str, category: str) -> Row | None:
    """A share of one category opens no series of another."""
    return await visible(grant, Series).select().where((Series.ref == ref) & (Series.category == category)).first()


async def family_of(grant: RecordGrant, analyte: str, category: str) -> list[Row]:
    """The same test in every source of the record and in every unit."""
    also, order = "analyte = ? AND category = ?", "ORDER BY id"
    return await visible(grant, Series).rows(("id", "ref", "unit"), also, analyte, category, then=order)


async def with_results(grant: RecordGrant, family: list[Row]) -> list[Row]:
    """Those of which this grant sees a result; a series itself says nothing of what it holds."""
    if not family:
        return []
    ids = [one["id"] for one in family]
    rows = await visible(grant, Observation).rows(("series",), one_of("series", ids), *ids, then="GROUP BY series")
    seen = {row["series"] for row in rows}
    return [one for one in family if one["id"] in seen]


async def rows_of(grant: RecordGrant, series: Row, same: list[UUID]) -> list[Row]:
    """Results with a number in this unit, and those of the same test that came without a number."""
    wordless = "number IS NULL AND value IS NOT NULL AND loinc = ? AND category = ?"
    also = f"{one_of('series', same)} OR {wordless}"
    order = f"ORDER BY effective_starts IS NULL, effective_starts DESC, id DESC LIMIT {MOST}"
    rows = await visible(grant, Observation).rows(COLUMNS, also, *same, series["analyte"], series["category"], then=order)
    return sorted(rows, key=newest, reverse=True)


def newest(row: Row) -> tuple:
    """Sort key: by time, and at one time what was corrected after what it corrects."""
    starts = row["effective_starts"]
    return (starts is not None, starts, preference(row["status"], row["changed_at"])) if starts else (False,)


async def reports_of(grant: RecordGrant, rows: list[Row]) -> dict[UUID, str]:
    """The refs of the reports these results came in, as far as they may be seen."""
    ids = list({row["report"] for row in rows if row["report"] is not None})
    if not ids:
        return {}
    also = f"{one_of('id', ids)} AND category = 'results'"
    seen = await visible(grant, DiagnosticReport).rows(("id", "ref"), also, *ids)
    return {row["id"]: row["ref"] for row in seen}


async def panels_of(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """The panels that hold these rows."""
    ids = list({row["parent"] for row in rows if row["parent"] is not None})
    return await visible(grant, Observation).rows(COLUMNS, one_of("id", ids), *ids) if ids else []


async def parts_of(grant: RecordGrant, ids: list[UUID], depth: int = 3) -> list[Row]:
    """Measurements with their members and components, so many panels deep."""
    tests = visible(grant, Observation)
    rows = await tests.rows(COLUMNS, one_of("id", ids), *ids) if ids else []
    inner, known = rows, set(ids)
    for _level in range(depth):
        above = [row["id"] for row in inner if row["panel"]]
        found = await tests.rows(COLUMNS, one_of("parent", above), *above) if above else []
        inner = [row for row in found if row["id"] not in known]
        known |= {row["id"] for row in inner}
        rows = rows + inner
    return rows
