"""Codes to register with, at the front desk: handed over, posted, taken back, and charts for which they go by hand alone."""

from __future__ import annotations

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from access.vocabulary import Duty, staff
from acts.desk_code import NotIssued, issue_code, keep_to_desk, post_code, withdraw_code
from forms.desk import IssueForm
from handlers.forms import read_form
from handlers.frame import Notice
from handlers.refs import form_of, parse_ref
from handlers.respond import in_form, render, see_other
from pages.code_letter import handed_over
from pages.desk import code_page
from words.gettext import N_, Later

DONE = {
    "open": N_("They can sign in anywhere again, with the password they have."),
    "posted": N_("The letter waits under “Letters to print”."),
    "withdrawn": N_("All codes are taken back."),
    "kept": N_("From now on codes are handed over at the desk alone."),
    "freed": N_("Codes may go by post and email again."),
}
ACCESS, CODE = staff(Duty.FRONT_DESK), "staff/code.html"


def _at(record: str, done: str) -> str:
    return f"/staff/records/{record}/code?done={done}"


@get(["/staff/records/{record:str}/code", "/staff/records/{record:str}/code.pdf"], access=ACCESS)
async def code(request: Request, record: FromPath[str]) -> Response:
    ref, letter, form = parse_ref(record).ref, request.query_params.get("letter", ""), form_of(request.url.path)
    page = await handed_over(request.state.grant, ref, letter) if letter else None
    if page or form:
        return await in_form(request, page, form, "letters/code.html", "letter")
    return await _code_page(request, ref)


async def _code_page(request: Request, ref: str, status: int = 200) -> Response:
    page, done = await code_page(request.state.grant, ref), request.query_params.get("done", "")
    if page is None:
        raise NotFoundException
    shown = done in DONE and status == 200 and (done == "open") is page.registered
    return await render(request, page, CODE, status=status, notice=Notice("good", Later(DONE[done])) if shown else None)


@post("/staff/records/{record:str}/code", access=ACCESS)
async def issue(request: Request, record: FromPath[str]) -> Response:
    outcome = await issue_code(request.state.grant, parse_ref(record).ref, read_form(request, IssueForm).sending)
    if not isinstance(outcome, NotIssued):
        return see_other(request, f"/staff/records/{record}/code?letter={outcome.letter}")
    if outcome.reason == "registered":
        return see_other(request, _at(record, "open"))
    return await _code_page(request, record, 422)


@post("/staff/records/{record:str}/code/posting", access=ACCESS)
async def posting(request: Request, record: FromPath[str]) -> Response:
    """What the page did not offer is refused with the page, which says why."""
    ref, sending = parse_ref(record).ref, read_form(request, IssueForm).sending
    reason = await post_code(request.state.grant, ref, sending, _at(ref, "posted"))
    return await _code_page(request, ref, 422) if reason else see_other(request, _at(ref, "posted"))


@post("/staff/records/{record:str}/code/withdrawal", access=ACCESS)
async def withdrawal(request: Request, record: FromPath[str]) -> Response:
    ref, sending = parse_ref(record).ref, read_form(request, IssueForm).sending
    if not await withdraw_code(request.state.grant, ref, sending, _at(ref, "withdrawn")):
        raise NotFoundException
    return see_other(request, _at(ref, "withdrawn"))


@post("/staff/records/{record:str}/code/desk-only", access=ACCESS)
async def desk_only(request: Request, record: FromPath[str]) -> Response:
    return await _keep(request, parse_ref(record).ref, True, "kept")


@post("/staff/records/{record:str}/code/any-way", access=ACCESS)
async def any_way(request: Request, record: FromPath[str]) -> Response:
    return await _keep(request, parse_ref(record).ref, False, "freed")


async def _keep(request: Request, ref: str, only: bool, done: str) -> Response:
    sending = read_form(request, IssueForm).sending
    if not await keep_to_desk(request.state.grant, ref, only, sending, _at(ref, done)):
        raise NotFoundException
    return see_other(request, _at(ref, done))


ALONE = (code, issue, posting, withdrawal, desk_only, any_way)
