"""The reconciler: asks the processor what became of each payment and refund that is under way, until it knows."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from access.house import House
from access.opening import open_system
from acts.desk_payments import CHECK_REFUND, check_back, plan
from acts.payments import CHECK, again, check
from jobs.job import Job
from pages.clinic import clinic
from payments import NotTaken, Unreachable
from payments.checkout import Processor
from rules.payments import CHECKS
from tables.queue import enqueue

LANGUAGE = "en"
HANDFUL, MINUTE = 200, timedelta(minutes=1)
WAITS = {CHECK: ("payment", "gone_at IS NULL AND state <> 'paid'"), CHECK_REFUND: ("refund", "state = 'made'")}
"""By the kind of job that asks: the table, and which of its rows the processor must still say something of."""


def unasked(kind: str) -> str:
    """Those that nobody asks about: their job was given up, or lost. A job's dedupe names what it asks about."""
    table, waits = WAITS[kind]
    return (
        f"SELECT id, made_at FROM {table} WHERE {waits} AND made_at < ? AND CAST(id AS VARCHAR(36)) NOT IN"
        f" (SELECT SUBSTR(dedupe, {len(kind) + 2}, 36) FROM job WHERE state = 'due' AND kind = '{kind}' AND dedupe IS NOT NULL)"
        f" ORDER BY made_at LIMIT {HANDFUL}"
    )


async def check_payment(processor: Processor, house: House, job: Job, now: datetime) -> None:
    """While the processor is away, or says what it should not, the next time is planned all the same."""
    payment, number = UUID(job.arguments["payment"]), job.arguments["number"]
    system = open_system(house, "payments", now)
    try:
        await check(system, processor, payment, number, (await clinic(house.database, LANGUAGE)).name)
    except (Unreachable, NotTaken):
        await again(house, payment, number)


async def check_refund(processor: Processor, house: House, job: Job, now: datetime) -> None:
    """A refund that the processor has not done yet."""
    refund, number = UUID(job.arguments["refund"]), job.arguments["number"]
    try:
        await check_back(open_system(house, "payments", now), processor, refund, number)
    except Unreachable:
        await plan(house, refund, number + 1, now)


async def ask_what_nobody_asks(house: House) -> int:
    """Whatever ended a job that asks, another is made, so that no payment or refund stays without an answer."""
    now, found = house.clock(), []
    for kind in WAITS:
        found += [(kind, WAITS[kind][0], row) for row in await house.database.rows(unasked(kind), now)]
    async with house.database.transaction():
        for kind, what, row in found:
            number = len(CHECKS) + (now - row["made_at"]) // MINUTE
            await enqueue(house.database, kind, {what: str(row["id"]), "number": number}, now, dedupe=f"{kind}:{row['id']}:{number}")
    return len(found)
