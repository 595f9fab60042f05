"""What billing does with money: posts what came at the desk, by post or by phone, and pays back.

A refund of a card is written down first, like a payment, and asked of the processor under its own key. Once it answered, what
it calls the refund is kept, and looked at from then on. It stands in the ledger when the processor has said yes.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from access.audit import Entry
from access.grant import BillGrant, SystemGrant
from access.house import House
from access.visible import visible
from payments import REFUSED, RETURNED, NotTaken, Returned
from payments.checkout import Processor
from rules.ledger import PAYMENT, REFUND, entries_of, kind_in
from rules.payments import ASKED_FOR, CARD, PAID, next_check
from tables.base import new_id, new_ref
from tables.ledger import (
    On, Payment, Posting, Statement, balance_of, hearers, lock_statement, post, receipt_number,
)  # fmt: skip
from tables.queue import enqueue, enqueue_notice
from tables.sending import Sending, use_key

CHECK_REFUND = "refund.check"
REFUND_ROW = (
    "SELECT r.*, p.statement, p.guarantor, p.currency, p.charged, p.asked_by, g.holder, t.currency AS billed FROM refund r"
    " JOIN payment p ON p.id = r.payment JOIN guarantor_account g ON g.id = p.guarantor"
    " JOIN statement t ON t.id = p.statement WHERE r.id = ?"
)
SEE_TO = "UPDATE refund SET seen_to_at = ? WHERE payment = ? AND state = 'failed' AND seen_to_at IS NULL"
BACK = "SELECT COALESCE(SUM(amount), 0) AS sum FROM refund WHERE payment = ? AND state <> 'failed'"


class NotThatMuch(Exception):
    """More than there is, or not what there was when they looked: to be paid, or to be paid back. `most` is what there is."""

    def __init__(self, most: int):
        super().__init__(str(most))
        self.most = most


class NoWayBack(Exception):
    """A payment by card is paid back by the processor, and there is none here, or none that knows of this payment."""


async def post_payment(
    grant: BillGrant, statement_ref: str, amount: int, seen: int, method: str, note: str, sending: Sending, outcome: str
) -> None:
    """Money that somebody at the clinic has in hand: up to what is owed, whatever cards keep for themselves, since it has come
    and theirs may not. `seen` is what was owed as they looked: else it may be this very money that was posted. Raises
    LookupError, NotThatMuch."""
    database, payment = grant.house.database, new_id()
    async with grant.acting("payment.post") as entry:
        await use_key(database, sending, outcome, grant.now)
        rows = await visible(grant, Statement).rows(("id", "currency"), "ref = ?", statement_ref)
        if not rows:
            raise LookupError(statement_ref)
        statement = rows[0]
        await lock_statement(database, statement["id"])
        owed = await balance_of(database, statement["id"])
        if owed != seen or not 0 < amount <= owed:
            raise NotThatMuch(max(0, owed))
        await _insert(grant, payment, statement, amount, method, note)
        await _post(grant.house, payment, statement, grant.guarantor, amount, grant.viewer.account, grant.now)
        await tell(grant.house, grant.record, None, "payment.received", payment, grant.now)
        entry.showed("Payment", [payment])


async def _insert(grant: BillGrant, payment: UUID, statement: dict, amount: int, method: str, note: str) -> None:
    await grant.house.database.rows(
        "INSERT INTO payment (id, ref, number, guarantor, statement, amount, currency, method, state, taken, note, made_at,"
        " settled_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'paid', ?, ?, ?, ?)",
        payment, new_ref(), receipt_number(), grant.guarantor, statement["id"], amount, statement["currency"], method,
        amount, note or None, grant.now, grant.now,
    )


async def _post(house: House, payment: UUID, statement: dict, guarantor: UUID, amount: int, by: UUID, now: datetime) -> None:
    await post(house.database, Posting(
        guarantor, statement["id"], PAYMENT, entries_of(PAYMENT, amount), statement["currency"], On.at(now),
        f"payment:{payment}", payment=payment, by=by,
    ), now)  # fmt: skip


async def tell(house: House, holder: UUID, payer: UUID | None, event: str, payment: UUID, now: datetime, more: str = "") -> None:
    for account in await hearers(house.database, holder, payer):
        await enqueue_notice(house.database, event, account, "Payment", payment, now, dedupe=f"{event}:{more or payment}")


async def give_back(
    grant: BillGrant, processor: Processor | None, payment_ref: str, amount: int, seen: int, reason: str, sending: Sending, outcome: str
) -> UUID:
    """Writes the refund down; what came by cash, check or phone is paid back with it, and a card by `ask_back`. `seen` is what
    could be paid back as they looked. Raises LookupError, NoWayBack, NotThatMuch."""
    database, now = grant.house.database, grant.now
    async with grant.acting("payment.return") as entry:
        await use_key(database, sending, outcome, now)
        row = await _paid(grant, payment_ref)
        by_card = row["method"] == CARD
        if by_card and not (processor and row["charged"]):
            raise NoWayBack
        await lock_statement(database, row["statement"])
        left = row["taken"] - int((await database.rows(BACK, row["id"]))[0]["sum"])
        if left != seen or not 0 < amount <= left:
            raise NotThatMuch(left)
        refund = await write_refund(grant, row["id"], amount, reason)
        entry.showed("Payment", [row["id"]])
        await (plan(grant.house, refund, 0, now) if by_card else _done(grant.house, refund, now))
    return refund


async def write_refund(grant: BillGrant, payment: UUID, amount: int, reason: str) -> UUID:
    """In the caller's transaction. Whoever asks anew has seen to what was not paid back before."""
    database, refund = grant.house.database, new_id()
    await see_to(grant, payment)
    await database.rows(
        "INSERT INTO refund (id, ref, payment, amount, state, reason, made_by, made_at) VALUES (?, ?, ?, ?, 'made', ?, ?, ?)",
        refund, new_ref(), payment, amount, reason, grant.viewer.account, grant.now,
    )
    return refund


async def see_to(grant: BillGrant, payment: UUID) -> None:
    """In the caller's transaction: the refunds of this payment that were not made wait for nobody any more."""
    await grant.house.database.rows(SEE_TO, grant.now, payment)


async def _paid(grant: BillGrant, ref: str) -> dict:
    columns = ("id", "statement", "taken", "method", "charged")
    rows = await visible(grant, Payment).rows(columns, "ref = ? AND state = ?", ref, PAID)
    if not rows:
        raise LookupError(ref)
    return rows[0]


async def ask_back(house: House, processor: Processor | None, refund: UUID) -> str:
    """Asks the processor to pay it back, or what became of asking before: the state now. Raises Unreachable."""
    row = (await house.database.rows(REFUND_ROW, refund))[0]
    if row["state"] != "made" or processor is None:
        return row["state"]
    said = await _fate(processor, row, house.clock())
    async with house.audit.transaction() as entries:
        await house.database.rows("UPDATE refund SET known_as = ? WHERE id = ?", said.known_as or None, refund)
        if said.state == RETURNED:
            await _done(house, refund, house.clock())
            entries.append(Entry(house.clock(), "payment.returned", row["made_by"], subject=row["holder"]))
        elif said.state == REFUSED:
            await house.database.rows("UPDATE refund SET state = 'failed' WHERE id = ? AND state = 'made'", refund)
    return {RETURNED: "done", REFUSED: "failed"}.get(said.state, "made")


async def _fate(processor: Processor, row: dict, now: datetime) -> Returned:
    """Once the processor has answered it is only looked at. Until then it is asked for again, which is the same refund as
    long as its key is remembered; after that it is looked for, and what is not there was never made."""
    if row["known_as"]:
        return await processor.look_back(row["known_as"])
    if now - row["made_at"] < ASKED_FOR:
        try:
            return await processor.give_back(row["charged"], row["amount"], row["ref"])
        except NotTaken:
            pass
    return await processor.find_back(row["charged"], row["ref"]) or Returned("", REFUSED)


async def _done(house: House, refund: UUID, now: datetime) -> None:
    """In the caller's transaction: the ledger, and whoever must hear of it. A second time changes nothing."""
    row = (await house.database.rows(REFUND_ROW, refund))[0]
    kind = kind_in(REFUND, row["currency"], row["billed"])
    await house.database.rows("UPDATE refund SET state = 'done', settled_at = ? WHERE id = ? AND state = 'made'", now, refund)
    posting = Posting(
        row["guarantor"], row["statement"], kind, entries_of(kind, row["amount"]), row["currency"], On.at(now),
        f"refund:{refund}", payment=row["payment"], refund=refund, by=row["made_by"],
    )  # fmt: skip
    if await post(house.database, posting, now):
        await tell(house, row["holder"], row["asked_by"], "payment.returned", row["payment"], now, str(refund))


async def check_back(system: SystemGrant, processor: Processor, refund: UUID, number: int) -> None:
    """Our own query, at the times that were planned. Raises Unreachable."""
    if await ask_back(system.house, processor, refund) == "made":
        await plan(system.house, refund, number + 1, system.house.clock())


async def plan(house: House, refund: UUID, number: int, now: datetime) -> None:
    """A job that asks for the `number`th time, from 0."""
    await enqueue(
        house.database, CHECK_REFUND, {"refund": str(refund), "number": number}, now,
        run_at=next_check(number, now), dedupe=f"{CHECK_REFUND}:{refund}:{number}",
    )
