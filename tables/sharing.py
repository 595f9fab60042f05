"""Invitations: what somebody is asked to help with, before they say yes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from piccolo.columns import JSON, Boolean, Bytea, Integer
from piccolo.table import Table

from tables.accounts import Account
from tables.base import code, key, moment, new_id, new_ref, ref, to, words
from tables.database import Database
from tables.queue import enqueue, enqueue_notice
from tables.records import Record, Share

PENDING, ACCEPTED, DECLINED, WITHDRAWN, LAPSED = "pending", "accepted", "declined", "withdrawn", "lapsed"


class Invitation(Table, tablename="invitation"):
    """A patient asks one person, by e-mail, to help. `state`: pending, accepted, declined, withdrawn, or
    lapsed: over, and another was sent to the same address.

    Its capability (purpose "invitation") is the secret of the link; `secret` is the same, sealed, for the letter.
    """

    id = key()
    ref = ref()
    record = to(Record, index=True)
    invited_by = to(Account)
    name = words(null=False)
    """What the patient calls the person, and nobody else reads."""
    email = words(null=False)
    email_key = words(null=False)
    says_name = Boolean(default=False, null=False)
    """The patient wants their own name in the letter."""
    scopes = JSON(null=False, default="[]")
    """[[category, action], …]"""
    share_ends_at = moment()
    state = code(16)
    made_at = moment(null=False)
    ends_at = moment(null=False)
    secret = Bytea(null=True, default=None)
    code_hash = Bytea(null=False, default=b"")
    """SHA-256 of the link's secret and the code told in person: without the link there is nothing to guess at."""
    failures = Integer(default=0, null=False)
    answered_at = moment()
    answered_by = to(Account, null=True)
    share = to(Share, null=True)


TABLES = (Invitation,)
CONSTRAINTS = (
    "CREATE INDEX invitation_email ON invitation (email_key) WHERE state = 'pending'",
    "CREATE UNIQUE INDEX invitation_waiting ON invitation (record, email_key) WHERE state = 'pending'",
    "CREATE UNIQUE INDEX invitation_share ON invitation (share) WHERE share IS NOT NULL",
)

REVIEW = "share.review"
"""The job that asks the owner whether a share without an end is still right."""
INSERT_SHARE = (
    "INSERT INTO share (id, ref, account, record, basis, starts_at, ends_at, review_at, created_at, created_by, replaces)"
    " VALUES (?, ?, ?, ?, 'helper', ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Giving:
    """What a new share gives, and to whom. `replaces` is the share that it takes the place of."""

    account: UUID
    record: UUID
    by: UUID
    scopes: frozenset[tuple[str, str]]
    ends_at: datetime | None
    review_at: datetime | None
    replaces: UUID | None = None


async def give(database: Database, giving: Giving, now: datetime) -> UUID | None:
    """In the act's transaction. None where this account holds a share of this record already: the index says so."""
    share = new_id()
    made = await database.rows(
        INSERT_SHARE, share, new_ref(), giving.account, giving.record, now, giving.ends_at, giving.review_at, now, giving.by,
        giving.replaces,
    )  # fmt: skip
    if not made:
        return None
    rows = [(new_id(), share, category, action) for category, action in sorted(giving.scopes)]
    await database.many("INSERT INTO share_scope (id, share, category, action) VALUES (?, ?, ?, ?)", rows)
    if giving.review_at:
        await ask_later(database, share, giving.review_at, now)
    return share


async def ask_later(database: Database, share: UUID, review_at: datetime, now: datetime) -> None:
    """On that day the owner is asked whether this share is still right."""
    await enqueue(
        database, REVIEW, {"share": str(share)}, now, run_at=review_at, dedupe=f"{REVIEW}:{share}:{review_at:%Y-%m-%d}"
    )


def scopes_text(scopes: Iterable[tuple[str, str]]) -> str:
    return json.dumps(sorted(map(list, scopes)))


def scopes_from(text: str) -> frozenset[tuple[str, str]]:
    return frozenset((category, action) for category, action in json.loads(text))


OWNERS = (
    "SELECT account FROM share WHERE record = ? AND basis IN ('self', 'representative') AND revoked_at IS NULL"
    " AND (ends_at IS NULL OR ends_at > ?)"
)


async def owners(database: Database, record: UUID, now: datetime) -> list[UUID]:
    """The accounts that are told when something about the sharing of this record has changed."""
    return [row["account"] for row in await database.rows(OWNERS, record, now)]


async def tell(
    database: Database, event: str, kind: str, object: UUID, record: UUID, now: datetime, also: Sequence[UUID] = ()
) -> None:
    """A notice for the owners of the record, and for whom else it concerns; in the act's transaction."""
    for account in dict.fromkeys([*await owners(database, record, now), *also]):
        await enqueue_notice(database, event, account, kind, object, now)
