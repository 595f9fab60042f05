"""A sign that no font of the host has takes no document away from anybody: a box stands for it, and a line says so."""

from __future__ import annotations

import pytest

from tests.support.pdf import Document
from tests.support.pdf_samples import document
from tests.test_requests import home, write

LINE = "<p data-lacking>Each is a box (\u25a1) here.</p>"
SAID = "Each is a box"
SIGNS = ("\ue000", "\ufffe", "\U0010fffd", "\x9f", "\U0001f9ff", "\u4e2d\u6587", "\U000e0041", "\u0378", "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\ufdd0")


@pytest.mark.parametrize("sign", SIGNS, ids=ascii)
async def test_a_document_with_any_sign_is_made(sign, drawing):
    made = Document(await drawing.render(document(f"<p>Before {sign} after</p>{LINE}")))
    said = " ".join(made.text.split())
    assert "Before" in said and "after" in said and not made.problems()
    assert (SAID in said) == ("\u25a1" in said)


async def test_a_sign_that_is_lacking_is_a_box_and_the_line_says_so(drawing):
    for _again in range(2):
        made = Document(await drawing.render(document(f"<p>Take \ue000 two \U0010fffd</p>{LINE}")))
        assert "Take \u25a1 two \u25a1" in " ".join(made.text.split()) and SAID in made.text
    whole = Document(await drawing.render(document(f"<p>Take two</p>{LINE}")))
    assert SAID not in whole.text and "\u25a1" not in whole.text


async def test_words_with_odd_signs_leave_everybody_their_paper(person, cast):
    maria = await person("self")
    sent = await write(maria, cast, "\U0001f9ff \u4e2d\u6587 \ue000 \ufffe \x9f end")
    assert "\U0001f9ff \u4e2d\u6587" in sent.main and "end" in sent.main
    address = sent.url.partition("?")[0]
    paper = await maria.get(address + ".pdf")
    assert paper.status == 200 and "end" in Document(paper.content).text
    assert (await maria.get(home(cast, "/sharing") + ".pdf")).status == 200
