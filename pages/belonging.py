"""Links from one thing of the record to the visit it belongs to, for those who may see visits."""

from __future__ import annotations

from typing import Any

from access.grant import RecordGrant
from access.visible import visible
from pages.sheet import Link
from pages.stored import columns, when_in
from tables.visits import Encounter
from words.gettext import _


async def visit_links(grant: RecordGrant, encounter: Any) -> tuple[Link, ...]:
    """`encounter` is the row's own link, None where it has none."""
    if encounter is None:
        return ()
    found = await visible(grant, Encounter).rows(columns(Encounter, ("ref", "effective")), "id = ?", encounter)
    if not found:
        return ()
    day = when_in(found[0])
    return (Link(("visits", found[0]["ref"]), _("The visit of %(day)s", day=day) if day else _("The visit")),)
