"""`/records`, and the home of one record."""

from __future__ import annotations

from litestar import Request, Response, get

from access.vocabulary import PERSONAL, Category, record
from handlers.respond import render
from handlers.security import done_notice
from pages.home import home_page
from pages.records import records_page
from words.gettext import N_

DONE = {
    "helping": N_("You help with this record now. It stands in the list below."),
    "declined": N_("You said no. The person who invited you is told so."),
    "left": N_("You do not help with that record any more. Its owner is told so."),
}


@get("/records", access=PERSONAL)
async def records(request: Request) -> Response:
    page = await records_page(request.state.grant)
    return await render(request, page, "records/index.html", notice=done_notice(request, DONE))


@get("/", access=record(Category.HOME))
async def home(request: Request) -> Response:
    page = await home_page(request.state.grant)
    return await render(request, page, "home/show.html")


ROUTES = (home,)
