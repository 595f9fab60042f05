"""Bills on the clinic's side: find an account, see it, post what was paid, pay back."""

from __future__ import annotations

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from access.vocabulary import Action, Duty, bill, staff
from acts.desk_payments import NotThatMuch, NoWayBack, ask_back, give_back, post_payment
from forms.billing_desk import PostForm, RefundForm
from forms.desk import FindForm
from forms.payments import AmountForm
from handlers.forms import open_form, read_form
from handlers.frame import Notice
from handlers.refs import parse_ref
from handlers.respond import invalid, render, see_other
from pages.billing_desk import FindPage, desk_account, find_page, sure_page
from pages.billing_done import done_with, posted_on
from pages.payment import PaymentPage, payment_page
from pages.statement import StatementPage, statement_page
from pages.stuck import how_many_stuck
from payments import Unreachable
from words.gettext import N_, Later, _

FIND, ACCOUNT, STATEMENT, PAYMENT = (f"staff/bills/{name}.html" for name in ("find", "account", "statement", "payment"))
CONFIRM = "staff/bills/confirm.html"
AT, ACTS = "/staff/bills/{guarantor:str}", bill(Action.ACT, Duty.BILLING)
NOTHING = N_("Nothing was done: nothing is left to pay, or to pay back.")
CHANGED = N_("Nothing was done yet. Something else was posted or paid back since you looked: %(sum)s is left now. Is this right all the same?")
NO_WAY = N_("Nothing was done: only the card company can pay this back, and it cannot be asked from here.")
DONE = {
    "posted": ("good", N_("The payment is posted. They are told that it came.")),
    "back": ("good", N_("It is paid back. They are told so.")),
    "asked": ("good", N_("The card company was asked to pay it back. It shows here when that is done.")),
    "refused": ("warn", N_("The card company did not pay it back. Nothing was given back.")),
    "settled": ("good", N_("What was taken is posted. They are told that it came.")),
    "closed": ("good", N_("It is closed. Nothing was taken.")),
    "seen": ("good", N_("It is off the list of what waits.")),
}
ENDED = {"done": "back", "failed": "refused"}


@get("/staff/bills", access=staff(Duty.BILLING))
async def desk(request: Request) -> Response:
    page = FindPage(stuck=await how_many_stuck(request.state.grant))
    return await render(request, page, FIND, form=await open_form(request, FindForm))


@post("/staff/bills", access=staff(Duty.BILLING))
async def find(request: Request) -> Response:
    """Changes nothing; it is a POST so that no name stands in an address, a history or a log."""
    form = read_form(request, FindForm)
    if not form.validate():
        return await invalid(request, FindPage(), FIND, form)
    page = await find_page(request.state.grant, form.born, form.name.data, form.number.data)
    return await render(request, page, FIND, form=form)


@get(AT, access=bill(Action.SEE, Duty.BILLING))
async def account(request: Request, guarantor: FromPath[str]) -> Response:
    return await render(request, await desk_account(request.state.grant), ACCOUNT)


@get(f"{AT}/statements/{{statement:str}}", access=bill(Action.SEE, Duty.BILLING))
async def statement(request: Request, guarantor: FromPath[str], statement: FromPath[str]) -> Response:
    page, form = await _statement(request, statement), await open_form(request, PostForm)
    if "sure" in form.came_back:
        return await _sure(request, page, STATEMENT, form, page.bill.due)
    return await render(request, page, STATEMENT, form=form, notice=await _posted_notice(request, page))


@post(f"{AT}/statements/{{statement:str}}", access=ACTS)
async def post_one(request: Request, guarantor: FromPath[str], statement: FromPath[str]) -> Response:
    page, form = await _statement(request, statement), read_form(request, PostForm)
    amount = await _sure(request, page, STATEMENT, form, page.bill.due)
    if isinstance(amount, Response):
        return amount
    outcome = page.link(*page.here, done="posted")
    try:
        await _posted(request, page, form, amount, outcome)
    except NotThatMuch as error:
        return await _sure(request, await _statement(request, statement), STATEMENT, form, error.most)
    return see_other(request, outcome)


@get(f"{AT}/payments/{{payment:str}}", access=bill(Action.SEE, Duty.BILLING))
async def payment(request: Request, guarantor: FromPath[str], payment: FromPath[str]) -> Response:
    page, form = await payment_of(request, payment), await open_form(request, RefundForm)
    if "sure" in form.came_back:
        return await _sure(request, page, PAYMENT, form, page.returnable)
    return await render(request, page, PAYMENT, form=form, notice=_done_notice(request, page))


@post(f"{AT}/payments/{{payment:str}}", access=ACTS)
async def pay_back(request: Request, guarantor: FromPath[str], payment: FromPath[str]) -> Response:
    page, form = await payment_of(request, payment), read_form(request, RefundForm)
    amount = await _sure(request, page, PAYMENT, form, page.returnable)
    if isinstance(amount, Response):
        return amount
    try:
        refund = await _given_back(request, page, form, amount)
    except (NoWayBack, NotThatMuch) as error:
        return await _not_back(request, await payment_of(request, payment), form, error)
    return see_other(request, page.link(*page.here, done=await asked_back(request, refund)))


async def _sure(request: Request, page: StatementPage | PaymentPage, template: str, form: PostForm | RefundForm, most: int) -> int | Response:
    """The sum, once they have seen what would be done with it and said that it is right; before that, the page to show. It is
    shown again to whoever had it before them when they changed the size of the text, or when their time was over; and where
    what is left is not what it was as they looked, since it may be this very money that was posted."""
    whole, amount = form.validate(), form.read(most, page.currency)
    if not whole or amount is None:
        return await _wrong(request, page, template, form, most)
    sent = request.scope["state"].get("fields")
    seen = sent.get("sure") if sent else ""
    if seen == str(most):
        return amount
    typed = {field.name: field.data or "" for field in form}
    notice = Notice("warn", Later(CHANGED, sum=lambda: page.money(most))) if seen else None
    return await render(request, sure_page(page, request.state.grant.name, amount, most, typed), CONFIRM, notice=notice)


async def _posted(request: Request, page: StatementPage, form: PostForm, amount: int, outcome: str) -> None:
    grant, bill = request.state.grant, page.bill
    await post_payment(grant, bill.ref, amount, bill.due, form.method.data, form.note.data, form.sending, outcome)


async def _given_back(request: Request, page: PaymentPage, form: RefundForm, amount: int):
    return await give_back(
        request.state.grant, request.app.state.processor, page.row["ref"], amount, page.returnable, form.reason.data,
        form.sending, page.link(*page.here),
    )  # fmt: skip


async def asked_back(request: Request, refund) -> str:
    """How it went; where the processor is away, or takes its time, a job asks again."""
    try:
        return ENDED.get(await ask_back(request.app.state.house, request.app.state.processor, refund), "asked")
    except Unreachable:
        return "asked"


async def _not_back(request: Request, page: PaymentPage, form: AmountForm, error: NoWayBack | NotThatMuch) -> Response:
    if isinstance(error, NotThatMuch):
        return await _sure(request, page, PAYMENT, form, error.most)
    return await render(request, page, PAYMENT, form=form, notice=Notice("warn", Later(NO_WAY)), status=422)


async def _wrong(request: Request, page: StatementPage | PaymentPage, template: str, form: AmountForm, most: int) -> Response:
    """The page again, with what to mend; or, where somebody else was faster and nothing is left, with that."""
    if most == 0:
        return await render(request, page, template, form=None, notice=Notice("warn", Later(NOTHING)), status=422)
    if not form.problems:
        form.fail("amount", _("Enter %(sum)s or less", sum=page.money(most)))
    return await invalid(request, page, template, form)


async def _statement(request: Request, ref: str) -> StatementPage:
    page = await statement_page(request.state.grant, parse_ref(ref).ref, online=False)
    if page is None:
        raise NotFoundException
    return page


async def payment_of(request: Request, ref: str) -> PaymentPage:
    page = await payment_page(request.state.grant, parse_ref(ref).ref, online=request.app.state.processor is not None)
    if page is None:
        raise NotFoundException
    return page


async def _posted_notice(request: Request, page: StatementPage) -> Notice | None:
    if request.query_params.get("done") != "posted":
        return None
    return _notice(request, page, "posted", await posted_on(request.state.grant, page.bill))


def _done_notice(request: Request, page: PaymentPage) -> Notice | None:
    done = request.query_params.get("done", "")
    return _notice(request, page, done, done_with(page, done))


def _notice(request: Request, page: StatementPage | PaymentPage, done: str, sum: str | None) -> Notice | None:
    """Of what the books do not have, nothing is said."""
    if sum is None:
        return None
    what = _("%(sum)s, %(statement)s of %(name)s.", sum=sum, statement=page.bill.title, name=request.state.grant.name)
    return Notice(DONE[done][0], Later(DONE[done][1]), what if sum else "")


ALONE = (desk, find, account, statement, post_one, payment, pay_back)
