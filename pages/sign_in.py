"""What the doors say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from access.house import House
from access.viewer import Viewer
from identity import factors, passkeys, phones
from identity.authenticators import demo_code
from pages.phones import PhoneWay, way_of
from rules.factors import KINDS
from words.gettext import _


@dataclass(frozen=True, slots=True)
class SignInPage:
    """`ended`: "" or why somebody is here again: yes (time was over), kept (so is what was typed), sent (it came in before), again (it ended
    otherwise, or its answer never came), out."""

    ended: str = ""
    left: int | None = None
    """How many more tries, after one that failed."""
    passkey: str = ""
    """The door for passkeys; "" where browsers make none at this address."""


@dataclass(frozen=True, slots=True)
class PasskeyPage:
    """The door for passkeys, which is sent to where it stands. `asked`: what a browser is to find one with, as JSON; "" where
    browsers make none at this address."""

    asked: str
    door: str


@dataclass(frozen=True, slots=True)
class FactorPage:
    """The second step, and step-up."""

    demo_code: str = ""
    """What the app shows now: in the demo clinic, whose keys everybody knows, and nowhere else."""
    asked: str = ""
    """What a browser is asked to find one of their passkeys and security keys with; "" when they have none."""
    app: bool = True
    sheet: bool = True
    phones: tuple[PhoneWay, ...] = ()
    sent: bool = False
    """A code is on its way to one of them."""
    demo_sent: str = ""

    @property
    def typed(self) -> bool:
        """Whether there is a code to type."""
        return self.app or self.sheet or bool(self.phones)

    @property
    def hint(self) -> str:
        if self.phones:
            return _("Six numbers from our message to your phone, or any other code of yours. Spaces do not matter.")
        if self.app and self.sheet:
            return _("Six numbers from your authenticator app, or one code from your sheet. Spaces do not matter.")
        if self.sheet:
            return _("One code from your sheet. Spaces do not matter.")
        return _("Six numbers from your authenticator app. Spaces do not matter.")


def passkeys_work(house: House) -> bool:
    return passkeys.possible_at(house.origin)


def passkey_page(house: House, viewer: Viewer, side: str, door: str) -> PasskeyPage:
    return PasskeyPage(passkeys.ask(house, viewer, passkeys.at_door(side)) if passkeys_work(house) else "", door)


async def factor_page(house: House, viewer: Viewer) -> FactorPage:
    own = await factors.standing(house, viewer.account)
    kinds = {one.kind for one in own if not one.spent and (KINDS[one.kind].staff or not viewer.is_staff)}
    keys = factors.keys_of(own) if passkeys_work(house) else []
    asked = passkeys.ask(house, viewer, passkeys.shown_again(viewer), keys) if keys else ""
    shown = await demo_code(house, viewer.account, viewer.now)
    page = FactorPage(shown, asked, "app" in kinds or not (asked or kinds & {"sms", "voice"}), "codes" in kinds)
    return await _with_phones(house, viewer, page) if kinds & {"sms", "voice"} else page


async def _with_phones(house: House, viewer: Viewer, page: FactorPage) -> FactorPage:
    ways = tuple(way_of(one) for one in await phones.phones_of(house, viewer.account))
    sent = await phones.waits_for_code(house, viewer.account, viewer.now)
    demo = await phones.demo_phone_code(house, viewer.account, viewer.now)
    return replace(page, phones=ways, sent=sent, demo_sent=demo)
