"""Back into one's account: which ways there are, and the way for each thing that was forgotten or lost."""

from __future__ import annotations

from litestar import Request, Response, get, post

from access.viewer import Viewer
from access.vocabulary import ACCOUNT, HALF, PRE_SESSION
from acts import forgotten as asking
from acts import recovery as acts
from acts.sign_in import is_enrolling
from forms.base import Form
from forms.recovery import AddressForm, DeskCodeForm, NewPasswordForm, RecoveryCodeForm, UsernameForm, WayForm
from forms.registration import FactorForm
from forms.security import PressForm
from handlers.errors import TooMany
from handlers.forms import open_form, read_form
from handlers.frame import with_query
from handlers.respond import invalid, render, see_other
from handlers.security import done_notice
from handlers.session_cookie import signed_in
from handlers.sign_in import home_of, minutes_until
from identity import recovery
from identity.codes import FACTOR_CODE, RECOVERY
from pages.clinic import clinic
from pages.recovery import factor_page, new_app_page, recover_page
from words.gettext import N_

USERNAME, PASSWORD, EVERYTHING = "/recover/username", "/recover/password", "/recover/everything"
FACTOR, CODE, SHEET, STOPPED = "/recover/factor", "/recover/code", "/account/codes", "/account/security?done=stopped"
CODES = {f"{FACTOR}/authenticator": FACTOR_CODE, f"{CODE}/authenticator": RECOVERY}
"""Where an app is set up, and the purpose of the code that leads there."""

DONE = {
    "stopped": N_("It is stopped. Nothing has changed, and you sign in as before."),
    "posted": N_("We post you a letter with a code. Every address of your account is told now, and can stop it."),
}


def template(name: str) -> str:
    return f"recovery/{name}.html"


async def _clinic_name(request: Request) -> str:
    return (await clinic(request.app.state.house.database, request.state.viewer.locale)).name


async def gone(request: Request) -> Response:
    return await render(request, recover_page(request.app.state.house), template("gone"), status=404)


@get("/recover", access=PRE_SESSION)
async def recover(request: Request) -> Response:
    return await render(request, recover_page(request.app.state.house), template("index"), notice=done_notice(request, DONE))


@get(USERNAME, access=PRE_SESSION)
async def username(request: Request) -> Response:
    return await _asks(request, AddressForm, "username")


@post(USERNAME, access=PRE_SESSION)
async def ask_username(request: Request) -> Response:
    return await _ask(request, read_form(request, AddressForm), "username", recovery.USERNAME)


@get(PASSWORD, access=PRE_SESSION)
async def password(request: Request) -> Response:
    return await _asks(request, UsernameForm, "password")


@post(PASSWORD, access=PRE_SESSION)
async def ask_password(request: Request) -> Response:
    return await _ask(request, read_form(request, UsernameForm), "password", recovery.PASSWORD)


@get(EVERYTHING, access=PRE_SESSION)
async def everything(request: Request) -> Response:
    return await _asks(request, UsernameForm, "everything")


@post(EVERYTHING, access=PRE_SESSION)
async def ask_everything(request: Request) -> Response:
    return await _ask(request, read_form(request, UsernameForm), "everything", recovery.EVERYTHING)


async def _asks(request: Request, kind: type[Form], name: str) -> Response:
    page = recover_page(request.app.state.house, sent=request.query_params.get("done") == "sent")
    return await render(request, page, template(name), form=await open_form(request, kind))


async def _ask(request: Request, form: Form, name: str, what: str) -> Response:
    """The same page and the same work for everybody."""
    house, viewer, done = request.app.state.house, request.state.viewer, f"/recover/{name}?done=sent"
    if not form.validate():
        return await invalid(request, recover_page(house), template(name), form)
    typed = form.email.data if isinstance(form, AddressForm) else form.username.data
    again_at = await asking.ask(house, viewer, what, typed, form.sending, done)
    if again_at:
        raise TooMany(minutes_until(again_at, viewer.now))
    return see_other(request, done)


@get(FACTOR, access=HALF)
async def factor(request: Request) -> Response:
    if away := _elsewhere(request):
        return away
    page = await factor_page(request.app.state.house, request.state.viewer)
    return await render(request, page, template("factor"), form=await open_form(request, WayForm, offered=page.offered))


def _elsewhere(request: Request) -> Response | None:
    """Staff ask the operator, and who has no second factor yet sets it up."""
    viewer: Viewer = request.state.viewer
    if viewer.is_staff or is_enrolling(viewer):
        return see_other(request, home_of(viewer).enrolling if is_enrolling(viewer) else home_of(viewer).second)
    return None


@post(FACTOR, access=HALF)
async def start_factor(request: Request) -> Response:
    if away := _elsewhere(request):
        return away
    page = await factor_page(request.app.state.house, request.state.viewer)
    form = read_form(request, WayForm, offered=page.offered)
    if not form.validate():
        return await invalid(request, page, template("factor"), form)
    refused = await acts.start(request.app.state.house, request.state.viewer, form.way.data, form.sending, FACTOR)
    if refused and refused.again_at:
        raise TooMany(minutes_until(refused.again_at, request.state.viewer.now))
    return see_other(request, FACTOR)


@post(f"{FACTOR}/code", access=HALF)
async def factor_code(request: Request) -> Response:
    if away := _elsewhere(request):
        return away
    form = read_form(request, RecoveryCodeForm)
    outcome = await _check(request, form, None)
    if isinstance(outcome, acts.Step):
        return see_other(request, with_query(f"{FACTOR}/authenticator", step=outcome.token))
    return await invalid(request, await factor_page(request.app.state.house, request.state.viewer), template("factor_code"), form)


@get(f"{FACTOR}/code", access=HALF)
async def factor_code_form(request: Request) -> Response:
    if away := _elsewhere(request):
        return away
    page = await factor_page(request.app.state.house, request.state.viewer)
    return await render(request, page, template("factor_code"), form=await open_form(request, RecoveryCodeForm))


@get(CODE, access=PRE_SESSION)
async def code(request: Request) -> Response:
    page = recover_page(request.app.state.house)
    return await render(request, page, template("code"), form=await open_form(request, DeskCodeForm))


@post(CODE, access=PRE_SESSION)
async def check_code(request: Request) -> Response:
    form = read_form(request, DeskCodeForm)
    outcome = await _check(request, form, form.born)
    if isinstance(outcome, acts.Step):
        return see_other(request, with_query(f"{CODE}/password", step=outcome.token))
    return await invalid(request, recover_page(request.app.state.house), template("code"), form)


async def _check(request: Request, form: RecoveryCodeForm | DeskCodeForm, born: str | None):
    """The step that the code gives, or None with what is wrong in the form."""
    if not form.validate():
        return None
    outcome = await acts.check_code(request.app.state.house, request.state.viewer, form.code.data, born)
    if isinstance(outcome, acts.Step):
        return outcome
    if outcome.again_at:
        raise TooMany(minutes_until(outcome.again_at, request.state.viewer.now))
    form.refuse(outcome.reason)
    return None


@get(f"{CODE}/password", access=PRE_SESSION)
async def new_password(request: Request) -> Response:
    step = request.query_params.get("step", "")
    if await acts.begun(request.app.state.house, request.state.viewer, RECOVERY, step) is None:
        return await gone(request)
    page = recover_page(request.app.state.house, address=f"{CODE}/password")
    return await render(request, page, template("new_password"), form=await open_form(request, NewPasswordForm, step=step))


@post(f"{CODE}/password", access=PRE_SESSION)
async def choose_password(request: Request) -> Response:
    form, house = read_form(request, NewPasswordForm), request.app.state.house
    step = form.step.data or ""
    onward = with_query(f"{CODE}/authenticator", step=step)
    if form.validate():
        typed = step, form.new_password.data, (await _clinic_name(request),)
        refused = await acts.choose_password(house, request.state.viewer, *typed, form.sending, onward)
        if refused is None or refused.reason == "gone":
            return see_other(request, onward) if refused is None else await gone(request)
        form.refuse(refused.reason)
    return await invalid(request, recover_page(house, address=f"{CODE}/password"), template("new_password"), form)


@get(f"{FACTOR}/authenticator", access=HALF)
async def factor_app(request: Request) -> Response:
    return await _show_app(request, f"{FACTOR}/authenticator", request.query_params.get("step", ""))


@get(f"{CODE}/authenticator", access=PRE_SESSION)
async def app(request: Request) -> Response:
    return await _show_app(request, f"{CODE}/authenticator", request.query_params.get("step", ""))


async def _show_app(request: Request, action: str, step: str) -> Response:
    known = await acts.begun(request.app.state.house, request.state.viewer, CODES[action], step)
    if known is None:
        return await gone(request)
    page = await new_app_page(known, await _clinic_name(request), action, step)
    return await render(request, page, template("authenticator"), form=await open_form(request, FactorForm))


@post(f"{FACTOR}/authenticator", access=HALF)
async def confirm_factor_app(request: Request) -> Response:
    return await _confirm(request, f"{FACTOR}/authenticator")


@post(f"{CODE}/authenticator", access=PRE_SESSION)
async def confirm_app(request: Request) -> Response:
    return await _confirm(request, f"{CODE}/authenticator")


async def _confirm(request: Request, action: str) -> Response:
    form, house, viewer = read_form(request, FactorForm), request.app.state.house, request.state.viewer
    step = request.query_params.get("step", "")
    outcome = await acts.confirm_app(house, viewer, CODES[action], step, form.code.data) if form.validate() else None
    if isinstance(outcome, acts.Opened):
        return signed_in(request, see_other(request, SHEET), outcome.token)
    if outcome and outcome.reason == "gone":
        return await gone(request)
    if outcome:
        form.refuse(outcome.reason)
    known = await acts.begun(house, viewer, CODES[action], step)
    if known is None:
        return await gone(request)
    return await invalid(request, await new_app_page(known, await _clinic_name(request), action, step), template("authenticator"), form)


@post("/account/recovery/end", access=ACCOUNT)
async def stop(request: Request) -> Response:
    await acts.stop(request.state.grant, read_form(request, PressForm).sending, STOPPED)
    return see_other(request, STOPPED)


ALONE = (
    recover, username, ask_username, password, ask_password, everything, ask_everything, factor, start_factor,
    factor_code_form, factor_code, factor_app, confirm_factor_app, code, check_code, new_password, choose_password, app,
    confirm_app, stop,
)
