"""What a guarantor's account holds, read once: its statements, what happened to each, and what is left to pay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from access.grant import BillGrant
from access.visible import one_of, visible
from pages.sheet import Link, Part
from pages.stored import Row, columns, dated_in, when_in
from rules.amounts import LEAST
from rules.dates import ClinicalDate
from rules.ledger import ADJUSTMENT, CHARGE, INSURANCE, OWED, PAYMENT, REFUND, SETTLED
from rules.payments import UNDER_WAY, kept_by
from tables.ledger import LedgerEntry, LedgerTransaction, Payment, Statement, StatementLine
from tables.records import Record
from words.gettext import N_, _
from words.money import money

STATEMENT = columns(Statement, ("id", "ref", "record", "number", "currency", "terms", "issued", "withdrawn_at", "made_at"))
MOVES = columns(LedgerTransaction, ("id", "statement", "kind", "place", "payment", "refund", "on", "recorded_at"))
PAYING = columns(Payment, ("id", "ref", "statement", "amount", "state", "odd_at"))
WORDS = {
    CHARGE: N_("Service"), INSURANCE: N_("Insurance paid"), ADJUSTMENT: N_("Taken off"),
    SETTLED: N_("Paid, as the clinic’s system says"), PAYMENT: N_("Payment"), REFUND: N_("Paid back"),
}  # fmt: skip
"""Kinds of transaction as they are told, in the order of the story. Money of another currency is told with its payment alone."""


@dataclass(frozen=True, slots=True)
class Move:
    """Everything of one kind and place together, as it stands now: what was taken back again is in it. `amount` is by how
    much it changes what is owed; `label` the clinic's words, where they may be read; `payment` the ref of one made here."""

    kind: str
    amount: int
    on: ClinicalDate | None
    label: str
    payment: str = ""

    @property
    def name(self) -> str:
        """What it is called: a service by its own name, anything else by ours."""
        if self.kind == CHARGE:
            return self.label or (_("Service") if self.amount > 0 else _("Credit"))
        return _(WORDS[self.kind])

    @property
    def over(self) -> str:
        return self.label if self.kind != CHARGE else ""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left to pay on one statement; below 0 what was paid too much."""

    currency: str
    owed: int


@dataclass(frozen=True, slots=True)
class Bill:
    """One statement. `whose` is the name of the person it is for; `named` whether its services are named; `going` are the
    payments under way."""

    row: Row
    whose: str
    visit: str
    moves: tuple[Move, ...]
    named: bool
    going: tuple[Row, ...] = ()

    @property
    def ref(self) -> str:
        return self.row["ref"]

    @property
    def currency(self) -> str:
        return self.row["currency"]

    @property
    def title(self) -> str:
        if self.row["number"]:
            return _("Statement %(number)s", number=self.row["number"])
        return _("Statement of %(day)s", day=self.when) if self.when else _("Statement")

    @property
    def when(self) -> str:
        return when_in(self.row, "issued")

    @property
    def withdrawn(self) -> bool:
        return self.row["withdrawn_at"] is not None

    @property
    def owed(self) -> int:
        return sum(move.amount for move in self.moves)

    @property
    def kept(self) -> int:
        """What payments under way keep for themselves."""
        return kept_by(self.going)

    @property
    def due(self) -> int:
        """What the books say is owed: so much may be posted at the desk, whoever pays by card at that moment."""
        return max(0, self.owed)

    @property
    def free(self) -> int:
        """What may be paid by card now."""
        return max(0, self.owed - self.kept)

    @property
    def by_card(self) -> bool:
        """Whether that is enough for a card."""
        return self.free >= LEAST

    def sum_of(self, *kinds: str) -> int:
        """By how much these change what is owed."""
        return sum(move.amount for move in self.moves if move.kind in kinds)

    @property
    def charged(self) -> int:
        return self.sum_of(CHARGE)

    @property
    def paid(self) -> int:
        return -self.sum_of(PAYMENT, SETTLED, REFUND)

    def money(self, amount: int) -> str:
        return money(amount, self.row["currency"])

    @property
    def tag(self) -> tuple[str, str]:
        if self.withdrawn and self.owed == 0:
            return "", _("Taken back")
        if self.owed < 0:
            return "good", _("Paid too much")
        if self.owed == 0:
            return "good", _("Nothing to pay")
        return ("wait", _("Part paid")) if self.paid else ("wait", _("To pay"))


async def left_on(grant: BillGrant) -> list[Left]:
    """What is left to pay on each statement, for whoever only counts it."""
    statements, entries = visible(grant, Statement).predicate, visible(grant, LedgerEntry).predicate
    owed = f"SELECT COALESCE(SUM(amount), 0) FROM ledger_entry WHERE {entries.sql} AND ledger_entry.statement = statement.id AND book = '{OWED}'"
    sql = f"SELECT id, currency, ({owed}) AS owed FROM statement WHERE {statements.sql}"
    rows = await grant.house.database.rows(sql, *entries.values, *statements.values)
    grant.showed("Statement", [row["id"] for row in rows])
    return [Left(row["currency"], int(row["owed"])) for row in rows]


async def bills_of(grant: BillGrant, *refs: str) -> list[Bill]:
    """Newest first; of the whole account, or the one that is asked for."""
    only = one_of("ref", refs) if refs else ""
    rows = await visible(grant, Statement).rows(STATEMENT, only, *refs, then="ORDER BY issued_starts DESC, made_at DESC, id")
    if not rows:
        return []
    ids = [row["id"] for row in rows]
    grant.showed("Statement", ids)
    paying = await _payments(grant, ids)
    moves, labels, going = await _moves(grant, ids, paying), await _labels(grant, ids), _going(paying)
    names = {row["id"]: row["name"] for row in await visible(grant, Record).rows(("id", "name"))}
    return [
        Bill(row, names.get(row["record"], ""), labels.get((row["id"], "visit", 0), ""),
             _told(moves[row["id"]], row["id"], labels),
             row["record"] in grant.whole or any(key[0] == row["id"] for key in labels), going.get(row["id"], ()))
        for row in rows
    ]  # fmt: skip


async def _payments(grant: BillGrant, statements: Sequence[UUID]) -> list[Row]:
    return await visible(grant, Payment).rows(PAYING, one_of("statement", statements), *statements)


async def _moves(grant: BillGrant, statements: Sequence[UUID], paying: Sequence[Row]) -> dict[UUID, list[Row]]:
    which = one_of("statement", statements)
    sums = await visible(grant, LedgerEntry).rows(("posting", "amount"), f"{which} AND book = '{OWED}'", *statements)
    amounts = {row["posting"]: row["amount"] for row in sums}
    payments = {row["id"]: row["ref"] for row in paying}
    found = defaultdict(list)
    for row in await visible(grant, LedgerTransaction).rows(MOVES, which, *statements, then="ORDER BY recorded_at, id"):
        more = {"amount": amounts.get(row["id"], 0), "paid": payments.get(row["payment"], "")}
        found[row["statement"]].append(row | more)
    return found


def _told(rows: list[Row], statement: UUID, labels: dict) -> tuple[Move, ...]:
    """In the order of the story: what was charged, who paid and took off what, what is left."""
    together: dict[tuple, list[Row]] = defaultdict(list)
    for row in (one for one in rows if one["kind"] in WORDS):
        alone = (row["id"],) if row["kind"] in (PAYMENT, REFUND) else (row["place"],)
        together[row["kind"], *alone].append(row)
    moves = [_move(same, labels.get((statement, same[0]["kind"], same[0]["place"]), "")) for same in _in_order(together)]
    return tuple(move for move in moves if move.amount)


def _in_order(together: dict[tuple, list[Row]]) -> list[list[Row]]:
    order = {kind: number for number, kind in enumerate(WORDS)}
    return sorted(
        together.values(), key=lambda rows: (order[rows[0]["kind"]], rows[0]["place"], rows[0]["recorded_at"], rows[0]["id"])
    )


def _move(rows: list[Row], label: str) -> Move:
    return Move(rows[0]["kind"], sum(row["amount"] for row in rows), dated_in(rows[-1], "on"), label, rows[0]["paid"])


async def _labels(grant: BillGrant, statements: Sequence[UUID]) -> dict[tuple, str]:
    lines = visible(grant, StatementLine)
    rows = await lines.rows(("statement", "kind", "place", "label"), one_of("statement", statements), *statements)
    return {(row["statement"], row["kind"], row["place"]): row["label"] for row in rows}


def _going(paying: Sequence[Row]) -> dict[UUID, tuple[Row, ...]]:
    """Those under way, by statement."""
    found: dict[UUID, tuple[Row, ...]] = defaultdict(tuple)
    for row in paying:
        if row["state"] in UNDER_WAY:
            found[row["statement"]] += (row,)
    return found


def under_way_part(bills: Sequence[Bill], acts: bool) -> tuple[Part, ...]:
    """Each payment under way with the way to it, for whoever closed the card page; `acts`: they may go on or stop."""
    links = tuple(Link(("payments", one["ref"]), _under_way(bill, one, acts)) for bill in bills for one in bill.going)
    return (Part(_("Under way"), links=links, by=_("It is not in these sums yet.")),) if links else ()


def _under_way(bill: Bill, one: Row, acts: bool) -> str:
    known = {"sum": bill.money(one["amount"]), "statement": bill.title}
    if one["odd_at"]:
        return _("We are looking into a card payment of %(sum)s for %(statement)s.", **known)
    said = _("A card payment of %(sum)s for %(statement)s is under way.", **known)
    return f"{said} {_('Go on with it or stop it.')}" if acts else said


def owed_of(bills: Sequence[Bill | Left]) -> dict[str, int]:
    """What is left to pay in each currency; what was paid too much elsewhere is told apart."""
    found: dict[str, int] = defaultdict(int)
    for bill in bills:
        if bill.owed > 0:
            found[bill.currency] += bill.owed
    return dict(found)
