"""What somebody began to write in a form of this record."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from access.grant import RecordGrant
from access.predicates import is_one_of
from words.dates import when
from words.gettext import _

FIND = "SELECT id, sealed, changed_at FROM draft WHERE account = ? AND {record} AND path = ? ORDER BY changed_at DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Kept:
    fields: dict[str, str]
    at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form says of what is kept of it. `silent`: it was said before, on this page, that it is saved as one writes."""

    kept: Kept | None
    silent: bool = False

    @property
    def spoken(self) -> str:
        """For who has just saved it."""
        return _("Draft saved.") if self.kept else _("There is nothing to save yet.")

    @property
    def words(self) -> str:
        """When it was kept."""
        return _("Kept as a draft on %(when)s. Nobody else can see it.", when=when(self.kept.at)) if self.kept else ""

    @property
    def fields(self) -> dict[str, str]:
        return dict(self.kept.fields) if self.kept else {}


async def draft_of(grant: RecordGrant, path: str) -> Kept | None:
    """Of the viewer alone: what is not sent yet is nobody else's, not even the patient's for whom it is written."""
    record = is_one_of("record", grant.charts)
    rows = await grant.house.database.rows(FIND.format(record=record.sql), grant.viewer.account, *record.values, path)
    if not rows:
        return None
    row = rows[0]
    return Kept(json.loads(grant.house.keyring.open(bytes(row["sealed"]), row["id"])), row["changed_at"])
