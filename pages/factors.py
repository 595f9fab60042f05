"""What a person signs in with beside their password: each kind in words, the list of theirs, and one more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from access.grant import AccountGrant
from access.visible import visible
from identity import authenticators, factors, passkeys
from identity.authenticators import Setup
from identity.codes import codes_left
from rules.factors import KINDS, STRONG, WEAK, unlike
from tables.accounts import Authenticator
from words.gettext import N_, _

NAMES = {
    "app": N_("Authenticator app"), "passkey": N_("Passkey"), "key": N_("Security key"), "codes": N_("One-time codes"),
    "sms": N_("Text message"), "voice": N_("Phone call"),
}  # fmt: skip
STRENGTHS = {
    STRONG: N_("The strongest way: it works at our real address alone, so nobody can get it out of you."),
    WEAK: N_("The weakest way: a message or a call can be led to somebody else. Add a passkey or an app if you can."),
}
OFFERS = {"app": N_("My phone"), "passkey": N_("This device"), "key": N_("My security key")}


@dataclass(frozen=True, slots=True)
class Factor:
    """`left`: how many codes of a sheet; None for anything else."""

    ref: str
    kind: str
    name: str
    added: datetime
    used: datetime | None
    left: int | None = None

    @property
    def words(self) -> str:
        return _(NAMES[self.kind])

    @property
    def title(self) -> str:
        """Its own name with what it is, which tells two of them apart."""
        return f"{self.words}: {self.name}" if self.name else self.words

    @property
    def strength(self) -> str:
        kind = STRENGTHS.get(KINDS[self.kind].strength)
        return _(kind) if kind else ""


@dataclass(frozen=True, slots=True)
class OneFactorPage:
    """`stays`: "" or last, where it cannot be taken away before there is another."""

    factor: Factor
    stays: str


@dataclass(frozen=True, slots=True)
class NewKeyPage:
    """`asked`: the options for the browser, as JSON; "" where browsers make no passkeys at this address."""

    kind: str
    asked: str
    offer: str

    @property
    def address(self) -> str:
        return f"/account/{self.kind}s/new"


@dataclass(frozen=True, slots=True)
class NewAppPage:
    setup: Setup | None
    """None: its half hour is over."""
    step: str
    offer: str
    demo_code: str = ""


async def own_factors(grant: AccountGrant) -> tuple[Factor, ...]:
    """Those that stand, strongest first, then the oldest."""
    table = Authenticator
    rows = (
        await visible(grant, table)
        .select(table.id, table.ref, table.kind, table.name, table.created_at, table.last_used_at)
        .where(table.ended_at.is_null() & table.confirmed_at.is_not_null())
        .order_by(table.created_at)
    )
    order = list(KINDS)
    return tuple([await _factor(grant, row) for row in sorted(rows, key=lambda row: order.index(row["kind"]))])


async def _factor(grant: AccountGrant, row: dict) -> Factor:
    left = await codes_left(grant.house, row["id"]) if row["kind"] == "codes" else None
    return Factor(row["ref"], row["kind"], row["name"] or "", row["created_at"], row["last_used_at"], left)


async def one_factor_page(grant: AccountGrant, ref: str) -> OneFactorPage | None:
    found = next((one for one in await own_factors(grant) if one.ref == ref), None)
    if found is None:
        return None
    own = await factors.standing(grant.house, grant.account)
    return OneFactorPage(found, factors.why_not(own, ref, staff=grant.viewer.is_staff))


async def new_key_page(grant: AccountGrant, kind: str, clinic: str) -> NewKeyPage:
    house = grant.house
    own = await factors.standing(house, grant.account)
    if not passkeys.possible_at(house.origin):
        return NewKeyPage(kind, "", "")
    owner = await passkeys.owner_of(house, grant.account, clinic)
    asked = passkeys.ask_for_new(house, grant.viewer, kind, owner, factors.keys_of(own))
    return NewKeyPage(kind, asked, _offer(grant, kind, own))


async def new_app_page(grant: AccountGrant, clinic: str, step: str = "") -> NewAppPage:
    """`step`: the same key once more, after a wrong code."""
    house = grant.house
    step = step or factors.new_app(house, grant.viewer)
    totp = factors.app_of(house, grant.viewer, step)
    if totp is None:
        return NewAppPage(None, "", "")
    owner = await passkeys.owner_of(house, grant.account, clinic)
    shown = totp.at(grant.now) if house.demo else ""
    own = await factors.standing(house, grant.account)
    return NewAppPage(authenticators.setup_of(totp, owner.username, clinic), step, _offer(grant, "app", own), shown)


def _offer(grant: AccountGrant, kind: str, own: Iterable[factors.Standing]) -> str:
    """A name to begin with, which none of theirs has yet. A passkey is most often kept by the device at hand."""
    device = grant.viewer.visitor.device if kind == "passkey" else ""
    return unlike(device or _(OFFERS[kind]), [one.name for one in own])
