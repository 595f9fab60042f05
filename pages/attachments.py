"""The files that came with something of the record: what they are, whether they can be had here, and what stands in them.

Whoever calls has read the row through `visible`; that row is what decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from piccolo.table import Table

from access.grant import RecordGrant
from access.visible import visible
from files.kinds import ENDINGS, JPEG, MARKUP, PDF, PNG, TEXT
from files.sent import SMALL, Holder, Sent, Why, opened, sent_file
from pages.address import Address
from pages.sheet import Link, Part
from pages.stored import Row, columns, listed
from pages.written import Block, blocks
from pdf import PdfRefused
from rules.markup import markup_text
from rules.release import asks_for_privacy
from rules.text import note_text, reflowed
from words.gettext import N_, _
from words.numbers import file_size

MOST = 30
"""Files of one thing that are looked into; the rest are asked for."""
MOST_READ = 3
"""Files of one thing whose words stand on its page."""
MOST_WORDS = 2_000
HELD = ("id", "source", "fhir_type", "fhir_id", "patient", "attachments")
"""The columns of a row that `attachments_of` reads."""
CLAIMED = {"application/pdf": PDF, "image/jpeg": JPEG, "image/jpg": JPEG, "image/png": PNG, "text/plain": TEXT, "text/html": MARKUP}
NOTED = ("text/plain", "text/html", "application/xhtml+xml")
"""What the import keeps as the note of a row where it came inline."""
KINDS = {PDF: N_("PDF"), JPEG: N_("picture"), PNG: N_("picture"), TEXT: N_("text"), MARKUP: N_("web page")}
NAMES = {PDF: "document", JPEG: "picture", PNG: "picture", TEXT: "text"}
WHY = {
    Why.EMPTY: N_("It came to us empty. Ask us for a copy."),
    Why.BROKEN: N_("It came to us broken, so it cannot be opened. Ask us for a copy."),
    Why.LARGE: N_("It is too large to open here. Ask us for a copy."),
    Why.KIND: N_("Files of this kind cannot be opened here. Ask us for a copy."),
    Why.ELSEWHERE: N_("It is kept at the clinic. Ask us for a copy."),
}
PICTURES_ONLY = N_("This file has no text that can be read out. It may be a picture of paper. Ask us if you need its words.")
UNREAD = N_("The words in this file could not be read out here. Open the file, or ask us for a copy.")
CUT = N_("That is the first part. The file has the rest.")

ReadPdf = Callable[[bytes, int], Awaitable[str]]
"""The first so many words of a PDF; raises a PdfRefused."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to hand out, and where it belongs; without `content` it cannot be had, and that page says why."""

    kind: str
    content: bytes
    up: str

    @property
    def name(self) -> str:
        """Made of the kind alone: titles are other people's words."""
        return f"{NAMES[self.kind]}.{ENDINGS[self.kind]}"


@dataclass(frozen=True, slots=True)
class Attachment:
    """`kind` is by its content, else what was claimed. `noted`: its words stand on the page already."""

    place: int
    title: str
    kind: str
    size: int
    why: Why = Why.NONE
    noted: bool = False
    words: str = ""
    remark: str = ""

    @property
    def offered(self) -> bool:
        return not self.why and self.kind in ENDINGS

    @property
    def named(self) -> str:
        """Letter from Dr. Roth (PDF, 12 KB)."""
        about = ", ".join(filter(None, (_(KINDS[self.kind]) if self.kind else "", file_size(self.size) if self.size else "")))
        name = self.title or _("File %(number)s", number=self.place + 1)
        return _("%(title)s (%(kind)s)", title=name, kind=about) if about else name

    @property
    def line(self) -> str:
        """With the reason where it cannot be had."""
        return f"{self.named}. {self.refusal}" if self.refusal else self.named

    @property
    def refusal(self) -> str:
        if self.offered:
            return ""
        if self.kind == MARKUP and (self.noted or self.words):
            return _("What it says stands on this page.")
        return _(WHY[self.why or Why.KIND])


async def attachments_of(grant: RecordGrant, row: Row, read_pdf: ReadPdf | None = None) -> tuple[Attachment, ...]:
    """Of a row with the columns HELD. With a reader, the words too that stand in the first of them, where the row has
    not said these already."""
    described = listed(row.get("attachments"))[:MOST]
    if not described:
        return ()
    holder, read = _holder(row), 0
    raw = await opened(grant.house.database, holder)
    found: list[Attachment] = []
    for place, one in enumerate(described):
        sent = _for(grant, await sent_file(grant.house.database, holder, raw, place))
        made = _attachment(place, one, sent)
        if read_pdf and read < MOST_READ and not made.noted:
            made = await _with_words(made, sent, read_pdf)
            read += bool(made.words or made.remark)
        found.append(made)
    return tuple(found)


def _holder(row: Row) -> Holder:
    return Holder(row["source"], row["fhir_type"], row["fhir_id"], row["patient"])


def _for(grant: RecordGrant, sent: Sent) -> Sent:
    """A file with a label of its own is the patient's alone, as a labelled row is."""
    return sent if grant.everything or not asks_for_privacy(sent.labels) else Sent(why=Why.ELSEWHERE)


def _attachment(place: int, described: dict[str, Any], sent: Sent) -> Attachment:
    claimed = (described.get("type") or "").partition(";")[0].strip().lower()
    noted = claimed in NOTED and bool(described.get("inline"))
    title = " ".join((described.get("title") or "").split())
    kind = sent.kind or (CLAIMED.get(claimed, "") if sent.why is Why.ELSEWHERE else "")
    return Attachment(place, title, kind, len(sent.content), sent.why, noted)


async def _with_words(one: Attachment, sent: Sent, read_pdf: ReadPdf) -> Attachment:
    if sent.kind == PDF:
        return await _with_pdf_words(one, sent, read_pdf)
    if sent.kind not in (MARKUP, TEXT):
        return one
    said = _text(sent) if len(sent.content) <= SMALL else await asyncio.to_thread(_text, sent)
    return _cut(one, said)


async def _with_pdf_words(one: Attachment, sent: Sent, read_pdf: ReadPdf) -> Attachment:
    try:
        said = note_text(await read_pdf(sent.content, MOST_WORDS + 1))
    except PdfRefused:
        return replace(one, remark=UNREAD)
    return _cut(one, reflowed(said)) if said else replace(one, remark=PICTURES_ONLY)


def _text(sent: Sent) -> str:
    words = sent.content.decode("utf-8-sig", "replace")
    return markup_text(words) if sent.kind == MARKUP else note_text(words)


def _cut(one: Attachment, said: str) -> Attachment:
    """As many words as a page bears; a line is never cut in two."""
    kept, left = [], MOST_WORDS
    for line in said.splitlines():
        left -= len(line.split())
        if left < 0 and kept:
            return replace(one, words="\n".join(kept), remark=CUT if one.offered else "")
        kept.append(line)
    return replace(one, words=said)


def files_part(attachments: Sequence[Attachment], more: int, *path: str) -> tuple[Part, ...]:
    """The list of them; `path` is that of what they belong to, `more` how many are not looked into."""
    lines = [Link((*path, "files", str(one.place)) if one.offered else (), one.line) for one in attachments]
    if more > 0:
        lines.append(Link((), _("There are more files. Ask us for a copy.")))
    return (Part(_("Files that came with it"), links=tuple(lines)),) if lines else ()


def words_parts(attachments: Sequence[Attachment]) -> tuple[Part, ...]:
    """What stands in each, or that it could not be read."""
    return tuple(
        Part(_("What is in: %(file)s", file=one.title or one.named),
             blocks=(*blocks(one.words), *((Block("text", (_(one.remark),)),) if one.remark else ())))
        for one in attachments if one.words or one.remark
    )  # fmt: skip


def unlisted(row: Row) -> int:
    return max(0, len(listed(row.get("attachments"))) - MOST)


async def file_of(grant: RecordGrant, table: type[Table], which: str, ref: str, place: int, path: str) -> File | None:
    """One file of the row with that ref, as the grant may see it; None where there is no such row or place. `path` is
    that of the noun whose page names its files."""
    rows = await visible(grant, table).rows(columns(table, HELD), which, ref)
    if not rows or place >= len(listed(rows[0]["attachments"])[:MOST]):
        return None
    row, database = rows[0], grant.house.database
    grant.showed(table.__name__, [row["id"]])
    holder = _holder(row)
    sent = _for(grant, await sent_file(database, holder, await opened(database, holder), place))
    return File(sent.kind if sent.kind in ENDINGS else "", sent.content, Address.of(grant).link(path, ref))
