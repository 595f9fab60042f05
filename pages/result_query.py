"""The two reads behind the list of results: which rows, counted and in order; then what to say of each.

A row of the list is a report, or a test that no report holds. Both come from `visible`; SQL only puts them together,
counts them while it is there, and picks the few tests of a report that a row can name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from piccolo.querystring import QueryString

from access.grant import RecordGrant
from access.visible import visible
from pages.result_filter import ResultFilter, report_where, test_where
from rules.dates import DISTANT_PAST
from rules.newness import NEW_FOR, NEWS
from rules.paging import Key
from rules.periods import Period
from rules.results import OUT, Meaning
from tables.results import DiagnosticReport, Observation

MOST_SAID = 3
"""How many tests of a report a row names."""

PENDING = "('registered', 'preliminary', 'partial', 'unknown')"
TELLING = frozenset({Meaning.POSITIVE, Meaning.UNCLEAR, Meaning.RESISTANT})
OUTSIDE, FOUND = ("(" + ", ".join(f"'{one}'" for one in sorted(some)) + ")" for some in (OUT, TELLING))

# One row of either table as the list counts and orders it. `pending`: 2 has nothing to read yet, 1 is not final.
ROW = (
    "SELECT {table}.id, {table}.ref, COALESCE({table}.effective_starts, {{}}) AS starts,"
    " CASE WHEN {table}.released_at > {{}} AND ({table}.effective_ends IS NULL OR {table}.effective_ends > {{}})"
    " THEN 1 ELSE 0 END AS fresh,"
    " CASE WHEN {table}.corrected{fixed} THEN 1 ELSE 0 END AS fixed,"
    " CASE WHEN {table}.status NOT IN {pending} THEN 0 WHEN {empty} THEN 2 ELSE 1 END AS pending"
    " FROM {table} WHERE {{}}"
)
REPORTS = ROW.format(
    table="diagnostic_report", pending=PENDING, empty="test_count = 0 AND conclusion IS NULL AND note IS NULL",
    fixed=" OR EXISTS (SELECT 1 FROM observation WHERE report = diagnostic_report.id AND corrected AND {})",
)  # fmt: skip
TESTS = ROW.format(
    table="observation", pending=PENDING, empty="(value IS NULL OR absent_reason <> '') AND NOT panel", fixed=""
)

# `newer_starts` and `newer_ref` are the key under which the page before this one begins.
LIST = (
    "SELECT c.id AS id, c.ref AS ref, c.starts, c.fresh, c.fixed, c.pending, c.total, c.fresh_count, c.fixed_count,"
    " c.waiting_count, c.pending_count, c.place, c.newer_starts, c.newer_ref, r.id AS report, r.label, r.loinc, r.kind,"
    " r.status, r.effective_text, r.effective_precision, r.effective_starts, r.effective_ends, r.changed_at,"
    " SUBSTR(COALESCE(r.conclusion, r.note), 1, 400) AS written, r.attachments"
    " FROM (SELECT id, ref, starts, fresh, fixed, pending,"
    " COUNT(*) OVER () AS total, SUM(fresh) OVER () AS fresh_count, SUM(fixed) OVER () AS fixed_count,"
    " SUM(CASE WHEN pending = 2 THEN 1 ELSE 0 END) OVER () AS waiting_count,"
    " SUM(CASE WHEN pending = 1 THEN 1 ELSE 0 END) OVER () AS pending_count,"
    " ROW_NUMBER() OVER newest AS place, LAG(starts, {size}) OVER newest AS newer_starts,"
    " LAG(ref, {size}) OVER newest AS newer_ref FROM ({{}} UNION ALL {{}}) listed"
    " WINDOW newest AS (ORDER BY starts DESC, ref DESC)) c"
    " LEFT JOIN diagnostic_report r ON r.id = c.id"
    " WHERE {{}} ORDER BY c.starts DESC, c.ref DESC LIMIT {limit}"
)

# `tests` counts what the owner holds; only the first few rows of each come back, the most telling first.
HELD = (
    "SELECT t.*, s.ref AS series_ref FROM (SELECT h.*, SUM(CASE WHEN panel THEN 0 ELSE 1 END) OVER own AS tests,"
    " SUM(CASE WHEN interpretation IN " + OUTSIDE + " THEN 1 ELSE 0 END) OVER own AS outside,"
    " SUM(CASE WHEN interpretation = 'in' THEN 1 ELSE 0 END) OVER own AS inside, ROW_NUMBER() OVER (PARTITION BY owner"
    " ORDER BY CASE WHEN owner = id THEN 0 WHEN corrected THEN 1 WHEN interpretation IN " + OUTSIDE + " THEN 2"
    " WHEN interpretation IN " + FOUND + " THEN 3 ELSE 4 END, place, id) AS nth"
    " FROM (SELECT {} AS owner, id, ref, label, loinc, kind, effective_text, effective_precision, effective_starts,"
    " effective_ends, value, interpretation, status, corrected, previous, changed_at, panel, series, absent_reason,"
    " COALESCE(component, 0) AS place FROM observation WHERE {}) h"
    " WINDOW own AS (PARTITION BY owner)) t LEFT JOIN series s ON s.id = t.series"
    f" WHERE t.nth <= {MOST_SAID + 1} ORDER BY t.nth"
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
    newer: str | None = None

    @property
    def reports(self) -> list:
        return [row["id"] for row in self.rows if row["report"] is not None]

    @property
    def lone(self) -> list:
        return [row["id"] for row in self.rows if row["report"] is None]


async def found_results(grant: RecordGrant, asked: ResultFilter, since: Period, size: int) -> Found:
    fresh = grant.now - NEW_FOR, grant.now - NEWS
    tests = visible(grant, Observation).where
    query = QueryString(
        LIST.format(size=size + 1, limit=size + 1),
        QueryString(REPORTS, DISTANT_PAST, *fresh, tests.querystring, report_where(grant, asked, since).querystring),
        QueryString(TESTS, DISTANT_PAST, *fresh, test_where(grant, asked, since).querystring),
        _after(asked.before),
    )
    return _found(await DiagnosticReport.raw(query.template, *query.args), size)


def _after(key: Key | None) -> QueryString:
    return QueryString("(c.starts, c.ref) < ({}, {})", key.starts, key.ref) if key else QueryString("1 = 1")


def _found(rows: list[dict[str, Any]], size: int) -> Found:
    if not rows:
        return Found()
    first, shown = rows[0], rows[:size]
    return Found(
        rows=tuple(shown), total=first["total"], new=int(first["fresh_count"]), corrected=int(first["fixed_count"]),
        waiting=int(first["waiting_count"]), not_final=int(first["pending_count"]), first=first["place"],
        older=_key(shown[-1]["starts"], shown[-1]["ref"]) if len(rows) > size else "", newer=_newer(first),
    )  # fmt: skip


def _newer(first: dict[str, Any]) -> str | None:
    if first["place"] == 1:
        return None
    return _key(first["newer_starts"], first["newer_ref"]) if first["newer_ref"] else ""


def _key(starts: datetime | str, ref: str) -> str:
    """SQLite knows no type for what an expression makes, and gives the text that it keeps."""
    return Key(datetime.fromisoformat(starts) if isinstance(starts, str) else starts, ref).text()


async def found_tests(grant: RecordGrant, reports: Sequence, lone: Sequence) -> dict[str, list[dict[str, Any]]]:
    """By the id of their row on the list, as text: what it found, most telling first."""
    if not reports and not lone:
        return {}
    in_reports, in_lone = _among("report", reports), _among("parent", lone)
    owner = QueryString("CASE WHEN {} THEN report WHEN {} THEN parent ELSE id END", in_reports, in_lone)
    held = QueryString("({} AND NOT panel) OR {} OR {}", in_reports, in_lone, _among("id", lone))
    where = QueryString("{} AND ({})", visible(grant, Observation).where.querystring, held)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in await Observation.raw(HELD, owner, where):
        found.setdefault(str(row["owner"]), []).append(row)
    return found


def _among(column: str, ids: Sequence) -> QueryString:
    marks = ", ".join(["{}"] * len(ids))
    return QueryString(f"{column} IN ({marks})", *ids) if ids else QueryString("1 = 0")


async def has_results(grant: RecordGrant) -> bool:
    """Whether there is anything at all, so that an empty list can say which of the two it is."""
    everything = ResultFilter()
    found = await found_results(grant, everything, Period.ALL, 1)
    return bool(found.rows)
