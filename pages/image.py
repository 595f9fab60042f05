"""`R/imaging/{image}`: one report, one scan, or one picture: a row of any of three tables."""

from __future__ import annotations

from dataclasses import dataclass

from piccolo.table import Table

from access.grant import RecordGrant
from access.visible import visible
from pages.address import Address
from pages.attachments import HELD, Attachment, File, ReadPdf, attachments_of, file_of, files_part, unlisted, words_parts
from pages.belonging import links_to_visit, visit_of
from pages.findings import Finding, nested
from pages.imaging import (
    IS_IMAGING,
    how_made,
    report_name,
    report_state,
    report_tag,
    study_name,
    study_tag,
)
from pages.pointed import with_reasons
from pages.report_tests import group_part, groups_of, tests_of, with_members
from pages.sheet import Cell, Facts, Link, Part, Sheet, said_facts, table_of
from pages.stored import Row, columns, listed, when_in
from pages.written import blocks
from rules.results import Shown
from tables.imaging import ImagingStudy, Media
from tables.results import DiagnosticReport
from words import numbers
from words.dates import day
from words.gettext import N_, _, ngettext

MOST_SERIES = 40
PENDING = {
    Shown.NOT_FINAL: N_("This is not final. The clinic may still add to it or change it."),
    Shown.WAITING: N_("The report has not come yet."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePage(Sheet):
    """What the three kinds have in common. `findings` are the tests of a report; `visit` is the one it belongs to."""

    row: Row
    findings: tuple[Finding, ...]
    files: tuple[Attachment, ...]
    visit: Row | None

    @property
    def up(self) -> Link:
        return Link(("imaging",), _("All scans and X-rays"))

    @property
    def said(self) -> tuple[Part, ...]:
        """What its own kind says."""
        return _written(_("Notes"), self.row["note"])

    @property
    def parts(self) -> tuple[Part, ...]:
        tests = map(group_part, groups_of(self.findings))
        return *self.said, *tests, *words_parts(self.files), *files_part(self.files, unlisted(self.row), *self.here)

    @property
    def nothing(self) -> str:
        return _("Nothing else is written here about it.")

    @property
    def links(self) -> tuple[Link, ...]:
        return links_to_visit(self.visit)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReport(ImagePage):
    @property
    def title(self) -> str:
        return report_name(self.row)

    @property
    def kind(self) -> str:
        return _("Report on a scan")

    @property
    def tag(self) -> tuple[str, str] | None:
        return report_tag(self.row)

    @property
    def lede(self) -> str:
        """What must be known before the rest is read."""
        row, shown = self.row, report_state(self.row)
        corrected = row["corrected"] or shown is Shown.CORRECTED
        said = [_("This report was changed after it was first sent.")] if corrected else []
        return " ".join([*said, *([_(PENDING[shown])] if shown in PENDING else [])])

    @property
    def facts(self) -> Facts:
        row, issued = self.row, self.row["issued_at"]
        return said_facts(
            (_("When"), when_in(row)), (_("Reported on"), day(issued) if issued else ""), (_("From"), row["performer"]),
            (_("The clinic calls it"), _other(row["label"], self.title)),
        )  # fmt: skip

    @property
    def said(self) -> tuple[Part, ...]:
        found, words = self.row["conclusion"], self.row["note"]
        return *_written(_("What was found"), found), *_written(_("The report in its own words"), words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Study(ImagePage):
    @property
    def title(self) -> str:
        return study_name(self.row)

    @property
    def kind(self) -> str:
        return _("Scan")

    @property
    def tag(self) -> tuple[str, str] | None:
        return study_tag(self.row)

    @property
    def lede(self) -> str:
        return _("The pictures themselves are kept at the clinic. Ask us for a copy.")

    @property
    def facts(self) -> Facts:
        row, name = self.row, self.title
        return said_facts(
            (_("When"), when_in(row)), (_("Kind"), _other(how_made(row["modality"]), name)),
            (_("Part of the body"), row["body_site"]), (_("What was done"), _other(row["description"], name)),
            (_("Why"), row["reason"]), (_("Asked for by"), row["referrer"]), (_("Where"), row["place"]),
            (_("Series"), _many(row["series_count"])), (_("Pictures"), _many(row["picture_count"])),
        )  # fmt: skip

    @property
    def said(self) -> tuple[Part, ...]:
        return *_series(listed(self.row["series"])), *_written(_("Notes"), self.row["note"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture(ImagePage):
    @property
    def title(self) -> str:
        return study_name(self.row)

    @property
    def kind(self) -> str:
        return _("Picture")

    @property
    def tag(self) -> tuple[str, str] | None:
        return study_tag(self.row)

    @property
    def facts(self) -> Facts:
        row, issued = self.row, self.row["issued_at"]
        return said_facts(
            (_("When"), when_in(row) or (day(issued) if issued else "")),
            (_("Kind"), _other(how_made(row["modality"]), self.title)), (_("Part of the body"), row["body_site"]),
            (_("Why"), row["reason"]), (_("Taken by"), row["operator"]), (_("Taken with"), row["device"]),
        )  # fmt: skip


async def image_page(grant: RecordGrant, ref: str, read_pdf: ReadPdf) -> ImagePage | None:
    """None where there is no such report, scan or picture for this grant."""
    for table, (names, kind) in KINDS.items():
        found = await visible(grant, table).rows(columns(table, names), _which(table), ref)
        if found:
            grant.showed(table.__name__, [found[0]["id"]])
            [row] = await with_reasons(grant, found)
            return kind(
                at=Address.of(grant), here=("imaging", ref), row=row, findings=await _findings(grant, row),
                files=await attachments_of(grant, row, read_pdf), visit=await visit_of(grant, row),
            )  # fmt: skip
    return None


async def _findings(grant: RecordGrant, row: Row) -> tuple[Finding, ...]:
    """Of a report that came with tests."""
    if not row.get("test_count"):
        return ()
    rows = await with_members(grant, await tests_of(grant, "report = ?", row["id"]))
    grant.showed("Observation", [one["id"] for one in rows])
    return nested(rows)


async def image_file(grant: RecordGrant, ref: str, place: int) -> File | None:
    for table in (DiagnosticReport, Media):
        found = await file_of(grant, table, _which(table), ref, place, "imaging")
        if found:
            return found
    return None


def _which(table: type[Table]) -> str:
    return f"ref = ? AND {IS_IMAGING}" if table is DiagnosticReport else "ref = ?"


def _written(heading: str, text: str | None) -> tuple[Part, ...]:
    said = blocks(text or "")
    return (Part(heading, blocks=said),) if said else ()


def _series(sent: list[Row]) -> tuple[Part, ...]:
    """Where there is more than one: what each shows."""
    if len(sent) < 2:
        return ()
    heads = (_("Series"), _("Part of the body"), _("Kind"), _("Pictures"))
    rows = [
        (Cell(one.get("description") or _("Series %(number)s", number=number)), Cell(one.get("body_site") or ""),
         Cell(how_made(one.get("modality"))), Cell(str(one.get("pictures") or "")))
        for number, one in enumerate(sent[:MOST_SERIES], 1)
    ]  # fmt: skip
    caption = ngettext("%(count)s series", "%(count)s series", len(rows))
    left = _("The first %(count)s of them are shown.", count=MOST_SERIES) if len(sent) > MOST_SERIES else ""
    return (Part(_("What the pictures show"), table=table_of(caption, heads, rows), by=left),)


def _many(count: int | None) -> str:
    return numbers.count(count) if count and count > 0 else ""


def _other(words: str | None, name: str) -> str:
    """What the title does not say already."""
    return words if words and words != name else ""


KINDS: dict[type[Table], tuple[tuple[str, ...], type[ImagePage]]] = {
    DiagnosticReport: ((*HELD, "ref", "loinc", "label", "status", "corrected", "conclusion", "note", "test_count",
                        "performer", "issued_at", "encounter", "effective"), ScanReport),
    ImagingStudy: (("id", "ref", "label", "modality", "status", "body_site", "description", "reason", "referrer", "place",
                    "series_count", "picture_count", "series", "note", "encounter", "effective"), Study),
    Media: ((*HELD, "ref", "label", "modality", "status", "body_site", "reason", "device", "operator", "note", "issued_at",
             "encounter", "effective"), Picture),
}  # fmt: skip
