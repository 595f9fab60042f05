"""What the ways back into an account say. None of it tells whether anybody has a name or an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access.grant import CapabilityGrant
from access.house import House
from access.viewer import Viewer
from identity import authenticators
from identity.recovery import UnderWay, Ways, under_way, ways
from words.gettext import ngettext


@dataclass(frozen=True, slots=True)
class RecoverPage:
    """`sent`: it was asked for, and whatever can be sent will be. `wait`: hours until a code works."""

    sent: bool = False
    wait: int = 0
    address: str = ""
    """Where the form of a link goes."""

    @property
    def waits(self) -> str:
        return ngettext("%(count)s hour", "%(count)s hours", self.wait)


@dataclass(frozen=True, slots=True)
class FactorPage:
    """`under_way`: what was begun before, if it is not over. `ways`: how a code can come."""

    ways: Ways
    under_way: UnderWay | None
    wait: int
    now: datetime

    @property
    def waits(self) -> str:
        return ngettext("%(count)s hour", "%(count)s hours", self.wait)

    @property
    def offered(self) -> tuple[str, ...]:
        return tuple(kind for kind, there in (("factor", self.ways.mail), ("post", self.ways.post)) if there)

    @property
    def has_code(self) -> bool:
        return self.under_way is not None and self.under_way.opens_at <= self.now and self.under_way.kind in ("factor", "post")


@dataclass(frozen=True, slots=True)
class NewAppPage:
    """`action` is where the form goes."""

    setup: authenticators.Setup | None
    action: str
    step: str
    demo_code: str = ""


def recover_page(house: House, sent: bool = False, address: str = "") -> RecoverPage:
    return RecoverPage(sent, hours(house), address)


def hours(house: House) -> int:
    """Begun hours."""
    return -(-house.limits.recovery_wait // 3600)


async def factor_page(house: House, viewer: Viewer) -> FactorPage:
    standing = await under_way(house, viewer.account, viewer.now)
    return FactorPage(await ways(house, viewer.account), standing, hours(house), viewer.now)


async def new_app_page(
    known: tuple[CapabilityGrant, dict], issuer: str, action: str, step: str
) -> NewAppPage:
    grant, found = known
    setup = await authenticators.app_setup(grant.house, found["account"], found["username"], issuer)
    shown = await authenticators.demo_code(grant.house, found["account"], grant.now) if setup else ""
    return NewAppPage(setup, action, step, shown)
