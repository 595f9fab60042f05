"""The two reads behind the list of results: which rows, counted and in order; then the tests of the reports among them.

A row of the list is a report, or a test that no report holds. What may be read comes from `visible`; the SQL here only
puts both kinds together and counts them while it is there. It is written by hand because the list is the page most
people open: composing it from Piccolo's parts cost more than running it (bench/).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from access.grant import RecordGrant
from access.visible import visible
from pages.result_filter import ResultFilter, lone_where, orphan_where, report_where
from rules.dates import DISTANT_PAST
from rules.newness import NEW_FOR, NEWS
from rules.paging import Key
from rules.periods import Period
from tables.results import Observation

NEWEST = "newest"
"""In the place of a key: the first page, asked for by turning back to it."""

PENDING = "('registered', 'preliminary', 'partial', 'unknown')"

# One row of either table as the list counts and orders it. `pending`: 2 has nothing to read yet, 1 is not final.
ROW = (
    "SELECT {table}.id, {table}.ref, COALESCE({table}.effective_starts, ?) AS starts,"
    " CASE WHEN {table}.released_at > ? AND ({table}.effective_ends IS NULL OR {table}.effective_ends > ?)"
    " THEN 1 ELSE 0 END AS fresh, {fixed} AS fixed,"
    " CASE WHEN {table}.status NOT IN {pending} THEN 0 WHEN {empty} THEN 2 ELSE 1 END AS pending FROM {table} "
)
# A report counts as corrected where one of its tests was.
FIXED_REPORT = (
    "CASE WHEN diagnostic_report.corrected OR EXISTS (SELECT 1 FROM observation"
    " WHERE observation.report = diagnostic_report.id AND observation.corrected AND {}) THEN 1 ELSE 0 END"
)
FIXED_TEST = "CASE WHEN observation.corrected THEN 1 ELSE 0 END"
REPORT_EMPTY = (
    "diagnostic_report.conclusion IS NULL AND diagnostic_report.note IS NULL AND NOT EXISTS (SELECT 1 FROM observation"
    " WHERE observation.report = diagnostic_report.id AND observation.value IS NOT NULL"
    " AND observation.absent_reason = '' AND {})"
)
TEST_EMPTY = "(observation.value IS NULL OR observation.absent_reason <> '') AND NOT observation.panel"
REPORTS = ROW.format(table="diagnostic_report", pending=PENDING, empty=REPORT_EMPTY, fixed=FIXED_REPORT)
TESTS = ROW.format(table="observation", pending=PENDING, empty=TEST_EMPTY, fixed=FIXED_TEST)

# CROSS JOIN says what to read first: reports are few, and without statistics SQLite reads all of a patient's tests.
ORPHANS = TESTS.replace("FROM observation", "FROM diagnostic_report gone CROSS JOIN observation")

# `newer_starts` and `newer_ref` are the key under which the page before this one begins.
FIRST_PLACES = "1 AS place, NULL AS newer_starts, NULL AS newer_ref"
LATER_PLACES = (
    "ROW_NUMBER() OVER newest AS place, LAG(starts, {size}) OVER newest AS newer_starts,"
    " LAG(ref, {size}) OVER newest AS newer_ref"
)
LATER_WINDOW = " WINDOW newest AS (ORDER BY starts DESC, ref DESC)"
LIST = (
    "SELECT CAST(c.id AS VARCHAR(36)) AS id, c.ref AS ref, c.starts, c.fresh, c.fixed, c.pending, c.total,"
    " c.fresh_count, c.fixed_count, c.waiting_count, c.pending_count, c.place, c.newer_starts, c.newer_ref,"
    " CASE WHEN r.id IS NULL THEN 0 ELSE 1 END AS report, {both}, o.value, o.interpretation, o.previous, o.changed_at,"
    " CASE WHEN o.panel THEN 1 ELSE 0 END AS panel, s.ref AS series_ref,"
    " SUBSTR(COALESCE(r.conclusion, r.note), 1, 400) AS written, r.attachments FROM (SELECT id, ref, starts, fresh,"
    " fixed, pending, COUNT(*) OVER () AS total, SUM(CASE WHEN pending = 2 THEN 0 ELSE fresh END) OVER () AS fresh_count, SUM(fixed) OVER () AS fixed_count,"
    " SUM(CASE WHEN pending = 2 THEN 1 ELSE 0 END) OVER () AS waiting_count,"
    " SUM(CASE WHEN pending = 1 THEN 1 ELSE 0 END) OVER () AS pending_count, {{places}} FROM ({{rows}}) listed{{window}}) c LEFT JOIN diagnostic_report r ON r.id = c.id"
    " LEFT JOIN observation o ON o.id = c.id LEFT JOIN series s ON s.id = o.series"
    " WHERE {{after}} ORDER BY c.starts DESC, c.ref DESC LIMIT {{size}}"
).format(
    both=", ".join(
        f"COALESCE(r.{name}, o.{name}) AS {name}"
        for name in ("label", "loinc", "kind", "status", "effective_text", "effective_precision")
    )
    + ", r.effective_starts AS r_starts, r.effective_ends AS r_ends, o.effective_starts AS o_starts,"
    " o.effective_ends AS o_ends"
)

# Identifiers as text: there are many of them here, and nothing but a comparison is done with them.
HELD = (
    "SELECT CAST(h.id AS VARCHAR(36)) AS owner, CAST(observation.id AS VARCHAR(36)) AS id, observation.ref, observation.label, observation.loinc, observation.kind,"
    " observation.value, observation.interpretation, observation.status, CASE WHEN observation.corrected THEN 1 ELSE 0 END AS corrected, observation.previous,"
    " CASE WHEN observation.corrected THEN observation.changed_at END AS changed_at FROM {holder} h CROSS JOIN observation"
    " WHERE h.id IN ({marks}) AND observation.{column} = h.id AND NOT observation.panel AND {visible}"
)


@dataclass(frozen=True, slots=True)
class Found:
    """One page of rows, newest first, and the counts of all that the filter lets through."""

    rows: tuple[dict[str, Any], ...] = ()
    total: int = 0
    new: int = 0
    corrected: int = 0
    waiting: int = 0
    not_final: int = 0
    first: int = 1
    older: str = ""
    newer: str = ""

    @property
    def reports(self) -> list[str]:
        return [row["id"] for row in self.rows if row["report"]]

    @property
    def lone(self) -> list[str]:
        return [row["id"] for row in self.rows if not row["report"]]

    @property
    def panels(self) -> list[str]:
        return [row["id"] for row in self.rows if row["panel"]]


async def found_results(grant: RecordGrant, asked: ResultFilter, since: Period, size: int) -> Found:
    fresh = DISTANT_PAST, grant.now - NEW_FOR, grant.now - NEWS
    tests, reports = visible(grant, Observation).predicate, report_where(grant, asked, since)
    lone, orphans = lone_where(grant, asked, since), orphan_where(grant, asked, since)
    rows = (
        f"{REPORTS.format(tests.sql, tests.sql)} WHERE {reports.sql} UNION ALL {TESTS} WHERE {lone.sql}"
        f" UNION ALL {ORPHANS} WHERE {orphans.sql}"
    )
    key = asked.before
    sql = _list(rows, size + 1, later=key is not None)
    args = (*fresh, *tests.values, *tests.values, *reports.values, *fresh, *lone.values, *fresh, *orphans.values)
    return _found(await grant.house.database.rows(sql, *args, *((key.starts, key.ref) if key else ())), size)


def _list(rows: str, size: int, *, later: bool) -> str:
    """The first page needs no places: nothing stands before it."""
    return LIST.format(
        size=size, rows=rows, after="(c.starts, c.ref) < (?, ?)" if later else "1 = 1",
        places=LATER_PLACES.format(size=size) if later else FIRST_PLACES, window=LATER_WINDOW if later else "",
    )


def _found(rows: list[dict[str, Any]], size: int) -> Found:
    if not rows:
        return Found()
    first, shown = rows[0], rows[:size]
    return Found(
        rows=tuple(shown), total=first["total"], new=int(first["fresh_count"]), corrected=int(first["fixed_count"]),
        waiting=int(first["waiting_count"]), not_final=int(first["pending_count"]), first=first["place"],
        older=_key(shown[-1]["starts"], shown[-1]["ref"]) if len(rows) > size else "", newer=_newer(first),
    )  # fmt: skip


def _newer(first: dict[str, Any]) -> str:
    if first["place"] == 1:
        return ""
    return _key(first["newer_starts"], first["newer_ref"]) if first["newer_ref"] else NEWEST


def _key(starts: datetime | str, ref: str) -> str:
    """SQLite knows no type for what an expression makes, and gives the text that it keeps."""
    return Key(datetime.fromisoformat(starts) if isinstance(starts, str) else starts, ref).text()


async def found_tests(grant: RecordGrant, found: Found) -> dict[str, list[dict[str, Any]]]:
    """What the reports and the lone panels of a page hold, by the id of their row."""
    held: dict[str, list[dict[str, Any]]] = {}
    for column, holder, owners in (("report", "diagnostic_report", found.reports), ("parent", "observation", found.panels)):
        for row in await _held(grant, column, holder, owners) if owners else ():
            held.setdefault(row["owner"], []).append(row)
    return held


async def _held(grant: RecordGrant, column: str, holder: str, owners: Sequence[str]) -> list[dict[str, Any]]:
    tests = visible(grant, Observation).predicate
    sql = HELD.format(column=column, holder=holder, visible=tests.sql, marks=", ".join("?" * len(owners)))
    return await grant.house.database.rows(sql, *owners, *tests.values)


async def has_results(grant: RecordGrant) -> bool:
    """Whether there is anything at all, so that an empty list can say which of the two it is."""
    return bool((await found_results(grant, ResultFilter(), Period.ALL, 1)).rows)
