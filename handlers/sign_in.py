"""The patients' door: a passkey, or name and password and then a second factor; staying; step-up; out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from litestar import Request, Response, get, post

from access.viewer import Viewer
from access.vocabulary import ACCOUNT, HALF, PRE_SESSION, PUBLIC
from acts import sign_in as acts
from forms.security import PressForm
from forms.sign_in import PasskeyForm, ProofForm, SignInForm
from handlers.errors import TooMany
from handlers.forms import open_form, read_form
from handlers.frame import with_query
from handlers.keys import known_browser
from handlers.parking import form_address
from handlers.respond import invalid, is_htmx, render, see_other
from handlers.session_cookie import forgetting, own_page, signed_in, signed_out
from handlers.standing import with_kept, without
from identity.parking import park
from pages.sign_in import PasskeyPage, SignInPage, factor_page, passkey_page, passkeys_work


@dataclass(frozen=True, slots=True)
class Side:
    """The patients' door and the staff's differ in where they stand, not in how they open."""

    kind: str
    action: str
    home: str
    door: str
    code: str
    enrolling: str
    """Where who has a password goes on, and no second factor yet."""

    passkey_door: str

    @property
    def second(self) -> str:
        return f"{self.action}/code"

    @property
    def passkey(self) -> str:
        return f"{self.action}/passkey"


PATIENTS = Side(
    "personal", "/sign-in", "/records", "sign_in/show.html", "sign_in/code.html", "/register/authenticator",
    "sign_in/passkey.html",
)  # fmt: skip
STAFF = Side(
    "staff", "/staff/sign-in", "/staff", "staff/sign_in.html", "staff/sign_in_code.html", "/staff/register/authenticator",
    "staff/sign_in_passkey.html",
)  # fmt: skip
PROVE = "security/prove.html"
SCRIPT = "passkey.js"


@get("/sign-in", access=PRE_SESSION)
async def door(request: Request) -> Response:
    return await show_door(request, PATIENTS)


async def show_door(request: Request, side: Side) -> Response:
    asked = request.query_params.get("next")
    if request.state.viewer.level == "full":
        return see_other(request, own_page(asked, home_of(request.state.viewer).home))
    form = await open_form(request, SignInForm, next=own_page(asked, ""))
    page = _door_page(request, form, side, ended=request.query_params.get("ended", ""))
    return _forgotten(request, await render(request, page, side.door, form=form))


def _forgotten(request: Request, answer: Response) -> Response:
    """After a session on a shared computer the browser forgets what it kept."""
    return forgetting(answer) if request.state.viewer.ended and request.state.viewer.shared else answer


def _door_page(request: Request, form: SignInForm, side: Side, **more) -> SignInPage:
    passkey = with_query(side.passkey, next=own_page(form.next.data, "")) if passkeys_work(request.app.state.house) else ""
    return SignInPage(passkey=passkey, **more)


@post("/sign-in", access=PRE_SESSION)
async def check_password(request: Request) -> Response:
    return await take_password(request, PATIENTS)


async def take_password(request: Request, side: Side) -> Response:
    form, house, viewer = read_form(request, SignInForm), request.app.state.house, request.state.viewer
    if not form.validate():
        return await invalid(request, _door_page(request, form, side), side.door, form)
    typed = form.username.data, form.password.data, form.shared.data
    outcome = await acts.check_password(house, viewer, side.kind, *typed)
    if isinstance(outcome, acts.NotSignedIn):
        return await _not_signed_in(request, side, form, outcome)
    onward = with_query(side.second, next=own_page(form.next.data, ""))
    return signed_in(request, see_other(request, side.enrolling if outcome.enrolling else onward), outcome.token)


async def _not_signed_in(request: Request, side: Side, form: SignInForm, outcome: acts.NotSignedIn) -> Response:
    if outcome.again_at:
        raise TooMany(minutes_until(outcome.again_at, request.state.viewer.now))
    form.refuse()
    return await invalid(request, _door_page(request, form, side, left=outcome.left), side.door, form)


@get("/sign-in/passkey", access=PRE_SESSION)
async def passkey(request: Request) -> Response:
    return await show_passkey_door(request, PATIENTS)


async def show_passkey_door(request: Request, side: Side) -> Response:
    asked = request.query_params.get("next")
    if request.state.viewer.level == "full":
        return see_other(request, own_page(asked, home_of(request.state.viewer).home))
    form = await open_form(request, PasskeyForm, next=own_page(asked, ""))
    return _forgotten(request, await render(request, _passkey_page(request, side), side.passkey_door, form=form, script=SCRIPT))


def _passkey_page(request: Request, side: Side) -> PasskeyPage:
    return passkey_page(request.app.state.house, known_browser(request), side.kind, side.passkey)


@post("/sign-in/passkey", access=PRE_SESSION)
async def show_passkey(request: Request) -> Response:
    return await take_passkey(request, PATIENTS)


async def take_passkey(request: Request, side: Side) -> Response:
    form, house, viewer = read_form(request, PasskeyForm), request.app.state.house, request.state.viewer
    if form.validate():
        outcome = await acts.show_passkey(house, viewer, side.kind, form.credential.data, form.shared.data)
        if isinstance(outcome, acts.SignedIn):
            return signed_in(request, see_other(request, own_page(form.next.data, side.home)), outcome.token)
        if outcome.again_at:
            raise TooMany(minutes_until(outcome.again_at, viewer.now))
        form.refuse(outcome.reason)
    return await invalid(request, _passkey_page(request, side), side.passkey_door, form, script=SCRIPT)


def minutes_until(moment: datetime, now: datetime) -> int:
    return max(1, math.ceil((moment - now).total_seconds() / 60))


def home_of(viewer: Viewer) -> Side:
    return STAFF if viewer.is_staff else PATIENTS


@get(["/sign-in/code", "/staff/sign-in/code"], access=HALF)
async def code(request: Request) -> Response:
    viewer = request.state.viewer
    if acts.is_enrolling(viewer):
        return see_other(request, home_of(viewer).enrolling)
    form = await open_form(request, ProofForm, next=own_page(request.query_params.get("next"), ""))
    page = await factor_page(request.app.state.house, viewer)
    return await render(request, page, home_of(viewer).code, form=form, script=SCRIPT if page.asked else "")


@post(["/sign-in/code", "/staff/sign-in/code"], access=HALF)
async def give_code(request: Request) -> Response:
    form, side = read_form(request, ProofForm), home_of(request.state.viewer)
    return await _take_code(request, form, acts.give_factor, side.code, side.home)


@get("/account/prove", access=ACCOUNT)
async def prove(request: Request) -> Response:
    form = await open_form(request, ProofForm, next=own_page(request.query_params.get("next"), ""))
    page = await factor_page(request.app.state.house, request.state.viewer)
    return await render(request, page, PROVE, form=form, script=SCRIPT if page.asked else "")


@post("/account/prove", access=ACCOUNT)
async def give_proof(request: Request) -> Response:
    return await _take_code(request, read_form(request, ProofForm), acts.step_up, PROVE, "/account/security")


async def _take_code(request: Request, form: ProofForm, act, template: str, home: str) -> Response:
    if form.validate():
        outcome = await act(request.app.state.house, request.state.viewer, form.code.data or "", form.credential.data or "")
        if isinstance(outcome, acts.SignedIn):
            return signed_in(request, see_other(request, own_page(form.next.data, home)), outcome.token)
        form.refuse(outcome.reason, outcome.again_at)
    page = await factor_page(request.app.state.house, request.state.viewer)
    return await invalid(request, page, template, form, script=SCRIPT if page.asked else "")


@post("/stay", access=ACCOUNT)
async def stay(request: Request) -> Response:
    """Asking is being there. What was typed in a form around the button comes back in that form, at the address that the
    button names or else on the same page, in the size of text that the button may ask for."""
    if is_htmx(request):
        return Response(b"", status_code=204)
    fields, viewer = request.state.fields, request.state.viewer
    back = without(own_page(form_address(request), home_of(viewer).home), "text")
    ref = await park(request.app.state.house, viewer, urlsplit(back).path, fields.to_keep)
    return see_other(request, with_kept(back, ref))


@post("/sign-out", access=PUBLIC)
async def sign_out(request: Request) -> Response:
    """Open to anybody with our own form, so that a session that has just ended is no error."""
    read_form(request, PressForm)
    viewer = request.state.viewer
    await acts.sign_out(request.app.state.house, viewer)
    return signed_out(request, see_other(request, f"{home_of(viewer).action}?ended=out"))
