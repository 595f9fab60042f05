"""`/records`, and the home of one record."""

from __future__ import annotations

from litestar import Request, Response, get

from access.vocabulary import ACCOUNT, Category, record
from handlers.respond import render
from pages.home import home_page
from pages.records import records_page


@get("/records", access=ACCOUNT)
async def records(request: Request) -> Response:
    page = await records_page(request.state.grant)
    return await render(request, page, "records/index.html")


@get("/", access=record(Category.HOME))
async def home(request: Request) -> Response:
    page = await home_page(request.state.grant)
    return await render(request, page, "home/show.html")


ROUTES = (home,)
