"""What a resource that came means for what is already here. Pure, so that every order of arrival can be tested."""

from __future__ import annotations

from enum import StrEnum

from ehr.lookups import Version
from ehr.sent import Sent


class Decision(StrEnum):
    NEW = "new"
    """A version not seen before, and the one that counts from now on."""
    OLDER = "older"
    """A version not seen before, but the one here is later: kept, and not shown."""
    AGAIN = "again"
    """The current version, which could not be filed before: it is tried again."""
    RETURNED = "returned"
    """An earlier content, word for word. If the current one does not come in this run, the source went back to it."""
    REFUSED = "refused"
    """A version that was not filed and is not the one that counts."""
    UNCHANGED = "unchanged"
    RESUMED = "resumed"
    """Stored by this very run before it was cut."""


def decide(sent: Sent, versions: list[Version], run: str) -> tuple[Decision, Version | None]:
    """The decision, and the stored version that is the same as this one or current."""
    same = next((version for version in versions if version.sha256 == sent.sha256), None)
    current = next((version for version in versions if version.current), None)
    if same:
        return _seen(sent, same, current, run), same
    if current is None or not _is_earlier(sent, current, run):
        return Decision.NEW, current
    return Decision.OLDER, current


def _seen(sent: Sent, same: Version, current: Version | None, run: str) -> Decision:
    if same.current:
        if same.skipped:
            return Decision.AGAIN
        return Decision.RESUMED if same.run == run else Decision.UNCHANGED
    if same.skipped:
        return Decision.REFUSED
    if same.run == run:
        return Decision.RESUMED
    undated = sent.updated_at is None and not _number(sent.version)
    if undated and not sent.withdrawn and current and not current.withdrawn:
        return Decision.RETURNED
    return Decision.UNCHANGED


def _is_earlier(sent: Sent, current: Version, run: str) -> bool:
    """By the source's own dates, else by its version numbers, else by arrival. What was withdrawn stays so unless
    what comes is surely later."""
    if sent.deleted:
        return False
    if sent.updated_at and current.updated_at and sent.updated_at != current.updated_at:
        return sent.updated_at < current.updated_at
    mine, theirs = _number(sent.version), _number(current.version)
    if mine and theirs and mine != theirs:
        return mine < theirs
    if current.withdrawn and not sent.withdrawn:
        told = current.updated_at is not None or theirs
        return bool(told) or current.run == run
    return False


def _number(version: str) -> int:
    """versionId where it is a number; our own hash of the content, 16 digits long, is none."""
    return int(version) if version.isascii() and version.isdecimal() and len(version) < 16 else 0
