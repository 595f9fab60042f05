"""Refusals and failures as pages. What somebody may not know is not found; nothing typed is said to be lost that was kept."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote

from litestar import Litestar, Request, Response
from litestar.exceptions import HTTPException
from litestar.types import Receive, Scope, Send

from access.audit import Entry
from access.grant import Changed
from access.guard import Refused
from access.opening import Denied
from handlers.form_layer import BadForm
from handlers.frame import own_address, with_query
from handlers.keys import what_it_did
from handlers.parking import filled_again, form_address, park_form
from handlers.respond import IN_ADDRESS, is_htmx, render, see_other, status_alone, unasked
from handlers.session_cookie import own_page
from handlers.standing import page_path, with_kept
from identity.parking import without_secrets
from pages.offers import NotAnswered
from pdf import PdfBusy, PdfFailed, PdfRefused, PdfTooLarge, PdfUnavailable
from tables.sending import AlreadySent
from tables.sqlite import DatabaseBusy
from words.gettext import N_, _, ngettext
from words.numbers import file_size

SIGN_IN = {"sign_in": "/sign-in", "half": "/sign-in/code", "staff_sign_in": "/staff/sign-in", "step_up": "/account/prove"}
TEMPLATES = {400: "400", 403: "403", 404: "404", 413: "413", 422: "422", 429: "429", 503: "503"}
REASONS = {
    "category": N_("%(name)s has not shared this part with you."),
    "blocked": N_("This record is closed for now. Please call us."),
    "locked": N_("Changes to your account are locked until we have spoken with you. Call us."),
    "duty": N_("This is not part of your duties here."),
    "origin": N_("This form did not come from our own page. Open the page again and send it from there."),
    "form": N_("We could not check that this form is yours. Open the page again and send it from there."),
    "older": N_("You signed in again since you opened this form, so nothing was sent. Open the form again and send it from there."),
    "changed": N_("What let you do this has ended, so nothing was done."),
}
FAILED = N_("That did not work. Nothing was lost. Try again, or call us.")
WHILE_TYPING = ("sign_in", "half", "older")
COMES_BACK = N_("This was not done, since your time was over. What you typed is still on this page. Send the form: it comes back when you are signed in.")
COPY_IT = N_("This was not done, since your time was over. What you typed is still on this page, and is not kept. Copy it before you go on.")
UNCHECKED = ("origin", "form")
"""Whether what was sent came from the person who is here is not known: none of it is shown."""


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """`reason` is a sentence or ""; `wait` and `limit` are words such as "15 minutes" and "64 KB"; `back` an address;
    `typed` what was in the form that was not taken."""

    reason: str = ""
    wait: str = ""
    limit: str = ""
    back: str = ""
    typed: str = ""


class TooMany(Exception):
    """A rate limit: `minutes` until it is worth trying again."""

    def __init__(self, minutes: int):
        super().__init__(str(minutes))
        self.minutes = minutes


async def refused(request: Request, error: Refused) -> Response:
    denied = error.denied
    request.scope["state"]["refusal"] = denied.entry or _entry(request, denied)
    if denied.reason in WHILE_TYPING and request.method == "POST" and unasked(request):
        return _goes_on_typing(request)
    if denied.reason in SIGN_IN and request.method == "POST":
        request.scope["state"]["parked"] = await park_form(request)
    if denied.reason == "older" and (first := await what_it_did(request, request.state.fields)):
        return await already_sent(request, first)
    if denied.reason == "sign_in" and _nobody_asked(request):
        return Response(b"", status_code=204)
    if denied.reason in SIGN_IN:
        return _to_proof(request, denied)
    if denied.reason == "merged":
        return await _moved_with_words(request, denied) if request.method == "POST" else _moved(request, denied)
    if denied.reason == "stranger":
        return await page(request, 404, typed=typed(request))
    if denied.reason == "gone":
        return await render(request, NotAnswered("gone"), "links/gone.html", status=404)
    kept = "" if denied.reason in UNCHECKED else typed(request)
    back = await filled_again(request) if denied.reason == "older" else ""
    return await page(request, 403, reason=REASONS[denied.reason], name=denied.record_name, typed=kept, back=back)


def _goes_on_typing(request: Request) -> Response:
    """What a page sends by itself while somebody writes: leaving it would lose the letters since, and put the next ones into
    a field for passwords. What is sent by hand is kept, but of nobody, and on a shared computer."""
    viewer = request.state.viewer
    kept = request.scope["state"].get("form_of") and viewer.account and not viewer.shared
    return status_alone(request, _(COMES_BACK if kept else COPY_IT), 403)


def _entry(request: Request, denied: Denied) -> Entry | None:
    """Who is not signed in leaves no row for asking; whoever is known does."""
    viewer = request.state.viewer
    if viewer.level != "full" or denied.reason == "step_up":
        return None
    return Entry(viewer.now, "refused", viewer.account, decision="refused", reason=denied.reason)


def _nobody_asked(request: Request) -> bool:
    """A page asks again by the clock just after its session ran out: leaving it would take along what somebody has typed
    there. The page itself sends that to be kept, and then goes to sign-in."""
    passive = request.scope["route_handler"].opt["access"].passive
    return passive and unasked(request) and request.state.viewer.ended == "expired"


def _to_proof(request: Request, denied: Denied) -> Response:
    """To sign-in or step-up, and back to the very form: with what an expired session had typed, if it was kept."""
    back, ref = form_address(request), request.scope["state"].get("parked")
    if request.method != "GET":
        back = own_page(back, "") or _meant(request)
    return _to_door(request, denied.reason, with_kept(back, ref) if ref else back, _why_out(request))


def _to_door(request: Request, reason: str, back: str, why: str) -> Response:
    where = SIGN_IN[reason]
    if reason == "sign_in" and (request.state.viewer.kind == "staff" or back.startswith("/staff")):
        where = SIGN_IN["staff_sign_in"]
    return see_other(request, with_query(where, next=back if back != "/" else "", ended=why))


def _meant(request: Request) -> str:
    """Where the form of a door would have led: nobody is sent from one door back to it."""
    fields = request.scope["state"].get("fields")
    return own_page(fields.get("next") if fields else "", "")


def _why_out(request: Request) -> str:
    """What the door says of it; only of a session whose time was over is it known why."""
    ended = request.state.viewer.ended
    if request.scope["state"].get("parked"):
        return "kept"
    return {"": "", "expired": "yes"}.get(ended, "again")


def _moved(request: Request, denied: Denied) -> Response:
    parts = request.url.path.split("/")
    parts[2] = denied.elsewhere
    query = quote(request.url.query, safe=IN_ADDRESS)
    return Response(b"", status_code=301, headers={"location": quote("/".join(parts)) + (f"?{query}" if query else "")})


async def _moved_with_words(request: Request, denied: Denied) -> Response:
    """Browsers follow a move with nothing in their hands: what was typed waits there, in the same form about the same person."""
    parts = own_address(request).split("/")
    if not page_path(request.scope):
        return _moved(request, denied)
    parts[2] = denied.elsewhere
    address = "/".join(parts)
    ref = await park_form(request, address.partition("?")[0])
    return see_other(request, with_kept(address, ref) if ref else address)


async def page(request: Request, status: int, *, reason: str = "", name: str = "", **fields: str) -> Response:
    """An error page: the same frame, the right status. To an update of htmx that was sent somewhere, which would put the
    whole of it into a part of a page, its words in the status line alone."""
    number = "locked" if reason == REASONS["locked"] else TEMPLATES.get(status, "500" if status >= 500 else "400")
    words = _(reason, name=name) if "%(name)s" in reason else (_(reason) if reason else "")
    request.scope["state"]["grant"] = None
    shown = ErrorPage(reason=words, **fields) if reason or any(fields.values()) else None
    if is_htmx(request) and status < 500:
        return see_other(request, own_address(request)) if request.method == "GET" else status_alone(request, words or _(FAILED), status)
    return await render(request, shown, f"errors/{number}.html", status=status)


async def http_error(request: Request, error: HTTPException) -> Response:
    status = error.status_code if error.status_code in TEMPLATES else (404 if error.status_code == 405 else 500)
    response = await page(request, status, typed=_own_words(request))
    if error.status_code == 405:
        response.status_code = 405
        response.headers.update(error.headers or {})
    return response


async def bad_form(request: Request, error: BadForm) -> Response:
    return await page(request, error.status, limit=file_size(error.limit) if error.limit else "")


async def already_sent(request: Request, error: AlreadySent) -> Response:
    """The same form with the same words leads where it led, through the door if need be; with other words it is asked about.
    Where nobody pressed there is nobody to tell."""
    if unasked(request):
        return Response(b"", status_code=204)
    if signed_out_meanwhile(request):
        viewer = request.state.viewer
        at = "half" if viewer.level == "half" else "sign_in"
        return _to_door(request, at, error.outcome, "done" if viewer.replaced else "sent")
    if error.same:
        return see_other(request, error.outcome)
    shown = ErrorPage(back=error.outcome, typed=typed(request))
    return await render(request, shown, "errors/already_sent.html", status=422)


def signed_out_meanwhile(request: Request) -> bool:
    """Whether this is the form of somebody who must sign in again, or go on to the second step, to see what became of it."""
    return bool(request.scope["state"].get("form_of")) and request.state.viewer.level not in ("full", request.scope["route_handler"].opt["access"].kind)


def typed(request: Request) -> str:
    """What was in the form, line by line, without passwords, codes and what is no words of a person's."""
    fields = request.scope["state"].get("fields")
    return "\n".join(value for _, value in without_secrets(fields.pairs)) if fields else ""


def _own_words(request: Request) -> str:
    """What was in a form of whoever is here."""
    return typed(request) if request.scope["state"].get("form_of") else ""


async def changed(request: Request, error: Changed) -> Response:
    """An act refused at the last moment is written down as refused, and what was typed for it is given back."""
    grant = request.state.get("grant")
    if grant is not None:
        grant.entry.decision, grant.entry.reason = "refused", "changed"
        request.scope["state"]["refusal"] = grant.entry
    return await page(request, 403, reason=REASONS["changed"], typed=typed(request), back=await _kept(request))


async def _kept(request: Request) -> str:
    """Where the form can be opened filled as it was, while the session stands; else ""."""
    house, viewer = request.app.state.house, request.state.viewer
    stands = await house.database.rows("SELECT id FROM session WHERE id = ? AND revoked_at IS NULL", viewer.session)
    return await filled_again(request) if stands else ""


async def too_many(request: Request, error: TooMany) -> Response:
    wait = ngettext("%(count)s minute", "%(count)s minutes", error.minutes)
    response = await page(request, 429, wait=wait)
    response.headers["retry-after"] = str(error.minutes * 60)
    return response


async def pdf_error(request: Request, error: PdfRefused) -> Response:
    """No PDF now: what is missing, or when to try again; the print view and the text say the same."""
    reason = {
        PdfUnavailable: N_("The portal’s computer lacks what PDFs need: %(missing)s."),
        PdfBusy: N_("Many PDFs are being made right now. Try again in half a minute."),
        PdfTooLarge: N_("This is too long for one PDF. Choose fewer dates."),
    }.get(type(error), N_("This PDF could not be made. The fault is ours, and we have noted it."))
    if isinstance(error, PdfFailed):
        logging.getLogger("portal.error").error("pdf failed: %s", error.reason)
    missing = ", ".join(getattr(error, "missing", ()))
    shown = ErrorPage(back=request.url.path.removesuffix(".pdf"), reason=_(reason, missing=missing) if missing else _(reason))
    response = await render(request, shown, "errors/pdf.html", status=503)
    response.headers["retry-after"] = str(getattr(error, "retry_after", 30))
    return response


async def unavailable(request: Request, error: Exception) -> Response:
    return await page(request, 503, typed=_own_words(request))


async def failed(request: Request, error: Exception) -> Response:
    """A mistake of ours: its kind goes to the log, with the traceback only where nobody's data can be in it."""
    logging.getLogger("portal.error").error(
        "%s", type(error).__name__, exc_info=error if request.app.state.settings.debug else None
    )
    return await page(request, 500, typed=_own_words(request))


class Later(Response):
    """Litestar's exception handlers are not async; this is a response that is made when it is sent."""

    def __init__(self, make: Callable[[], Awaitable[Response]]):
        super().__init__(b"")
        self.make = make

    def to_asgi_response(self, app: Litestar | None, request: Request, **kwargs):
        async def send_it(scope: Scope, receive: Receive, send: Send) -> None:
            response = await self.make()
            await response.to_asgi_response(app, request)(scope, receive, send)

        return send_it


def later(function: Callable[[Request, Exception], Awaitable[Response]]) -> Callable[[Request, Exception], Response]:
    return lambda request, error: Later(lambda: function(request, error))


HANDLERS = {
    kind: later(function)
    for kind, function in {
        Refused: refused, BadForm: bad_form, AlreadySent: already_sent, Changed: changed, TooMany: too_many,
        PdfBusy: pdf_error, PdfUnavailable: pdf_error, PdfFailed: pdf_error, PdfTooLarge: pdf_error,
        DatabaseBusy: unavailable, HTTPException: http_error, Exception: failed,
    }.items()
}
