"""Whom the patients of the demo asked for help: one has not answered yet, one said no; and what Ana had at first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from access.house import House
from identity.codes import INVITATION, told_hash
from rules.sharing import INVITATION_FOR, scopes_chosen
from seeds.cast import Person, fixed_id, fixed_ref
from tables.sending import secret_hash
from tables.sharing import ACCEPTED, DECLINED, PENDING, scopes_text

CODE = "7K3Q-M2XH"
"""Told to whoever is invited in the demo; known to everybody, like its passwords."""


@dataclass(frozen=True, slots=True)
class Inviting:
    """`share` names the helper whose share came of it. Days are counted back from the day of planting."""

    slug: str
    by: str
    name: str
    email: str
    sees: tuple[str, ...]
    does: tuple[str, ...]
    days: int
    state: str = PENDING
    helper: str = ""


INVITATIONS = (
    Inviting("luis", "self", "Luis, my grandson", "luis.ortega@example.org", ("visits",), ("appointments",), 3),
    Inviting("carmen", "self", "Carmen from church", "carmen.ruiz@example.org", ("appointments",), (), 160, DECLINED),
    Inviting("joseph", "self", "Joseph", "joseph.amadi@example.org", (), ("appointments",), 91, ACCEPTED, "helper-appointments"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """A row of the outbox. `to` is an address, or the handle of somebody who gets paper."""

    event: str
    to: str
    kind: str
    object: UUID
    days: int


LETTERS = (
    Told("share.invited", "luis.ortega@example.org", "Capability", fixed_id("capability", "luis"), 3),
    Told("account.codes_made", "helper-revoked", "Authenticator", fixed_id("authenticator", "helper-revoked"), 2),
)
ANA_AT_FIRST = ("appointments", "visits")
FIRST_DAYS = (150, 120)
"""Ana saw little to begin with; then Maria gave her all of it."""


async def plant_invitations(house: House, people: Sequence[Person], now: datetime) -> None:
    """Inside a transaction, after people and shares: for those of these people who are there. A second planting
    changes nothing."""
    handles = {person.handle for person in people}
    for one in INVITATIONS:
        if {one.by, one.helper or one.by} <= handles:
            await _plant(house, one, now - timedelta(days=one.days))
    if {"self", "helper-full"} <= handles:
        await _plant_first_share(house, now)
    for letter in LETTERS:
        if letter.to in handles or "@" in letter.to:
            await _plant_letter(house, letter, now)


async def _plant(house: House, one: Inviting, made: datetime) -> None:
    row, secret = fixed_id("invitation", one.slug), fixed_ref("link", one.slug)
    ends, pending = made + INVITATION_FOR, one.state == PENDING
    answered = None if pending else made + timedelta(days=1)
    await house.database.rows(
        "INSERT INTO invitation (id, ref, record, invited_by, name, email, email_key, says_name, scopes, state, made_at,"
        " ends_at, secret, code_hash, failures, answered_at, answered_by, share)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?) ON CONFLICT DO NOTHING",
        row, fixed_ref("invitation", one.slug), fixed_id("record", one.by), fixed_id("account", one.by), one.name,
        one.email, one.email, False, scopes_text(scopes_chosen(one.sees, one.does)), one.state, made, ends,
        house.keyring.seal(secret.encode(), row) if pending else None, told_hash(secret, CODE), answered,
        fixed_id("account", one.helper) if one.helper else None,
        fixed_id("share", f"{one.helper} {one.by}") if one.helper else None,
    )  # fmt: skip
    if pending:
        await _plant_link(house, one, row, secret, made, ends)


async def _plant_link(house: House, one: Inviting, row: UUID, secret: str, made: datetime, ends: datetime) -> None:
    await house.database.rows(
        "INSERT INTO capability (id, ref, hash, purpose, object_kind, object, issued_by, issued_at, ends_at, uses,"
        " uses_allowed, failures) VALUES (?, ?, ?, ?, 'Invitation', ?, ?, ?, ?, 0, 1, 0) ON CONFLICT DO NOTHING",
        fixed_id("capability", one.slug), fixed_ref("capability", one.slug), secret_hash(secret), INVITATION, str(row),
        fixed_id("account", one.by), made, ends,
    )  # fmt: skip


async def _plant_first_share(house: House, now: datetime) -> None:
    rows, share, by = house.database.rows, fixed_id("share", "helper-full self at first"), fixed_id("account", "self")
    since, until = (now - timedelta(days=days) for days in FIRST_DAYS)
    await rows(
        "INSERT INTO share (id, ref, account, record, basis, starts_at, revoked_at, revoked_by, created_at, created_by)"
        " VALUES (?, ?, ?, ?, 'helper', ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        share, fixed_ref("share", "helper-full self at first"), fixed_id("account", "helper-full"),
        fixed_id("record", "self"), since, until, by, since, by,
    )  # fmt: skip
    for category, action in sorted(scopes_chosen(ANA_AT_FIRST, ())):
        await rows(
            "INSERT INTO share_scope (id, share, category, action) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            fixed_id("scope", f"helper-full self at first {category}"), share, category, action,
        )  # fmt: skip
    now_hers = fixed_id("share", "helper-full self")
    await rows("UPDATE share SET replaces = ? WHERE id = ? AND replaces IS NULL", share, now_hers)


async def _plant_letter(house: House, one: Told, now: datetime) -> None:
    made, mailed = now - timedelta(days=one.days), "@" in one.to
    await house.database.rows(
        "INSERT INTO outbox (id, event, object_kind, object, account, channel, address, locale, state, dedupe, attempts,"
        " run_at, made_at, sent_at, failure, lease_owner) VALUES (?, ?, ?, ?, ?, ?, ?, 'en', ?, ?, 0, ?, ?, ?, '', '')"
        " ON CONFLICT DO NOTHING",
        fixed_id("letter", f"{one.event} {one.to}"), one.event, one.kind, str(one.object),
        None if mailed else fixed_id("account", one.to), "email" if mailed else "print", one.to if mailed else "",
        "sent" if mailed else "due", f"demo {one.event} {one.to}", made, made, made if mailed else None,
    )  # fmt: skip
