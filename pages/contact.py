"""Where an account is written to, as its owner sees it; and the page that a link of a message opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access.grant import AccountGrant, CapabilityGrant
from access.visible import visible
from identity.sent_codes import ADDRESS, demo_sent_code
from rules.addresses import EMAIL_KIND, PHONES, VOICE, phone_words, says_other_letters
from tables.accounts import AccountAddress, Authenticator
from tables.contact import AddressChange
from words.gettext import N_, _

REACHED = {"email": N_("By email"), "sms": N_("By text message"), "voice": N_("By a call, for codes only")}


@dataclass(frozen=True, slots=True)
class Address:
    """`words` is the address as it is read. `lets_in`: codes that go to this number let its owner sign in."""

    ref: str
    kind: str
    value: str
    confirmed: datetime | None
    lets_in: bool = False

    @property
    def words(self) -> str:
        return self.value if self.kind == EMAIL_KIND else phone_words(self.value)

    @property
    def is_phone(self) -> bool:
        return self.kind in PHONES

    @property
    def is_called(self) -> bool:
        return self.kind == VOICE

    @property
    def reached(self) -> str:
        return _(REACHED[self.kind])

    @property
    def other_letters(self) -> bool:
        """The host's name has letters that can look like a to z. It is shown as it is sent."""
        return self.kind == EMAIL_KIND and says_other_letters(self.value)


@dataclass(frozen=True, slots=True)
class ContactPage:
    """`phones`: the clinic can send text messages and call."""

    confirmed: tuple[Address, ...]
    waiting: tuple[Address, ...]
    phones: bool

    @property
    def on_paper(self) -> bool:
        return not any(one.kind == EMAIL_KIND for one in self.confirmed)


@dataclass(frozen=True, slots=True)
class NewAddressPage:
    """`old`: some address counts already, and is told."""

    old: bool


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    address: Address
    demo_code: str = ""


@dataclass(frozen=True, slots=True)
class RemovalPage:
    """`last`: it is the only e-mail address. `paper`: letters can take its place."""

    address: Address
    last: bool
    paper: bool


@dataclass(frozen=True, slots=True)
class StopPage:
    """What the link takes back. Which address it was is not said: whoever reads the old mailbox may be somebody else."""

    did: str
    at: datetime
    address: str


@dataclass(frozen=True, slots=True)
class StoppedPage:
    """Nothing of whom it was about."""


async def contact_page(grant: AccountGrant) -> ContactPage:
    found = await _addresses(grant)
    confirmed = tuple(one for one in found if one.confirmed)
    return ContactPage(confirmed, tuple(one for one in found if not one.confirmed), grant.house.phones)


async def new_address_page(grant: AccountGrant) -> NewAddressPage:
    return NewAddressPage(any(one.confirmed for one in await _addresses(grant)))


async def confirm_page(grant: AccountGrant, ref: str) -> ConfirmPage | None:
    """None where no address of this ref waits for its code."""
    rows = await visible(grant, AccountAddress).rows(("id",), "ref = ? AND confirmed_at IS NULL AND ended_at IS NULL", ref)
    if not rows:
        return None
    [address] = [one for one in await _addresses(grant) if one.ref == ref]
    return ConfirmPage(address, await demo_sent_code(grant.house, grant.account, ADDRESS, rows[0]["id"], grant.now))


async def removal_page(grant: AccountGrant, ref: str) -> RemovalPage | None:
    found = await _addresses(grant)
    address = next((one for one in found if one.ref == ref), None)
    if address is None:
        return None
    others = [one for one in found if one.confirmed and one.kind == EMAIL_KIND and one.ref != ref]
    last = bool(address.confirmed) and address.kind == EMAIL_KIND and not others
    return RemovalPage(address, last, last and not grant.viewer.is_staff)


async def stop_page(grant: CapabilityGrant, address: str) -> StopPage | None:
    rows = await visible(grant, AddressChange).rows(("did", "at"))
    return StopPage(rows[0]["did"], rows[0]["at"], address) if rows else None


async def _addresses(grant: AccountGrant) -> tuple[Address, ...]:
    """Those of e-mail first, in the order of the alphabet."""
    rows = await visible(grant, AccountAddress).rows(
        ("id", "ref", "kind", "value", "confirmed_at"), "ended_at IS NULL", then="ORDER BY kind, lower(value)"
    )
    let_in = await visible(grant, Authenticator).rows(("address",), "address IS NOT NULL AND ended_at IS NULL")
    ways = {str(row["address"]) for row in let_in}
    return tuple(Address(row["ref"], row["kind"], row["value"], row["confirmed_at"], str(row["id"]) in ways) for row in rows)
