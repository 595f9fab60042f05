"""A phone as a second factor: one more, and a code on its way there."""

from __future__ import annotations

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException

from access.vocabulary import ACCOUNT, HALF, account
from acts import phones as acts
from forms.factors import NewPhoneFactorForm
from forms.sign_in import SendCodeForm
from handlers.errors import TooMany
from handlers.factors import ADDED
from handlers.forms import open_form, read_form
from handlers.frame import with_query
from handlers.refs import parse_ref
from handlers.respond import invalid, render, see_other
from handlers.session_cookie import own_page
from handlers.sign_in import minutes_until
from pages.phones import NewPhonePage, new_phone_page

NEW, FRESH = "factors/new_phone.html", account(step_up=True)


async def _new_page(request: Request) -> NewPhonePage:
    if not request.state.grant.house.phones or request.state.viewer.is_staff:
        raise NotFoundException
    return await new_phone_page(request.state.grant)


@get("/account/phones/new", access=FRESH)
async def new_phone(request: Request) -> Response:
    page = await _new_page(request)
    form = await open_form(request, NewPhoneFactorForm, free=page.free, name=page.offer)
    return await render(request, page, NEW, form=form)


@post("/account/phones/new", access=FRESH)
async def add_phone(request: Request) -> Response:
    page = await _new_page(request)
    form = read_form(request, NewPhoneFactorForm, free=page.free)
    if form.validate():
        reason = await acts.add_phone(request.state.grant, form.phone.data, form.name.data, form.sending, ADDED)
        if not reason:
            return see_other(request, ADDED)
        form.refuse(reason)
    return await invalid(request, page, NEW, form)


@post("/sign-in/code/message", access=HALF)
async def send_at_door(request: Request) -> Response:
    return await _send(request, "/sign-in/code")


@post("/account/prove/message", access=ACCOUNT)
async def send_again(request: Request) -> Response:
    return await _send(request, "/account/prove")


async def _send(request: Request, back: str) -> Response:
    """Back to where the code is typed, which says that it is on its way."""
    form, viewer = read_form(request, SendCodeForm), request.state.viewer
    refused = await acts.send_code(request.app.state.house, viewer, parse_ref(form.factor.data or "").ref)
    if refused and refused.again_at:
        raise TooMany(minutes_until(refused.again_at, viewer.now))
    if refused:
        raise NotFoundException
    return see_other(request, with_query(back, next=own_page(form.next.data, "")))


ALONE = (new_phone, add_phone, send_at_door, send_again)
