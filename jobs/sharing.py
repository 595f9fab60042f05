"""Letters about who helps: whether each still concerns its reader, what it says beside its fixed words, and the one
that asks once a year whether a share without an end is still right."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from access.audit import Entry
from access.grant import RecordGrant, SystemGrant
from access.house import House
from access.opening import open_for
from access.vocabulary import Category, record
from jobs.contact import covered
from jobs.job import Job
from rules.sharing import REVIEW_AFTER
from tables.queue import enqueue_notice
from tables.sharing import REVIEW, ask_later, owners

INVITED = (
    "SELECT i.id, i.secret, i.says_name, a.name FROM capability c JOIN invitation i ON CAST(i.id AS VARCHAR(36)) = c.object"
    " JOIN account a ON a.id = i.invited_by WHERE c.id = ? AND c.revoked_at IS NULL AND c.uses < c.uses_allowed"
    " AND c.ends_at > ? AND i.state = 'pending' AND i.secret IS NOT NULL"
)
CONCERNED = {
    "Share": "SELECT s.account, r.ref FROM share s JOIN record r ON r.id = s.record WHERE s.id = ?",
    "Invitation": "SELECT NULL AS account, r.ref FROM invitation i JOIN record r ON r.id = i.record WHERE i.id = ?",
}
SEE = record(Category.CONTROL)


STANDS = (
    "SELECT id, record FROM share WHERE id = ? AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > ?)"
    " AND review_at <= ?"
)


async def ask_again(house: House, job: Job, now: datetime) -> None:
    """Asks whoever owns the record, and will ask again in a year. What has ended, or was changed, is not asked about."""
    share, next_time = UUID(job.arguments["share"]), now + REVIEW_AFTER
    async with house.audit.transaction() as entries:
        rows = await house.database.rows(STANDS, share, now, now)
        if not rows:
            return
        await house.database.rows("UPDATE share SET review_at = ? WHERE id = ?", next_time, share)
        await ask_later(house.database, share, next_time, now)
        for account in await owners(house.database, rows[0]["record"], now):
            once = f"{REVIEW}:{share}:{now:%Y-%m-%d}"
            await enqueue_notice(house.database, REVIEW, account, "Share", share, now, dedupe=once)
        entries.append(Entry(now, "system.review", subject=rows[0]["record"]))


async def waits(system: SystemGrant, row: dict) -> bool:
    """The link of this letter still works: it was not used, made anew, or taken back."""
    return bool(await system.house.database.rows(INVITED, UUID(row["object"]), system.house.clock()))


async def concerns(system: SystemGrant, row: dict) -> bool:
    """Whoever helps by this share, and whoever may see now who helps with the record."""
    found = await _concerned(system.house, row)
    if not found or row["account"] is None:
        return False
    if found["account"] == row["account"]:
        return True
    return isinstance(await open_for(system, row["account"], "personal", found["ref"], SEE), RecordGrant)


async def _concerned(house: House, row: dict) -> dict | None:
    rows = await house.database.rows(CONCERNED[row["object_kind"]], UUID(row["object"]))
    return rows[0] if rows else None


async def link_of(house: House, row: dict) -> dict[str, str]:
    """The link; and who asks, where they wanted it said. A link that works no more is left out."""
    found = await house.database.rows(INVITED, UUID(row["object"]), house.clock())
    if not found:
        return {"link": "", "name": ""}
    one = found[0]
    secret = house.keyring.open(bytes(one["secret"]), one["id"]).decode()
    return {"link": f"{house.origin}/c/{secret}", "name": one["name"] if one["says_name"] else ""}


async def link_covered(house: House, row: dict) -> dict[str, str]:
    """For whoever looks at the letter again."""
    return {**await link_of(house, row), "link": f"{house.origin}/c/{covered(row)}"}


async def who_reads(house: House, row: dict) -> dict[str, bool]:
    """Whether the reader is the one who helps."""
    found = await _concerned(house, row)
    return {"helps": bool(found and found["account"] is not None and found["account"] == row["account"])}
