"""`R/imaging`: scans, X-rays and pictures: what was found, and what was taken."""

from __future__ import annotations

from access.vocabulary import Category
from pages.findings import clipped
from pages.listing import Entry, Listing, Source
from pages.stored import Row, when_in
from rules.results import Shown, shown_state
from tables.imaging import ImagingStudy, Media
from tables.results import DiagnosticReport
from words.gettext import N_, _, ngettext
from words.results import state, state_tag
from words.sentences import sentence
from words.states import tag
from words.tests import name_of

IS_IMAGING = f"category = '{Category.IMAGING.value}'"
MODALITIES = {
    "CR": N_("X-ray"), "DX": N_("X-ray"), "RF": N_("X-ray"), "RG": N_("X-ray"), "CT": N_("CT scan"), "MR": N_("MRI scan"),
    "US": N_("Ultrasound"), "MG": N_("Breast X-ray"), "PT": N_("PET scan"), "ES": N_("Pictures from inside the body"),
    "XC": N_("Photo"), "GM": N_("Photo through a microscope"),
}  # fmt: skip
"""DICOM's codes of how a picture was made, where a feed sends no words. What is not here stands as it was sent."""
STUDIES = {
    "registered": ("wait", N_("Not taken yet")), "cancelled": ("", N_("Not done")),
    "preparation": ("wait", N_("Planned")), "in-progress": ("wait", N_("Going on now")), "not-done": ("", N_("Not done")),
    "on-hold": ("wait", N_("On hold")), "stopped": ("", N_("Stopped")), "aborted": ("", N_("Stopped")),
}  # fmt: skip
"""FHIR ImagingStudy and Media status, where it is worth a word."""


def report_state(row: Row) -> Shown:
    """Its tests count as much as what is written."""
    return shown_state(row["status"], bool(row["conclusion"] or row["note"] or row["attachments"] or row["test_count"]))


def report_tag(row: Row) -> tuple[str, str] | None:
    """That it is not final says more than that it was corrected."""
    shown = report_state(row)
    if shown in (Shown.NOT_FINAL, Shown.WAITING, Shown.NOT_DONE):
        return state_tag(shown), state(shown)
    corrected = row["corrected"] or shown is Shown.CORRECTED
    return (state_tag(Shown.CORRECTED), state(Shown.CORRECTED)) if corrected else None


def report_name(row: Row) -> str:
    return name_of((row["loinc"],), row["label"]) or _("Report")


def study_name(row: Row) -> str:
    return how_made(row["label"]) or how_made(row["modality"]) or _("Pictures")


def how_made(sent: str | None) -> str:
    """Ultrasound; several joined by commas."""
    return ", ".join(_(MODALITIES[one]) if one in MODALITIES else one for one in (sent or "").split(", ") if one)


def study_tag(row: Row) -> tuple[str, str] | None:
    return tag(STUDIES, row["status"])


def pictures(count: int | None) -> str:
    return ngettext("%(count)s picture", "%(count)s pictures", count) if count and count > 0 else ""


def _report(row: Row) -> Entry:
    said = sentence(clipped(row["conclusion"] or row["note"] or ""))
    if not said and row["attachments"]:
        said = _("The report is a file.")
    who = _("From %(who)s.", who=row["performer"]) if row["performer"] else ""
    return Entry(
        title=report_name(row), at=("imaging", row["ref"]), tag=report_tag(row), said=said, lines=(who,) if who else (),
        soft=when_in(row),
    )  # fmt: skip


def _study(row: Row) -> Entry:
    where = _("Taken at %(place)s.", place=row["place"]) if row["place"] else ""
    many = pictures(row["picture_count"])
    lines = tuple(filter(None, (sentence(many), where)))
    return Entry(title=study_name(row), at=("imaging", row["ref"]), tag=study_tag(row), lines=lines, soft=when_in(row))


def _media(row: Row) -> Entry:
    return Entry(
        title=study_name(row), at=("imaging", row["ref"]), tag=study_tag(row), said=sentence(clipped(row["note"] or "")),
        soft=when_in(row),
    )  # fmt: skip


IMAGING = Listing(
    path="imaging", category=Category.IMAGING, title=N_("Scans and X-rays"),
    counts=(N_("%(count)s scan, picture or report."), N_("%(count)s scans, pictures and reports.")),
    none=N_("No scans or X-rays are written down here."),
    intro=N_("A scan and the report on it may stand here one after the other."),
    sources=(
        Source(DiagnosticReport, ("loinc", "label", "status", "corrected", "conclusion", "note", "attachments", "test_count",
               "performer", "effective"), _report, only=IS_IMAGING),
        Source(ImagingStudy, ("label", "modality", "status", "place", "picture_count", "effective"), _study),
        Source(Media, ("label", "modality", "status", "note", "effective"), _media),
    ),
)  # fmt: skip
