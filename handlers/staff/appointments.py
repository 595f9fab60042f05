"""The front desk's appointments: the day, one of them, booking for a patient, moving, calling off."""

from __future__ import annotations

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from access.vocabulary import Duty, staff
from acts import bookings as acts
from forms.bookings import DeskCancelForm, TimeForm
from handlers.appointments import done_of, kept, not_free, notice_of
from handlers.forms import open_form, read_form
from handlers.refs import parse_ref
from handlers.respond import invalid, render, see_other
from pages.booking import read_chosen
from pages.day import VisitPage, day_page, visit_page
from pages.desk_booking import DeskBookPage, desk_book_page, desk_move_page
from words.gettext import N_

ACCESS = staff(Duty.FRONT_DESK)
DONE_FOR = {
    "cancelled": N_("%(name)s’s appointment is called off."),
    "had": N_("%(name)s has this time already. It is booked only once."),
    "late": N_("It has begun, so it stays as it is."),
}
"""Whose it is: at the desk nobody is spoken to as the patient."""
DAY, VISIT, BOOK = "staff/day.html", "staff/visit.html", "staff/book.html"


@get("/staff/appointments", access=ACCESS)
async def day(request: Request) -> Response:
    return await render(request, await day_page(request.state.grant, request.query_params), DAY)


@get("/staff/appointments/{booking:str}", access=ACCESS)
async def visit(request: Request, booking: FromPath[str]) -> Response:
    page = await _visit(request, booking)
    form = await open_form(request, DeskCancelForm) if page.may_cancel else None
    return await render(request, page, VISIT, form=form, notice=_notice(request, page))


@post("/staff/appointments/{booking:str}/cancellation", access=ACCESS)
async def call_off(request: Request, booking: FromPath[str]) -> Response:
    page, form, here = await _visit(request, booking), read_form(request, DeskCancelForm), f"/staff/appointments/{booking}"
    if not form.validate():
        return await invalid(request, page, VISIT, form)
    why = acts.Why(form.reason.data, form.words.data or "")
    try:
        _there(await acts.cancel(request.state.grant, booking, why, form.sending, f"{here}?done=cancelled") or None)
    except acts.NotChanged as refusal:
        return see_other(request, f"{here}?done={refusal.reason}")
    return see_other(request, f"{here}?done=cancelled")


@get("/staff/records/{record:str}/appointments/new", access=ACCESS)
async def new(request: Request, record: FromPath[str]) -> Response:
    page = _there(await desk_book_page(request.state.grant, parse_ref(record).ref, read_chosen(request.query_params)))
    return await _steps(request, page)


@post("/staff/records/{record:str}/appointments/new", access=ACCESS)
async def book(request: Request, record: FromPath[str]) -> Response:
    form, grant = read_form(request, TimeForm), request.state.grant
    patient = _there(await desk_book_page(grant, parse_ref(record).ref, kept(form)))
    try:
        ref = await acts.book(grant, patient.record, form.wanted, form.sending, _booked)
    except acts.Had as had:
        return see_other(request, _booked(had.ref, "had"))
    except acts.NotFree as refusal:
        page = await desk_book_page(grant, record, kept(form), since=refusal.starts_at)
        return await _not_free(request, page, refusal, form)
    return see_other(request, _booked(ref))


@get("/staff/appointments/{booking:str}/time", access=ACCESS)
async def other_time(request: Request, booking: FromPath[str]) -> Response:
    visit = await _to_move(request, booking)
    if not visit.may_move:
        return see_other(request, _booked(booking, visit.why_not))
    return await _steps(request, _there(await desk_move_page(request.state.grant, booking, read_chosen(request.query_params))))


@post("/staff/appointments/{booking:str}/time", access=ACCESS)
async def move(request: Request, booking: FromPath[str]) -> Response:
    form, visit, grant = read_form(request, TimeForm), await _to_move(request, booking), request.state.grant
    try:
        _there(await acts.move(grant, visit.visit.ref, form.wanted, form.sending, _booked(booking, "moved")) or None)
    except acts.Had as had:
        return see_other(request, _booked(had.ref, "had"))
    except acts.NotFree as refusal:
        page = _there(await desk_move_page(grant, booking, kept(form), since=refusal.starts_at))
        return await _not_free(request, page, refusal, form)
    except acts.NotChanged as refusal:
        return see_other(request, _booked(booking, refusal.reason))
    return see_other(request, _booked(booking, "moved"))


async def _to_move(request: Request, booking: str) -> VisitPage:
    """One whose patient is still seen here, whether it can be moved now or not."""
    page = await _visit(request, booking)
    return _there(page if page.row["seen_here"] else None)


async def _steps(request: Request, page: DeskBookPage) -> Response:
    if page.had:
        return see_other(request, _booked(page.had, "had"))
    return await render(request, page, BOOK, block="update", htmx=True, notice=notice_of(page))


async def _not_free(request: Request, page: DeskBookPage, refusal: acts.NotFree, form: TimeForm) -> Response:
    return await render(request, page, BOOK, htmx=True, status=409, notice=await not_free(request, refusal, form))


def _booked(ref: str, done: str = "booked") -> str:
    return f"/staff/appointments/{ref}?done={done}"


async def _visit(request: Request, booking: str):
    return _there(await visit_page(request.state.grant, parse_ref(booking).ref))


def _there(page):
    if page is None:
        raise NotFoundException
    return page


def _notice(request: Request, page: VisitPage):
    done = request.query_params.get("done", "")
    return done_of(done, DONE_FOR[done], name=page.row["name"]) if done in DONE_FOR else done_of(done)
