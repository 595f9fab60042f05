"""`/bills`, one account of it, and the page of a record that leads there: what is left to pay, and on what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from access.bills import open_bill
from access.grant import AccountGrant, BillGrant, RecordGrant
from access.visible import visible
from access.vocabulary import bill
from pages.address import Address, RecordPage
from pages.bill_rows import Bill, Left, bills_of, left_on, owed_of, under_way_part
from pages.sheet import Cell, Link, Part, Remark, Sheet, table_part
from tables.ledger import GuarantorAccount
from words.gettext import _, ngettext
from words.money import money
from words.names import list_of
from words.numbers import in_groups


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account that may be opened, and in words what is left to pay on it."""

    ref: str
    name: str
    own: bool
    bills: tuple[Left, ...]

    @property
    def title(self) -> str:
        return _("Your bills") if self.own else _("Bills of %(name)s", name=self.name)

    @property
    def words(self) -> str:
        return left_words(self.bills)


@dataclass(frozen=True, slots=True)
class BillsPage:
    rows: tuple[AccountRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBills(RecordPage):
    """`own` says whether it is the viewer's own record."""

    rows: tuple[AccountRow, ...]
    own: bool
    given: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage(Sheet):
    """One guarantor account: every statement, those to be paid first."""

    number: str
    bills: tuple[Bill, ...]
    acts: bool = False
    """Whether the viewer may go on with a payment, or stop it."""

    @property
    def title(self) -> str:
        return _("Bills")

    @property
    def lede(self) -> str:
        return left_words(self.bills)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        return ((_("Account number"), in_groups(self.number)),)

    @property
    def parts(self) -> tuple[Part, ...]:
        return (*under_way_part(self.bills, self.acts), *self.statements)

    @property
    def statements(self) -> tuple[Part, ...]:
        open_ones = [bill for bill in self.bills if bill.owed > 0]
        rest = [bill for bill in self.bills if bill.owed <= 0]
        return (
            *_statements_part(_("To pay"), _("Statements with something left to pay"), open_ones),
            *_statements_part(_("Paid or closed"), _("Statements with nothing left to pay"), rest),
        )

    @property
    def remarks(self) -> tuple[Remark, ...]:
        over = [bill for bill in self.bills if bill.owed < 0]
        if not over:
            return ()
        sums = list_of([bill.money(-bill.owed) for bill in over])
        return (Remark(_("You paid too much: %(sums)s.", sums=sums), _("We will pay it back. Call us if you want it sooner.")),)

    @property
    def nothing(self) -> str:
        return _("There are no statements yet.")

    @property
    def links(self) -> tuple[Link, ...]:
        return (Link(("payments",), _("Payments and receipts")),) if self.bills else ()


def _statements_part(heading: str, caption: str, bills: Sequence[Bill]) -> tuple[Part, ...]:
    heads = (_("Statement"), _("For"), _("Date"), _("Charges"), _("Left to pay"))
    rows = [
        (Cell(bill.title, over=bill.tag[1], at=("statements", bill.ref)), Cell(bill.whose), Cell(bill.when),
         Cell(bill.money(bill.charged)), Cell(bill.money(bill.owed)))
        for bill in bills
    ]  # fmt: skip
    return table_part(heading, caption, heads, rows) if rows else ()


def left_words(bills: Sequence[Bill | Left]) -> str:
    """$72.60 is left to pay, on 2 statements."""
    sums = [money(amount, currency) for currency, amount in owed_of(bills).items()]
    if not sums:
        return _("Nothing is left to pay.")
    many = sum(bill.owed > 0 for bill in bills)
    return ngettext(
        "%(sum)s is left to pay, on %(count)s statement.", "%(sum)s is left to pay, on %(count)s statements.", many,
        sum=list_of(sums),
    )


async def bills_page(grant: AccountGrant) -> BillsPage:
    """Mine first. An account that would not be found is not named either."""
    rows = await visible(grant, GuarantorAccount).rows(("ref",))
    return BillsPage(await _account_rows(grant, [row["ref"] for row in rows]))


async def record_bills(grant: RecordGrant) -> RecordBills:
    rows = await visible(grant, GuarantorAccount).rows(("ref",))
    found = () if grant.preview else await _account_rows(grant, [row["ref"] for row in rows])
    return RecordBills(at=Address.of(grant), rows=found, own=grant.own, given=grant.given)


async def _account_rows(grant: AccountGrant | RecordGrant, refs: Sequence[str]) -> tuple[AccountRow, ...]:
    found = []
    for ref in refs:
        opened = await open_bill(grant.house, grant.viewer, ref, bill())
        if isinstance(opened, BillGrant):
            found.append(AccountRow(ref, opened.name, opened.own, tuple(await left_on(opened))))
            grant.showed("GuarantorAccount", [opened.guarantor])
    return tuple(sorted(found, key=lambda one: (not one.own, one.name)))


async def account_page(grant: BillGrant) -> AccountPage:
    return AccountPage(
        at=bill_address(grant), here=("statements",), number=grant.number, bills=tuple(await bills_of(grant)), acts=grant.acts,
    )  # fmt: skip


def bill_address(grant: BillGrant) -> Address:
    """Where this account is, on the side of whoever looks."""
    return Address(f"{'/staff' if grant.basis == 'duty' else ''}/bills/{grant.guarantor_ref}")
