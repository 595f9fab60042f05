"""Money that waits for a person of billing: one list of payments and refunds, and what would be done with one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from access.grant import QueueGrant
from access.visible import visible
from pages.billing_desk import SurePage
from pages.payment import PaymentPage
from pages.sheet import said_facts
from pages.stored import Row
from rules.payments import BACK, CLOSE, POST
from tables.ledger import Payment, Refund
from tables.records import left_of
from words.bills import PROOFS, WAYS
from words.dates import when
from words.gettext import N_, _
from words.money import money

MOST = 100
"""So many of each kind on the page, those that wait longest first."""
HOLDER = "JOIN guarantor_account g ON g.id = payment.guarantor JOIN record r ON r.id = " + left_of("g.holder")
ODD = (
    "SELECT payment.id, payment.ref, payment.odd_amount AS sum, payment.odd_currency AS currency, payment.amount AS asked,"
    f" payment.currency AS billed, payment.odd_at AS since, g.ref AS account, r.name FROM payment {HOLDER}"
    f" WHERE {{seen}} ORDER BY payment.odd_at, payment.id LIMIT {MOST + 1}"
)
FAILED = (
    "SELECT refund.id, payment.ref, refund.amount AS sum, payment.currency, refund.known_as, refund.made_at AS since,"
    f" g.ref AS account, r.name FROM refund JOIN payment ON payment.id = refund.payment {HOLDER}"
    f" WHERE {{seen}} ORDER BY refund.made_at, refund.id LIMIT {MOST + 1}"
)
HEADINGS = {
    "odd": N_("Another sum was taken than was asked for"), "late": N_("Refunds that failed after a while"),
    "refused": N_("Refunds that the card company refused"),
}  # fmt: skip
BUTTONS = {POST: N_("Post it"), BACK: N_("Give it back"), CLOSE: N_("Close it")}


@dataclass(frozen=True, slots=True)
class Stuck:
    """One payment or refund that waits. `kind` is one of HEADINGS."""

    kind: str
    row: Row

    @property
    def path(self) -> str:
        return f"/staff/bills/{self.row['account']}/payments/{self.row['ref']}"

    @property
    def name(self) -> str:
        """With its moment: of one person the same sum may wait twice."""
        said = {"name": self.row["name"], "sum": money(self.row["sum"], self.row["currency"]), "when": when(self.row["since"])}
        return _("%(name)s, %(sum)s, %(when)s", **said)

    @property
    def words(self) -> str:
        return _("Asked for: %(sum)s", sum=money(self.row["asked"], self.row["billed"])) if self.kind == "odd" else ""


@dataclass(frozen=True, slots=True)
class StuckPage:
    """`more`: there are more of a kind than the page shows."""

    stuck: tuple[Stuck, ...]
    more: bool = False

    @property
    def groups(self) -> tuple[tuple[str, str, tuple[Stuck, ...]], ...]:
        """Code, heading and what stands under it; those that have something."""
        found = ((code, _(words), tuple(one for one in self.stuck if one.kind == code)) for code, words in HEADINGS.items())
        return tuple(group for group in found if group[2])


async def stuck_page(grant: QueueGrant) -> StuckPage:
    odd, failed = await _rows(grant, Payment, ODD), await _rows(grant, Refund, FAILED)
    grant.entry.action = "stuck.see"
    found = [Stuck("odd", row) for row in odd[:MOST]]
    found += [Stuck("late" if row["known_as"] else "refused", row) for row in failed[:MOST]]
    return StuckPage(tuple(found), max(len(odd), len(failed)) > MOST)


async def _rows(grant: QueueGrant, table: type[Payment] | type[Refund], sql: str) -> Sequence[Row]:
    seen = visible(grant, table).predicate
    rows = await grant.house.database.rows(sql.format(seen=seen.sql), *seen.values)
    grant.showed(table.__name__, [row["id"] for row in rows])
    return rows


async def how_many_stuck(grant: QueueGrant) -> int:
    """For the page that leads to the list."""
    counts = [await visible(grant, table).rows(("COUNT(*) AS n",)) for table in (Payment, Refund)]
    return sum(rows[0]["n"] for rows in counts)


def taken_of(page: PaymentPage) -> str:
    """What the card company says it took, as a form carries it: what they decide is of this sum alone."""
    return f"{page.row['odd_amount']} {page.row['odd_currency']}" if page.odd else ""


def decide_page(page: PaymentPage, payer: str, typed: dict[str, str]) -> SurePage:
    """Asks before it is done: what was taken, what was asked for, and what becomes of it."""
    facts = said_facts(
        (_("What is done"), _(WAYS[typed["way"]])), (_("Sum that the card company names"), page.odd),
        (_("Asked for"), page.bill.money(page.row["amount"])),
        (_("Statement"), _("%(statement)s of %(name)s", statement=page.bill.title, name=payer)), (_("Why"), _(PROOFS[typed["reason"]])),
    )  # fmt: skip
    return SurePage(
        sum=page.odd, facts=facts, button=_(BUTTONS[typed["way"]]), back=page.link(*page.here, "decision"),
        typed=tuple(typed.items()),
    )  # fmt: skip
