"""Where one is signed in, and signing out there: one browser, or all but the one in hand."""

from __future__ import annotations

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from access.vocabulary import ACCOUNT, account
from acts import sessions as acts
from forms.security import PressForm
from handlers.forms import read_form
from handlers.refs import parse_ref
from handlers.respond import render, see_other
from handlers.security import done_notice
from handlers.session_cookie import signed_out
from handlers.sign_in import home_of
from pages.sessions import sessions_page
from words.gettext import N_

DONE = {
    "ended": N_("That browser is signed out."),
    "others": N_("All other browsers are signed out."),
}
END = account(step_up=True)
"""Who sits at somebody else's open browser does not sign them out elsewhere (ASVS 7.5.2)."""


@get("/account/sessions", access=ACCOUNT)
async def sessions(request: Request) -> Response:
    page = await sessions_page(request.state.grant)
    return await render(request, page, "sessions/index.html", notice=done_notice(request, DONE))


@post("/account/sessions/{session:str}/end", access=END)
async def end_session(request: Request, session: FromPath[str]) -> Response:
    """Ending what has ended is done, too; a session of somebody else is not found."""
    if not await acts.end_session(request.state.grant, parse_ref(session).ref):
        raise NotFoundException
    if session == request.state.viewer.session_ref:
        return signed_out(request, see_other(request, f"{home_of(request.state.viewer).action}?ended=out"))
    return see_other(request, "/account/sessions?done=ended")


@post("/account/sessions/others/end", access=END)
async def end_others(request: Request) -> Response:
    read_form(request, PressForm)
    await acts.end_others(request.state.grant)
    return see_other(request, "/account/sessions?done=others")
