"""Codes to register with: which charts may have one, the ways by which one reaches its reader, and what ends it.

A code that is handed over at the desk, and one that the desk takes back, end all others, and a login that was begun with one.
One that is posted or sent takes the place of those that were posted or sent: whoever asks for it from far away shall not
be able to end what somebody has in their hands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from access.house import House
from access.predicates import one_of
from identity.codes import ACTIVATION, code_hash
from rules.access import ADULT, age_at
from tables.base import new_id
from tables.queue import enqueue_paper
from tables.records import lock_record
from tables.sending import issue_capability
from tables.sites import site_of

DESK, POST, EMAIL = "desk", "post", "email"
VALID_FOR = {DESK: timedelta(days=14), POST: timedelta(days=21), EMAIL: timedelta(hours=24)}
"""NIST SP 800-63A-4: 21 days for a code in the post, 24 hours for one by e-mail."""
LETTER = "registration.letter"
"""The letter whose code is made when it is opened for printing."""
MAIL = "registration.code"

CHART = (
    "SELECT r.id, r.ref, r.state, r.site, r.name, r.family, r.birth_text, r.deceased_text, r.email, r.address, s.id AS held,"
    " r.desk_only OR EXISTS (SELECT 1 FROM record k WHERE k.merged_into = r.id AND k.desk_only) AS desk_only"
    " FROM record r LEFT JOIN share s ON s.record = r.id AND s.basis = 'self' AND s.revoked_at IS NULL"
)
"""What was said of a chart holds for the one that it was merged into."""
OF_RECORD = "purpose = ? AND object_kind = 'Record' AND object = ?"
STANDING = "revoked_at IS NULL AND uses < uses_allowed"


async def chart_with(house: House, where: str, *values) -> dict | None:
    """The one chart of which that is true; None where there is none, or more than one."""
    rows = await house.database.rows(f"{CHART} WHERE {where} LIMIT 2", *values)
    return rows[0] if len(rows) == 1 else None


def why_not(record: dict | None) -> str:
    """"" where this chart may have a code; else unknown, closed (blocked, merged, or of somebody who died), registered, birth
    (no birth date to check)."""
    if record is None:
        return "unknown"
    if record["state"] != "active" or record["deceased_text"] is not None:
        return "closed"
    if record["held"] is not None:
        return "registered"
    return "" if record["birth_text"] else "birth"


async def why_not_away(house: House, record: dict | None, channel: str) -> str:
    """The same for one that is posted or sent; or only (by hand alone), young (others open what comes to that house, and a parent
    comes to the desk), address (none on file)."""
    if reason := why_not(record):
        return reason
    if record["desk_only"]:
        return "only"
    if not await is_adult(house, record):
        return "young"
    return "" if (record["address" if channel == POST else "email"] or "").strip() else "address"


async def is_adult(house: House, record: dict) -> bool:
    """At the clinic, today; a birth date that is not known well enough is no grown-up's."""
    zone = ZoneInfo((await site_of(house.database, record["site"]))["zone"])
    age = age_at(record["birth_text"], house.clock().astimezone(zone).date())
    return age is not None and age >= ADULT


async def write_code(
    house: House, record: UUID, code: str, channel: str, issuer: UUID | None, now: datetime, *, kept: bool = False
) -> UUID:
    """`kept`: under seal, until it is sent."""
    row = new_id()
    secret = house.keyring.seal(code.encode(), row) if kept else None
    return await issue_capability(
        house.database, code_hash(code), ACTIVATION, "Record", record, now, now + VALID_FOR[channel], issuer,
        channel=channel, id=row, secret=secret,
    )  # fmt: skip


async def withdraw_all(house: House, record: UUID, now: datetime) -> None:
    """Every code of the chart ends, letters that wait for one are not printed, and a login begun with one but never finished
    gives its user name back.

    The first statement changes nothing but holds the chart's row: who comes at the same moment waits, and then sees
    the code made here as an earlier one.
    """
    await lock_record(house.database, record)
    await house.database.rows(
        f"UPDATE capability SET revoked_at = ?, secret = NULL WHERE {OF_RECORD} AND revoked_at IS NULL", now, ACTIVATION, str(record)
    )
    # After the codes: who uses one up at this very moment is waited for there, and the login that came of it is seen here.
    await house.database.rows(
        "UPDATE account SET state = 'disabled', username_key = ref WHERE state = 'enrolling' AND id IN"
        f" (SELECT used_by FROM capability WHERE {OF_RECORD})",
        ACTIVATION, str(record),
    )
    await _keep_back(house, record, now)


async def withdraw_by(house: House, record: UUID, channels: tuple[str, ...], now: datetime) -> None:
    """Codes that went these ways and were not used yet."""
    await lock_record(house.database, record)
    await house.database.rows(
        f"UPDATE capability SET revoked_at = ?, secret = NULL WHERE {OF_RECORD} AND {STANDING} AND {one_of('channel', channels)}",
        now, ACTIVATION, str(record), *channels,
    )


async def withdraw_rest(house: House, record: UUID, now: datetime) -> None:
    """The chart has its login: whatever else was made for one is worth nothing, also if that login ends one day."""
    await house.database.rows(
        f"UPDATE capability SET revoked_at = ?, secret = NULL WHERE {OF_RECORD} AND {STANDING}", now, ACTIVATION, str(record)
    )
    await _keep_back(house, record, now)


async def _keep_back(house: House, record: UUID, now: datetime) -> None:
    await house.database.rows(
        f"UPDATE outbox SET state = 'dropped', sent_at = ? WHERE record = ? AND {one_of('event', (LETTER, MAIL))} AND state = 'due'",
        now, record, LETTER, MAIL,
    )


async def queue_letter(house: House, record: UUID, now: datetime) -> None:
    await enqueue_paper(house.database, LETTER, "Record", record, now, record=record)


@dataclass(frozen=True, slots=True)
class Standing:
    """A code that works. `by` is who made it, or "" where nobody of the clinic did."""

    hash: bytes
    channel: str
    made_at: datetime
    ends_at: datetime
    by: str


async def standing_codes(house: House, record: UUID, now: datetime) -> tuple[Standing, ...]:
    """Newest first."""
    rows = await house.database.rows(
        "SELECT c.hash, c.channel, c.issued_at, c.ends_at, a.name FROM capability c LEFT JOIN account a ON a.id = c.issued_by"
        f" WHERE {OF_RECORD} AND {STANDING} AND c.ends_at > ? ORDER BY c.issued_at DESC, c.id DESC",
        ACTIVATION, str(record), now,
    )
    return tuple(Standing(bytes(row["hash"]), row["channel"], row["issued_at"], row["ends_at"], row["name"] or "") for row in rows)


@dataclass(frozen=True, slots=True)
class Progress:
    """`begun`: a login was begun and not finished. `waits_since`: a letter for the printer."""

    begun: bool
    waits_since: datetime | None


async def progress(house: House, record: UUID) -> Progress:
    rows = await house.database.rows(
        f"SELECT id FROM account WHERE state = 'enrolling' AND id IN (SELECT used_by FROM capability WHERE {OF_RECORD}"
        " AND revoked_at IS NULL) LIMIT 1",
        ACTIVATION, str(record),
    )
    waits = await house.database.rows(
        "SELECT made_at FROM outbox WHERE record = ? AND event = ? AND state = 'due' ORDER BY made_at LIMIT 1", record, LETTER
    )
    return Progress(bool(rows), waits[0]["made_at"] if waits else None)


@dataclass(frozen=True, slots=True)
class Shown:
    code: str
    purpose: str
    ends_at: datetime


async def still_works(house: House, code: str, now: datetime) -> Shown | None:
    """A code of any purpose that was just made; None where it works no more: a colleague may have made another meanwhile."""
    rows = await house.database.rows(
        f"SELECT purpose, ends_at FROM capability WHERE hash = ? AND {STANDING} AND ends_at > ?", code_hash(code), now
    )
    return Shown(code, rows[0]["purpose"], rows[0]["ends_at"]) if code and rows else None
