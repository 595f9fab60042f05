"""The front door: what this is, and the two ways in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FrontPage:
    pass


async def front_page() -> FrontPage:
    return FrontPage()
