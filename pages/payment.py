"""What became of a payment; one that was made is its own receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from access.grant import BillGrant
from access.visible import visible
from pages.bill_rows import Bill, bills_of
from pages.bills import bill_address
from pages.sheet import Cell, Facts, Link, Part, Sheet, said_facts, table_part
from pages.stored import Row, columns
from rules.payments import CANCELLED, CARD, EXPIRED, PAID, UNDER_WAY, ways_of
from tables.ledger import Payment, Refund
from words.bills import AT_WORK, METHODS, REASONS
from words.dates import day, when
from words.gettext import N_, _
from words.money import money
from words.numbers import in_groups
from words.sentences import run

COLUMNS = columns(Payment, (
    "id", "ref", "number", "statement", "amount", "currency", "method", "state", "address", "taken", "charged", "note", "asked_by",
    "made_at", "ends_at", "settled_at", "session", "gone_at", "odd_amount", "odd_currency", "odd_at",
))  # fmt: skip
FAILED = "failed"
STATES = {
    "made": ("wait", N_("Not paid yet")), "sent": ("wait", N_("Not paid yet")), PAID: ("good", N_("Paid")),
    CANCELLED: ("", N_("Stopped")), EXPIRED: ("", N_("Not paid")),
}  # fmt: skip
ODD = "wait", N_("We are looking into it")


def state_of(row: Row) -> tuple[str, str]:
    """How the kit shows it, and what it is called."""
    kind, words = ODD if row["odd_at"] else STATES[row["state"]]
    return kind, _(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPage(Sheet):
    """`back` is how they came here: from the processor, done or stopped; from asking again, still, none or over; or ''.
    `payer` is who paid, where it was not the viewer. `refused` are refunds that the processor did not make, for billing to
    see; `online` says whether it can be asked; `reasons` why something is paid back, in words for who reads it."""

    row: Row
    bill: Bill
    refunds: tuple[Row, ...]
    refused: tuple[Row, ...]
    online: bool
    payer: str
    back: str
    now: datetime
    acts: bool
    staff: bool
    reasons: Mapping[str, str]

    @property
    def paid(self) -> bool:
        return self.row["state"] == PAID

    @property
    def returnable(self) -> int:
        """What may still be paid back of it."""
        return (self.row["taken"] or 0) - sum(one["amount"] for one in self.refunds) if self.paid else 0

    @property
    def way_back(self) -> bool:
        """Whether it can be paid back from here."""
        return self.row["method"] != CARD or (self.online and bool(self.row["charged"]))

    @property
    def currency(self) -> str:
        """In which it was paid, or is to be paid."""
        return self.row["currency"]

    def money(self, amount: int) -> str:
        return money(amount, self.currency)

    @property
    def waits(self) -> bool:
        """Nobody knows yet what became of it."""
        return self.row["state"] in UNDER_WAY and not self.odd

    @property
    def odd(self) -> str:
        """What the processor says was paid, where that is another sum: held for a person, and never booked."""
        return money(self.row["odd_amount"], self.row["odd_currency"]) if self.row["odd_at"] else ""

    @property
    def ways(self) -> tuple[str, ...]:
        """What billing may decide of it."""
        row = self.row
        return ways_of(row["odd_amount"], row["odd_currency"], self.bill.currency) if self.odd and self.staff else ()

    @property
    def asked(self) -> str:
        """What was asked for, where another sum was taken."""
        taken = self.row["taken"], self.currency
        return self.bill.money(self.row["amount"]) if self.paid and taken != (self.row["amount"], self.bill.currency) else ""

    @property
    def untaken(self) -> bool:
        """Whether it is known that no money came: its page is closed, or nobody ever saw one."""
        return not self.paid and not self.odd and (self.row["gone_at"] is not None or not self.row["session"])

    @property
    def late(self) -> bool:
        """The time to pay is over, and the processor has not said how it went."""
        return self.waits and self.row["ends_at"] <= self.now

    @property
    def opens(self) -> bool:
        """Whether it can be paid still: on the page that it has, or on one that is to be asked for again."""
        return self.waits and not (self.late and self.row["address"])

    @property
    def kind(self) -> str:
        return _("Receipt") if self.paid else ""

    @property
    def title(self) -> str:
        return _("Payment of %(sum)s", sum=sum_in(self.row))

    @property
    def up(self) -> Link:
        return Link(("payments",), _("Payments and receipts"))

    @property
    def tag(self) -> tuple[str, str]:
        return state_of(self.row)

    @property
    def lede(self) -> str:
        if self.paid:
            return run(self._given_back() or self._thanks, self._another)
        if self.odd:
            return _("The card company names another sum than was asked for. It does not count for the bill yet. We are looking into it.")
        if not self.waits:
            return _("This payment was not made. If the card company took money all the same, it will show here.")
        if self.late:
            return _("The time to pay is over. We are asking the card company whether it was paid.")
        if self.checking:
            return _("We are checking with the card company. This takes a few seconds.")
        if self.back == "stopped":
            return _("We have not heard of a payment yet. You can still pay, or stop this payment.")
        return _("This payment is not made yet.")

    @property
    def _strange(self) -> bool:
        """Paid in another currency than that of the bill."""
        return self.currency != self.bill.currency

    @property
    def _thanks(self) -> str:
        if self._strange:
            return ""
        return _("We have your payment. Thank you.") if not self.payer else _("We have this payment.")

    @property
    def _another(self) -> str:
        """What was taken, and that it was not what we asked for."""
        if not self.asked:
            return ""
        said = _("We asked for %(asked)s. The card company took %(taken)s.", asked=self.asked, taken=sum_in(self.row))
        return run(said, _("It cannot pay this bill.") if self._strange else "")

    def _given_back(self) -> str:
        done = sum(one["amount"] for one in self.refunds if one["state"] == "done")
        coming = sum(one["amount"] for one in self.refunds if one["state"] != "done")
        said = _("Paid. %(sum)s of it was paid back.", sum=self.money(done)) if done else ""
        return run(said, _("%(sum)s of it is on its way back to you.", sum=self.money(coming)) if coming else "")

    @property
    def checking(self) -> bool:
        """Whether they paid, as far as they know, and wait for us to hear of it."""
        return self.back in ("done", "still")

    @property
    def state(self) -> str:
        """Where to ask whether it is paid by now."""
        return self.link(*self.here, "state", back=self.back)

    @property
    def still(self) -> str:
        """That nothing has come since this was asked before."""
        return _("Still checking.") if self.checking else _("The card company has no payment yet.")

    @property
    def over(self) -> str:
        """How it ended, for who waited for it."""
        if not self.paid:
            return _("The card company has answered.") if self.odd else _("This payment was not made.")
        said = _("Paid. We have this payment of %(sum)s.") if self.payer else _("Paid. We have your payment of %(sum)s.")
        return said % {"sum": sum_in(self.row)}

    @property
    def facts(self) -> Facts:
        until = when(self.row["ends_at"]) if self.waits and not self.late else ""
        return said_facts(
            (_("Receipt number"), in_groups(self.row["number"]) if self.paid else ""), (_("Amount"), sum_in(self.row)),
            (_("Asked for"), self.asked),
            (_("Sum that the card company names"), self.odd if self.staff else ""),
            (_("For"), f"{self.bill.title}, {self.bill.whose}"), (_("How"), _(METHODS[self.row["method"]])),
            (_("Paid on"), when(self.row["settled_at"]) if self.paid else ""), (_("Paid by"), self.payer),
            (_("Note"), self.row["note"]), (_("Kept for you until"), until),
            (_("Left to pay on the statement"), self.bill.money(self.bill.owed)),
        )  # fmt: skip

    @property
    def parts(self) -> tuple[Part, ...]:
        back = self._refunds(_("Paid back"), _("What was paid back of this payment"), self.refunds)
        return (*back, *self._refunds(_("Not paid back"), _("What the card company did not pay back"), self.refused))

    def _refunds(self, heading: str, caption: str, refunds: tuple[Row, ...]) -> tuple[Part, ...]:
        rows = [
            (Cell(day(one["settled_at"] or one["made_at"])), Cell(self.money(one["amount"])),
             Cell(_(self.reasons[one["reason"]]), over=_("On its way") if one["state"] == "made" else ""))
            for one in refunds
        ]  # fmt: skip
        return table_part(heading, caption, (_("When"), _("Amount"), _("Why")), rows) if rows else ()

    @property
    def unseen(self) -> str:
        """The refs of the refunds that were not made and wait for somebody, as a form carries them."""
        return " ".join(one["ref"] for one in self.refused if one["seen_to_at"] is None)

    @property
    def links(self) -> tuple[Link, ...]:
        return (Link(("statements", self.bill.ref), self.bill.title),)


async def payment_page(grant: BillGrant, ref: str, back: str = "", online: bool = False) -> PaymentPage | None:
    """None where this account has no such payment."""
    rows = await visible(grant, Payment).rows(COLUMNS, "ref = ?", ref)
    if not rows:
        return None
    row = rows[0]
    grant.showed("Payment", [row["id"]])
    bills = {bill.row["id"]: bill for bill in await bills_of(grant)}
    refunds = await _refunds_of(grant, row)
    return PaymentPage(
        at=bill_address(grant), here=("payments", ref), row=row, bill=bills[row["statement"]], back=back, now=grant.now,
        refunds=tuple(one for one in refunds if one["state"] != FAILED), online=online,
        refused=tuple(one for one in refunds if one["state"] == FAILED and grant.basis == "duty"),
        payer=await _payer(grant, row), acts=grant.acts and grant.basis != "duty", staff=grant.basis == "duty",
        reasons=AT_WORK if grant.basis == "duty" else REASONS,
    )  # fmt: skip


async def _refunds_of(grant: BillGrant, row: Row) -> list[Row]:
    columns = ("ref", "amount", "reason", "state", "made_at", "settled_at", "seen_to_at")
    return await visible(grant, Refund).rows(columns, "payment = ?", row["id"], then="ORDER BY made_at")


async def _payer(grant: BillGrant, row: Row) -> str:
    """Who paid, where it was somebody else."""
    if row["asked_by"] is None or row["asked_by"] == grant.viewer.account:
        return ""
    rows = await grant.house.database.rows("SELECT name FROM account WHERE id = ?", row["asked_by"])
    return rows[0]["name"] if rows else ""


def sum_in(row: Row) -> str:
    """What was taken; before that, what was asked for."""
    return money(row["taken"] if row["taken"] is not None else row["amount"], row["currency"])
