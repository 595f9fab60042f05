"""The figures that help and privacy pages name, so that they are those the portal keeps to."""

from __future__ import annotations

from dataclasses import dataclass

from settings import Limits


@dataclass(frozen=True, slots=True)
class HelpPage:
    """Minutes without a click until one is signed out: on one's own device, and on a shared one."""

    idle: int
    idle_shared: int
    longest: int
    """Hours after which everybody signs in again."""


@dataclass(frozen=True, slots=True)
class PhishingPage:
    """Where our messages come from: an address for e-mail and a number; "" where the clinic sends none."""

    sender: str
    number: str


def help_page(limits: Limits) -> HelpPage:
    return HelpPage(limits.idle // 60, limits.idle_shared // 60, limits.absolute // 3600)
