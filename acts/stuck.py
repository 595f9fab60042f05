"""Money that waits for a person: a payment of which another sum was taken than was asked for, and refunds that were not made.

Somebody of billing decides, and what they decide is written down once, whoever presses at the same moment and whatever the
processor says meanwhile: whoever comes second finds nothing to decide. What was taken stands in the ledger as it was taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from access.grant import BillGrant
from access.predicates import one_of
from access.visible import visible
from acts.desk_payments import SEE_TO, NoWayBack, plan, tell, write_refund
from payments.checkout import Processor
from rules.ledger import PAYMENT, entries_of, kind_in
from rules.payments import BACK, CLOSE, EXPIRED, PAID, POST, ways_of
from tables.ledger import On, Payment, Posting, Statement, lock_statement, post
from tables.sending import Sending, use_key

ACTIONS = {POST: "payment.settle", BACK: "payment.return", CLOSE: "payment.close"}
REASON = "sum"
"""Why such a payment is given back, as the payer reads it (words.bills)."""
TAKE = (
    "UPDATE payment SET state = ?, taken = odd_amount, currency = odd_currency, settled_at = odd_at, odd_at = NULL"
    " WHERE id = ? AND state <> 'paid' AND odd_at IS NOT NULL AND odd_amount = ? AND odd_currency = ? RETURNING id"
)
END = (
    "UPDATE payment SET state = CASE WHEN state IN ('made', 'sent') THEN ? ELSE state END, gone_at = ?, odd_at = NULL"
    " WHERE id = ? AND state <> 'paid' AND odd_at IS NOT NULL AND odd_amount = ? AND odd_currency = ? RETURNING id"
)


class Settled(Exception):
    """It waits no more, or not as it was seen: somebody was faster, or the processor says something else now."""


@dataclass(frozen=True, slots=True)
class Decision:
    """`way` is post, back or close; `amount` and `currency` what they saw that was taken; `reason` a code for the audit."""

    way: str
    amount: int
    currency: str
    reason: str


async def decide(
    grant: BillGrant, processor: Processor | None, payment_ref: str, decision: Decision, sending: Sending, outcome: str
) -> UUID | None:
    """The refund that `ask_back` must now ask for, if there is one. Raises LookupError, Settled, NoWayBack."""
    async with grant.acting(ACTIONS[decision.way]) as entry:
        await use_key(grant.house.database, sending, outcome, grant.now)
        row = await _locked(grant, payment_ref)
        entry.reason = decision.reason
        entry.showed("Payment", [row["id"]])
        if decision.way not in ways_of(decision.amount, decision.currency, row["billed"]):
            raise Settled
        if decision.way == CLOSE:
            await _written(grant, END, EXPIRED, grant.now, row["id"], decision.amount, decision.currency)
            return None
        await _book(grant, row, decision)
        if decision.way == BACK:
            return await _back(grant, processor, row, decision.amount)
        await tell(grant.house, grant.record, row["asked_by"], "payment.received", row["id"], grant.now)
    return None


async def _locked(grant: BillGrant, ref: str) -> dict:
    """As it is while nobody else decides over this statement."""
    first = await _payment(grant, ref)
    await lock_statement(grant.house.database, first["statement"])
    billed = await visible(grant, Statement).rows(("currency",), "id = ?", first["statement"])
    return await _payment(grant, ref) | {"billed": billed[0]["currency"]}


async def _payment(grant: BillGrant, ref: str) -> dict:
    rows = await visible(grant, Payment).rows(("id", "statement", "asked_by", "charged", "odd_at"), "ref = ?", ref)
    if not rows:
        raise LookupError(ref)
    return rows[0]


async def _written(grant: BillGrant, sql: str, *values: object) -> None:
    if not await grant.house.database.rows(sql, *values):
        raise Settled


async def _book(grant: BillGrant, row: dict, decision: Decision) -> None:
    """Exactly what was taken, on the day on which we heard of it."""
    await _written(grant, TAKE, PAID, row["id"], decision.amount, decision.currency)
    kind = kind_in(PAYMENT, decision.currency, row["billed"])
    await post(grant.house.database, Posting(
        grant.guarantor, row["statement"], kind, entries_of(kind, decision.amount), decision.currency, On.at(row["odd_at"]),
        f"payment:{row['id']}", payment=row["id"], by=grant.viewer.account,
    ), grant.now)  # fmt: skip


async def _back(grant: BillGrant, processor: Processor | None, row: dict, amount: int) -> UUID:
    if processor is None or not row["charged"]:
        raise NoWayBack
    refund = await write_refund(grant, row["id"], amount, REASON)
    await plan(grant.house, refund, 0, grant.now)
    return refund


async def see_to_refusals(grant: BillGrant, payment_ref: str, refs: tuple[str, ...], sending: Sending, outcome: str) -> None:
    """Somebody has seen to these refunds of this payment that were not made, in whatever way; one that failed after they
    looked waits on. Raises LookupError."""
    async with grant.acting("refund.see_to") as entry:
        await use_key(grant.house.database, sending, outcome, grant.now)
        row = await _payment(grant, payment_ref)
        entry.showed("Payment", [row["id"]])
        await grant.house.database.rows(f"{SEE_TO} AND {one_of('ref', refs)}", grant.now, row["id"], *refs)
