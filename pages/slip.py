"""The slip for whoever pays by phone, by post or at the desk: the numbers to say or to write, and no script."""

from __future__ import annotations

from dataclasses import dataclass

from access.grant import BillGrant
from pages.bill_rows import Bill, bills_of
from pages.bills import bill_address
from pages.clinic import Clinic
from pages.sheet import Facts, Link, Part, Sheet, lines_part
from words.gettext import _
from words.numbers import in_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipPage(Sheet):
    bill: Bill
    number: str
    clinic: Clinic

    @property
    def title(self) -> str:
        return _("Pay by phone, by post or at the desk")

    @property
    def kind(self) -> str:
        return self.bill.title

    @property
    def up(self) -> Link:
        return Link(("statements", self.bill.ref), self.bill.title)

    @property
    def lede(self) -> str:
        return _("%(sum)s is left to pay.", sum=self.bill.money(max(0, self.bill.owed)))

    @property
    def facts(self) -> Facts:
        return (
            (_("Account number"), in_groups(self.number)), (_("Statement"), self.bill.row["number"] or self.bill.when),
            (_("Left to pay"), self.bill.money(max(0, self.bill.owed))),
        )  # fmt: skip

    @property
    def parts(self) -> tuple[Part, ...]:
        phone = _("Call %(phone)s, %(hours)s.", phone=self.clinic.phone, hours=self.clinic.hours) if self.clinic.phone else ""
        post = _("Address: %(address)s.", address=self.clinic.address) if self.clinic.address else ""
        return (
            *lines_part(_("By phone"), (phone, _("Say the account number and the statement.")) if phone else ()),
            *lines_part(_("By post"), (_("Send a check to %(clinic)s.", clinic=self.clinic.name), post,
                                       _("Write the account number and the statement on it. Send no cash."))),
            *lines_part(_("At the desk"), (_("Bring this page. You can pay with cash, a check or a card."),)),
        )  # fmt: skip


async def slip_page(grant: BillGrant, ref: str, clinic: Clinic) -> SlipPage | None:
    bills = await bills_of(grant, ref)
    if not bills:
        return None
    return SlipPage(
        at=bill_address(grant), here=("statements", ref, "slip"), bill=bills[0], number=grant.number, clinic=clinic,
    )  # fmt: skip
