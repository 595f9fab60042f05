"""How a person is called, and reads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PreferencesPage:
    name: str
    """As the chart has it."""
