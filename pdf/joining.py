"""One structure for the ear where the eye sees several pages.

WeasyPrint tags page by page: a table over two pages becomes two tables, the second with its headings again, and the
lines at the head and foot of a page stay marked as text of the document. Here the parts of one element become one,
and whatever the structure does not hold is marked as an artifact: seen, never read out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Object, Pdf

from pdf.tagging import Notes

MARKED = re.compile(rb"/\w+\s*<<\s*/MCID\s+(\d+)\s*>>\s*BDC")
ARTIFACT = b"/Artifact <</Type /Pagination>> BDC"
# These hold marks of their own page directly, so each part stays with its page.
NEVER_JOINED = ("/Link", "/Figure")


def join_pages(document: Object, notes: Notes) -> None:
    """Joins what page breaks cut. An element's ancestors go on wherever it does, so we need only look along the seams."""
    kept: list[Object] = []
    for part in list(document.K):
        if kept and _goes_on(kept[-1], part, notes):
            _absorb(kept[-1], part, notes)
        else:
            kept.append(part)
    document.K = Array(kept)


def leave_to_the_eye(pdf: Pdf, document: Object) -> None:
    """Marks as artifacts all marks that the structure does not hold."""
    held = set(_marks(document))
    parents = pdf.Root.StructTreeRoot.ParentTree.Nums
    owners = {int(parents[index]): parents[index + 1] for index in range(0, len(parents), 2)}
    for page in pdf.pages:
        owner = owners[int(page.StructParents)]
        loose = {mark for mark in range(len(owner)) if (page.objgen, mark) not in held}
        for mark in loose:
            owner[mark] = None
        if loose:
            page.Contents = pdf.make_stream(_without(page.Contents.read_bytes(), loose))


def _without(content: bytes, loose: set[int]) -> bytes:
    # Text is written in hexadecimal, so nothing that a person wrote can look like a mark.
    return MARKED.sub(lambda found: ARTIFACT if int(found[1]) in loose else found[0], content)


def _marks(element: Object) -> Iterator[tuple[tuple[int, int], int]]:
    for kid in element.K:
        if isinstance(kid, int):
            yield element.Pg.objgen, kid
        elif "/S" in kid:
            yield from _marks(kid)


def _goes_on(before: Object, part: Object, notes: Notes) -> bool:
    """Whether `part` is the same HTML element as `before`, on a later page."""
    one, other = notes.of(before), notes.of(part)
    if one is None or other is None or str(part.S) in NEVER_JOINED:
        return False
    return one.element == other.element and before.S == part.S and other.page > one.page


def _absorb(whole: Object, part: Object, notes: Notes) -> None:
    kids = _new_kids(whole, part, notes)
    if str(whole.S) == "/TR":
        _absorb_cells(whole, kids, notes)
        return
    if kids and len(whole.K) and _goes_on(whole.K[-1], kids[0], notes):
        _absorb(whole.K[-1], kids.pop(0), notes)
    for kid in kids:
        kid.P = whole
        whole.K.append(kid)


def _new_kids(whole: Object, part: Object, notes: Notes) -> list[Object]:
    """The kids of a part that are not there already: the headings of a table's columns are seen on every page."""
    seen = {_element(kid, notes) for kid in whole.K if kid.get("/S") == Name.THead}
    return [kid for kid in part.K if kid.get("/S") != Name.THead or _element(kid, notes) not in seen]


def _absorb_cells(row: Object, cells: list[Object], notes: Notes) -> None:
    """A row higher than its page goes on in each of its cells."""
    for cell in cells:
        for before in row.K:
            if _goes_on(before, cell, notes):
                _absorb(before, cell, notes)
                break


def _element(part: Object, notes: Notes) -> int | None:
    source = notes.of(part)
    return source.element if source else None
