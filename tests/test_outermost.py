"""Every answer, error or file: headers, squeezing, one log line without anybody in it, and nothing before the audit."""

from __future__ import annotations

import asyncio
import functools
import gzip
import http.client
import json
import logging
import re
from datetime import timedelta
from types import SimpleNamespace

import brotli
import httpx
import pytest
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State

from access.grant import Changed
from access.guard import guard
from access.vocabulary import ACCOUNT, PRE_SESSION, PUBLIC, Category, record
from handlers import outermost
from handlers.assets import best_coding, fresh
from handlers.errors import HANDLERS, TooMany
from handlers.form_layer import Fields, FormLayer
from handlers.keys import sending_of
from handlers.outermost import Outermost, read_cookies, read_headers
from handlers.respond import render, see_other
from handlers.views import make_environment, make_text_environment
from handlers.visitor import Proxies
from identity.csrf import mask
from identity.parking import kept
from identity.sessions import open_session
from pages.address import Address, RecordPage
from tables import sqlite
from tables.sending import use_key
from tables.sqlite import DatabaseBusy
from tests.support.headers import header_problems
from tests.support.html import page_problems
from tests.support.world import VISITOR
from tests.test_database import held_by_another_process

SECRET = "Xanthippe-4711"
WHOLE = "<!doctype html><title>t</title>" + "words of a page " * 100


def handlers() -> list:
    @get("/page", access=PUBLIC)
    async def page() -> Response:
        return Response(WHOLE, media_type="text/html")

    @get("/throws/{name:str}", access=PUBLIC)
    async def throws(request: Request) -> None:
        raise RuntimeError(f"something about {request.path_params['name']}")

    @get("/busy", access=PUBLIC)
    async def busy() -> None:
        raise DatabaseBusy("locked")

    @get("/often", access=PUBLIC)
    async def often() -> None:
        raise TooMany(3)

    @get("/nothing", access=PUBLIC)
    async def nothing() -> Response:
        return Response(b"", status_code=204)

    @get("/go", access=PUBLIC)
    async def go(request: Request) -> Response:
        return see_other(request, request.query_params["to"])

    @get("/r/{record:str}", access=record(Category.RESULTS))
    async def seen(request: Request) -> Response:
        return Response(WHOLE + SECRET, media_type="text/html")

    @get("/unaudited", access=ACCOUNT)
    async def unaudited(request: Request) -> Response:
        return await render(request, RecordPage(at=Address("/records/x")), "errors/404.html")

    @post("/acts", access=ACCOUNT)
    async def acts(request: Request) -> Response:
        fields: Fields = request.state.fields
        grant, sending = request.state.grant, sending_of(request, fields)
        async with grant.acting("account.test"):
            await use_key(grant.house.database, sending, "/page?first=" + fields.get("word"), grant.now)
        return see_other(request, "/page?first=" + fields.get("word"))

    @get("/acts", access=ACCOUNT)
    async def form() -> Response:
        return Response(WHOLE, media_type="text/html")

    @post("/ends", access=ACCOUNT)
    async def ends(request: Request) -> None:
        raise Changed

    @post("/acts/{ended:str}", access=ACCOUNT)
    async def ended(request: Request) -> None:
        grant = request.state.grant
        if request.path_params["ended"] == "session":
            await grant.house.database.rows("UPDATE session SET revoked_at = ?", grant.now)
        raise Changed

    @get("/acts/{ended:str}", access=ACCOUNT)
    async def ended_form() -> Response:
        return Response(WHOLE, media_type="text/html")

    @post("/echo", access=PRE_SESSION)
    async def echo(request: Request) -> Response:
        return Response(b"", status_code=200)

    return [page, throws, busy, often, nothing, go, seen, unaudited, acts, form, ends, ended, ended_form, echo]


@functools.cache
def wired() -> Litestar:
    return Litestar(route_handlers=handlers(), guards=[guard], middleware=[FormLayer()], exception_handlers=HANDLERS,
                    openapi_config=None, logging_config=None)


class Portal:
    def __init__(self, world, secure=False):
        self.world = world
        host = "portal.example.org" if secure else "localhost:8000"
        settings = SimpleNamespace(host=host, secure=secure, debug=False, trusted_proxies=(), limits=world.house.limits)
        state = State({"house": world.house, "settings": settings, "assets": fresh(), "views": make_environment(),
                       "text_views": make_text_environment()})
        inner = wired()
        inner.state = state
        self.app = Outermost(inner, lambda: world.house, settings)
        self.origin = ("https://" if secure else "http://") + host

    async def token(self, person="maria") -> str:
        viewer = self.world.people[person]
        async with self.world.house.database.transaction():
            return await open_session(self.world.house, viewer.account, viewer.kind, VISITOR, self.world.now, level="full",
                                      proven_at=self.world.now)

    async def ask(self, method, path, token="", **options) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=True)
        cookies = {"s": token} if token else {}
        async with httpx.AsyncClient(transport=transport, base_url=self.origin, cookies=cookies) as client:
            return await client.request(method, path, **options)

    async def send(self, token, path="/acts", **fields) -> httpx.Response:
        row = (await self.world.house.database.rows("SELECT csrf FROM session ORDER BY created_at DESC, id DESC LIMIT 1"))[0]
        return await self.ask("POST", path, token, data={"csrf": mask(bytes(row["csrf"])), **fields})

    @property
    def record(self) -> str:
        return f"/r/{self.world.records['Maria'].ref}"


@pytest.fixture
def portal(world) -> Portal:
    return Portal(world)


EVERY_KIND = {
    "a page": ("GET", "/page", {}, 200), "not found": ("GET", "/nowhere", {}, 404), "wrong method": ("PUT", "/page", {}, 405),
    "trace": ("TRACE", "/page", {}, 405), "a made-up method": ("BREW", "/page", {}, 405),
    "options": ("OPTIONS", "/page", {}, 405), "another host": ("GET", "/page", {"headers": {"host": "evil.example"}}, 400),
    "no host": ("GET", "/page", {"headers": {"host": ""}}, 400), "a mistake of ours": ("GET", "/throws/x", {}, 500),
    "busy": ("GET", "/busy", {}, 503), "too often": ("GET", "/often", {}, 429), "head": ("HEAD", "/page", {}, 200),
    "nothing": ("GET", "/nothing", {}, 204), "sign in": ("GET", "/r/x", {}, 303),
    "too large": ("POST", "/echo", {"content": b"a" * 70_000, "headers": {"content-type": "application/x-www-form-urlencoded"}}, 413),
    "no form": ("POST", "/echo", {"json": {}}, 415), "a form of nobody": ("POST", "/echo", {"data": {"a": "b"}}, 403),
    "garbled": ("POST", "/echo", {"content": b"a=%ff", "headers": {"content-type": "application/x-www-form-urlencoded"}}, 400),
    "a NUL": ("GET", "/throws/%00", {}, 404), "a NUL asked for": ("GET", "/page?a=%00", {}, 404),
    "dots": ("GET", "/%2e%2e/%2e%2e/etc/passwd", {}, 404), "not ASCII": ("GET", "/ü%F0%9F%98%80", {}, 404),
    "not UTF-8": ("GET", "/page?a=%ff", {}, 200), "a huge cookie": ("GET", "/page", {"headers": {"cookie": "a=" + "x" * 60_000}}, 200),
}  # fmt: skip


@pytest.mark.parametrize("kind", EVERY_KIND)
async def test_every_kind_of_answer_has_every_header(portal, kind):
    method, path, options, status = EVERY_KIND[kind]
    answer = await portal.ask(method, path, **options)
    assert answer.status_code == status
    assert header_problems(answer.headers, path) == []
    assert "content-length" not in answer.headers if status == 204 else "content-length" in answer.headers
    if status >= 400:
        assert "<h1" in answer.text and "Traceback" not in answer.text


@pytest.mark.parametrize("kind", ["a page", "not found", "another host", "a mistake of ours"])
async def test_on_https_every_kind_of_answer_is_pinned_to_https(world, kind):
    method, path, options, _ = EVERY_KIND[kind]
    answer = await Portal(world, secure=True).ask(method, path, **options)
    assert header_problems(answer.headers, path, secure=True) == []


async def test_a_wrong_method_is_told_the_right_ones(portal):
    assert "GET" in (await portal.ask("DELETE", "/page")).headers["allow"]


async def test_a_mistake_of_ours_keeps_its_words_to_itself(portal, caplog):
    answer = await portal.ask("GET", f"/throws/{SECRET}")
    assert answer.status_code == 500 and SECRET not in answer.text and SECRET not in caplog.text
    assert "RuntimeError" in caplog.text


@pytest.mark.parametrize("host", ["LOCALHOST:8000", "LocalHost:8000"])
async def test_the_host_may_be_written_in_capitals(portal, host):
    assert (await portal.ask("GET", "/page", headers={"host": host})).status_code == 200


@pytest.mark.parametrize("host", ["localhost", "localhost:8001", "localhost:8000.", "localhost.:8000", "localhost:8000@evil", "[::1]:8000"])
async def test_any_other_host_is_refused(portal, host):
    assert (await portal.ask("GET", "/page", headers={"host": host})).status_code == 400


# Squeezing


@pytest.mark.parametrize(("accepted", "coding"), [
    ("br", "br"), ("gzip, deflate, br", "br"), ("gzip", "gzip"), ("", ""), ("identity", ""), ("br;q=0, gzip", "gzip"),
    ("br;q=0.000,gzip;q=0", ""), ("vibrant", ""), ("*", "br"), ("*;q=0", ""), ("BR", "br"), ("br;q=nonsense", "br"),
])  # fmt: skip
async def test_a_page_is_squeezed_as_the_browser_can_open_it(portal, accepted, coding):
    answer = await raw(portal, "GET", "/page", [(b"accept-encoding", accepted.encode())])
    assert answer.headers.get(b"content-encoding", b"").decode() == coding == best_coding(accepted, ("br", "gzip"))
    opened = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[coding](answer.body)
    assert opened.decode() == WHOLE and int(answer.headers[b"content-length"]) == len(answer.body)
    assert b"Accept-Encoding" in answer.headers[b"vary"]


async def test_head_says_the_length_of_what_get_sends_and_sends_nothing(portal):
    whole, head = [await raw(portal, method, "/page", [(b"accept-encoding", b"br")]) for method in ("GET", "HEAD")]
    assert head.body == b"" and head.headers[b"content-length"] == whole.headers[b"content-length"]
    assert head.scope["method"] == "HEAD", "the server itself must still know what was asked"


async def raw(portal, method, path, headers=(), messages=None, on_send=None):
    """The portal without a client in between: the scope as it was left, and the messages as they went."""
    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "headers": [
        (b"host", portal.app.settings.host.encode()), *headers], "client": ("127.0.0.1", 1), "scheme": "http", "root_path": "",
        "server": ("localhost", 8000), "http_version": "1.1", "asgi": {"version": "3.0"}}  # fmt: skip
    left = list(messages or [{"type": "http.request", "body": b"", "more_body": False}])
    found = SimpleNamespace(scope=scope, body=b"", headers={}, status=0)

    async def receive():
        return left.pop(0) if left else {"type": "http.disconnect"}

    async def send(message):
        if on_send:
            await on_send(message)
        if message["type"] == "http.response.start":
            found.status, found.headers = message["status"], dict(message["headers"])
        found.body += message.get("body", b"")

    await portal.app(scope, receive, send)
    return found


# Nothing before the audit


async def test_no_byte_leaves_before_the_entry_is_in_the_database(portal):
    token, sent = await portal.token(), []

    async def on_send(message):
        rows = await portal.world.house.database.rows("SELECT action FROM audit_event")
        sent.append((message["type"], sorted(row["action"] for row in rows)))

    answer = await raw(portal, "GET", portal.record, [(b"cookie", f"s={token}".encode())], on_send=on_send)
    assert answer.status == 200 and SECRET.encode() in answer.body
    assert [kind for kind, _ in sent] == ["http.response.start", "http.response.body"]
    assert all("results.see" in actions for _, actions in sent)


async def test_without_an_entry_there_is_no_page_and_afterwards_there_is_again(portal, monkeypatch):
    token, many = await portal.token(), type(portal.world.house.database).many

    async def full(self, sql, rows):
        raise OSError("disk full")

    monkeypatch.setattr(type(portal.world.house.database), "many", full)
    for path in (portal.record, f"/r/{'A' * 22}"):
        answer = await portal.ask("GET", path, token)
        assert answer.status_code == 503 and SECRET not in answer.text and header_problems(answer.headers, path) == []
    monkeypatch.setattr(type(portal.world.house.database), "many", many)
    assert (await portal.ask("GET", portal.record, token)).status_code == 200


async def test_a_page_of_a_record_without_a_grant_is_a_mistake_not_a_page(portal, caplog):
    answer = await portal.ask("GET", "/unaudited", await portal.token())
    assert answer.status_code == 500 and "UnauditedPage" in caplog.text


async def test_a_moment_of_being_there_that_is_not_stored_takes_no_answer_away(portal, monkeypatch, caplog):
    token, many = await portal.token(), type(portal.world.house.database).many

    async def no_seen(self, sql, rows):
        if "last_seen_at" in sql:
            raise OSError("disk full")
        await many(self, sql, rows)

    past = portal.world.now - timedelta(seconds=90)
    await portal.world.house.database.rows("UPDATE session SET last_seen_at = ?", past)
    monkeypatch.setattr(type(portal.world.house.database), "many", no_seen)
    answer = await portal.send(token, form_key="k", word="one")
    assert (answer.status_code, answer.headers["location"]) == (303, "/page?first=one") and await acts_of(portal) == 1
    assert "last seen not stored" in caplog.text


async def test_nothing_was_changed_is_said_only_of_what_changes_nothing(portal, monkeypatch):
    token = await portal.token()

    async def broken(*args):
        raise OSError("disk full")

    monkeypatch.setattr(outermost, "find_viewer", broken)
    page, act = await portal.ask("GET", "/page", token), await portal.ask("POST", "/acts", token)
    assert page.status_code == act.status_code == 503
    assert "Nothing was changed" in page.text and "Nothing was changed" not in act.text and "may have been done" in act.text


async def test_an_act_that_the_token_alone_let_in_says_so(portal):
    token = await portal.token()
    csrf = (await portal.world.house.database.rows("SELECT csrf FROM session ORDER BY created_at DESC, id DESC LIMIT 1"))[0]["csrf"]
    for headers in ({}, {"origin": portal.origin}, {"sec-fetch-site": "same-origin"}):
        await portal.ask("POST", "/acts", token, headers=headers, data={"csrf": mask(bytes(csrf)), "word": "one"})
    rows = await portal.world.house.database.rows("SELECT reason FROM audit_event WHERE action = 'account.test' ORDER BY seq")
    assert [row["reason"] for row in rows] == ["token_only", "", ""]


# The log


async def test_one_line_for_each_request_and_nobody_in_it(portal, caplog):
    caplog.set_level(logging.INFO, logger="portal")
    token = await portal.token()
    await portal.ask("GET", f"{portal.record}?name={SECRET}", token, headers={"user-agent": SECRET, "referer": SECRET})
    await portal.ask("GET", f"/nowhere/{SECRET}")
    await portal.ask("GET", f"/throws/{SECRET}")
    await portal.ask("HEAD", "/page")
    await portal.ask("POST", "/echo", data={"password": SECRET, "csrf": SECRET}, headers={"host": f"{SECRET}"})
    await portal.send(token, form_key=SECRET, word=SECRET)
    lines = [json.loads(entry.message) for entry in caplog.records if entry.name == "portal.request"]
    assert [(line["route"], line["method"], line["status"]) for line in lines] == [
        ("/r/{record}", "GET", 200), ("-", "GET", 404), ("/throws/{name}", "GET", 500), ("/page", "HEAD", 200),
        ("-", "POST", 400), ("/acts", "POST", 303),
    ]
    assert all(set(line) == {"route", "method", "status", "ms", "bytes", "id"} for line in lines)
    assert len({line["id"] for line in lines if line["id"] != "-"}) == 5
    ours = "\n".join(entry.getMessage() + str(entry.exc_text or "") for entry in caplog.records if entry.name.startswith("portal"))
    for word in (SECRET, token, portal.record, "Maria", "127.0.0.1"):
        assert word not in ours


# Redirects and cookies


@pytest.mark.parametrize("to", ["/page\r\nset-cookie: a=b", "//evil.example/x", "///evil.example", "/\u0142\u00e9", "page", "/\\evil.example"])
@pytest.mark.parametrize("htmx", [False, True])
async def test_a_redirect_never_leaves_the_portal_nor_its_header(portal, to, htmx):
    headers = {"hx-request": "true"} if htmx else {}
    answer = await portal.ask("GET", "/go", params={"to": to}, headers=headers)
    where = answer.headers["hx-redirect" if htmx else "location"]
    assert answer.status_code == (204 if htmx else 303) and answer.content == b"" and "set-cookie" not in answer.headers
    assert re.fullmatch(r"/(?!/)[\x21-\x5b\x5d-\x7e]*", where)


@pytest.mark.parametrize("path", ["/r/a%0d%0aSet-Cookie:x=1", "/r/%C5%82", "/r/" + "x" * 3000])
async def test_htmx_is_sent_to_sign_in_or_back_by_a_header_that_is_one(portal, path):
    for token in ("", await portal.token()):
        answer = await portal.ask("GET", path, token, headers={"hx-request": "true"})
        assert answer.status_code == 204 and "\n" not in answer.headers["hx-redirect"] and "set-cookie" not in answer.headers


def test_a_cookie_of_a_neighbour_spoils_none_of_ours():
    assert read_cookies(b'a={"x":1}; s=mine; b="q"; =; c') == {"a": '{"x":1}', "s": "mine", "b": "q", "": "", "c": ""}
    assert read_cookies(b"") == {"": ""} and read_cookies(b"\xff\x00=;s=1")["s"] == "1"


def test_headers_in_several_lines_are_all_read():
    pairs = [(b"cookie", b"a=1"), (b"cookie", b"s=2"), (b"x-forwarded-for", b"9.9.9.9"), (b"x-forwarded-for", b"8.8.8.8"),
             (b"host", b"localhost:8000"), (b"host", b"evil.example")]  # fmt: skip
    found = read_headers(pairs)
    assert read_cookies(found[b"cookie"]) == {"a": "1", "s": "2"} and found[b"x-forwarded-for"] == b"9.9.9.9, 8.8.8.8"
    assert found[b"host"] != b"localhost:8000", "two hosts are none"


@pytest.mark.parametrize(("peer", "forwarded", "wanted"), [
    ("10.0.0.1", b"6.6.6.6, 7.7.7.7", "7.7.7.7"), ("10.0.0.1", b"7.7.7.7, 10.0.0.2", "7.7.7.7"), ("10.0.0.1", b"", "10.0.0.1"),
    ("9.9.9.9", b"7.7.7.7", "9.9.9.9"), ("::ffff:10.0.0.1", b"7.7.7.7", "7.7.7.7"), ("10.0.0.1", b"nonsense", "unknown"),
    ("10.0.0.1", b"2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("10.0.0.1", b"10.0.0.3", "10.0.0.1"),
])  # fmt: skip
def test_only_a_proxy_of_ours_may_say_who_asks(peer, forwarded, wanted):
    scope = {"client": (peer, 1)}
    assert Proxies(("10.0.0.0/8",)).client(scope, {b"x-forwarded-for": forwarded}) == wanted
    assert Proxies(()).client({"client": ("9.9.9.9", 1)}, {b"x-forwarded-for": b"7.7.7.7"}) == "9.9.9.9"


# A line that drops


async def test_half_a_form_is_not_a_form(portal):
    token = await portal.token()
    row = (await portal.world.house.database.rows("SELECT csrf FROM session ORDER BY created_at DESC, id DESC LIMIT 1"))[0]
    begun = f"csrf={mask(bytes(row['csrf'])).replace('=', '%3D')}&form_key=k&word=half".encode()
    headers = [(b"cookie", f"s={token}".encode()), (b"content-type", b"application/x-www-form-urlencoded")]
    cut = [{"type": "http.request", "body": begun, "more_body": True}, {"type": "http.disconnect"}]
    assert (await raw(portal, "POST", "/acts", headers, cut)).status == 400
    assert await portal.world.house.database.rows("SELECT id FROM used_key") == []
    whole = [{"type": "http.request", "body": begun, "more_body": True}, {"type": "http.request", "body": b"+no+more"}]
    assert (await raw(portal, "POST", "/acts", headers, whole)).status == 303


async def test_the_same_form_sent_again_leads_where_it_led(portal):
    token = await portal.token()
    answers = [await portal.send(token, form_key="k", word="one") for _ in range(3)]
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {(303, "/page?first=one")}
    assert await acts_of(portal) == 1


async def test_the_same_key_with_other_words_is_asked_about(portal):
    token = await portal.token()
    await portal.send(token, form_key="k", word="one")
    answer = await portal.send(token, form_key="k", word="two")
    assert answer.status_code == 422 and "/page?first=one" in answer.text and await acts_of(portal) == 1


async def test_the_same_key_with_other_words_shows_what_is_new_without_passwords(portal):
    token = await portal.token()
    await portal.send(token, form_key="k", word="one")
    answer = await portal.send(token, form_key="k", word="two <b>\nlines", password=SECRET, code="123456")
    assert page_problems(answer.text) == [] and "two &lt;b&gt;\nlines" in answer.text and SECRET not in answer.text and "123456" not in answer.text


async def test_what_was_typed_for_an_act_that_ended_in_between_is_given_back(portal):
    token = await portal.token()
    answer = await portal.send(token, "/acts/share", form_key="k", word="two <b>", password=SECRET)
    assert answer.status_code == 403 and page_problems(answer.text) == []
    assert "What you typed" in answer.text and "two &lt;b&gt;" in answer.text
    ref = re.search(r'href="/acts/share\?kept=([\w-]+)"', answer.text)[1]
    assert await kept(portal.world.house, portal.world.people["maria"], "/acts/share", ref) == [("word", "two <b>"), ("form_key", "k")]
    assert SECRET not in answer.text


@pytest.mark.parametrize("path", ["/acts/session", "/ends"], ids=["session over", "no page to open"])
async def test_nothing_is_parked_where_nobody_could_open_it(portal, path):
    answer = await portal.send(await portal.token(), path, word="two")
    assert answer.status_code == 403 and "two" in answer.text and "kept=" not in answer.text
    assert await portal.world.house.database.rows("SELECT id FROM parked_form") == []


async def test_a_form_sent_many_times_at_once_acts_once(portal):
    token = await portal.token()
    answers = await asyncio.gather(*(portal.send(token, form_key="k", word="one") for _ in range(12)))
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {(303, "/page?first=one")}
    assert await acts_of(portal) == 1 and len(await portal.world.house.database.rows("SELECT id FROM used_key")) == 1


async def test_a_key_is_of_one_account_and_one_route_not_of_a_session(portal):
    first = await portal.token()
    await portal.send(first, form_key="k", word="one")
    again = await portal.token()
    assert (await portal.send(again, form_key="k", word="one")).headers["location"] == "/page?first=one"
    assert await acts_of(portal) == 1, "the same person in a new session"
    assert (await portal.send(await portal.token("stan"), form_key="k", word="his")).headers["location"] == "/page?first=his"
    assert await acts_of(portal) == 2


async def test_forms_without_a_key_are_never_taken_for_one_another(portal):
    token = await portal.token()
    for word in ("one", "two"):
        assert (await portal.send(token, word=word)).headers["location"] == f"/page?first={word}"


async def test_an_act_that_was_not_done_again_is_not_written_down_as_done(portal):
    token = await portal.token()
    for word in ("one", "one", "two"):
        await portal.send(token, form_key="k", word=word)
    assert await acts_of(portal) == 1


async def acts_of(portal) -> int:
    return (await portal.world.house.database.rows("SELECT COUNT(*) AS n FROM audit_event WHERE action = 'account.test'"))[0]["n"]


# A real server


def test_a_real_server_answers_head_and_odd_requests_and_lives(live):
    host, port = live.url.removeprefix("http://").split(":")
    odd = [("HEAD", "/"), ("HEAD", "/sign-in"), ("HEAD", "/nowhere"), ("GET", "//records"), ("GET", "//evil.example/%2e%2e"),
           ("GET", "/records//x///y"), ("OPTIONS", "*"), ("GET", "/" + "x" * 8000), ("GET", "/?" + "a=b&" * 2000)]  # fmt: skip
    connection = http.client.HTTPConnection(host, int(port), timeout=20)
    for method, path in odd:
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status < 500 and header_problems(answer.headers, path) == [], (method, path, answer.status)
        assert not (method == "HEAD" and body)
    connection.request("GET", "/healthz")
    assert connection.getresponse().read() == b"ok\n", "on the same connection"
    connection.close()


async def test_while_another_process_writes_pages_are_refused_in_words_and_then_come_back(portal, monkeypatch):
    database = portal.world.house.database
    if not database.is_sqlite:
        pytest.skip("this is about the embedded engine")
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.2)
    token = await portal.token()
    with held_by_another_process(database, 20):
        page = await portal.ask("GET", portal.record, token)
        act = await portal.send(token, form_key="k", word="one")
        still = await portal.ask("GET", "/page")
    assert (page.status_code, act.status_code, still.status_code) == (503, 503, 200)
    assert SECRET not in page.text and "<h1" in act.text
    assert (await portal.ask("GET", portal.record, token)).status_code == 200
    assert (await portal.send(token, form_key="k", word="one")).status_code == 303
