"""Which rows of bills a grant may read (`access.visible`): accounts, statements, the ledger, and the clinic's words in them."""

from __future__ import annotations

from piccolo.table import Table

from access.grant import AccountGrant, BillGrant, QueueGrant, RecordGrant
from access.predicates import NOTHING, Predicate, all_of, any_of, at_sites, is_none_of, is_one_of, one_of
from access.vocabulary import Duty
from tables.ledger import GuarantorAccount, LedgerEntry, LedgerTransaction, Payment, Refund, Statement, StatementLine
from tables.records import Record, left_of, one_person

HOLDER = left_of("guarantor_account.holder")
"""The chart of who owes, wherever a merge has led it."""


def accounts_for(grant: RecordGrant) -> Predicate:
    """Whoever may see the bills of this chart: the account of its owner, and one of their own that covers it."""
    mine = is_one_of("guarantor_account.holder", grant.charts)
    if grant.preview or grant.viewer is None:
        return mine
    covered = is_one_of("t.record", grant.charts)
    covers = f"guarantor_account.id IN (SELECT t.guarantor FROM statement t WHERE {covered.sql})"
    holds = f"{HOLDER} IN (SELECT s.record FROM share s WHERE s.account = ? AND s.basis = 'self' AND s.revoked_at IS NULL)"
    return Predicate(f"({mine.sql} OR ({covers} AND {holds}))", (*mine.values, *covered.values, grant.viewer.account))


def accounts_shared(grant: AccountGrant) -> Predicate:
    """The accounts on `/bills`: mine, and those of people who gave me their bills. Opening one is decided by `open_bill`."""
    return Predicate(
        f"{HOLDER} IN (SELECT s.record FROM share s WHERE s.account = ? AND s.starts_at <= ?"
        " AND (s.ends_at IS NULL OR s.ends_at > ?) AND s.revoked_at IS NULL AND (s.basis = 'self' OR EXISTS"
        " (SELECT 1 FROM share_scope c WHERE c.share = s.id AND c.category = 'billing')))",
        (grant.account, grant.now, grant.now),
    )


def accounts_at(grant: QueueGrant) -> Predicate:
    """For billing: the accounts of people of their sites; none that has bills of a chart which the reader shares in."""
    here = any_of(*(at_sites(one.sites, "r") for one in grant.held if one.duty is Duty.BILLING))
    there = Predicate(f"EXISTS (SELECT 1 FROM record r WHERE r.id = {HOLDER} AND {here.sql})", here.values)
    bills = is_one_of("t.record", grant.kept_from)
    covered = f"SELECT 1 FROM statement t WHERE t.guarantor = guarantor_account.id AND {bills.sql}"
    return all_of(there, is_none_of(HOLDER, grant.kept_from), Predicate(f"NOT EXISTS ({covered})", bills.values))


def stuck_at(grant: QueueGrant, table: type[Table]) -> Predicate:
    """For billing: of the accounts of their sites the payments and refunds that wait for a person, and no others."""
    held = accounts_at(grant)
    theirs = f"IN (SELECT guarantor_account.id FROM guarantor_account WHERE {held.sql})"
    if table is Payment:
        return Predicate(f"payment.odd_at IS NOT NULL AND payment.guarantor {theirs}", held.values)
    waits = "refund.state = 'failed' AND refund.seen_to_at IS NULL"
    return Predicate(f"{waits} AND refund.payment IN (SELECT p.id FROM payment p WHERE p.guarantor {theirs})", held.values)


def of_bill(grant: BillGrant, table: type[Table]) -> Predicate:
    """What belongs to this account. The clinic's words for a service only where it may be named."""
    name = table._meta.tablename
    if table is GuarantorAccount:
        return Predicate("guarantor_account.id = ?", (grant.guarantor,))
    if table in (Statement, Payment, LedgerTransaction, LedgerEntry):
        return Predicate(f"{name}.guarantor = ?", (grant.guarantor,))
    if table is Refund:
        return Predicate("refund.payment IN (SELECT p.id FROM payment p WHERE p.guarantor = ?)", (grant.guarantor,))
    if table is Record:
        covered = "record.id IN (SELECT t.record FROM statement t WHERE t.guarantor = ?)"
        return Predicate(f"(record.id = ? OR {covered})", (grant.record, grant.guarantor))
    return _named_lines(grant) if table is StatementLine else NOTHING


def _named_lines(grant: BillGrant) -> Predicate:
    """Without what is sensitive or marked "only me", for everybody but the patient and those who write the bills. The bill
    and its visit are asked as they are now: what is labelled later hides the names before the statement knows."""
    mine, shared = sorted(grant.whole, key=str), sorted(grant.named - grant.whole, key=str)
    private = " OR ".join(
        f"EXISTS (SELECT 1 FROM item_privacy i WHERE i.record IN ({one_person('t.record')})"
        f" AND i.item = CAST(t.{column} AS VARCHAR(36)))"
        for column in ("invoice", "encounter")
    )
    labelled = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} l WHERE l.id = t.{table} AND l.sensitive = ?)" for table in ("invoice", "encounter")
    )
    openly = f"({one_of('t.record', shared)} AND t.sensitive = ? AND NOT ({labelled}) AND NOT ({private}))"
    return Predicate(
        "statement_line.statement IN (SELECT t.id FROM statement t WHERE t.guarantor = ?"
        f" AND ({one_of('t.record', mine)} OR {openly}))",
        (grant.guarantor, *mine, *shared, False, True, True),
    )
