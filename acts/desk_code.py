"""The desk and codes to register with (one of the two doors of SECURITY): handed over, posted, taken back, or by hand alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.audit import Entry
from access.grant import Changed, QueueGrant, SystemGrant
from identity.activation import (
    DESK,
    EMAIL,
    POST,
    VALID_FOR,
    chart_with,
    queue_letter,
    why_not,
    why_not_away,
    withdraw_all,
    withdraw_by,
    write_code,
)
from identity.codes import new_desk_code, seal_letter
from tables.records import lock_record
from tables.sending import Sending, use_key

KEEP = "UPDATE record SET desk_only = ? WHERE id = ? OR (merged_into = ? AND desk_only = ?)"
"""Of charts that are one, those that say so too: allowed again, it is for all of them."""


@dataclass(frozen=True, slots=True)
class Issued:
    """`letter` is the sealed code for the address of the page that shows it, for 15 minutes, to who issued it."""

    code: str
    letter: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class NotIssued:
    """`reason`: unknown, registered, closed (blocked, merged or deceased), birth (no birth date to check), only (by hand
    alone), address (none on file)."""

    reason: str


async def issue_code(
    grant: QueueGrant | SystemGrant, record_ref: str, sending: Sending | None = None
) -> Issued | NotIssued:
    """A new code for this record; codes made before no longer work. Whether it may have one is asked again once
    the chart's row is held: its owner may have finished registering at this very moment."""
    record = await _here(grant, record_ref)
    reason = why_not(record)
    if reason == "registered":
        await _open_everywhere(grant, record["id"])
    if reason:
        return NotIssued(reason)
    code, ends_at = new_desk_code(), grant.now + VALID_FOR[DESK]
    issuer = grant.viewer.account if grant.viewer else None
    letter = seal_letter(grant.house, issuer, record_ref, code, grant.now)
    async with _acting(grant, "code.issue", record, sending, f"/staff/records/{record_ref}/code?letter={letter}"):
        await withdraw_all(grant.house, record["id"], grant.now)
        await _still_fit(grant, record_ref, DESK)
        await write_code(grant.house, record["id"], code, DESK, issuer, grant.now)
    return Issued(code, letter, ends_at)


async def post_code(grant: QueueGrant, record_ref: str, sending: Sending, outcome: str) -> str:
    """A letter waits for the printer, and its code is made there; "", or why it cannot be posted."""
    record = await _here(grant, record_ref)
    if reason := await why_not_away(grant.house, record, POST):
        return reason
    async with _acting(grant, "code.post", record, sending, outcome):
        await lock_record(grant.house.database, record["id"])
        await _still_fit(grant, record_ref, POST)
        await queue_letter(grant.house, record["id"], grant.now)
    return ""


async def withdraw_code(grant: QueueGrant, record_ref: str, sending: Sending, outcome: str) -> bool:
    """Whatever was made for this chart ends, with a login that was begun and not finished. False: there is no such chart."""
    record = await _here(grant, record_ref)
    if record is None:
        return False
    async with _acting(grant, "code.withdraw", record, sending, outcome):
        await withdraw_all(grant.house, record["id"], grant.now)
    return True


async def keep_to_desk(grant: QueueGrant, record_ref: str, only: bool, sending: Sending, outcome: str) -> bool:
    """From now on codes for this chart are handed over and nothing else, or no longer so. What was posted or sent ends."""
    record = await _here(grant, record_ref)
    if record is None:
        return False
    async with _acting(grant, "code.keep" if only else "code.free", record, sending, outcome):
        await lock_record(grant.house.database, record["id"])
        await grant.house.database.rows(KEEP, only, record["id"], record["id"], True)
        if only:
            await withdraw_by(grant.house, record["id"], (POST, EMAIL), grant.now)
    return True


async def _here(grant: QueueGrant | SystemGrant, record_ref: str) -> dict | None:
    """The chart, where it is of the sites of this duty; one that names no site is of every site."""
    record = await chart_with(grant.house, "r.ref = ?", record_ref)
    elsewhere = record is not None and isinstance(grant, QueueGrant) and not grant.covers(record["site"], record["id"])
    return None if elsewhere else record


@asynccontextmanager
async def _acting(
    grant: QueueGrant | SystemGrant, action: str, record: dict, sending: Sending | None, outcome: str
) -> AsyncIterator[Entry]:
    async with grant.acting(action) as entry:
        entry.subject = record["id"]
        if sending:
            await use_key(grant.house.database, sending, outcome, grant.now)
        yield entry


async def _still_fit(grant: QueueGrant | SystemGrant, record_ref: str, channel: str) -> None:
    record = await _here(grant, record_ref)
    if why_not(record) if channel == DESK else await why_not_away(grant.house, record, channel):
        raise Changed


async def _open_everywhere(grant: QueueGrant | SystemGrant, record: UUID) -> None:
    """Who has a login needs no code; but a stranger's guesses may have shut its password in new places."""
    async with grant.acting("password.open") as entry:
        entry.subject = record
        await grant.house.database.rows(
            "UPDATE password SET failures = 0 WHERE account IN (SELECT account FROM share WHERE record = ?"
            " AND basis = 'self' AND revoked_at IS NULL)",
            record,
        )
