"""Who works here, for the operator: each account with its duties, how far it is set up, and when it was last in use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from access.house import House
from identity.codes import ENROLMENT

ACCOUNTS = (
    "SELECT a.id, a.name, a.username, a.state, h.username AS login,"
    " (SELECT MAX(s.last_seen_at) FROM session s WHERE s.account = a.id AND s.level = 'full') AS seen_at,"
    " (SELECT MAX(f.last_used_at) FROM authenticator f WHERE f.account = a.id) AS proven_at,"
    " (SELECT MAX(c.ends_at) FROM capability c WHERE c.purpose = ? AND c.object_kind = 'Account'"
    " AND c.object = CAST(a.id AS TEXT) AND c.revoked_at IS NULL AND c.uses < c.uses_allowed AND c.ends_at > ?) AS code_until"
    " FROM account a LEFT JOIN account h ON h.id = a.human WHERE a.kind = 'staff' ORDER BY a.username_key"
)
DUTIES = (
    "SELECT d.account, d.duty, s.name FROM staff_duty d LEFT JOIN clinic_site s ON s.id = d.site"
    " WHERE d.ended_at IS NULL ORDER BY d.duty, s.name"
)


@dataclass(frozen=True, slots=True)
class Colleague:
    """`duties`: each with the site it is for, "" for every site. `login` is their own as a patient or helper. `seen_at` outlives the sessions, which are swept."""

    name: str
    username: str
    state: str
    duties: tuple[tuple[str, str], ...]
    seen_at: datetime | None
    code_until: datetime | None
    login: str = ""


async def staff_of(house: House) -> list[Colleague]:
    held = await house.database.rows(DUTIES)
    return [_colleague(row, held) for row in await house.database.rows(ACCOUNTS, ENROLMENT, house.clock())]


def _colleague(row: dict, held: Iterable[dict]) -> Colleague:
    duties = tuple((one["duty"], one["name"] or "") for one in held if str(one["account"]) == str(row["id"]))
    seen = [_moment(row[name]) for name in ("seen_at", "proven_at") if row[name] is not None]
    return Colleague(
        row["name"], row["username"], row["state"], duties, max(seen, default=None), _moment(row["code_until"]), row["login"] or ""
    )


def _moment(value) -> datetime | None:
    """SQLite forgets the type of a column whose greatest value is asked for."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value
