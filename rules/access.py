"""The one decision about a record, as a pure function over facts (DESIGN §2, SECURITY contract 8).

It knows nothing of tables or requests: `access.opening` gathers the facts and obeys the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

ALL_SCOPES = "*"
"""A share on the basis "self" needs no rows: it has every category and every action."""

OWN_ONLY = frozenset({"control"})
"""Categories that only the patient has, and a representative to whom they were granted."""


@dataclass(frozen=True, slots=True)
class ShareFacts:
    basis: str
    starts_at: datetime
    ends_at: datetime | None
    revoked_at: datetime | None
    scopes: frozenset[tuple[str, str]]

    def stands(self, now: datetime) -> bool:
        """True from the first instant to the last: the end itself is no longer inside."""
        started = self.starts_at <= now and (self.revoked_at is None or now < self.revoked_at)
        return started and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True, slots=True)
class RecordFacts:
    state: str
    deceased: bool


@dataclass(frozen=True, slots=True)
class Allowed:
    basis: str
    scopes: frozenset[tuple[str, str]]
    """Empty on the basis "self", which has them all."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """`reason`: stranger (to be shown as not found), category (a helper who lacks it), blocked."""

    reason: str


def scopes_of(share: ShareFacts) -> frozenset[tuple[str, str]]:
    """What a share that stands gives: seeing comes with acting, and control only with representing."""
    given = share.scopes | {(category, "see") for category, action in share.scopes if action == "act"}
    if share.basis != "representative":
        given = frozenset(scope for scope in given if scope[0] not in OWN_ONLY)
    return frozenset(given) | {("home", "see")}


def decide(
    record: RecordFacts | None, share: ShareFacts | None, category: str, action: str, now: datetime
) -> Allowed | Refusal:
    """Default deny. Whoever holds no share that stands now learns nothing, not even that the record exists."""
    if record is None or share is None or not share.stands(now) or record.state == "merged":
        return Refusal("stranger")
    if record.deceased and share.basis != "representative":
        return Refusal("stranger")
    if record.state == "blocked":
        return Refusal("blocked")
    if share.basis == "self":
        return Allowed("self", frozenset())
    scopes = scopes_of(share)
    return Allowed(share.basis, scopes) if (category, action) in scopes else Refusal("category")
