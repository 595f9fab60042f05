"""The health summary and the emergency card; each as a page, as a PDF and as plain text."""

from __future__ import annotations

from litestar import Request, Response, get

from access.vocabulary import Category, record
from handlers.listing import sheet
from handlers.refs import form_of
from pages.summary import card_page, summary_page


@get(["/summary", "/summary.pdf", "/summary.txt"], access=record(Category.HOME, page="summary"))
async def summary(request: Request) -> Response:
    page = await summary_page(request.state.grant)
    return await sheet(request, page, form_of(request.url.path), "health-summary")


@get(["/emergency-card", "/emergency-card.pdf", "/emergency-card.txt"], access=record(Category.HOME, page="emergency-card"))
async def card(request: Request) -> Response:
    page = await card_page(request.state.grant)
    return await sheet(request, page, form_of(request.url.path), "emergency-card")


ROUTES = (summary, card)
