"""Where a member of staff sets up the account that the operator made: the code, a password, an authenticator app."""

from __future__ import annotations

from litestar import Request, Response, get, post

from access.vocabulary import HALF, PRE_SESSION, STAFF_HOME
from acts import enrolment as acts
from acts.sign_in import is_enrolling
from forms.enrolment import EnrolForm, FirstPasswordForm
from forms.registration import FactorForm
from handlers.errors import TooMany
from handlers.forms import open_form, read_form
from handlers.frame import with_query
from handlers.respond import invalid, render, see_other
from handlers.session_cookie import signed_in
from handlers.sign_in import home_of, minutes_until
from pages.clinic import clinic
from pages.registration import AuthenticatorPage, RegisterPage, authenticator_page

CODE, PASSWORD, APP, GONE = (f"staff/register/{name}.html" for name in ("code", "password", "authenticator", "gone"))


@get("/staff/register", access=PRE_SESSION)
async def register(request: Request) -> Response:
    return await render(request, RegisterPage(), CODE, form=await open_form(request, EnrolForm))


@post("/staff/register", access=PRE_SESSION)
async def check_code(request: Request) -> Response:
    form, viewer = read_form(request, EnrolForm), request.state.viewer
    if not form.validate():
        return await invalid(request, RegisterPage(), CODE, form)
    outcome = await acts.check_code(request.app.state.house, viewer, form.username.data, form.code.data)
    if isinstance(outcome, acts.Step):
        return see_other(request, with_query("/staff/register/password", step=outcome.token))
    if outcome.again_at:
        raise TooMany(minutes_until(outcome.again_at, viewer.now))
    form.refuse()
    return await invalid(request, RegisterPage(), CODE, form)


@get("/staff/register/password", access=PRE_SESSION)
async def password(request: Request) -> Response:
    step = request.query_params.get("step", "")
    if await acts.step_grant(request.app.state.house, request.state.viewer, step) is None:
        return await render(request, RegisterPage(), GONE, status=404)
    return await render(request, RegisterPage(), PASSWORD, form=await open_form(request, FirstPasswordForm, step=step))


@post("/staff/register/password", access=PRE_SESSION)
async def choose_password(request: Request) -> Response:
    form, house, viewer = read_form(request, FirstPasswordForm), request.app.state.house, request.state.viewer
    if not form.validate():
        return await invalid(request, RegisterPage(), PASSWORD, form)
    words = (await _clinic_name(request),)
    outcome = await acts.choose_password(house, viewer, form.step.data or "", form.password.data, words, form.sending)
    if isinstance(outcome, acts.Opened):
        return signed_in(request, see_other(request, acts.AUTHENTICATOR), outcome.token)
    return await _no_password(request, form, outcome)


async def _no_password(request: Request, form: FirstPasswordForm, outcome: acts.Refused) -> Response:
    if outcome.reason == "gone":
        return await render(request, RegisterPage(), GONE, status=404)
    form.refuse(outcome.reason)
    return await invalid(request, RegisterPage(), PASSWORD, form)


@get(acts.AUTHENTICATOR, access=HALF)
async def authenticator(request: Request) -> Response:
    if not _is_here(request):
        return see_other(request, home_of(request.state.viewer).second)
    return await render(request, await _app_page(request), APP, form=await open_form(request, FactorForm))


@post(acts.AUTHENTICATOR, access=HALF)
async def confirm_app(request: Request) -> Response:
    form, viewer = read_form(request, FactorForm), request.state.viewer
    if not _is_here(request):
        return see_other(request, home_of(viewer).second)
    outcome = await acts.confirm_app(request.app.state.house, viewer, form.code.data) if form.validate() else None
    if isinstance(outcome, acts.Opened):
        return signed_in(request, see_other(request, STAFF_HOME), outcome.token)
    return await _not_confirmed(request, form, outcome)


async def _not_confirmed(request: Request, form: FactorForm, outcome: acts.Refused | None) -> Response:
    if outcome and outcome.reason == "late":
        return await invalid(request, AuthenticatorPage(None), APP, form)
    if outcome:
        form.refuse(outcome.reason)
    return await invalid(request, await _app_page(request), APP, form)


async def _app_page(request: Request) -> AuthenticatorPage:
    return await authenticator_page(request.app.state.house, request.state.viewer, await _clinic_name(request))


async def _clinic_name(request: Request) -> str:
    return (await clinic(request.app.state.house.database, request.state.viewer.locale)).name


def _is_here(request: Request) -> bool:
    """Whoever has an app shows it instead, and patients set theirs up on their own side."""
    return request.state.viewer.is_staff and is_enrolling(request.state.viewer)
