"""The reconciler: asks the processor what became of each payment that is under way, until it knows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from access.house import House
from access.opening import open_system
from acts.desk_payments import check_back
from acts.payments import again, check
from jobs.job import Job
from pages.clinic import clinic
from payments import Unreachable
from payments.checkout import Processor

LANGUAGE = "en"


async def check_payment(processor: Processor, house: House, job: Job, now: datetime) -> None:
    """While the processor is away the next time is planned all the same: this job is never given up."""
    payment, number = UUID(job.arguments["payment"]), job.arguments["number"]
    system = open_system(house, "payments", now)
    try:
        await check(system, processor, payment, number, (await clinic(house.database, LANGUAGE)).name)
    except Unreachable:
        rows = await house.database.rows("SELECT made_at FROM payment WHERE id = ?", payment)
        await again(house, payment, number, rows[0]["made_at"])


async def check_refund(processor: Processor, house: House, job: Job, now: datetime) -> None:
    """A refund that the processor has not done yet. While it is away the job is tried again by itself."""
    await check_back(open_system(house, "payments", now), processor, UUID(job.arguments["refund"]), job.arguments["number"])
