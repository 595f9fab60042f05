"""Addresses inside a record: templates make such links only with `page.link(…)`, so a preview never leaves its view."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from access.grant import RecordGrant


@dataclass(frozen=True, slots=True)
class Address:
    """`/records/{record}`, or `/records/{record}/as/{share}` while looking as a helper would."""

    root: str

    @classmethod
    def of(cls, grant: RecordGrant) -> Address:
        root = f"/records/{grant.record_ref}"
        return cls(f"{root}/as/{grant.share_ref}" if grant.preview else root)

    def link(self, *segments: str, **query: str | int | None) -> str:
        """The address of a page below this record; query values that are None or empty are left out."""
        path = "/".join((self.root, *segments))
        kept = {name.rstrip("_"): value for name, value in query.items() if value not in (None, "")}
        return f"{path}?{urlencode(kept)}" if kept else path


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """What every page of a record has: where it is."""

    at: Address

    def link(self, *segments: str, **query: str | int | None) -> str:
        return self.at.link(*segments, **query)
