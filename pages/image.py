"""`R/imaging/{image}`: one report, one scan, or one picture: a row of any of three tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from piccolo.table import Table

from access.grant import RecordGrant
from access.visible import visible
from pages.address import Address
from pages.attachments import HELD, File, ReadPdf, attachments_of, file_of, files_part, unlisted, words_parts
from pages.belonging import visit_links
from pages.findings import nested
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
from pages.sheet import Cell, Link, Part, Sheet, said_facts, table_of
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
LIST = N_("All scans and X-rays")


async def image_page(grant: RecordGrant, ref: str, read_pdf: ReadPdf) -> Sheet | None:
    """None where there is no such report, scan or picture for this grant."""
    for table, (names, made) in KINDS.items():
        found = await visible(grant, table).rows(columns(table, names), _which(table), ref)
        if found:
            grant.showed(table.__name__, [found[0]["id"]])
            [row] = await with_reasons(grant, found)
            return await _with_more(grant, row, made(grant, row), read_pdf)
    return None


async def image_file(grant: RecordGrant, ref: str, place: int) -> File | None:
    for table in (DiagnosticReport, Media):
        found = await file_of(grant, table, _which(table), ref, place, "imaging")
        if found:
            return found
    return None


def _which(table: type[Table]) -> str:
    return f"ref = ? AND {IS_IMAGING}" if table is DiagnosticReport else "ref = ?"


async def _with_more(grant: RecordGrant, row: Row, sheet: Sheet, read_pdf: ReadPdf) -> Sheet:
    """What lies elsewhere: the tests of a report, files, and the visit."""
    files = await attachments_of(grant, row, read_pdf) if "attachments" in row else ()
    more = unlisted(row) if "attachments" in row else 0
    tests = await _tests(grant, row) if "conclusion" in row else ()
    parts = (*sheet.parts, *tests, *words_parts(files), *files_part(files, more, *sheet.here))
    return replace(sheet, parts=parts, links_heading=_("See also"), links=await visit_links(grant, row["encounter"]))


async def _tests(grant: RecordGrant, report: Row) -> tuple[Part, ...]:
    rows = await with_members(grant, await tests_of(grant, "report = ?", report["id"]))
    grant.showed("Observation", [row["id"] for row in rows])
    return tuple(map(group_part, groups_of(nested(rows))))


def _sheet(grant: RecordGrant, row: Row, **said: Any) -> Sheet:
    return Sheet(
        at=Address.of(grant), here=("imaging", row["ref"]), up=Link(("imaging",), _(LIST)),
        nothing=_("Nothing else is written here about it."), **said,
    )  # fmt: skip


def _report(grant: RecordGrant, row: Row) -> Sheet:
    name, issued = report_name(row), row["issued_at"]
    return _sheet(
        grant, row, title=name, kind=_("Report on a scan"), tag=report_tag(row), lede=_lede(row),
        facts=said_facts(
            (_("When"), when_in(row)), (_("Reported on"), day(issued) if issued else ""), (_("From"), row["performer"]),
            (_("The clinic calls it"), row["label"] if row["label"] != name else ""),
        ),
        parts=(*_written(_("What was found"), row["conclusion"]), *_written(_("The report in its own words"), row["note"])),
    )  # fmt: skip


def _lede(row: Row) -> str:
    """What must be known before the rest is read."""
    shown = report_state(row)
    corrected = row["corrected"] or shown is Shown.CORRECTED
    said = [_("This report was changed after it was first sent.")] if corrected else []
    return " ".join([*said, *([_(PENDING[shown])] if shown in PENDING else [])])


def _written(heading: str, text: str | None) -> tuple[Part, ...]:
    said = blocks(text or "")
    return (Part(heading, blocks=said),) if said else ()


def _study(grant: RecordGrant, row: Row) -> Sheet:
    name, series = study_name(row), row["series_count"]
    return _sheet(
        grant, row, title=name, kind=_("Scan"), tag=study_tag(row),
        facts=said_facts(
            (_("When"), when_in(row)), (_("Kind"), _other(how_made(row["modality"]), name)),
            (_("Part of the body"), row["body_site"]), (_("What was done"), _other(row["description"], name)),
            (_("Why"), row["reason"]), (_("Asked for by"), row["referrer"]), (_("Where"), row["place"]),
            (_("Series"), _many(series)), (_("Pictures"), _many(row["picture_count"])),
        ),
        parts=(*_series(listed(row["series"])), *_written(_("Notes"), row["note"])),
        lede=_("The pictures themselves are kept at the clinic. Ask us for a copy."),
    )  # fmt: skip


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


def _media(grant: RecordGrant, row: Row) -> Sheet:
    name, issued = study_name(row), row["issued_at"]
    return _sheet(
        grant, row, title=name, kind=_("Picture"), tag=study_tag(row),
        facts=said_facts(
            (_("When"), when_in(row) or (day(issued) if issued else "")), (_("Kind"), _other(how_made(row["modality"]), name)),
            (_("Part of the body"), row["body_site"]), (_("Why"), row["reason"]), (_("Taken by"), row["operator"]),
            (_("Taken with"), row["device"]),
        ),
        parts=_written(_("Notes"), row["note"]),
    )  # fmt: skip


def _many(count: int | None) -> str:
    return numbers.count(count) if count and count > 0 else ""


def _other(words: str | None, name: str) -> str:
    """What the title does not say already."""
    return words if words and words != name else ""


KINDS: dict[type[Table], tuple[tuple[str, ...], Callable[[RecordGrant, Row], Sheet]]] = {
    DiagnosticReport: ((*HELD, "ref", "loinc", "label", "status", "corrected", "conclusion", "note", "test_count",
                        "performer", "issued_at", "encounter", "effective"), _report),
    ImagingStudy: (("id", "ref", "label", "modality", "status", "body_site", "description", "reason", "referrer", "place",
                    "series_count", "picture_count", "series", "note", "encounter", "effective"), _study),
    Media: ((*HELD, "ref", "label", "modality", "status", "body_site", "reason", "device", "operator", "note", "issued_at",
             "encounter", "effective"), _media),
}  # fmt: skip
