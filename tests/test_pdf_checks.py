"""The checks of documents are checked: each fault is planted in a good document, and seen."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from pikepdf import Array, Dictionary, Name, Object, Pdf, String

from pdf import PdfPool
from tests.support.pdf import Document
from tests.support.pdf_samples import EVERYTHING, HOUSE, ORIGIN
from tests.support.pdf_structure import structure_problems, tree


@pytest.fixture(scope="module")
def good() -> bytes:
    async def made() -> bytes:
        pool = PdfPool(origin=ORIGIN)
        try:
            return await pool.render(EVERYTHING)
        finally:
            await pool.close()

    return asyncio.run(made())


def first(pdf: Pdf, kind: str) -> tuple[Object, Object]:
    return next(found for found in tree(pdf.Root.StructTreeRoot.K[0]) if str(found[0].S) == kind)


def a_heading_without_scope(pdf: Pdf) -> None:
    del first(pdf, "/TH")[0].A


def headings_named_by_ids(pdf: Pdf) -> None:
    first(pdf, "/TH")[0].ID = String("a")


def a_table_cut_in_two(pdf: Pdf) -> None:
    table, parent = first(pdf, "/Table")
    rest = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Table, P=parent, Pg=table.Pg, K=Array([table.K[-1]])))
    table.K[-1].P = rest
    del table.K[-1]
    parent.K.append(rest)


def a_paragraph_in_a_paragraph(pdf: Pdf) -> None:
    first(pdf, "/P")[0].K[0].S = Name.P


def a_term_without_a_value(pdf: Pdf) -> None:
    item = next(element for element, _ in tree(pdf.Root.StructTreeRoot.K[0]) if str(element.S) == "/LI")
    del item.K[-1]


def a_picture_without_words(pdf: Pdf) -> None:
    del first(pdf, "/Figure")[0].Alt


def a_picture_off_its_page(pdf: Pdf) -> None:
    first(pdf, "/Figure")[0].A.BBox = Array([10, 700, 20, 900])


def first_link(pdf: Pdf) -> Object:
    return next(link for page in pdf.pages for link in page.get("/Annots", ()) if "/A" in link)


def a_link_that_is_not_printed(pdf: Pdf) -> None:
    del first_link(pdf).F


def a_link_that_says_its_address(pdf: Pdf) -> None:
    first_link(pdf).Contents = first_link(pdf).A.URI


def a_link_to_half_an_address(pdf: Pdf) -> None:
    first_link(pdf).A.URI = String("/records/m7k2")


def text_outside_the_structure(pdf: Pdf) -> None:
    parent = first(pdf, "/P")[1]
    parent.K = Array([kid for kid in parent.K if kid.S != Name.P])


def a_heading_without_a_bookmark(pdf: Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root[0].children.pop()


def the_files_name_for_a_title(pdf: Pdf) -> None:
    del pdf.Root.ViewerPreferences


HEARD = {
    a_heading_without_scope: "a heading of a table has no scope",
    headings_named_by_ids: "nothing resolves",
    a_table_cut_in_two: "a table goes on as another table",
    a_paragraph_in_a_paragraph: "/P inside /P",
    a_term_without_a_value: "an item of",
    a_picture_without_words: "a picture without words",
    a_picture_off_its_page: "off the page",
    a_link_that_is_not_printed: "no print flag",
    a_link_that_says_its_address: "its address, not its words",
    a_link_to_half_an_address: "a link leads to",
    text_outside_the_structure: "neither in the structure nor an artifact",
    a_heading_without_a_bookmark: "bookmarks",
    the_files_name_for_a_title: "not the title",
}


def spoilt(good: bytes, spoil: Callable[[Pdf], None]) -> bytes:
    with Pdf.open(io.BytesIO(good)) as pdf:
        spoil(pdf)
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def test_a_good_document_passes(good):
    assert Document(good).problems() == structure_problems(good) == []


@pytest.mark.parametrize("spoil", HEARD, ids=lambda spoil: spoil.__name__)
def test_the_check_of_the_structure_sees(good, spoil):
    assert any(HEARD[spoil] in problem for problem in structure_problems(spoilt(good, spoil)))


def no_language(pdf: Pdf) -> None:
    del pdf.Root.Lang


def no_tags(pdf: Pdf) -> None:
    del pdf.Root.StructTreeRoot


def no_declared_standard(pdf: Pdf) -> None:
    del pdf.Root.Metadata


def a_face_left_out(pdf: Pdf) -> None:
    font = next(iter(pdf.pages[0].Resources.Font.values()))
    del font.DescendantFonts[0].FontDescriptor.FontFile2


def no_scopes(pdf: Pdf) -> None:
    for element, _parent in tree(pdf.Root.StructTreeRoot.K[0]):
        if element.S == Name.TH:
            del element.A


@pytest.mark.parametrize(
    "spoil",
    [no_language, no_tags, no_declared_standard, no_scopes, a_face_left_out, a_picture_without_words],
    ids=lambda spoil: spoil.__name__,
)
def test_the_check_of_pdf_ua_1_sees(good, spoil):
    assert Document(spoilt(good, spoil)).problems()


UNMENDED = """
import sys
from pathlib import Path
from pdf import press
press.mend = lambda data, *_: data
html = Path("tests/samples/document.html").read_text()
sys.stdout.buffer.write(press.Press("https://portal.example").draw(html, large=None, lang="en"))
"""


def test_what_weasyprint_makes_by_itself_is_not_good_enough():
    """Each thing that `pdf.mending` mends; one that WeasyPrint has learned by itself can leave that file."""
    environment = os.environ | {"FONTCONFIG_FILE": str(HOUSE / "pdf/fonts.conf")}
    done = subprocess.run([sys.executable, "-c", UNMENDED], cwd=HOUSE, env=environment, capture_output=True, check=True)
    found = " ".join(structure_problems(done.stdout))
    for problem in (
        "a heading of a table has no scope", "nothing resolves", "off the page", "no print flag",
        "its address, not its words", "neither in the structure nor an artifact",
    ):  # fmt: skip
        assert problem in found
