"""Test results: the list, one report, one test over time; each as a page, as a PDF and as plain text."""

from __future__ import annotations

from litestar import Request, Response, get

from access.vocabulary import Category, record
from handlers.refs import form_of
from handlers.respond import document, plain_text, render
from pages.result_filter import read_filter
from pages.results import results_document, results_page

RESULTS = record(Category.RESULTS)


@get("/results", access=RESULTS)
async def results(request: Request) -> Response:
    page = await results_page(request.state.grant, read_filter(request.query_params))
    return await render(request, page, "results/index.html", block="update")


@get(["/results.pdf", "/results.txt"], access=RESULTS)
async def results_documents(request: Request) -> Response:
    page = await results_document(request.state.grant, read_filter(request.query_params))
    if form_of(request.url.path) == "txt":
        return await plain_text(request, page, "results/index.txt")
    return await document(request, page, "results/index.pdf.html", "results")
