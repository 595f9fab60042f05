"""The day before an appointment: whether it still stands at that time is asked now, and again as each notice is sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from access.house import House
from access.opening import open_system
from jobs.job import Job
from tables.bookings import concerned
from tables.queue import enqueue_notice

STANDS = "SELECT starts_at FROM booking WHERE id = ? AND state = 'booked' AND starts_at > ?"


async def remind(house: House, job: Job, now: datetime) -> None:
    """One that was moved meanwhile has a job of its own for its new time."""
    booking, at = UUID(job.arguments["booking"]), job.arguments["at"]
    system = open_system(house, "reminders", now)
    system.showed("Record", [job.record])
    await house.audit.commit(system.entry)
    rows = await house.database.rows(STANDS, booking, now)
    if not rows or rows[0]["starts_at"] != datetime.fromisoformat(at):
        return
    async with house.database.transaction():
        for account in await concerned(house.database, booking):
            await enqueue_notice(
                house.database, "booking.reminder", account, "Booking", booking, now, dedupe=f"remind:{booking}:{at}"
            )
