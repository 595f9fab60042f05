"""Between a code that was right and the step after it: what stands for the code in the browser that typed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from access.grant import CapabilityGrant
from access.house import House
from access.opening import open_capability
from access.viewer import Viewer
from identity import codes
from identity.limits import Limit, hidden
from identity.tokens import open_token, seal_token

STEP_FOR = timedelta(minutes=30)
ENROLLING_FOR = timedelta(hours=24)
"""After the password: within this the app must have been set up, or a new code is needed."""


@dataclass(frozen=True, slots=True)
class Step:
    """The first step went well. `token` stands for the code in the second, in this browser alone."""

    token: str


@dataclass(frozen=True, slots=True)
class Refused:
    """`reason`: code (wrong, or not with this date or name), again (more tries only later), gone (used, ended or withdrawn),
    taken, a reason of `passwords.unfit`, wrong, late (over a day, or something stands in the way: the desk can help)."""

    reason: str
    again_at: datetime | None = None
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A session was opened: `token` is for the cookie."""

    token: str


def tries_of(viewer: Viewer, code: str) -> tuple[Limit, ...]:
    """How often codes may be tried from one place, and one code from anywhere. Patients and staff share them."""
    return (
        Limit(f"register:ip:{viewer.visitor.ip}", 30, 3600),
        Limit(f"register:code:{hidden(codes.plain(code))}", 10, 86_400),
    )


def seal_step(house: House, viewer: Viewer, code: str) -> str:
    return seal_token(house.keyring, _browser(viewer), codes.code_hash(code).hex(), viewer.now + STEP_FOR)


async def open_step(house: House, viewer: Viewer, purpose: str, token: str) -> CapabilityGrant | None:
    """What the first step gave this browser, while the code still stands."""
    words = open_token(house.keyring, _browser(viewer), token, viewer.now)
    return await open_capability(house, viewer, purpose, bytes.fromhex(words)) if words else None


def _browser(viewer: Viewer) -> str:
    return f"register {viewer.visitor.pre.hex() or viewer.session}"
