"""The checks of PDFs are seen to fail: on a file without tags, without a title, cut short, in a face it does not carry."""

import io

import pikepdf
import pytest

from tests.support.pdf import Document, pdf_problems

PAGE = """<html lang="en"><head><title>Visit summary</title><style>body { font-family: "Noto Sans" }</style></head>
<body><h1>Visit summary</h1><p>Hemoglobin 12.3 g/dL. <a href="https://example.org">Ask</a></p></body></html>"""


def drawn(html=PAGE, **options) -> bytes:
    weasyprint = pytest.importorskip("weasyprint")
    return weasyprint.HTML(string=html).write_pdf(**{"pdf_variant": "pdf/ua-1", **options})


def changed(content: bytes, change) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as opened:
        change(opened)
        out = io.BytesIO()
        opened.save(out)
    return out.getvalue()


@pytest.fixture(scope="module")
def good() -> bytes:
    def mend(opened):
        for leaf in opened.pages:
            for note in leaf.get("/Annots", []):
                note.F = 4  # printed, which PDF/UA asks of links

    return changed(drawn(), mend)


def test_a_good_document_has_no_problems(good):
    assert pdf_problems(good) == []


def test_a_document_says_what_it_holds(good):
    document = Document(good)
    assert document.title == "Visit summary"
    assert document.pages == 1
    assert document.language == "en"
    assert document.spoken == "Visit summary Hemoglobin 12.3 g/dL. Ask"
    assert "Hemoglobin 12.3 g/dL." in document.text
    assert document.fonts and all(name.startswith("Noto-Sans") for name in document.fonts)
    assert document.tags[:2] == ("Document", "H1")


def no_tags(opened):
    del opened.Root.StructTreeRoot, opened.Root.MarkInfo


def no_language(opened):
    del opened.Root.Lang


def no_face(opened):
    for thing in opened.objects:
        if isinstance(thing, pikepdf.Dictionary) and "/FontFile2" in thing:
            del thing.FontFile2


def not_conforming(opened):
    del opened.Root.Metadata


@pytest.mark.parametrize(
    ("change", "complaint"),
    [(no_tags, "not tagged"), (no_language, "no language"), (no_face, "not embedded"), (not_conforming, "PDFUA1-")],
)
def test_a_planted_fault_is_found(good, change, complaint):
    problems = pdf_problems(changed(good, change))
    assert any(complaint in problem for problem in problems), problems


def test_a_file_cut_short_is_found(good):
    assert pdf_problems(good[: len(good) // 2]) != []
    assert pdf_problems(b"<html>") != []


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        (PAGE.replace("<title>Visit summary</title>", ""), "no title"),
        (PAGE.replace("h1>", "p>"), "0 H1"),
        (PAGE.replace("<p>", "<h1>Twice</h1><p>"), "2 H1"),
    ],
)
def test_a_page_that_makes_a_poor_document_is_found(html, complaint):
    problems = pdf_problems(drawn(html))
    assert any(complaint in problem for problem in problems), problems
