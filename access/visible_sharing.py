"""What of an invitation may be read, by whoever it was sent to and by whoever has its link."""

from __future__ import annotations

from uuid import UUID

from piccolo.table import Table

from access.grant import AccountGrant, CapabilityGrant
from access.predicates import NOTHING, Predicate
from tables.contact import AddressChange
from tables.records import Record
from tables.sharing import Invitation


def sent_to(grant: AccountGrant) -> Predicate:
    """Invitations that wait, to an address which this account has confirmed as its own. Staff are sent none."""
    if grant.viewer is None or grant.viewer.is_staff:
        return NOTHING
    return Predicate(
        "invitation.state = 'pending' AND invitation.ends_at > ? AND invitation.email_key IN (SELECT lower(a.value)"
        " FROM account_address a WHERE a.account = ? AND a.kind = 'email' AND a.confirmed_at IS NOT NULL"
        " AND a.ended_at IS NULL)",
        (grant.now, grant.account),
    )


def of_capability(grant: CapabilityGrant, table: type[Table]) -> Predicate:
    """The one object that the secret is for, and of an invitation the name on the chart."""
    if table is AddressChange and grant.object_kind == "AddressChange":
        return Predicate("address_change.id = ? AND address_change.stopped_at IS NULL", (UUID(grant.object),))
    if grant.object_kind != "Invitation":
        return NOTHING
    if table is Invitation:
        return Predicate("invitation.id = ?", (UUID(grant.object),))
    if table is Record:
        asked = "SELECT i.record FROM invitation i WHERE i.id = ?"
        return Predicate(f"record.id IN ({asked}) AND record.state = 'active'", (UUID(grant.object),))
    return NOTHING
