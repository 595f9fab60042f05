"""What staff see of a patient's sign-in: how it stands, and nothing that would let anybody in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access.grant import QueueGrant
from access.visible import visible
from access.vocabulary import Duty
from identity.recovery import UnderWay, under_way
from pages.code_letter import CodeLetterPage, address_lines, just_made
from pages.factors import NAMES
from rules.dates import ClinicalDate, parse_clinical_date
from tables.records import Record
from words.gettext import N_, _
from words.recovery import KINDS, REASONS

OWNER = (
    "SELECT a.id, a.username, a.state, a.frozen_at, a.frozen_for, a.changes_locked_at, p.set_at, p.by_mail_at FROM share s"
    " JOIN account a ON a.id = s.account LEFT JOIN password p ON p.account = a.id"
    " WHERE s.record = ? AND s.basis = 'self' AND s.revoked_at IS NULL"
)
FACTOR = (
    "SELECT kind, last_used_at FROM authenticator WHERE account = ? AND confirmed_at IS NOT NULL AND ended_at IS NULL"
    " ORDER BY created_at, id"
)
COUNTS = (
    "SELECT (SELECT COUNT(*) FROM session WHERE account = ? AND level = 'full' AND revoked_at IS NULL AND ends_at > ?) AS browsers,"
    " (SELECT COUNT(*) FROM account_address WHERE account = ? AND confirmed_at IS NOT NULL AND ended_at IS NULL) AS addresses"
)
STATES = {
    "active": N_("In use"), "frozen": N_("Frozen: nobody can sign in"), "disabled": N_("Shut"),
    "enrolling": N_("Begun, and not yet in use"), "added": N_("Begun, and not yet in use"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Factor:
    kind: str
    used: datetime | None

    @property
    def name(self) -> str:
        return _(NAMES[self.kind])


@dataclass(frozen=True, slots=True)
class Login:
    """`username` is for support alone. `by_mail`: the password was set by a mail, and not yet shown with a factor."""

    username: str
    state: str
    frozen_at: datetime | None
    frozen_for: str
    locked_at: datetime | None
    password_at: datetime | None
    by_mail: bool
    factors: tuple[Factor, ...]
    browsers: int
    addresses: int
    under_way: UnderWay | None

    @property
    def stands(self) -> str:
        return _(STATES[self.state])

    @property
    def why(self) -> str:
        return _(REASONS[self.frozen_for]) if self.frozen_for in REASONS else ""

    @property
    def recovery(self) -> str:
        return _(KINDS[self.under_way.kind]) if self.under_way else ""


@dataclass(frozen=True, slots=True)
class LoginPage:
    """`login` is None where the patient has none."""

    ref: str
    name: str
    number: str
    born: ClinicalDate | None
    login: Login | None
    now: datetime

    @property
    def active(self) -> bool:
        return self.login is not None and self.login.state == "active"


async def login_page(grant: QueueGrant, ref: str) -> LoginPage | None:
    rows = await visible(grant, Record).rows(("id", "ref", "name", "number", "birth_text"), "ref = ?", ref)
    if not rows:
        return None
    record, grant.entry.action = rows[0], "login.see"
    grant.entry.subject = record["id"]
    found = await grant.house.database.rows(OWNER, record["id"])
    login = await _login(grant, found[0]) if found else None
    return LoginPage(
        ref=ref, name=record["name"], number=record["number"] or "", born=parse_clinical_date(record["birth_text"], "UTC"),
        login=login, now=grant.now,
    )  # fmt: skip


async def _login(grant: QueueGrant, row: dict) -> Login:
    account, now = row["id"], grant.now
    factors = await grant.house.database.rows(FACTOR, account)
    counts = (await grant.house.database.rows(COUNTS, account, now, account))[0]
    support = any(one.duty is Duty.SUPPORT for one in grant.held)
    return Login(
        username=row["username"] if support else "", state=row["state"], frozen_at=row["frozen_at"],
        frozen_for=row["frozen_for"], locked_at=row["changes_locked_at"], password_at=row["set_at"], by_mail=row["by_mail_at"] is not None,
        factors=tuple(Factor(one["kind"], one["last_used_at"]) for one in factors), browsers=counts["browsers"],
        addresses=counts["addresses"], under_way=await under_way(grant.house, account, now),
    )


async def recovery_letter(grant: QueueGrant, ref: str, letter: str) -> CodeLetterPage | None:
    """For a quarter of an hour, to who began the recovery, while it is the one under way."""
    rows = await visible(grant, Record).rows(("id", "name", "address"), "ref = ?", ref)
    shown = await just_made(grant, ref, letter)
    owner = await grant.house.database.rows(OWNER, rows[0]["id"]) if rows else []
    standing = await under_way(grant.house, owner[0]["id"], grant.now) if owner else None
    if shown is None or standing is None:
        return None
    grant.entry.subject, grant.entry.action = rows[0]["id"], "login.see"
    at = f"/staff/records/{ref}/login"
    return CodeLetterPage(
        shown, rows[0]["name"], address_lines(rows[0]["address"] or ""), grant.now, grant.house.origin, f"{at}/recovery", letter,
        (at, N_("How they sign in")), opens=standing.opens_at,
    )
