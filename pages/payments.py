"""The history of an account: what was paid, how, for what, and what came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from access.grant import BillGrant
from access.visible import visible
from pages.bill_rows import bills_of
from pages.bills import bill_address
from pages.payment import COLUMNS, FAILED, state_of, sum_in
from pages.sheet import Cell, Link, Part, Sheet, table_part
from pages.stored import Row
from rules.payments import PAID
from tables.ledger import Payment, Refund
from words.bills import METHODS
from words.dates import day
from words.gettext import _
from words.money import money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentsPage(Sheet):
    """The history of an account: what was paid, how, for what; newest first."""

    rows: tuple[Row, ...]
    bills: dict
    refused: frozenset
    """Payments of which the processor did not give back what billing asked for; empty for anybody but billing."""
    back: Mapping
    """How much of each was paid back."""

    @property
    def title(self) -> str:
        return _("Payments and receipts")

    @property
    def up(self) -> Link:
        return Link((), _("All bills"))

    @property
    def parts(self) -> tuple[Part, ...]:
        heads = (_("Payment"), _("When"), _("How"), _("Statement"), _("State"))
        cells = [self._cells(row) for row in self.rows]
        return table_part(_("Payments"), _("Payments, newest first"), heads, cells) if cells else ()

    def _cells(self, row: Row) -> tuple[Cell, ...]:
        at, (_kind, state) = day(row["settled_at"] or row["made_at"]), state_of(row)
        told = _("on %(day)s: %(state)s", day=at, state=state)
        return (
            Cell(sum_in(row), at=("payments", row["ref"]), told=told), Cell(at), Cell(_(METHODS[row["method"]])),
            Cell(self.bills[row["statement"]].title), Cell(state, over=self._to_see(row)),
        )  # fmt: skip

    def _to_see(self, row: Row) -> str:
        """What somebody must look at, or would wonder at."""
        if row["id"] in self.refused or row["odd_at"]:
            return _("Not paid back") if row["id"] in self.refused else _("Another sum was named")
        said = _("%(sum)s paid back", sum=money(self.back[row["id"]], row["currency"])) if self.back.get(row["id"]) else ""
        return ". ".join(filter(None, (self._asked(row), said)))

    def _asked(self, row: Row) -> str:
        """What was asked for, where another sum was taken."""
        billed = self.bills[row["statement"]].currency
        if row["state"] != PAID or (row["taken"], row["currency"]) == (row["amount"], billed):
            return ""
        return _("Asked for: %(sum)s", sum=money(row["amount"], billed))

    @property
    def nothing(self) -> str:
        return _("Nothing was paid here yet.")


async def payments_page(grant: BillGrant) -> PaymentsPage:
    rows = await visible(grant, Payment).rows(COLUMNS, then="ORDER BY made_at DESC, id LIMIT 500")
    grant.showed("Payment", [row["id"] for row in rows])
    bills = {bill.row["id"]: bill for bill in await bills_of(grant)}
    refunds = await visible(grant, Refund).rows(("payment", "amount", "state"))
    return PaymentsPage(
        at=bill_address(grant), here=("payments",), rows=tuple(rows), bills=bills,
        refused=frozenset(one["payment"] for one in refunds if one["state"] == FAILED and grant.basis == "duty"),
        back=_done(refunds),
    )


def _done(refunds: Sequence[Row]) -> Mapping:
    done: dict = defaultdict(int)
    for one in refunds:
        done[one["payment"]] += one["amount"] if one["state"] == "done" else 0
    return done
