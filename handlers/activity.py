"""Who has looked at this record; as a page, as a PDF and as plain text."""

from __future__ import annotations

from litestar import Request, Response, get

from access.vocabulary import Category, record
from handlers.refs import form_of
from handlers.respond import in_form, render
from pages.activity import activity_document, activity_page, read_activity_filter

CONTROL = record(Category.CONTROL)


@get("/activity", access=CONTROL)
async def activity(request: Request) -> Response:
    page = await activity_page(request.state.grant, read_activity_filter(request.query_params))
    return await render(request, page, "activity/index.html")


@get(["/activity.pdf", "/activity.txt"], access=CONTROL)
async def activity_documents(request: Request) -> Response:
    page = await activity_document(request.state.grant, read_activity_filter(request.query_params))
    return await in_form(request, page, form_of(request.url.path), "activity/index.html", "who-has-looked")


ROUTES = (activity, activity_documents)
