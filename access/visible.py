"""The one predicate: what of a table a grant may read. Lists, counts, single rows, documents and notices all use it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from piccolo.columns.combination import Where, WhereRaw
from piccolo.query import Count, Exists
from piccolo.table import Table

from access.grant import AccountGrant, Grant, QueueGrant, RecordGrant, SystemGrant
from access.vocabulary import TABLE_CATEGORY, Action, Category
from tables.accounts import AccountAddress, Authenticator, Password, Session, StaffDuty
from tables.audit import AuditEvent
from tables.clinical import Clinical
from tables.records import Record, Share
from tables.results import Series

NOTHING = WhereRaw("1 = 0")


@dataclass(frozen=True, slots=True)
class Visible:
    """A table as one grant sees it: Piccolo's queries, already narrowed."""

    table: type[Table]
    where: Where

    def select(self, *columns):
        return self.table.select(*columns).where(self.where)

    def count(self):
        return Count(self.table).where(self.where)

    def exists(self):
        return Exists(self.table).where(self.where)


def visible(grant: Grant, table: type[Table]) -> Visible:
    """No grant that names this table, no rows: what is not listed here is invisible."""
    predicate = PREDICATES.get(type(grant))
    return Visible(table, predicate(grant, table) if predicate else NOTHING)


def _of_record(grant: RecordGrant, table: type[Table]) -> Where:
    if table in TABLE_CATEGORY:
        return _clinical(grant, table)
    if table is AuditEvent and grant.may(Category.CONTROL):
        return AuditEvent.subject == grant.record
    if table is Share and grant.may(Category.CONTROL):
        return Share.record == grant.record
    if table is Record:
        return Record.id == grant.record
    return NOTHING


def _clinical(grant: RecordGrant, table: type[Table]) -> Where:
    if not grant.sources:
        return NOTHING
    of_patient = table.patient == grant.sources[0] if len(grant.sources) == 1 else table.patient.is_in(grant.sources)
    where = _category(grant, table, of_patient)
    if table is Series:
        return where
    return _not_hidden(grant, table, where & _released(grant, table))


def _category(grant: RecordGrant, table: type[Table], where: Where) -> Where:
    """Narrowed to the shared categories; one's own record has them all."""
    if grant.own:
        return where
    category = TABLE_CATEGORY[table]
    if category is not None:
        return where if grant.may(category, Action.SEE) else NOTHING
    seen = [one.value for one in Category if grant.may(one, Action.SEE)]
    return where & table.category.is_in(seen)


def _released(grant: RecordGrant, table: type[Clinical]) -> Where:
    return table.withdrawn_at.is_null() & (table.released_at <= grant.now)


def _not_hidden(grant: RecordGrant, table: type[Clinical], where: Where) -> Where:
    """Without what is labelled sensitive or marked "only me", for everybody but the patient."""
    if grant.everything:
        return where
    name = table._meta.tablename
    only_me = WhereRaw(
        "NOT EXISTS (SELECT 1 FROM item_privacy p WHERE p.record = {} AND p.item = CAST("
        + f'"{name}"."id" AS VARCHAR(36)))',
        grant.record,
    )
    return where & (table.sensitive == False) & only_me  # noqa: E712 -- a column, not a truth value


def _of_account(grant: AccountGrant, table: type[Table]) -> Where:
    if table in (Session, Authenticator, AccountAddress, Password, StaffDuty, Share):
        return table.account == grant.account
    if table is AuditEvent:
        return AuditEvent.actor == grant.account
    return _records_shared(grant) if table is Record else NOTHING


def _records_shared(grant: AccountGrant) -> Where:
    """The names on `/records`: mine, and those I help with now. Opening one is decided by `open_record`."""
    standing = WhereRaw(
        '"record"."id" IN (SELECT s.record FROM share s JOIN record r ON r.id = s.record WHERE s.account = {}'
        " AND s.starts_at <= {} AND (s.ends_at IS NULL OR s.ends_at > {}) AND s.revoked_at IS NULL"
        " AND (r.deceased_text IS NULL OR s.basis = 'representative'))",
        grant.account, grant.now, grant.now,
    )
    return standing & (Record.state != "merged")


def _of_queue(grant: QueueGrant, table: type[Table]) -> Where:
    return Record.state != "merged" if table is Record else NOTHING


def _of_system(grant: SystemGrant, table: type[Table]) -> Where:
    return WhereRaw("1 = 1")


PREDICATES: dict[type[Grant], Callable[..., Where]] = {
    RecordGrant: _of_record,
    AccountGrant: _of_account,
    QueueGrant: _of_queue,
    SystemGrant: _of_system,
}
