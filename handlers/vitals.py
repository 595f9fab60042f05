"""Measurements: the list, and one measurement over time; each as a page, as a PDF and as plain text."""

from __future__ import annotations

from litestar import Request, Response, get
from litestar.params import FromPath

from access.vocabulary import Category, record
from handlers.listing import history, list_routes
from handlers.refs import FORMS, parse_ref
from pages.pressure import measure_page
from pages.tests import DOCUMENT, TABLE
from pages.vitals import VITALS


@get("/vitals/{measure:str}", access=record(Category.VITALS, page="vitals"))
async def measure(request: Request, measure: FromPath[str]) -> Response:
    asked, since = parse_ref(measure, FORMS), request.query_params.get("since")
    page = await measure_page(request.state.grant, asked.ref, since, DOCUMENT if asked.form else TABLE)
    return await history(request, page, asked.form, "measurement")


ROUTES = (*list_routes(VITALS), measure)
