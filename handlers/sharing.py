"""Who helps with a record: the list, one person, what they may see and do, and its end."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from access.grant import RecordGrant
from access.vocabulary import Action, Category, record
from acts import sharing as acts
from forms.security import PressForm
from forms.sharing import DAY, OPEN, TermsForm, chosen
from handlers.forms import open_form, read_form
from handlers.refs import form_of, parse_ref
from handlers.respond import in_form, invalid, render, see_other
from handlers.security import done_notice
from pages.given import Given
from pages.sharing import HelperPage, TermsPage, helper_page, sharing_page, terms_page
from rules.sharing import end_of, last_moment
from words.dates import zone
from words.gettext import N_

SEE = record(Category.CONTROL, page="sharing")
END = record(Category.CONTROL, Action.ACT, page="sharing")
CHANGE = record(Category.CONTROL, Action.ACT, page="sharing", step_up=True)
SHOW, ENDING, TERMS, CONFIRM = (f"sharing/{name}.html" for name in ("show", "ending", "terms", "confirm"))
LOOK = "/check"
"""Where what was chosen is shown before it is done: what comes back there, comes back to that."""
DONE = {
    "ended": N_("It has ended. They cannot open this record any more."),
    "changed": N_("The change is made. They see the new choice at once."),
    "over": N_("Nothing was changed: it had ended or was changed before."),
    "withdrawn": N_("The invitation is taken back. Its link and its code do not work any more."),
    "answered": N_("Nothing was changed. They had answered before, or it was taken back."),
}


@get("/sharing", access=SEE)
async def sharing(request: Request) -> Response:
    page = await sharing_page(request.state.grant)
    return await render(request, page, "sharing/index.html", notice=done_notice(request, DONE))


@get(["/sharing.pdf", "/sharing.txt"], access=SEE)
async def documents(request: Request) -> Response:
    page = await sharing_page(request.state.grant)
    return await in_form(request, page, form_of(request.url.path), "sharing/index.html", "people-who-help")


@get("/sharing/{helper:str}", access=SEE)
async def one(request: Request, helper: FromPath[str]) -> Response:
    page = await _helper(request, helper)
    if page.helper.ref != helper:
        return see_other(request, page.link("sharing", page.helper.ref, done=request.query_params.get("done")))
    return await render(request, page, SHOW, notice=done_notice(request, DONE))


async def _helper(request: Request, share: str) -> HelperPage:
    page = await helper_page(request.state.grant, parse_ref(share).ref)
    if page is None:
        raise NotFoundException
    return page


@get("/sharing/{helper:str}/ending", access=END)
async def ending(request: Request, helper: FromPath[str]) -> Response:
    page = await _helper(request, helper)
    if not page.helper.may_be_ended or not page.may_change:
        return see_other(request, page.link("sharing", page.helper.ref))
    return await render(request, page, ENDING)


@post("/sharing/{helper:str}/ending", access=END)
async def end(request: Request, helper: FromPath[str]) -> Response:
    """What the page is about now, and not what it was about when it was opened: a share that was changed has another."""
    page, sending = await _helper(request, helper), read_form(request, PressForm).sending
    done = f"/records/{request.state.grant.record_ref}/sharing/{helper}?done="
    ended = await acts.end_share(request.state.grant, page.helper.ref, sending, f"{done}ended")
    return see_other(request, done + ("ended" if ended else "over"))


@get(["/sharing/{helper:str}/terms", "/sharing/{helper:str}/terms/check"], access=CHANGE)
async def terms(request: Request, helper: FromPath[str]) -> Response:
    page = await _terms(request, helper)
    form = await open_form(request, TermsForm, **today_at_clinic(request.state.grant), **_held(page))
    if form.came_back and request.url.path.endswith(LOOK) and form.validate():
        return await _last_look(request, helper, form)
    return await render(request, page, TERMS, form=form)


async def _last_look(request: Request, share: str, form: TermsForm) -> Response:
    page = await _terms(request, share, Given.of(form.scopes, "helper", chosen_end(form)))
    return await render(request, page, CONFIRM, form=form)


async def _terms(request: Request, share: str, gives: Given | None = None) -> TermsPage:
    page = await terms_page(request.state.grant, parse_ref(share).ref, gives)
    if page is None or not page.may_change:
        raise NotFoundException
    return page


def _held(page: TermsPage) -> dict:
    """What the person has now, for the form."""
    given = page.helper.now.given
    held = {"ends": DAY if given.ends else OPEN, **chosen(given.scopes)}
    if given.ends:
        last = last_moment(given.ends).astimezone(ZoneInfo(zone()))
        held |= {"until_month": str(last.month), "until_day": str(last.day), "until_year": str(last.year)}
    return held


def today_at_clinic(grant: RecordGrant) -> dict:
    return {"today": grant.now.astimezone(ZoneInfo(zone())).date()}


def chosen_end(form: TermsForm) -> datetime | None:
    return end_of(form.last_day, zone()) if form.last_day else None


@post("/sharing/{helper:str}/terms/check", access=CHANGE)
async def check_terms(request: Request, helper: FromPath[str]) -> Response:
    """Changes nothing: it is a POST so that what was chosen stands in no address."""
    form = read_form(request, TermsForm, **today_at_clinic(request.state.grant))
    if not form.validate():
        return await invalid(request, await _terms(request, helper), TERMS, form)
    if "to" in request.state.fields:
        return await render(request, await _terms(request, helper), TERMS, form=form)
    return await _last_look(request, helper, form)


@post("/sharing/{helper:str}/terms", access=CHANGE)
async def change(request: Request, helper: FromPath[str]) -> Response:
    form = read_form(request, TermsForm, **today_at_clinic(request.state.grant))
    if not form.validate():
        return await invalid(request, await _terms(request, helper), TERMS, form)
    terms, done = acts.Terms(form.scopes, chosen_end(form)), f"/records/{request.state.grant.record_ref}/sharing/{helper}?done="
    changed = await acts.change_share(request.state.grant, parse_ref(helper).ref, terms, form.sending, f"{done}changed")
    return see_other(request, done + ("changed" if changed else "over"))


ROUTES = (sharing, documents, one, ending, end, terms, check_terms, change)
