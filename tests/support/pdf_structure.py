"""What the PDF/UA-1 rules leave to judgement, asked of the tag tree itself: is a document right for the ear?"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from pikepdf import Dictionary, Name, Object, Pdf

MARK = re.compile(rb"/(\w+)\s*<<\s*/MCID\s+(\d+)\s*>>\s*BDC")
ALONE = ("/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/P", "/Link")
PRINT_FLAG = 4


def structure_problems(content: bytes) -> list[str]:
    """Everything that would be heard wrongly; empty when the document is right."""
    with Pdf.open(io.BytesIO(content)) as pdf:
        document = pdf.Root.StructTreeRoot.K[0]
        found = [problem for element, parent in tree(document) for problem in _of_element(element, parent)]
        found += _of_neighbours(document)
        found += _of_links(pdf)
        found += _of_marks(pdf, document)
        found += _of_bookmarks(pdf, document)
        if not pdf.Root.get("/ViewerPreferences", Dictionary()).get("/DisplayDocTitle", False):
            found.append("a reader shows the file's name, not the title")
        return found


def tree(parent: Object) -> Iterator[tuple[Object, Object]]:
    """Every structure element in reading order, each with its parent."""
    for kid in parent.K:
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield kid, parent
            yield from tree(kid)


def kinds(parent: Object) -> list[str]:
    return [str(kid.S) for kid in parent.K if isinstance(kid, Dictionary) and "/S" in kid]


def _of_element(element: Object, parent: Object) -> Iterator[str]:
    kind, attributes = str(element.S), element.get("/A", Dictionary())
    if kind == "/TH" and attributes.get("/Scope") not in (Name.Column, Name.Row):
        yield "a heading of a table has no scope"
    if kind in ("/TH", "/TD") and ("/Headers" in attributes or "/ID" in element):
        yield "a cell points to headings by names that nothing resolves"
    if kind in ALONE and parent.S == element.S:
        yield f"{kind} inside {kind}"
    if kind == "/Table" and kinds(element) != ["/Caption", "/THead", "/TBody"]:
        yield f"a table of {kinds(element)}"
    if kind == "/L" and set(kinds(element)) - {"/LI", "/L"}:
        yield f"a list of {kinds(element)}"
    if kind == "/LI" and (len(kinds(element)) > 2 or kinds(element)[-1] != "/LBody"):
        yield f"an item of {kinds(element)}"
    if kind == "/Figure":
        yield from _of_figure(element)


def _of_figure(element: Object) -> Iterator[str]:
    if not str(element.get("/Alt", "")).strip():
        yield "a picture without words"
    width, height = (float(edge) for edge in list(element.Pg.MediaBox)[2:])
    left, bottom, right, top = (float(edge) for edge in element.A.BBox)
    if not (0 <= left < right <= width and 0 <= bottom < top <= height):
        yield "a picture's box is off the page"


def _of_neighbours(document: Object) -> Iterator[str]:
    """A table that goes on over the page has the headings of the one before."""
    before = None
    for element, _parent in tree(document):
        if element.S == Name.Table:
            if before is not None and "/Caption" not in kinds(element):
                yield "a table goes on as another table"
            before = element


def _of_links(pdf: Pdf) -> Iterator[str]:
    for page in pdf.pages:
        for annotation in page.get("/Annots", ()):
            target = str(annotation.A.URI) if "/A" in annotation else ""
            if not int(annotation.get("/F", 0)) & PRINT_FLAG:
                yield "a link has no print flag"
            if "/A" in annotation and not target.split(":")[0].isalpha():
                yield f"a link leads to {target!r}"
            if str(annotation.get("/Contents", "")).startswith(("http", "")) and str(annotation.Contents) == target:
                yield "a link says its address, not its words"


def _of_marks(pdf: Pdf, document: Object) -> Iterator[str]:
    held = set(_held(document))
    for number, page in enumerate(pdf.pages):
        for _kind, mark in MARK.findall(page.Contents.read_bytes()):
            if (page.objgen, int(mark)) not in held:
                yield f"page {number + 1} has text that is neither in the structure nor an artifact"
                break


def _held(element: Object) -> Iterator[tuple[tuple[int, int], int]]:
    for kid in element.K:
        if isinstance(kid, int):
            yield element.Pg.objgen, kid
        elif "/MCID" in kid:
            yield kid.Pg.objgen, int(kid.MCID)
        elif "/S" in kid:
            yield from _held(kid)


def _of_bookmarks(pdf: Pdf, document: Object) -> Iterator[str]:
    headings = [str(element.S) for element, _parent in tree(document) if str(element.S) in ALONE[:6]]
    with pdf.open_outline() as outline:
        bookmarks = sum(1 for _ in _flat(outline.root))
    if bookmarks != len(headings):
        yield f"{bookmarks} bookmarks for {len(headings)} headings"


def _flat(items: list[object]) -> Iterator[object]:
    for item in items:
        yield item
        yield from _flat(item.children)  # type: ignore[attr-defined]
