"""What was asked for at the door is looked up here and never in the request, so that its answer and its time tell nobody who
is known; and what the letters of a recovery say."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from access.audit import Entry
from access.grant import Changed, SystemGrant
from access.house import House
from identity import codes, recovery
from identity.tokens import open_token
from identity.usernames import username_key
from jobs.contact import covered
from jobs.job import Job
from tables.queue import enqueue_mail, enqueue_paper, enqueue_to
from tables.resealing import stop_of
from tables.sending import issue_capability

AT_ADDRESS = (
    "SELECT a.id, a.username, d.value FROM account_address d JOIN account a ON a.id = d.account WHERE lower(d.value) = lower(?)"
    " AND d.kind = 'email' AND d.confirmed_at IS NOT NULL AND d.ended_at IS NULL AND a.kind = 'personal' AND a.state = 'active'"
    " ORDER BY a.created_at, a.id LIMIT 20"
)
NAMED = (
    "SELECT id FROM account WHERE username_key = ? AND kind = 'personal' AND state = 'active' AND changes_locked_at IS NULL"
)
"""While changes are locked, no letter offers one."""
ROW = "SELECT id, account, kind, state, opens_at, ends_at, secret, stop_secret FROM recovery WHERE id = ?"
TO_OPEN = "UPDATE recovery SET state = 'open' WHERE id = ? AND state = 'waiting' AND ends_at > ? RETURNING kind, ends_at"


def typed_in(house: House, job: Job, now: datetime) -> str:
    """"" when it is over: a queue that stood still for an hour sends nobody an old link."""
    return open_token(house.keyring, job.kind, job.arguments["typed"], now)


async def send_username(house: House, job: Job, now: datetime) -> None:
    """One mail for all accounts that confirmed this address, in the name of the oldest."""
    found = await house.database.rows(AT_ADDRESS, typed_in(house, job, now))
    if not found:
        return
    async with house.audit.transaction() as entries:
        await enqueue_to(
            house.database, "account.username_asked", found[0]["id"], "email", found[0]["value"], "Job", job.id, now
        )
        entries += [Entry(now, "system.recover", subject=one["id"], reason="username") for one in found]


async def send_reset(house: House, job: Job, now: datetime) -> None:
    await _send_link(house, job, now, recovery.BY_MAIL, codes.RESET, "account.reset_asked")


async def send_letter_link(house: House, job: Job, now: datetime) -> None:
    await _send_link(house, job, now, recovery.BY_LETTER, codes.LETTER, "account.letter_asked")


async def _send_link(house: House, job: Job, now: datetime, kind: str, purpose: str, event: str) -> None:
    """To each confirmed e-mail address of the account that has this user name, if there is one."""
    found = await house.database.rows(NAMED, username_key(typed_in(house, job, now)))
    if not found:
        return
    if kind == recovery.BY_LETTER and not await recovery.has_post(house, found[0]["id"]):
        return
    account, lasts = found[0]["id"], recovery.RESET_FOR if kind == recovery.BY_MAIL else recovery.ASKED_FOR
    async with house.audit.transaction() as entries:
        row = await recovery.ask(house, account, kind, purpose, lasts, now)
        await enqueue_mail(house.database, event, account, "Recovery", row, now)
        entries.append(Entry(now, "system.recover", subject=account, reason=kind))


async def open_recovery(house: House, job: Job, now: datetime) -> None:
    """The waiting time is over, and nobody stopped it: only now there is a code."""
    try:
        await _open(house, job, now)
    except Changed:
        return  # The account was shut meanwhile, which ended it.


async def _open(house: House, job: Job, now: datetime) -> None:
    row = UUID(job.arguments["recovery"])
    async with house.audit.transaction() as entries:
        await recovery.hold(house, job.account, changing=True)
        opened = await house.database.rows(TO_OPEN, row, now)
        if not opened:
            return
        kind = opened[0]["kind"]
        if kind == recovery.FACTOR:
            await _mail_code(house, job.account, row, opened[0]["ends_at"], now)
        else:
            await enqueue_paper(house.database, recovery.LETTERS[kind], "Recovery", row, now, account=job.account)
        entries.append(Entry(now, "system.recover", subject=job.account, reason="code"))


async def _mail_code(house: House, account: UUID, row: UUID, ends_at: datetime, now: datetime) -> None:
    code = codes.new_desk_code()
    await house.database.rows("UPDATE recovery SET secret = ? WHERE id = ?", house.keyring.seal(code.encode(), row), row)
    await issue_capability(
        house.database, codes.code_hash(code), codes.FACTOR_CODE, "Recovery", row, now, ends_at, channel="email"
    )
    await enqueue_mail(house.database, "account.recovery_code", account, "Recovery", row, now)


async def may_print(system: SystemGrant, row: dict) -> bool:
    return not await recovery.letter_problem(system.house, UUID(row["object"]))


async def still_open(system: SystemGrant, row: dict) -> bool:
    """The link or the code of this letter still works."""
    found = await system.house.database.rows(f"{ROW} AND state IN ('open', 'asked')", UUID(row["object"]))
    active = await system.house.database.rows("SELECT id FROM account WHERE id = ? AND state = 'active'", row["account"])
    return bool(found and active) and found[0]["secret"] is not None and found[0]["ends_at"] > system.house.clock()


async def has_names(system: SystemGrant, row: dict) -> bool:
    return bool(await system.house.database.rows(AT_ADDRESS, row["address"]))


async def names_of(house: House, row: dict) -> dict:
    return {"names": [one["username"] for one in await house.database.rows(AT_ADDRESS, row["address"])]}


async def link_of(house: House, row: dict) -> dict:
    found = await _secret(house, row)
    return {"link": f"{house.origin}/c/{found}" if found else ""}


async def code_of(house: House, row: dict) -> dict:
    rows = await house.database.rows(ROW, UUID(row["object"]))
    return {"code": await _secret(house, row), "ends_at": rows[0]["ends_at"] if rows else house.clock()}


async def _secret(house: House, row: dict) -> str:
    """"" where it works no more."""
    rows = await house.database.rows(ROW, UUID(row["object"]))
    if not rows or rows[0]["secret"] is None or rows[0]["ends_at"] <= house.clock():
        return ""
    return house.keyring.open(bytes(rows[0]["secret"]), rows[0]["id"]).decode()


async def stop_link(house: House, row: dict) -> dict:
    """The link that stops it; "" where nothing is left to stop, the operator began it, or it is read by the front desk as it
    is printed."""
    rows = await house.database.rows(ROW, UUID(row["object"])) if row["object_kind"] == "Recovery" else []
    opens_at = rows[0]["opens_at"] if rows else None
    if not rows or rows[0]["stop_secret"] is None or row.get("channel") == "print":
        return {"link": "", "opens_at": opens_at}
    secret = house.keyring.open(bytes(rows[0]["stop_secret"]), stop_of(rows[0]["id"])).decode()
    return {"link": f"{house.origin}/c/{secret}", "opens_at": opens_at}


async def names_covered(house: House, row: dict) -> dict:
    """Other people's names may go with that address too: they were for who reads its mail."""
    return {"names": [covered(row) for _name in (await names_of(house, row))["names"]]}


async def link_covered(house: House, row: dict) -> dict:
    return {"link": f"{house.origin}/c/{covered(row)}"}


async def stop_covered(house: House, row: dict) -> dict:
    """Where there was a link to stop it, there is one here."""
    facts = await stop_link(house, row)
    there = row["object_kind"] == "Recovery" and row.get("channel") != "print"
    return facts | {"link": f"{house.origin}/c/{covered(row)}" if there else ""}


async def code_covered(house: House, row: dict) -> dict:
    return await code_of(house, row) | {"code": covered(row)}
