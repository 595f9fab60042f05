"""The routes of a list of the record, and the answer with one sheet or history of it: as a page, a PDF, plain text."""

from __future__ import annotations

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler

from access.vocabulary import record
from handlers.refs import form_of
from handlers.respond import document, plain_text, render
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
        if form_of(request.url.path) == "txt":
            return await plain_text(request, page, "list/index.txt")
        return await document(request, page, "list/index.pdf.html", listing.path)

    return index, documents


async def history(request: Request, page: TestPage | None, form: str, name: str) -> Response:
    """One thing over time; `form` and `name` as for a sheet."""
    if page is None:
        raise NotFoundException
    if form == "txt":
        return await plain_text(request, page, "history/show.txt")
    if form == "pdf":
        return await document(request, page, "history/show.pdf.html", name)
    return await render(request, page, "history/show.html", block="history")


async def sheet(request: Request, page: Sheet | None, form: str, name: str) -> Response:
    """`form` is "", pdf or txt; `name` is what the PDF is called when it is kept. None is not found."""
    if page is None:
        raise NotFoundException
    if form == "txt":
        return await plain_text(request, page, "sheet/show.txt")
    if form == "pdf":
        return await document(request, page, "sheet/show.pdf.html", name)
    return await render(request, page, "sheet/show.html")
