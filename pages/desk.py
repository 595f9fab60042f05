"""The front desk's pages: find a patient, hand out a code."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from access.grant import QueueGrant
from access.visible import visible
from access.vocabulary import Duty
from identity.codes import outstanding_code, read_letter
from rules.dates import ClinicalDate, parse_clinical_date
from tables.clinic import ClinicSite
from tables.records import Record
from words.gettext import _

ROWS = 10


@dataclass(frozen=True, slots=True)
class Found:
    ref: str
    name: str
    birth_year: str
    site: str


@dataclass(frozen=True, slots=True)
class DeskPage:
    """`found` is None before anything was asked. `more`: there were over ten. `may_book`: appointments are their duty."""

    may_find: bool
    found: tuple[Found, ...] | None = None
    more: bool = False
    may_book: bool = False

    @property
    def title(self) -> str:
        return _("Find a patient") if self.may_find else _("Clinic staff")


@dataclass(frozen=True, slots=True)
class CodePage:
    """`code` is there for a quarter of an hour after it was made, for who made it."""

    ref: str
    name: str
    number: str
    born: ClinicalDate | None
    registered: bool
    closed: bool
    code: str
    ends_at: datetime | None
    address: str

    @property
    def may_issue(self) -> bool:
        return not self.registered and not self.closed and self.born is not None


async def find_page(grant: QueueGrant, born: str, name: str, number: str) -> DeskPage:
    """With the site of each."""
    rows = await find_records(grant, born, name, number)
    sites = {site["id"]: site["name"] for site in await ClinicSite.select(ClinicSite.id, ClinicSite.name)}
    found = tuple(Found(row["ref"], row["name"], row["birth_text"][:4], sites.get(row["site"], "")) for row in rows[:ROWS])
    return DeskPage(True, found, len(rows) > ROWS, may_book=Duty.FRONT_DESK in grant.viewer.duties)


async def find_records(grant: QueueGrant, born: str, name: str, number: str) -> list[dict]:
    """By birth date and name or record number; ten rows and one that says there are more, written down with who was
    shown. A birth date alone finds nobody."""
    query = visible(grant, Record).select(Record.id, Record.ref, Record.name, Record.birth_text, Record.site)
    query = query.where(Record.birth_text == born)
    words = search_words(name)
    if not words and not number:
        return []
    if number:
        query = query.where(Record.number == number)
    for word in words:
        query = query.where(Record.name_key.like(f"%{word}%"))
    rows = await query.order_by(Record.name_key).limit(ROWS + 1)
    grant.entry.action = "record.find"
    grant.showed("Record", [row["id"] for row in rows[:ROWS]])
    return rows


def search_words(name: str) -> list[str]:
    """Casefolded letters and figures, without marks and without the signs that LIKE takes for any letter."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", bare.casefold())[:8]


async def code_page(grant: QueueGrant, ref: str, letter: str, origin: str) -> CodePage | None:
    rows = await visible(grant, Record).select().where(Record.ref == ref)
    if not rows:
        return None
    row = rows[0]
    grant.entry.subject, grant.entry.action = row["id"], "code.see"
    standing = await outstanding_code(grant.house, row["id"], grant.now)
    code = read_letter(grant.house, grant.account, ref, letter, grant.now) if standing.ends_at else ""
    return CodePage(
        ref=ref, name=row["name"], number=row["number"] or "", born=parse_clinical_date(row["birth_text"], "UTC"),
        registered=standing.registered, closed=row["state"] != "active" or row["deceased_text"] is not None,
        code=code if standing.is_for(code) else "", ends_at=standing.ends_at, address=f"{origin}/register",
    )
