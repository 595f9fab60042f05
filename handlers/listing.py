"""The routes of a list of the record, and the answer with one sheet or history of it: as a page, a PDF, plain text."""

from __future__ import annotations

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from access.vocabulary import record
from handlers.refs import form_of
from handlers.respond import in_form, render
from pages.listing import Listing, read_asked
from pages.listing_query import list_document, list_page
from pages.sheet import Sheet
from pages.tests import TestPage


def list_routes(listing: Listing) -> tuple[HTTPRouteHandler, ...]:
    """`R/{path}`, and `R/{path}.pdf` and `.txt`."""
    access = record(listing.category, page=listing.path)

    @get(f"/{listing.path}", access=access)
    async def index(request: Request) -> Response:
        page = await list_page(request.state.grant, listing, read_asked(request.query_params))
        return await render(request, page, "list/index.html", block="update")

    @get([f"/{listing.path}.pdf", f"/{listing.path}.txt"], access=access)
    async def documents(request: Request) -> Response:
        page = await list_document(request.state.grant, listing, read_asked(request.query_params))
        return await in_form(request, page, form_of(request.url.path), "list/index.html", listing.path)

    return index, documents


async def history(request: Request, page: TestPage | None, form: str, name: str) -> Response:
    """One thing over time."""
    return await in_form(request, page, form, "history/show.html", name, block="history")


async def sheet(request: Request, page: Sheet | None, form: str, name: str) -> Response:
    return await in_form(request, page, form, "sheet/show.html", name)
