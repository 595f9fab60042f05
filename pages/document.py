"""`R/documents/{document}`: one letter or document: what it says, its files, and which others it replaces."""

from __future__ import annotations

from dataclasses import dataclass

from access.grant import RecordGrant
from access.visible import one_of, visible
from pages.address import Address
from pages.attachments import HELD, Attachment, File, ReadPdf, attachments_of, file_of, files_part, unlisted, words_parts
from pages.belonging import links_to_visit, visit_of
from pages.documents import document_name, document_tag, written_on
from pages.sheet import Facts, Link, Part, Sheet, said_facts
from pages.stored import Row, columns, listed, when_in
from pages.written import blocks
from tables.documents import DocumentReference
from words.gettext import N_, _

Related = tuple[tuple[Row, str], ...]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPage(Sheet):
    """`related` are other documents, each with the words that its name goes into; `visit` is the one it belongs to."""

    row: Row
    files: tuple[Attachment, ...]
    related: Related
    visit: Row | None

    @property
    def title(self) -> str:
        return document_name(self.row)

    @property
    def kind(self) -> str:
        return _("Document")

    @property
    def up(self) -> Link:
        return Link(("documents",), _("All letters and documents"))

    @property
    def tag(self) -> tuple[str, str] | None:
        return document_tag(self.row)

    @property
    def facts(self) -> Facts:
        return _facts(self.row)

    @property
    def lede(self) -> str:
        return _lede(self.row)

    @property
    def parts(self) -> tuple[Part, ...]:
        said = blocks(self.row["note"] or "")
        return (*((Part(_("What it says"), blocks=said),) if said else ()), *words_parts(self.files),
                *files_part(self.files, unlisted(self.row), *self.here))  # fmt: skip

    @property
    def nothing(self) -> str:
        return _("We have no text and no file of this document here. Ask us for a copy.")

    @property
    def links(self) -> tuple[Link, ...]:
        named = (Link(("documents", one["ref"]), _(words, name=_dated_name(one))) for one, words in self.related)
        return *named, *links_to_visit(self.visit)


async def document_page(grant: RecordGrant, ref: str, read_pdf: ReadPdf) -> DocumentPage | None:
    """None where there is no such document for this grant."""
    rows = await visible(grant, DocumentReference).rows(columns(DocumentReference, COLUMNS), "ref = ?", ref)
    if not rows:
        return None
    row = rows[0]
    related = (*await _newer(grant, row), *await _older(grant, row))
    grant.showed("DocumentReference", [row["id"], *(one["id"] for one, _words in related)])
    return DocumentPage(
        at=Address.of(grant), here=("documents", ref), row=row, files=await attachments_of(grant, row, read_pdf),
        related=related, visit=await visit_of(grant, row),
    )  # fmt: skip


async def document_file(grant: RecordGrant, ref: str, place: int) -> File | None:
    return await file_of(grant, DocumentReference, "ref = ?", ref, place, "documents")


def _facts(row: Row) -> Facts:
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


async def _older(grant: RecordGrant, row: Row) -> Related:
    """The documents it names as replaced, added to, or going with it."""
    codes = {one["ref"].rpartition("/")[2]: one.get("code") or "" for one in listed(row["replaces"])[:MOST]}
    if not codes:
        return ()
    found = await _of_source(grant, row, one_of("fhir_id", list(codes)), *codes)
    return tuple((one, RELATED.get(codes[one["fhir_id"]], OTHERWISE)) for one in found)


async def _newer(grant: RecordGrant, row: Row) -> Related:
    """Those that say they replace this one."""
    own = f"DocumentReference/{row['fhir_id']}"
    found = await _of_source(grant, row, "replaces IS NOT NULL")
    return tuple(
        (one, N_("The newer one: %(name)s")) for one in found
        if any(old["ref"] == own and old.get("code") == REPLACES for old in listed(one["replaces"]))
    )  # fmt: skip


async def _of_source(grant: RecordGrant, row: Row, which: str, *values: str) -> list[Row]:
    names = columns(DocumentReference, ("id", "fhir_id", "replaces", *NAMED))
    others = f"{which} AND source = ? AND id <> ?"
    asked = *values, row["source"], row["id"]
    return await visible(grant, DocumentReference).rows(names, others, *asked, then="ORDER BY ref")


def _dated_name(row: Row) -> str:
    day = written_on(row)
    return f"{document_name(row)}, {day}" if day else document_name(row)
