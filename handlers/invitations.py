"""A patient invites somebody to help; sees how the invitation stands; makes it new, or takes it back."""

from __future__ import annotations

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from acts import invitations as acts
from forms.security import PressForm
from forms.sharing import InviteForm
from handlers.errors import TooMany
from handlers.forms import open_form, read_form
from handlers.frame import Notice
from handlers.refs import parse_ref
from handlers.respond import invalid, render, see_other
from handlers.security import done_notice
from handlers.sharing import CHANGE, CONFIRM, DONE, END, LOOK, SEE, chosen_end, today_at_clinic
from pages.given import Given
from pages.invitations import invitation_page
from pages.sharing import invite_page
from words.gettext import N_, Later

INVITE = "sharing/invite.html"
SENT, SHORT = N_("The invitation is sent. Now tell them this code."), N_("Sent")
A_DAY = 1440


@get(["/sharing/invitations", "/sharing/invitations/check"], access=CHANGE)
async def invite(request: Request) -> Response:
    page = await invite_page(request.state.grant)
    if not page.may_change:
        raise NotFoundException
    form = await open_form(request, InviteForm, **today_at_clinic(request.state.grant))
    if form.came_back and request.url.path.endswith(LOOK) and form.validate():
        return await _last_look(request, form)
    return await render(request, page, INVITE, form=form)


async def _last_look(request: Request, form: InviteForm) -> Response:
    page = await invite_page(request.state.grant, form.name.data, Given.of(form.scopes, "helper", chosen_end(form)))
    return await render(request, page, CONFIRM, form=form)


@post("/sharing/invitations/check", access=CHANGE)
async def check(request: Request) -> Response:
    """Changes nothing: it is a POST so that no name and no address stands in an address."""
    grant = request.state.grant
    form = read_form(request, InviteForm, **today_at_clinic(grant))
    if not form.validate():
        return await invalid(request, await invite_page(grant), INVITE, form)
    if "to" in request.state.fields:
        return await render(request, await invite_page(grant), INVITE, form=form)
    return await _last_look(request, form)


@post("/sharing/invitations", access=CHANGE)
async def send(request: Request) -> Response:
    grant = request.state.grant
    form = read_form(request, InviteForm, **today_at_clinic(grant))
    if not form.validate():
        return await invalid(request, await invite_page(grant), INVITE, form)
    asked = acts.Asked(form.name.data, form.email.data, form.says_name.data, form.scopes, chosen_end(form))
    outcome = await acts.invite(grant, asked, form.sending)
    return see_other(request, outcome.outcome) if isinstance(outcome, acts.Invited) else await _not_sent(request, form, outcome)


async def _not_sent(request: Request, form: InviteForm, outcome: acts.NotInvited) -> Response:
    if outcome.reason == "often":
        raise TooMany(A_DAY)
    form.refuse(outcome.reason)
    return await invalid(request, await invite_page(request.state.grant), INVITE, form)


@get("/sharing/invitations/{invitation:str}", access=SEE)
async def invitation(request: Request, invitation: FromPath[str]) -> Response:
    letter = request.query_params.get("letter", "")
    page = await invitation_page(request.state.grant, parse_ref(invitation).ref, letter)
    if page is None:
        raise NotFoundException
    sent = Notice("good", Later(SENT), short=Later(SHORT)) if page.code else None
    return await render(request, page, "sharing/invitation.html", notice=sent or done_notice(request, DONE))


@post("/sharing/invitations/{invitation:str}/renewal", access=CHANGE)
async def renew(request: Request, invitation: FromPath[str]) -> Response:
    ref, sending = parse_ref(invitation).ref, read_form(request, PressForm).sending
    outcome = await acts.renew(request.state.grant, ref, sending)
    if isinstance(outcome, acts.Invited):
        return see_other(request, outcome.outcome)
    if outcome.reason == "often":
        raise TooMany(A_DAY)
    return see_other(request, f"/records/{request.state.grant.record_ref}/sharing?done=answered")


@post("/sharing/invitations/{invitation:str}/withdrawal", access=END)
async def withdraw(request: Request, invitation: FromPath[str]) -> Response:
    ref, sending = parse_ref(invitation).ref, read_form(request, PressForm).sending
    done = f"/records/{request.state.grant.record_ref}/sharing?done="
    withdrawn = await acts.withdraw(request.state.grant, ref, sending, f"{done}withdrawn")
    return see_other(request, done + ("withdrawn" if withdrawn else "answered"))


ROUTES = (invite, check, send, invitation, renew, withdraw)
