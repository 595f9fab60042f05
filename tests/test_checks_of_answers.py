"""The test client finds each planted fault in an answer, and sends what a browser without script would send."""

from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from tests.support.client import Broken, client_of, started
from tests.support.forms import NoSuchForm, fill
from tests.support.headers import header_problems
from tests.support.html import read_page

GOOD_PAGE = (Path(__file__).parent / "support/good_page.html").read_text("utf-8")
GOOD_HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "vary": "HX-Request, Accept-Encoding",
}
FAULTY_HEADERS = {
    "a page that may be kept": {"cache-control": "private"},
    "sniffing": {"x-content-type-options": ""},
    "no referrer at all": {"referrer-policy": "no-referrer"},
    "an opener": {"cross-origin-opener-policy": "unsafe-none"},
    "anybody's resource": {"cross-origin-resource-policy": "cross-origin"},
    "an open camera": {"permissions-policy": "geolocation=(), microphone=(), payment=()"},
    "a fragment kept as a page": {"vary": "Accept-Encoding"},
    "inline script": {"content-security-policy": GOOD_HEADERS["content-security-policy"].replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")},
    "no policy": {"content-security-policy": ""},
    "a policy that lets in more": {"content-security-policy": GOOD_HEADERS["content-security-policy"] + "; frame-src *"},
    "a telling server": {"server": "uvicorn"},
    "a cookie that script reads": {"set-cookie": "s=1; SameSite=Lax"},
    "a cookie from elsewhere": {"set-cookie": "s=1; HttpOnly"},
}  # fmt: skip


def test_good_headers_have_no_problems():
    assert header_problems(GOOD_HEADERS, "/sign-in") == []
    kept = GOOD_HEADERS | {"cache-control": "public, max-age=31536000, immutable", "content-type": "text/css"}
    assert header_problems(kept, "/static/site.0.css") == []


@pytest.mark.parametrize("fault", sorted(FAULTY_HEADERS))
def test_a_faulty_header_is_found(fault):
    assert header_problems(GOOD_HEADERS | FAULTY_HEADERS[fault], "/sign-in") != []


@pytest.mark.parametrize("name", sorted(set(GOOD_HEADERS) - {"content-type"}))
def test_a_missing_header_is_found(name):
    assert header_problems({n: v for n, v in GOOD_HEADERS.items() if n != name}, "/sign-in") != []


def test_a_page_under_static_may_not_be_kept_unless_its_name_is_hashed():
    assert header_problems(GOOD_HEADERS | {"cache-control": "public, max-age=60"}, "/static/site.css") != []


def test_https_asks_for_more():
    problems = header_problems(GOOD_HEADERS | {"set-cookie": "__Host-s=1; HttpOnly; SameSite=Lax"}, "/", secure=True)
    assert len(problems) == 2


class Echo:
    """An app that answers every request with one page, and keeps what it was asked."""

    def __init__(self, page=GOOD_PAGE, headers=GOOD_HEADERS, status=200):
        self.page, self.headers, self.status = page, headers, status
        self.asked, self.lived = [], []

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            while (message := await receive())["type"] != "lifespan.shutdown":
                self.lived.append(message["type"])
                await send({"type": "lifespan.startup.complete"})
            self.lived.append(message["type"])
            await send({"type": "lifespan.shutdown.complete"})
            return
        body = (await receive()).get("body", b"")
        self.asked.append((scope["method"], scope["path"], dict(scope["headers"]), body.decode()))
        status = 200 if scope["method"] == "GET" else self.status
        headers = dict(self.headers) | ({"location": "/done"} if status == 303 else {})
        await send({"type": "http.response.start", "status": status,
                    "headers": [(n.encode(), v.encode()) for n, v in headers.items()]})  # fmt: skip
        await send({"type": "http.response.body", "body": self.page.encode() if status == 200 else b""})


async def test_the_app_is_started_and_ended_around_a_test():
    echo = Echo()
    async with started(echo) as app, client_of(app) as client:
        assert (await client.get("/x")).h1 == "Your medicines"
    assert echo.lived == ["lifespan.startup", "lifespan.shutdown"]


async def test_an_app_that_does_not_start_fails_the_test():
    async def broken(scope, receive, send):
        raise OSError("no database")

    with pytest.raises(OSError, match="no database"):
        async with started(broken):
            pass


@pytest.mark.parametrize(
    "echo",
    [
        Echo(page=GOOD_PAGE.replace("<dl>", '<dl style="x">')),
        Echo(headers=GOOD_HEADERS | {"cache-control": "public"}),
        Echo(page="<p>A piece</p>"),
    ],
    ids=["a fault in the page", "a fault in the headers", "a piece instead of a page"],
)
async def test_a_faulty_answer_fails_the_test_that_fetched_it(echo):
    async with client_of(echo) as client:
        with pytest.raises(Broken):
            await client.get("/x")


async def test_a_piece_of_a_page_is_what_htmx_gets():
    async with client_of(Echo(page='<div id="list"><p>Four results</p></div>')) as client:
        seen = await client.htmx("GET", "/x", target="div#list")
    assert seen.text == "Four results"


async def test_a_page_is_read_as_a_person_reads_it():
    async with client_of(Echo()) as client:
        seen = await client.get("/records/r/medicines?since=1")
    assert seen.title.startswith("Error: Your medicines")
    assert seen.errors == ["Enter the day"]
    assert seen.rows("Two") == [["Name", "Dose"], ["Iron", "325 mg"]]
    assert seen.link("Results") == "/records/r/results"
    assert "325 mg" in seen.main and "Back to top" not in seen.main
    assert 800 < seen.weight < len(seen.content)


async def test_a_form_is_sent_with_its_hidden_fields_and_leads_on():
    echo = Echo(status=303)
    async with client_of(echo) as client:
        page = await client.get("/records/r/refills/new")
        arrived = await client.submit(page, 0, day="3", how="b", **{"pass": "x y"})
    (method, path, headers, body), (after, done, _, _) = echo.asked[1:]
    assert (method, path) == ("POST", "/records/r/refills")
    assert parse_qsl(body) == [("csrf", "c"), ("form_key", "k"), ("day", "3"), ("pass", "x y"), ("how", "b")]
    assert headers[b"origin"] == b"http://localhost:8000" and headers[b"sec-fetch-site"] == b"same-origin"
    assert (after, done, arrived.h1) == ("GET", "/done", "Your medicines")


CONTROLS = """<!doctype html><title>t</title><main><form id="f" method="get" action="/find">
<input name="q" value="iron"><input type="checkbox" name="box" value="1" checked><input type="checkbox" name="box" value="2">
<select name="s"><option value="">Any<option value="b" selected>B</select><select name="first"><option>One<option>Two</select>
<textarea name="t">
as typed</textarea><button name="go" value="1">Find</button><button formaction="/other">Other way</button></form></main>"""


def test_a_form_keeps_what_the_page_had():
    sending = fill(read_page(CONTROLS), "/here", "f", {})
    assert sending.url == "/find?q=iron&box=1&s=b&first=One&t=as+typed&go=1"


def test_answers_replace_what_the_page_had():
    sending = fill(read_page(CONTROLS), "/here", 0, {"q": None, "box": ["2"], "s": "", "first": "Two"}, press="Other way")
    assert sending.url == "/other?box=2&s=&first=Two&t=as+typed"


@pytest.mark.parametrize("answers", [{"nothing": "1"}, {"s": "c"}])
def test_an_answer_to_a_question_that_is_not_there_is_refused(answers):
    with pytest.raises(NoSuchForm):
        fill(read_page(CONTROLS), "/here", "f", answers)


def test_a_form_or_button_that_is_not_there_is_refused():
    with pytest.raises(NoSuchForm):
        fill(read_page(CONTROLS), "/here", "g", {})
    with pytest.raises(NoSuchForm):
        fill(read_page(CONTROLS), "/here", "f", {}, press="Delete")
