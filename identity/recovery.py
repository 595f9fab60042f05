"""Ways back into an account: what starts one, what stops it, and which code is good for what (SECURITY contract 3).

None rests on e-mail alone. A password that was set anew by a mail is marked so until it was shown with a second factor, and
until then a code in a mail brings no new factor (NIST SP 800-63B-4 §4.2: two codes by two ways, or one beside a factor).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from access.grant import CapabilityGrant, Changed
from access.house import House
from identity import codes
from rules.access import ADULT, age_at
from tables.base import new_id, new_ref
from tables.queue import enqueue, enqueue_notice
from tables.resealing import stop_of
from tables.sending import issue_capability, secret_hash
from tables.sites import site_of

FACTOR, POST, DESK, BY_LETTER, BY_MAIL = "factor", "post", "desk", "letter", "reset"
"""Kinds of `tables.recovery.Recovery`."""
RESET_FOR, ASKED_FOR = timedelta(minutes=45), timedelta(hours=24)
TO_PRINT, IN_POST = timedelta(days=14), timedelta(days=21)
"""So long a letter waits for the printer at most; and so long the code of a posted one works."""
GOOD_FOR = {FACTOR: timedelta(hours=24), POST: TO_PRINT + IN_POST, BY_LETTER: TO_PRINT + IN_POST, DESK: timedelta(days=7)}
"""From the end of the waiting time (NIST SP 800-63B-4 §4.2.1.2: a code by e-mail a day, one by post 21)."""
LETTERS = {POST: "account.factor_letter", BY_LETTER: "account.recovery_letter"}
"""The letters whose code is made when they are opened for printing (`identity.printed`)."""
USERNAME, PASSWORD, EVERYTHING = "recover.username", "recover.password", "recover.everything"
"""What may be asked for at the door. A job of that kind looks it up; what was typed is in it, sealed."""
OPEN = "recovery.open"
"""The job that sends the code when the waiting time is over."""

HOLD = "UPDATE account SET kind = kind WHERE id = ? AND kind = 'personal' AND state = 'active' RETURNING changes_locked_at"
"""First in each transaction here. It changes nothing but holds the row: of two who change an account one waits."""
INSERT = (
    "INSERT INTO recovery (id, ref, account, kind, state, proof, started_by, started_at, opens_at, ends_at, secret, stop_secret)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
UNDER_WAY = "account = ? AND state IN ('waiting', 'open') AND kind <> 'reset'"
STANDING = f"SELECT id, ref, kind, state, started_at, opens_at, ends_at FROM recovery WHERE {UNDER_WAY} AND ends_at > ?"
END = (
    "UPDATE recovery SET state = ?, ended_at = ?, secret = NULL, stop_secret = NULL, password = NULL"
    " WHERE state IN ('asked', 'waiting', 'open') AND {which} RETURNING id"
)
REVOKE = (
    "UPDATE capability SET revoked_at = ? WHERE object_kind = 'Recovery' AND object = ? AND revoked_at IS NULL"
    " AND uses < uses_allowed"
)
CODE = (
    "SELECT r.id, r.account, r.kind, r.ends_at, a.username FROM recovery r JOIN account a ON a.id = r.account"
    " JOIN password p ON p.account = a.id WHERE r.id = ? AND r.state = 'open' AND r.opens_at <= ? AND r.ends_at > ?"
    " AND a.kind = 'personal' AND a.state = 'active' AND (r.kind <> 'factor' OR p.by_mail_at IS NULL)"
)
MAILED = "SELECT by_mail_at FROM password WHERE account = ? AND by_mail_at IS NOT NULL"
MAILS = "SELECT id FROM account_address WHERE account = ? AND kind = 'email' AND confirmed_at IS NOT NULL AND ended_at IS NULL"
CHARTS = (
    "SELECT r.birth_text, r.site, r.address, r.desk_only FROM share s JOIN record r ON r.id = s.record WHERE s.account = ?"
    " AND s.basis = 'self' AND s.revoked_at IS NULL AND r.state = 'active' AND r.deceased_text IS NULL"
)
WIPE = (
    "UPDATE recovery SET secret = NULL, stop_secret = NULL, password = NULL WHERE ends_at < ?"
    " AND (secret IS NOT NULL OR stop_secret IS NOT NULL OR password IS NOT NULL)"
)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """`kind` and `state` as in `tables.recovery.Recovery`."""

    id: UUID
    ref: str
    kind: str
    state: str
    started_at: datetime
    opens_at: datetime
    ends_at: datetime


async def under_way(house: House, account: UUID, now: datetime) -> UnderWay | None:
    rows = await house.database.rows(STANDING, account, now)
    return UnderWay(**{name: rows[0][name] for name in UnderWay.__slots__}) if rows else None


@dataclass(frozen=True, slots=True)
class Ways:
    """By which ways a code for a new second factor can come. `mailed`: the password was set by a mail, so another mail proves
    nothing more."""

    mail: bool
    post: bool
    mailed: bool


async def ways(house: House, account: UUID) -> Ways:
    mailed = bool(await house.database.rows(MAILED, account))
    mail = bool(await house.database.rows(MAILS, account))
    return Ways(mail and not mailed, await has_post(house, account), mailed)


async def has_post(house: House, account: UUID) -> bool:
    """Whether a code may be posted to them: to the address of their own chart, unless that is for codes by hand alone. In the
    house of somebody under age others open letters: they come to the desk."""
    for chart in await house.database.rows(CHARTS, account):
        zone = ZoneInfo((await site_of(house.database, chart["site"]))["zone"])
        age = age_at(chart["birth_text"], house.clock().astimezone(zone).date())
        if (chart["address"] or "").strip() and not chart["desk_only"] and age is not None and age >= ADULT:
            return True
    return False


async def hold(house: House, account: UUID, *, changing: bool = False) -> None:
    """Inside a transaction. Raises Changed where the account is frozen, disabled, or not one of a patient's by now; and, for
    what lets somebody in who has not been at the desk (`changing`), where changes are locked (`identity.locks`)."""
    rows = await house.database.rows(HOLD, account)
    if not rows or (changing and rows[0]["changes_locked_at"] is not None):
        raise Changed


async def start(
    house: House, account: UUID, kind: str, now: datetime, *, by: UUID | None = None, proof: str = "", code: str = ""
) -> UUID:
    """Inside a transaction that holds the account, which ends whatever was under way: everybody is told at once, with a link
    that stops it. Without a `code` of the desk's, one is made and sent when the waiting time is over."""
    await end_under_way(house, account, now)
    row, stop = new_id(), codes.new_link_secret()
    opens_at = now + timedelta(seconds=house.limits.recovery_wait)
    ends_at = opens_at + GOOD_FOR[kind]
    await house.database.rows(
        INSERT, row, new_ref(), account, kind, "open" if code else "waiting", proof, by, now, opens_at, ends_at, None,
        house.keyring.seal(stop.encode(), stop_of(row)),
    )  # fmt: skip
    await issue_capability(house.database, secret_hash(stop), codes.STOP, "Recovery", row, now, ends_at)
    if code:
        await issue_capability(house.database, codes.code_hash(code), codes.RECOVERY, "Recovery", row, now, ends_at, by)
    else:
        await enqueue(house.database, OPEN, {"recovery": str(row)}, now, account=account, dedupe=f"{OPEN}:{row}", run_at=opens_at)
    await enqueue_notice(house.database, "account.recovery_started", account, "Recovery", row, now)
    return row


async def ask(house: House, account: UUID, kind: str, purpose: str, lasts: timedelta, now: datetime) -> UUID:
    """Inside a transaction: a link for a mail, which changes nothing before somebody presses the button behind it."""
    row, secret = new_id(), codes.new_link_secret()
    state = "open" if kind == BY_MAIL else "asked"
    await house.database.rows(
        INSERT, row, new_ref(), account, kind, state, "", None, now, now, now + lasts, house.keyring.seal(secret.encode(), row), None,
    )  # fmt: skip
    await issue_capability(house.database, secret_hash(secret), purpose, "Recovery", row, now, now + lasts)
    return row


async def end_under_way(house: House, account: UUID, now: datetime, state: str = "stopped") -> bool:
    """Inside a transaction: whether there was any."""
    return await _end(house, UNDER_WAY, account, now, state)


async def end_unproven(house: House, account: UUID, now: datetime) -> None:
    """Inside a transaction, when changes are locked: all but what began at the desk, where somebody was seen."""
    await _end(house, f"account = ? AND kind <> '{DESK}'", account, now, "stopped")


async def end_resets(house: House, account: UUID, now: datetime) -> None:
    """Inside a transaction: links to a new password, and links that were not followed yet."""
    await _end(house, "account = ? AND (kind = 'reset' OR state = 'asked')", account, now, "stopped")


async def end_mailed(house: House, account: UUID, now: datetime) -> None:
    """Inside a transaction, when the password was set anew by mail: from now on a code in a mail is worth nothing."""
    await _end(house, f"{UNDER_WAY} AND kind = '{FACTOR}'", account, now, "stopped")


async def end_one(house: House, recovery: UUID, now: datetime, state: str) -> bool:
    """Inside a transaction: of two at once one ends it."""
    return await _end(house, "id = ?", recovery, now, state)


async def _end(house: House, which: str, value: UUID, now: datetime, state: str) -> bool:
    ended = await house.database.rows(END.format(which=which), state, now, value)
    for row in ended:
        await house.database.rows(REVOKE, now, str(row["id"]))
    return bool(ended)


async def of_code(house: House, grant: CapabilityGrant | None, now: datetime) -> dict | None:
    """What a code is for, if it works by now. Asked of the database in any case, for equal time."""
    return await of_id(house, UUID(grant.object) if grant else new_id(), now)


async def of_id(house: House, recovery: UUID, now: datetime) -> dict | None:
    rows = await house.database.rows(CODE, recovery, now, now)
    return rows[0] if rows else None


async def letter_problem(house: House, recovery: UUID) -> str:
    """"" where its letter may be printed now; over where it was used, stopped, or waited too long, or the account is shut."""
    found = await of_id(house, recovery, house.clock())
    waits = found is not None and found["ends_at"] - house.clock() >= IN_POST
    return "" if waits and await has_post(house, found["account"]) else "over"


async def withdraw_printed(house: House, recovery: UUID, now: datetime) -> None:
    """Inside a transaction: the code of a letter that was opened before. Holds the account, which decides over it."""
    found = await of_id(house, recovery, now)
    if found is None:
        raise Changed
    await hold(house, found["account"])
    await house.database.rows(f"{REVOKE} AND purpose IN ('{codes.RECOVERY}', '{codes.FACTOR_CODE}')", now, str(recovery))


async def wipe(house: House, now: datetime) -> None:
    """What was sealed for messages, once it is over. For the sweeper; everything that works asks for the time anyway."""
    await house.database.rows(WIPE, now)
