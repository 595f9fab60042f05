"""A patient's sign-in on the staff's side: how it stands; a recovery in person; all browsers out; frozen, and open again."""

from __future__ import annotations

from collections.abc import Awaitable

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from access.vocabulary import FINDERS, staff
from acts import logins as acts
from forms.recovery import FreezeForm, ProofForm
from forms.security import PressForm
from handlers.forms import open_form, read_form
from handlers.frame import Notice
from handlers.refs import form_of, parse_ref
from handlers.respond import in_form, invalid, render, see_other
from handlers.security import done_notice
from pages.login import LoginPage, login_page, recovery_letter
from words.gettext import N_, Later

SEE, DO = staff(*sorted(FINDERS)), staff(*sorted(FINDERS), step_up=True)
AT = "/staff/records/{record:str}/login"
SHOW, RECOVERY, FREEZE = (f"staff/login/{name}.html" for name in ("show", "recovery", "freeze"))
DONE = {
    "out": N_("All browsers of this patient are signed out."),
    "frozen": N_("The account is frozen. Nobody can sign in to it."),
    "open": N_("The account is open again. The patient signs in as before."),
    "stopped": N_("The recovery is stopped. Its code works no more."),
}
FASTER = N_("Nothing was done: the account is not as it was when you opened the page.")


@get(AT, access=SEE)
async def login(request: Request, record: FromPath[str]) -> Response:
    return await render(request, await _page(request, record), SHOW, notice=done_notice(request, DONE))


async def _page(request: Request, record: str) -> LoginPage:
    page = await login_page(request.state.grant, parse_ref(record).ref)
    if page is None:
        raise NotFoundException
    return page


@get([f"{AT}/recovery", f"{AT}/recovery.pdf"], access=DO)
async def recovery(request: Request, record: FromPath[str]) -> Response:
    """The form; or, for a quarter of an hour, to who began it, the letter with the code."""
    ref, kind = parse_ref(record).ref, form_of(request.url.path)
    letter = await recovery_letter(request.state.grant, ref, request.query_params.get("letter", ""))
    if letter or kind:
        return await in_form(request, letter, kind, "letters/code.html", "code")
    return await render(request, await _page(request, record), RECOVERY, form=await open_form(request, ProofForm))


@post(f"{AT}/recovery", access=DO)
async def begin_recovery(request: Request, record: FromPath[str]) -> Response:
    form, ref = read_form(request, ProofForm), parse_ref(record).ref
    if not form.validate():
        return await invalid(request, await _page(request, record), RECOVERY, form)
    try:
        return see_other(request, (await acts.begin_recovery(request.state.grant, ref, form.proof.data, form.sending)).outcome)
    except acts.NotNow:
        return await _nothing(request, record)
    except LookupError:
        raise NotFoundException from None


@post(f"{AT}/recovery/end", access=DO)
async def stop_recovery(request: Request, record: FromPath[str]) -> Response:
    return await _pressed(request, record, acts.stop_recovery, "stopped")


@post(f"{AT}/sessions/end", access=DO)
async def end_sessions(request: Request, record: FromPath[str]) -> Response:
    return await _pressed(request, record, acts.end_sessions, "out")


@get(f"{AT}/freeze", access=DO)
async def freezing(request: Request, record: FromPath[str]) -> Response:
    return await render(request, await _page(request, record), FREEZE, form=await open_form(request, FreezeForm))


@post(f"{AT}/freeze", access=DO)
async def freeze(request: Request, record: FromPath[str]) -> Response:
    form, ref = read_form(request, FreezeForm), parse_ref(record).ref
    if not form.validate():
        return await invalid(request, await _page(request, record), FREEZE, form)
    outcome = f"/staff/records/{ref}/login?done=frozen"
    return await _done(request, record, acts.freeze(request.state.grant, ref, form.reason.data, form.sending, outcome), outcome)


@post(f"{AT}/freeze/end", access=DO)
async def unfreeze(request: Request, record: FromPath[str]) -> Response:
    return await _pressed(request, record, acts.unfreeze, "open")


async def _pressed(request: Request, record: str, act, done: str) -> Response:
    sending, ref = read_form(request, PressForm).sending, parse_ref(record).ref
    outcome = f"/staff/records/{ref}/login?done={done}"
    return await _done(request, record, act(request.state.grant, ref, sending, outcome), outcome)


async def _done(request: Request, record: str, act: Awaitable[None], outcome: str) -> Response:
    try:
        await act
    except acts.NotNow:
        return await _nothing(request, record)
    except LookupError:
        raise NotFoundException from None
    return see_other(request, outcome)


async def _nothing(request: Request, record: str) -> Response:
    """As it stands by now, and that nothing was done."""
    return await render(request, await _page(request, record), SHOW, notice=Notice("warn", Later(FASTER)), status=422)


ALONE = (login, recovery, begin_recovery, stop_recovery, end_sessions, freezing, freeze, unfreeze)
