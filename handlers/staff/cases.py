"""What people told us about their account or about a message, on the clinic's side."""

from __future__ import annotations

from collections.abc import Awaitable

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from access.vocabulary import HANDLES_CASES, staff
from acts import cases as acts
from forms.cases import CloseForm, NoteForm
from forms.security import PressForm
from handlers.forms import open_form, read_form
from handlers.frame import Notice
from handlers.refs import parse_ref
from handlers.respond import invalid, render, see_other
from pages.cases import CasePage, case_page, cases_page
from words.gettext import N_, Later

HOME, ONE = "/staff/cases", "/staff/cases/{case:str}"
SEES, ENDS = staff(*HANDLES_CASES), staff(*HANDLES_CASES, step_up=True)
SHOW, CLOSE = "staff/cases/show.html", "staff/cases/close.html"
DONE = {
    "taken": N_("You have taken it. Call them, and write down what you find."), "noted": N_("The note is kept."),
    "closed": N_("The case is closed. They read how it ended."), "unlocked": N_("They can change things again. They are told."),
    "late": N_("Nothing was done: somebody else has it by now, or it is done already."),
}  # fmt: skip


@get(HOME, access=SEES)
async def cases(request: Request) -> Response:
    return await render(request, await cases_page(request.state.grant), "staff/cases/index.html", notice=_notice(request))


@get(ONE, access=SEES)
async def case(request: Request, case: FromPath[str]) -> Response:
    page = await _found(request, case)
    return await render(request, page, SHOW, form=await open_form(request, NoteForm), notice=_notice(request))


@post(f"{ONE}/assignment", access=SEES)
async def take(request: Request, case: FromPath[str]) -> Response:
    outcome = f"{HOME}/{parse_ref(case).ref}?done=taken"
    sending = read_form(request, PressForm).sending
    return await _acted(request, case, acts.take(request.state.grant, parse_ref(case).ref, sending, outcome), outcome)


@post(f"{ONE}/notes", access=SEES)
async def note(request: Request, case: FromPath[str]) -> Response:
    form, ref = read_form(request, NoteForm), parse_ref(case).ref
    if not form.validate():
        return await invalid(request, await _found(request, case), SHOW, form)
    outcome = f"{HOME}/{ref}?done=noted"
    return await _acted(request, case, acts.note(request.state.grant, ref, form.words.data, form.sending, outcome), outcome)


@get(f"{ONE}/closing", access=ENDS)
async def closing(request: Request, case: FromPath[str]) -> Response:
    page = await _found(request, case)
    return await render(request, page, CLOSE, form=await open_form(request, CloseForm, outcomes=page.outcomes))


@post(f"{ONE}/closing", access=ENDS)
async def close(request: Request, case: FromPath[str]) -> Response:
    page = await _found(request, case)
    form, ref = read_form(request, CloseForm, outcomes=page.outcomes), parse_ref(case).ref
    if not form.validate():
        return await invalid(request, page, CLOSE, form)
    outcome, typed = f"{HOME}?done=closed", (form.outcome.data, form.words.data or "")
    return await _acted(request, case, acts.close(request.state.grant, ref, *typed, form.sending, outcome), outcome)


@post(f"{ONE}/unlocking", access=ENDS)
async def unlock(request: Request, case: FromPath[str]) -> Response:
    outcome = f"{HOME}/{parse_ref(case).ref}?done=unlocked"
    sending = read_form(request, PressForm).sending
    return await _acted(request, case, acts.unlock(request.state.grant, parse_ref(case).ref, sending, outcome), outcome)


async def _acted(request: Request, case: str, act: Awaitable[None], outcome: str) -> Response:
    try:
        await act
    except LookupError:
        raise NotFoundException from None
    except acts.NotYours:
        return see_other(request, f"{HOME}/{parse_ref(case).ref}?done=late")
    return see_other(request, outcome)


async def _found(request: Request, case: str) -> CasePage:
    page = await case_page(request.state.grant, parse_ref(case).ref)
    if page is None:
        raise NotFoundException
    return page


def _notice(request: Request) -> Notice | None:
    done = request.query_params.get("done", "")
    return Notice("warn" if done == "late" else "good", Later(DONE[done])) if done in DONE else None


ALONE = (cases, case, take, note, closing, close, unlock)
