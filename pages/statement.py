"""One statement: from the visit to what is left to pay, in words and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access.grant import BillGrant
from pages.bill_rows import Bill, Move, bills_of, under_way_part
from pages.bills import bill_address
from pages.sheet import Cell, Facts, Link, Part, Remark, Sheet, lines_part, said_facts, table_part
from rules.ledger import ADJUSTMENT, INSURANCE, PAYMENT
from words.dates import clinical, day
from words.gettext import _
from words.numbers import in_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPage(Sheet):
    """`number` is that of the account; `acts` whether the viewer may pay by card."""

    bill: Bill
    number: str
    acts: bool
    now: datetime

    @property
    def currency(self) -> str:
        return self.bill.currency

    @property
    def title(self) -> str:
        return self.bill.title

    @property
    def kind(self) -> str:
        return _("Bill")

    @property
    def up(self) -> Link:
        return Link((), _("All bills"))

    @property
    def tag(self) -> tuple[str, str]:
        return self.bill.tag

    @property
    def lede(self) -> str:
        return _lede(self.bill)

    @property
    def facts(self) -> Facts:
        return said_facts(
            (_("For"), self.bill.whose), (_("Date"), self.bill.when), (_("Visit"), self.bill.visit),
            (_("Account number"), in_groups(self.number)), (_("Terms"), self.bill.row["terms"]),
        )  # fmt: skip

    @property
    def parts(self) -> tuple[Part, ...]:
        heads = (_("What"), _("When"), _("Amount"))
        rows = [_row(self.bill, move) for move in self.bill.moves]
        rows.append((Cell(_("Left to pay")), Cell(day(self.now)), Cell(self.bill.money(self.bill.owed))))
        return (
            *under_way_part([self.bill], self.acts),
            *lines_part(_("Step by step"), _steps(self.bill)),
            *table_part(_("Line by line"), _("From the charges to what is left to pay"), heads, rows),
        )

    @property
    def remarks(self) -> tuple[Remark, ...]:
        if self.bill.named:
            return ()
        return (Remark(_("Services are not named here."), _("What a service is called is private to the patient.")),)

    def money(self, amount: int) -> str:
        return self.bill.money(amount)

    @property
    def pays(self) -> bool:
        """Whether there is something to pay by card for whoever looks."""
        return self.acts and self.bill.by_card

    @property
    def links(self) -> tuple[Link, ...]:
        slip = (Link((*self.here, "slip"), _("Pay by phone, by post or at the desk")),) if self.bill.owed > 0 else ()
        return (*slip, Link(("payments",), _("Payments and receipts")))


def _lede(bill: Bill) -> str:
    if bill.withdrawn and bill.owed == 0:
        return _("The clinic took this statement back. Nothing is left to pay.")
    if bill.owed < 0:
        return _("%(sum)s more was paid than was owed. We will pay it back.", sum=bill.money(-bill.owed))
    if bill.owed == 0:
        return _("Nothing is left to pay.")
    return _("%(sum)s is left to pay.", sum=bill.money(bill.owed))


def _steps(bill: Bill) -> list[str]:
    """The story of the sums, for whoever hears it. A step that did not happen is not told."""
    insurer, off = -bill.sum_of(INSURANCE), -bill.sum_of(ADJUSTMENT)
    return [
        _("Visit: %(visit)s.", visit=bill.visit) if bill.visit else "",
        _("The charges are %(sum)s.", sum=bill.money(bill.charged)),
        _("Insurance paid %(sum)s.", sum=bill.money(insurer)) if insurer else "",
        _("We took off %(sum)s.", sum=bill.money(off)) if off else "",
        _("Paid so far: %(sum)s.", sum=bill.money(bill.paid)) if bill.paid else "",
        _lede(bill),
    ]


def _row(bill: Bill, move: Move) -> tuple[Cell, ...]:
    at = ("payments", move.payment) if move.kind == PAYMENT and move.payment else ()
    when = clinical(move.on) if move.on else ""
    told = _("of %(sum)s on %(day)s", sum=bill.money(abs(move.amount)), day=when) if at and when else ""
    return Cell(move.name, over=move.over, at=at, told=told), Cell(when), Cell(bill.money(move.amount))


async def statement_page(grant: BillGrant, ref: str, online: bool) -> StatementPage | None:
    """None where this account has no such statement."""
    bills = await bills_of(grant, ref)
    if not bills:
        return None
    return StatementPage(
        at=bill_address(grant), here=("statements", ref), bill=bills[0], number=grant.number, now=grant.now,
        acts=online and grant.acts and grant.basis != "duty",
    )  # fmt: skip
