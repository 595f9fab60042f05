"""Care plans: the list, and one plan with its goals; each as a page, as a PDF and as plain text."""

from __future__ import annotations

from litestar import Request, Response, get
from litestar.params import FromPath

from access.vocabulary import Category, record
from handlers.listing import list_routes, sheet
from handlers.refs import FORMS, parse_ref
from pages.care_plan import CARE_PLAN, care_plan_page


@get("/care-plan/{care_plan:str}", access=record(Category.CARE_PLAN, page="care-plan"))
async def care_plan(request: Request, care_plan: FromPath[str]) -> Response:
    asked = parse_ref(care_plan, FORMS)
    return await sheet(request, await care_plan_page(request.state.grant, asked.ref), asked.form, "care-plan")


ROUTES = (*list_routes(CARE_PLAN), care_plan)
