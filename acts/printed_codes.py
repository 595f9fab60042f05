"""A letter with a code is opened for printing: the code is made, and the one printed before ends (SECURITY contract 3)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from access.grant import Changed, QueueGrant
from access.visible import visible
from identity.activation import POST
from identity.codes import code_hash, new_desk_code, seal_letter
from identity.limits import Full, Limit, spend
from identity.printed import PRINTED, PrintedCode
from tables.sending import Sending, issue_capability, use_key
from tables.work import Outbox

A_DAY, MOST = 86_400, 5
"""So many codes for one letter in a day: a printer jams, but not more often."""
WHOSE = "event = ? AND (account = (SELECT id FROM account WHERE ref = ?) OR record = (SELECT id FROM record WHERE ref = ?))"


@dataclass(frozen=True, slots=True)
class Made:
    """`outcome` is the page that shows the letter, for 15 minutes, to who opened it."""

    outcome: str


@dataclass(frozen=True, slots=True)
class NotMade:
    """`reason`: gone (no such letter waits), often (enough for today), or why there may be no code: see `PRINTED`."""

    reason: str


async def make_code(grant: QueueGrant, ref: str, event: str, sending: Sending) -> Made | NotMade:
    """`ref` is that of the person's account or, where they have none, of their chart."""
    kind, row = PRINTED.get(event), await _waiting(grant, ref, event)
    if kind is None or row is None:
        return NotMade("gone")
    if problem := await kind.problem(grant.house, UUID(row["object"])):
        return NotMade(problem)
    code = new_desk_code()
    made = Made(f"/staff/letters/{ref}/paper?letter={seal_letter(grant.house, grant.account, ref, code, grant.now)}")
    try:
        async with grant.acting("code.print") as entry:
            entry.subject = row["record"] or row["account"]
            await use_key(grant.house.database, sending, made.outcome, grant.now)
            await spend(grant.house, (Limit(f"print:{event}:{row['object']}", MOST, A_DAY, kept=True),), grant.now)
            entry.action = "code.print" if await _write(grant, kind, row, code) == 1 else "code.reprint"
    except Full:
        return NotMade("often")
    return made


async def _waiting(grant: QueueGrant, ref: str, event: str) -> dict | None:
    rows = await visible(grant, Outbox).rows(("id", "object", "record", "account"), WHOSE, event, ref, ref, then="ORDER BY made_at DESC LIMIT 1")
    return rows[0] if rows else None


async def _write(grant: QueueGrant, kind: PrintedCode, row: dict, code: str) -> int:
    """The how-manieth of this letter it is. Raises Changed where the letter was taken off the list, or its reader needs it no more, at this very moment."""
    house, object, waiting = grant.house, UUID(row["object"]), visible(grant, Outbox).predicate
    await kind.withdraw(house, object, grant.now)
    opened = await house.database.rows(
        f"UPDATE outbox SET attempts = attempts + 1 WHERE id = ? AND {waiting.sql} RETURNING attempts", row["id"], *waiting.values
    )
    if not opened or await kind.problem(house, object):
        raise Changed
    await issue_capability(
        house.database, code_hash(code), kind.purpose, kind.object_kind, object, grant.now, grant.now + kind.valid_for,
        grant.account, channel=POST,
    )  # fmt: skip
    return opened[0]["attempts"]
