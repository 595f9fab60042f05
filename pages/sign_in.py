"""What the doors say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SignInPage:
    """`ended`: "" or why somebody is here again: yes (time was over), kept (so is what was typed), out."""

    ended: str = ""
    left: int | None = None
    """How many more tries, after one that failed."""


@dataclass(frozen=True, slots=True)
class FactorPage:
    """The second step, and step-up: all they say is in the form."""
