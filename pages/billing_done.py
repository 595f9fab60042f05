"""What billing has just done with money, as the books have it: a link that says so tells nothing that did not happen."""

from __future__ import annotations

from access.grant import BillGrant
from access.visible import visible
from pages.bill_rows import Bill
from pages.payment import PaymentPage
from pages.stored import Row
from rules.payments import CARD
from tables.ledger import Payment

NEWEST = "ORDER BY made_at DESC, id DESC LIMIT 1"


async def posted_on(grant: BillGrant, bill: Bill) -> str | None:
    """How much was posted last on this statement at the clinic; None where nothing was."""
    also = "statement = ? AND method <> ?"
    rows = await visible(grant, Payment).rows(("id", "amount"), also, bill.row["id"], CARD, then=NEWEST)
    grant.showed("Payment", [row["id"] for row in rows])
    return bill.money(rows[0]["amount"]) if rows else None


def done_with(page: PaymentPage, done: str) -> str | None:
    """The sum that was moved, or "" where none was; None where this was not done with the payment."""
    if done in REFUNDS:
        made = page.refused if done == "refused" else page.refunds
        sums = [one["amount"] for one in made if one["state"] == REFUNDS[done]]
        return page.money(sums[-1]) if sums else None
    if done == "settled" and page.asked and not (page.refunds or page.refused):
        return page.money(page.row["taken"])
    return "" if done in ENDS and ENDS[done](page) else None


def _seen_to(page: PaymentPage) -> bool:
    refused: tuple[Row, ...] = page.refused
    return bool(refused) and not page.unseen


REFUNDS = {"back": "done", "asked": "made", "refused": "failed"}
"""The state in which the refund stands after each answer."""
ENDS = {"closed": lambda page: page.untaken and not page.waits, "seen": _seen_to}
