"""Reads every audit chain again and says where the first row is that is not as it was written.

A chain is whole when its rows count up from 0, each MAC follows from the row before, a closed chain has as many rows
as its process said, and each head that was ever exported is still there (SECURITY contract 12). Heads are read line by line and rows page by page: memory grows with chains alone.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from access.audit import seal_row
from access.heads import exported_lines, read_line
from tables.database import Database

PAGE = 2000
COLUMNS = ("chain", "seq", "at", "actor", "behalf", "subject", "action", "objects", "decision", "reason", "purpose", "shown")
ROWS = f"SELECT {', '.join(COLUMNS)}, mac FROM audit_event WHERE chain = ? AND seq > ? ORDER BY seq LIMIT {PAGE}"
CHAINS = "SELECT id, heads, closed_count FROM audit_chain ORDER BY opened_at, id"
STRAYS = (
    "SELECT DISTINCT e.chain FROM audit_event e WHERE NOT EXISTS (SELECT 1 FROM audit_chain c WHERE c.id = e.chain)"
)

EXPORTED = "SELECT mac FROM audit_event WHERE chain = ? AND seq = ?"


@dataclass(slots=True)
class Exported:
    """How one chain's exported heads fare: the last one looked at, and the first that is not as it was exported.
    `highest` is the last row that anybody said there is."""

    highest: int = -1
    last: tuple[int, str] = (-1, "")
    changed: int | None = None


Heads = dict[int, Exported]
"""By chain: what stays of all the lines, which are read one at a time."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`what`: changed, missing, unopened, empty, short, long, stray, lost (named in the heads file, nowhere else)."""

    chain: int
    seq: int
    what: str


@dataclass(slots=True)
class Verified:
    """What was checked, and the first fault of each chain that has one."""

    chains: int = 0
    rows: int = 0
    closed: int = 0
    heads: int = 0
    heads_lines: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Checking nothing proves nothing."""
        return self.rows > 0 and not self.faults


async def verify(
    database: Database, key: bytes, heads_file: Path | None = None, progress: Callable[[int], None] = lambda rows: None
) -> Verified:
    """The file is read first and chains before their rows, so that what is written meanwhile is no fault."""
    found = Verified()
    heads: Heads = {}
    for line in exported_lines(heads_file):
        found.heads_lines += 1
        await _look(database, heads, line, found)
    chains = await database.rows(CHAINS)
    strays = [row["chain"] for row in await database.rows(STRAYS)]
    for chain in chains:
        line = read_line(f'{{"heads":{chain["heads"] or "[]"}}}')
        await _look(database, heads, line.heads if line else [], found)
    for chain in chains:
        fault = await _first_fault(database, key, chain, heads.get(chain["id"], Exported()), found, progress)
        found.chains += 1
        found.faults += [fault] if fault else []
    known = {chain["id"] for chain in chains}
    found.faults += [Fault(chain, 0, "stray") for chain in strays]
    found.faults += [Fault(chain, heads[chain].highest, "lost") for chain in sorted(heads) if chain not in known]
    return found


async def _look(database: Database, heads: Heads, line: list, found: Verified) -> None:
    """Whether the rows that were exported are there as they were; a row that is gone shows when its chain is walked."""
    for chain, seq, mac in line:
        one = heads.setdefault(chain, Exported())
        if one.last == (seq, mac):
            continue
        rows = await database.rows(EXPORTED, chain, seq)
        is_same = bool(rows) and bytes(rows[0]["mac"]).hex() == mac
        found.heads += is_same and seq > one.highest
        if rows and not is_same:
            one.changed = seq if one.changed is None else min(seq, one.changed)
        one.last, one.highest = (seq, mac), max(seq, one.highest)


async def _first_fault(database, key: bytes, chain: dict, heads: Exported, found: Verified, progress) -> Fault | None:
    """Walks one chain. What comes after its first bad row cannot be judged."""
    number, seq, mac = chain["id"], -1, b""
    while rows := await database.rows(ROWS, number, seq):
        for row in rows:
            fault = _fault(key, mac, row, seq + 1, heads)
            if fault:
                return fault
            seq, mac = row["seq"], bytes(row["mac"])
            found.rows += 1
        progress(found.rows)
    return _end_fault(chain, seq + 1, heads, found)


def _fault(key: bytes, before: bytes, row: dict, expected: int, heads: Exported) -> Fault | None:
    chain, seq, mac = row["chain"], row["seq"], bytes(row["mac"])
    if seq != expected:
        return Fault(chain, expected, "missing")
    if not hmac.compare_digest(mac, seal_row(key, before, tuple(row[name] for name in COLUMNS))):
        return Fault(chain, seq, "changed")
    if seq == 0 and row["action"] != "chain.opened":
        return Fault(chain, seq, "unopened")
    return Fault(chain, seq, "changed") if heads.changed == seq else None


def _end_fault(chain: dict, count: int, heads: Exported, found: Verified) -> Fault | None:
    number, said = chain["id"], chain["closed_count"]
    if count == 0:
        return Fault(number, 0, "empty")
    if heads.highest >= count:
        return Fault(number, count, "missing")
    if said is None:
        return None
    found.closed += 1
    if count != said:
        return Fault(number, min(count, said), "short" if count < said else "long")
    return None


WORDS = {
    "changed": "is not as it was written",
    "missing": "is missing",
    "unopened": "does not open its chain",
    "empty": "is missing, and so is all of its chain",
    "short": "is missing: its process said that it wrote more",
    "long": "was added after its process had closed the chain",
    "stray": "belongs to a chain that nobody opened",
    "lost": "was exported, and its whole chain is gone",
}


def fault_words(fault: Fault) -> str:
    return f"row {fault.seq} of chain {fault.chain} {WORDS[fault.what]}."


def lines_of(found: Verified) -> list[str]:
    """For the operator: what was checked, then the verdict."""
    lines = [
        f"Checked {found.rows:,} row(s) in {found.chains:,} chain(s): each row against the one before it,"
        f" {found.closed:,} closed chain(s) against their count,",
        f"{found.heads:,} row(s) against what was exported ({found.heads_lines:,} line(s) in the heads file).",
    ]
    if found.heads_lines == 0:
        lines.append("There is no heads file, so rows cut off the end of an open chain would not be noticed.")
    if found.faults:
        lines += [f"FAULT: {fault_words(fault)}" for fault in found.faults]
        return [*lines, "The audit is NOT whole."]
    return [*lines, "The audit is whole." if found.rows else "There was nothing to check, and that proves nothing."]


async def first_row_fault(database: Database, key: bytes) -> str:
    """A quick look, for the doctor: whether this key wrote the newest chain. "" when it did, or when there is none."""
    rows = await database.rows("SELECT id FROM audit_chain ORDER BY opened_at DESC LIMIT 1")
    first = await database.rows(ROWS, rows[0]["id"], -1) if rows else []
    fault = _fault(key, b"", first[0], 0, Exported()) if first else None
    return f"PORTAL_AUDIT_KEY did not write this database: {fault_words(fault)}" if fault else ""
