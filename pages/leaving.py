"""`R/leaving`: the page on which somebody who helps says that they stop."""

from __future__ import annotations

from dataclasses import dataclass

from access.grant import RecordGrant
from pages.address import Address, RecordPage


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingPage(RecordPage):
    """`chosen`: by the patient, and not by the clinic, who can end that alone."""

    name: str
    chosen: bool
    preview: bool


def leaving_page(grant: RecordGrant) -> LeavingPage | None:
    """None on one's own record."""
    if grant.own:
        return None
    chosen = grant.basis == "helper" or grant.preview
    return LeavingPage(at=Address.of(grant), name=grant.name, chosen=chosen, preview=grant.preview)
