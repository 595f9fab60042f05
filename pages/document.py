"""`R/documents/{document}`: one letter or document: what it says, its files, and which others it replaces."""

from __future__ import annotations

from collections.abc import Sequence

from access.grant import RecordGrant
from access.visible import one_of, visible
from pages.address import Address
from pages.attachments import HELD, File, ReadPdf, attachments_of, file_of, files_part, unlisted, words_parts
from pages.belonging import visit_links
from pages.documents import document_name, document_tag, written_on
from pages.sheet import Link, Part, Sheet, said_facts
from pages.stored import Row, columns, listed, when_in
from pages.written import blocks
from tables.documents import DocumentReference
from words.gettext import N_, _

NAMED = ("ref", "label", "title", "effective", "about")
COLUMNS = (*HELD, *NAMED, "status", "doc_status", "category", "author", "organization", "note", "replaces", "encounter")
RELATED = {"replaces": N_("Replaces: %(name)s"), "appends": N_("Adds to: %(name)s")}
OTHERWISE = N_("Goes with: %(name)s")
REPLACES, MOST = "replaces", 50
"""So many of the documents that one names are looked for."""
STATES = {
    "preliminary": N_("This is not final. Whoever wrote it may still change it."),
    "amended": N_("This was changed after it was first sent."),
}
"""FHIR `docStatus` in a sentence."""


async def document_page(grant: RecordGrant, ref: str, read_pdf: ReadPdf) -> Sheet | None:
    """None where there is no such document for this grant."""
    rows = await visible(grant, DocumentReference).rows(columns(DocumentReference, COLUMNS), "ref = ?", ref)
    if not rows:
        return None
    row = rows[0]
    grant.showed("DocumentReference", [row["id"]])
    files = await attachments_of(grant, row, read_pdf)
    newer = await _newer(grant, row)
    said = blocks(row["note"] or "")
    return Sheet(
        at=Address.of(grant), here=("documents", ref), up=Link(("documents",), _("All letters and documents")),
        title=document_name(row), kind=_("Document"), tag=document_tag(row), facts=_facts(row), lede=_lede(row),
        parts=(*((Part(_("What it says"), blocks=said),) if said else ()), *words_parts(files),
               *files_part(files, unlisted(row), "documents", ref)),
        nothing=_("We have no text and no file of this document here. Ask us for a copy."),
        links_heading=_("See also"),
        links=(*newer, *await _older(grant, row), *await visit_links(grant, row["encounter"])),
    )  # fmt: skip


async def document_file(grant: RecordGrant, ref: str, place: int) -> File | None:
    return await file_of(grant, DocumentReference, "ref = ?", ref, place, "documents")


def _facts(row: Row) -> tuple[tuple[str, str], ...]:
    name, when = document_name(row), written_on(row)
    about = when_in(row, "about")
    return said_facts(
        (_("Date"), when), (_("About the time"), about if about != when else ""),
        (_("Kind"), row["label"] if row["label"] != name else ""),
        (_("Filed under"), row["category"] if row["category"] != row["label"] else ""), (_("From"), row["author"]),
        (_("Kept by"), row["organization"]),
    )  # fmt: skip


def _lede(row: Row) -> str:
    if row["status"] == "superseded":
        return _("This was replaced by a newer one. Do not go by it any more.")
    return _(STATES[row["doc_status"]]) if row["doc_status"] in STATES else ""


async def _older(grant: RecordGrant, row: Row) -> tuple[Link, ...]:
    """The documents it names as replaced, added to, or going with it."""
    codes = {one["ref"].rpartition("/")[2]: one.get("code") or "" for one in listed(row["replaces"])[:MOST]}
    if not codes:
        return ()
    found = await _of_source(grant, row, one_of("fhir_id", list(codes)), *codes)
    return _related(grant, [(one, RELATED.get(codes[one["fhir_id"]], OTHERWISE)) for one in found])


async def _newer(grant: RecordGrant, row: Row) -> tuple[Link, ...]:
    """Those that say they replace this one."""
    own = f"DocumentReference/{row['fhir_id']}"
    found = await _of_source(grant, row, "replaces IS NOT NULL")
    return _related(grant, [
        (one, N_("The newer one: %(name)s")) for one in found
        if any(old["ref"] == own and old.get("code") == REPLACES for old in listed(one["replaces"]))
    ])  # fmt: skip


async def _of_source(grant: RecordGrant, row: Row, which: str, *values: str) -> list[Row]:
    names = columns(DocumentReference, ("id", "fhir_id", "replaces", *NAMED))
    others = f"{which} AND source = ? AND id <> ?"
    asked = *values, row["source"], row["id"]
    return await visible(grant, DocumentReference).rows(names, others, *asked, then="ORDER BY ref")


def _related(grant: RecordGrant, found: Sequence[tuple[Row, str]]) -> tuple[Link, ...]:
    """Each with the words that its name goes into."""
    grant.showed("DocumentReference", [row["id"] for row, _words in found])
    return tuple(Link(("documents", row["ref"]), _(words, name=_dated_name(row))) for row, words in found)


def _dated_name(row: Row) -> str:
    day = written_on(row)
    return f"{document_name(row)}, {day}" if day else document_name(row)
