"""What of an account's activity its owner reads, and what staff read of it once there is a case."""

from __future__ import annotations

from piccolo.table import Table

from access.grant import AccountGrant, QueueGrant
from access.predicates import Predicate, all_of, is_none_of, is_one_of
from tables.accounts import AccountAddress, Session
from tables.audit import AuditEvent
from tables.support import SupportCase, SupportNote

OWN_CHARTS = "SELECT s.record FROM share s WHERE s.account = ? AND s.basis = 'self' AND s.revoked_at IS NULL"
ABOUT: dict[type[Table], tuple[str, str]] = {
    SupportNote: ("support_note.support_case", "id"), AuditEvent: ("audit_event.subject", "account"),
    Session: ("session.account", "account"), AccountAddress: ("account_address.account", "account"),
}  # fmt: skip
"""Which column of it names which of a case's."""


def own_activity(grant: AccountGrant) -> Predicate:
    """What this account did, what was done with it, and who was let into its own chart."""
    return Predicate(
        "(audit_event.actor = ? OR audit_event.subject = ? OR ((audit_event.action LIKE 'share.%'"
        " OR audit_event.action LIKE 'login.%' OR audit_event.action = 'account.register')"
        f" AND audit_event.subject IN ({OWN_CHARTS})))",
        (grant.account, grant.account, grant.account),
    )


def cases_of_others(grant: QueueGrant) -> Predicate:
    """None of the reader's own, nor of anybody who reads a chart in which the reader holds a share."""
    own = tuple(one for one in (grant.account, grant.viewer.human) if one)
    anothers = Predicate(f"(support_case.account IS NULL OR {is_none_of('support_case.account', own).sql})", own)
    theirs = is_one_of("s.record", grant.kept_from)
    near = Predicate(
        f"NOT EXISTS (SELECT 1 FROM share s WHERE s.account = support_case.account AND {theirs.sql})", theirs.values
    )
    return all_of(anothers, near)


def beside_cases(cases: Predicate, table: type[Table]) -> Predicate:
    """What belongs to the cases that somebody sees: notes, and of whoever they are about what was done with the account,
    where it was signed in, and where it is written to. Of an account without a case, nothing."""
    column, of_case = ABOUT[table]
    found = Predicate(f"{column} IN (SELECT support_case.{of_case} FROM support_case WHERE {cases.sql})", cases.values)
    return all_of(found, Predicate("audit_event.action NOT LIKE '%.see'")) if table is AuditEvent else found
