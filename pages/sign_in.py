"""What the doors say."""

from __future__ import annotations

from dataclasses import dataclass

from access.house import House
from access.viewer import Viewer
from identity.authenticators import demo_code


@dataclass(frozen=True, slots=True)
class SignInPage:
    """`ended`: "" or why somebody is here again: yes (time was over), kept (so is what was typed), sent (it came in before), again (it ended
    otherwise, or its answer never came), out."""

    ended: str = ""
    left: int | None = None
    """How many more tries, after one that failed."""


@dataclass(frozen=True, slots=True)
class FactorPage:
    """The second step, and step-up."""

    demo_code: str = ""
    """What the app shows now: in the demo clinic, whose keys everybody knows, and nowhere else."""


async def factor_page(house: House, viewer: Viewer) -> FactorPage:
    return FactorPage(await demo_code(house, viewer.account, viewer.now))
