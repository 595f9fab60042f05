"""What WeasyPrint 70 leaves undone for PDF/UA-1 and for the ear, mended in the finished file.

- A heading of a table says whether it heads its column or its row.
- A list of terms is a list of pairs; an ordered list says that it is one.
- A part in another language says so.
- A link is there on paper too, and says its own words instead of its address.
- A block inside a heading or paragraph is no second heading or paragraph.
- A picture's box is where the picture is.
- A sign drawn before words that say the same, such as a triangle, is for the eye alone.

What a page break cut in two is joined by `joining`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, Pdf, String

from pdf.joining import Owners, join_links, join_pages, leave_to_the_eye
from pdf.markup import Faulty
from pdf.tagging import Notes, Source

FAMILIES = ("Source-Sans-Pro", "Noto-")
PRINT_FLAG = 4
POINTS_PER_PIXEL = 0.75
SCOPES = {"col": Name.Column, "colgroup": Name.Column, "row": Name.Row, "rowgroup": Name.Row}
# One of these inside another of its kind is an anonymous block of WeasyPrint's.
NEVER_NESTED = ("/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/P", "/Caption")


def mend(data: bytes, notes: Notes, link_names: Mapping[str, str]) -> bytes:
    """The same document, mended; its bytes depend on its content alone."""
    with Pdf.open(io.BytesIO(data)) as pdf:
        _check_fonts(pdf)
        document = pdf.Root.StructTreeRoot.K[0]
        owners = Owners(pdf)
        join_pages(document, notes)
        for element, parent in elements(document):
            _drop_signs(element, notes)
            join_links(owners, element, notes)
            _mend_element(element, parent, notes)
        _mend_links(pdf, link_names)
        leave_to_the_eye(pdf, owners, document)
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate, recompress_flate=True)
        return out.getvalue()


def elements(parent: Object) -> Iterator[tuple[Object, Object]]:
    """Every element of the structure tree under `parent`, in reading order, each with its own parent."""
    for kid in list(parent.K):
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield kid, parent
            yield from elements(kid)


def _drop_signs(element: Object, notes: Notes) -> None:
    """What the stylesheet puts before an element; the marks that no element holds become artifacts."""
    kept = [kid for kid in element.K if not _is_sign(kid, notes)]
    if len(kept) < len(element.K):
        element.K = Array(kept)


def _is_sign(kid: Object, notes: Notes) -> bool:
    source = notes.of(kid) if isinstance(kid, Dictionary) else None
    return source is not None and source.tag.endswith("::before")


def _mend_element(element: Object, parent: Object, notes: Notes) -> None:
    kind, source = str(element.S), notes.of(element)
    if kind in NEVER_NESTED and parent.S == element.S:
        element.S = Name.NonStruct
    elif kind == "/TH":
        _mend_heading(element, parent, source)
    elif kind == "/TD":
        _drop_headers(element)
    elif kind == "/L":
        _mend_list(element, source, notes)
    elif kind == "/Figure":
        _mend_box(element)
    if source and source.lang:
        _say_language(element, source.lang)


def _mend_heading(element: Object, row: Object, source: Source | None) -> None:
    fallback = Name.Column if row.P.S == Name.THead else Name.Row
    attributes = element.get("/A", Dictionary(O=Name.Table))
    attributes.Scope = SCOPES.get(source.scope if source else "", fallback)
    element.A = attributes
    # WeasyPrint names headings and lists them at each cell, but leaves out the tree that resolves the names. In a
    # regular table the scope says all of it, in a third of the bytes.
    if "/ID" in element:
        del element.ID


def _drop_headers(cell: Object) -> None:
    if "/A" in cell and "/Headers" in cell.A:
        del cell.A.Headers
        if len(cell.A.keys()) == 1:
            del cell.A


def _mend_list(element: Object, source: Source | None, notes: Notes) -> None:
    if source and source.tag == "dl":
        _pair_terms(element, notes)
    elif any(_kids_of_kind(item, "/Lbl") for item in element.K):
        numbering = Name.Decimal if source and source.tag == "ol" else Name.Disc
        element.A = Dictionary(O=Name.List, ListNumbering=numbering)


def _pair_terms(element: Object, notes: Notes) -> None:
    """WeasyPrint makes every `dt` and every `dd` an item of its own. An item is a term with its values."""
    items: list[Object] = []
    for item in list(element.K):
        source = notes.of(item)
        if source and source.tag == "dd" and items:
            _give_value(items[-1], item.K[0])
        else:
            item.K[0].S = Name.Lbl
            items.append(item)
    element.K = Array(items)


def _give_value(item: Object, body: Object) -> None:
    bodies = _kids_of_kind(item, "/LBody")
    target = bodies[0] if bodies else item
    if bodies:
        body.S = Name.Div
    body.P = target
    target.K.append(body)


def _kids_of_kind(element: Object, kind: str) -> list[Object]:
    return [kid for kid in element.K if isinstance(kid, Dictionary) and kid.get("/S") == kind]


def _mend_box(element: Object) -> None:
    """WeasyPrint writes the box in pixels from the top; PDF measures in points from the bottom."""
    height = float(element.Pg.MediaBox[3])
    left, top, right, bottom = (float(edge) * POINTS_PER_PIXEL for edge in element.A.BBox)
    element.A.BBox = Array([round(edge, 2) for edge in (left, height - bottom, right, height - top)])


def _say_language(element: Object, lang: str) -> None:
    element.Lang = String(lang)
    if element.S == Name.NonStruct:
        element.S = Name.Span


def _mend_links(pdf: Pdf, link_names: Mapping[str, str]) -> None:
    for page in pdf.pages:
        for annotation in page.get("/Annots", ()):
            annotation.F = PRINT_FLAG
            target = str(annotation.A.URI if "/A" in annotation else annotation.Dest)
            if "/A" in annotation and ":" not in target.split("/")[0]:
                raise Faulty("link", f"{target!r} leads nowhere from a document")
            annotation.Contents = String(link_names.get(target, target))


def _check_fonts(pdf: Pdf) -> None:
    for page in pdf.pages:
        for font in page.Resources.get("/Font", Dictionary()).values():
            name = str(font.BaseFont).split("+")[-1]
            if not name.startswith(FAMILIES):
                raise Faulty("font", f"{name} is no font of ours")
