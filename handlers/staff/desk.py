"""The front desk: find a patient by two things that are known of them."""

from __future__ import annotations

from litestar import Request, Response, get, post

from access.vocabulary import FINDERS, STAFF_HOME, STAFF_PLACES, Duty, staff
from forms.desk import FindForm
from handlers.forms import open_form, read_form
from handlers.respond import invalid, render, see_other
from pages.desk import DeskPage, find_page

HOME = "staff/home.html"


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
