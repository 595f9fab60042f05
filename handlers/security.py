"""One's own sign-in: how, the password, and the sheet of one-time codes."""

from __future__ import annotations

from collections.abc import Mapping

from litestar import Request, Response, get, post

from access.vocabulary import ACCOUNT, account
from acts import password as passwords
from acts import security as acts
from forms.security import PasswordForm, PressForm
from handlers.forms import open_form, read_form
from handlers.frame import Notice
from handlers.respond import invalid, render, see_other
from handlers.session_cookie import signed_in
from pages.clinic import clinic
from pages.registration import codes_page
from pages.security import PasswordPage, security_page
from words.gettext import N_, Later

DONE = {
    "codes": N_("Your one-time codes are put away. Keep the paper safe."),
    "password": N_("Your password is changed. All other browsers were signed out."),
    "stopped": N_("It is stopped. Nothing has changed, and you sign in as before."),
    "added": N_("It is added. You can sign in with it from now on."),
    "named": N_("It has another name now."),
    "removed": N_("It is taken away. Nobody can sign in with it any more."),
    "preferences": N_("Your choices are kept."),
}
PASSWORD, CHANGED = "security/password.html", "/account/security?done=password"


def done_notice(request: Request, said: Mapping[str, str] = DONE) -> Notice | None:
    """What the change before this page did, in one sentence."""
    words = said.get(request.query_params.get("done", ""))
    return Notice("good", Later(words)) if words else None


@get("/account/security", access=ACCOUNT)
async def security(request: Request) -> Response:
    page = await security_page(request.state.grant)
    return await render(request, page, "security/show.html", notice=done_notice(request))


@get("/account/password", access=account(step_up=True))
async def password(request: Request) -> Response:
    return await render(request, PasswordPage(), PASSWORD, form=await open_form(request, PasswordForm))


@post("/account/password", access=account(step_up=True))
async def change_password(request: Request) -> Response:
    form, grant = read_form(request, PasswordForm), request.state.grant
    if form.validate():
        home = await clinic(grant.house.database, request.state.viewer.locale)
        typed = form.password.data, form.new_password.data
        outcome = await passwords.change_password(grant, *typed, (home.name,), form.sending, CHANGED)
        if isinstance(outcome, passwords.Opened):
            return signed_in(request, see_other(request, CHANGED), outcome.token)
        form.refuse(outcome.reason, outcome.again_at)
    return await invalid(request, PasswordPage(), PASSWORD, form)


@get("/account/codes", access=account(step_up=True))
async def codes(request: Request) -> Response:
    home = await clinic(request.app.state.house.database, request.state.viewer.locale)
    return await render(request, await codes_page(request.state.grant, home.name), "security/codes.html")


@post("/account/codes", access=account(step_up=True))
async def make_codes(request: Request) -> Response:
    await acts.make_sheet(request.state.grant, read_form(request, PressForm).sending, "/account/codes")
    return see_other(request, "/account/codes")


@post("/account/codes/kept", access=ACCOUNT)
async def codes_kept(request: Request) -> Response:
    await acts.put_sheet_away(request.state.grant)
    return see_other(request, "/account/security?done=codes")
