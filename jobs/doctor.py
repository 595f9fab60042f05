"""`portal doctor`: everything that may ail an installation, one finding a line. It changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from access.heads import last_heads
from access.house import House
from access.verifying import first_row_fault
from acts.desk_payments import CHECK_REFUND
from acts.payments import CHECK
from jobs.sweeping import waiting
from pages.clinic import said_of_clinic
from pdf.host import missing
from settings import Settings
from starting import make_processor, make_senders
from tables.installation import sqlite_file
from tables.resealing import left, unknown_keys

LATE = timedelta(minutes=5)
LONG_UNDER_WAY = timedelta(days=1)
LITTLE_SPACE = 500_000_000
CLINIC = {"name": "name", "phone": "phone", "hours": "hours", "zone": "time zone"}
NO_GATEWAY = "SMS_GATEWAY_URL is not set"
WAITS = {"email": "SMTP_URL is not set", "sms": NO_GATEWAY, "voice": NO_GATEWAY, "print": "the front desk prints them at /staff/letters"}
CLOCK_MAY_DIFFER = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Finding:
    """`state`: ok, note (works, but know this) or BAD."""

    state: str
    what: str
    words: str


async def examine(house: House, settings: Settings) -> list[Finding]:
    parts = (_database, _clinic, _keys, _audit, _clock, _disk, _documents, _queue, _outbox, _ledger, _broom)
    return [finding for part in parts async for finding in part(house, settings)]


async def _database(house: House, settings: Settings) -> AsyncIterator[Finding]:
    """That it opened with the right schema was seen before this."""
    kind = "the demo clinic" if house.demo else "a clinic's own"
    file = sqlite_file(settings.database_url)
    size = f", {file.stat().st_size / 1e6:,.1f} MB" if file else ""
    yield Finding("ok", "database", f"{'SQLite' if file else 'PostgreSQL'}, {kind}{size}, schema up to date")
    if file:
        mode = (await house.database.rows("SELECT journal_mode FROM pragma_journal_mode"))[0]["journal_mode"]
        yield Finding("ok" if mode == "wal" else "BAD", "journal", f"mode {mode}")
    rows = await house.database.rows("SELECT COUNT(*) AS n FROM import_run WHERE state NOT IN ('done', 'failed')")
    if rows[0]["n"]:
        yield Finding("note", "imports", f"{rows[0]['n']} not finished: import the same files again and they go on")


async def _clinic(house: House, settings: Settings) -> AsyncIterator[Finding]:
    said = await said_of_clinic(house.database)
    silent = [words for name, words in CLINIC.items() if not said[name]]
    if silent:
        yield Finding("note", "clinic", f"pages do not say its {', '.join(silent)}. Run: portal clinic --help")
    else:
        yield Finding("ok", "clinic", f"{said['name']}, {said['phone']}, {said['zone']}")


async def _keys(house: House, settings: Settings) -> AsyncIterator[Finding]:
    lost = await unknown_keys(house.database, house.keyring)
    if lost:
        yield Finding("BAD", "keys", f"values are sealed with keys that are not configured: {', '.join(lost)}")
    older = await left(house.database, house.keyring)
    count = len(house.keyring.keys)
    if older:
        yield Finding("note", "keys", f"{count} key(s); {older:,} value(s) under an older one. Run: portal keys rotate")
    elif not lost:
        yield Finding("ok", "keys", f"{count} key(s); everything is under the newest")


async def _audit(house: House, settings: Settings) -> AsyncIterator[Finding]:
    fault = await first_row_fault(house.database, settings.audit_key)
    if fault:
        yield Finding("BAD", "audit", fault)
        return
    heads = last_heads(settings.heads_file)
    yield Finding("ok", "audit", "the audit key fits" + ("" if heads else "; no heads exported yet"))


async def _clock(house: House, settings: Settings) -> AsyncIterator[Finding]:
    """A clock that stands wrong signs people out early and refuses their codes."""
    now = house.clock()
    rows = await house.database.rows("SELECT MAX(at) AS at FROM audit_event")
    newest = (rows[0]["at"] or 0) / 1_000_000
    if newest > now.timestamp() + CLOCK_MAY_DIFFER.total_seconds():
        yield Finding("BAD", "clock", f"something was written {newest - now.timestamp():,.0f} s in the future of this clock")
        return
    yield Finding("ok", "clock", f"{now:%Y-%m-%d %H:%M:%S} UTC" + await _difference(house, now))


async def _difference(house: House, now: datetime) -> str:
    if house.database.is_sqlite:
        return ""
    theirs = (await house.database.rows("SELECT now() AS now"))[0]["now"]
    return f"; the database's is {abs((theirs - now).total_seconds()):.1f} s apart"


async def _disk(house: House, settings: Settings) -> AsyncIterator[Finding]:
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    free = shutil.disk_usage(folder).free
    yield Finding("ok" if free > LITTLE_SPACE else "BAD", "disk", f"{free / 1e9:,.1f} GB free beside {folder.name}/")


async def _documents(house: House, settings: Settings) -> AsyncIterator[Finding]:
    lacking = missing()
    if lacking:
        yield Finding("note", "documents", f"no PDFs without: {' '.join(lacking)}. Pages offer the print view instead")
    else:
        yield Finding("ok", "documents", "libraries and fonts are here")


async def _queue(house: House, settings: Settings) -> AsyncIterator[Finding]:
    """Questions for a card company wait for a worker that knows one."""
    unasked = [] if make_processor(settings, house.demo) else [CHECK, CHECK_REFUND]
    named = ", ".join(f"'{kind}'" for kind in unasked) or "''"
    yield await _lag(house, "job", "jobs", f"kind NOT IN ({named})")
    rows = await house.database.rows(f"SELECT COUNT(*) AS n FROM job WHERE state = 'due' AND kind IN ({named})")
    if rows[0]["n"]:
        yield Finding("BAD", "payments", f"{rows[0]['n']:,} cannot be asked about: STRIPE_SECRET_KEY is not set")


async def _outbox(house: House, settings: Settings) -> AsyncIterator[Finding]:
    channels = make_senders(settings, house.demo)
    named = ", ".join(f"'{channel}'" for channel in channels) or "''"
    yield await _lag(house, "outbox", "letters", f"channel IN ({named})")
    yield Finding("ok", "phones", "text messages and calls are sent" if "sms" in channels else "no gateway: pages say nothing of phones")
    rows = await house.database.rows(
        f"SELECT channel, COUNT(*) AS n FROM outbox WHERE state = 'due' AND channel NOT IN ({named}) GROUP BY channel"
    )
    for row in rows:
        why = WAITS.get(row["channel"], "nothing sends by it")
        yield Finding("note", "letters", f"{row['n']:,} wait for {row['channel']}: {why}")


async def _lag(house: House, table: str, what: str, where: str) -> Finding:
    """Due for longer than a few minutes means that no worker works."""
    now = house.clock()
    rows = await house.database.rows(
        f"SELECT COUNT(*) AS n FROM {table} WHERE state = 'due' AND run_at < ? AND {where}", now - LATE
    )
    failed = await house.database.rows(f"SELECT COUNT(*) AS n FROM {table} WHERE state = 'failed'")
    if rows[0]["n"]:
        return Finding("BAD", what, f"{rows[0]['n']:,} are over {LATE.seconds // 60} minutes late: is a worker running?")
    if failed[0]["n"]:
        return Finding("note", what, f"none late; {failed[0]['n']:,} given up" + (" (portal outbox)" if what == "letters" else ""))
    return Finding("ok", what, "none late, none given up")


async def _ledger(house: House, settings: Settings) -> AsyncIterator[Finding]:
    """Every transaction adds up to nothing; no payment is under way for longer than a processor needs."""
    crooked = await house.database.rows(
        "SELECT COUNT(*) AS n FROM (SELECT posting FROM ledger_entry GROUP BY posting, currency HAVING SUM(amount) <> 0) x"
    )
    late = await house.database.rows(
        "SELECT COUNT(*) AS n FROM payment WHERE gone_at IS NULL AND state <> 'paid' AND ends_at < ?", house.clock() - LONG_UNDER_WAY
    )
    odd = await house.database.rows("SELECT COUNT(*) AS n FROM payment WHERE odd_at IS NOT NULL")
    if odd[0]["n"]:
        yield Finding("BAD", "payments", f"{odd[0]['n']:,} are held: the card company names another sum than was asked for. Billing settles them at /staff/bills/stuck")
    unpaid = await house.database.rows("SELECT COUNT(*) AS n FROM refund WHERE state = 'failed' AND seen_to_at IS NULL")
    if unpaid[0]["n"]:
        yield Finding("note", "payments", f"{unpaid[0]['n']:,} refunds were not made. Billing sees them at /staff/bills/stuck")
    if crooked[0]["n"]:
        yield Finding("BAD", "ledger", f"{crooked[0]['n']:,} transactions do not add up to nothing")
    elif late[0]["n"]:
        yield Finding("note", "ledger", f"balanced; of {late[0]['n']:,} payments the processor has said nothing for a day")
    else:
        yield Finding("ok", "ledger", "every transaction adds up to nothing; no payment waits")


async def _broom(house: House, settings: Settings) -> AsyncIterator[Finding]:
    """More than the broom takes in a few rounds means that it does not sweep."""
    left_over = [(sweep, count) for sweep, count in await waiting(house) if count]
    for sweep, count in left_over:
        yield Finding("BAD" if count > 20_000 else "note", "sweeper", f"{count:,} {sweep.words} to be swept")
    if not left_over:
        yield Finding("ok", "sweeper", "nothing is past its time")
