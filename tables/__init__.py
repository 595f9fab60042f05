"""What is stored. `ALL` is every table in an order in which each comes after those it refers to."""

from piccolo.engine.base import Engine
from piccolo.table import Table

from tables import (
    accounts,
    allergies,
    appointments,
    audit,
    bookings,
    care_plan,
    clinic,
    conditions,
    contact,
    coverage,
    documents,
    drafts,
    feed,
    imaging,
    ledger,
    medicines,
    messages,
    people,
    procedures,
    records,
    recovery,
    requests,
    results,
    sending,
    sharing,
    statements,
    support,
    tasks,
    vaccines,
    visits,
    work,
)

ROOMS = (
    clinic, accounts, contact, records, audit, sending, sharing, visits, results, people, medicines, allergies, conditions, vaccines,
    care_plan, imaging, documents, procedures, appointments, messages, tasks, statements, coverage, feed, work, requests, drafts,
    ledger, bookings, recovery, support,
)  # fmt: skip
ALL: tuple[type[Table], ...] = tuple(table for room in ROOMS for table in room.TABLES)
CONSTRAINTS: tuple[str, ...] = tuple(line for room in ROOMS for line in room.CONSTRAINTS)


def bind(engine: Engine) -> None:
    """Makes every table read from and write to this engine."""
    for table in ALL:
        table._meta.db = engine
