"""Short codes that are sent to somebody: to confirm an address, or as a second factor on a phone.

They are short enough to be read aloud and typed, so each is tried five times at most and is soon over (NIST SP 800-63B-4
§3.1.3.2). A try is counted before the code is looked at, in the row itself: a restart forgets nothing, and a thousand tries
at once are five. One code counts at a time for each thing; a new one ends the one before.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from access.house import House
from identity.codes import new_told_code, plain
from rules.addresses import EMAIL_KIND, SMS, VOICE
from tables.base import new_id

ADDRESS, FACTOR = "address", "factor"
"""What a code is for."""
TRIES, FIGURES = 5, 6
GOOD_FOR = {EMAIL_KIND: timedelta(hours=24), SMS: timedelta(minutes=10), VOICE: timedelta(minutes=10)}

END = "UPDATE sent_code SET ended_at = ?, secret = NULL WHERE account = ? AND purpose = ? AND object = ? AND ended_at IS NULL RETURNING id"
INSERT = (
    "INSERT INTO sent_code (id, account, purpose, object, hash, secret, made_at, ends_at, failures)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)"
)
CLAIM = (
    "UPDATE sent_code SET failures = failures + 1 WHERE account = ? AND purpose = ? AND object = ? AND ended_at IS NULL"
    f" AND ends_at > ? AND failures < {TRIES} RETURNING id, hash"
)
LIVE = "SELECT id, failures, secret FROM sent_code WHERE account = ? AND purpose = ? AND object = ? AND ended_at IS NULL AND ends_at > ?"
UNUSED = (
    f"SELECT id, secret FROM sent_code WHERE id = ? AND ended_at IS NULL AND ends_at > ? AND failures < {TRIES}"
    " AND secret IS NOT NULL"
)


async def make_code(house: House, account: UUID, purpose: str, object: UUID, channel: str, now: datetime) -> UUID:
    """Inside a transaction. The code itself is sealed for the message, which names it by this id."""
    await end_codes(house, account, purpose, object, now)
    row = new_id()
    code = new_told_code() if channel == EMAIL_KIND else f"{secrets.randbelow(10**FIGURES):0{FIGURES}}"
    await house.database.rows(
        INSERT, row, account, purpose, str(object), _hashes(house, row, code)[0], house.keyring.seal(code.encode(), row),
        now, now + GOOD_FOR[channel],
    )
    return row


async def end_codes(house: House, account: UUID, purpose: str, object: UUID, now: datetime) -> bool:
    """Inside a transaction: whether there was one that had not ended."""
    return bool(await house.database.rows(END, now, account, purpose, str(object)))


async def try_code(house: House, account: UUID, purpose: str, object: UUID, typed: str, now: datetime) -> str:
    """Inside a transaction. "" is right, and the code is used up: of two at once one has it. Else code (not this one),
    stopped (too many wrong ones), over (used, late, or never sent)."""
    asked = (account, purpose, str(object), now)
    claimed = await house.database.rows(CLAIM, *asked)
    if not claimed:
        return "stopped" if await house.database.rows(LIVE, *asked) else "over"
    if not any(hmac.compare_digest(bytes(claimed[0]["hash"]), one) for one in _hashes(house, claimed[0]["id"], typed)):
        return "code"
    return "" if await end_codes(house, account, purpose, object, now) else "over"


async def sent_since(house: House, account: UUID, purpose: str, object: UUID, since: datetime) -> bool:
    """Whether one that was made after that moment still waits."""
    rows = await house.database.rows(f"{LIVE} AND made_at > ? AND failures < {TRIES}", account, purpose, str(object), since, since)
    return bool(rows)


async def code_in_message(house: House, row: UUID) -> str:
    """The code for its message; "" when it is of no use any more."""
    found = await house.database.rows(UNUSED, row, house.clock())
    return house.keyring.open(bytes(found[0]["secret"]), found[0]["id"]).decode() if found else ""


async def demo_sent_code(house: House, account: UUID, purpose: str, object: UUID, now: datetime) -> str:
    """What was sent, for the demo clinic alone, else ""."""
    rows = await house.database.rows(LIVE, account, purpose, str(object), now) if house.demo else []
    return await code_in_message(house, rows[0]["id"]) if rows else ""


def _hashes(house: House, row: UUID, code: str) -> list[bytes]:
    """Under each key, newest first; bound to its row."""
    text = f"sent code {row} {plain(code)}".encode()
    return [hmac.new(key, text, hashlib.sha256).digest() for key in house.keyring.keys]
