"""The outermost wrapper: every response, error or file goes through it once.

It knows who asks, and in which language they read, before routing, answers HEAD, commits the audit entry before the first byte leaves, squeezes, puts
on the headers of SECURITY contract 7, and writes one log line without anything about anybody.
"""

from __future__ import annotations

import gzip
import json
import logging
import secrets
import time
from collections.abc import Callable, Iterable

import brotli
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from access.audit import Entry
from access.grant import AccountGrant, Grant
from access.house import House
from access.viewer import Viewer, Visitor
from handlers.assets import best_coding
from handlers.session_cookie import cookie_name
from handlers.visitor import Proxies, device_words, pre_hash
from identity.sessions import find_viewer, note_seen
from pages.clinic import clinic
from settings import Settings
from words.gettext import use

log = logging.getLogger("portal.request")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FORM_HERE = "form-action 'self'"
ALWAYS = (
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=(),"
     b" publickey-credentials-get=(self), publickey-credentials-create=(self)"),
)
HSTS = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")
SQUEEZED = (b"text/", b"application/json", b"image/svg")
VARY_PAGE = b"Cookie, HX-Request, Accept-Encoding"
CODINGS = ("br", "gzip")
WORTH_SQUEEZING = 200
WRONG_ADDRESS = "<!doctype html><html lang=en><meta charset=utf-8><title>Wrong address</title><h1>Wrong address</h1></html>"
CANNOT = "<!doctype html><html lang=en><meta charset=utf-8><title>Not now</title><h1>This page cannot be shown now</h1>"
UNAVAILABLE = CANNOT + "<p>Nothing was changed. Please try again in a few minutes.</p></html>"
UNSURE = CANNOT + (
    "<p>What you sent may have been done. Please look in a few minutes, before you send anything again.</p></html>"
)


class Outermost:
    def __init__(self, app: ASGIApp, house: Callable[[], House], settings: Settings):
        self.app, self.house, self.settings = app, house, settings
        self.headers = ALWAYS + ((HSTS,) if settings.secure else ())
        self.hosts = {settings.host.encode()}
        self.proxies = Proxies(settings.trusted_proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        answer = Answer()
        method = scope["method"]
        if method == "HEAD":
            scope = {**scope, "method": "GET"}  # a copy: the server must still know that no body may follow
        await self._answer(scope, receive, answer)
        await self._commit(scope, answer)
        sent = await self._send(scope, answer, send, method == "HEAD")
        self._log(scope, method, answer.status, sent, began)

    async def _answer(self, scope: Scope, receive: Receive, answer: Answer) -> None:
        """Runs the portal; whatever it throws becomes a page that says nothing was lost."""
        headers = read_headers(scope["headers"])
        refusal = self._refusal(scope, headers)
        if refusal:
            answer.replace(*refusal)
            return
        try:
            cookies = read_cookies(headers.get(b"cookie", b""))
            viewer = await self._viewer(scope, headers, cookies)
            scope["state"] = {"viewer": viewer, "request_id": secrets.token_hex(8), "cookies": cookies}
            with use(viewer.locale, await self._zone(viewer)):
                await self.app(scope, receive, answer.take)
        except Exception as error:  # noqa: BLE001 -- the last line of defence: nothing opens when something fails
            logging.getLogger("portal.error").error("%s", type(error).__name__, exc_info=self.settings.debug)
            answer.replace(503, unavailable(scope))

    def _refusal(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[int, str] | None:
        """What is not for the portal at all: another host, and a question about methods that only scripts of other
        sites ask."""
        if headers.get(b"host", b"").lower() not in self.hosts:
            return 400, WRONG_ADDRESS
        return (405, WRONG_ADDRESS) if scope["method"] == "OPTIONS" else None

    async def _viewer(self, scope: Scope, headers: dict[bytes, bytes], cookies: dict[str, str]) -> Viewer:
        house = self.house()
        visitor = Visitor(
            ip=self.proxies.client(scope, headers),
            device=device_words(headers.get(b"user-agent", b"")),
            pre=pre_hash(cookies.get(cookie_name(self.settings.secure, "pre"), "")),
        )
        token = cookies.get(cookie_name(self.settings.secure, "s"), "")
        return await find_viewer(house, token, visitor, house.clock())

    async def _zone(self, viewer: Viewer) -> str:
        """Where the words of this request are at home. While the database is away no page says a time."""
        try:
            return (await clinic(self.house().database, viewer.locale)).zone
        except Exception:  # noqa: BLE001 -- a file or `/healthz` needs no zone, and a page will ask again
            return "UTC"

    async def _commit(self, scope: Scope, answer: Answer) -> None:
        """No entry, no page. That somebody was there is no entry: what it is stored with has been done already."""
        state = scope.get("state") or {}
        house, viewer = self.house(), state.get("viewer")
        route = scope.get("route_handler")
        entries: list[Entry | None] = list(self._entries(state))
        if viewer and route is not None and answer.status < 500:
            if note_seen(house, viewer, passive=route.opt["access"].passive):
                entries = entries or [None]
        for entry in entries:
            try:
                await house.audit.commit(entry)
                if entry:
                    entry.written = True
            except Exception:  # noqa: BLE001 -- whatever the reason, what could not be written down is not shown
                logging.getLogger("portal.error").error("audit unavailable" if entry else "last seen not stored")
                if entry:
                    answer.replace(503, unavailable(scope))

    def _entries(self, state: dict) -> list[Entry]:
        grant: Grant | None = state.get("grant")
        entries = [state["refusal"]] if state.get("refusal") else []
        if grant is not None and not isinstance(grant, AccountGrant) and not entries:
            entries.append(grant.entry)
        return [entry for entry in entries if not entry.written]

    async def _send(self, scope: Scope, answer: Answer, send: Send, head: bool) -> int:
        accepted = b",".join([value for name, value in scope["headers"] if name == b"accept-encoding"]).decode("latin-1")
        body = answer.squeezed(accepted)
        answer.headers = [pair for pair in answer.headers if pair[0] != b"content-length"]
        if answer.status != 204:
            answer.add(b"content-length", str(len(body)).encode())
        known = dict(answer.headers)
        if b"cache-control" not in known:
            answer.add(b"cache-control", b"no-store")
        own = known.get(b"content-security-policy")
        answer.headers.extend(self.headers)
        leads_to = (scope.get("state") or {}).get("form_to")
        if leads_to:
            answer.set(b"content-security-policy", CSP.replace(FORM_HERE, f"{FORM_HERE} {leads_to}").encode())
        if own:  # what came from elsewhere is bound more tightly, never less
            answer.set(b"content-security-policy", CSP.encode() + b"; " + own)
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": b"" if head else body})
        return len(body)

    def _log(self, scope: Scope, method: str, status: int, sent: int, began: float) -> None:
        """Route template, never the path; no query, no name, no body."""
        if not log.isEnabledFor(logging.INFO):
            return
        state = scope.get("state") or {}
        line = {
            "route": scope.get("path_template") or "-", "method": method, "status": status,
            "ms": round((time.perf_counter() - began) * 1000, 1), "bytes": sent, "id": state.get("request_id", "-"),
        }
        log.info(json.dumps(line, separators=(",", ":")))


class Answer:
    """A response on its way out, held until its audit entry is on disk."""

    def __init__(self) -> None:
        self.status, self.headers, self.body = 500, [], b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    def replace(self, status: int, page: str) -> None:
        self.status, self.body = status, page.encode()
        self.headers = [(b"content-type", b"text/html; charset=utf-8")]

    def add(self, name: bytes, value: bytes) -> None:
        self.headers.append((name, value))

    def set(self, name: bytes, value: bytes) -> None:
        self.headers = [pair for pair in self.headers if pair[0] != name] + [(name, value)]

    def squeezed(self, accepted: str) -> bytes:
        known = dict(self.headers)
        kind = known.get(b"content-type", b"")
        if b"content-encoding" in known or not kind.startswith(SQUEEZED):
            return self.body
        self.set(b"vary", VARY_PAGE if kind.startswith(b"text/html") else b"Accept-Encoding")
        if len(self.body) < WORTH_SQUEEZING:
            return self.body
        coding = best_coding(accepted, CODINGS)
        if not coding:
            return self.body
        self.add(b"content-encoding", coding.encode())
        if coding == "br":
            return brotli.compress(self.body, mode=brotli.MODE_TEXT, quality=5)
        return gzip.compress(self.body, compresslevel=6, mtime=0)


def unavailable(scope: Scope) -> str:
    """Only of what changes nothing can it be said that nothing was changed."""
    return UNAVAILABLE if scope["method"] in ("GET", "HEAD") else UNSURE


def read_headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """By name; what came in several lines is joined as RFC 9110 says, so that no line hides another. For the host that
    gives the name of nobody."""
    found: dict[bytes, bytes] = {}
    for name, value in pairs:
        found[name] = found[name] + (b"; " if name == b"cookie" else b", ") + value if name in found else value
    return found


def read_cookies(header: bytes) -> dict[str, str]:
    """What the browser sent. A neighbour's cookie that is no proper cookie spoils none of ours."""
    pairs = (part.partition("=") for part in header.decode("latin-1").split(";"))
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs}
