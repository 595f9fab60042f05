"""Paying a statement: how much, and is it right."""

from __future__ import annotations

from dataclasses import dataclass

from access.grant import BillGrant
from pages.bill_rows import Bill, bills_of
from pages.bills import bill_address
from pages.sheet import Sheet
from rules.amounts import LEAST
from words.gettext import _
from words.money import money_example


@dataclass(frozen=True, slots=True, kw_only=True)
class PayPage(Sheet):
    """`amount` is what was chosen, in minor units; None while it is asked for. `online` says whether cards are taken."""

    bill: Bill
    amount: int | None
    online: bool

    @property
    def whole(self) -> str:
        """All that may be paid, as it stands in the field at first."""
        return money_example(self.bill.free, self.bill.row["currency"])

    @property
    def free(self) -> str:
        return self.bill.money(self.bill.free)

    @property
    def least(self) -> str:
        """What a card must pay at least."""
        return self.bill.money(LEAST)

    @property
    def sum(self) -> str:
        return self.bill.money(self.amount or 0)

    @property
    def left(self) -> str:
        """What is still to pay afterwards."""
        return self.bill.money(max(0, self.bill.owed - (self.amount or 0)))

    @property
    def afterwards(self) -> str:
        return _("Left to pay afterwards: %(sum)s.", sum=self.left)


async def pay_page(grant: BillGrant, ref: str, online: bool, amount: int | None = None) -> PayPage | None:
    bills = await bills_of(grant, ref)
    if not bills:
        return None
    return PayPage(at=bill_address(grant), here=("statements", ref, "payment"), bill=bills[0], amount=amount, online=online)
