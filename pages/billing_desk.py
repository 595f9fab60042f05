"""The clinic's side of bills: find an account by whom it is for, see it, post what was paid at the desk, pay back."""

from __future__ import annotations

from dataclasses import dataclass

from access.grant import BillGrant, QueueGrant
from access.visible import one_of, visible
from pages.bill_rows import bills_of
from pages.bills import AccountPage, bill_address
from pages.desk import ROWS, find_records
from pages.payment import PaymentPage
from pages.payments import PaymentsPage, payments_page
from pages.sheet import Facts, Part, said_facts
from pages.statement import StatementPage
from tables.ledger import GuarantorAccount
from words.bills import METHODS, TO_CHOOSE
from words.gettext import _
from words.numbers import in_groups


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """An account, the name of who pays, and of the person it was found by."""

    ref: str
    number: str
    payer: str
    patient: str

    @property
    def words(self) -> str:
        said = _("Account number %(number)s.", number=in_groups(self.number))
        return said if self.patient == self.payer else f"{said} {_('Pays for %(name)s.', name=self.patient)}"


@dataclass(frozen=True, slots=True)
class FindPage:
    """`found` is None before anything was asked. `more`: there were over ten people. `stuck`: so much waits for a person."""

    found: tuple[FoundAccount, ...] | None = None
    more: bool = False
    stuck: int = 0


ACCOUNTS = (
    "SELECT guarantor_account.id, guarantor_account.ref, guarantor_account.number, h.name AS payer, p.name AS patient"
    " FROM guarantor_account JOIN record h ON h.id = guarantor_account.holder JOIN record p ON p.id = guarantor_account.holder"
    " OR p.id IN (SELECT t.record FROM statement t WHERE t.guarantor = guarantor_account.id)"
    " WHERE {which} AND {seen} ORDER BY h.name_key, p.name_key"
)


async def find_page(grant: QueueGrant, born: str, name: str, number: str) -> FindPage:
    """The accounts of those found, and those that pay for them."""
    rows = await find_records(grant, born, name, number)
    ids = [row["id"] for row in rows[:ROWS]]
    seen = visible(grant, GuarantorAccount).predicate
    sql = ACCOUNTS.format(which=one_of("p.id", ids), seen=seen.sql)
    found = await grant.house.database.rows(sql, *ids, *seen.values) if ids else []
    grant.showed("GuarantorAccount", [row["id"] for row in found])
    accounts = tuple(FoundAccount(row["ref"], row["number"], row["payer"], row["patient"]) for row in found)
    return FindPage(accounts, len(rows) > ROWS)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskAccount(AccountPage):
    """With all its payments below the statements."""

    payments: PaymentsPage

    @property
    def parts(self) -> tuple[Part, ...]:
        return (*self.statements, *self.payments.parts)


async def desk_account(grant: BillGrant) -> DeskAccount:
    return DeskAccount(
        at=bill_address(grant), here=(), number=grant.number, bills=tuple(await bills_of(grant)),
        payments=await payments_page(grant),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SurePage:
    """Asks before money moves: what would be done, in `facts`; `typed` goes on with the answer, to `back`, and so does `left`:
    how much there was to pay, or to pay back, as they looked (0 where `typed` says it)."""

    sum: str
    facts: Facts
    button: str
    back: str
    typed: tuple[tuple[str, str], ...]
    left: int = 0


def sure_page(page: StatementPage | PaymentPage, payer: str, amount: int, left: int, typed: dict[str, str]) -> SurePage:
    """Of a payment that came, or of one that is to be paid back."""
    sum, refund = page.money(amount), isinstance(page, PaymentPage)
    statement = (_("Statement"), _("%(statement)s of %(name)s", statement=page.bill.title, name=payer))
    if refund:
        facts = ((_("You pay back"), sum), (_("Of"), page.title), statement, (_("Why"), _(TO_CHOOSE[typed["reason"]])))
    else:
        facts = said_facts((_("Amount that came"), sum), (_("How it came"), _(METHODS[typed["method"]])), statement, (_("Note"), typed["note"]))
    return SurePage(
        sum=sum, facts=facts, button=_("Pay it back") if refund else _("Post this payment"), back=page.link(*page.here),
        typed=tuple(typed.items()), left=left,
    )  # fmt: skip
