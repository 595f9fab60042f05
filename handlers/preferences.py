"""How a person is called, and reads."""

from __future__ import annotations

from litestar import Request, Response, get, post

from access.vocabulary import ACCOUNT
from acts.preferences import change_preferences
from forms.preferences import PreferencesForm
from handlers.forms import open_form, read_form
from handlers.respond import invalid, render, see_other
from handlers.security import done_notice
from handlers.session_cookie import drop_cookie
from pages.preferences import PreferencesPage

TEMPLATE, DONE = "preferences/show.html", "/account/preferences?done=preferences"


@get("/account/preferences", access=ACCOUNT)
async def preferences(request: Request) -> Response:
    viewer = request.state.viewer
    form = await open_form(
        request, PreferencesForm, called=viewer.called, text_size=viewer.text_size, locale=viewer.locale
    )
    return await render(request, _page(request), TEMPLATE, form=form, notice=done_notice(request))


@post("/account/preferences", access=ACCOUNT)
async def change(request: Request) -> Response:
    form = read_form(request, PreferencesForm)
    if not form.validate():
        return await invalid(request, _page(request), TEMPLATE, form)
    locale = form.locale.data if form.locale else request.state.viewer.locale
    choices = form.called.data, form.text_size.data, locale
    await change_preferences(request.state.grant, *choices, form.sending, DONE)
    return drop_cookie(request, see_other(request, DONE), "text")


def _page(request: Request) -> PreferencesPage:
    return PreferencesPage(request.state.viewer.name)
