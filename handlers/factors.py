"""One's own second factors: one more, another name, one less."""

from __future__ import annotations

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from access.vocabulary import account
from acts import factors as acts
from forms.factors import NameForm, NewAppForm, NewKeyForm
from forms.security import PressForm
from handlers.forms import open_form, read_form
from handlers.refs import parse_ref
from handlers.respond import invalid, render, see_other
from handlers.sign_in import SCRIPT
from pages.clinic import clinic
from pages.factors import NewAppPage, NewKeyPage, OneFactorPage, new_app_page, new_key_page, one_factor_page

FRESH = account(step_up=True)
NEW_KEY, NEW_APP, ONE, END = "factors/new_key.html", "factors/new_app.html", "factors/show.html", "factors/end.html"
ADDED, NAMED, ENDED = (f"/account/security?done={what}" for what in ("added", "named", "removed"))
KINDS = {"/account/passkeys/new": "passkey", "/account/keys/new": "key"}


async def _clinic_name(request: Request) -> str:
    return (await clinic(request.app.state.house.database, request.state.viewer.locale)).name


async def _new_key_page(request: Request) -> NewKeyPage:
    return await new_key_page(request.state.grant, KINDS[request.url.path], await _clinic_name(request))


@get([*KINDS], access=FRESH)
async def new_key(request: Request) -> Response:
    page = await _new_key_page(request)
    form = await open_form(request, NewKeyForm, name=page.offer)
    return await render(request, page, NEW_KEY, form=form, script=SCRIPT if page.asked else "")


@post([*KINDS], access=FRESH)
async def add_key(request: Request) -> Response:
    form, kind = read_form(request, NewKeyForm), KINDS[request.url.path]
    if form.validate():
        shown = form.credential.data, form.name.data
        reason = await acts.add_key(request.state.grant, kind, *shown, form.sending, ADDED)
        if not reason:
            return see_other(request, ADDED)
        form.refuse(reason)
    return await invalid(request, await _new_key_page(request), NEW_KEY, form, script=SCRIPT)


async def _new_app_page(request: Request, step: str = "") -> NewAppPage:
    return await new_app_page(request.state.grant, await _clinic_name(request), step)


@get("/account/apps/new", access=FRESH)
async def new_app(request: Request) -> Response:
    page = await _new_app_page(request, request.query_params.get("step", ""))
    form = await open_form(request, NewAppForm, name=page.offer)
    return await render(request, page, NEW_APP, form=form)


@post("/account/apps/new", access=FRESH)
async def add_app(request: Request) -> Response:
    form = read_form(request, NewAppForm)
    if form.validate():
        typed = form.step.data or "", form.code.data, form.name.data
        reason = await acts.add_app(request.state.grant, *typed, form.sending, ADDED)
        if not reason:
            return see_other(request, ADDED)
        form.refuse(reason)
    page = await _new_app_page(request, form.step.data or "-")
    return await invalid(request, page, NEW_APP, form) if page.setup else await render(request, page, NEW_APP, status=422)


async def _one(request: Request, factor: str) -> OneFactorPage:
    page = await one_factor_page(request.state.grant, parse_ref(factor).ref)
    if page is None:
        raise NotFoundException
    return page


@get("/account/factors/{factor:str}", access=FRESH)
async def one(request: Request, factor: FromPath[str]) -> Response:
    page = await _one(request, factor)
    return await render(request, page, ONE, form=await open_form(request, NameForm, name=page.factor.name))


@post("/account/factors/{factor:str}", access=FRESH)
async def name(request: Request, factor: FromPath[str]) -> Response:
    form, page = read_form(request, NameForm), await _one(request, factor)
    if not form.validate():
        return await invalid(request, page, ONE, form)
    await acts.name_factor(request.state.grant, page.factor.ref, form.name.data, form.sending, NAMED)
    return see_other(request, NAMED)


@get("/account/factors/{factor:str}/end", access=FRESH)
async def ending(request: Request, factor: FromPath[str]) -> Response:
    return await render(request, await _one(request, factor), END)


@post("/account/factors/{factor:str}/end", access=FRESH)
async def end(request: Request, factor: FromPath[str]) -> Response:
    form = read_form(request, PressForm)
    reason = await acts.end_factor(request.state.grant, parse_ref(factor).ref, form.sending, ENDED)
    if not reason:
        return see_other(request, ENDED)
    return await invalid(request, await _one(request, factor), END, form)


ALONE = (new_key, add_key, new_app, add_app, one, name, ending, end)
