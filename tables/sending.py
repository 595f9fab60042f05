"""What makes a form safe to send twice, and what keeps its words when a session ends."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from piccolo.columns import BigInt, Bytea, Integer, Varchar
from piccolo.table import Table

from tables.accounts import Account, Session
from tables.base import code, key, moment, new_id, new_ref, ref, to
from tables.database import Database
from tables.records import Record


class UsedKey(Table, tablename="used_key"):
    """A form key that did its work, inserted by the act in its own transaction."""

    id = key()
    hash = Bytea(null=False, default=b"")
    actor = Varchar(length=64, null=False, default="")
    """The account's id, or "pre:" and the hash of the pre-session cookie."""
    route = code(160)
    body = Bytea(null=False, default=b"")
    """SHA-256 of the fields that mattered."""
    outcome = Varchar(length=400, null=False, default="")
    """Where the first sending led: an address made of route and refs."""
    at = moment(null=False)


class ParkedForm(Table, tablename="parked_form"):
    """What somebody typed when their session had expired: sealed, for that account and that address, for an hour."""

    id = key()
    ref = ref()
    account = to(Account, index=True)
    session = to(Session)
    path = Varchar(length=400, null=False, default="")
    record = to(Record, null=True)
    sealed = Bytea(null=False, default=b"")
    ends_at = moment(null=False)


class Capability(Table, tablename="capability"):
    """One hashed secret is one purpose, one object, one verb."""

    id = key()
    ref = ref()
    hash = Bytea(null=False, default=b"")
    purpose = code(24)
    channel = code(16)
    """By which way a code to register with reaches its reader: desk, post or email; "" for what is no such code."""
    object_kind = code(40)
    object = Varchar(length=36, null=False, default="")
    issued_by = to(Account, null=True)
    issued_at = moment(null=False)
    ends_at = moment(null=False)
    uses = Integer(default=0, null=False)
    uses_allowed = Integer(default=1, null=False)
    used_by = to(Account, null=True)
    failures = BigInt(default=0, null=False)
    revoked_at = moment()
    secret = Bytea(null=True, default=None)
    """The code itself, sealed, until it is sent."""


TABLES = (UsedKey, ParkedForm, Capability)
CONSTRAINTS = (
    "CREATE UNIQUE INDEX used_key_hash ON used_key (hash, actor, route)",
    "CREATE INDEX used_key_at ON used_key (at)",
    "CREATE INDEX parked_form_ends ON parked_form (ends_at)",
    "CREATE UNIQUE INDEX capability_hash ON capability (hash)",
    "CREATE INDEX capability_object ON capability (object_kind, object)",
    "CREATE INDEX capability_used_by ON capability (used_by)",
    "CREATE INDEX capability_ends ON capability (ends_at)",
    "CREATE INDEX capability_secret ON capability (ends_at) WHERE secret IS NOT NULL",
)


def secret_hash(secret: str) -> bytes:
    """How the secret of a link is kept. It has 128 random bits and more, so there is nothing to guess."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


async def issue_capability(
    database: Database, hash: bytes, purpose: str, kind: str, object: UUID, now: datetime, ends_at: datetime,
    by: UUID | None = None, *, channel: str = "", id: UUID | None = None, secret: bytes | None = None,
) -> UUID:
    """In the caller's transaction: a secret that works once, until it ends. Its hash is kept, and, where it is told later, the
    `secret` sealed with the row's `id`."""
    id = id or new_id()
    await database.rows(
        "INSERT INTO capability (id, ref, hash, purpose, object_kind, object, issued_by, issued_at, ends_at, uses,"
        " uses_allowed, failures, channel, secret) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 1, 0, ?, ?)",
        id, new_ref(), hash, purpose, kind, str(object), by, now, ends_at, channel, secret,
    )
    return id


class Spent(Exception):
    """The secret was used, withdrawn or over by the time it was to be used. Rolls everything back."""


async def spend_capability(database: Database, capability: UUID, account: UUID, now: datetime) -> None:
    """One statement: of two who come with one secret at the same moment, one gets it."""
    used = await database.rows(
        "UPDATE capability SET uses = uses + 1, used_by = ? WHERE id = ? AND uses < uses_allowed AND revoked_at IS NULL"
        " AND ends_at > ? RETURNING id",
        account, capability, now,
    )
    if not used:
        raise Spent


@dataclass(frozen=True, slots=True)
class Sending:
    """One pressing of one button: whose, on which form, with what in it. `key` and `body` are SHA-256."""

    key: bytes
    actor: str
    route: str
    body: bytes


class AlreadySent(Exception):
    """This form's key did its work before. `outcome` is where it led; `same` says whether the fields were the same."""

    def __init__(self, outcome: str, same: bool):
        super().__init__(outcome)
        self.outcome, self.same = outcome, same


async def use_key(database: Database, sending: Sending, outcome: str, now: datetime) -> None:
    """First thing an act does in its transaction, so that a form sent twice, or in parallel, acts once."""
    made = await database.rows(
        "INSERT INTO used_key (id, hash, actor, route, body, outcome, at) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (hash, actor, route) DO NOTHING RETURNING id",
        new_id(), sending.key, sending.actor, sending.route, sending.body, outcome, now,
    )
    if not made:
        raise await sent_before(database, sending)


async def sent_before(database: Database, sending: Sending) -> AlreadySent | None:
    """What became of this form key; None where it did nothing yet."""
    first = await database.rows(
        "SELECT body, outcome FROM used_key WHERE hash = ? AND actor = ? AND route = ?",
        sending.key, sending.actor, sending.route,
    )
    return AlreadySent(first[0]["outcome"], bytes(first[0]["body"]) == sending.body) if first else None


async def not_sent(database: Database, sending: Sending, now: datetime) -> None:
    """For what must come before this form does its work, and leaves the key to that: first in a transaction, it waits for who
    sends the form at this moment, and who sends it later waits for it. Raises AlreadySent."""
    await use_key(database, sending, "", now)
    await database.rows(
        "DELETE FROM used_key WHERE hash = ? AND actor = ? AND route = ?", sending.key, sending.actor, sending.route
    )
