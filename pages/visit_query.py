"""What belongs to one visit, table by table: each read goes through `visible`, so a table not shared gives no rows."""

from __future__ import annotations

from dataclasses import dataclass

from piccolo.table import Table

from access.grant import RecordGrant
from access.visible import one_of, visible
from access.vocabulary import TABLE_CATEGORY, Category
from pages import findings
from pages.pointed import reasons_without
from pages.stored import Row, listed
from pages.visit_rows import COLUMNS
from tables.conditions import Condition
from tables.documents import DocumentReference
from tables.medicines import MedicationRequest
from tables.procedures import Procedure
from tables.results import DiagnosticReport, Observation
from tables.vaccines import Immunization
from tables.visits import Composition, Encounter

Rows = list[Row]
VISIT = (*COLUMNS, "source", "diagnoses")
REPORT = ("id", "ref", "category", "kind", "label", "loinc", "status", "conclusion", "note", "test_count", "performer")

RULED_OUT = ("refuted", "entered-in-error")
SHOWN = (Category.RESULTS.value, Category.VITALS.value)
"""Of the observations, what was tested and what was measured; answers to questionnaires are no part of a summary."""

MOST = 200
"""Diagnoses that a visit names which are looked for."""


@dataclass(frozen=True, slots=True)
class OfVisit:
    """Rows as stored, in the order in which they are said."""

    texts: Rows
    conditions: Rows
    reports: Rows
    tests: Rows
    medicines: Rows
    procedures: Rows
    vaccines: Rows
    letters: Rows


async def of_visit(grant: RecordGrant, encounter: Row, hidden: frozenset[str]) -> OfVisit:
    """`hidden` are names of conditions that nothing here may say."""
    reports = await _reports(grant, encounter)
    return OfVisit(
        texts=await _read(grant, encounter, Composition, "title", "author", "sections", order="effective_starts"),
        conditions=await _conditions(grant, encounter),
        reports=reports,
        tests=await _tests(grant, encounter, reports),
        medicines=reasons_without(
            await _read(grant, encounter, MedicationRequest, "label", "doses", "reason", "reported"), hidden
        ),
        procedures=await _read(grant, encounter, Procedure, "label", "performer", "outcome", "status_reason", "note",
                               order="effective_starts"),
        vaccines=await _read(grant, encounter, Immunization, "label", "not_done_reason", "dose"),
        letters=await _read(grant, encounter, DocumentReference, "label", "title", "note", "author",
                            order="effective_starts"),
    )  # fmt: skip


async def _read(grant: RecordGrant, encounter: Row, table: type[Table], *names: str, order: str = "label") -> Rows:
    if not grant.may(TABLE_CATEGORY[table]):
        return []
    names, order = ("id", "ref", "fhir_type", "status", *names), f"ORDER BY {order} NULLS FIRST, ref"
    found = await visible(grant, table).rows(names, "encounter = ?", encounter["id"], then=order)
    grant.showed(table.__name__, [row["id"] for row in found])
    return found


async def _conditions(grant: RecordGrant, encounter: Row) -> Rows:
    """Those made at this visit, and those the visit names as its diagnosis."""
    if not grant.may(Category.CONDITIONS):
        return []
    named = [one["condition"].rpartition("/")[2] for one in listed(encounter["diagnoses"])[:MOST] if one.get("condition")]
    names = "id", "ref", "fhir_id", "label", "clinical_status", "verification"
    also = f"(encounter = ? OR {one_of('fhir_id', named)} AND source = ?) AND NOT {one_of('verification', RULED_OUT)}"
    values = encounter["id"], *named, encounter["source"], *RULED_OUT
    found = await visible(grant, Condition).rows(names, also, *values, then="ORDER BY label")
    grant.showed("Condition", [row["id"] for row in found])
    return found


async def _reports(grant: RecordGrant, encounter: Row) -> Rows:
    order = "ORDER BY effective_starts NULLS FIRST"
    found = await visible(grant, DiagnosticReport).rows(REPORT, "encounter = ?", encounter["id"], then=order)
    grant.showed("DiagnosticReport", [row["id"] for row in found])
    return found


async def _tests(grant: RecordGrant, encounter: Row, reports: Rows) -> Rows:
    """Of the visit itself, and of its reports where only these name the visit. Two questions, each with an index of its
    own: asked as one, SQLite looks through all tests of the patient."""
    inside, kinds = [row["id"] for row in reports], one_of("category", SHOWN)
    tests = visible(grant, Observation)
    found = await tests.rows(findings.COLUMNS, f"encounter = ? AND {kinds}", encounter["id"], *SHOWN)
    if inside:
        found += await tests.rows(findings.COLUMNS, f"{one_of('report', inside)} AND {kinds}", *inside, *SHOWN)
    once = sorted({row["id"]: row for row in found}.values(), key=lambda row: (row["label"], row["ref"]))
    grant.showed("Observation", [row["id"] for row in once])
    return once


async def the_visit(grant: RecordGrant, ref: str) -> Row | None:
    """Its reasons as they were sent: `reasons_without` takes out what may not be said."""
    return next(iter(await visible(grant, Encounter).rows(VISIT, "ref = ?", ref)), None)
