"""What guarantors owe and paid. The ledger's rows are only ever added: a trigger refuses any change (migration 0011)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from piccolo.columns import BigInt, Boolean, Integer, Varchar
from piccolo.table import Table

from tables.accounts import Account
from tables.base import code, key, moment, new_id, new_ref, ref, to, words
from tables.clinic import ClinicSite
from tables.database import Database
from tables.records import Record, Share
from tables.statements import Invoice
from tables.visits import Encounter


class GuarantorAccount(Table, tablename="guarantor_account"):
    """Who owes: `holder` is their own chart. It covers every chart that one of its statements is for."""

    id = key()
    ref = ref()
    holder = to(Record)
    number = code(16)
    """What a person says on the phone; it opens nothing."""
    opened_at = moment(null=False)


class Statement(Table, tablename="statement"):
    """One bill of the clinic's, for the care of `record`. What is left to pay is the sum of its entries, never a column."""

    id = key()
    ref = ref()
    guarantor = to(GuarantorAccount, index=True)
    record = to(Record, index=True)
    invoice = to(Invoice, null=True)
    encounter = to(Encounter, null=True)
    site = to(ClinicSite, null=True)
    number = words(null=False)
    currency = code(3)
    terms = words()
    issued_text = code(64)
    issued_precision = code(8)
    issued_starts = moment()
    issued_ends = moment()
    sensitive = Boolean(default=False)
    """Its services are named to the patient alone."""
    withdrawn_at = moment()
    made_at = moment(null=False)
    locks = Integer(default=0, null=False)
    """Counted up by whoever is about to decide over its balance, so that they decide one after the other."""


class StatementLine(Table, tablename="statement_line"):
    """The clinic's own words for one line, and no amount: whoever may not read them still sees the ledger.

    `kind`: visit, or that of the transactions it names. `place` tells lines of one kind apart."""

    id = key()
    statement = to(Statement, index=True)
    kind = code(16)
    place = Integer(default=0, null=False)
    label = words(null=False)


class Payment(Table, tablename="payment"):
    """What somebody means to pay, written down before anything is asked of the processor.

    `state`: made (the processor may not know of it yet), sent (its page is open), paid, cancelled, expired. Money has
    come when the ledger says so. `taken` is what the processor took."""

    id = key()
    ref = ref()
    number = code(16)
    guarantor = to(GuarantorAccount, index=True)
    statement = to(Statement, index=True)
    amount = BigInt(null=False, default=0)
    currency = code(3)
    method = code(16)
    """card, cash, check, phone."""
    state = code(16)
    session = Varchar(length=160, null=True, default=None)
    """What the processor calls it."""
    address = words()
    """The processor's page."""
    charged = Varchar(length=160, null=True, default=None)
    """What a refund must name."""
    taken = BigInt(null=True, default=None)
    note = words()
    asked_by = to(Account, null=True)
    share = to(Share, null=True)
    made_at = moment(null=False)
    ends_at = moment()
    """When the processor's page ends; written down before it is asked for. The amount is kept until it is known what became of
    it (rules.payments)."""
    checked_at = moment()
    settled_at = moment()
    gone_at = moment()
    """Since then it is known that nobody can pay it any more. Without it, and not paid, the processor is asked."""
    odd_amount = BigInt(null=True, default=None)
    """What the processor said was paid, where that is not what was asked for; a person must look at it (`acts.stuck`)."""
    odd_currency = Varchar(length=3, null=True, default=None)
    odd_at = moment()
    """Until it is settled, by a person or by what the processor says later."""


class Refund(Table, tablename="refund"):
    """Money given back. `state`: made (the processor may not know of it yet, or has not done it), done, failed; `reason` is
    a code of words.bills."""

    id = key()
    ref = ref()
    payment = to(Payment, index=True)
    amount = BigInt(null=False, default=0)
    state = code(16)
    reason = words(null=False)
    made_by = to(Account, null=True)
    made_at = moment(null=False)
    settled_at = moment()
    known_as = Varchar(length=160, null=True, default=None)
    """What the processor calls it, once it answered; from then on it is looked at, and never asked for again."""
    seen_to_at = moment()
    """Of one that failed: since then it waits for nobody any more."""


class LedgerTransaction(Table, tablename="ledger_transaction"):
    """Something that happened to what is owed. `kind` as in rules.ledger; `dedupe` says what must not happen twice."""

    id = key()
    ref = ref()
    guarantor = to(GuarantorAccount, index=True)
    statement = to(Statement, index=True)
    kind = code(16)
    place = Integer(default=0, null=False)
    """Of the line that words it."""
    currency = code(3)
    payment = to(Payment, null=True)
    refund = to(Refund, null=True)
    on_text = code(64)
    on_precision = code(8)
    on_starts = moment()
    on_ends = moment()
    """When it happened, as exactly as it is known."""
    dedupe = Varchar(length=160, null=False, default="")
    recorded_by = to(Account, null=True)
    recorded_at = moment(null=False)


class LedgerEntry(Table, tablename="ledger_entry"):
    """One line of a transaction: `amount` enters `book`. Those of one transaction add up to nothing."""

    id = key()
    posting = to(LedgerTransaction, index=True)
    statement = to(Statement)
    guarantor = to(GuarantorAccount)
    book = code(16)
    amount = BigInt(null=False, default=0)
    currency = code(3)


TABLES = (GuarantorAccount, Statement, StatementLine, Payment, Refund, LedgerTransaction, LedgerEntry)
CONSTRAINTS = (
    "CREATE UNIQUE INDEX guarantor_account_holder ON guarantor_account (holder)",
    "CREATE UNIQUE INDEX guarantor_account_number ON guarantor_account (number)",
    "CREATE UNIQUE INDEX statement_invoice ON statement (invoice) WHERE invoice IS NOT NULL",
    "CREATE UNIQUE INDEX statement_line_once ON statement_line (statement, kind, place)",
    "CREATE UNIQUE INDEX payment_number ON payment (number)",
    "CREATE UNIQUE INDEX payment_session ON payment (session) WHERE session IS NOT NULL",
    "CREATE INDEX payment_open ON payment (statement, ends_at) WHERE state IN ('made', 'sent')",
    "CREATE INDEX payment_unsure ON payment (made_at) WHERE gone_at IS NULL AND state <> 'paid'",
    "CREATE INDEX payment_odd ON payment (odd_at) WHERE odd_at IS NOT NULL",
    "CREATE INDEX refund_unsure ON refund (made_at) WHERE state = 'made'",
    "CREATE INDEX refund_unseen ON refund (made_at) WHERE state = 'failed' AND seen_to_at IS NULL",
    "CREATE UNIQUE INDEX ledger_transaction_once ON ledger_transaction (dedupe)",
    "CREATE INDEX ledger_entry_statement ON ledger_entry (statement, book)",
    "CREATE INDEX ledger_entry_guarantor ON ledger_entry (guarantor, book)",
)


class Unbalanced(ValueError):
    """Entries of one transaction that do not add up to nothing."""


@dataclass(frozen=True, slots=True)
class On:
    """A date as the columns of a transaction hold it."""

    text: str
    precision: str
    starts: datetime | None
    ends: datetime | None

    @classmethod
    def at(cls, moment: datetime) -> On:
        return cls(moment.isoformat(), "instant", moment, moment)


@dataclass(frozen=True, slots=True)
class Posting:
    """What is to be written into the ledger. `entries` are books and amounts, as rules.ledger makes them of a kind."""

    guarantor: UUID
    statement: UUID
    kind: str
    entries: tuple[tuple[str, int], ...]
    currency: str
    on: On
    dedupe: str
    place: int = 0
    payment: UUID | None = None
    refund: UUID | None = None
    by: UUID | None = None


INSERT_TRANSACTION = (
    "INSERT INTO ledger_transaction (id, ref, guarantor, statement, kind, place, currency, payment, refund, on_text,"
    " on_precision, on_starts, on_ends, dedupe, recorded_by, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (dedupe) DO NOTHING RETURNING id"
)
INSERT_ENTRY = (
    "INSERT INTO ledger_entry (id, posting, statement, guarantor, book, amount, currency) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
BALANCE = "SELECT COALESCE(SUM(amount), 0) AS owed FROM ledger_entry WHERE statement = ? AND book = 'owed'"


async def post(database: Database, one: Posting, now: datetime) -> bool:
    """In the caller's transaction; False when it stands there already."""
    if sum(amount for _book, amount in one.entries):
        raise Unbalanced("The entries of a transaction add up to nothing.")
    made = await database.rows(
        INSERT_TRANSACTION, new_id(), new_ref(), one.guarantor, one.statement, one.kind, one.place, one.currency,
        one.payment, one.refund, one.on.text, one.on.precision, one.on.starts, one.on.ends, one.dedupe, one.by, now,
    )
    if made:
        await database.many(
            INSERT_ENTRY,
            [(new_id(), made[0]["id"], one.statement, one.guarantor, book, amount, one.currency)
             for book, amount in one.entries],
        )  # fmt: skip
    return bool(made)


async def lock_statement(database: Database, statement: UUID) -> None:
    """First in a transaction that decides over a balance: who comes at the same moment waits."""
    await database.rows("UPDATE statement SET locks = locks + 1 WHERE id = ?", statement)


async def balance_of(database: Database, statement: UUID) -> int:
    """Below nothing: more was paid than was owed."""
    return int((await database.rows(BALANCE, statement))[0]["owed"])


async def payments_on(database: Database, statement: UUID) -> list[dict]:
    """What `rules.payments.kept_by` must know of them."""
    return await database.rows("SELECT amount, state FROM payment WHERE statement = ?", statement)


def receipt_number() -> str:
    """What a person says on the phone of a payment: ten figures, and no secret."""
    return f"{secrets.randbelow(10**10):010d}"


HOLDERS = "SELECT account FROM share WHERE record = ? AND basis = 'self' AND revoked_at IS NULL"


async def hearers(database: Database, holder: UUID, payer: UUID | None) -> list[UUID]:
    """The accounts that hear of a payment: whoever owes, and whoever paid for them."""
    holders = {row["account"] for row in await database.rows(HOLDERS, holder)}
    return sorted(holders | {payer} - {None}, key=str)
