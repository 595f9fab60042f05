"""A page as a document on paper: for the eye, for the ear, in every size of print."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from pikepdf import Name, Pdf

from pdf import PdfPool
from tests.support.pdf import Document
from tests.support.pdf_samples import EVERYTHING, ONE_PAGE, ORIGIN, document, rows
from tests.support.pdf_structure import structure_problems, tree

SIZES = pytest.mark.parametrize("large", [None, 18, 24])


LETTER_WIDTH = 612  # in points, as all of these
PRINTERS_MARGIN = 18


@dataclass(frozen=True)
class Word:
    """A word where it stands on the paper, in points from the top left."""

    text: str
    top: float
    right: float
    bottom: float


def words_on_paper(content: bytes) -> list[Word]:
    done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=content, capture_output=True, check=True)
    found = re.findall(r'yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]+)<', done.stdout.decode())
    return [Word(text, float(top), float(right), float(bottom)) for top, right, bottom, text in found]


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[PdfPool]:
    made = PdfPool(origin=ORIGIN)
    yield made
    await made.close()


@SIZES
async def test_a_document_with_every_kind_of_element_keeps_pdf_ua_1_and_is_right_for_the_ear(pool, large):
    made = await pool.render(EVERYTHING, large=large, lang="en")
    assert Document(made).problems() == []
    assert structure_problems(made) == []


async def test_signs_before_words_are_on_the_paper_and_not_read_out(pool):
    made = Document(await pool.render(EVERYTHING))
    signs = r"[▲▼○]\s(Above|Below|In) the usual"
    assert re.search(signs, made.text) and not re.search(signs, made.spoken)
    assert "Below the usual range" in made.spoken and structure_problems(made.content) == []


async def test_a_document_is_read_in_the_order_of_the_page(pool):
    spoken = Document(await pool.render(EVERYTHING)).spoken
    places = [
        spoken.index(words)
        for words in (
            "Visit summary", "Friday, April 3, 2026", "You saw Dr. Lena Okafor", "For:", "What to do next",
            "1. Take one iron tablet", "Bring your tablets", "Call us the same day if", "What we found",
            "Blood pressure 128 over 76", "3 medicines. One is new.", "Medicine How to take it Change",
            "Ferrous sulfate", "What it means", "Below the usual range", "In other words", "Made for Maria Delgado",
        )
    ]  # fmt: skip
    assert places == sorted(places)


async def test_the_lines_at_head_and_foot_are_seen_on_each_page_and_never_read_out(pool):
    made = Document(await pool.render(EVERYTHING))
    assert made.pages > 2
    assert made.text.count("Maria Delgado, born March 4, 1958") == made.pages + 1
    assert made.spoken.count("Maria Delgado, born March 4, 1958") == 1
    assert f"Page 1 of {made.pages}" in made.text
    assert "Page 1 of" not in made.spoken


async def test_the_words_around_page_numbers_are_the_documents_own(pool):
    html = EVERYTHING.replace('data-page="Page" data-of="of"', 'data-page="Página" data-of="de"')
    made = Document(await pool.render(html, lang="es"))
    assert f"Página 1 de {made.pages}" in made.text
    assert made.language == "es"


async def test_every_sign_and_name_keeps_its_letters(pool):
    said = re.sub(r"\s+", " ", Document(await pool.render(EVERYTHING)).text)
    for sign in "é á ó ñ ü ’ “ ” – — ≤ ≥ µ ° ² ³ × ÷ → ▲ ▼ ○ ± ½ … • · −".split():
        assert sign in said, f"U+{ord(sign):04X}"
    for name in ("Анна Петрова", "Ελένη Παπαδοπούλου", "Nguyễn Thị Hằng", "Łukasz Żółć", "325 mg"):
        assert name in said


async def test_only_the_faces_of_the_named_packages_are_embedded(pool):
    assert Document(await pool.render(ONE_PAGE)).fonts == {
        "Source-Sans-Pro", "Source-Sans-Pro-Semi-Bold", "Source-Sans-Pro-Bold"
    }  # fmt: skip
    faces = Document(await pool.render(EVERYTHING)).fonts
    assert all(face.startswith(("Source-Sans-Pro", "Noto-Sans")) for face in faces)
    assert "Noto-Sans-Symbols2" in faces  # Source Sans has no ring


async def test_an_unknown_face_becomes_ours(pool):
    made = Document(await pool.render(document('<p style="font-family:Garamond">Words</p>')))
    assert all(face.startswith("Source-Sans-Pro") for face in made.fonts)


async def test_a_table_over_many_pages_is_one_table_with_its_headings_once(pool):
    made = Document(await pool.render(document("<section><h2>All</h2>" + rows(120) + "</section><p>After</p>")))
    assert made.pages > 3
    assert made.text.count("What it means") == made.pages
    assert made.spoken.count("What it means") == 1
    assert made.tags.count("Table") == made.tags.count("THead") == made.tags.count("TBody") == 1
    assert made.tags.count("TR") == 121
    assert "Test 120 120.5 In the usual range After" in made.spoken
    assert made.problems() == structure_problems(made.content) == []


async def test_a_list_and_a_paragraph_over_two_pages_stay_one(pool):
    items = "".join(f"<li>Step {number}</li>" for number in range(60))
    words = "<p>" + "Take your time and read this again. " * 200 + "</p>"
    made = Document(await pool.render(document(f"<h2>Steps</h2><ol>{items}</ol>{words}")))
    assert made.pages > 2
    assert made.tags.count("L") == 1
    assert made.tags.count("LI") == 60
    assert made.tags.count("P") == 2
    assert made.problems() == structure_problems(made.content) == []


async def test_a_row_higher_than_its_page_stays_one_row(pool):
    body = rows(2, words="It is in the usual range, and stays there. " * 150)
    made = Document(await pool.render(document(body)))
    assert made.pages > 2
    assert made.tags.count("TR") == 3
    assert made.tags.count("TD") == 4
    assert made.problems() == structure_problems(made.content) == []


async def test_a_term_and_its_values_are_one_item(pool):
    made = await pool.render(document("<dl><dt>Allergies</dt><dd>Penicillin</dd><dd>Latex</dd><dt>Weight</dt><dd>69 kg</dd></dl>"))
    with Pdf.open(io.BytesIO(made)) as pdf:
        items = [element for element, _parent in tree(pdf.Root.StructTreeRoot.K[0]) if element.S == Name.LI]
        assert [[str(kid.S) for kid in item.K] for item in items] == [["/Lbl", "/LBody"]] * 2
    assert structure_problems(made) == []


async def test_a_part_in_another_language_says_so(pool):
    made = await pool.render(EVERYTHING)
    with Pdf.open(io.BytesIO(made)) as pdf:
        spanish = [str(element.S) for element, _ in tree(pdf.Root.StructTreeRoot.K[0]) if element.get("/Lang") == "es"]
    assert spanish == ["/P", "/Span"]


async def test_a_link_says_its_words_once_leads_to_a_whole_address_and_is_printed(pool):
    words = "See or change this appointment with Dr. Okafor, which has been moved " * 3
    made = await pool.render(document(f'<p><a href="/records/m7k2/appointments/a31">{words}</a></p>'))
    assert Document(made).tags.count("Link") == 1
    with Pdf.open(io.BytesIO(made)) as pdf:
        annotations = list(pdf.pages[0].Annots)
        assert len(annotations) > 1  # one for each line
        assert {str(link.A.URI) for link in annotations} == {f"{ORIGIN}/records/m7k2/appointments/a31"}
        assert {str(link.Contents) for link in annotations} == {words.strip()}
        assert {int(link.F) for link in annotations} == {4}
    assert Document(made).problems() == structure_problems(made) == []


async def test_a_picture_says_its_title_and_description(pool):
    with Pdf.open(io.BytesIO(await pool.render(EVERYTHING))) as pdf:
        words = [str(element.Alt) for element, _ in tree(pdf.Root.StructTreeRoot.K[0]) if element.S == Name.Figure]
    assert words == ["Hemoglobin rising over five tests. A line goes up from 10.6 in May 2025 to 12.3 in May 2026."]


async def test_bookmarks_follow_the_headings(pool):
    with Pdf.open(io.BytesIO(await pool.render(EVERYTHING))) as pdf, pdf.open_outline() as outline:
        (first,) = outline.root
        assert first.title == "Visit summary Friday, April 3, 2026"
        assert [mark.title for mark in first.children][:2] == ["What to do next", "What we found"]


@SIZES
async def test_nothing_is_printed_smaller_than_the_size_that_was_asked_for(pool, large, tmp_path):
    file = tmp_path / "document.pdf"
    file.write_bytes(await pool.render(EVERYTHING, large=large))
    done = subprocess.run(["pdftohtml", "-xml", "-stdout", "-i", str(file)], capture_output=True, check=True)
    # pdftohtml measures in 108 to the inch and rounds down
    sizes = [(int(size) + 1) / 1.5 for size in re.findall(rb'<fontspec [^>]*size="(\d+)"', done.stdout)]
    assert min(sizes) >= (large or 12)


async def test_a_document_of_one_page_is_light(pool):
    made = await pool.render(ONE_PAGE)
    assert Document(made).pages == 1
    assert len(made) <= 20_000  # the budget is 40,000


async def test_the_same_page_twice_is_the_same_file_even_from_another_process(pool):
    first = await pool.render(EVERYTHING)
    assert await pool.render(EVERYTHING) == first
    other = PdfPool(origin=ORIGIN)
    try:
        assert await other.render(EVERYTHING) == first
    finally:
        await other.close()


async def test_a_document_says_when_it_was_made_only_if_its_page_does(pool):
    assert "CreationDate" in Document(await pool.render(EVERYTHING)).facts
    assert "CreationDate" not in Document(await pool.render(ONE_PAGE)).facts


async def test_title_author_and_subject_come_from_the_page(pool):
    facts = Document(await pool.render(EVERYTHING)).facts
    assert facts["Title"] == "Visit summary, April 3, 2026 – Maria Delgado"
    assert facts["Author"] == "Riverbend Family Clinic"
    assert facts["Subject"].startswith("What was found, decided and planned")


@SIZES
async def test_a_word_too_long_for_its_column_stays_on_the_paper(pool, large):
    words = rows(1, words="pneumonoultramicroscopicsilicovolcanoconiosis" * 4) + f"<p>{'8' * 300}</p>"
    made = await pool.render(document(words), large=large)
    assert max(word.right for word in words_on_paper(made)) < LETTER_WIDTH - 40


@SIZES
async def test_a_long_name_at_the_head_of_a_page_stays_clear_of_the_text(pool, large):
    name = "Maria Guadalupe Fernández de la Cruz Villanueva-Montenegro, born September 28, 1958"
    made = await pool.render(document("<p>Words.</p>").replace("Maria Delgado, born March 4, 1958", name), large=large)
    words = words_on_paper(made)
    head = next(word for word in words if word.text == name.split()[-1])
    assert min(word.top for word in words) > PRINTERS_MARGIN
    assert head.bottom < next(word for word in words if word.text == "Hemoglobin").top
