"""The clinic's invoices become statements, and their sums entries of the ledger.

Filing again changes nothing. What its system changed or took back is written as a further entry for the difference: the
ledger never forgets, and a statement always adds up to what the clinic's system says, less what was paid here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from access.audit import Entry
from access.grant import SystemGrant
from access.vocabulary import Purpose
from rules.dates import parse_clinical_date
from rules.invoices import REST, Bill, Line, Paid, lines_of, settled_elsewhere
from rules.ledger import SETTLED, entries_of, owed_by
from tables.base import new_id, new_ref
from tables.database import Database
from tables.ledger import On, Posting, balance_of, lock_statement, post, receipt_number
from tables.queue import enqueue_notice
from tables.sites import site_of

AT_A_TIME = 100
NEWS_FOR = timedelta(days=30)
"""A statement older than that is no news: the first import of a clinic writes to nobody."""
FIRST = UUID(int=0)
CHANGED = (
    "SELECT i.*, s.record, r.site FROM invoice i JOIN record_source s ON s.id = i.patient JOIN record r ON r.id = s.record"
    " WHERE i.id > ? AND i.released_at IS NOT NULL AND (i.changed_at >= ? OR EXISTS (SELECT 1 FROM payment_notice n"
    " WHERE n.source = i.source AND n.request_ref = 'Invoice/' || i.fhir_id AND n.changed_at >= ?) OR EXISTS (SELECT 1"
    " FROM encounter e WHERE e.patient = i.patient AND e.changed_at >= ?) OR EXISTS (SELECT 1 FROM charge_item c"
    f" WHERE c.patient = i.patient AND c.changed_at >= ?)) ORDER BY i.id LIMIT {AT_A_TIME}"
)
"""What a visit or a charge says later, such as that it is private, its bill says as well: filing it again does no harm."""
GUARANTORS = "SELECT guarantors FROM billing_account WHERE source = ? AND fhir_id = ? AND withdrawn_at IS NULL"
PATIENT = "SELECT record FROM record_source WHERE source = ? AND fhir_type = 'Patient' AND fhir_id = ? AND withdrawn_at IS NULL"
NOTICES = (
    "SELECT amount, currency, payment_status, paid_text, created_text FROM payment_notice WHERE source = ? AND request_ref = ?"
    " AND withdrawn_at IS NULL AND status = 'active' AND amount IS NOT NULL ORDER BY id"
)
CHARGES = (
    "SELECT fhir_id, encounter_ref, sensitive, effective_text, effective_precision, effective_starts, effective_ends FROM charge_item"
    " WHERE source = ? AND patient = ? AND withdrawn_at IS NULL"
)
POSTED = (
    "SELECT t.kind, t.place, COUNT(t.id) AS times, SUM(e.amount) AS owed FROM ledger_transaction t JOIN ledger_entry e"
    " ON e.posting = t.id AND e.book = 'owed' WHERE t.statement = ? AND t.dedupe LIKE 'feed:%' GROUP BY t.kind, t.place"
)
HOLDERS = (
    "SELECT h.account FROM guarantor_account g JOIN share h ON h.record = g.holder WHERE g.id = ? AND h.basis = 'self'"
    " AND h.revoked_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Filing:
    """One invoice on its way into the ledger."""

    database: Database
    invoice: dict[str, Any]
    charges: dict[str, dict[str, Any]]
    visit: dict[str, Any] | None
    zone: str
    now: datetime

    @property
    def currency(self) -> str:
        return self.invoice["currency"]

    @property
    def private(self) -> bool:
        """Labelled by the clinic: the bill itself, its visit, or one of the charges in it."""
        parts = [self.invoice, *self.charges.values(), *([self.visit] if self.visit else [])]
        return any(part["sensitive"] for part in parts)


async def file_invoices(system: SystemGrant, since: datetime, after: UUID = FIRST) -> UUID | None:
    """A handful of what changed since then, each in a transaction of its own; the last one, if there may be more."""
    database = system.house.database
    found = await database.rows(CHANGED, after, since, since, since, since)
    for invoice in found:
        zone = (await site_of(database, invoice["site"]))["zone"]
        filing = Filing(database, invoice, *await _behind(database, invoice), zone, system.house.clock())
        async with system.house.audit.transaction() as entries:
            if await _file(filing):
                entries.append(Entry(filing.now, "system.bills", subject=invoice["record"], purpose=Purpose.FEED.value))
    return found[-1]["id"] if len(found) == AT_A_TIME else None


async def _behind(database: Database, invoice: dict) -> tuple[dict[str, dict], dict | None]:
    """The charges it names, and the visit that they were for."""
    named = {line.get("charge") for line in _listed(invoice["lines"])} - {None}
    rows = await database.rows(CHARGES, invoice["source"], invoice["patient"]) if named else []
    charges = {f"ChargeItem/{row['fhir_id']}": row for row in rows if f"ChargeItem/{row['fhir_id']}" in named}
    visits = [row["encounter_ref"].partition("/")[2] for row in charges.values() if row["encounter_ref"]]
    found = await database.rows(
        "SELECT id, label, sensitive FROM encounter WHERE source = ? AND fhir_id = ? AND patient = ?",
        invoice["source"], visits[0], invoice["patient"],
    ) if visits else []  # fmt: skip
    return charges, found[0] if found else None


async def _file(filing: Filing) -> bool:
    """Whether anything was written."""
    invoice, database = filing.invoice, filing.database
    lines = [] if invoice["withdrawn_at"] else lines_of(await _bill(filing))
    before = await database.rows("SELECT id, guarantor FROM statement WHERE invoice = ?", invoice["id"])
    if not lines and not before:
        return False
    statement, guarantor = (before[0]["id"], before[0]["guarantor"]) if before else await _open(filing)
    await lock_statement(database, statement)
    await _word(filing, statement, lines, gone=not lines)
    wrote = await _post_lines(filing, statement, guarantor, lines)
    if not before and await balance_of(database, statement) > 0:
        await _tell(filing, statement, guarantor)
    return wrote


async def _bill(filing: Filing) -> Bill:
    invoice = filing.invoice
    notices = await filing.database.rows(NOTICES, invoice["source"], f"Invoice/{invoice['fhir_id']}")
    total = invoice["gross"] if invoice["gross"] is not None else invoice["net"]
    return Bill(
        invoice["status"], invoice["label"], invoice["currency"], total, _listed(invoice["lines"]), _listed(invoice["parts"]),
        [Paid(row["amount"], row["paid_text"] or row["created_text"]) for row in notices if row["currency"] == invoice["currency"]],
    )  # fmt: skip


async def _open(filing: Filing) -> tuple[UUID, UUID]:
    """A new statement, under whoever the clinic's account says must pay it, else under the patient."""
    invoice, database, statement = filing.invoice, filing.database, new_id()
    guarantor = await _guarantor(filing, await _holder(filing))
    await database.rows(
        "INSERT INTO statement (id, ref, guarantor, record, invoice, encounter, site, number, currency, terms, issued_text,"
        " issued_precision, issued_starts, issued_ends, sensitive, made_at, locks)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        statement, new_ref(), guarantor, invoice["record"], invoice["id"], filing.visit and filing.visit["id"],
        invoice["site"], invoice["number"] or "", filing.currency, invoice["terms"], *_when(invoice), filing.private, filing.now,
    )
    return statement, guarantor


async def _holder(filing: Filing) -> UUID:
    """The chart of who must pay, where that is a patient here."""
    invoice, database = filing.invoice, filing.database
    account = (invoice["account_ref"] or "").partition("/")[2]
    for row in await database.rows(GUARANTORS, invoice["source"], account) if account else ():
        for named in _listed(row["guarantors"]):
            kind, _slash, fhir_id = named["ref"].partition("/")
            found = await database.rows(PATIENT, invoice["source"], fhir_id) if kind == "Patient" else []
            if found:
                return found[0]["record"]
    return invoice["record"]


async def _guarantor(filing: Filing, holder: UUID) -> UUID:
    await filing.database.rows(
        "INSERT INTO guarantor_account (id, ref, holder, number, opened_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (holder) DO NOTHING",
        new_id(), new_ref(), holder, receipt_number(), filing.now,
    )
    return (await filing.database.rows("SELECT id FROM guarantor_account WHERE holder = ?", holder))[0]["id"]


async def _word(filing: Filing, statement: UUID, lines: list[Line], gone: bool) -> None:
    """What the clinic says of the bill and of each line, as it is now. A visit that it names no more stays: what is
    private about it was so when it was named."""
    invoice = filing.invoice
    await filing.database.rows(
        "UPDATE statement SET withdrawn_at = ?, terms = ?, number = ?, issued_text = ?, issued_precision = ?, issued_starts = ?,"
        " issued_ends = ?, sensitive = ?, encounter = COALESCE(?, encounter) WHERE id = ?",
        filing.now if gone else None, invoice["terms"], invoice["number"] or "", *_when(invoice), filing.private,
        filing.visit and filing.visit["id"], statement,
    )  # fmt: skip
    named = [(line.kind, line.place, line.label) for line in lines if line.label]
    if filing.visit and filing.visit["label"]:
        named.append(("visit", 0, filing.visit["label"]))
    await filing.database.many(
        "INSERT INTO statement_line (id, statement, kind, place, label) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (statement, kind, place) DO UPDATE SET label = excluded.label",
        [(new_id(), statement, *one) for one in named],
    )


async def _post_lines(filing: Filing, statement: UUID, guarantor: UUID, lines: list[Line]) -> bool:
    """What each line says more, or less, than stands in the ledger for it."""
    stands = {(row["kind"], row["place"]): row for row in await filing.database.rows(POSTED, statement)}
    said = {(line.kind, line.place): line for line in lines}
    rest = stands.pop((SETTLED, REST), None)
    wrote = False
    for key in sorted(said.keys() | stands.keys()):
        line = said.get(key, Line(*key, "", 0))
        wrote |= await _difference(filing, statement, guarantor, line, stands.get(key))
    already = -int(rest["owed"]) if rest else 0
    owed = await balance_of(filing.database, statement) + already
    elsewhere = settled_elsewhere(filing.invoice["status"] if lines else "", owed)
    return await _difference(filing, statement, guarantor, Line(SETTLED, REST, "", elsewhere), rest) or wrote


async def _difference(filing: Filing, statement: UUID, guarantor: UUID, line: Line, stands: dict | None) -> bool:
    """By the sign of its kind: an entry that takes back what stood is one of the same kind, below nothing."""
    wanted, posted = owed_by(line.kind, line.amount), int(stands["owed"]) if stands else 0
    if wanted == posted:
        return False
    amount = (wanted - posted) * owed_by(line.kind, 1)
    dedupe = f"feed:{statement}:{line.kind}:{line.place}:{stands['times'] if stands else 0}"
    posting = Posting(
        guarantor, statement, line.kind, entries_of(line.kind, amount), filing.currency, _on(filing, line), dedupe, line.place
    )
    return await post(filing.database, posting, filing.now)


def _on(filing: Filing, line: Line) -> On:
    """The day of the payment or the service where the feed says it, else that of the bill."""
    day = parse_clinical_date(line.day, filing.zone) if line.day else None
    if day:
        return On(day.text, day.precision, day.starts, day.ends)
    charge = filing.charges.get(line.charge)
    return On(*_when(charge if charge and charge["effective_text"] else filing.invoice))


def _when(row: dict[str, Any]) -> tuple:
    return tuple(row[f"effective_{side}"] for side in ("text", "precision", "starts", "ends"))


async def _tell(filing: Filing, statement: UUID, guarantor: UUID) -> None:
    issued = filing.invoice["effective_starts"]
    if issued is None or issued < filing.now - NEWS_FOR:
        return
    for row in await filing.database.rows(HOLDERS, guarantor):
        await enqueue_notice(filing.database, "statement.new", row["account"], "Statement", statement, filing.now)


def _listed(sent: Any) -> list:
    """A JSON column: text on one engine and on the other."""
    return (json.loads(sent) if isinstance(sent, str) else sent) or []
