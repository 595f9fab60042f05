"""Registering, a step at a time: the desk's code, a login, an authenticator app, the one-time codes."""

from __future__ import annotations

from litestar import Request, Response, get, post

from access.viewer import Viewer
from access.vocabulary import PERSONAL, HALF, PRE_SESSION
from acts import asked_code as asking
from acts import registration as acts
from acts.security import put_sheet_away
from acts.sign_in import is_enrolling
from forms.asked_code import SendForm
from forms.registration import CodeForm, FactorForm, LoginForm
from handlers.errors import TooMany
from handlers.forms import open_form, read_form
from handlers.frame import Notice, with_query
from handlers.respond import invalid, render, see_other
from handlers.session_cookie import signed_in
from handlers.sign_in import minutes_until
from pages.clinic import clinic
from pages.registration import AuthenticatorPage, RegisterPage, authenticator_page, codes_page
from words.gettext import N_, Later

CODE, LOGIN, APP, CODES, SEND = (f"registration/{name}.html" for name in ("code", "login", "authenticator", "codes", "send"))
SENT = (
    N_("We have got that."),
    N_("If it is all as the clinic has it, a code is on its way: by email for a day, or by post for three weeks. Look for it, also among unwanted mail, and enter it here. It is the same answer for everybody."),
)


@get("/register", access=PRE_SESSION)
async def register(request: Request) -> Response:
    notice = Notice("good", Later(SENT[0]), Later(SENT[1])) if request.query_params.get("done") == "sent" else None
    return await render(request, RegisterPage(), CODE, form=await open_form(request, CodeForm), notice=notice)


@get("/register/send", access=PRE_SESSION)
async def send(request: Request) -> Response:
    return await render(request, RegisterPage(), SEND, form=await open_form(request, SendForm))


@post("/register/send", access=PRE_SESSION)
async def ask_for_code(request: Request) -> Response:
    """The same page and the same work for everybody."""
    form, viewer, done = read_form(request, SendForm), request.state.viewer, "/register?done=sent"
    if not form.validate():
        return await invalid(request, RegisterPage(), SEND, form)
    asked = asking.Asked(form.name.data, form.born, form.number.data)
    again_at = await asking.ask_for_code(request.app.state.house, viewer, asked, form.sending, done)
    if again_at:
        raise TooMany(minutes_until(again_at, viewer.now))
    return see_other(request, done)


@post("/register", access=PRE_SESSION)
async def check_code(request: Request) -> Response:
    form, viewer = read_form(request, CodeForm), request.state.viewer
    if not form.validate():
        return await invalid(request, RegisterPage(), CODE, form)
    outcome = await acts.check_code(request.app.state.house, viewer, form.code.data, form.born)
    if isinstance(outcome, acts.Step):
        return see_other(request, with_query("/register/account", step=outcome.token))
    if outcome.again_at:
        raise TooMany(minutes_until(outcome.again_at, viewer.now))
    form.refuse(outcome.reason)
    return await invalid(request, RegisterPage(), CODE, form)


@get("/register/account", access=PRE_SESSION)
async def login(request: Request) -> Response:
    step = request.query_params.get("step", "")
    if await acts.step_grant(request.app.state.house, request.state.viewer, step) is None:
        return await render(request, RegisterPage(), "registration/gone.html", status=404)
    return await render(request, RegisterPage(), LOGIN, form=await open_form(request, LoginForm, step=step))


@post("/register/account", access=PRE_SESSION)
async def make_login(request: Request) -> Response:
    form, house = read_form(request, LoginForm), request.app.state.house
    if not form.validate():
        return await invalid(request, RegisterPage(), LOGIN, form)
    outcome = await acts.make_login(
        house, request.state.viewer, form.step.data or "", form.username.data, form.password.data,
        (await _clinic_name(request),), form.sending,
    )
    if isinstance(outcome, acts.Refused):
        return await _no_login(request, form, outcome)
    return signed_in(request, see_other(request, acts.AUTHENTICATOR), outcome.token)


async def _no_login(request: Request, form: LoginForm, outcome: acts.Refused) -> Response:
    if outcome.again_at:
        raise TooMany(minutes_until(outcome.again_at, request.state.viewer.now))
    if outcome.reason == "gone":
        return await render(request, RegisterPage(), "registration/gone.html", status=404)
    form.refuse(outcome.reason, outcome.offers)
    return await invalid(request, RegisterPage(), LOGIN, form)


async def _clinic_name(request: Request) -> str:
    return (await clinic(request.app.state.house.database, request.state.viewer.locale)).name


@get("/register/authenticator", access=HALF)
async def authenticator(request: Request) -> Response:
    if not _is_here(request.state.viewer):
        return see_other(request, "/sign-in/code")
    page = await authenticator_page(request.app.state.house, request.state.viewer, await _clinic_name(request))
    return await render(request, page, APP, form=await open_form(request, FactorForm))


@post("/register/authenticator", access=HALF)
async def confirm_app(request: Request) -> Response:
    form, viewer = read_form(request, FactorForm), request.state.viewer
    if not _is_here(viewer):
        return see_other(request, "/sign-in/code")
    outcome = await acts.confirm_app(request.app.state.house, viewer, form.code.data) if form.validate() else None
    if isinstance(outcome, acts.Opened):
        return signed_in(request, see_other(request, "/register/codes"), outcome.token)
    return await _not_confirmed(request, form, outcome)


def _is_here(viewer: Viewer) -> bool:
    """Staff set up their app on their own side (handlers/staff/enrolment.py)."""
    return is_enrolling(viewer) and not viewer.is_staff


async def _not_confirmed(request: Request, form: FactorForm, outcome: acts.Refused | None) -> Response:
    if outcome and outcome.reason == "late":
        return await invalid(request, AuthenticatorPage(None), APP, form)
    if outcome:
        form.refuse(outcome.reason)
    page = await authenticator_page(request.app.state.house, request.state.viewer, await _clinic_name(request))
    return await invalid(request, page, APP, form)


@get("/register/codes", access=PERSONAL)
async def codes(request: Request) -> Response:
    page = await codes_page(request.state.grant, await _clinic_name(request))
    return await render(request, page, CODES) if page.codes else see_other(request, "/records")


@post("/register/codes", access=PERSONAL)
async def codes_kept(request: Request) -> Response:
    await put_sheet_away(request.state.grant)
    return see_other(request, "/records")
