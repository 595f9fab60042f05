"""Help, and what the portal says of itself: for anybody, signed in or not."""

from __future__ import annotations

from litestar import Request, Response, get, post

from access.vocabulary import PUBLIC
from acts.phishing import report
from forms.phishing import PhishingForm
from handlers.errors import TooMany
from handlers.forms import open_form, read_form
from handlers.frame import Notice
from handlers.respond import invalid, render, see_other
from handlers.sent_messages import senders
from handlers.sign_in import minutes_until
from identity.limits import Full
from pages.accessibility import accessibility_page
from pages.help import PhishingPage, help_page
from pages.weight import weight_page
from words.gettext import N_, Later

PHISHING, TOLD = "help/phishing.html", "/help/phishing?done=told"
THANKS = N_("Thank you. Our support team reads it and warns others where it must. Do not answer that message, and open no link in it.")


@get("/help", access=PUBLIC)
async def help(request: Request) -> Response:
    return await render(request, help_page(request.app.state.house.limits), "help/show.html")


@get("/help/phishing", access=PUBLIC)
async def phishing(request: Request) -> Response:
    notice = Notice("good", Later(THANKS)) if request.query_params.get("done") == "told" else None
    return await render(request, _phishing_page(request), PHISHING, form=await open_form(request, PhishingForm), notice=notice)


@post("/help/phishing", access=PUBLIC)
async def report_phishing(request: Request) -> Response:
    form, house, viewer = read_form(request, PhishingForm), request.app.state.house, request.state.viewer
    if not form.validate():
        return await invalid(request, _phishing_page(request), PHISHING, form)
    try:
        await report(house, viewer, form.came_as.data, form.words.data, form.sending, TOLD)
    except Full as full:
        raise TooMany(minutes_until(full.again_at, viewer.now)) from None
    return see_other(request, TOLD)


def _phishing_page(request: Request) -> PhishingPage:
    return PhishingPage(*senders(request.app.state.settings))


@get("/about/accessibility", access=PUBLIC)
async def accessibility(request: Request) -> Response:
    return await render(request, accessibility_page(), "about/accessibility.html")


@get("/about/privacy", access=PUBLIC)
async def privacy(request: Request) -> Response:
    return await render(request, help_page(request.app.state.house.limits), "about/privacy.html")


@get("/about/weight", access=PUBLIC)
async def weight(request: Request) -> Response:
    return await render(request, weight_page(), "about/weight.html")
