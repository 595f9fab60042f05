"""The patients' door: name and password, then a second factor; staying; step-up; out."""

from __future__ import annotations

import math
from datetime import datetime
from urllib.parse import urlsplit

from litestar import Request, Response, get, post

from access.vocabulary import ACCOUNT, HALF, PRE_SESSION, PUBLIC
from acts import sign_in as acts
from forms.registration import FactorForm
from forms.security import PressForm
from forms.sign_in import SignInForm
from handlers.errors import TooMany
from handlers.forms import open_form, read_form
from handlers.frame import with_query
from handlers.respond import invalid, is_htmx, render, see_other
from handlers.session_cookie import own_page, signed_in, signed_out
from identity.parking import park
from pages.sign_in import FactorPage, SignInPage

DOOR, CODE = "sign_in/show.html", "sign_in/code.html"


@get("/sign-in", access=PRE_SESSION)
async def door(request: Request) -> Response:
    return await show_door(request, "/sign-in", "/records")


async def show_door(request: Request, action: str, home: str) -> Response:
    asked = request.query_params.get("next")
    if request.state.viewer.level == "full":
        return see_other(request, own_page(asked, home))
    form = await open_form(request, SignInForm, next=own_page(asked, ""))
    ended = request.query_params.get("ended", "")
    return await render(request, SignInPage(action, action != "/sign-in", ended), DOOR, form=form)


@post("/sign-in", access=PRE_SESSION)
async def check_password(request: Request) -> Response:
    return await take_password(request, "/sign-in", "personal")


async def take_password(request: Request, action: str, kind: str) -> Response:
    form, state = read_form(request, SignInForm), request.state
    page = SignInPage(action, kind == "staff")
    if not form.validate():
        return await invalid(request, page, DOOR, form)
    outcome = await acts.check_password(
        request.app.state.house, state.viewer, kind, form.username.data, form.password.data, form.shared.data
    )
    if isinstance(outcome, acts.NotSignedIn):
        return await _not_signed_in(request, page, form, outcome)
    onward = with_query(f"{action}/code", next=own_page(form.next.data, ""))
    return signed_in(request, see_other(request, "/register/authenticator" if outcome.enrolling else onward), outcome.token)


async def _not_signed_in(request: Request, page: SignInPage, form: SignInForm, outcome: acts.NotSignedIn) -> Response:
    if outcome.again_at:
        raise TooMany(minutes_until(outcome.again_at, request.state.viewer.now))
    form.refuse(outcome.left)
    return await invalid(request, page, DOOR, form)


def minutes_until(moment: datetime, now: datetime) -> int:
    return max(1, math.ceil((moment - now).total_seconds() / 60))


@get(["/sign-in/code", "/staff/sign-in/code"], access=HALF)
async def code(request: Request) -> Response:
    viewer = request.state.viewer
    if acts.is_enrolling(viewer):
        return see_other(request, "/register/authenticator")
    form = await open_form(request, FactorForm, next=own_page(request.query_params.get("next"), ""))
    return await render(request, _factor_page(viewer), CODE, form=form)


@post(["/sign-in/code", "/staff/sign-in/code"], access=HALF)
async def give_code(request: Request) -> Response:
    form, viewer = read_form(request, FactorForm), request.state.viewer
    if not form.validate():
        return await invalid(request, _factor_page(viewer), CODE, form)
    outcome = await acts.give_factor(request.app.state.house, viewer, form.code.data)
    if isinstance(outcome, acts.NotSignedIn):
        form.refuse(outcome.reason, outcome.again_at)
        return await invalid(request, _factor_page(viewer), CODE, form)
    home = "/staff" if viewer.is_staff else "/records"
    return signed_in(request, see_other(request, own_page(form.next.data, home)), outcome.token)


def _factor_page(viewer) -> FactorPage:
    """The form goes to its own side's door, whichever of the two addresses was asked."""
    return FactorPage("/staff/sign-in/code" if viewer.is_staff else "/sign-in/code", viewer.is_staff)


@get("/account/prove", access=ACCOUNT)
async def prove(request: Request) -> Response:
    form = await open_form(request, FactorForm, next=own_page(request.query_params.get("next"), ""))
    return await render(request, FactorPage("/account/prove", request.state.viewer.is_staff, True), CODE, form=form)


@post("/account/prove", access=ACCOUNT)
async def give_proof(request: Request) -> Response:
    form, viewer = read_form(request, FactorForm), request.state.viewer
    page = FactorPage("/account/prove", viewer.is_staff, True)
    if not form.validate():
        return await invalid(request, page, CODE, form)
    outcome = await acts.step_up(request.app.state.house, viewer, form.code.data)
    if isinstance(outcome, acts.NotSignedIn):
        form.refuse(outcome.reason, outcome.again_at)
        return await invalid(request, page, CODE, form)
    return signed_in(request, see_other(request, own_page(form.next.data, "/account/security")), outcome.token)


@post("/stay", access=ACCOUNT)
async def stay(request: Request) -> Response:
    """Asking is being there. What was typed in a form around the button comes back in that form."""
    if is_htmx(request):
        return Response(b"", status_code=204)
    fields, viewer = request.state.fields, request.state.viewer
    back = own_page(fields.get("next"), "/records")
    ref = await park(request.app.state.house, viewer, urlsplit(back).path, fields.pairs)
    join = "&" if "?" in back else "?"
    return see_other(request, f"{back}{join}kept={ref}" if ref else back)


@post("/sign-out", access=PUBLIC)
async def sign_out(request: Request) -> Response:
    """Open to anybody with our own form, so that a session that has just ended is no error."""
    read_form(request, PressForm)
    viewer = request.state.viewer
    await acts.sign_out(request.app.state.house, viewer)
    return signed_out(request, see_other(request, "/staff/sign-in?ended=out" if viewer.is_staff else "/sign-in?ended=out"))
