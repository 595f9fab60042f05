"""The wiring, on one screen. `create_app` refuses to start when a route declares no access or a setting is unsafe."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from litestar import Litestar
from litestar.datastructures import State
from litestar.types import ASGIApp

import starting
from access.guard import check_routes, guard
from access.house import House
from handlers import routes
from handlers.assets import fresh
from handlers.errors import HANDLERS
from handlers.form_layer import FormLayer
from handlers.once import Once
from handlers.outermost import Outermost
from handlers.views import make_environment, make_text_environment
from jobs.kinds import kinds_with
from jobs.worker import Worker
from pdf import PdfPool
from settings import Settings


def create_app(settings: Settings) -> ASGIApp:
    return furnished(make_portal(), settings)


def make_portal() -> Litestar:
    """The routes and what stands around them, the same for every installation."""
    portal = Litestar(
        route_handlers=routes.ROUTES, guards=[guard], middleware=[FormLayer(), Once()], exception_handlers=HANDLERS,
        lifespan=[_life], openapi_config=None, debug=False, logging_config=None,
    )
    check_routes(starting.walk(portal))
    return portal


def furnished(portal: Litestar, settings: Settings) -> ASGIApp:
    """The portal of one installation, with what its handlers find in `state`."""
    portal.state = State({
        "house": starting.make_house(settings), "settings": settings, "assets": fresh(),
        "pdf": PdfPool(origin=settings.origin), "views": make_environment(), "text_views": make_text_environment(),
    })
    return Outermost(portal, lambda: portal.state.house, settings)


@asynccontextmanager
async def _life(portal: Litestar) -> AsyncIterator[None]:
    """Opens what the portal needs and closes it in the opposite order."""
    house: House = await starting.open_house(portal.state.settings, portal.state.house)
    portal.state.house = house
    settings: Settings = portal.state.settings
    async with AsyncExitStack() as at_the_end:
        at_the_end.push_async_callback(starting.close_house, house)
        at_the_end.push_async_callback(portal.state.pdf.close)
        processor = portal.state.processor = starting.make_processor(settings, house.demo)
        if processor:
            at_the_end.push_async_callback(processor.close)
        worker = Worker(house, starting.make_senders(settings, house.demo), kinds_with(processor))
        await worker.start()
        at_the_end.push_async_callback(worker.stop)
        yield
