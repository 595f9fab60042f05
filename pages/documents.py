"""`R/documents`: letters, forms and other papers that the clinic wrote or was sent, newest first."""

from __future__ import annotations

from access.vocabulary import Category
from pages.listing import Entry, Listing, Source
from pages.stored import Row, listed, when_in
from tables.documents import DocumentReference
from words.gettext import N_, _, ngettext
from words.sentences import sentence
from words.states import tag

STATES = {
    "preliminary": ("wait", N_("Not final")), "amended": ("fix", N_("Corrected")), "corrected": ("fix", N_("Corrected")),
    "appended": ("fix", N_("Corrected")), "registered": ("wait", N_("Waiting")), "partial": ("wait", N_("Not final")),
    "cancelled": ("", N_("Cancelled")), "deprecated": ("", N_("No longer in use")),
}  # fmt: skip
"""FHIR CompositionStatus (`docStatus`), of release 4 and 5, where it is worth a word; `final` is not."""


def document_name(row: Row) -> str:
    return " ".join((row["title"] or row["label"] or "").split()) or _("A document without a name")


def document_tag(row: Row) -> tuple[str, str] | None:
    if row["status"] == "superseded":
        return "", _("Replaced by a newer one")
    return tag(STATES, row["doc_status"])


def written_on(row: Row) -> str:
    """When it was written, else the time that it is about."""
    return when_in(row) or when_in(row, "about")


def _searched(row: Row) -> str:
    return "\n".join(filter(None, (row["title"], row["label"], row["author"])))


def _document(row: Row) -> Entry:
    name, who = document_name(row), ", ".join(filter(None, (row["author"], row["organization"])))
    kind = sentence(row["label"]) if row["label"] and row["label"] != name else ""
    files = len(listed(row["attachments"]))
    came = ngettext("%(count)s file.", "%(count)s files.", files) if files else ""
    lines = (kind, _("From %(who)s.", who=who) if who else "", came)
    return Entry(
        title=name, at=("documents", row["ref"]), tag=document_tag(row), lines=(" ".join(filter(None, lines)),),
        soft=written_on(row),
    )  # fmt: skip


DOCUMENTS = Listing(
    path="documents", category=Category.DOCUMENTS, title=N_("Letters and documents"),
    counts=(N_("%(count)s document."), N_("%(count)s documents.")),
    none=N_("No letters or documents are here."),
    sources=(
        Source(DocumentReference, ("title", "label", "status", "doc_status", "author", "organization", "attachments",
               "effective", "about"), _document, sorts=("title", "author"), name=_searched),
    ),
)  # fmt: skip
