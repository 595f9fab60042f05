"""Test results: the list, one report and its files, one test over time; each as a page, as a PDF and as plain text."""

from __future__ import annotations

from litestar import Request, Response, get
from litestar.params import FromPath

from access.vocabulary import Category, record
from handlers.listing import history
from handlers.refs import FORMS, form_of, parse_file, parse_ref
from handlers.respond import attached, in_form, render
from pages.reports import report_file, report_page
from pages.result_filter import read_filter
from pages.results import results_document, results_page
from pages.tests import DOCUMENT, TABLE, TESTS, history_page

RESULTS = record(Category.RESULTS)


@get("/results", access=RESULTS)
async def results(request: Request) -> Response:
    page = await results_page(request.state.grant, read_filter(request.query_params))
    return await render(request, page, "results/index.html", block="update")


@get(["/results.pdf", "/results.txt"], access=RESULTS)
async def results_documents(request: Request) -> Response:
    page = await results_document(request.state.grant, read_filter(request.query_params))
    return await in_form(request, page, form_of(request.url.path), "results/index.html", "results")


@get("/results/{report:str}", access=RESULTS)
async def report(request: Request, report: FromPath[str]) -> Response:
    asked = parse_ref(report, FORMS)
    page = await report_page(request.state.grant, asked.ref)
    return await in_form(request, page, asked.form, "results/show.html", "result")


@get("/results/{report:str}/files/{file:str}", access=RESULTS)
async def file(request: Request, report: FromPath[str], file: FromPath[str]) -> Response:
    return attached(request, await report_file(request.state.grant, *parse_file(report, file)))


@get("/tests/{series:str}", access=RESULTS)
async def test(request: Request, series: FromPath[str]) -> Response:
    asked, since = parse_ref(series, FORMS), request.query_params.get("since")
    page = await history_page(request.state.grant, TESTS, asked.ref, since, DOCUMENT if asked.form else TABLE)
    return await history(request, page, asked.form, "test")


ROUTES = (results, results_documents, report, file, test)
