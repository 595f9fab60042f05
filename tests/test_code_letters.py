"""Codes on paper: the letter that the desk hands over, the one that goes by post, and what ends when another is made."""

import io
import re
from datetime import UTC, datetime

import pikepdf
import pytest

from tests.support.logins import a_record, house_on
from tests.support.pdf import Document, pdf_problems

CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b")


async def nora_in(house, address="3 Mill Lane, Riverbend", **more):
    now = datetime.now(UTC)
    chart = await a_record(house_on(house.database, now), now, name="Nora Quist", number="MRN-77", **more)
    await house.database.rows("UPDATE record SET address = ? WHERE id = ?", address, chart.id)
    return chart


@pytest.fixture
async def nora(house):
    """A patient of the demo clinic who has no login yet."""
    return await nora_in(house)


@pytest.fixture
async def desk(person):
    return await person("frontdesk")


async def made(desk, nora):
    return await desk.submit(await desk.get(f"/staff/records/{nora.ref}/code"), "Make a code")


@pytest.mark.parametrize(("link", "sheets"), [("Letter as PDF", 1), ("Letter in large print", 2), ("Letter in very large print", 3)])
async def test_the_desk_s_letter_says_on_paper_what_the_screen_says(desk, nora, link, sheets):
    page = await made(desk, nora)
    paper = await desk.get(page.link(link))
    document = Document(paper.content)
    spoken = document.spoken.replace("\xa0", " ")
    code = CODE.search(page.main).group()
    assert pdf_problems(paper.content) == [] and len(paper.content) < 40_000
    assert spoken.count(code) == 1 and " ".join(code).replace(" - ", ", ") in spoken
    for words in ("Nora Quist, this is your code:", "Enter the code and your birth date.", "http://localhost:8000/register", "The code works once, until"):
        assert words.replace(" ", "") in spoken.replace(" ", "") and words in page.main, words
    assert "Nora Quist 3 Mill Lane Riverbend" in spoken and document.tags.count("LI") >= 3 and document.pages == sheets
    assert pictures(paper.content) == ["A picture for the camera of a phone. It leads to http://localhost:8000/register"]


def pictures(content: bytes) -> list[str]:
    """What each picture of a document is said to show."""
    with pikepdf.open(io.BytesIO(content)) as opened:
        return [str(one.Alt) for one in opened.objects if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure"]

