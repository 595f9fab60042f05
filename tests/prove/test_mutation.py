"""Every fault planted in the access decision is noticed by at least one test (SECURITY contract 23)."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from tests.support.mutants import ROOT, Mutant, all_mutants

WATCHERS = (
    "tests/test_access.py", "tests/test_access_rule.py", "tests/test_guard.py", "tests/test_bill_access.py",
    "tests/test_access_merges.py", "tests/test_access_sharing.py", "tests/test_access_bookings.py", "tests/test_access_at_work.py",
    "tests/test_rules_requests.py", "tests/test_two_duties.py", "tests/test_own_record_at_work.py", "tests/test_access_own_activity.py",
)  # fmt: skip

EQUIVALENT = {
    # On SQLite an empty list in IN () matches nothing by itself; on PostgreSQL it is an error, so the line stays.
    ("access.visible", "if that never holds", "if not grant.sources:"),
    # Without a share there is no basis and no share to name either.
    ("access.opening", "operand 2 of and lost", "row and row['share'] and (row['basis'] != 'self')"),
    # A UUID made anew of a UUID's text is the same UUID.
    ("access.opening", "operand 2 of or lost", "value is None or isinstance(value, UUID)"),
    # No part of a merged address: an empty text and None are the same to the one who reads it.
    ("access.opening", "operand 2 of and lost", "row and row['merged_ref'] and _share_stands(row, now)"),
    # What waits for staff is answered whether or not its patient still lives: that fact is no part of their rule.
    ("access.items", "comparison turned", "row['deceased_text'] is not None"),
}
"""Faults that change nothing anybody could see, each with its reason."""


def survives(mutant: Mutant) -> bool:
    """True when all tests of access pass although the fault is in."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "tests.support.mutants", "-p", "no:cacheprovider",
         "--db", "sqlite", *WATCHERS],
        cwd=ROOT, env={**os.environ, "MUTANT": mutant.name}, capture_output=True, text=True, timeout=120,
    )
    return run.returncode == 0


def chosen() -> list[Mutant]:
    """All of them, or N spread evenly; of the modules (`access.visible`) or the single faults (`access.visible:4`)
    that `MUTANTS` names with commas between them, where it names any."""
    mutants = [mutant for mutant in all_mutants() if (mutant.module, mutant.what, mutant.code) not in EQUIVALENT]
    if named := os.environ.get("MUTANTS"):
        mutants = [mutant for mutant in mutants if {mutant.module, mutant.name} & set(named.split(","))]
    n = int(os.environ.get("PROVE_N") or len(mutants))
    return mutants[:: max(1, len(mutants) // n)][:n]


def test_every_planted_fault_is_noticed():
    mutants = chosen()
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        outcomes = list(pool.map(survives, mutants))
    survivors = [f"{m.name} line {m.line}: {m.what} in {m.code}" for m, alive in zip(mutants, outcomes, strict=True) if alive]
    print(f"{len(mutants)} faults planted, {len(mutants) - len(survivors)} noticed", *survivors, sep="\n")
    assert survivors == []
