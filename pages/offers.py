"""What somebody who was invited sees: that there is an invitation, and, once the code was right, what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access.grant import AccountGrant, CapabilityGrant
from access.viewer import Viewer
from access.visible import visible
from pages.given import Given
from rules.sharing import last_moment, review_of
from tables.records import Record
from tables.sharing import Invitation, scopes_from
from words.dates import day
from words.gettext import N_, _

REASONS = {
    "gone": N_("It was answered, taken back, made new, or is over. Or part of the link is missing."),
    "already": N_("You help this person already. Ask them to change what you may see or do."),
    "staff": N_("You are signed in as staff. Sign out, and sign in with your own login."),
}

@dataclass(frozen=True, slots=True)
class Waiting:
    """An invitation to one of one's own addresses. Whose it is, is said after the code."""

    ref: str
    made: datetime
    ends: datetime

    @property
    def last_day(self) -> str:
        return day(last_moment(self.ends))


@dataclass(frozen=True, slots=True)
class OffersPage:
    waiting: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class CodePage:
    """Where the code is typed. `side`: nobody, personal or staff. `address` is where the form goes."""

    address: str
    side: str


@dataclass(frozen=True, slots=True)
class NotAnswered:
    """Why an invitation cannot be answered: gone, already, staff."""

    reason: str

    @property
    def words(self) -> str:
        return _(REASONS[self.reason])


@dataclass(frozen=True, slots=True)
class OfferPage:
    """`step` stands for the code that was typed."""

    ref: str
    step: str
    name: str
    gives: Given
    review: datetime | None


async def offers_page(grant: AccountGrant) -> OffersPage:
    rows = await visible(grant, Invitation).rows(("ref", "made_at", "ends_at"), then="ORDER BY made_at DESC LIMIT 20")
    return OffersPage(tuple(Waiting(row["ref"], row["made_at"], row["ends_at"]) for row in rows))


async def waits_for(grant: AccountGrant, ref: str) -> bool:
    """Whether this invitation was sent to one of the account's own addresses."""
    return bool(await visible(grant, Invitation).rows(("id",), "ref = ?", ref))


def code_page(viewer: Viewer, address: str) -> CodePage:
    side = "nobody" if viewer.level != "full" else "staff" if viewer.is_staff else "personal"
    return CodePage(address, side)


async def offer_page(grant: CapabilityGrant, ref: str, step: str) -> OfferPage | None:
    rows = await visible(grant, Invitation).rows(("scopes", "share_ends_at"), "ref = ? AND state = 'pending'", ref)
    charts = await visible(grant, Record).rows(("name",))
    if not rows or not charts:
        return None
    ends = rows[0]["share_ends_at"]
    gives = Given.of(scopes_from(rows[0]["scopes"]), "helper", ends)
    return OfferPage(ref, step, charts[0]["name"], gives, review_of(ends, grant.now))
