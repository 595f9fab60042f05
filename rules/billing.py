"""Whose services a bill may name to whom, as a pure rule."""

from __future__ import annotations

SELF, GUARDIAN = "self", "guardian"
SEES_BILLS, SEES_VISITS = ("billing", "see"), ("visits", "see")


def names_show(basis: str, scopes: frozenset[tuple[str, str]]) -> bool:
    """What a service is called tells what somebody was treated for. Its patient reads it, and a helper who was given the
    bills. A guardian keeps the bills of a child who has grown into a teenager, but not the visits: they see what it
    cost and when, and no name."""
    if basis == SELF:
        return True
    return SEES_BILLS in scopes and (basis != GUARDIAN or SEES_VISITS in scopes)
