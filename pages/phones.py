"""A phone as a second factor: to be added, and where codes are asked for."""

from __future__ import annotations

from dataclasses import dataclass

from access.grant import AccountGrant
from identity import factors
from identity.phones import Phone, free_phones
from rules.addresses import SMS, phone_words
from rules.factors import unlike
from words.gettext import N_, _

OFFER = N_("My phone")


@dataclass(frozen=True, slots=True)
class PhoneWay:
    """A number to which a code may be sent. To who has shown no more than a password it says its end alone."""

    ref: str
    kind: str
    end: str

    @property
    def button(self) -> str:
        if self.kind == SMS:
            return _("Send a text message to the number that ends in %(end)s", end=self.end)
        return _("Call the number that ends in %(end)s", end=self.end)


def way_of(phone: Phone) -> PhoneWay:
    return PhoneWay(phone.ref, phone.kind, phone.value[-2:])


@dataclass(frozen=True, slots=True)
class NewPhonePage:
    """`free`: confirmed numbers that are no second factor yet: (ref, words)."""

    free: tuple[tuple[str, str], ...]
    offer: str


async def new_phone_page(grant: AccountGrant) -> NewPhonePage:
    own = await factors.standing(grant.house, grant.account)
    found = await free_phones(grant.house, grant.account)
    return NewPhonePage(tuple((one.ref, _words(one)) for one in found), unlike(_(OFFER), [one.name for one in own]))


def _words(phone: Phone) -> str:
    number = phone_words(phone.value)
    return _("A text message to %(number)s", number=number) if phone.kind == SMS else _("A call to %(number)s", number=number)
