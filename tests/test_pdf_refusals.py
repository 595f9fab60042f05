"""What a document may not have or take: each fault is planted, and no document comes of it."""

from __future__ import annotations

import base64
import http.server
import threading
from collections.abc import AsyncIterator, Iterator

import pytest

from pdf import PdfFailed, PdfPool
from tests.support.pdf_samples import EVERYTHING, ORIGIN, document, rows

DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw=="
SVG = '<svg viewBox="0 0 9 9">{}</svg>'


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[PdfPool]:
    made = PdfPool(origin=ORIGIN)
    yield made
    await made.close()


class Listening:
    """A server on a loopback port that remembers who asked for what."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"secret")

            def log_message(self, *_words: object) -> None: ...

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def listening() -> Iterator[Listening]:
    made = Listening()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


async def reason_of(pool: PdfPool, html: str) -> str:
    with pytest.raises(PdfFailed) as refused:
        await pool.render(html)
    assert str(refused.value) == refused.value.reason  # what a log would show
    return refused.value.reason


WAYS_OUT = {
    "an attachment": '<link rel="attachment" href="{}">',
    "a stylesheet": '<link rel="stylesheet" href="{}">',
    "an imported stylesheet": '<style>@import "{}";</style>',
    "a face": '<style>@font-face{{font-family:X;src:url("{}")}}p{{font-family:X}}</style>',
    "a background": '<p style="background:url({})">Words</p>',
    "a bullet": '<ul style="list-style-image:url({})"><li>Words</li></ul>',
    "a picture": '<img src="{}" alt="A picture">',
    "an object": '<object data="{}">Words</object>',
    "a picture in a picture": '<svg viewBox="0 0 9 9"><title>T</title><image href="{}" width="9" height="9"/></svg>',
    "something used in a picture": '<svg viewBox="0 0 9 9"><title>T</title><use href="{}#a"/></svg>',
    "a stylesheet of a picture": '<svg viewBox="0 0 9 9"><title>T</title><style>@import "{}";</style></svg>',
}


@pytest.mark.parametrize("way", WAYS_OUT)
async def test_a_document_takes_nothing_from_a_file_of_the_host(pool, way, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    html = document(WAYS_OUT[way].format(secret.as_uri()))
    assert await reason_of(pool, html) in ("resource", "font", "picture")


@pytest.mark.parametrize("way", WAYS_OUT)
async def test_a_document_takes_nothing_from_the_network(pool, listening, way):
    html = document(WAYS_OUT[way].format(listening.origin + "/secret"))
    assert await reason_of(pool, html) in ("resource", "font", "picture")
    assert listening.asked == []


async def test_an_address_without_a_host_leads_nowhere_either(listening):
    pool = PdfPool(origin=listening.origin)
    try:
        assert await reason_of(pool, document('<img src="/static/logo.png" alt="Logo">')) == "resource"
        assert listening.asked == []
    finally:
        await pool.close()


async def test_a_picture_in_the_page_itself_that_reaches_out_is_refused(pool, listening):
    inner = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image href="{listening.origin}/x" width="9" height="9"/></svg>'
    data = base64.b64encode(inner.encode()).decode()
    assert await reason_of(pool, document(f'<img src="data:image/svg+xml;base64,{data}" alt="T">')) in ("resource", "picture")
    assert listening.asked == []


async def test_only_our_own_assets_have_names(pool):
    assert await reason_of(pool, document('<img src="asset:../pool.py" alt="T">')) == "resource"


async def test_a_picture_in_the_page_itself_is_welcome(pool):
    assert await pool.render(document(f'<img src="{DOT}" alt="A dot">'))


FAULTS = {
    "a letter that no face has": (document("<p>\U0010fffd</p>"), "glyph"),
    "a picture with an empty alt": (document(f'<img src="{DOT}" alt="">'), "alt"),
    "a picture without alt": (document(f'<img src="{DOT}">'), "alt"),
    "a drawing without a title": (document(SVG.format('<path d="M0 0H9"/>')), "alt"),
    "a drawing with an empty title": (document(SVG.format("<title> </title>")), "alt"),
    "a link to a place that is not there": (document('<a href="#nowhere">Words</a>'), "link"),
    "a link without words": (document('<a href="/records"></a>'), "link"),
    "a rule of style that is not understood": (document('<p style="colour:red">Words</p>'), "style"),
    "a div in a list of terms": (document("<dl><div><dt>Weight</dt><dd>69 kg</dd></div></dl>"), "list"),
    "a table without a caption": (document(rows(1).replace("<caption>1 tests, newest first</caption>", "")), "table"),
    "a table without headings of columns": (document("<table><caption>T</caption><tr><td>1</td></tr></table>"), "table"),
    "a heading of a table without a scope": (document(rows(1).replace(' scope="row"', "")), "table"),
    "a heading that was skipped": (document("<h3>Words</h3>"), "heading"),
    "two first headings": (document("<h1>Words</h1>"), "heading"),
    "no title": (document("<p>Words</p>", head=""), "title"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_document_comes_of(pool, fault):
    html, reason = FAULTS[fault]
    assert await reason_of(pool, html) == reason


async def test_a_link_that_leads_nowhere_from_paper_is_a_fault():
    pool = PdfPool(origin=None)
    try:
        assert await reason_of(pool, document('<a href="/records">Words</a>')) == "link"
    finally:
        await pool.close()


async def test_a_fault_in_one_document_does_no_harm_to_the_next(pool):
    before = await pool.render(EVERYTHING)
    await reason_of(pool, FAULTS["a letter that no face has"][0])
    assert await pool.render(EVERYTHING) == before


@pytest.mark.parametrize("lang", ["", "en us", 'en"', "english please"])
async def test_a_language_is_a_code(pool, lang):
    with pytest.raises(ValueError, match="language"):
        await pool.render(EVERYTHING, lang=lang)


async def test_print_is_normal_18_or_24(pool):
    with pytest.raises(ValueError, match="print"):
        await pool.render(EVERYTHING, large=20)
