"""The portal in this process: wired once, and with one process that draws documents for all tests."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

from litestar import Litestar

from access.house import House
from app import furnished, make_portal
from pdf import PdfPool
from settings import Settings
from tests.support.client import started

AT_REST: list[Litestar] = []
"""Wiring one costs more than most tests, and is the same for all of them."""


@contextlib.contextmanager
def a_portal() -> Iterator[Litestar]:
    portal = AT_REST.pop() if AT_REST else make_portal()
    yield portal
    AT_REST.append(portal)


@dataclass(frozen=True)
class Lent:
    """The pool as one portal has it. To start a worker costs more than most documents, so it outlives the portal."""

    pool: PdfPool

    def __getattr__(self, name: str) -> object:
        return getattr(self.pool, name)

    async def close(self) -> None:
        pass


@dataclass(frozen=True)
class Undrawn(Lent):
    """Everything up to the drawing happens: for walks that look at no document, where another test draws the same ones."""

    async def render(self, html: str, *, large: int | None = None, lang: str = "en", owner: str = "") -> bytes:
        return b"%PDF-1.7\n%%EOF\n"


@dataclass(frozen=True)
class Opened:
    """A started portal: `app` answers requests, `portal` knows the routes."""

    app: Callable
    portal: Litestar

    def draws_nothing(self) -> None:
        self.portal.state.pdf = Undrawn(self.portal.state.pdf)

    @property
    def house(self) -> House:
        return self.portal.state.house


@contextlib.asynccontextmanager
async def opened_portal(settings: Settings, drawing: PdfPool | None = None) -> AsyncIterator[Opened]:
    """The started portal on that database. Without `drawing` it makes its documents by itself."""
    with a_portal() as portal:
        outer = furnished(portal, settings)
        if drawing:
            portal.state.pdf = Lent(drawing)
        async with started(outer) as app:
            yield Opened(app, portal)
