"""The one predicate: what of a table a grant may read. Lists, counts, single rows, documents and notices all use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from piccolo.columns.combination import WhereRaw
from piccolo.query import Count, Exists
from piccolo.table import Table

from access.grant import AccountGrant, BillGrant, CapabilityGrant, Grant, Held, QueueGrant, RecordGrant, SystemGrant
from access.predicates import EVERYTHING, NOTHING, Predicate, all_of, any_of, at_sites, is_none_of, is_one_of, one_of
from access.visible_bills import accounts_at, accounts_for, accounts_shared, of_bill, stuck_at
from access.visible_sharing import of_capability, sent_to
from access.visible_support import ABOUT, beside_cases, cases_of_others, own_activity
from access.vocabulary import OWNED, PARTS, QUEUED, TABLE_CATEGORY, Action, Category
from tables.accounts import AccountAddress, Authenticator, Password, Session, StaffDuty
from tables.audit import AuditEvent
from tables.database import Database
from tables.ledger import GuarantorAccount, Payment, Refund
from tables.records import Record, Share, left_of
from tables.results import Series
from tables.sharing import Invitation
from tables.support import SupportCase
from tables.work import Outbox

SHARED = tuple(one for one in Category if one is not Category.HOME)
"""What a helper may be given rows of. Everybody with a share has the home page, which is no part of the chart: what a
feed files under it (social history, surveys) is the patient's alone until it has a category of its own."""

HOLDERS = {
    "observation": (
        "SELECT 1 FROM diagnostic_report held WHERE held.id = observation.report",
        "SELECT 1 FROM observation held WHERE held.id = observation.parent",
        "SELECT 1 FROM observation panel JOIN diagnostic_report held ON held.id = panel.report"
        " WHERE panel.id = observation.parent",
    ),
}  # fmt: skip
"""What a row may be part of, as `held`: a test of a report, of a panel, or of a report's panel."""
ASKED_ABOUT = (
    "SELECT 1 FROM medication_request held WHERE {patients} AND CAST(held.id AS VARCHAR(36)) = request.subject"
)
"""What a request is about, found among what this person was prescribed."""


@dataclass(frozen=True)
class Visible:
    """A table as one grant sees it: Piccolo's queries, already narrowed; `rows` for what every page asks, since making
    the words of a query costs Piccolo more than the answer costs the database; `predicate` for other SQL by hand."""

    table: type[Table]
    predicate: Predicate
    database: Database

    async def rows(self, names: Sequence[str], also: str = "", *values: Any, then: str = "") -> list[dict[str, Any]]:
        """The columns of that name. `also` is a further condition with `?` marks for `values`, `then` an order or a
        limit: both are texts of the program, never of a person."""
        narrowed = f"{self.predicate.sql} AND ({also})" if also else self.predicate.sql
        sql = f"SELECT {', '.join(names)} FROM {self.table._meta.tablename} WHERE {narrowed} {then}"
        return await self.database.rows(sql, *self.predicate.values, *values)

    @cached_property
    def where(self) -> WhereRaw:
        return WhereRaw(self.predicate.sql.replace("?", "{}"), *self.predicate.values)

    def select(self, *columns):
        return self.table.select(*columns).where(self.where)

    def count(self):
        return Count(self.table).where(self.where)

    def exists(self):
        return Exists(self.table).where(self.where)


def visible(grant: Grant, table: type[Table]) -> Visible:
    """No grant that names this table, no rows: what is not listed here is invisible."""
    find = PREDICATES.get(type(grant))
    return Visible(table, find(grant, table) if find else NOTHING, grant.house.database)


def held_back(grant: RecordGrant, table: type[Table]) -> Visible:
    """What the record holds of a clinical table and this grant may not see. Never to be shown: a page asks it which
    words of another row to leave out. What a feed never sent is not among these."""
    name, seen = table._meta.tablename, visible(grant, table)
    if not grant.sources:
        return seen
    unseen = Predicate(f"{name}.id NOT IN (SELECT {name}.id FROM {name} WHERE {seen.predicate.sql})", seen.predicate.values)
    return Visible(table, all_of(_of_patient(grant, name), unseen), seen.database)


def _of_record(grant: RecordGrant, table: type[Table]) -> Predicate:
    if table in TABLE_CATEGORY:
        return _clinical(grant, table)
    if table in OWNED:
        return _owned(grant, table)
    if table in PARTS:
        return _part_of(grant, table)
    if table is AuditEvent and grant.may(Category.CONTROL):
        return is_one_of("audit_event.subject", grant.charts)
    if table is Record:
        return Predicate("record.id = ?", (grant.record,))
    if table is GuarantorAccount and grant.may(Category.BILLING):
        return accounts_for(grant)
    return NOTHING


def _clinical(grant: RecordGrant, table: type[Table]) -> Predicate:
    if not grant.sources:
        return NOTHING
    name = table._meta.tablename
    if table is Series:
        return all_of(_of_patient(grant, name), _category(grant, table, name))
    return all_of(
        _of_patient(grant, name), _category(grant, table, name), _released(grant, name), _not_withdrawn(name),
        _not_hidden(grant, name),
    )


def _owned(grant: RecordGrant, table: type[Table]) -> Predicate:
    """Rows of this record and of those merged into it; of a member of staff who works on one of them, that one alone."""
    name = table._meta.tablename
    rows = [is_one_of(f"{name}.record", grant.charts), _owned_category(grant, table, name)]
    if grant.item:
        rows.append(Predicate(f"{name}.id = ?", (grant.item,)))
    if not grant.everything:
        rows += [_held_openly(grant, holder) for holder in _holders(grant, name)]
    return all_of(*rows)


def _owned_category(grant: RecordGrant, table: type[Table], name: str) -> Predicate:
    if grant.own:
        return EVERYTHING
    category = OWNED[table]
    if category is not None:
        return EVERYTHING if grant.may(category, Action.SEE) else NOTHING
    return _shared_categories(grant, name)


def _part_of(grant: Grant, table: type[Table]) -> Predicate:
    """Whatever belongs to a row is seen with it."""
    whole, column = PARTS[table]
    seen, name = visible(grant, whole).predicate, whole._meta.tablename
    return Predicate(f"{table._meta.tablename}.{column} IN (SELECT {name}.id FROM {name} WHERE {seen.sql})", seen.values)


def _of_patient(grant: RecordGrant, name: str) -> Predicate:
    marks = ", ".join("?" * len(grant.sources))
    return Predicate(f"{name}.patient IN ({marks})", grant.sources)


def _category(grant: RecordGrant, table: type[Table], name: str) -> Predicate:
    """Narrowed to the shared categories; one's own record has them all."""
    if grant.own:
        return EVERYTHING
    category = TABLE_CATEGORY[table]
    if category is not None:
        return EVERYTHING if grant.may(category, Action.SEE) else NOTHING
    return _shared_categories(grant, name)


def _shared_categories(grant: RecordGrant, name: str) -> Predicate:
    """For rows that say themselves what they are of."""
    seen = tuple(one.value for one in SHARED if grant.may(one, Action.SEE))
    return Predicate(f"{name}.category IN ({', '.join('?' * len(seen))})", seen) if seen else NOTHING


def _released(grant: RecordGrant, name: str) -> Predicate:
    return Predicate(f"{name}.released_at <= ?", (grant.now,))


def _not_withdrawn(name: str) -> Predicate:
    return Predicate(f"{name}.withdrawn_at IS NULL")


def _not_hidden(grant: RecordGrant, name: str) -> Predicate:
    """Without what is labelled sensitive or marked "only me", for everybody but the patient. A test is hidden with the
    report or the panel that holds it: on its own, in a trend or on a visit, it would tell what that was hidden for."""
    if grant.everything:
        return EVERYTHING
    private = _only_me(grant, name)
    alone = Predicate(f"{name}.sensitive = ? AND NOT {private.sql}", (False, *private.values))
    return all_of(alone, *(_held_openly(grant, holder) for holder in _holders(grant, name)))


def _holders(grant: RecordGrant, name: str) -> Iterator[Predicate]:
    if name == "request":
        yield Predicate(ASKED_ABOUT.format(patients=one_of("held.patient", grant.sources)), grant.sources)
    for holder in HOLDERS.get(name, ()):
        yield Predicate(holder)


def _held_openly(grant: RecordGrant, holder: Predicate) -> Predicate:
    private = _only_me(grant, "held")
    return Predicate(
        f"NOT EXISTS ({holder.sql} AND (held.sensitive = ? OR {private.sql}))", (*holder.values, True, *private.values)
    )


def _only_me(grant: RecordGrant, row: str) -> Predicate:
    marked = is_one_of("p.record", grant.charts)
    return Predicate(
        f"EXISTS (SELECT 1 FROM item_privacy p WHERE {marked.sql} AND p.item = CAST({row}.id AS VARCHAR(36)))", marked.values
    )


def _of_account(grant: AccountGrant, table: type[Table]) -> Predicate:
    if table in (Session, Authenticator, AccountAddress, Password, StaffDuty, Share, Outbox, SupportCase):
        return Predicate(f"{table._meta.tablename}.account = ?", (grant.account,))
    if table is AuditEvent:
        return own_activity(grant)
    if table is GuarantorAccount:
        return accounts_shared(grant)
    if table is Invitation:
        return sent_to(grant)
    return _records_shared(grant) if table is Record else NOTHING


def _records_shared(grant: AccountGrant) -> Predicate:
    """The names on `/records`: mine, and those I help with now. Opening one is decided by `open_record`."""
    standing = Predicate(
        "record.id IN (SELECT s.record FROM share s JOIN record r ON r.id = s.record WHERE s.account = ?"
        " AND s.starts_at <= ? AND (s.ends_at IS NULL OR s.ends_at > ?) AND s.revoked_at IS NULL"
        " AND (r.deceased_text IS NULL OR s.basis = 'representative'))",
        (grant.account, grant.now, grant.now),
    )
    return all_of(standing, Predicate("record.state <> 'merged'"))


def _of_queue(grant: QueueGrant, table: type[Table]) -> Predicate:
    if table in ABOUT:
        return beside_cases(_of_queue(grant, SupportCase), table)
    return all_of(_at_work(grant, table), _of_others(grant, table))


def _of_others(grant: QueueGrant, table: type[Table]) -> Predicate:
    """Nothing of the charts in which the reader holds a share themself, nor letters to anybody who does."""
    if table is Record:
        return is_none_of("record.id", grant.kept_from)
    if table is SupportCase:
        return cases_of_others(grant)
    if table is Outbox:
        shared, own = is_one_of("s.record", grant.kept_from), is_none_of("outbox.record", grant.kept_from)
        nobody = f"NOT EXISTS (SELECT 1 FROM share s WHERE s.account = outbox.account AND {shared.sql})"
        return Predicate(f"{nobody} AND (outbox.record IS NULL OR {own.sql})", (*shared.values, *own.values))
    return is_none_of(f"{table._meta.tablename}.record", grant.kept_from) if hasattr(table, "record") else EVERYTHING


def _at_work(grant: QueueGrant, table: type[Table]) -> Predicate:
    """People of the sites of each duty held, and what waits there for it; what names no site is everywhere's."""
    if table is Record:
        return all_of(Predicate("record.state <> 'merged'"), any_of(*(at_sites(one.sites, "record") for one in grant.held)))
    if table is GuarantorAccount:
        return accounts_at(grant)
    if table in (Payment, Refund):
        return stuck_at(grant, table)
    return any_of(*(_of_duty(grant, one, table) for one in grant.held if one.duty in QUEUED.get(table, ())))


def _of_duty(grant: QueueGrant, held: Held, table: type[Table]) -> Predicate:
    if table is Outbox:
        return _to_print(grant, held)
    name = table._meta.tablename
    rows = [at_sites(held.sites, name)] if hasattr(table, "site") else []
    if hasattr(table, "duty"):
        rows.append(Predicate(f"{name}.duty = ?", (held.duty.value,)))
    return all_of(*rows) if rows else EVERYTHING


def _to_print(grant: QueueGrant, held: Held) -> Predicate:
    """Letters that wait for paper, but for those of people whose own chart is another site's. Who has no account yet is
    named by the chart itself."""
    here = at_sites(held.sites, "r")
    elsewhere = (
        "SELECT 1 FROM share s JOIN record r ON r.id = s.record WHERE s.account = outbox.account AND s.basis = 'self'"
        f" AND s.revoked_at IS NULL AND r.state <> 'merged' AND NOT ({here.sql})"
    )
    named = f"outbox.record IS NULL OR EXISTS (SELECT 1 FROM record r WHERE r.id = {left_of('outbox.record')} AND {here.sql})"
    return Predicate(
        f"outbox.channel = 'print' AND outbox.state = 'due' AND outbox.run_at <= ? AND NOT EXISTS ({elsewhere}) AND ({named})",
        (grant.now, *here.values, *here.values),
    )


def _of_system(grant: SystemGrant, table: type[Table]) -> Predicate:
    return EVERYTHING


PREDICATES: dict[type[Grant], Callable[..., Predicate]] = {
    RecordGrant: _of_record,
    AccountGrant: _of_account,
    BillGrant: of_bill,
    QueueGrant: _of_queue,
    CapabilityGrant: of_capability,
    SystemGrant: _of_system,
}
