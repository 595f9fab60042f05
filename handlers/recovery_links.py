"""The links in the letters of a recovery. Opening one shows a button, and nothing more."""

from __future__ import annotations

from litestar import Request, Response

from acts import forgotten as acts
from forms.recovery import NewPasswordForm
from forms.security import PressForm
from handlers.forms import open_form, read_form
from handlers.recovery import gone, template
from handlers.respond import invalid, render, see_other
from pages.clinic import clinic
from pages.recovery import recover_page

SIGN_IN, STOPPED, POSTED = "/sign-in?ended=reset", "/recover?done=stopped", "/recover?done=posted"


async def show_reset(request: Request, secret: str) -> Response:
    page = recover_page(request.app.state.house, address=request.url.path)
    return await render(request, page, template("new_password"), form=await open_form(request, NewPasswordForm))


async def reset(request: Request, secret: str) -> Response:
    """Signs nobody in: what follows is the door, with the new password and the second factor."""
    form, grant = read_form(request, NewPasswordForm), request.state.grant
    if form.validate():
        home = await clinic(grant.house.database, request.state.viewer.locale)
        refused = await acts.reset_password(grant, form.new_password.data, (home.name,), form.sending, SIGN_IN)
        if refused is None or refused.reason == "gone":
            return see_other(request, SIGN_IN) if refused is None else await gone(request)
        form.refuse(refused.reason)
    page = recover_page(grant.house, address=request.url.path)
    return await invalid(request, page, template("new_password"), form)


async def show_stop(request: Request, secret: str) -> Response:
    return await _button(request, "stop")


async def stop(request: Request, secret: str) -> Response:
    done = await acts.stop(request.state.grant, read_form(request, PressForm).sending, STOPPED)
    return see_other(request, STOPPED) if done else await gone(request)


async def show_letter(request: Request, secret: str) -> Response:
    return await _button(request, "letter")


async def letter(request: Request, secret: str) -> Response:
    done = await acts.post_letter(request.state.grant, read_form(request, PressForm).sending, POSTED)
    return see_other(request, POSTED) if done else await gone(request)


async def _button(request: Request, name: str) -> Response:
    page = recover_page(request.app.state.house, address=request.url.path)
    return await render(request, page, template(name), form=PressForm())
