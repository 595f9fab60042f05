"""Appointments: the list, one that was booked here with its calendar file, and booking, moving, calling off."""

from __future__ import annotations

from typing import TypeVar

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from access.vocabulary import Action, Category, record
from acts import bookings as acts
from forms.bookings import CancelForm, TimeForm
from handlers.forms import open_form, read_form
from handlers.frame import Notice
from handlers.listing import list_routes
from handlers.refs import FORMS, parse_ref
from handlers.respond import in_form, invalid, render, see_other
from pages.appointments import APPOINTMENTS
from pages.booking import Choosing, Chosen, read_chosen, time_words
from pages.bookings import BookingPage, booking_calendar, booking_page
from pages.clinic import clinic
from pages.record_booking import BookPage, book_page, move_page, or_full
from rules.bookings import TAKEN
from words.gettext import N_, Later

SEE = record(Category.APPOINTMENTS, page="appointments")
ACT = record(Category.APPOINTMENTS, Action.ACT, page="appointments")
NEW, SHOW, CANCEL = "bookings/new.html", "bookings/show.html", "bookings/cancel.html"
ICS = "ics"
P = TypeVar("P", BookingPage, BookPage, bool)
DONE = {
    "booked": ("good", N_("It is booked."), N_("Booked")),
    "moved": ("good", N_("It is moved. The old time is free again."), N_("Moved")),
    "cancelled": ("good", N_("It is called off. Nobody waits for you."), N_("Called off")),
    "had": ("", N_("You have this time already. It is booked only once."), N_("Booked already")),
    "over": ("warn", N_("It was changed before this came. Here is how it stands."), N_("Not changed")),
    "late": ("warn", N_("It begins too soon to be changed here. Please call us."), N_("Not changed")),
}  # fmt: skip
"""The kind of notice, its words, and those that stand before the title."""
DONE_FOR = {
    "cancelled": N_("It is called off. Nobody waits for %(given)s."),
    "had": N_("%(given)s has this time already. It is booked only once."),
}
"""The same words to somebody who helps."""
JUST_TAKEN, NOT_BOOKED = N_("Just taken"), N_("Not booked")
GONE = N_("This time cannot be booked any more. Please choose another.")
NOT_FREE = {
    "taken": N_("This time was just taken: %(time)s. Nothing was booked. Here are the next times."),
    "past": N_("This time has passed: %(time)s. Nothing was booked. Here are the next times."),
    "other": N_("This time is not one of those that you chose from. Nothing was booked. Please choose again."),
    "many": N_("Too many appointments that you booked here are still to come. Nothing was booked. Call one off first, or call us."),
    "often": N_("Appointments were booked or moved too often today. Nothing was booked. Try again tomorrow, or call us."),
    "clash": N_("There is another appointment at this time already: %(time)s. Nothing was booked. Here are other times."),
}


@get("/appointments/{appointment:str}", access=SEE)
async def show(request: Request, appointment: FromPath[str]) -> Response:
    asked = parse_ref(appointment, (*FORMS, ICS))
    if asked.form == ICS:
        return await _calendar(request, asked.ref)
    page = await booking_page(request.state.grant, asked.ref)
    if asked.form or page is None:
        return await in_form(request, page, asked.form, "sheet/show.html", "appointment")
    return await render(request, page, SHOW, notice=_notice(request))


async def _calendar(request: Request, ref: str) -> Response:
    home = await clinic(request.app.state.house.database, request.state.viewer.locale)
    text = await booking_calendar(request.state.grant, ref, home.name)
    if text is None:
        raise NotFoundException
    headers = {"content-disposition": 'attachment; filename="appointment.ics"'}
    return Response(text.encode(), media_type="text/calendar", headers=headers)


@get("/appointments/new", access=ACT)
async def new(request: Request) -> Response:
    page = await book_page(request.state.grant, read_chosen(request.query_params))
    return await _steps(request, page)


@post("/appointments/new", access=ACT)
async def book(request: Request) -> Response:
    form, grant = read_form(request, TimeForm), request.state.grant
    try:
        ref = await acts.book(grant, grant.record, form.wanted, form.sending, _booked(grant.record_ref))
    except acts.Had as had:
        return see_other(request, _there_already(request, had.ref))
    except acts.NotFree as refusal:
        page = await book_page(grant, kept(form), since=refusal.starts_at)
        return await _not_free(request, page, refusal, form)
    return see_other(request, _booked(grant.record_ref)(ref))


@get("/appointments/{appointment:str}/time", access=ACT)
async def other_time(request: Request, appointment: FromPath[str]) -> Response:
    here = await _page(request, appointment)
    if not here.may_change:
        return see_other(request, _done(here, _why_not(here)))
    page = await move_page(request.state.grant, here.here[1], read_chosen(request.query_params))
    return await _steps(request, _there(page))


@post("/appointments/{appointment:str}/time", access=ACT)
async def move(request: Request, appointment: FromPath[str]) -> Response:
    form, grant, here = read_form(request, TimeForm), request.state.grant, await _page(request, appointment)
    try:
        _there(await acts.move(grant, here.here[1], form.wanted, form.sending, _done(here, "moved")) or None)
    except acts.Had as had:
        return see_other(request, _there_already(request, had.ref))
    except acts.NotFree as refusal:
        page = await move_page(grant, here.here[1], kept(form), since=refusal.starts_at)
        return await _not_free(request, _there(page), refusal, form)
    except acts.NotChanged as refusal:
        return see_other(request, _done(here, refusal.reason))
    return see_other(request, _done(here, "moved"))


@get("/appointments/{appointment:str}/cancellation", access=ACT)
async def calling_off(request: Request, appointment: FromPath[str]) -> Response:
    page = await _page(request, appointment)
    if not page.may_change:
        return see_other(request, _done(page, _why_not(page)))
    return await render(request, page, CANCEL, form=await open_form(request, CancelForm))


@post("/appointments/{appointment:str}/cancellation", access=ACT)
async def call_off(request: Request, appointment: FromPath[str]) -> Response:
    page, form = await _page(request, appointment), read_form(request, CancelForm)
    if not form.validate():
        return await invalid(request, page, CANCEL, form)
    why = acts.Why(form.reason.data, form.words.data or "")
    try:
        _there(await acts.cancel(request.state.grant, page.here[1], why, form.sending, _done(page, "cancelled")) or None)
    except acts.NotChanged as refusal:
        return see_other(request, _done(page, refusal.reason))
    return see_other(request, _done(page, "cancelled"))


async def _steps(request: Request, page: BookPage) -> Response:
    if page.had:
        return see_other(request, _there_already(request, page.had))
    page = await or_full(request.state.grant, page)
    return await render(request, page, NEW, block="update", htmx=True, notice=notice_of(page))


def notice_of(page: Choosing) -> Notice | None:
    return Notice("warn", Later(GONE), short=Later(NOT_BOOKED)) if page.gone else None


async def _not_free(request: Request, page: BookPage, refusal: acts.NotFree, form: TimeForm) -> Response:
    """What was chosen is kept, and the next times stand below."""
    notice = await not_free(request, refusal, form)
    return await render(request, page, NEW, htmx=True, status=409, notice=notice)


async def not_free(request: Request, refusal: acts.NotFree, form: TimeForm) -> Notice:
    """With the time that could not be had: among many, one may no longer know which it was."""
    time = await time_words(request.app.state.house, form.wanted.slot)
    short = JUST_TAKEN if refusal.reason == TAKEN else NOT_BOOKED
    return Notice("warn", Later(NOT_FREE[refusal.reason], time=time), short=Later(short))


async def _page(request: Request, appointment: str) -> BookingPage:
    return _there(await booking_page(request.state.grant, parse_ref(appointment).ref))


def _there(page: P | None) -> P:
    if page is None:
        raise NotFoundException
    return page


def _why_not(page: BookingPage) -> str:
    return "late" if page.late else "over"


def kept(form: TimeForm) -> Chosen:
    return read_chosen({"what": form.what.data or "", "with": form.who.data or ""})


def _booked(record_ref: str):
    return lambda ref: f"/records/{record_ref}/appointments/{ref}?done=booked"


def _there_already(request: Request, ref: str) -> str:
    """To the booking by which this time is theirs: whoever asks for it again missed that it was booked."""
    return f"/records/{request.state.grant.record_ref}/appointments/{ref}?done=had"


def _done(page: BookingPage, done: str) -> str:
    return page.link(*page.here, done=done)


def _notice(request: Request) -> Notice | None:
    done, grant = request.query_params.get("done", ""), request.state.grant
    if done in DONE_FOR and not grant.own:
        return done_of(done, DONE_FOR[done], given=grant.given)
    return done_of(done)


def done_of(done: str, words: str = "", **values: str) -> Notice | None:
    """What was done before this page was shown; `words` where they are others than usual."""
    found = DONE.get(done)
    return Notice(found[0], Later(words or found[1], **values), short=Later(found[2])) if found else None


ROUTES = (*list_routes(APPOINTMENTS), new, book, show, other_time, move, calling_off, call_off)
