"""Invitations as the patient sees them: what was asked of whom, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access.grant import RecordGrant
from access.visible import visible
from identity.codes import read_told, told_hash
from pages.given import Given
from pages.shares import OwnersPage, of_record
from rules.sharing import last_moment, state_of
from tables.sharing import Invitation, scopes_from
from words.dates import day
from words.gettext import N_, _

STATES = {
    "pending": ("wait", N_("Not answered yet")), "stopped": ("bad", N_("Stopped")), "expired": ("", N_("Over")),
    "accepted": ("ok", N_("Said yes")), "declined": ("", N_("Said no")), "withdrawn": ("", N_("Taken back")),
    "lapsed": ("", N_("Over")),
}  # fmt: skip
EXPLAINED = {
    "stopped": N_("Somebody typed a wrong code too many times. Make it new to try again."),
    "expired": N_("Nobody answered in time. Make it new to try again."),
}
OPEN = ("pending", "stopped", "expired")
READS = (
    "id", "ref", "name", "email", "says_name", "scopes", "share_ends_at", "state", "made_at", "ends_at", "failures",
    "answered_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """An invitation. `state` as in `rules.sharing.state_of`."""

    ref: str
    name: str
    email: str
    says_name: bool
    given: Given
    state: str
    made: datetime
    ends: datetime
    answered: datetime | None

    @property
    def tag(self) -> tuple[str, str]:
        kind, words = STATES[self.state]
        return kind, _(words)

    @property
    def why(self) -> str:
        return _(EXPLAINED[self.state]) if self.state in EXPLAINED else ""

    @property
    def is_open(self) -> bool:
        """It can be made new, or withdrawn."""
        return self.state in OPEN

    @property
    def last_day(self) -> str:
        return day(last_moment(self.ends))


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationPage(OwnersPage):
    """`code` is there for a quarter of an hour after it was made, for who made it."""

    asked: Asked
    code: str


async def asked_of(grant: RecordGrant, also: str = "1 = 1", *values: str) -> tuple[Asked, ...]:
    own = f"record = ? AND {also}"
    rows = await visible(grant, Invitation).rows(READS, own, grant.record, *values, then="ORDER BY made_at DESC LIMIT 100")
    grant.showed("Invitation", [row["id"] for row in rows])
    return tuple(_asked(row, grant.now) for row in rows)


def _asked(row: dict, now: datetime) -> Asked:
    given = Given.of(scopes_from(row["scopes"]), "helper", row["share_ends_at"])
    state = state_of(row["state"], row["ends_at"], row["failures"], now)
    return Asked(
        row["ref"], row["name"], row["email"], bool(row["says_name"]), given, state, row["made_at"], row["ends_at"],
        row["answered_at"],
    )  # fmt: skip


async def invitation_page(grant: RecordGrant, ref: str, letter: str) -> InvitationPage | None:
    found = await asked_of(grant, "ref = ?", ref)
    if not found:
        return None
    code = await _told_code(grant, ref, letter) if letter and found[0].state == "pending" else ""
    return InvitationPage(**of_record(grant), asked=found[0], code=code)


async def _told_code(grant: RecordGrant, ref: str, letter: str) -> str:
    """The code under seal in the address, while it is the one that works."""
    code = read_told(grant.house, grant.viewer.account, ref, letter, grant.now)
    rows = await visible(grant, Invitation).rows(("id", "secret", "code_hash"), "ref = ? AND record = ? AND secret IS NOT NULL", ref, grant.record)
    if not code or not rows:
        return ""
    secret = grant.house.keyring.open(bytes(rows[0]["secret"]), rows[0]["id"]).decode()
    return code if told_hash(secret, code) == bytes(rows[0]["code_hash"]) else ""
