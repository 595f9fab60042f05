"""What the doors say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignInPage:
    """`action` is where the form goes. `ended`: "" or why somebody is here again (yes, kept)."""

    action: str
    staff: bool = False
    ended: str = ""


@dataclass(frozen=True, slots=True)
class FactorPage:
    """`step_up`: signed in already, and asked once more before something that matters."""

    action: str
    staff: bool = False
    step_up: bool = False
