"""Letters that wait for paper: the front desk prints them, because their reader has no address for e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from access.grant import QueueGrant
from access.visible import one_of, visible
from identity.printed import PRINTED
from notices import Letter
from pages.code_letter import CodeLetterPage, address_lines, just_made
from tables.work import Outbox
from words.dates import day
from words.gettext import N_

MOST = 200
"""Letters that one page looks at, oldest first."""
OWN = (
    "SELECT s.account, r.address FROM share s JOIN record r ON r.id = s.record WHERE s.basis = 'self'"
    " AND s.revoked_at IS NULL AND {which} ORDER BY CASE WHEN r.state = 'merged' THEN 0 ELSE 1 END"
)
"""The last one counts: that of the chart which is left, where another was merged into it."""
WHOSE = "(account = (SELECT id FROM account WHERE ref = ?) OR record = (SELECT id FROM record WHERE ref = ?))"
READS = ("id", "event", "object_kind", "object", "account", "channel", "address", "locale", "made_at", "record", "attempts")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What waits for one person. `rows` are outbox rows, oldest first; `address` the lines on file, or none."""

    ref: str
    name: str
    address: tuple[str, ...]
    rows: tuple[dict, ...]

    @property
    def plain(self) -> tuple[dict, ...]:
        """Those whose words are made when they are read."""
        return tuple(row for row in self.rows if row["event"] not in PRINTED)

    @property
    def since(self) -> str:
        return day(self.rows[0]["made_at"])


@dataclass(frozen=True, slots=True)
class Coded:
    """`problem`: why no code may be made now, or "". `printed`: one was made, and another would take its place."""

    event: str
    heading: str
    printed: bool
    problem: str


@dataclass(frozen=True, slots=True)
class LettersPage:
    envelopes: tuple[Envelope, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class EnvelopePage:
    """`letters` are their words, made now; `coded` those whose code is made when one is opened for printing. `until` is the
    newest row that they stand for, in microseconds."""

    envelope: Envelope
    letters: tuple[Letter, ...]
    coded: tuple[Coded, ...]
    today: datetime

    @property
    def printable(self) -> bool:
        return bool(self.letters) or any(one.printed for one in self.coded)

    @property
    def may_end(self) -> bool:
        """Something was printed, or is of no use any more."""
        return self.printable or any(one.problem for one in self.coded)

    @property
    def until(self) -> str:
        return str(int(self.envelope.rows[-1]["made_at"].timestamp() * 1_000_000))


async def letters_page(grant: QueueGrant) -> LettersPage:
    rows = await visible(grant, Outbox).rows(READS, then=f"ORDER BY made_at, id LIMIT {MOST + 1}")
    grant.entry.action = "letters.see"
    return LettersPage(await _envelopes(grant, rows[:MOST]), len(rows) > MOST)


async def coded_in(grant: QueueGrant, envelope: Envelope) -> tuple[Coded, ...]:
    """One for each kind: two letters of a kind would end each other's codes."""
    rows = {row["event"]: row for row in envelope.rows if row["event"] in PRINTED}
    return tuple([
        Coded(event, PRINTED[event].heading, row["attempts"] > 0, await PRINTED[event].problem(grant.house, UUID(row["object"])))
        for event, row in rows.items()
    ])  # fmt: skip


async def opened_letter(grant: QueueGrant, ref: str, letter: str) -> CodeLetterPage | None:
    """The letter whose code this member of staff just made; None where it waits no more, or another code was made."""
    shown, envelope = await just_made(grant, ref, letter), await envelope_of(grant, ref)
    if shown is None or envelope is None:
        return None
    at = f"/staff/letters/{ref}"
    return CodeLetterPage(
        shown, envelope.name, envelope.address, grant.now, grant.house.origin, f"{at}/paper", letter, (at, N_("Letters for this person"))
    )


async def envelope_of(grant: QueueGrant, ref: str) -> Envelope | None:
    """What waits for this person, by their account or, where they have none, their chart; None where nothing does."""
    rows = await visible(grant, Outbox).rows(READS, WHOSE, ref, ref, then="ORDER BY made_at, id LIMIT 50")
    grant.entry.action = "letters.see"
    return (await _envelopes(grant, rows))[0] if rows else None


async def _envelopes(grant: QueueGrant, rows: Sequence[dict]) -> tuple[Envelope, ...]:
    """One for each person, in the order of their oldest letter."""
    waiting: dict[UUID, list[dict]] = {}
    for row in rows:
        waiting.setdefault(row["account"] or row["record"], []).append(row)
    grant.showed("Outbox", [row["id"] for row in rows])
    accounts = [one for one, letters in waiting.items() if letters[0]["account"]]
    known = await _charts(grant, [one for one in waiting if one not in accounts])
    at = await _addresses(grant, accounts)
    for row in await grant.house.database.rows(f"SELECT id, ref, name FROM account WHERE {one_of('id', accounts)}", *accounts):
        known[row["id"]] = (row["ref"], row["name"], at.get(row["id"], ()))
    return tuple(Envelope(*known[one], tuple(letters)) for one, letters in waiting.items())


async def _charts(grant: QueueGrant, records: Sequence[UUID]) -> dict[UUID, tuple[str, str, tuple[str, ...]]]:
    rows = await grant.house.database.rows(
        f"SELECT id, ref, name, address FROM record WHERE {one_of('id', records)}", *records
    )
    return {row["id"]: (row["ref"], row["name"], address_lines(row["address"] or "")) for row in rows}


async def _addresses(grant: QueueGrant, accounts: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """From the chart of whoever has one here: a street, then a town."""
    rows = await grant.house.database.rows(OWN.format(which=one_of("s.account", accounts)), *accounts)
    return {row["account"]: address_lines(row["address"] or "") for row in rows}
