"""CPU per request of the pages of a record, beside the same templates without a database, and beside bare bytes.

Everything runs in one process, straight through ASGI, in turns: pages, templates, bytes, and again in another order, so
that a machine that slows down slows them all. EACH requests are under way at once, as a busy minute has them, on the
event loop that `portal serve` uses. CPU is the process's own, threads included; waiting is not counted.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import brotli
from litestar import Litestar, Response, get

from access.vocabulary import PUBLIC

ROUNDS = int(os.environ.get("ROUNDS", "40"))
EACH = 8
AGENT = b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

Ask = Callable[[], Awaitable[int]]
ONE = {
    "one result": "results/{report}", "one test": "tests/{series}", "one visit": "visits/{visit}",
    "one measure": "vitals/{measure}", "one image": "imaging/{image}", "one document": "documents/{document}",
    "one plan": "care-plan/{care_plan}",
}  # fmt: skip
"""Pages of one thing, by the parameters of their addresses."""


@dataclass
class Timed:
    name: str
    ask: Ask
    milliseconds: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.milliseconds)


def asker(app, path: str, token: str = "") -> Ask:
    """One GET as a browser sends it; the answer's bytes."""
    path, _, query = path.partition("?")
    cookie = [(b"cookie", f"s={token}".encode())] if token else []
    headers = [(b"host", b"localhost:8000"), (b"user-agent", AGENT), (b"accept-encoding", b"gzip, deflate, br"), *cookie]

    async def ask() -> int:
        sent, status = 0, 0

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            nonlocal sent, status
            status = message.get("status", status)
            sent += len(message.get("body", b""))

        await app({
            "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
            "headers": headers, "scheme": "http", "client": ("127.0.0.1", 1), "server": ("localhost", 8000),
            "http_version": "1.1", "root_path": "", "asgi": {"version": "3.0"}, "extensions": {},
        }, receive, send)
        assert status == 200, (path, status)
        return sent

    return ask


class Recorder:
    """Stands where the templates stand, and remembers what the last page was made of."""

    def __init__(self, views):
        self.views, self.last = views, None

    def get_template(self, name: str):
        template = self.views.get_template(name)
        recorder = self

        class Recorded:
            def render(self, context):
                recorder.last = (template, dict(context))
                return template.render(context)

        return Recorded()


def template_alone(template, context: dict) -> Litestar:
    """The same template with the same page object: Litestar, Jinja and brotli, and nothing asked or written."""

    @get("/page", access=PUBLIC)
    async def page() -> Response:
        body = brotli.compress(template.render(context).encode(), mode=brotli.MODE_TEXT, quality=5)
        return Response(body, media_type="text/html", headers={"content-encoding": "br"})

    return Litestar(route_handlers=[page], openapi_config=None, logging_config=None)


def bare_bytes(size: int) -> Litestar:
    content = b"x" * size

    @get("/bytes", access=PUBLIC)
    async def bytes_alone() -> Response:
        return Response(content, media_type="text/html")

    return Litestar(route_handlers=[bytes_alone], openapi_config=None, logging_config=None)


async def measure(timed: list[Timed]) -> None:
    """In another order each round: whoever always came after its twin would always find the processor's caches warm."""
    order, shuffled = list(timed), random.Random(1)
    for _ in range(ROUNDS):
        shuffled.shuffle(order)
        for one in order:
            began = time.process_time()
            await asyncio.gather(*(one.ask() for _ in range(EACH)))
            one.milliseconds.append((time.process_time() - began) * 1000 / EACH)


@asynccontextmanager
async def demo_portal(folder: Path):
    """The demo clinic in a scratch folder, and its app started."""
    import subprocess
    import sys

    from app import create_app
    from serving import spare_the_collector
    from settings import Settings

    environment = {**os.environ, "PORTAL_DATA": str(folder)}
    subprocess.run([sys.executable, "-m", "cli", "demo", "--cast-json"], env=environment, check=True, capture_output=True)
    outer = create_app(Settings.from_env({"PORTAL_DATA": str(folder)}))
    spare_the_collector()
    async with outer.app.lifespan():
        yield outer


async def sign_in(house, username: str) -> str:
    """A session made without a browser; its cookie."""
    from access.viewer import Visitor
    from identity.sessions import open_session

    rows = await house.database.rows("SELECT id FROM account WHERE username = ?", username)
    async with house.database.transaction():
        return await open_session(
            house, rows[0]["id"], "personal", Visitor("127.0.0.1", "bench"), house.clock(), level="full",
            proven_at=house.clock(),
        )


async def pages(house) -> list[tuple[str, str]]:
    """Home, every list of the index, and one page of each kind that has pages of its own, for the cast's main patient."""
    from access.vocabulary import PLACES
    from seeds.people import BY_HANDLE
    from tests.sweep.walk import values_for

    ref = BY_HANDLE["self"].record_ref
    values = await values_for(house.database, ref)
    root = f"/records/{ref}"
    lists = [(place.path, f"{root}/{place.path}") for place in PLACES]
    return [("home", root), *lists, *((name, f"{root}/{path.format(**values)}") for name, path in ONE.items())]


async def report() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with demo_portal(Path(folder)) as outer:
            await report_of(outer)


async def report_of(outer) -> None:
    from seeds.people import BY_HANDLE

    state = outer.app.state
    token = await sign_in(state.house, BY_HANDLE["self"].username)
    real_views, timed, sizes = state.views, [], {}
    for name, path in await pages(state.house):
        recorder = state.views = Recorder(real_views)
        sizes[name] = await asker(outer, path, token)()
        state.views = real_views
        alone = template_alone(*recorder.last)
        timed.append(Timed(name, asker(outer, path, token), []))
        timed.append(Timed(f"{name}, template alone", asker(alone, "/page"), []))
    timed.append(Timed("bare bytes", asker(bare_bytes(sizes["results"]), "/bytes"), []))
    await measure(timed)
    print(f"CPU per request, median of {ROUNDS} rounds in turns, {EACH} requests at once")
    by_name = {one.name: one for one in timed}
    for name, size in sizes.items():
        page, alone = by_name[name], by_name[f"{name}, template alone"]
        print(f"  {name:<14} {page.median:6.2f} ms   its template alone {alone.median:6.2f} ms"
              f"   ratio {page.median / alone.median:4.2f}   {size} bytes as sent")
    print(f"  {'bytes':<14} {by_name['bare bytes'].median:6.2f} ms   bare Litestar, the same number of bytes")
