"""Where an account is written to: seen, added with a code, taken away; and the link that takes a change back."""

from __future__ import annotations

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from access.guard import Refused
from access.opening import Denied
from access.vocabulary import ACCOUNT, PUBLIC, account
from acts import contact as acts
from acts.contact_stop import stop_change
from forms.base import Form
from forms.contact import ConfirmForm, NewEmailForm, NewPhoneForm, RemovalForm
from forms.security import PressForm
from handlers.errors import TooMany
from handlers.forms import open_form, read_form
from handlers.refs import parse_ref
from handlers.respond import invalid, render, see_other
from handlers.security import done_notice
from handlers.sign_in import minutes_until
from pages.contact import StoppedPage, confirm_page, contact_page, new_address_page, removal_page, stop_page
from rules.addresses import EMAIL_KIND
from words.gettext import N_

HOME, FRESH = "/account/contact", account(step_up=True)
INDEX, NEW, PHONE, CONFIRM, REMOVAL, STOP, STOPPED = (
    f"contact/{name}.html" for name in ("index", "new", "phone", "confirm", "removal", "stop", "stopped")
)
DONE = {
    "confirmed": N_("It is confirmed. We write to it from now on."),
    "removed": N_("It is taken away. We do not write to it any more."),
    "was": N_("Nothing was done: this is not on your account any more, or it is confirmed already."),
}


@get(HOME, access=ACCOUNT)
async def contact(request: Request) -> Response:
    return await render(request, await contact_page(request.state.grant), INDEX, notice=done_notice(request, DONE))


@get(f"{HOME}/new", access=FRESH)
async def new(request: Request) -> Response:
    page = await new_address_page(request.state.grant)
    return await render(request, page, NEW, form=await open_form(request, NewEmailForm))


@post(f"{HOME}/new", access=FRESH)
async def add(request: Request) -> Response:
    form = read_form(request, NewEmailForm)
    return await _add(request, form, NEW, EMAIL_KIND, form.address if form.validate() else "")


@get(f"{HOME}/phone", access=FRESH)
async def new_phone(request: Request) -> Response:
    _needs_phones(request)
    page = await new_address_page(request.state.grant)
    return await render(request, page, PHONE, form=await open_form(request, NewPhoneForm))


@post(f"{HOME}/phone", access=FRESH)
async def add_phone(request: Request) -> Response:
    _needs_phones(request)
    form = read_form(request, NewPhoneForm)
    return await _add(request, form, PHONE, form.way.data, form.number if form.validate() else "")


def _needs_phones(request: Request) -> None:
    if not request.state.grant.house.phones:
        raise NotFoundException


async def _add(request: Request, form: Form, template: str, kind: str, value: str) -> Response:
    """`value` is "" for what is no address."""
    if value:
        outcome = await acts.add_address(request.state.grant, kind, value, form.sending)
        if isinstance(outcome, acts.Done):
            return see_other(request, outcome.outcome)
        _only_later(request, outcome)
        form.refuse(outcome.reason)
    return await invalid(request, await new_address_page(request.state.grant), template, form)


def _only_later(request: Request, outcome: acts.Refused) -> None:
    if outcome.again_at:
        raise TooMany(minutes_until(outcome.again_at, request.state.viewer.now))


@get(f"{HOME}/{{address:str}}/confirm", access=FRESH)
async def confirm(request: Request, address: FromPath[str]) -> Response:
    page = await confirm_page(request.state.grant, parse_ref(address).ref)
    if page is None:
        raise NotFoundException
    return await render(request, page, CONFIRM, form=await open_form(request, ConfirmForm))


@post(f"{HOME}/{{address:str}}/confirm", access=FRESH)
async def give_code(request: Request, address: FromPath[str]) -> Response:
    form, ref, done = read_form(request, ConfirmForm), parse_ref(address).ref, f"{HOME}?done=confirmed"
    if form.validate():
        outcome = await acts.confirm_address(request.state.grant, ref, form.code.data, form.sending, done)
        if isinstance(outcome, acts.Done):
            return see_other(request, done)
        if outcome:
            form.refuse(outcome.reason, outcome.again_at)
    return await _not_confirmed(request, ref, form)


async def _not_confirmed(request: Request, ref: str, form: ConfirmForm) -> Response:
    page = await confirm_page(request.state.grant, ref)
    if page is None:
        raise NotFoundException
    return await invalid(request, page, CONFIRM, form)


@post(f"{HOME}/{{address:str}}/code", access=FRESH)
async def send_again(request: Request, address: FromPath[str]) -> Response:
    ref, sending = parse_ref(address).ref, read_form(request, PressForm).sending
    outcome = await acts.send_again(request.state.grant, ref, sending, f"{HOME}/{ref}/confirm")
    if outcome is None:
        raise NotFoundException
    if isinstance(outcome, acts.Refused):
        _only_later(request, outcome)
    return see_other(request, f"{HOME}/{ref}/confirm")


@get(f"{HOME}/{{address:str}}/removal", access=FRESH)
async def removal(request: Request, address: FromPath[str]) -> Response:
    page = await removal_page(request.state.grant, parse_ref(address).ref)
    if page is None:
        raise NotFoundException
    return await render(request, page, REMOVAL, form=await open_form(request, RemovalForm))


@post(f"{HOME}/{{address:str}}/removal", access=FRESH)
async def remove(request: Request, address: FromPath[str]) -> Response:
    form, ref, done = read_form(request, RemovalForm), parse_ref(address).ref, f"{HOME}?done=removed"
    outcome = await acts.remove_address(request.state.grant, ref, form.paper.data, form.sending, done)
    if outcome is None:
        raise NotFoundException
    if isinstance(outcome, acts.Done):
        return see_other(request, done)
    return await _not_removed(request, ref, form, outcome.reason)


async def _not_removed(request: Request, ref: str, form: RemovalForm, reason: str) -> Response:
    """Meanwhile it may have become the last one, or a way to sign in: the page says so where it has nothing to ask."""
    page = await removal_page(request.state.grant, ref)
    if page is None:
        raise NotFoundException
    if page.paper:
        form.refuse(reason)
    return await invalid(request, page, REMOVAL, form)


async def show_stop(request: Request, capability: str) -> Response:
    """Programs that look through mail open links: opening this one stops nothing."""
    page = await stop_page(request.state.grant, request.url.path)
    return await render(request, page, STOP) if page else see_other(request, f"{HOME}/stopped")


async def press_stop(request: Request, capability: str) -> Response:
    done = f"{HOME}/stopped"
    if not await stop_change(request.state.grant, read_form(request, PressForm).sending, done):
        raise Refused(Denied("gone"))
    return see_other(request, done)


@get(f"{HOME}/stopped", access=PUBLIC)
async def stopped(request: Request) -> Response:
    return await render(request, StoppedPage(), STOPPED)


ALONE = (contact, new, add, new_phone, add_phone, confirm, give_code, send_again, removal, remove, stopped)
