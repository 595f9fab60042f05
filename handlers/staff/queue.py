"""What patients asked for, on the clinic's side: the queue of one's duty, one thing of it, and the answer."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from access.grant import RecordGrant
from access.items import open_item
from access.vocabulary import ANSWERS_REQUESTS, staff
from acts import request_queue as acts
from acts.requests import TooLate, keep_reply
from files.store import Prepared
from forms.requests import AnswerForm, TakeOverForm
from forms.security import PressForm
from handlers.forms import open_form, read_form
from handlers.frame import Notice
from handlers.keeping import file_of
from handlers.refs import parse_file, parse_ref, until_of
from handlers.requests import kept, saved
from handlers.respond import attached, invalid, is_htmx, render, see_other, status_alone
from pages.queue import item_file, item_page, queue_page
from rules.requests import reply_path
from words.gettext import N_, Later, _

ACCESS = staff(*ANSWERS_REQUESTS)
ANSWERED = "/staff/requests?done=answered"
TOO_LATE = N_("It is not yours any more: it was taken back, or somebody else has it. Nothing was sent.")
DONE = {
    "over": N_("You have it now. Whoever had it sees that you took it over."),
    "taken": N_("You have taken it. Nobody else will work on it."), "back": N_("You gave it back."),
    "answered": N_("Your answer is sent."),
    "late": N_("Somebody else was faster, or it was taken back. Nothing was changed."),
}  # fmt: skip


@get("/staff/requests", access=ACCESS)
async def queue(request: Request) -> Response:
    page = await queue_page(request.state.grant, request.query_params.get("after", ""))
    return await render(request, page, "staff/requests.html", notice=_notice(request))


@get("/staff/requests/{item:str}", access=ACCESS)
async def item(request: Request, item: FromPath[str]) -> Response:
    page, _grant = await _found(request, item)
    form = await open_form(request, AnswerForm, answers=page.answers, seen=page.seen, **page.typed)
    notice = kept(request) or _notice(request)
    return await render(request, page, "staff/request.html", form=form, notice=notice, htmx=page.opened is not None)


@post("/staff/requests/{item:str}/assignment", access=ACCESS)
async def take(request: Request, item: FromPath[str]) -> Response:
    return await _assign(request, item, acts.take, f"/staff/requests/{item}?done=taken")


@post("/staff/requests/{item:str}/takeover", access=ACCESS)
async def take_over(request: Request, item: FromPath[str]) -> Response:
    act = partial(acts.take_over, had=read_form(request, TakeOverForm).had.data or "")
    return await _assign(request, item, act, f"/staff/requests/{item}?done=over")


@post("/staff/requests/{item:str}/return", access=ACCESS)
async def give_back(request: Request, item: FromPath[str]) -> Response:
    return await _assign(request, item, acts.give_back, "/staff/requests?done=back")


@get("/staff/requests/{item:str}/files/{file:str}", access=ACCESS)
async def file(request: Request, item: FromPath[str], file: FromPath[str]) -> Response:
    return attached(request, await item_file(request.state.grant, *parse_file(item, file)))


@post("/staff/requests/{item:str}", access=ACCESS, upload=True)
async def answer(request: Request, item: FromPath[str]) -> Response:
    page, grant = await _found(request, item)
    form = read_form(request, AnswerForm, answers=page.answers)
    if grant:
        whole, file = form.validate(), await file_of(request, grant, form)
        if whole and not form.problems and await _sent(grant, form, file):
            return see_other(request, ANSWERED)
    return await _not_sent(request, item, form)


@post("/staff/requests/{item:str}/draft", access=ACCESS, upload=True)
async def draft(request: Request, item: FromPath[str]) -> Response:
    """For who has taken it; what somebody else has by now is answered by nobody else."""
    ref, form, here = parse_ref(item).ref, read_form(request, AnswerForm), f"/staff/requests/{item}"
    grant = await open_item(request.state.grant, ref)
    if grant is None or not await keep_reply(grant, ref, form.draft, replace(form.sending, route=here)):
        return status_alone(request, _(TOO_LATE), 422) if is_htmx(request) else await _not_sent(request, item, form)
    return await saved(request, grant, reply_path(ref), here)


async def _sent(grant: RecordGrant, form: AnswerForm, file: Prepared | None) -> bool:
    try:
        await acts.answer(grant, form.chosen, form.words.data, form.seen.data, form.sending, ANSWERED, file)
    except (TooLate, acts.NewWords):
        return False
    return True


async def _not_sent(request: Request, item: str, form: AnswerForm) -> Response:
    """The page as it stands by now, with what was typed, and why it was not sent."""
    page, grant = await _found(request, item)
    if grant is None:
        return await render(request, page, "staff/request.html", form=form, notice=Notice("warn", Later(TOO_LATE)), status=422)
    if form.seen.data != page.seen:
        form.must_look_again(page.seen)
    return await invalid(request, page, "staff/request.html", form, htmx=True)


async def _assign(request: Request, item: str, act, outcome: str) -> Response:
    try:
        there = await act(request.state.grant, parse_ref(item).ref, read_form(request, PressForm).sending, outcome)
    except TooLate:
        return see_other(request, f"/staff/requests/{item}?done=late")
    if not there:
        raise NotFoundException
    return see_other(request, outcome)


async def _found(request: Request, item: str):
    found = await item_page(request.state.grant, parse_ref(item).ref, until_of(request))
    if found is None:
        raise NotFoundException
    return found


def _notice(request: Request) -> Notice | None:
    done = request.query_params.get("done", "")
    return Notice("warn" if done == "late" else "good", Later(DONE[done])) if done in DONE else None
