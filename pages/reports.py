"""`R/results/{report}`: one report with its tests, or one test or panel that no report holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from access.grant import RecordGrant
from access.visible import visible
from access.vocabulary import Category
from files.kinds import TEXT
from pages.address import Address, RecordPage
from pages.attachments import Attachment, File, attachments_of, file_of
from pages.findings import Finding, nested, taken_of
from pages.report_tests import Group, groups_of, tests_of, with_members
from pages.result_rows import ResultRow, listed_row
from pages.stored import columns
from rules.dates import ClinicalDate
from rules.newness import is_new
from rules.results import Shown, shown_state
from rules.text import paragraphs
from tables.results import DiagnosticReport
from words.dates import clinical_when, day
from words.gettext import _
from words.results import specimen

RESULTS = Category.RESULTS.value
SAMPLES = ("blood", "urine", "stool", "swab")
REPORT = columns(DiagnosticReport, (
    "id", "source", "fhir_type", "fhir_id", "patient", "ref", "label", "loinc", "kind", "status", "corrected", "effective",
    "issued_at", "performer", "conclusion", "note", "attachments", "released_at", "changed_at",
))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage(RecordPage):
    """`summary` is what the list of results says of it."""

    ref: str
    label: str
    loinc: str
    report: bool
    summary: ResultRow
    taken: ClinicalDate | None
    issued_at: datetime | None
    changed_at: datetime | None
    performer: str
    specimen: str
    method: str
    state: Shown
    conclusion: str
    note: str
    findings: tuple[Finding, ...]
    attachments: tuple[Attachment, ...]

    @property
    def name(self) -> str:
        return self.summary.name

    @property
    def laboratory_name(self) -> str:
        return self.label if self.label != self.name else ""

    @property
    def leaves(self) -> tuple[Finding, ...]:
        return tuple(leaf for one in self.findings for leaf in one.leaves)

    @property
    def corrected_words(self) -> str:
        """Of a report that was changed where no single test says how; a test says it in its own row."""
        if not self.summary.corrected or any(one.corrected for one in self.leaves):
            return ""
        return _("The laboratory changed this report after it was first sent.")

    @property
    def pending_words(self) -> str:
        if self.state is Shown.NOT_FINAL:
            return _("Not final. The laboratory may still add to it or change it.")
        return _("Waiting. The laboratory has not sent the result yet.") if self.state is Shown.WAITING else ""

    def facts(self) -> list[tuple[str, str]]:
        """When, from what, by whom; only what was sent."""
        sample = self.specimen or (specimen(self.summary.kind) if self.summary.kind in SAMPLES else "")
        issued = day(self.issued_at) if self.issued_at else ""
        known = (
            (_("Taken on") if self.leaves else _("Date"), clinical_when(self.taken) if self.taken else _("Date not known")),
            (_("Sample"), sample), (_("Way of testing"), self.method), (_("Reported on"), issued),
            (_("From"), self.performer),
        )  # fmt: skip
        return [(term, words) for term, words in known if words]

    @staticmethod
    def paragraphs(text: str) -> list[list[str]]:
        """The lines of each paragraph, as somebody wrote them."""
        return [one.splitlines() for one in paragraphs(text)]

    def groups(self) -> Iterator[Group]:
        """A single test that said nothing needs no table: the sentence has said so."""
        if self.report or any(one.has_value for one in self.leaves):
            yield from groups_of(self.findings)

    @property
    def ranged(self) -> bool:
        return any(one.ranges for one in self.leaves)

    @property
    def followed(self) -> bool:
        """Whether any of them has a history to look at."""
        return any(one.series for one in self.leaves)

    @property
    def numbered(self) -> bool:
        return any(one.has_number for one in self.leaves)


async def report_page(grant: RecordGrant, ref: str) -> ReportPage | None:
    """None where there is no such report for this grant."""
    found = await visible(grant, DiagnosticReport).rows(REPORT, f"ref = ? AND category = '{RESULTS}'", ref)
    if not found:
        return await _lone_page(grant, ref)
    rows = await with_members(grant, await tests_of(grant, "report = ?", found[0]["id"]))
    grant.showed("DiagnosticReport", [found[0]["id"]])
    return _page(grant, found[0], nested(rows), await attachments_of(grant, found[0]), report=True)


async def report_file(grant: RecordGrant, ref: str, place: int) -> File | None:
    return await file_of(grant, DiagnosticReport, f"ref = ? AND category = '{RESULTS}'", ref, place, "results")


async def _lone_page(grant: RecordGrant, ref: str) -> ReportPage | None:
    rows = await tests_of(grant, f"ref = ? AND category = '{RESULTS}'", ref)
    if not rows:
        return None
    findings = nested(await with_members(grant, rows))
    grant.showed("Observation", [rows[0]["id"]])
    return _page(grant, {**rows[0], "conclusion": None, "attachments": None}, findings, (), report=False)


def _page(
    grant: RecordGrant, row: dict[str, Any], findings: tuple[Finding, ...], files: tuple[Attachment, ...], *, report: bool
) -> ReportPage:
    said = any(leaf.has_value for one in findings for leaf in one.leaves)
    empty = not (said or row["conclusion"] or row["note"]) if report else not (said or findings[0].parts)
    state, taken = shown_state(row["status"], not empty), taken_of(row)
    summary = listed_row(
        row, findings, report=report, state=state, taken=taken, new=is_new(row["released_at"], taken, grant.now)
    )
    return ReportPage(
        at=Address.of(grant), ref=row["ref"], label=row["label"], loinc=row["loinc"], report=report, summary=summary,
        taken=taken, issued_at=row["issued_at"], changed_at=row["changed_at"], performer=row["performer"] or "",
        specimen=row.get("specimen") or "", method=row.get("method") or "", state=state,
        conclusion=row["conclusion"] or "", note=(row["note"] or "") if report else "", findings=findings,
        attachments=tuple(one for one in files if one.kind != TEXT or not one.noted),
    )  # fmt: skip

