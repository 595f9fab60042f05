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

Marks = Iterator[tuple[tuple[int, int], int]]


class Owners:
    """The tree that leads back from a page's marks, or from an annotation, to the element that holds them."""

    def __init__(self, pdf: Pdf) -> None:
        self.numbered = pdf.Root.StructTreeRoot.ParentTree.Nums
        self.places = {int(self.numbered[place]): place + 1 for place in range(0, len(self.numbered), 2)}

    def of_marks(self, page: Object) -> Object:
        return self.numbered[self.places[int(page.StructParents)]]

    def give_annotation(self, annotation: Object, owner: Object) -> None:
        self.numbered[self.places[int(annotation.StructParent)]] = owner


def join_pages(document: Object, notes: Notes) -> None:
    """Joins what page breaks cut. An element's ancestors go on wherever it does, so we need only look along the seams."""
    kept: list[Object] = []
    for part in list(document.K):
        if kept and _goes_on(kept[-1], part, notes):
            _absorb(kept[-1], part, notes)
        else:
            kept.append(part)
    document.K = Array(kept)


def join_links(owners: Owners, parent: Object, notes: Notes) -> None:
    """A link over two lines is two for WeasyPrint, and would be heard twice."""
    kept: list[Object] = []
    for kid in list(parent.K):
        if kept and _is_rest_of_link(kept[-1], kid, notes):
            _take_over(owners, kept[-1], kid)
        else:
            kept.append(kid)
    if len(kept) < len(parent.K):
        parent.K = Array(kept)


def _is_rest_of_link(before: Object, kid: Object, notes: Notes) -> bool:
    both = (before, kid)
    if any(isinstance(one, int) or one.get("/S") != Name.Link for one in both):
        return False
    return _element(before, notes) is not None and _element(before, notes) == _element(kid, notes)


def _take_over(owners: Owners, link: Object, rest: Object) -> None:
    for kid in rest.K:
        if isinstance(kid, int):
            owners.of_marks(rest.Pg)[kid] = link
            kid = Dictionary(Type=Name.MCR, Pg=rest.Pg, MCID=kid)
        elif "/Obj" in kid:
            owners.give_annotation(kid.Obj, link)
        else:
            kid.P = link
        link.K.append(kid)


def leave_to_the_eye(pdf: Pdf, owners: Owners, document: Object) -> None:
    """Marks as artifacts all marks that the structure does not hold."""
    held = set(_marks(document))
    for page in pdf.pages:
        marks = owners.of_marks(page)
        loose = {mark for mark in range(len(marks)) if (page.objgen, mark) not in held}
        for mark in loose:
            marks[mark] = None
        if loose:
            page.Contents = pdf.make_stream(_without(page.Contents.read_bytes(), loose))


def _without(content: bytes, loose: set[int]) -> bytes:
    # Text is written in hexadecimal, so nothing that a person wrote can look like a mark.
    return MARKED.sub(lambda found: ARTIFACT if int(found[1]) in loose else found[0], content)


def _marks(element: Object) -> Marks:
    """Every mark that the structure under an element holds, each with its page."""
    for kid in element.K:
        if isinstance(kid, int):
            yield element.Pg.objgen, kid
        elif "/MCID" in kid:
            yield kid.Pg.objgen, int(kid.MCID)
        elif "/S" in kid:
            yield from _marks(kid)


def _goes_on(before: Object, part: Object, notes: Notes) -> bool:
    """Whether `part` is the same HTML element as `before`, on a later page."""
    one, other = notes.of(before), notes.of(part)
    if one is None or other is None or part.S == Name.Link:
        return False
    return one.element == other.element and before.S == part.S and other.page > one.page


def _absorb(whole: Object, part: Object, notes: Notes) -> None:
    kids = list(part.K)
    if whole.S == Name.Table:
        kids = _without_headings(whole, kids)
    if whole.S == Name.TR:
        _absorb_cells(whole, kids, notes)
        return
    if kids and len(whole.K) and _goes_on(whole.K[-1], kids[0], notes):
        _absorb(whole.K[-1], kids.pop(0), notes)
    for kid in kids:
        kid.P = whole
        whole.K.append(kid)


def _without_headings(table: Object, kids: list[Object]) -> list[Object]:
    """The headings of the columns are seen on every page and heard once.

    WeasyPrint leaves them out above a row that is higher than its page, so they may first appear with a later one.
    """
    headings = [kid for kid in kids if kid.S == Name.THead]
    if headings and not any(kid.S == Name.THead for kid in table.K):
        headings[0].P = table
        place = next((place for place, kid in enumerate(table.K) if kid.S == Name.TBody), len(table.K))
        table.K.insert(place, headings[0])
    return [kid for kid in kids if kid.S != Name.THead]


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
