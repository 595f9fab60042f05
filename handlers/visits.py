"""Visits: the list, and the summary of one; each as a page, as a PDF and as plain text."""

from __future__ import annotations

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from access.vocabulary import Category, record
from handlers.refs import form_of, parse_ref
from handlers.respond import document, plain_text, render
from pages.visit import visit_page
from pages.visits import read_visit_filter, visits_document, visits_page

VISITS = record(Category.VISITS)


@get("/visits", access=VISITS)
async def visits(request: Request) -> Response:
    page = await visits_page(request.state.grant, read_visit_filter(request.query_params))
    return await render(request, page, "visits/index.html")


@get(["/visits.pdf", "/visits.txt"], access=VISITS)
async def visits_documents(request: Request) -> Response:
    page = await visits_document(request.state.grant, read_visit_filter(request.query_params))
    if form_of(request.url.path) == "txt":
        return await plain_text(request, page, "visits/index.txt")
    return await document(request, page, "visits/index.pdf.html", "visits")


@get("/visits/{visit:str}", access=VISITS)
async def visit(request: Request, visit: FromPath[str]) -> Response:
    asked = parse_ref(visit)
    page = await visit_page(request.state.grant, asked.ref)
    if page is None:
        raise NotFoundException
    if asked.form == "pdf":
        return await document(request, page, "visits/show.pdf.html", "visit-summary")
    if asked.form == "txt":
        return await plain_text(request, page, "visits/show.txt")
    return await render(request, page, "visits/show.html")


ROUTES = (visits, visits_documents, visit)
