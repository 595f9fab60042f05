"""A browser without script, for tests: it keeps cookies, fills forms, and inspects everything it is given.

`client.get("/sign-in")`, `client.submit(page, 0, username="maria")`, `client.follow(page, "Results")` each give a
`Seen`. An answer that breaks a contract (headers, HTML, labels, titles, weight) fails the test on the spot.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

import brotli
import httpx

from tests.support.forms import Sending, fill
from tests.support.headers import header_problems
from tests.support.html import Tree, fragment_problems, page_problems, read_fragment, read_page
from tests.support.html.tree import words

ORIGIN = "http://localhost:8000"


class Broken(AssertionError):
    """An answer breaks a contract that holds for every page."""


@dataclass(frozen=True)
class Seen:
    """One answer, read as a page."""

    response: httpx.Response

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def headers(self) -> httpx.Headers:
        return self.response.headers

    @property
    def url(self) -> str:
        """Path and query: what a person would see after the host."""
        return self.response.request.url.raw_path.decode()

    @property
    def html(self) -> str:
        return self.response.text

    @property
    def content(self) -> bytes:
        return self.response.content

    @cached_property
    def is_html(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/html")

    @cached_property
    def is_whole(self) -> bool:
        return self.is_html and self.html.lstrip()[:9].lower() == "<!doctype"

    @cached_property
    def tree(self) -> Tree:
        return read_page(self.html) if self.is_whole else read_fragment(self.html)

    @cached_property
    def text(self) -> str:
        """Every word of the page, white space as single spaces (no-break ones too)."""
        bodies = self.tree.all("body")
        return words(bodies[0] if bodies else self.tree.root) if self.is_html else " ".join(self.html.split())

    @cached_property
    def main(self) -> str:
        """The words inside <main>."""
        return words(self.tree.all("main")[0])

    @property
    def title(self) -> str:
        return words(self.tree.all("title")[0])

    @property
    def h1(self) -> str:
        return words(self.tree.all("h1")[0])

    @property
    def said(self) -> str:
        """What the status line says."""
        return words(self.tree.by_id["status"])

    @property
    def errors(self) -> list[str]:
        """The lines of the error summary."""
        return [
            words(link) for e in self.tree.elements if "errors" in (e.get("class") or "").split()
            for link in self.tree.within(e, "a")
        ]  # fmt: skip

    @cached_property
    def links(self) -> list[tuple[str, str]]:
        """(words, address) of every link, in order."""
        return [(words(link), link.get("href") or "") for link in self.tree.all("a")]

    def link(self, said: str) -> str:
        """The address of the first link with these words, or else of the first that begins with them."""
        for is_it in (lambda text: text == said, lambda text: text.startswith(said)):
            for text, address in self.links:
                if is_it(text):
                    return address
        raise LookupError(f"no link “{said}” on {self.url} among {[text for text, _ in self.links]}")

    def rows(self, caption: str = "") -> list[list[str]]:
        """The cells of the first table whose caption begins so, header row first."""
        for table in self.tree.all("table"):
            captions = self.tree.within(table, "caption")
            if captions and words(captions[0]).startswith(caption):
                return [[words(cell) for cell in self.tree.within(row, "th", "td")] for row in self.tree.within(table, "tr")]
        raise LookupError(f"no table “{caption}” on {self.url}")

    @cached_property
    def weight(self) -> int:
        """Bytes on the line: the headers, and the body compressed as the portal would (brotli, quality 5)."""
        head = sum(len(name) + len(value) + 4 for name, value in self.headers.raw) + 17
        content = self.content
        return head + (len(brotli.compress(content, quality=5)) if len(content) > 200 else len(content))

    def problems(self, *, secure: bool = False) -> list[str]:
        found = header_problems(self.headers, urlsplit(self.url).path, secure=secure)
        if self.status in (204, 301, 302, 303, 304) and self.content:
            found.append(f"an answer {self.status} has a body")
        if self.is_html and self.content:
            found += page_problems(self.html) if self.is_whole else fragment_problems(self.html)
            if not self.is_whole and "HX-Request" not in self.response.request.headers:
                found.append("a piece of a page was sent to somebody who asked for a page")
        return found


@dataclass
class Client:
    """Somebody at a browser. `inspect=False` is for tests that plant a fault."""

    http: httpx.AsyncClient
    inspect: bool = True
    seen: list[Seen] = field(default_factory=list)
    secure: bool = False

    async def get(self, url: str, **options: Any) -> Seen:
        return await self.request("GET", url, **options)

    async def post(self, url: str, data: dict | str | None = None, **options: Any) -> Seen:
        """A bare POST, for what no page would send: `submit` is the ordinary way."""
        if isinstance(data, str):
            options["content"] = data
            options.setdefault("headers", {}).setdefault("content-type", "application/x-www-form-urlencoded")
            return await self.request("POST", url, **options)
        return await self.request("POST", url, data=data, **options)

    async def request(self, method: str, url: str, *, headers: dict[str, str] | None = None, **options: Any) -> Seen:
        own = dict(headers or {})
        if method not in ("GET", "HEAD"):
            # What a browser says of itself; None in `headers` leaves one out, as old browsers do.
            own = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin", **own}
        sent = {name: value for name, value in own.items() if value is not None}
        seen = Seen(await self.http.request(method, url, headers=sent, **options))
        self.seen.append(seen)
        if self.inspect and (problems := seen.problems(secure=self.secure)):
            raise Broken(f"{method} {url} ({seen.status}):\n  " + "\n  ".join(problems) + f"\n{seen.html[:300]}")
        return seen

    async def htmx(self, method: str, url: str, *, target: str = "", **options: Any) -> Seen:
        """As htmx 4 asks: `target` is `tag#id`."""
        asked = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": target, "HX-Current-URL": self.origin}
        return await self.request(method, url, headers={**asked, **options.pop("headers", {})}, **options)

    async def submit(self, page: Seen, which: str | int = 0, /, press: str | None = None, **answers: Any) -> Seen:
        """Fills the form of that page (by number in main, id, action or button words), sends it, follows a 303."""
        return await self.arrive(await self.send(page, which, press=press, **answers))

    async def send(self, page: Seen, which: str | int = 0, /, press: str | None = None, **answers: Any) -> Seen:
        """As `submit`, but stops at the first answer."""
        return await self.send_again(fill(page.tree, page.url, which, answers, press))

    async def send_again(self, sending: Sending) -> Seen:
        """The very same request: what a browser does when the line dropped and somebody presses again."""
        if sending.files:
            data: dict[str, list[str]] = {}
            for name, value in sending.fields:
                data.setdefault(name, []).append(value)
            return await self.request("POST", sending.url, data=data, files=list(sending.files))
        if sending.method == "POST":
            return await self.post(sending.url, sending.body)
        return await self.get(sending.url)

    async def arrive(self, page: Seen) -> Seen:
        """Follows redirects inside the portal to the page at their end."""
        for _ in range(5):
            if page.status not in (301, 302, 303, 307, 308):
                return page
            target = page.headers["location"]
            assert urljoin(self.origin, target).startswith(self.origin + "/"), f"sent away to {target}"
            page = await self.get(urljoin(page.url, target))
        raise Broken(f"redirects in a circle at {page.url}")

    async def follow(self, page: Seen, said: str) -> Seen:
        """Presses the link with these words."""
        return await self.arrive(await self.get(urljoin(page.url, page.link(said))))

    @property
    def origin(self) -> str:
        return str(self.http.base_url).rstrip("/")

    @property
    def cookies(self) -> httpx.Cookies:
        return self.http.cookies


def browser_like(transport: httpx.AsyncBaseTransport, origin: str = ORIGIN) -> httpx.AsyncClient:
    headers = {"Accept": "text/html,*/*;q=0.5", "Accept-Encoding": "identity", "User-Agent": "Plainchart tests"}
    return httpx.AsyncClient(transport=transport, base_url=origin, headers=headers, follow_redirects=False, timeout=30)


@contextlib.asynccontextmanager
async def started(app: Callable) -> AsyncIterator[Callable]:
    """The app after its start-up and before its shutdown, as a server would run it."""
    heard: asyncio.Queue = asyncio.Queue()
    said: asyncio.Queue = asyncio.Queue()
    state: dict[str, Any] = {}
    living = asyncio.create_task(app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": state}, heard.get, said.put))

    async def ask(word: str) -> None:
        await heard.put({"type": f"lifespan.{word}"})
        waiting = asyncio.create_task(said.get())
        await asyncio.wait({waiting, living}, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            waiting.cancel()
            await living  # raises what stopped it
            raise RuntimeError(f"the app ended during {word}")
        if (answer := waiting.result())["type"] == f"lifespan.{word}.failed":
            await asyncio.gather(living, return_exceptions=True)
            raise RuntimeError(answer.get("message", f"{word} failed"))

    async def with_state(scope: dict, receive: Callable, send: Callable) -> None:
        await app({**scope, "state": dict(state)} if "state" not in scope else scope, receive, send)

    await ask("startup")
    try:
        yield with_state
    finally:
        await ask("shutdown")
        await living


@contextlib.asynccontextmanager
async def client_of(app: Callable, *, inspect: bool = True, origin: str = ORIGIN) -> AsyncIterator[Client]:
    """A fresh browser (no cookies) at a started app."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("127.0.0.1", 50000))
    async with browser_like(transport, origin) as http:
        yield Client(http, inspect, secure=origin.startswith("https:"))
