"""Asking the clinic for something: all that was asked, and for each kind its list, its form, one of them, and what can
be done with it."""

from __future__ import annotations

from dataclasses import replace

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler

from access.grant import RecordGrant
from access.vocabulary import Action, Category, record
from acts import requests as acts
from acts.drafts import keep_draft
from forms.requests import AskForm, SayForm
from forms.security import PressForm
from handlers.forms import open_form, read_form
from handlers.frame import Notice
from handlers.listing import list_routes
from handlers.keeping import file_of
from handlers.refs import FORMS, number_of, parse_file, parse_ref, until_of
from handlers.respond import attached, in_form, invalid, is_htmx, nothing_new, render, see_other, unasked
from pages.asking import AskPage, ask_page
from pages.drafts import Draft, draft_of
from pages.request import RequestPage, request_file, request_page
from pages.requests import LISTINGS, REQUESTS
from rules.requests import KINDS, reply_path
from words.dates import when
from words.gettext import N_, Later

NAMES = {"message": "message", "refill": "refill", "visit": "visit_request"}
"""What one of them is called in an address's template."""
NEW, SHOW = "requests/new.html", "requests/show.html"
TOO_LATE = N_("This was answered or taken back before your words came, so they were not sent. Copy them, and ask again")
KEPT = {"kept": N_("Draft saved. It is not sent yet."), "empty": N_("There is nothing to save yet.")}
TOO_MANY = {
    "asks": N_("You asked us 20 things today, which is the most for one day. Call us if it cannot wait, or send this after %(when)s"),
    "says": N_("You wrote 40 times more today, which is the most for one day. Call us if it cannot wait, or send this after %(when)s"),
    "files": N_("You sent 10 files today, or 100 this year, which is the most. Send your words without it, or the file after %(when)s"),
}  # fmt: skip
AGAIN = N_("You sent this already, on %(when)s. We have it once.")
DONE = {
    "asked": N_("We have it. You can see here how it stands."), "said": N_("We have it."),
    "cancelled": N_("You took it back. Nobody will work on it."), "late": N_("It was answered before you took it back."),
    "waiting": N_("You have asked for this already. Here is how it stands."),
}  # fmt: skip


def _reading(kind: str) -> tuple[HTTPRouteHandler, ...]:
    """A reply goes to an address of its own: where the line is down, a browser puts its error page in the place of a page that
    posts to itself, and Back leads past what was typed. What waits for who signs in again is shown there too."""
    path, name = LISTINGS[kind].path, NAMES[kind]
    access = record(Category(KINDS[kind].category), page=path)

    @get([f"/{path}/{{{name}:str}}", f"/{path}/{{{name}:str}}/reply"], access=access)
    async def show(request: Request) -> Response:
        asked = parse_ref(request.path_params[name], FORMS)
        page = await request_page(request.state.grant, kind, asked.ref, until_of(request))
        if asked.form or page is None:
            return await in_form(request, page, asked.form, "sheet/show.html", path)
        notice = kept(request) or _notice(request, page)
        return await render(request, page, SHOW, form=await _reply(request, page), notice=notice, htmx=page.is_live)

    @get(f"/{path}/{{{name}:str}}/files/{{file:str}}", access=access)
    async def file(request: Request) -> Response:
        ref, place = parse_file(request.path_params[name], request.path_params["file"])
        return attached(request, await request_file(request.state.grant, kind, ref, place))

    return *list_routes(LISTINGS[kind]), show, file


def _asking(kind: str) -> tuple[HTTPRouteHandler, ...]:
    """The form stands at the draft's address too: who had to sign in again on the way to it comes back there."""
    path = LISTINGS[kind].path
    access = record(Category(KINDS[kind].category), Action.ACT, page=path)

    @get([f"/{path}/new", f"/{path}/draft"], access=access)
    async def new(request: Request) -> Response:
        about = request.query_params.get("about", "")
        page = await ask_page(request.state.grant, kind, about)
        form = await open_form(request, AskForm, **({"subject": about} | page.typed), **_offered(page))
        return await render(request, page, NEW, form=form, notice=kept(request), htmx=True)

    @post(f"/{path}/new", access=access, upload=True)
    async def ask(request: Request) -> Response:
        return await _asked(request, kind, path)

    @post(f"/{path}/draft", access=access, upload=True)
    async def draft(request: Request) -> Response:
        form = read_form(request, AskForm, **_offered(await ask_page(request.state.grant, kind)))
        await keep_draft(request.state.grant, path, form.draft, replace(form.sending, route=_beside(request, "new")))
        return await saved(request, request.state.grant, path, f"/records/{request.state.grant.record_ref}/{path}/new")

    return new, ask, draft


async def saved(request: Request, grant: RecordGrant, at: str, form: str) -> Response:
    """`at` is where the draft is kept below the record, `form` the address of its form."""
    draft = Draft(await draft_of(grant, at), silent=unasked(request) and "told" in request.state.fields)
    if not is_htmx(request):
        return see_other(request, f"{form}?done={'kept' if draft.kept else 'empty'}")
    return await render(request, draft, "requests/_saved.html")


async def _asked(request: Request, kind: str, path: str) -> Response:
    page = await ask_page(request.state.grant, kind)
    form = read_form(request, AskForm, **_offered(page))
    asking = page.asking(*form.asked) if form.validate() else None
    file = await file_of(request, request.state.grant, form)
    if asking is None or form.problems:
        return await invalid(request, page, NEW, form, htmx=True)
    try:
        ref, done = await acts.ask(request.state.grant, asking, form.sending, path, file), "asked"
    except acts.AlreadyOpen as open_one:
        ref, done = open_one.ref, "waiting"
    except acts.SentLately as before:
        await keep_draft(request.state.grant, path, {}, form.sending)
        ref, done = before.ref, "again"
    except acts.TooMany as many:
        _refuse(form, many)
        return await invalid(request, page, NEW, form, htmx=True)
    return see_other(request, page.link(path, ref, done=done))


def _acting(kind: str) -> tuple[HTTPRouteHandler, ...]:
    path, name = LISTINGS[kind].path, NAMES[kind]
    access = record(Category(KINDS[kind].category), Action.ACT, page=path)

    @post(f"/{path}/{{{name}:str}}/reply", access=access, upload=True)
    async def say(request: Request) -> Response:
        return await _said(request, await _found(request, kind))

    @post(f"/{path}/{{{name}:str}}/draft", access=access, upload=True)
    async def draft(request: Request) -> Response:
        return await _kept(request, path, parse_ref(request.path_params[name]).ref)

    @post(f"/{path}/{{{name}:str}}/cancellation", access=access)
    async def cancel(request: Request) -> Response:
        page, sending = await _found(request, kind), read_form(request, PressForm).sending
        done = page.link(*page.here, done="cancelled")
        try:
            await acts.withdraw(request.state.grant, page.here[1], sending, done)
        except acts.TooLate:
            return see_other(request, page.link(*page.here, done="late"))
        return see_other(request, done)

    @get(f"/{path}/{{{name}:str}}/answers", access=replace(record(Category(KINDS[kind].category), page=path), passive=True))
    async def answers(request: Request) -> Response:
        page = replace(await _found(request, kind), had=number_of(request.query_params.get("seen", "")))
        if is_htmx(request) and not page.came:
            return nothing_new(request, page.spoken)
        notice = None if is_htmx(request) else Notice("good" if page.came else "", page.spoken)
        return await render(request, page, SHOW, form=await _reply(request, page), notice=notice, block="update")

    return (say, draft, answers) if KINDS[kind].talk else (say, draft, cancel)


async def _kept(request: Request, path: str, ref: str) -> Response:
    """A reply as far as it is written."""
    grant, form = request.state.grant, read_form(request, SayForm)
    if not await acts.keep_reply(grant, ref, form.draft, replace(form.sending, route=_beside(request, "reply"))):
        raise NotFoundException
    return await saved(request, grant, reply_path(ref), f"/records/{grant.record_ref}/{path}/{ref}")


async def _reply(request: Request, page: RequestPage) -> SayForm:
    """With what was kept of it. Where no words can be added by now, those that come back say so."""
    form = await open_form(request, SayForm, **page.draft.fields)
    if form.came_back and not page.may_say:
        form.fail("words", Later(TOO_LATE))
    return form


async def _said(request: Request, page: RequestPage) -> Response:
    """What came after the answer is not added, and stays where it was typed."""
    form = read_form(request, SayForm)
    whole, file = form.validate(), await file_of(request, request.state.grant, form)
    if not whole or form.problems:
        return await invalid(request, page, SHOW, form, htmx=page.is_live)
    here, ref = page.link(*page.here, done="said"), page.here[1]
    try:
        await acts.say(request.state.grant, ref, form.words.data, form.sending, here, file)
    except acts.SentLately:
        await keep_draft(request.state.grant, reply_path(ref), {}, form.sending)
        return see_other(request, page.link(*page.here, done="again"))
    except acts.TooLate:
        form.fail("words", Later(TOO_LATE))
        return await invalid(request, page, SHOW, form, htmx=page.is_live)
    except acts.TooMany as many:
        _refuse(form, many)
        return await invalid(request, page, SHOW, form, htmx=page.is_live)
    return see_other(request, here)


def _refuse(form: AskForm | SayForm, many: acts.TooMany) -> None:
    form.fail("file" if many.what == "files" else "words", Later(TOO_MANY[many.what], when=lambda: when(many.again_at)))


async def _found(request: Request, kind: str) -> RequestPage:
    page = await request_page(request.state.grant, kind, parse_ref(request.path_params[NAMES[kind]]).ref)
    if page is None:
        raise NotFoundException
    return page


def _beside(request: Request, last: str) -> str:
    """The address that ends so where this one ends otherwise."""
    return f"{request.url.path.rpartition('/')[0]}/{last}"


def _offered(page: AskPage) -> dict:
    return {"topics": page.topics, "subjects": page.subjects, "optional": page.kind == "refill"}


def kept(request: Request) -> Notice | None:
    """Whether the draft was saved that the button was pressed for."""
    done = request.query_params.get("done", "")
    return Notice("good" if done == "kept" else "warn", Later(KEPT[done])) if done in KEPT else None


def _notice(request: Request, page: RequestPage) -> Notice | None:
    done = request.query_params.get("done", "")
    if done == "again" and page.sent_at:
        return Notice("warn", Later(AGAIN, when=lambda: when(page.sent_at)))
    return Notice("warn" if done in ("late", "waiting") else "good", Later(DONE[done])) if done in DONE else None


ROUTES = (*list_routes(REQUESTS), *(route for kind in KINDS for part in (_reading, _asking, _acting) for route in part(kind)))
