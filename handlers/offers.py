"""Somebody who was invited: by the link of the letter, or by an address of their own; the code, then yes or no."""

from __future__ import annotations

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from access.opening import open_account
from access.vocabulary import PERSONAL
from acts import accepting as acts
from forms.sharing import AnswerForm, ToldCodeForm
from handlers.errors import TooMany
from handlers.forms import read_form
from handlers.frame import with_query
from handlers.refs import parse_ref
from handlers.respond import invalid, render, see_other
from handlers.sign_in import minutes_until
from pages.offers import NotAnswered, code_page, offer_page, offers_page, waits_for

CODE, OFFER, GONE = (f"invitations/{name}.html" for name in ("code", "show", "gone"))


async def show_link(request: Request, capability: str) -> Response:
    return await render(request, code_page(request.state.viewer, request.url.path), CODE, form=ToldCodeForm())


async def code_of_link(request: Request, capability: str) -> Response:
    viewer = request.state.viewer
    if viewer.level != "full":
        return see_other(request, with_query("/sign-in", next=request.url.path))
    request.state.grant = open_account(request.app.state.house, viewer)
    return await _take_code(request, capability)


async def _take_code(request: Request, secret: str) -> Response:
    form, viewer = read_form(request, ToldCodeForm), request.state.viewer
    if form.validate():
        outcome = await acts.check_code(request.state.grant, secret, form.code.data)
        if isinstance(outcome, acts.Step):
            return see_other(request, with_query(f"/invitations/{outcome.ref}", step=outcome.token))
        if outcome.again_at:
            raise TooMany(minutes_until(outcome.again_at, viewer.now))
        if outcome.reason in ("gone", "staff"):
            return await _refused(request, outcome.reason)
        form.refuse(outcome.reason)
    return await invalid(request, code_page(viewer, request.url.path), CODE, form)


async def _refused(request: Request, reason: str = "gone") -> Response:
    return await render(request, NotAnswered(reason), GONE, status=404 if reason == "gone" else 422)


@get("/invitations", access=PERSONAL)
async def offers(request: Request) -> Response:
    return await render(request, await offers_page(request.state.grant), "invitations/index.html")


@get("/invitations/{invitation:str}", access=PERSONAL)
async def offer(request: Request, invitation: FromPath[str]) -> Response:
    ref, step = parse_ref(invitation).ref, request.query_params.get("step", "")
    secret = await acts.step_grant(request.state.grant, ref, step)
    page = await offer_page(secret, ref, step) if secret else None
    if page:
        return await render(request, page, OFFER)
    if await waits_for(request.state.grant, ref):
        return await render(request, code_page(request.state.viewer, request.url.path), CODE, form=ToldCodeForm())
    return await _refused(request)


@post("/invitations/{invitation:str}", access=PERSONAL)
async def code_of_address(request: Request, invitation: FromPath[str]) -> Response:
    secret = await acts.secret_of(request.state.grant, parse_ref(invitation).ref)
    return await _take_code(request, secret) if secret else await _refused(request)


@post("/invitations/{invitation:str}/acceptance", access=PERSONAL)
async def accept(request: Request, invitation: FromPath[str]) -> Response:
    form, done = read_form(request, AnswerForm), "/records?done=helping"
    refused = await acts.accept(request.state.grant, parse_ref(invitation).ref, form.step.data or "", form.sending, done)
    return await _refused(request, refused.reason) if refused else see_other(request, done)


@post("/invitations/{invitation:str}/refusal", access=PERSONAL)
async def decline(request: Request, invitation: FromPath[str]) -> Response:
    form, done = read_form(request, AnswerForm), "/records?done=declined"
    refused = await acts.decline(request.state.grant, parse_ref(invitation).ref, form.step.data or "", form.sending, done)
    return await _refused(request, refused.reason) if refused else see_other(request, done)


ALONE = (offers, offer, code_of_address, accept, decline)
