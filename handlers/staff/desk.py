"""The front desk: find a patient by two things that are known of them, hand out a code."""

from __future__ import annotations

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from access.vocabulary import Duty, staff
from acts.desk_code import NotIssued, issue_code
from forms.desk import FindForm, IssueForm
from handlers.forms import open_form, read_form
from handlers.refs import parse_ref
from handlers.respond import invalid, render, see_other
from pages.desk import DeskPage, code_page, find_page

FINDERS = frozenset({Duty.FRONT_DESK, Duty.SUPPORT})
HOME, CODE = "staff/home.html", "staff/code.html"


@get("/staff", access=staff(*Duty))
async def home(request: Request) -> Response:
    page = DeskPage(may_find=bool(FINDERS & request.state.viewer.duties))
    return await render(request, page, HOME, form=await open_form(request, FindForm))


@post("/staff", access=staff(Duty.FRONT_DESK, Duty.SUPPORT))
async def find(request: Request) -> Response:
    """Changes nothing; it is a POST so that no name stands in an address, a history or a log."""
    form = read_form(request, FindForm)
    if not form.validate():
        return await invalid(request, DeskPage(True), HOME, form)
    page = await find_page(request.state.grant, form.born, form.name.data, form.number.data)
    return await render(request, page, HOME, form=form)


@get("/staff/records/{record:str}/code", access=staff(Duty.FRONT_DESK))
async def code(request: Request, record: FromPath[str]) -> Response:
    letter = request.query_params.get("letter", "")
    page = await code_page(request.state.grant, parse_ref(record).ref, letter, request.app.state.house.origin)
    if page is None:
        raise NotFoundException
    return await render(request, page, "staff/letter.html" if page.code else CODE)


@post("/staff/records/{record:str}/code", access=staff(Duty.FRONT_DESK))
async def issue(request: Request, record: FromPath[str]) -> Response:
    outcome = await issue_code(request.state.grant, parse_ref(record).ref, read_form(request, IssueForm).sending)
    if not isinstance(outcome, NotIssued):
        return see_other(request, f"/staff/records/{record}/code?letter={outcome.letter}")
    page = await code_page(request.state.grant, record, "", request.app.state.house.origin)
    if page is None:
        raise NotFoundException
    return await render(request, page, CODE, status=422)
