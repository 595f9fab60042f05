"""The desk hands a patient a code with which they make their login (one of the two doors of SECURITY)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from access.grant import Changed, QueueGrant, SystemGrant
from access.house import House
from identity.codes import ACTIVATION, code_hash, new_desk_code, seal_letter
from tables.base import new_id, new_ref
from tables.records import lock_record
from tables.sending import Sending, use_key

VALID_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Issued:
    """`letter` is the sealed code for the address of the page that shows it, for 15 minutes, to who issued it."""

    code: str
    letter: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class NotIssued:
    """`reason`: unknown, registered, closed (blocked, merged or deceased), birth (no birth date to check)."""

    reason: str


async def issue_code(
    grant: QueueGrant | SystemGrant, record_ref: str, sending: Sending | None = None
) -> Issued | NotIssued:
    """A new code for this record; codes handed out before no longer work. Whether it may have one is asked again once
    the chart's row is held: its owner may have finished registering at this very moment."""
    record = await _record(grant.house, record_ref)
    reason = _why_not(record) if _is_here(grant, record) else "unknown"
    if reason == "registered":
        await _open_everywhere(grant, record["id"])
    if reason:
        return NotIssued(reason)
    code, ends_at = new_desk_code(), grant.now + VALID_FOR
    issuer = grant.viewer.account if grant.viewer else None
    letter = seal_letter(grant.house, issuer, record_ref, code, grant.now)
    async with grant.acting("code.issue") as entry:
        entry.subject = record["id"]
        if sending:
            await use_key(grant.house.database, sending, f"/staff/records/{record_ref}/code?letter={letter}", grant.now)
        await _withdraw_earlier(grant.house, record["id"], grant.now)
        now_so = await _record(grant.house, record_ref)
        if _why_not(now_so) or not _is_here(grant, now_so):
            raise Changed
        await _write(grant.house, record["id"], code, issuer, grant.now, ends_at)
    return Issued(code, letter, ends_at)


async def _open_everywhere(grant: QueueGrant | SystemGrant, record: UUID) -> None:
    """Who has a login needs no code; but a stranger's guesses may have shut its password in new places."""
    async with grant.acting("password.open") as entry:
        entry.subject = record
        await grant.house.database.rows(
            "UPDATE password SET failures = 0 WHERE account IN (SELECT account FROM share WHERE record = ?"
            " AND basis = 'self' AND revoked_at IS NULL)",
            record,
        )


async def _record(house: House, record_ref: str) -> dict | None:
    rows = await house.database.rows(
        "SELECT r.id, r.state, r.site, r.birth_text, r.deceased_text, s.id AS held FROM record r LEFT JOIN share s"
        " ON s.record = r.id AND s.basis = 'self' AND s.revoked_at IS NULL WHERE r.ref = ?",
        record_ref,
    )
    return rows[0] if rows else None


def _is_here(grant: QueueGrant | SystemGrant, record: dict | None) -> bool:
    """Whether the chart is of the sites of this duty; one that names no site is of every site."""
    return record is None or not isinstance(grant, QueueGrant) or grant.covers(record["site"], record["id"])


def _why_not(record: dict | None) -> str:
    if record is None:
        return "unknown"
    if record["state"] != "active" or record["deceased_text"] is not None:
        return "closed"
    if record["held"] is not None:
        return "registered"
    return "" if record["birth_text"] else "birth"


async def _withdraw_earlier(house: House, record: UUID, now: datetime) -> None:
    """Earlier codes end, and a login begun with one of them but never finished gives its user name back.

    The first statement changes nothing but holds the chart's row: who comes at the same moment waits, and then sees
    the code made here as an earlier one.
    """
    await lock_record(house.database, record)
    await house.database.rows(
        "UPDATE account SET state = 'disabled', username_key = ref WHERE state = 'enrolling' AND id IN"
        " (SELECT used_by FROM capability WHERE purpose = ? AND object_kind = 'Record' AND object = ?)",
        ACTIVATION, str(record),
    )
    await house.database.rows(
        "UPDATE capability SET revoked_at = ? WHERE purpose = ? AND object_kind = 'Record' AND object = ?"
        " AND revoked_at IS NULL",
        now, ACTIVATION, str(record),
    )


async def _write(house: House, record: UUID, code: str, issuer: UUID | None, now: datetime, ends_at: datetime) -> None:
    await house.database.rows(
        "INSERT INTO capability (id, ref, hash, purpose, object_kind, object, issued_by, issued_at, ends_at, uses,"
        " uses_allowed, failures) VALUES (?, ?, ?, ?, 'Record', ?, ?, ?, ?, 0, 1, 0)",
        new_id(), new_ref(), code_hash(code), ACTIVATION, str(record), issuer, now, ends_at,
    )
