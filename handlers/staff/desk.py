"""The front desk: find a patient by two things that are known of them, hand out a code."""

from __future__ import annotations

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from access.vocabulary import FINDERS, STAFF_HOME, STAFF_PLACES, Duty, staff
from acts.desk_code import NotIssued, issue_code
from forms.desk import FindForm, IssueForm
from handlers.forms import open_form, read_form
from handlers.frame import Notice
from handlers.refs import parse_ref
from handlers.respond import invalid, render, see_other
from pages.desk import DeskPage, code_page, find_page
from words.gettext import N_, Later

OPEN = N_("They can sign in anywhere again, with the password they have.")
HOME, CODE = "staff/home.html", "staff/code.html"


@get("/staff", access=staff(*Duty))
async def home(request: Request) -> Response:
    """Who finds no patients is led to the first page of their own."""
    duties = request.state.viewer.duties
    page = DeskPage(may_find=bool(FINDERS & duties))
    own = next((one.path for one in STAFF_PLACES if one.duties & duties), STAFF_HOME)
    if own != STAFF_HOME:
        return see_other(request, own)
    return await render(request, page, HOME, form=await open_form(request, FindForm))


@post("/staff", access=staff(*FINDERS))
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
    opened = page.registered and request.query_params.get("done") == "open"
    notice = Notice("good", Later(OPEN)) if opened else None
    return await render(request, page, "staff/letter.html" if page.code else CODE, notice=notice)


@post("/staff/records/{record:str}/code", access=staff(Duty.FRONT_DESK))
async def issue(request: Request, record: FromPath[str]) -> Response:
    outcome = await issue_code(request.state.grant, parse_ref(record).ref, read_form(request, IssueForm).sending)
    if not isinstance(outcome, NotIssued):
        return see_other(request, f"/staff/records/{record}/code?letter={outcome.letter}")
    if outcome.reason == "registered":
        return see_other(request, f"/staff/records/{record}/code?done=open")
    page = await code_page(request.state.grant, record, "", request.app.state.house.origin)
    if page is None:
        raise NotFoundException
    return await render(request, page, CODE, status=422)
