"""`/records`: mine, and those I help with."""

from __future__ import annotations

from dataclasses import dataclass

from access.grant import AccountGrant
from access.opening import Denied, open_record
from access.visible import visible
from access.vocabulary import Category, record
from rules.dates import ClinicalDate, parse_clinical_date
from tables.accounts import AccountAddress
from tables.records import Record, Share
from tables.sharing import Invitation
from words.gettext import N_, _

BASES = {
    "helper": N_("You help."), "guardian": N_("You are a parent or guardian."), "representative": N_("You act for them."),
}  # fmt: skip
"""On which basis somebody else's record is open."""


@dataclass(frozen=True, slots=True)
class RecordRow:
    ref: str
    name: str
    born: ClinicalDate | None
    basis: str
    own: bool


@dataclass(frozen=True, slots=True)
class RecordsPage:
    own: tuple[RecordRow, ...]
    others: tuple[RecordRow, ...]
    invitations: int
    """How many wait for this person's answer."""
    nowhere: bool = False
    """No address to write to was ever given. Who had one and chose letters on paper is not asked."""

    def basis(self, one: RecordRow) -> str:
        return _(BASES[one.basis]) if one.basis in BASES else ""


async def records_page(grant: AccountGrant) -> RecordsPage:
    records = await visible(grant, Record).select(Record.id, Record.ref, Record.name, Record.birth_text).order_by(Record.name)
    shares = await visible(grant, Share).select(Share.record, Share.basis).where(Share.revoked_at.is_null())
    bases = {share["record"]: share["basis"] for share in shares}
    rows = tuple(_row(row, bases.get(row["id"], "")) for row in records)
    others = [row for row in rows if not row.own and await _opens(grant, row)]
    invitations = await visible(grant, Invitation).count()
    nowhere = not await visible(grant, AccountAddress).exists()
    return RecordsPage(tuple(row for row in rows if row.own), tuple(others), invitations, nowhere)


async def _opens(grant: AccountGrant, row: RecordRow) -> bool:
    """A guardian's part ends when the child is grown up, whatever the share says: a record that would not be found is
    not named either."""
    asked = await open_record(grant.house, grant.viewer, row.ref, record(Category.HOME))
    return not (isinstance(asked, Denied) and asked.reason == "stranger")


def _row(row: dict, basis: str) -> RecordRow:
    return RecordRow(row["ref"], row["name"], parse_clinical_date(row["birth_text"], "UTC"), basis, basis == "self")
