"""“This wasn't me”: all other browsers are signed out, changes are locked, ways back that are under way by mail or post end, staff see a case, and every address is told.

It asks for no fresh factor: whose phone was stolen has none to show. Whoever sits at somebody else's open browser can press it
too, and then stops changes, their own among them, until the clinic has spoken with the owner (docs/decisions/0018).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from access.grant import AccountGrant
from access.visible import visible
from identity.locks import lock_changes
from identity.recovery import end_unproven
from identity.sessions import end_others
from rules.support import NOT_ME, OPEN
from tables.base import new_id, new_ref
from tables.queue import enqueue_notice
from tables.sending import Sending, use_key
from tables.support import SupportCase

OPEN_CASE = (
    "INSERT INTO support_case (id, ref, kind, account, state, outcome, pointed_at, pointed_action, opened_at, changed_at)"
    " VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Pointed:
    """The entry of the audit that they pointed at; none where they meant nothing that is listed."""

    at: int | None = None
    action: str = ""


async def say_not_me(grant: AccountGrant, pointed: Pointed, sending: Sending, outcome: str) -> None:
    """Said again while a case is open, it locks and signs out again, and stays one case."""
    house, now = grant.house, grant.now
    async with grant.acting("account.not_me") as entry:
        await use_key(house.database, sending, outcome, now)
        await lock_changes(house, grant.account, now)
        case = await _open_case(grant, pointed)
        entry.showed("SupportCase", [case])
        await end_unproven(house, grant.account, now)
        await end_others(house, grant.account, grant.viewer.session, now)
        await enqueue_notice(house.database, "account.told_not_me", grant.account, "SupportCase", case, now)


async def _open_case(grant: AccountGrant, pointed: Pointed) -> UUID:
    made = await grant.house.database.rows(
        OPEN_CASE, new_id(), new_ref(), NOT_ME, grant.account, OPEN, pointed.at, pointed.action, grant.now, grant.now
    )
    there = made or await visible(grant, SupportCase).rows(("id",), "kind = ? AND state <> 'closed'", NOT_ME)
    return there[0]["id"]
