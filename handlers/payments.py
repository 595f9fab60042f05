"""Paying a statement: the sum, a page to confirm it, the way to the processor and back, receipts, and its messages."""

from __future__ import annotations

import logging

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from access.opening import open_system
from access.vocabulary import SIGNED, Action, bill
from acts.payments import NotPayable, call_off, hear, intend, send_off
from forms.payments import AmountForm, ConfirmForm
from forms.security import PressForm
from handlers.form_layer import read_body
from handlers.forms import open_form, read_form
from handlers.frame import Notice
from handlers.listing import sheet
from handlers.refs import FORMS, form_of, parse_ref
from handlers.respond import in_form, is_htmx, leave_for, lets_leave_for, nothing_new, render, see_other, unasked
from pages.clinic import clinic
from pages.paying import PayPage, pay_page
from pages.payment import PaymentPage, payment_page
from pages.payments import payments_page
from pages.slip import slip_page
from payments import Forged, NotTaken, Unreachable
from rules.amounts import card_fault
from rules.payments import CANCELLED, EXPIRED, MADE
from words.gettext import N_, Later, _
from words.money import money_example

log = logging.getLogger("portal.payments")
FORM, CONFIRM, SHOW = "bills/amount.html", "bills/confirm.html", "bills/payment.html"
STATEMENT, PAYMENT = "/bills/{guarantor:str}/statements/{statement:str}", "/bills/{guarantor:str}/payments/{payment:str}"
ACTS = bill(Action.ACT)
MESSAGE_BYTES, MESSAGE_SECONDS = 262_144, 20
LANGUAGE = "en"
"""Of the few words that the processor is told: the same whoever asks, so that asking again is asking the same."""
STOPPED, AWAY = N_("The payment was stopped. Nothing was taken."), N_("The card company does not answer. Nothing was taken. Try again in a few minutes.")
TAKEN = N_("Somebody is paying this right now. Look again in half an hour.")
OVER = N_("Somebody paid this just now. Nothing is left to pay.")
SILENT = N_("The card company does not answer. Try again in a few minutes.")
REFUSED = N_("The card company does not take this payment. Nothing was taken. You can pay by phone, by post or at the desk.")

UNTAKEN = {("away", MADE): AWAY, ("refused", EXPIRED): REFUSED, ("ended", CANCELLED): STOPPED}
"""That nothing was taken is said only of a payment of which it is known, whatever the address says: one without a page, or
one that is closed."""


@get(f"{STATEMENT}/payment", access=ACTS)
async def pay(request: Request, guarantor: FromPath[str], statement: FromPath[str]) -> Response:
    page = await _page(request, statement)
    form = await open_form(request, AmountForm, amount=page.whole)
    return await render(request, page, FORM, form=form, htmx=True)


@post(f"{STATEMENT}/payment/left", access=ACTS)
async def left(request: Request, guarantor: FromPath[str], statement: FromPath[str]) -> Response:
    """What would be left to pay after this sum; nothing is done yet."""
    page, form = await _page(request, statement), read_form(request, AmountForm)
    amount = form.read(page.bill.free, page.bill.row["currency"])
    page = await _page(request, statement, amount)
    notice = Notice("", page.afterwards) if amount is not None and not is_htmx(request) else None
    status = 422 if amount is None else 200
    return await render(request, page, FORM, block="update", form=form, notice=notice, status=status, htmx=True)


@post(f"{STATEMENT}/payment", access=ACTS)
async def choose(request: Request, guarantor: FromPath[str], statement: FromPath[str]) -> Response:
    """Changes nothing: the sum goes on to a page that asks whether it is right."""
    page, form = await _page(request, statement), read_form(request, AmountForm)
    amount = form.read(page.bill.free, page.bill.row["currency"]) if page.bill.by_card else None
    if amount is None:
        return await render(request, page, FORM, form=form, status=422, htmx=True)
    return see_other(request, f"{page.link(*page.here)}/confirm?amount={amount}")


@get(f"{STATEMENT}/payment/confirm", access=ACTS)
async def confirm(request: Request, guarantor: FromPath[str], statement: FromPath[str]) -> Response:
    form = await open_form(request, ConfirmForm, amount=request.query_params.get("amount", ""))
    page = await _page(request, statement, form.cents)
    if card_fault(form.cents, page.bill.free):
        return see_other(request, page.link(*page.here))
    lets_leave_for(request, request.app.state.processor.origin)
    return await render(request, page, CONFIRM, form=form)


@post(f"{STATEMENT}/payment/confirm", access=ACTS)
async def begin(request: Request, guarantor: FromPath[str], statement: FromPath[str]) -> Response:
    form = read_form(request, ConfirmForm)
    page = await _page(request, statement, form.cents)
    try:
        ref = await intend(request.state.grant, parse_ref(statement).ref, form.cents, form.sending)
    except NotPayable as refused:
        return await _not_payable(request, statement, form.cents, refused)
    return await _send_off(request, page.link("payments", ref), ref)


async def _not_payable(request: Request, statement: str, amount: int, refused: NotPayable) -> Response:
    """Somebody paid meanwhile, or is paying now, or too little would be left: the form again, with what is still free."""
    page, most = await _page(request, statement), refused.reason == "most"
    currency = page.bill.row["currency"]
    form = AmountForm(amount=page.whole if most else money_example(amount, currency))
    if page.bill.by_card and most:
        form.fail("amount", _("%(sum)s can be paid now. Somebody else may be paying the rest.", sum=page.free))
    elif page.bill.by_card:
        form.refuse(refused.reason, page.bill.free, currency)
    notice = None if page.bill.free else Notice("warn", Later(TAKEN if refused.kept else OVER))
    return await render(request, page, FORM, form=form, notice=notice, status=422, htmx=True)


async def _send_off(request: Request, address: str, ref: str) -> Response:
    """To the processor's page; where it does not answer, to the payment's own, which says so."""
    house, processor = request.app.state.house, request.app.state.processor
    try:
        begun = await send_off(house, processor, "p.ref = ?", ref, (await clinic(house.database, LANGUAGE)).name)
    except (Unreachable, NotTaken) as error:
        return see_other(request, f"{address}?back={'away' if isinstance(error, Unreachable) else 'refused'}")
    return leave_for(request, begun.address, processor.origin) if begun.address else see_other(request, address)


@get(["/bills/{guarantor:str}/payments", "/bills/{guarantor:str}/payments.pdf", "/bills/{guarantor:str}/payments.txt"], access=bill())
async def payments(request: Request, guarantor: FromPath[str]) -> Response:
    page = await payments_page(request.state.grant)
    return await in_form(request, page, form_of(request.url.path), "sheet/show.html", "payments")


@get(PAYMENT, access=bill())
async def payment(request: Request, guarantor: FromPath[str], payment: FromPath[str]) -> Response:
    asked, back = parse_ref(payment, FORMS), request.query_params.get("back", "")
    page = await payment_page(request.state.grant, asked.ref, back)
    if page is None or asked.form:
        return await sheet(request, page, asked.form, "receipt")
    if page.waits and page.acts and request.app.state.processor:
        lets_leave_for(request, request.app.state.processor.origin)
    return await render(request, page, SHOW, notice=_how_it_went(page), htmx=page.waits)


@get(f"{PAYMENT}/state", access=bill(passive=True))
async def state(request: Request, guarantor: FromPath[str], payment: FromPath[str]) -> Response:
    """What is known now; it only reads. Nobody is there just because their page asks again."""
    page = await payment_page(request.state.grant, parse_ref(payment).ref, request.query_params.get("back", ""))
    if page is None:
        raise NotFoundException
    if not page.waits or not is_htmx(request):
        return see_other(request, page.link(*page.here, back="over" if not page.waits else "still" if page.checking else "none"))
    if unasked(request) and "told" not in request.query_params:
        return await render(request, page, SHOW, block="told")
    return nothing_new(request, page.still)


@post(f"{PAYMENT}/session", access=ACTS)
async def go_on(request: Request, guarantor: FromPath[str], payment: FromPath[str]) -> Response:
    """To the page of the processor that this payment has already, or to its first."""
    page = await payment_page(request.state.grant, parse_ref(payment).ref)
    if page is None or request.app.state.processor is None:
        raise NotFoundException
    return await _send_off(request, page.link(*page.here), page.row["ref"])


@post(f"{PAYMENT}/cancellation", access=ACTS)
async def stop(request: Request, guarantor: FromPath[str], payment: FromPath[str]) -> Response:
    grant, ref = request.state.grant, parse_ref(payment).ref
    try:
        await call_off(grant, request.app.state.processor, ref, read_form(request, PressForm).sending)
    except LookupError:
        raise NotFoundException from None
    except (Unreachable, NotTaken):
        return see_other(request, f"/bills/{grant.guarantor_ref}/payments/{ref}?back=away")
    return see_other(request, f"/bills/{grant.guarantor_ref}/payments/{ref}?back=ended")


@get([f"{STATEMENT}/slip", f"{STATEMENT}/slip.pdf", f"{STATEMENT}/slip.txt"], access=bill())
async def slip(request: Request, guarantor: FromPath[str], statement: FromPath[str]) -> Response:
    home = await clinic(request.app.state.house.database, request.state.viewer.locale)
    page = await slip_page(request.state.grant, parse_ref(statement).ref, home)
    return await in_form(request, page, form_of(request.url.path), "sheet/show.html", "slip")


@post("/hooks/payments", access=SIGNED)
async def hook(request: Request) -> Response:
    """A message of the processor's. What we do not read, or do not know, is answered 200: it would only come again."""
    house, processor = request.app.state.house, request.app.state.processor
    if processor is None:
        raise NotFoundException
    body = await read_body(request.receive, MESSAGE_BYTES, MESSAGE_SECONDS)
    try:
        told = processor.heard(body, request.headers.get("stripe-signature", ""))
    except Forged:
        return Response(b"not signed", status_code=400, media_type="text/plain")
    known = told is not None and await hear(open_system(house, "payments", house.clock()), told)
    return Response(b"known" if known else b"not ours", status_code=200, media_type="text/plain")


def _how_it_went(page: PaymentPage) -> Notice | None:
    if page.paid:
        return Notice("good", page.over) if page.back else None
    if page.odd:
        return Notice("", page.over) if page.back not in ("", "away") else None
    words = UNTAKEN.get((page.back, page.row["state"])) if page.untaken else SILENT if page.back == "away" else None
    if words:
        return Notice("warn", Later(words))
    if page.waits:
        return Notice("", page.still) if page.back in ("still", "none") else None
    return Notice("warn", page.over) if page.back else None


async def _page(request: Request, statement: str, amount: int | None = None) -> PayPage:
    page = await pay_page(request.state.grant, parse_ref(statement).ref, request.app.state.processor is not None, amount)
    if page is None or not page.online:
        raise NotFoundException
    return page


ALONE = (pay, left, choose, confirm, begin, payments, payment, state, go_on, stop, slip, hook)
