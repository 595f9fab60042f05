"""Letters that wait for paper: the front desk prints them, because their reader has no address for e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.grant import QueueGrant
from access.visible import one_of, visible
from notices import Letter
from pages.code_letter import address_lines
from tables.work import Outbox
from words.dates import day

MOST = 200
"""Letters that one page looks at, oldest first."""
OWN = (
    "SELECT s.account, r.address FROM share s JOIN record r ON r.id = s.record WHERE s.basis = 'self'"
    " AND s.revoked_at IS NULL AND {which} ORDER BY CASE WHEN r.state = 'merged' THEN 0 ELSE 1 END"
)
"""The last one counts: that of the chart which is left, where another was merged into it."""
READS = ("id", "event", "object_kind", "object", "account", "channel", "address", "locale", "made_at")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What waits for one person. `rows` are outbox rows, oldest first; `address` the lines on file, or none."""

    ref: str
    name: str
    address: tuple[str, ...]
    rows: tuple[dict, ...]

    @property
    def since(self) -> str:
        return day(self.rows[0]["made_at"])


@dataclass(frozen=True, slots=True)
class LettersPage:
    envelopes: tuple[Envelope, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class EnvelopePage:
    """`letters` are their words, made now. `until` is the newest row that they stand for, in microseconds."""

    envelope: Envelope
    letters: tuple[Letter, ...]
    today: datetime

    @property
    def until(self) -> str:
        return str(int(self.envelope.rows[-1]["made_at"].timestamp() * 1_000_000))


async def letters_page(grant: QueueGrant) -> LettersPage:
    rows = await visible(grant, Outbox).rows(READS, then=f"ORDER BY made_at, id LIMIT {MOST + 1}")
    grant.entry.action = "letters.see"
    return LettersPage(await _envelopes(grant, rows[:MOST]), len(rows) > MOST)


async def envelope_of(grant: QueueGrant, account_ref: str) -> Envelope | None:
    """What waits for this person; None where nothing does."""
    asked = "account = (SELECT id FROM account WHERE ref = ?)"
    rows = await visible(grant, Outbox).rows(READS, asked, account_ref, then="ORDER BY made_at, id LIMIT 50")
    grant.entry.action = "letters.see"
    return (await _envelopes(grant, rows))[0] if rows else None


async def _envelopes(grant: QueueGrant, rows: Sequence[dict]) -> tuple[Envelope, ...]:
    """One for each person, in the order of their oldest letter."""
    by_account: dict[UUID, list[dict]] = {}
    for row in rows:
        by_account.setdefault(row["account"], []).append(row)
    accounts = list(by_account)
    grant.showed("Outbox", [row["id"] for row in rows])
    people = await grant.house.database.rows(
        f"SELECT id, ref, name FROM account WHERE {one_of('id', accounts)}", *accounts
    )
    known = {row["id"]: row for row in people}
    at = await _addresses(grant, accounts)
    return tuple(
        Envelope(known[one]["ref"], known[one]["name"], at.get(one, ()), tuple(waiting)) for one, waiting in by_account.items()
    )


async def _addresses(grant: QueueGrant, accounts: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """From the chart of whoever has one here: a street, then a town."""
    rows = await grant.house.database.rows(OWN.format(which=one_of("s.account", accounts)), *accounts)
    return {row["account"]: address_lines(row["address"] or "") for row in rows}
