"""What every room needs of the installation: where rows are, what seals them, and what writes down who looked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from access.audit import AuditWriter
from settings import Limits
from tables.database import Database
from tables.sealing import Keyring


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class House:
    database: Database
    audit: AuditWriter
    keyring: Keyring
    limits: Limits
    origin: str
    demo: bool = False
    phones: bool = False
    """Text messages and calls reach people, or are shown where nothing leaves this computer."""
    clock: Callable[[], datetime] = utc_now
