"""Money that waits for a person of billing: the list, and what they decide of an odd payment and of refunds that were not made."""

from __future__ import annotations

from litestar import Request, Response, get, post
from litestar.params import FromPath

from access.vocabulary import Action, Duty, bill, staff
from acts.desk_payments import NoWayBack
from acts.stuck import Decision, Settled, decide, see_to_refusals
from forms.stuck import DecideForm, SeenToForm
from handlers.forms import open_form, read_form
from handlers.frame import Notice
from handlers.respond import invalid, render, see_other
from handlers.staff.billing import ACTS, AT, NO_WAY, asked_back, payment_of
from pages.payment import PaymentPage
from pages.stuck import decide_page, stuck_page, taken_of
from rules.payments import CLOSE, POST
from words.gettext import N_, Later

LIST, DECIDE, CONFIRM = (f"staff/bills/{name}.html" for name in ("stuck", "decide", "confirm"))
OUTCOMES = {CLOSE: "closed", POST: "settled"}
PAYMENT = f"{AT}/payments/{{payment:str}}"
FASTER = N_("Nothing was done: somebody settled it before. Or the card company names another sum now.")


@get("/staff/bills/stuck", access=staff(Duty.BILLING))
async def stuck(request: Request) -> Response:
    return await render(request, await stuck_page(request.state.grant), LIST)


@get(f"{PAYMENT}/decision", access=bill(Action.SEE, Duty.BILLING))
async def choose(request: Request, guarantor: FromPath[str], payment: FromPath[str]) -> Response:
    page = await payment_of(request, payment)
    form = await open_form(request, DecideForm, ways=page.ways, taken=taken_of(page))
    if "sure" in form.came_back:
        return await _wrong(request, page, form) or await _ask(request, page, form)
    return await render(request, page, DECIDE, form=form)


@post(f"{PAYMENT}/decision", access=ACTS)
async def settle(request: Request, guarantor: FromPath[str], payment: FromPath[str]) -> Response:
    """Over a page that asks whether it is right."""
    page = await payment_of(request, payment)
    form = read_form(request, DecideForm, ways=page.ways)
    wrong = await _wrong(request, page, form)
    if wrong:
        return wrong
    if "sure" not in request.state.fields:
        return await _ask(request, page, form)
    return await _decided(request, page, form)


async def _ask(request: Request, page: PaymentPage, form: DecideForm) -> Response:
    typed = {field.name: field.data or "" for field in form}
    return await render(request, decide_page(page, request.state.grant.name, typed), CONFIRM)


async def _wrong(request: Request, page: PaymentPage, form: DecideForm) -> Response | None:
    """The page again, with what to mend; or, where nothing waits any more, with that."""
    if not page.odd:
        return await _nothing(request, page, FASTER)
    whole, seen = form.validate(), taken_of(page)
    if form.taken.data != seen:
        form.must_look_again(seen)
    return None if whole and not form.problems else await invalid(request, page, DECIDE, form)


async def _decided(request: Request, page: PaymentPage, form: DecideForm) -> Response:
    row, way = page.row, form.way.data
    decision = Decision(way, row["odd_amount"], row["odd_currency"], form.reason.data)
    outcome = page.link(*page.here, done=OUTCOMES.get(way))
    try:
        refund = await decide(request.state.grant, request.app.state.processor, row["ref"], decision, form.sending, outcome)
    except (Settled, NoWayBack) as error:
        return await _nothing(request, await payment_of(request, row["ref"]), NO_WAY if isinstance(error, NoWayBack) else FASTER)
    if refund:
        outcome = page.link(*page.here, done=await asked_back(request, refund))
    return see_other(request, outcome)


async def _nothing(request: Request, page: PaymentPage, words: str) -> Response:
    """Nothing was done: as it stands by now, and why."""
    form = DecideForm(ways=page.ways, taken=taken_of(page))
    return await render(request, page, DECIDE, form=form, notice=Notice("warn", Later(words)), status=422)


@post(f"{PAYMENT}/refusals", access=ACTS)
async def see_to(request: Request, guarantor: FromPath[str], payment: FromPath[str]) -> Response:
    page, form = await payment_of(request, payment), read_form(request, SeenToForm)
    outcome = page.link(*page.here, done="seen")
    await see_to_refusals(request.state.grant, page.row["ref"], form.refs, form.sending, outcome)
    return see_other(request, outcome)


ALONE = (stuck, choose, settle, see_to)
