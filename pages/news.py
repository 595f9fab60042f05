"""What is new in a record, or waits, or was corrected: tests, reports and papers, asked for in one read of three tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from piccolo.table import Table

from access.grant import RecordGrant
from access.predicates import Predicate
from access.visible import one_of, visible
from access.vocabulary import Category
from pages.stored import Row, columns
from rules.newness import NEW_FOR
from tables.documents import DocumentReference
from tables.results import DiagnosticReport, Observation

TEST, REPORT, PAPER = "test", "report", "paper"
SHARED = columns(Observation, ("id", "label", "loinc", "status", "corrected", "changed_at", "released_at", "effective"))
"""What all three tables have."""
PENDING = ("registered", "preliminary", "partial", "unknown")
WAITS = one_of("status", PENDING)
IN_RESULTS = "category = 'results'"
CORRECTED = "corrected AND changed_at > ?"
NO_PART = "CAST(NULL AS UUID) AS report, CAST(NULL AS UUID) AS parent"
SAYS = "panel OR (value IS NOT NULL AND COALESCE(absent_reason, '') = '')"
"""Whether a test says something, or is made of tests that may."""
IN_WORDS = "COALESCE(conclusion, '') <> '' OR COALESCE(note, '') <> ''"
TOLD = "SELECT 1 FROM observation WHERE {seen} AND report = diagnostic_report.id AND value IS NOT NULL AND absent_reason = ''"


async def news_rows(grant: RecordGrant) -> list[Row]:
    """Each once, with `what` it is, the `report` or `parent` that holds a test, a paper's `title`, and whether it `says`
    something: of a report that is pending, whether one of its tests does, as in the list of results."""
    arms = list(_arms(grant, grant.now - NEW_FOR))
    if not arms:
        return []
    sql, values = " UNION ALL ".join(arm.sql for arm in arms), [value for arm in arms for value in arm.values]
    rows = await grant.house.database.rows(sql, *values)
    return list({row["id"]: row for row in rows}.values())


def _arms(grant: RecordGrant, since: datetime) -> Iterator[Predicate]:
    """One for each way to be news, so that each finds its rows in an index. Tests come first: their columns say of what kind
    all the others are."""
    if grant.may(Category.RESULTS):
        more = f"category, report, parent, '' AS title, {SAYS} AS says"
        alone = f"{IN_RESULTS} AND report IS NULL AND parent IS NULL AND (released_at > ? OR {WAITS})"
        yield _arm(grant, TEST, Observation, more, (), alone, (since, *PENDING))
        yield _arm(grant, TEST, Observation, more, (), f"{IN_RESULTS} AND {CORRECTED}", (since,))
    if grant.may(Category.RESULTS) or grant.may(Category.IMAGING):
        tests = visible(grant, Observation).predicate
        told = f"CASE WHEN {WAITS} THEN EXISTS ({TOLD.format(seen=tests.sql)}) ELSE FALSE END"
        more = f"category, {NO_PART}, '' AS title, ({IN_WORDS} OR {told}) AS says"
        also = f"(released_at > ? OR {IN_RESULTS} AND ({CORRECTED} OR {WAITS}))"
        yield _arm(grant, REPORT, DiagnosticReport, more, (*PENDING, *tests.values), also, (since, since, *PENDING))
    if grant.may(Category.DOCUMENTS):
        more = f"'' AS category, {NO_PART}, title, TRUE AS says"
        yield _arm(grant, PAPER, DocumentReference, more, (), "released_at > ?", (since,))


def _arm(grant: RecordGrant, what: str, table: type[Table], more: str, asked: tuple, also: str, values: tuple) -> Predicate:
    """`more` are the columns besides those that all have, `asked` their values; `also` narrows, by `values`."""
    seen = visible(grant, table).predicate
    sql = f"SELECT '{what}' AS what, {', '.join(SHARED)}, {more} FROM {table._meta.tablename} WHERE {seen.sql} AND {also}"
    return Predicate(sql, (*asked, *seen.values, *values))
