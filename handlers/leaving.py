"""Somebody who helps stops helping: asked once, then done at once."""

from __future__ import annotations

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException

from access.vocabulary import Category, record
from acts.sharing import leave
from forms.security import PressForm
from handlers.forms import read_form
from handlers.respond import render, see_other
from pages.leaving import leaving_page

LEAVING, DONE = record(Category.HOME, page="leaving"), "/records?done=left"


@get("/leaving", access=LEAVING)
async def leaving(request: Request) -> Response:
    page = leaving_page(request.state.grant)
    if page is None:
        raise NotFoundException
    return await render(request, page, "sharing/leaving.html")


@post("/leaving", access=LEAVING)
async def left(request: Request) -> Response:
    """Nobody leaves their own record, and who was put there by the clinic asks the clinic."""
    sending = read_form(request, PressForm).sending
    if not await leave(request.state.grant, sending, DONE):
        raise NotFoundException
    return see_other(request, DONE)


ROUTES = (leaving, left)
