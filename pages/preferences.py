"""How a person is called, and reads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PreferencesPage:
    """`choose_language`: there is more than one."""

    name: str
    choose_language: bool
