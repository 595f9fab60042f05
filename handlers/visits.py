"""Visits: the list, and the summary of one; each as a page, as a PDF and as plain text."""

from __future__ import annotations

from litestar import Request, Response, get
from litestar.params import FromPath

from access.vocabulary import Category, record
from handlers.refs import FORMS, form_of, parse_ref
from handlers.respond import in_form, render
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
    return await in_form(request, page, form_of(request.url.path), "visits/index.html", "visits")


@get("/visits/{visit:str}", access=VISITS)
async def visit(request: Request, visit: FromPath[str]) -> Response:
    asked = parse_ref(visit, FORMS)
    page = await visit_page(request.state.grant, asked.ref)
    return await in_form(request, page, asked.form, "visits/show.html", "visit-summary")


ROUTES = (visits, visits_documents, visit)
