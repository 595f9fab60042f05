"""What the operator decides of the clinic's staff: who has an account, for which duties, and whether it is in use.

Nobody here chooses how somebody else signs in: an account waits for its owner, who comes with a code (acts/enrolment.py).
Every session asks for the account and its duties anew at each click, so what is decided here holds at the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from access.grant import SystemGrant
from access.vocabulary import Duty
from identity.codes import ENROLMENT, code_hash, new_desk_code
from identity.sessions import DISABLED, ENDED, revoke_all
from identity.usernames import username_key
from tables.base import new_id, new_ref
from tables.queue import enqueue_notice

VALID_FOR = timedelta(days=7)
Sites = Sequence[UUID | None]
"""Where a duty is held; None stands for every site."""

HOLD = "UPDATE account SET kind = kind WHERE username_key = ? AND kind = 'staff' RETURNING id, state, username, name"
"""First in each transaction here. It changes nothing but holds the row, so that of two operators one waits."""
END_CODES = (
    "UPDATE capability SET revoked_at = ? WHERE purpose = ? AND object_kind = 'Account' AND object = ? AND revoked_at IS NULL"
)
APP = "SELECT id FROM authenticator WHERE account = ? AND kind = 'app' AND confirmed_at IS NOT NULL AND ended_at IS NULL"


@dataclass(frozen=True, slots=True)
class Code:
    """Shown once, to be handed over; only its hash is kept."""

    username: str
    code: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """`state` is the account's, from now on."""

    username: str
    state: str


class NotDone(Exception):
    """`reason`: taken, unknown, whole, disabled, enabled, held, everywhere, without, login, linked. Rolls everything back."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


async def add_staff(grant: SystemGrant, name: str, username: str, duties: Iterable[Duty], sites: Sites) -> Code:
    """An account that nobody can sign in to until its owner has been there with the code. Raises NotDone."""
    async with grant.acting("system.staff_add") as entry:
        account = new_id()
        made = await grant.house.database.rows(
            "INSERT INTO account (id, ref, kind, state, username, username_key, name, called, locale, text_size, created_at)"
            " VALUES (?, ?, 'staff', 'added', ?, ?, ?, ?, 'en', 'normal', ?) ON CONFLICT (username_key) DO NOTHING RETURNING id",
            account, new_ref(), username, username_key(username), name, name, grant.now,
        )
        if not made:
            raise NotDone("taken")
        for duty in duties:
            await _write_duty(grant, account, duty, sites)
        entry.subject = account
        return await _write_code(grant, account, username)


async def new_code(grant: SystemGrant, username: str, from_the_start: bool = False) -> Code:
    """Another code for who never got to the end; codes handed out before no longer work. Of an account that works,
    `from_the_start` ends sessions, password and apps first: its owner lost what proved who they are. Raises NotDone."""
    async with grant.acting("system.staff_code") as entry:
        account = await _held(grant, username)
        entry.subject = account["id"]
        if account["state"] == "disabled":
            raise NotDone("disabled")
        if account["state"] == "active" and not from_the_start:
            raise NotDone("whole")
        if account["state"] == "active":
            await _tell_owner(grant, account["id"])
        await _end_proofs(grant, account["id"])
        return await _write_code(grant, account["id"], account["username"])


async def _tell_owner(grant: SystemGrant, account: UUID) -> None:
    """Its owner is told where they can be; nothing is printed for who works here."""
    told = "SELECT id FROM account_address WHERE account = ? AND confirmed_at IS NOT NULL AND ended_at IS NULL"
    if await grant.house.database.rows(told, account):
        once = f"recovery_started {account} {grant.now.isoformat()}"
        await enqueue_notice(
            grant.house.database, "account.recovery_started", account, "Account", account, grant.now, dedupe=once
        )


async def _end_proofs(grant: SystemGrant, account: UUID) -> None:
    rows = grant.house.database.rows
    await rows("UPDATE account SET state = 'added' WHERE id = ?", account)
    await rows("DELETE FROM password WHERE account = ?", account)
    await rows("UPDATE authenticator SET ended_at = ?, secret = NULL WHERE account = ? AND ended_at IS NULL", grant.now, account)
    await revoke_all(grant.house, account, grant.now, ENDED)


async def _write_code(grant: SystemGrant, account: UUID, username: str) -> Code:
    issued = Code(username, new_desk_code(), grant.now + VALID_FOR)
    await grant.house.database.rows(END_CODES, grant.now, ENROLMENT, str(account))
    await grant.house.database.rows(
        "INSERT INTO capability (id, ref, hash, purpose, object_kind, object, issued_at, ends_at, uses, uses_allowed, failures)"
        " VALUES (?, ?, ?, ?, 'Account', ?, ?, ?, 0, 1, 0)",
        new_id(), new_ref(), code_hash(issued.code), ENROLMENT, str(account), grant.now, issued.ends_at,
    )
    return issued


async def give_duty(grant: SystemGrant, username: str, duty: Duty, sites: Sites) -> Done:
    """Raises NotDone. A duty for every site takes the place of the same one for some."""
    async with grant.acting("system.duty_give") as entry:
        account = await _held(grant, username)
        held = await _sites_of(grant, account["id"], duty)
        fresh = [site for site in sites if site not in held]
        if None in held or not fresh:
            raise NotDone("held")
        if None in fresh:
            await _end_duty(grant, account["id"], duty, list(held))
        await _write_duty(grant, account["id"], duty, fresh)
        entry.subject, entry.reason = account["id"], duty.value
    return Done(account["username"], account["state"])


async def end_duty(grant: SystemGrant, username: str, duty: Duty, sites: Sites) -> Done:
    """Everywhere, or at the sites that are named. Raises NotDone."""
    async with grant.acting("system.duty_end") as entry:
        account = await _held(grant, username)
        held = await _sites_of(grant, account["id"], duty)
        named = list(held) if None in sites else list(sites)
        if not held or not (None in held or held >= set(named)):
            raise NotDone("without")
        if not held >= set(named):
            raise NotDone("everywhere")
        await _end_duty(grant, account["id"], duty, named)
        entry.subject, entry.reason = account["id"], duty.value
    return Done(account["username"], account["state"])


async def _sites_of(grant: SystemGrant, account: UUID, duty: Duty) -> set[UUID | None]:
    rows = await grant.house.database.rows(
        "SELECT site FROM staff_duty WHERE account = ? AND duty = ? AND ended_at IS NULL", account, duty.value
    )
    return {UUID(str(row["site"])) if row["site"] else None for row in rows}


async def _write_duty(grant: SystemGrant, account: UUID, duty: Duty, sites: Sites) -> None:
    rows = [(new_id(), account, duty.value, site, grant.now) for site in sites]
    await grant.house.database.many("INSERT INTO staff_duty (id, account, duty, site, started_at) VALUES (?, ?, ?, ?, ?)", rows)


async def _end_duty(grant: SystemGrant, account: UUID, duty: Duty, sites: Sites) -> None:
    for site in sites:
        where, values = ("site = ?", (site,)) if site else ("site IS NULL", ())
        await grant.house.database.rows(
            f"UPDATE staff_duty SET ended_at = ? WHERE account = ? AND duty = ? AND ended_at IS NULL AND {where}",
            grant.now, account, duty.value, *values,
        )


async def link(grant: SystemGrant, username: str, login: str) -> Done:
    """Says which patient login is the same human's: what that one sees, this account opens no more. "" says that it is
    none. Raises NotDone."""
    async with grant.acting("system.staff_link") as entry:
        account = await _held(grant, username)
        entry.subject = account["id"]
        human = await _personal(grant, login) if login else None
        taken = "SELECT id FROM account WHERE human = ? AND id <> ?"
        if human and await grant.house.database.rows(taken, human, account["id"]):
            raise NotDone("linked")
        await grant.house.database.rows("UPDATE account SET human = ? WHERE id = ?", human, account["id"])
    return Done(account["username"], account["state"])


async def _personal(grant: SystemGrant, login: str) -> UUID:
    known = "SELECT id FROM account WHERE username_key = ? AND kind = 'personal'"
    rows = await grant.house.database.rows(known, username_key(login))
    if not rows:
        raise NotDone("login")
    return rows[0]["id"]


async def disable(grant: SystemGrant, username: str) -> Done:
    """Every session of theirs and every code for them ends. Raises NotDone."""
    async with grant.acting("system.staff_disable") as entry:
        account = await _held(grant, username)
        if account["state"] == "disabled":
            raise NotDone("disabled")
        entry.subject = account["id"]
        return await _now_in(grant, account, "disabled")


async def enable(grant: SystemGrant, username: str) -> Done:
    """They may sign in anew, with what they had; who never set that up needs a new code. Raises NotDone."""
    async with grant.acting("system.staff_enable") as entry:
        account = await _held(grant, username)
        if account["state"] != "disabled":
            raise NotDone("enabled")
        entry.subject = account["id"]
        return await _now_in(grant, account, "active" if await grant.house.database.rows(APP, account["id"]) else "added")


async def _now_in(grant: SystemGrant, account: dict, state: str) -> Done:
    """With every session ended, when it is enabled too: one that was being opened while it was disabled has no life left."""
    rows = grant.house.database.rows
    await rows("UPDATE account SET state = ? WHERE id = ?", state, account["id"])
    await revoke_all(grant.house, account["id"], grant.now, DISABLED)
    await rows(END_CODES, grant.now, ENROLMENT, str(account["id"]))
    return Done(account["username"], state)


async def _held(grant: SystemGrant, username: str) -> dict:
    rows = await grant.house.database.rows(HOLD, username_key(username))
    if not rows:
        raise NotDone("unknown")
    return rows[0]
