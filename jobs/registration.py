"""Codes to register with that are sent: whether a chart has what was typed, and what the mail says."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import datetime, timedelta
from uuid import UUID

from access.audit import Entry
from access.grant import SystemGrant
from access.house import House
from acts.asked_code import SEND
from identity import activation
from identity.activation import EMAIL, POST, chart_with, why_not_away
from identity.codes import new_desk_code
from identity.limits import Full, Limit, hidden, spend
from jobs.job import Job
from rules.addresses import email_of
from rules.names import is_called
from tables.queue import enqueue_letter
from tables.records import lock_record

WAITS_FOR = timedelta(hours=1)
"""A queue that stood still for longer sends nobody a code they have forgotten about."""
A_DAY, MOST, MOST_LETTERS = 86_400, 3, 2
"""So many codes for one chart, and to one address, in a day, whoever asks."""
GOOD = (
    "SELECT id, object, secret, ends_at FROM capability WHERE id = ? AND revoked_at IS NULL AND uses < uses_allowed AND ends_at > ?"
)


async def send_code(house: House, job: Job, now: datetime) -> None:
    """Writes down how it went, and forgets what was typed, in the transaction of its effect."""
    if "typed" not in job.arguments:
        return
    typed = _typed(house, job)
    row = await _chart(house, typed) if now.timestamp() < typed["at"] + WAITS_FOR.total_seconds() else None
    reason = await _why_not(house, row, typed)
    async with house.audit.transaction() as entries:
        await house.database.rows("UPDATE job SET arguments = '{}' WHERE id = ?", job.id)
        if not reason:
            reason = await _send(house, row, now)
        # Who knew all three things of a chart is told of there, whatever came of it; any other try is nobody's to read.
        subject = row["id"] if row and reason != "unknown" else None
        entries.append(Entry(now, "code.send", subject=subject, decision="refused" if reason else "allowed", reason=reason))


def _typed(house: House, job: Job) -> dict:
    bound = job.arguments["bound"]
    return json.loads(house.keyring.open(b64decode(job.arguments["typed"]), f"{SEND} {bound}"))


async def _chart(house: House, typed: dict) -> dict | None:
    """The one chart of that number; one that was merged has no number of its own any more."""
    return await chart_with(
        house, "r.number IN (?, ?) AND r.state <> 'merged'", typed["number"], typed["number"].upper()
    )


async def _why_not(house: House, row: dict | None, typed: dict) -> str:
    """"" where it may be sent; else unknown, a reason of `why_not_away`, or shared (an address of more than one chart)."""
    if row is None or row["birth_text"] != typed["born"] or not is_called(typed["name"], row["name"], row["family"]):
        return "unknown"
    return await _why_not_there(house, row)


async def _why_not_there(house: House, row: dict) -> str:
    """By e-mail; by post where there is no address for e-mail on file."""
    if not email_of(row["email"] or ""):
        return await why_not_away(house, row, POST)
    return await why_not_away(house, row, EMAIL) or ("shared" if await is_shared(house, row["email"]) else "")


async def is_shared(house: House, email: str) -> bool:
    rows = await house.database.rows("SELECT id FROM record WHERE LOWER(email) = LOWER(?) AND state <> 'merged' LIMIT 2", email)
    return len(rows) > 1


async def _send(house: House, row: dict, now: datetime) -> str:
    """Inside a transaction, and with the chart's row held: "", or why not after all."""
    await lock_record(house.database, row["id"])
    row, to = await chart_with(house, "r.id = ?", row["id"]), email_of(row["email"] or "")
    if reason := await _why_not_there(house, row):
        return reason
    try:
        await spend(house, _limits(row["id"], to), now)
    except Full:
        return "often"
    if not to:
        await activation.queue_letter(house, row["id"], now)
        return ""
    await activation.withdraw_by(house, row["id"], (EMAIL,), now)
    code = await activation.write_code(house, row["id"], new_desk_code(), EMAIL, None, now, kept=True)
    await enqueue_letter(house.database, activation.MAIL, to, "Capability", code, now, locale="en", record=row["id"])
    return ""


def _limits(record: UUID, to: str) -> list[Limit]:
    """Letters cost the clinic more than mails, and arrive later."""
    of_record = Limit(f"send:record:{record}", MOST, A_DAY)
    if to:
        return [of_record, Limit(f"send:to:{hidden(to.casefold())}", MOST, A_DAY)]
    return [of_record, Limit(f"send:post:{record}", MOST_LETTERS, 21 * A_DAY)]


async def is_wanted(system: SystemGrant, row: dict) -> bool:
    """A letter for which a code can still be made."""
    return not await why_not_away(system.house, await chart_with(system.house, "r.id = ?", UUID(row["object"])), POST)


async def is_good(system: SystemGrant, row: dict) -> bool:
    """The code of this mail works, and its address is still that of this chart alone."""
    house = system.house
    found = await house.database.rows(GOOD, UUID(row["object"]), house.clock())
    chart = await chart_with(house, "r.id = ?", UUID(found[0]["object"])) if found else None
    return chart is not None and email_of(chart["email"] or "") == row["address"] and not await _why_not_there(house, chart)


async def code_of(house: House, row: dict) -> dict:
    """The code, and until when; "" where it works no more, or was sent."""
    found = await house.database.rows(GOOD, UUID(row["object"]), house.clock())
    if not found or found[0]["secret"] is None:
        return {"code": ""}
    one = found[0]
    return {"code": house.keyring.open(bytes(one["secret"]), one["id"]).decode(), "ends_at": one["ends_at"]}


async def forget(house: House, row: dict) -> None:
    """Sent, it is in nobody's hands but its reader's. A demo sends nothing: its page is where the mail is read."""
    if not house.demo:
        await house.database.rows("UPDATE capability SET secret = NULL WHERE id = ?", UUID(row["object"]))
