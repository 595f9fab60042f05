"""Where an account is written to: an address is added with a code that went there, and taken away; every address that counted
before is told, with a link that takes it back (SECURITY contracts 3, 4, 10, 11).

Whoever changes this holds the account's row first. That an address is somebody else's too is allowed, and never told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from access.audit import Entry
from access.grant import AccountGrant, Changed
from identity import limits, sent_codes
from identity.codes import CONTACT_STOP, new_link_secret
from identity.guardians import also_of_teens, is_guardians
from rules.addresses import EMAIL_KIND
from tables.base import new_id, new_ref
from tables.queue import enqueue_letter, enqueue_notice
from tables.sending import Sending, secret_hash, use_key

HOUR, A_DAY = 3600, 86_400
MOST = 6
"""Addresses of one account, those that wait for their code among them."""
STOP_FOR = timedelta(days=7)
HOLD = "UPDATE account SET kind = kind WHERE id = ? AND state = 'active' RETURNING id"
OWN = "SELECT id, ref, kind, value, confirmed_at FROM account_address WHERE account = ? AND ended_at IS NULL"
INSERT = "INSERT INTO account_address (id, ref, account, kind, value) VALUES (?, ?, ?, ?, ?)"
CONFIRM = "UPDATE account_address SET confirmed_at = ? WHERE id = ? AND confirmed_at IS NULL AND ended_at IS NULL RETURNING id"
END = "UPDATE account_address SET ended_at = ? WHERE id = ? AND ended_at IS NULL RETURNING id"
FACTOR_OF = "SELECT id FROM authenticator WHERE account = ? AND address = ? AND ended_at IS NULL"
CHANGE = "INSERT INTO address_change (id, account, address, did, at, secret) VALUES (?, ?, ?, ?, ?, ?)"
CAPABILITY = (
    "INSERT INTO capability (id, ref, hash, purpose, object_kind, object, issued_by, issued_at, ends_at, uses, uses_allowed,"
    " failures) VALUES (?, ?, ?, ?, 'AddressChange', ?, ?, ?, ?, 0, 1, 0)"
)


@dataclass(frozen=True, slots=True)
class Done:
    """`outcome` is the page that it leads to."""

    outcome: str


@dataclass(frozen=True, slots=True)
class Refused:
    """`reason`: own (it counts already), many (too many of them), guardian (a teenager's account, and a guardian's address),
    again (only later), code, stopped and over (of `sent_codes`), last (nothing would be left to write to), factor (its codes
    let the owner in)."""

    reason: str
    again_at: datetime | None = None


class _No(Exception):
    """Rolls everything back, the form's key too."""


async def add_address(grant: AccountGrant, kind: str, value: str, sending: Sending) -> Done | Refused:
    """A code goes there; nothing else does, until it was typed. One that waits already gets another code."""
    found = [row for row in await _own(grant) if row["value"].lower() == value.lower()]
    same = next((row for row in found if row["kind"] == kind), None)
    if any(row["confirmed_at"] for row in found):
        return Refused("own")
    if await is_guardians(grant.house, grant.account, value, grant.now):
        return Refused("guardian")
    if refused := await _may_send(grant, value):
        return refused
    row, ref = (same["id"], same["ref"]) if same else (new_id(), new_ref())
    outcome = f"/account/contact/{ref}/confirm"
    try:
        async with grant.acting("account.address_add") as entry:
            await use_key(grant.house.database, sending, outcome, grant.now)
            await _hold(grant)
            if not same:
                await _insert(grant, row, ref, kind, value)
            await _send_code(grant, row, kind, value, entry)
    except _No as no:
        return Refused(str(no))
    return Done(outcome)


async def send_again(grant: AccountGrant, ref: str, sending: Sending, outcome: str) -> Done | Refused | None:
    """Another code to an address that waits for it; the one before stops working. None where none waits."""
    row = _waits(await _own(grant), ref)
    if row is None:
        return None
    if refused := await _may_send(grant, row["value"]):
        return refused
    async with grant.acting("account.address_add") as entry:
        await use_key(grant.house.database, sending, outcome, grant.now)
        await _hold(grant)
        await _send_code(grant, row["id"], row["kind"], row["value"], entry)
    return Done(outcome)


async def confirm_address(grant: AccountGrant, ref: str, code: str, sending: Sending, outcome: str) -> Done | Refused | None:
    """The code that went there was typed by who is signed in. A wrong one counts, in the row of the code and by account."""
    row = _waits(await _own(grant), ref)
    if row is None:
        return None
    asked = (limits.Limit(f"contact:try:{grant.account}", 30, HOUR),)
    tries = await limits.take(grant.house, asked, grant.now)
    if tries.refused:
        return Refused("again", tries.again_at)
    if await is_guardians(grant.house, grant.account, row["value"], grant.now):
        return Refused("guardian")
    async with grant.acting("account.address_confirm") as entry:
        await _hold(grant)
        reason = await sent_codes.try_code(grant.house, grant.account, sent_codes.ADDRESS, row["id"], code, grant.now)
        if reason:
            entry.decision, entry.reason = "refused", reason
            return Refused(reason)
        await use_key(grant.house.database, sending, outcome, grant.now)
        await limits.give_back(grant.house, asked, grant.now)
        await _tell(grant, "added", row, entry)
        if not await grant.house.database.rows(CONFIRM, grant.now, row["id"]):
            raise Changed
        await _leave_teens(grant, row)
    return Done(outcome)


async def _leave_teens(grant: AccountGrant, row: dict) -> None:
    """A guardian showed that they read this address: a teenager's account, which had it too, is written to elsewhere, and told
    so. The guardian is told nothing of it."""
    database = grant.house.database
    for theirs in await also_of_teens(grant.house, grant.account, row["value"], grant.now):
        await database.rows(END, grant.now, theirs["id"])
        await enqueue_notice(database, "account.address_ended", theirs["account"], "AccountAddress", theirs["id"], grant.now)


async def remove_address(grant: AccountGrant, ref: str, on_paper: bool, sending: Sending, outcome: str) -> Done | Refused | None:
    """None where there is none of this ref. `on_paper`: the person wants letters by post from now on."""
    try:
        async with grant.acting("account.address_remove") as entry:
            await use_key(grant.house.database, sending, outcome, grant.now)
            await _hold(grant)
            own = await _own(grant)
            row = next((one for one in own if one["ref"] == ref), None)
            if row is None:
                raise _No
            await _may_go(grant, own, row, on_paper)
            await _end(grant, row, entry)
    except _No as no:
        return Refused(str(no)) if str(no) else None
    return Done(outcome)


async def _own(grant: AccountGrant) -> list[dict]:
    return await grant.house.database.rows(OWN, grant.account)


def _waits(own: list[dict], ref: str) -> dict | None:
    return next((row for row in own if row["ref"] == ref and row["confirmed_at"] is None), None)


async def _hold(grant: AccountGrant) -> None:
    if not await grant.house.database.rows(HOLD, grant.account):
        raise Changed


async def _may_send(grant: AccountGrant, value: str) -> Refused | None:
    """The portal is no way to fill somebody's mailbox, nor to run up a bill for calls."""
    asked = (
        limits.Limit(f"contact:account:{grant.account}", 10, A_DAY, kept=True),
        limits.Limit(f"contact:to:{limits.hidden(value.lower())}", 5, A_DAY, kept=True),
        limits.Limit(f"contact:ip:{grant.viewer.visitor.ip}", 20, HOUR, kept=True),
    )
    tries = await limits.take(grant.house, asked, grant.now)
    return Refused("again", tries.again_at) if tries.refused else None


async def _insert(grant: AccountGrant, row: UUID, ref: str, kind: str, value: str) -> None:
    """Asked again with the account's row in hand: of two at once, one is added."""
    own = await _own(grant)
    if any(one["value"].lower() == value.lower() for one in own):
        raise Changed
    if len(own) >= MOST:
        raise _No("many")
    await grant.house.database.rows(INSERT, row, ref, grant.account, kind, value)


async def _send_code(grant: AccountGrant, row: UUID, kind: str, value: str, entry: Entry) -> None:
    house = grant.house
    code = await sent_codes.make_code(house, grant.account, sent_codes.ADDRESS, row, kind, grant.now)
    await enqueue_letter(
        house.database, "account.address_code", value, "SentCode", code, grant.now, locale=grant.viewer.locale,
        channel=kind, account=grant.account,
    )  # fmt: skip
    entry.showed("AccountAddress", [row])


async def _may_go(grant: AccountGrant, own: list[dict], row: dict, on_paper: bool) -> None:
    if await grant.house.database.rows(FACTOR_OF, grant.account, row["id"]):
        raise _No("factor")
    others = [one for one in own if one["confirmed_at"] and one["kind"] == EMAIL_KIND and one["id"] != row["id"]]
    if row["confirmed_at"] and row["kind"] == EMAIL_KIND and not others and (grant.viewer.is_staff or not on_paper):
        raise _No("last")


async def _end(grant: AccountGrant, row: dict, entry: Entry) -> None:
    """Of one that never counted, nobody needs to be told."""
    await sent_codes.end_codes(grant.house, grant.account, sent_codes.ADDRESS, row["id"], grant.now)
    if row["confirmed_at"]:
        await _tell(grant, "ended", row, entry)
    await grant.house.database.rows(END, grant.now, row["id"])
    entry.showed("AccountAddress", [row["id"]])


async def _tell(grant: AccountGrant, did: str, row: dict, entry: Entry) -> None:
    """Those that count until now: not the new one yet, and the one that goes still."""
    database, change, secret = grant.house.database, new_id(), new_link_secret()
    sealed, ends_at = grant.house.keyring.seal(secret.encode(), change), grant.now + STOP_FOR
    await database.rows(CHANGE, change, grant.account, row["id"], did, grant.now, sealed)
    await database.rows(
        CAPABILITY, new_id(), new_ref(), secret_hash(secret), CONTACT_STOP, str(change), grant.account, grant.now, ends_at
    )
    await enqueue_notice(database, f"account.address_{did}", grant.account, "AddressChange", change, grant.now)
    entry.showed("AccountAddress", [row["id"]])
