"""Fixtures for every test. What they stand on is in tests/support; this file only ties it to pytest's scopes.

Async tests are plain `async def` functions. A test that asks for `database_url` (or for anything made from it: `database`,
`app`, `client`) runs once on SQLite and once on PostgreSQL; `--db sqlite` or `--db postgresql` picks one.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import re
import zlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

from tests.support import databases, pools
from tests.support.databases import Server, Sqlite, Templates

pytest_plugins = ("tests.support.vera",)

ENGINES = ("sqlite", "postgresql")
AT_ONE_MOMENT = re.compile(r"at_once|one_moment|parallel|at_the_very_moment|meanwhile|twice|race|two_")
RUN = "PYTEST_RUN_FOLDER"

# What a test makes is gone when it ends, so looking for circles that nobody needs any more can wait: a tenth of all work.
gc.set_threshold(200_000, 20, 100)

# The machine is shared while tests run side by side, so a slow example is no failure.
hypothesis.settings.register_profile("plainchart", deadline=None, print_blob=True)
hypothesis.settings.load_profile("plainchart")


def pytest_configure(config: pytest.Config) -> None:
    """What the processes of a run share stands in one folder, which the first of them makes and removes."""
    if not hasattr(config, "workerinput"):
        os.environ[RUN] = str(databases.begin_run())


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and RUN in os.environ:
        run = Path(os.environ.pop(RUN))
        databases.end_run(run)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=(*ENGINES, "both"), default="both", help="which database the tests use")


def chosen_engines(config: pytest.Config) -> tuple[str, ...]:
    chosen = config.getoption("--db")
    return ENGINES if chosen == "both" else (chosen,)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "templates" in metafunc.fixturenames:
        metafunc.parametrize("templates", chosen_engines(metafunc.config), indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a long walk marked `in_turns` each example runs on one of the two databases; in `make prove` on both. What happens at
    one moment is another thing on each, and always runs on both."""
    if "PROVE_N" in os.environ or config.getoption("--db") != "both":
        return
    left = [item for item in items if item.get_closest_marker("in_turns") and not _runs_here(item)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in set(left)]


def _runs_here(item: pytest.Item) -> bool:
    engine = item.callspec.params.get("templates") if hasattr(item, "callspec") else None
    if engine is None or AT_ONE_MOMENT.search(item.name):
        return True
    return ENGINES[zlib.crc32(item.nodeid.replace(engine, "").encode()) % 2] == engine


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def now() -> datetime:
    """The moment at which a test takes place."""
    return datetime(2026, 5, 12, 15, 0, tzinfo=UTC)


# Databases


class Servers:
    """The database servers of this run, each started at its first use."""

    def __init__(self, folder: Path, run: Path):
        self.folder, self.run = folder, run
        self.started: dict[str, Templates] = {}

    def templates(self, engine: str) -> Templates:
        if engine not in self.started:
            self.started[engine] = Templates(self._server(engine), self.run)
        return self.started[engine]

    def _server(self, engine: str) -> Server:
        return Sqlite(self.folder) if engine == "sqlite" else databases.postgres_of_run(self.run)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Servers:
    return Servers(tmp_path_factory.mktemp("databases"), Path(os.environ[RUN]))


@pytest.fixture
def templates(request: pytest.FixtureRequest, servers: Servers) -> Templates:
    """The databases to copy, on the engine this test runs on."""
    return servers.templates(request.param)


@pytest.fixture
def empty_url(templates: Templates) -> Iterator[str]:
    """A database without any table: for tests of migrations and of `portal migrate`."""
    address = templates.server.create("empty")
    yield address
    templates.server.drop(address)


@pytest.fixture
def database_url(templates: Templates) -> Iterator[str]:
    """A database of this test alone, with the newest schema and no people."""
    with templates.copy(templates.migrated()) as address:
        yield address


@pytest.fixture
def clinic_url(templates: Templates) -> Iterator[str]:
    """A clinic's own database, before anything was imported."""
    with templates.copy(templates.clinic()) as address:
        yield address


@pytest.fixture
def demo_url(templates: Templates) -> Iterator[str]:
    """A database of this test alone, with the demo clinic and its cast."""
    with templates.copy(templates.demo()) as address:
        yield address


@pytest.fixture(scope="session")
async def one_loop(anyio_backend: str) -> AsyncIterator[None]:
    """All async tests run in one event loop, in which connections to PostgreSQL outlive a test."""
    kept = pools.keep_pools(asyncio.get_running_loop())
    yield
    await pools.release_pools(kept)


@pytest.fixture
async def database(database_url: str, one_loop) -> AsyncIterator:
    """The open `tables.database.Database` behind `database_url`."""
    async with _opened(database_url) as opened:
        yield opened


@pytest.fixture
async def demo_database(demo_url: str, one_loop) -> AsyncIterator:
    """The open `tables.database.Database` behind `demo_url`."""
    async with _opened(demo_url) as opened:
        yield opened


@contextlib.asynccontextmanager
async def _opened(address: str) -> AsyncIterator:
    from tables.database import Database

    opened = await Database(address).open()
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
def worlds_url(templates: Templates) -> str:
    """The database of a small world, which is built once; each test has its own copy."""
    if "world" not in templates.made:
        templates.made["world"] = templates.server.copy(templates.migrated())
    return templates.made["world"]


@pytest.fixture
async def world(templates: Templates, worlds_url: str, now: datetime, one_loop) -> AsyncIterator:
    """A patient, people around her, and rows of every kind: `tests.support.world`."""
    from tests.support.world import BUILT, a_house, build

    if worlds_url not in BUILT:
        async with _opened(worlds_url) as database:
            BUILT[worlds_url] = await build(database, now)
    with templates.copy(worlds_url) as address:
        async with _opened(address) as database:
            yield BUILT[worlds_url].again(a_house(database, now))


@pytest.fixture
def clinics_url(templates: Templates) -> str:
    """One database for all tests of feeds: making one costs more than what such a test does."""
    if "clinics" not in templates.made:
        templates.made["clinics"] = templates.server.copy(templates.migrated())
    return templates.made["clinics"]


@pytest.fixture
async def clinic(clinics_url: str, tmp_path: Path, now: datetime, one_loop) -> AsyncIterator:
    """A clinic that sends FHIR: `await clinic.sends(patient(), observation())`. It sees its own rows alone."""
    from tests.support.feeds import Clinic

    async with _opened(clinics_url) as database:
        yield Clinic(database, tmp_path, now)


# The app in this process


@pytest.fixture
def make_settings(tmp_path: Path):
    """`make_settings(database_url, PORTAL_ORIGIN="https://…")`: settings as the environment would give them."""
    from settings import Settings

    def make(database_url: str, **environ: str) -> Settings:
        return Settings.from_env(databases.portal_environment(database_url, PORTAL_DATA=str(tmp_path), **environ))

    return make


@pytest.fixture(scope="session")
async def drawing(one_loop) -> AsyncIterator:
    """What draws the documents of every `app` of the run."""
    from pdf import PdfPool
    from tests.support.client import ORIGIN

    pool = PdfPool(origin=ORIGIN)
    yield pool
    await pool.close()


@pytest.fixture
async def opened(demo_url: str, make_settings, drawing) -> AsyncIterator:
    """The started portal with the demo clinic and its cast: `opened.app`, `opened.portal`, `opened.house`."""
    from tests.support.portals import opened_portal

    async with opened_portal(make_settings(demo_url), drawing) as running:
        yield running


@pytest.fixture
async def first_opened(first_templates: Templates, make_settings, drawing) -> AsyncIterator:
    """As `opened`, on the first database alone: for what is the same on each, such as the drawing of a page."""
    from tests.support.portals import opened_portal

    with first_templates.copy(first_templates.demo()) as address:
        async with opened_portal(make_settings(address), drawing) as running:
            yield running


@pytest.fixture
def app(opened):
    """What answers requests there."""
    return opened.app


@pytest.fixture
def house(opened):
    """What its pages and acts stand on."""
    return opened.house


@pytest.fixture
async def client(app) -> AsyncIterator:
    """Somebody at a browser without script, signed in as nobody."""
    from tests.support.client import client_of

    async with client_of(app) as somebody:
        yield somebody


@pytest.fixture
async def another_client(app) -> AsyncIterator:
    """Somebody else, at another browser."""
    from tests.support.client import client_of

    async with client_of(app) as somebody:
        yield somebody


@pytest.fixture
async def person(opened) -> AsyncIterator:
    """`maria = await person("self")`: a browser of her own, with the cookie of a session that showed both factors."""
    from tests.support.client import client_of
    from tests.support.owners import cookie_of

    async with contextlib.AsyncExitStack() as stack:

        async def arrives(handle: str):
            somebody = await stack.enter_async_context(client_of(opened.app))
            cookie = await cookie_of(opened.house.database, handle, "", opened.house.clock())
            somebody.cookies.set("s", cookie["value"])
            return somebody

        yield arrives


@pytest.fixture
def cast(templates: Templates) -> dict:
    """The demo's people by handle: `cast["self"].username`, `.password`, `.code`, `.record`."""
    from tests.support.live import read_cast

    templates.demo()
    return read_cast(templates.cast_json)


# The portal in a process of its own, and a real browser


@pytest.fixture(scope="session")
def first_templates(request: pytest.FixtureRequest, servers: Servers) -> Templates:
    """For what is too slow to do on both: SQLite, unless `--db postgresql` says otherwise."""
    return servers.templates(chosen_engines(request.config)[0])


@pytest.fixture(scope="session")
def live(first_templates: Templates) -> Iterator:
    """A running portal with the demo clinic, shared by the run: tests may add to it, but not count on being alone."""
    from tests.support.live import running_portal

    with first_templates.copy(first_templates.demo()) as address, running_portal(address) as running:
        yield running


@pytest.fixture
def own_live(first_templates: Templates) -> Iterator:
    """A running portal with the demo clinic for this test alone."""
    from tests.support.live import running_portal

    with first_templates.copy(first_templates.demo()) as address, running_portal(address) as running:
        yield running


@pytest.fixture(scope="session")
def live_cast(first_templates: Templates) -> dict:
    """The cast of `live`, by handle."""
    from tests.support.live import read_cast

    first_templates.demo()
    return read_cast(first_templates.cast_json)


@pytest.fixture(scope="session")
async def browser(anyio_backend: str) -> AsyncIterator:
    from tests.support.browser import chromium

    async with chromium() as running:
        yield running


@pytest.fixture
async def page(browser, live) -> AsyncIterator:
    """A page in Chromium with script on."""
    from tests.support.browser import opened_page

    async with opened_page(browser, live.url) as fresh:
        yield fresh


@pytest.fixture(scope="session")
def kept_cookies() -> dict:
    """Sessions of `live`, so that nobody signs in twice: a code works once, and the next is half a minute away."""
    return {}


@pytest.fixture
async def live_person(browser, live, live_cast, kept_cookies) -> AsyncIterator:
    """`page = await live_person("self", script=False, narrow=True)`: a page in Chromium, signed in at `live`."""
    from tests.support.browser import opened_page
    from tests.support.signing_in import sign_in_here

    async with contextlib.AsyncExitStack() as stack:

        async def arrives(handle: str, **options: bool):
            page = await stack.enter_async_context(opened_page(browser, live.url, **options))
            await page.context.add_cookies(kept_cookies.get(handle, []))
            await page.goto("/help")
            if not await page.locator("form[action*=sign-out]").count():
                await sign_in_here(page, live_cast[handle])
                kept_cookies[handle] = await page.context.cookies()
            return page

        yield arrives


@pytest.fixture(scope="session")
def shared_fhir() -> Path:
    """The public synthetic FHIR files that stand beside the repository; a test that needs them is skipped elsewhere."""
    for place in (os.environ.get("PLAINCHART_FHIR"), databases.HOUSE.parent / "shared" / "data" / "fhir"):
        if place and Path(place).is_dir():
            return Path(place)
    pytest.skip("the FHIR samples are not here; PLAINCHART_FHIR may name their folder")
