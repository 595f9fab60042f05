"""The front desk's pages: find a patient, hand out a code."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from access.grant import QueueGrant
from access.visible import visible
from access.vocabulary import Duty
from identity.activation import DESK, EMAIL, POST, Standing, chart_with, is_adult, progress, standing_codes
from pages.code_letter import address_lines
from rules.dates import ClinicalDate, parse_clinical_date
from tables.clinic import ClinicSite
from tables.records import Record
from words.dates import day
from words.gettext import N_, _

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


WAYS = {
    DESK: N_("Handed over, made on %(made)s by %(who)s. It works until %(ends)s."),
    POST: N_("By post, printed on %(made)s by %(who)s. It works until %(ends)s."),
    EMAIL: N_("By email, made on %(made)s by %(who)s. It works until %(ends)s."),
}
UNASKED = {
    DESK: N_("Made on %(made)s by whoever runs the portal. It works until %(ends)s."),
    POST: N_("By post, printed on %(made)s. It works until %(ends)s."),
    EMAIL: N_("By email, asked for at our page on %(made)s. It works until %(ends)s."),
}


@dataclass(frozen=True, slots=True)
class CodePage:
    """`codes` work now, newest first. `waits_since`: a letter for the printer. `lines` are the address on file, or none."""

    ref: str
    name: str
    number: str
    born: ClinicalDate | None
    registered: bool
    closed: bool
    desk_only: bool
    codes: tuple[Standing, ...]
    waits_since: datetime | None
    begun: bool
    lines: tuple[str, ...]
    adult: bool

    @property
    def may_issue(self) -> bool:
        return not self.registered and not self.closed and self.born is not None

    @property
    def state(self) -> str:
        if self.registered:
            return _("This patient has a login.")
        if self.begun:
            return _("A login was begun, and is not finished.")
        return _("No login yet, but a code.") if self.codes or self.waits_since else _("No login, and no code.")

    @property
    def rows(self) -> list[str]:
        """Each code that works, and the letter that waits, in a sentence."""
        waits = [_("A letter waits to be printed, since %(day)s.", day=day(self.waits_since))] if self.waits_since else []
        return waits + [
            _(WAYS[one.channel] if one.by else UNASKED[one.channel], made=day(one.made_at), ends=day(one.ends_at), who=one.by)
            for one in self.codes
        ]

    @property
    def why_no_post(self) -> str:
        if self.desk_only:
            return _("This chart is for codes by hand alone, so none can be posted.")
        if not self.adult:
            return _("This patient is younger than 18, so none can be posted: others may open the letter.")
        return _("There is no address on file, so none can be posted.")

    @property
    def desk_words(self) -> str:
        if self.desk_only:
            return _("Codes for this chart are handed over here, and never posted or sent.")
        return _("Then no code is posted or sent, also when somebody asks for one at our page.")

    @property
    def may_post(self) -> bool:
        return self.may_issue and not self.desk_only and self.adult and bool(self.lines)

    @property
    def may_withdraw(self) -> bool:
        return bool(self.codes) or self.waits_since is not None or self.begun


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


async def code_page(grant: QueueGrant, ref: str) -> CodePage | None:
    rows = await visible(grant, Record).select().where(Record.ref == ref)
    if not rows:
        return None
    row = rows[0]
    grant.entry.subject, grant.entry.action = row["id"], "code.see"
    chart, so_far = await chart_with(grant.house, "r.id = ?", row["id"]), await progress(grant.house, row["id"])
    return CodePage(
        ref=ref, name=row["name"], number=row["number"] or "", born=parse_clinical_date(row["birth_text"], "UTC"),
        registered=chart["held"] is not None, closed=row["state"] != "active" or row["deceased_text"] is not None,
        desk_only=bool(chart["desk_only"]), codes=await standing_codes(grant.house, row["id"], grant.now),
        waits_since=so_far.waits_since, begun=so_far.begun, lines=address_lines(row["address"] or ""), adult=await is_adult(grant.house, chart),
    )
