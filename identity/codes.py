"""Codes on paper: the desk's activation code, the operator's for staff, and the sheet of one-time codes.

Crockford's base 32: no I, L, O or U, so that what is read from paper is typed right; what is typed instead of a look-alike
is taken for it. Only SHA-256 is stored. What is used once and soon over has 80 bits; a sheet is kept for years, and whoever
has a copy of the database must find nothing to guess in it then either: over 112 bits (NIST SP 800-63B-4 §3.1.2; ASVS 6.5.2).
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from access.house import House
from identity.tokens import open_token, seal_token
from tables.base import new_id, new_ref
from tables.sending import secret_hash

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
SHEET_LENGTH, SHEET_GROUP, SHEET_COUNT = 24, 4, 10
"""120 bits in six groups of four."""
DESK_LENGTH, DESK_GROUP = 16, 4
"""80 bits in four groups of four."""
TOLD_LENGTH, TOLD_GROUP = 8, 4
"""40 bits in two groups of four, for saying aloud: it is worth nothing without the link that it goes with."""
SHOWN_FOR = timedelta(minutes=15)
ACTIVATION = "activation"
"""The purpose of a desk code's capability; its object is a Record."""
ENROLMENT = "staff_enrolment"
"""The purpose of the code with which a member of staff makes their account their own; its object is that Account."""
RESET, STOP, LETTER = "reset", "recovery_stop", "recovery_letter"
"""Of ways back into an account, their object a Recovery: the links to a new password, to stop it, and to have a code posted."""
RECOVERY, FACTOR_CODE = "recovery", "recovery_factor"
"""The same of codes: one that goes with the birth date, and one that goes with the password."""
INVITATION = "invitation"
"""The purpose of the capability of a link in a letter; its object is an Invitation."""
CONTACT_STOP = "contact_stop"
"""The purpose of a link that takes back what was changed about an account's addresses; its object is an AddressChange."""

SPEND = (
    "UPDATE one_time_code SET used_at = ? WHERE hash = ? AND used_at IS NULL AND sheet IN"
    " (SELECT id FROM authenticator WHERE account = ? AND kind = 'codes' AND ended_at IS NULL"
    " AND (stopped_until IS NULL OR stopped_until <= ?)) RETURNING sheet"
)
WIPE = "UPDATE authenticator SET secret = NULL WHERE kind = 'codes' AND secret IS NOT NULL AND created_at <= ?"


def new_desk_code() -> str:
    return _new(DESK_LENGTH, DESK_GROUP)


def new_sheet_code() -> str:
    return _new(SHEET_LENGTH, SHEET_GROUP)


def new_told_code() -> str:
    return _new(TOLD_LENGTH, TOLD_GROUP)


def new_link_secret() -> str:
    """128 random bits and more, for an address."""
    return secrets.token_urlsafe(24)


def told_hash(secret: str, code: str) -> bytes:
    """Of both together, so that nobody can try codes who has not got the link."""
    return hashlib.sha256(secret_hash(secret) + plain(code).encode()).digest()


def _new(length: int, group: int) -> str:
    text = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return "-".join(text[at : at + group] for at in range(0, length, group))


def plain(code: str) -> str:
    """What was typed as it is hashed: spaces, dashes and small letters do not matter."""
    return re.sub(r"[^0-9A-Z]", "", code[:200].upper().translate(LOOK_ALIKE))


def code_hash(code: str) -> bytes:
    return hashlib.sha256(plain(code).encode()).digest()


async def make_sheet(house: House, account: UUID, now: datetime) -> UUID:
    """Inside a transaction: ends the account's old sheet and writes a new one, sealed for showing once."""
    sheet, codes = new_id(), [new_sheet_code() for _ in range(SHEET_COUNT)]
    await house.database.rows(
        "UPDATE authenticator SET ended_at = ?, secret = NULL WHERE account = ? AND kind = 'codes' AND ended_at IS NULL",
        now, account,
    )
    await house.database.rows(
        "INSERT INTO authenticator (id, ref, account, kind, name, secret, sign_count, last_step, failures, created_at,"
        " confirmed_at) VALUES (?, ?, ?, 'codes', '', ?, 0, 0, 0, ?, ?)",
        sheet, new_ref(), account, house.keyring.seal(json.dumps(codes).encode(), sheet), now, now,
    )
    rows = [(new_id(), sheet, code_hash(code)) for code in codes]
    await house.database.many("INSERT INTO one_time_code (id, sheet, hash) VALUES (?, ?, ?)", rows)
    return sheet


async def shown_sheet(house: House, account: UUID, now: datetime) -> tuple[str, ...]:
    """The codes of a sheet made in the last 15 minutes and not yet put away; else nothing."""
    rows = await house.database.rows(
        "SELECT id, secret FROM authenticator WHERE account = ? AND kind = 'codes' AND ended_at IS NULL"
        " AND secret IS NOT NULL AND created_at > ?",
        account, now - SHOWN_FOR,
    )
    return tuple(json.loads(house.keyring.open(bytes(rows[0]["secret"]), rows[0]["id"]))) if rows else ()


async def put_away(house: House, account: UUID) -> None:
    """The person has the sheet on paper: its codes cannot be shown again."""
    await house.database.rows("UPDATE authenticator SET secret = NULL WHERE account = ? AND kind = 'codes'", account)


async def wipe_shown(house: House, now: datetime) -> None:
    """Sheets nobody put away. For the sweeper; reading asks for the time anyway."""
    await house.database.rows(WIPE, now - SHOWN_FOR)


async def spend(house: House, account: UUID, code: str, now: datetime) -> UUID | None:
    """The sheet whose code this was, or None. One statement: of two at once, one wins."""
    rows = await house.database.rows(SPEND, now, code_hash(code), account, now)
    return rows[0]["sheet"] if rows else None


async def codes_left(house: House, sheet: UUID) -> int:
    rows = await house.database.rows("SELECT COUNT(*) AS n FROM one_time_code WHERE sheet = ? AND used_at IS NULL", sheet)
    return rows[0]["n"]


def seal_letter(house: House, issuer: UUID | None, record_ref: str, code: str, now: datetime) -> str:
    """The code for the address of the page that shows it: for 15 minutes, to who made it."""
    return seal_token(house.keyring, _letter_of(issuer, record_ref), code, now + SHOWN_FOR)


def read_letter(house: House, issuer: UUID, record_ref: str, letter: str, now: datetime) -> str:
    return open_token(house.keyring, _letter_of(issuer, record_ref), letter, now)


def _letter_of(issuer: UUID | None, record_ref: str) -> str:
    return f"letter {issuer} {record_ref}"


def seal_told(house: House, account: UUID, invitation_ref: str, code: str, now: datetime) -> str:
    """The code to tell somebody, for the address of the page that shows it: for 15 minutes, to who invited."""
    return seal_token(house.keyring, f"told {account} {invitation_ref}", code, now + SHOWN_FOR)


def read_told(house: House, account: UUID, invitation_ref: str, letter: str, now: datetime) -> str:
    return open_token(house.keyring, f"told {account} {invitation_ref}", letter, now)
