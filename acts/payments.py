"""Paying: what somebody means to pay is written down first, then the processor is asked (SECURITY contract 15).

Only what the processor says, signed or when we ask it, makes a payment; `settle` writes it down, once, whoever tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.audit import Entry
from access.grant import BillGrant, SystemGrant
from access.house import House
from access.visible import visible
from payments import GONE, OPEN, Asked, Checkout, NotTaken
from payments.checkout import Processor
from rules.amounts import card_fault
from rules.ledger import PAYMENT, entries_of
from rules.payments import CANCELLED, EXPIRED, MADE, PAGE_FOR, PAGE_LEAST, PAID, UNDER_WAY, kept_by, next_check, next_state
from tables.base import new_id, new_ref
from tables.ledger import (
    On, Payment, Posting, Statement, balance_of, hearers, lock_statement, payments_on, post, receipt_number,
)  # fmt: skip
from tables.queue import enqueue, enqueue_notice
from tables.sending import Sending, use_key

CHECK = "payment.check"
PAYMENT_ROW = (
    "SELECT p.*, g.ref AS guarantor_ref, g.holder, t.number AS statement_number FROM payment p"
    " JOIN guarantor_account g ON g.id = p.guarantor JOIN statement t ON t.id = p.statement WHERE {which}"
)


@dataclass(frozen=True, slots=True)
class Begun:
    """`address` is the processor's page; '' when it did not answer, or has been closed."""

    ref: str
    address: str


class NotPayable(Exception):
    """A card cannot pay it now, for this reason of `rules.amounts.card_fault`: `free` is what is left, `kept` what payments
    under way keep for themselves."""

    def __init__(self, reason: str, free: int, kept: int):
        super().__init__(reason)
        self.reason, self.free, self.kept = reason, free, kept


async def intend(grant: BillGrant, statement_ref: str, amount: int, sending: Sending) -> str:
    """Writes down what is to be paid and keeps that sum for it: the ref of the payment. Raises NotPayable, LookupError."""
    database, payment, ref = grant.house.database, new_id(), new_ref()
    async with grant.acting("payment.begin") as entry:
        rows = await visible(grant, Statement).rows(("id", "currency"), "ref = ?", statement_ref)
        if not rows:
            raise LookupError(statement_ref)
        await use_key(database, sending, f"/bills/{grant.guarantor_ref}/payments/{ref}", grant.now)
        await lock_statement(database, rows[0]["id"])
        kept = kept_by(await payments_on(database, rows[0]["id"]))
        free = max(0, await balance_of(database, rows[0]["id"]) - kept)
        if reason := card_fault(amount, free):
            raise NotPayable(reason, free, kept)
        await _insert(grant, payment, ref, rows[0], amount)
        await enqueue(database, CHECK, {"payment": str(payment), "number": 0}, grant.now, dedupe=f"{CHECK}:{payment}:0",
                      run_at=next_check(0, grant.now))  # fmt: skip
        entry.showed("Payment", [payment])
    return ref


async def _insert(grant: BillGrant, payment: UUID, ref: str, statement: dict, amount: int) -> None:
    await grant.house.database.rows(
        "INSERT INTO payment (id, ref, number, guarantor, statement, amount, currency, method, state, asked_by, share,"
        " made_at, ends_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'card', ?, ?, ?, ?, ?)",
        payment, ref, receipt_number(), grant.guarantor, statement["id"], amount, statement["currency"], MADE,
        grant.viewer.account, None if grant.own else grant.share, grant.now, grant.now + PAGE_FOR,
    )


async def send_off(house: House, processor: Processor, which: str, value: object, words: str) -> Begun:
    """Asks the processor for its page, or for the one it gave before. Raises Unreachable, and the payment then waits; or
    NotTaken."""
    row = (await house.database.rows(PAYMENT_ROW.format(which=which), value))[0]
    if row["state"] in UNDER_WAY and not row["session"]:
        row = await _with_time(house, row)
    if row["state"] not in UNDER_WAY:
        return Begun(row["ref"], "")
    return await (_page_again(house, processor, row) if row["session"] else _first_page(house, processor, row, words))


async def _with_time(house: House, row: dict) -> dict:
    """A page that was asked for in vain a while ago gets an end of its own when it is asked for again."""
    now = house.clock()
    async with house.database.transaction():
        await house.database.rows(
            "UPDATE payment SET ends_at = ? WHERE id = ? AND state = 'made' AND session IS NULL AND ends_at < ?",
            now + PAGE_FOR, row["id"], now + PAGE_LEAST,
        )
        return (await house.database.rows(PAYMENT_ROW.format(which="p.id = ?"), row["id"]))[0]


async def _first_page(house: House, processor: Processor, row: dict, words: str) -> Begun:
    """With the end that is written down: whoever asks at the same moment, or after a fall, is given the same page."""
    page = f"{house.origin}/bills/{row['guarantor_ref']}/payments/{row['ref']}"
    asked = Asked(
        row["ref"], row["amount"], row["currency"], words, f"{page}?back=done", f"{page}?back=stopped", row["ends_at"]
    )
    try:
        checkout = await processor.begin(asked)
    except NotTaken:
        await _refused(house, row)
        raise
    stored = await _store(house, row["id"], checkout)
    if stored in UNDER_WAY:
        return Begun(row["ref"], checkout.address)
    if stored:
        await settle(house, row["id"], await processor.call_off(checkout.session))
        return Begun(row["ref"], "")
    return await _second(house, processor, row, checkout)


async def _refused(house: House, row: dict) -> None:
    """There is no page, and never was one that anybody saw; so nothing is kept any longer. If it was not asked for anew."""
    async with house.database.transaction():
        await house.database.rows(
            "UPDATE payment SET state = ?, gone_at = ? WHERE id = ? AND state = 'made' AND session IS NULL AND ends_at <= ?",
            EXPIRED, house.clock(), row["id"], row["ends_at"],
        )


async def _page_again(house: House, processor: Processor, row: dict) -> Begun:
    """The page it has already, while that can still be paid."""
    told = await processor.look(row["session"])
    if told.state != OPEN:
        await settle(house, row["id"], told)
    return Begun(row["ref"], told.address if told.state == OPEN else "")


async def _store(house: House, payment: UUID, checkout: Checkout) -> str | None:
    """What the processor calls its page is kept whatever became of the payment meanwhile: whoever does not know it cannot
    close it. The state the payment is in; None when it has another page, or this one, already."""
    async with house.database.transaction():
        rows = await house.database.rows(
            "UPDATE payment SET session = ?, address = ?, gone_at = NULL, state = CASE WHEN state = 'made' THEN 'sent'"
            " ELSE state END WHERE id = ? AND session IS NULL RETURNING state",
            checkout.session, checkout.address or None, payment,
        )
    return rows[0]["state"] if rows else None


async def _second(house: House, processor: Processor, row: dict, checkout: Checkout) -> Begun:
    """Somebody pressed at the same moment and was faster: a payment has one page, so any other is closed unseen."""
    row = (await house.database.rows(PAYMENT_ROW.format(which="p.id = ?"), row["id"]))[0]
    if row["session"] != checkout.session:
        await processor.call_off(checkout.session)
    return await _page_again(house, processor, row) if row["state"] in UNDER_WAY else Begun(row["ref"], "")


async def call_off(grant: BillGrant, processor: Processor, ref: str, sending: Sending) -> None:
    """The processor's page is closed first: what was paid meanwhile stays paid. Raises LookupError, Unreachable."""
    database, row = grant.house.database, await _theirs(grant, ref)
    if row["state"] not in UNDER_WAY:
        return
    ended = await processor.call_off(row["session"]) if row["session"] else None
    async with grant.acting("payment.stop"):
        await use_key(database, sending, f"/bills/{grant.guarantor_ref}/payments/{ref}?back=ended", grant.now)
        if ended is None or ended.state == GONE:
            await database.rows(
                "UPDATE payment SET state = ?, gone_at = ? WHERE id = ? AND state IN ('made', 'sent')"
                " AND COALESCE(session, '') = ?", CANCELLED, grant.now, row["id"], row["session"] or "",
            )  # fmt: skip
    if ended is None:
        # Its page may have been made while this was decided.
        row = await _theirs(grant, ref)
        ended = await processor.call_off(row["session"]) if row["session"] else None
    if ended is not None:
        await settle(grant.house, row["id"], ended)


async def _theirs(grant: BillGrant, ref: str) -> dict:
    rows = await visible(grant, Payment).rows(("id", "state", "session"), "ref = ?", ref)
    if not rows:
        raise LookupError(ref)
    return rows[0]


async def settle(house: House, payment: UUID, told: Checkout) -> str:
    """What the processor says of a payment, written down once; the state it is in now. Of a page that is not the
    payment's own, and that nobody was sent to, only money counts. Another sum than was asked for is held for a person."""
    database, now = house.database, house.clock()
    async with house.audit.transaction() as entries:
        found = await database.rows(PAYMENT_ROW.format(which="p.id = ?"), payment)
        await lock_statement(database, found[0]["statement"])
        row = (await database.rows(PAYMENT_ROW.format(which="p.id = ?"), payment))[0]
        if told.session != row["session"] and told.state != PAID:
            return row["state"]
        state = next_state(row["state"], told.state)
        if state == PAID and row["state"] != PAID and (told.amount, told.currency) != (row["amount"], row["currency"]):
            await _hold(house, row, told, now)
            return row["state"]
        await _keep(house, row, state, told, now)
        if state == PAID and row["state"] != PAID:
            await _post(house, row, told, now)
            entries.append(Entry(now, "payment.received", row["asked_by"], row["share"], row["holder"]))
    return state


async def _hold(house: House, row: dict, told: Checkout, now: datetime) -> None:
    """Written down beside the payment, which stays as it was, and keeps its sum if it was under way; the processor is asked
    again, and what it says of the sum that was asked for is booked. The page on which money came is the payment's from then on.
    That nothing was taken, once a person closed it, is no news."""
    if told.amount <= 0 and row["gone_at"]:
        return
    await house.database.rows(
        "UPDATE payment SET odd_amount = ?, odd_currency = ?, odd_at = COALESCE(odd_at, ?), checked_at = ?, session = ?,"
        " charged = COALESCE(?, charged) WHERE id = ?", told.amount, told.currency, now, now, told.session, told.charge or None, row["id"],
    )  # fmt: skip


async def _keep(house: House, row: dict, state: str, told: Checkout, now: datetime) -> None:
    newly = state == PAID and row["state"] != PAID
    await house.database.rows(
        "UPDATE payment SET state = ?, session = ?, charged = COALESCE(charged, ?), checked_at = ?,"
        " gone_at = CASE WHEN ? THEN ? ELSE gone_at END, odd_at = CASE WHEN ? THEN NULL ELSE odd_at END,"
        " taken = CASE WHEN ? THEN ? ELSE taken END, settled_at = CASE WHEN ? THEN ? ELSE settled_at END WHERE id = ?",
        state, told.session, told.charge or None, now, told.state == GONE, now, newly or told.state == GONE, newly, told.amount, newly, now, row["id"],
    )


async def _post(house: House, row: dict, told: Checkout, now: datetime) -> None:
    """Into the ledger, and to everybody who must hear of it."""
    posting = Posting(
        row["guarantor"], row["statement"], PAYMENT, entries_of(PAYMENT, told.amount), row["currency"], On.at(now),
        f"payment:{row['id']}", payment=row["id"], by=row["asked_by"],
    )  # fmt: skip
    if await post(house.database, posting, now):
        for account in await hearers(house.database, row["holder"], row["asked_by"]):
            await enqueue_notice(house.database, "payment.received", account, "Payment", row["id"], now)


async def hear(system: SystemGrant, told: Checkout) -> bool:
    """A signed message of the processor's. False when it is of no payment of ours."""
    rows = await system.house.database.rows("SELECT id FROM payment WHERE session = ? OR ref = ?", told.session, told.key)
    if rows:
        await settle(system.house, rows[0]["id"], told)
    return bool(rows)


async def check(system: SystemGrant, processor: Processor, payment: UUID, number: int, words: str) -> None:
    """Our own query, until it is known whether money came: also of what was stopped or ran out, while its page may still
    be open. That is closed where nobody may pay there any more. What stays open is asked again. Raises Unreachable."""
    house, database = system.house, system.house.database
    rows = await database.rows(PAYMENT_ROW.format(which="p.id = ?"), payment)
    if not rows or rows[0]["state"] == PAID or rows[0]["gone_at"]:
        return
    row = rows[0]
    session = row["session"] or await _session(house, processor, row, words)
    if session:
        told = await processor.look(session)
        if told.state == OPEN and (row["state"] not in UNDER_WAY or row["ends_at"] <= house.clock()):
            told = await processor.call_off(session)
        state = await settle(house, payment, told)
        if told.state == GONE or state == PAID:
            return
    await again(house, payment, number)


async def again(house: House, payment: UUID, number: int) -> None:
    """A job that asks the next time."""
    now = house.clock()
    rows = await house.database.rows("SELECT ends_at FROM payment WHERE id = ?", payment)
    await enqueue(house.database, CHECK, {"payment": str(payment), "number": number + 1}, now,
                  run_at=next_check(number + 1, now, rows[0]["ends_at"]), dedupe=f"{CHECK}:{payment}:{number + 1}")  # fmt: skip


async def _session(house: House, processor: Processor, row: dict, words: str) -> str:
    """Of a payment that was cut off between us and the processor: it may know it by our key. While nobody sits before it and
    it is too late for a page, its payer may still come back; when that time is over, a page is there or there is none."""
    now = house.clock()
    if now < row["ends_at"] < now + PAGE_LEAST:
        return ""
    try:
        await _first_page(house, processor, row, words)
    except NotTaken:
        return ""
    return (await house.database.rows("SELECT session FROM payment WHERE id = ?", row["id"]))[0]["session"] or ""
