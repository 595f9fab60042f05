"""The clinic's own times: weekly hours, and closures."""

from __future__ import annotations

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from acts import hours as acts
from forms.hours import ClosureForm, HoursForm
from forms.security import PressForm
from handlers.forms import open_form, read_form
from handlers.frame import Notice
from handlers.refs import parse_ref
from handlers.respond import invalid, render, see_other
from handlers.staff.appointments import ACCESS
from pages.hours import ClosurePage, closure_page, closures_page, ending_page, hours_page
from words.gettext import N_, Later

HOURS, ENDING, CLOSURES, CLOSURE = "staff/hours.html", "staff/ending.html", "staff/closures.html", "staff/closure.html"
OURS, SHUT = "/staff/hours", "/staff/closures"
DONE = {
    "opened": (N_("These hours are open. Their times can be booked in a moment."), N_("Opened")),
    "over": (
        N_("These hours are open. But the same person has other hours at some of these times. Each time is booked only once, so"
           " patients may find fewer times than you expect. Look at the list, and end what should not be there."),
        N_("Opened"),
    ),
    "ended": (N_("These hours are over. What is booked in them stands."), N_("Ended")),
    "lifted": (N_("This closure is over. Times can be booked again."), N_("Ended")),
}  # fmt: skip
"""What is said, and the words that stand before the title."""


@get(OURS, access=ACCESS)
async def hours(request: Request) -> Response:
    page = await hours_page(request.state.grant, request.query_params)
    return await render(request, page, HOURS, form=await open_form(request, HoursForm, today=page.today), notice=_notice(request))


@post(OURS, access=ACCESS)
async def open_hours(request: Request) -> Response:
    page = await hours_page(request.state.grant, request.query_params)
    form = read_form(request, HoursForm, today=page.today)
    if not form.validate() or page.site is None:
        return await invalid(request, page, HOURS, form)
    weekly = page.weekly(form)
    done = _at(OURS, page, "over" if page.lies_over(weekly) else "opened")
    await acts.open_hours(request.state.grant, weekly, form.sending, done)
    return see_other(request, done)


@get("/staff/hours/{hours:str}/end", access=ACCESS)
async def ending(request: Request, hours: FromPath[str]) -> Response:
    """Which hours, and what is booked in them: ending them cannot be taken back."""
    page = await ending_page(request.state.grant, parse_ref(hours).ref)
    if page is None:
        raise NotFoundException
    return await render(request, page, ENDING)


@post("/staff/hours/{hours:str}/end", access=ACCESS)
async def end_hours(request: Request, hours: FromPath[str]) -> Response:
    return await _change(request, acts.end_hours, hours, f"{OURS}?done=ended")


@get(SHUT, access=ACCESS)
async def closures(request: Request) -> Response:
    page = await closures_page(request.state.grant, request.query_params)
    form = await open_form(request, ClosureForm, people=page.people, today=page.today)
    return await render(request, page, CLOSURES, form=form, notice=_notice(request))


@post(SHUT, access=ACCESS)
async def close(request: Request) -> Response:
    page = await closures_page(request.state.grant, request.query_params)
    form = read_form(request, ClosureForm, people=page.people, today=page.today)
    if not form.validate() or page.site is None:
        return await invalid(request, page, CLOSURES, form)
    try:
        ref = await acts.close(request.state.grant, page.closed(form), form.sending, _closed)
    except acts.AlreadyClosed as before:
        ref = before.ref
    return see_other(request, _closed(ref))


@get("/staff/closures/{closure:str}", access=ACCESS)
async def closure(request: Request, closure: FromPath[str]) -> Response:
    page = await closure_page(request.state.grant, parse_ref(closure).ref)
    if page is None:
        raise NotFoundException
    closed = request.query_params.get("done") == "closed"
    return await render(request, page, CLOSURE, notice=_closed_words(page) if closed else None)


@post("/staff/closures/{closure:str}/end", access=ACCESS)
async def lift(request: Request, closure: FromPath[str]) -> Response:
    return await _change(request, acts.lift, closure, f"{SHUT}?done=lifted")


async def _change(request: Request, act, ref: str, outcome: str) -> Response:
    if not await act(request.state.grant, parse_ref(ref).ref, read_form(request, PressForm).sending, outcome):
        raise NotFoundException
    return see_other(request, outcome)


def _closed(ref: str) -> str:
    return f"{SHUT}/{ref}?done=closed"


def _at(path: str, page, done: str) -> str:
    site = f"&site={page.site.ref}" if len(page.sites) > 1 else ""
    return f"{path}?done={done}{site}"


def _notice(request: Request) -> Notice | None:
    done = request.query_params.get("done", "")
    return Notice("warn" if done == "over" else "good", Later(DONE[done][0]), short=Later(DONE[done][1])) if done in DONE else None


def _closed_words(page: ClosurePage) -> Notice:
    """Who is away and when, and whether that leaves anything to do."""
    return Notice("good", Later(N_("%(what)s."), what=page.shut.title), page.to_do)
