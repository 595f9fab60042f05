"""What was done with one's own account, and “this wasn't me”."""

from __future__ import annotations

from litestar import Request, Response, get, post

from access.vocabulary import ACCOUNT
from acts.not_me import Pointed, say_not_me
from forms.not_me import NotMeForm
from handlers.forms import read_form
from handlers.respond import render, see_other
from handlers.security import done_notice
from pages.own_activity import not_me_page, own_activity_page, pointed, read_from
from words.gettext import N_

HOME = "/account/activity"
DONE = {"told": N_("We have your message. Changes are locked, and all other browsers are signed out.")}


@get(HOME, access=ACCOUNT)
async def activity(request: Request) -> Response:
    page = await own_activity_page(request.state.grant, read_from(request.query_params.get("before", "")))
    return await render(request, page, "own_activity/index.html", notice=done_notice(request, DONE))


@get("/account/not-me", access=ACCOUNT)
async def not_me(request: Request) -> Response:
    page = await not_me_page(request.state.grant, request.query_params.get("entry", ""))
    return await render(request, page, "own_activity/not_me.html")


@post("/account/not-me", access=ACCOUNT)
async def tell(request: Request) -> Response:
    form, outcome = read_form(request, NotMeForm), f"{HOME}?done=told"
    row = await pointed(request.state.grant, form.entry.data or "")
    meant = Pointed(row["at"], row["action"]) if row else Pointed()
    await say_not_me(request.state.grant, meant, form.sending, outcome)
    return see_other(request, outcome)


ALONE = (activity, not_me, tell)
