"""What belongs to one visit, table by table: each read goes through `visible`, so a table not shared gives no rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from access.grant import RecordGrant
from access.visible import visible
from access.vocabulary import TABLE_CATEGORY, Category
from pages import findings
from pages.stored import listed
from tables.conditions import Condition
from tables.documents import DocumentReference
from tables.medicines import MedicationRequest
from tables.procedures import Procedure
from tables.results import DiagnosticReport, Observation
from tables.vaccines import Immunization
from tables.visits import Composition, Encounter

Rows = list[dict[str, Any]]

RULED_OUT = ("refuted", "entered-in-error")
SHOWN = (Category.RESULTS.value, Category.VITALS.value)
"""Of the observations, what was tested and what was measured; answers to questionnaires are no part of a summary."""

IN_TEXT = (
    Category.RESULTS, Category.IMAGING, Category.MEDICINES, Category.ALLERGIES, Category.CONDITIONS, Category.VACCINES,
    Category.VITALS, Category.CARE_PLAN,
)
"""What a clinic may write of in one running text, which cannot be shown in part."""


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


async def of_visit(grant: RecordGrant, encounter: dict[str, Any]) -> OfVisit:
    reports = await _reports(grant, encounter)
    return OfVisit(
        texts=await _read(grant, encounter, Composition, Composition.title, Composition.author, Composition.sections,
                          order=Composition.effective_starts),
        conditions=await _conditions(grant, encounter),
        reports=reports,
        tests=await _tests(grant, encounter, reports),
        medicines=await _read(grant, encounter, MedicationRequest, MedicationRequest.label, MedicationRequest.doses,
                              MedicationRequest.reason, MedicationRequest.reported, order=MedicationRequest.label),
        procedures=await _read(grant, encounter, Procedure, Procedure.label, Procedure.performer, Procedure.outcome,
                               Procedure.status_reason, Procedure.note, order=Procedure.effective_starts),
        vaccines=await _read(grant, encounter, Immunization, Immunization.label, Immunization.not_done_reason,
                             Immunization.dose, order=Immunization.label),
        letters=await _read(grant, encounter, DocumentReference, DocumentReference.label, DocumentReference.title,
                            DocumentReference.note, DocumentReference.author, order=DocumentReference.effective_starts),
    )  # fmt: skip


def may_read_texts(grant: RecordGrant) -> bool:
    """A running text names results, medicines and conditions: it is for those who may see all of these."""
    return grant.everything or all(grant.may(category) for category in IN_TEXT)


async def _read(grant: RecordGrant, encounter: dict[str, Any], table, *columns, order) -> Rows:
    if not grant.may(TABLE_CATEGORY[table]):
        return []
    of_it = table.encounter == encounter["id"]
    query = visible(grant, table).select(table.id, table.ref, table.fhir_type, table.status, *columns).where(of_it)
    found = await query.order_by(order).order_by(table.ref)
    grant.showed(table.__name__, [row["id"] for row in found])
    return found


async def _conditions(grant: RecordGrant, encounter: dict[str, Any]) -> Rows:
    """Those made at this visit, and those the visit names as its diagnosis."""
    if not grant.may(Category.CONDITIONS):
        return []
    named = [one["condition"].rpartition("/")[2] for one in listed(encounter["diagnoses"]) if one.get("condition")]
    of_it = Condition.encounter == encounter["id"]
    if named:
        of_it |= Condition.fhir_id.is_in(named) & (Condition.source == encounter["source"])
    query = visible(grant, Condition).select(
        Condition.id, Condition.ref, Condition.fhir_id, Condition.label, Condition.clinical_status, Condition.verification
    )
    found = await query.where(of_it & Condition.verification.not_in(list(RULED_OUT))).order_by(Condition.label)
    grant.showed("Condition", [row["id"] for row in found])
    return found


async def _reports(grant: RecordGrant, encounter: dict[str, Any]) -> Rows:
    query = visible(grant, DiagnosticReport).select(
        DiagnosticReport.id, DiagnosticReport.ref, DiagnosticReport.category, DiagnosticReport.kind,
        DiagnosticReport.label, DiagnosticReport.loinc, DiagnosticReport.status, DiagnosticReport.conclusion,
        DiagnosticReport.note, DiagnosticReport.test_count, DiagnosticReport.performer,
    )  # fmt: skip
    found = await query.where(DiagnosticReport.encounter == encounter["id"]).order_by(DiagnosticReport.effective_starts)
    grant.showed("DiagnosticReport", [row["id"] for row in found])
    return found


async def _tests(grant: RecordGrant, encounter: dict[str, Any], reports: Rows) -> Rows:
    """Of the visit itself, and of its reports where only these name the visit."""
    of_it = Observation.encounter == encounter["id"]
    if reports:
        of_it |= Observation.report.is_in([row["id"] for row in reports])
    query = visible(grant, Observation).select(*findings.COLUMNS).where(of_it & Observation.category.is_in(list(SHOWN)))
    found = await query.order_by(Observation.label).order_by(Observation.ref)
    grant.showed("Observation", [row["id"] for row in found])
    return found


async def the_visit(grant: RecordGrant, ref: str) -> dict[str, Any] | None:
    query = visible(grant, Encounter).select(
        Encounter.id, Encounter.ref, Encounter.source, Encounter.status, Encounter.label, Encounter.reasons,
        Encounter.diagnoses, Encounter.participants, Encounter.place, Encounter.organization, Encounter.effective_text,
        Encounter.effective_precision, Encounter.effective_starts, Encounter.effective_ends,
    )  # fmt: skip
    return await query.where(Encounter.ref == ref).first()
