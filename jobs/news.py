"""After a feed came: who has something new is told so, once for each import and chart, and nothing more than that.

`feed.news` finds the charts, a handful at a time; `record.news` asks, as each person, what of one chart they may see.
What is held back gets a job of its own for the moment its hold ends (DESIGN §6).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from access.grant import RecordGrant, SystemGrant
from access.house import House
from access.opening import open_for, open_system
from access.visible import visible
from access.vocabulary import Access, Action, Category
from jobs.job import Job
from tables.queue import enqueue, enqueue_notice
from tables.records import left_of
from tables.results import DiagnosticReport

FEED, RECORD = "feed.news", "record.news"
CHARTS = 100
SEE_HOME = Access("record", Category.HOME, Action.SEE)
NEW = (
    "SELECT s.record, d.released_at FROM diagnostic_report d CROSS JOIN record_source s WHERE s.id = d.patient"
    " AND d.first_seen_at >= ? AND d.released_at IS NOT NULL AND d.withdrawn_at IS NULL AND s.record > ?"
    " AND EXISTS (SELECT 1 FROM share h WHERE h.record = s.record AND h.revoked_at IS NULL)"
    f" GROUP BY s.record, d.released_at ORDER BY s.record LIMIT {CHARTS}"
)
HOLDERS = (
    f"SELECT a.id, a.kind, r.ref FROM record c JOIN record r ON r.id = {left_of('c.id')} JOIN share h ON h.record = r.id"
    " JOIN account a ON a.id = h.account WHERE c.id = ? AND h.revoked_at IS NULL AND a.state = 'active'"
)
FIRST = UUID(int=0)


async def tell_of_feed(house: House, since: datetime) -> None:
    """In the transaction that ends an import, which began at `since`: a feed that was cut and goes on later is one feed."""
    await enqueue(house.database, FEED, {"since": since.isoformat()}, house.clock(), dedupe=f"{FEED}:{since.isoformat()}")


async def feed_news(house: House, job: Job, now: datetime) -> None:
    """One handful of charts, then a job for the next."""
    await house.audit.commit(open_system(house, "news", now).entry)
    since, after = datetime.fromisoformat(job.arguments["since"]), UUID(job.arguments.get("after", str(FIRST)))
    found = await house.database.rows(NEW, since, after)
    whole = found if len(found) < CHARTS else _without_last_chart(found)
    async with house.database.transaction():
        for row in whole:
            shows = max(row["released_at"], since)
            await enqueue(
                house.database, RECORD, {"since": shows.isoformat()}, now, record=row["record"], run_at=max(now, shows),
                dedupe=f"{RECORD}:{row['record']}:{shows.isoformat()}",
            )
        if len(found) == CHARTS:
            more = job.arguments | {"after": str(whole[-1]["record"])}
            await enqueue(house.database, FEED, more, now, dedupe=f"{FEED}:{more['since']}:{more['after']}")


def _without_last_chart(found: list[dict]) -> list[dict]:
    """The last chart may go on in the next handful, unless it fills this one."""
    return [row for row in found if row["record"] != found[-1]["record"]] or found


async def record_news(house: House, job: Job, now: datetime) -> None:
    """Each person who may look at this chart, by their own grant at this moment."""
    system, since = open_system(house, "news", now), datetime.fromisoformat(job.arguments["since"])
    system.showed("Record", [job.record])
    await house.audit.commit(system.entry)
    for holder in await house.database.rows(HOLDERS, job.record):
        newest = await _newest(system, holder, since)
        if newest:
            async with house.database.transaction():
                await enqueue_notice(
                    house.database, "record.new", holder["id"], "DiagnosticReport", newest, now,
                    dedupe=f"{job.record}:{int(since.timestamp() * 1000)}",
                )


async def _newest(system: SystemGrant, holder: dict, since: datetime) -> UUID | None:
    grant = await open_for(system, holder["id"], holder["kind"], holder["ref"], SEE_HOME)
    if not isinstance(grant, RecordGrant):
        return None
    rows = await (
        visible(grant, DiagnosticReport)
        .select(DiagnosticReport.id)
        .where((DiagnosticReport.released_at >= since) & (DiagnosticReport.status != "registered"))
        .order_by(DiagnosticReport.released_at, ascending=False)
        .limit(1)
    )
    return rows[0]["id"] if rows else None
