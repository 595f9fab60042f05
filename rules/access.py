"""The one decision about a record, as a pure function over facts (DESIGN §2, SECURITY contract 8).

It knows nothing of tables or requests: `access.opening` gathers the facts and obeys the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

OWN_ONLY = frozenset({"control"})
"""Categories that only the patient has, and a representative to whom they were granted."""


CHILD, ADULT = 12, 18
"""The default age bands: below CHILD a guardian has the whole share; from ADULT on, none of it."""

TEEN_KEEPS = frozenset({"home", "appointments", "vaccines", "billing"})
"""What a guardian keeps of the record of somebody between CHILD and ADULT."""


CHART = frozenset({
    "results", "imaging", "medicines", "allergies", "conditions", "vaccines", "vitals", "visits", "care_plan", "documents",
})  # fmt: skip
DUTY_SEES = {
    "frontdesk": frozenset({"appointments", "messages"}),
    "clinician": CHART | {"appointments", "messages"},
    "billing": frozenset({"billing", "messages"}),
}
"""The parts of a record that a duty may have anything to do with (DESIGN §2). Every other duty has none."""


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
    """`today` is the date at the clinic: a birthday begins at its midnight. Only a guardian's share asks for it."""

    state: str
    deceased: bool
    birth_text: str
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    basis: str
    scopes: frozenset[tuple[str, str]]
    """Empty on the basis "self", which has them all."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """`reason`: stranger (to be shown as not found), category (a helper who lacks it), blocked."""

    reason: str


def age_at(birth_text: str, today: date) -> int | None:
    """Whole years; a birth date of a year or a month counts from its first day, so that nobody is taken for younger."""
    try:
        parts = [int(part) for part in birth_text.split("-")]
        year, month, day = (*parts, 1, 1)[:3]
        date(year, month, day)
    except ValueError:
        return None
    return today.year - year - ((today.month, today.day) < (month, day))


def kept_by_guardian(record: RecordFacts) -> frozenset[str] | None:
    """The categories a guardian keeps at this age: None for all of them, empty when it is over or the age unknown."""
    age = age_at(record.birth_text, record.today) if record.today else None
    if age is None or age >= ADULT:
        return frozenset()
    return None if age < CHILD else TEEN_KEEPS


def scopes_of(share: ShareFacts, record: RecordFacts) -> frozenset[tuple[str, str]]:
    """What a share that stands gives: seeing comes with acting, control only with representing, and a guardian's
    part shrinks as a child grows up. Nothing at all, not even the home page, once that is over."""
    given = share.scopes | {(category, "see") for category, action in share.scopes if action == "act"}
    if share.basis != "representative":
        given = frozenset(scope for scope in given if scope[0] not in OWN_ONLY)
    given = frozenset(given) | {("home", "see")}
    kept = kept_by_guardian(record) if share.basis == "guardian" else None
    return given if kept is None else frozenset(scope for scope in given if scope[0] in kept)


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
    scopes = scopes_of(share, record)
    if not scopes:
        return Refusal("stranger")
    return Allowed(share.basis, scopes) if (category, action) in scopes else Refusal("category")


def decide_duty(record: RecordFacts, duty: str, category: str, assigned: bool) -> Allowed | Refusal:
    """What a member of staff may do with one thing that waits for their duty, in this category: nothing before they have
    taken it. A clinician sees the chart beside it, for that is what they answer from; nobody else does."""
    sees = DUTY_SEES.get(duty, frozenset())
    if record.state == "merged" or category not in sees or not assigned:
        return Refusal("stranger")
    beside = CHART if duty == "clinician" else frozenset()
    return Allowed("duty", frozenset((one, "see") for one in beside | {category}) | {(category, "act")})
