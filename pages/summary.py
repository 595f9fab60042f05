"""`R/summary`, one page to take to any doctor, and `R/emergency-card`, what strangers must know in a hurry.

Both say the same entries as the lists they come from, so they never know more than these, nor other words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from access.grant import RecordGrant
from access.vocabulary import CATEGORIES, Category
from pages.address import Address
from pages.allergies import ALLERGIES
from pages.care_team import CARE_TEAM
from pages.conditions import CONDITIONS
from pages.listing import Asked, Entry, Listing, ListPage
from pages.listing_query import list_page
from pages.medicines import MEDICINES
from pages.sheet import Link, Part, Remark, Sheet, lines_part
from pages.vaccines import VACCINES
from pages.written import Block
from words.gettext import _, ngettext
from words.names import list_of

Lists = tuple[tuple[Listing, int], ...]
"""Which lists, in the order in which a doctor asks, and how many lines of each: a summary stays one page."""

ILL, TAKEN, TEAM = CONDITIONS.in_brief, MEDICINES.in_brief, CARE_TEAM.in_brief
SUMMARY: Lists = ((ALLERGIES, 5), (ILL, 7), (TAKEN, 9), (VACCINES, 10), (TEAM, 2))
CARD: Lists = ((ALLERGIES, 8), (ILL, 8), (TAKEN, 10))
PAST = ("past", "before", "given")
"""Groups of those lists that are history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListsPage(Sheet):
    """The beginnings of several lists; of which categories there is nothing here because they are not shared."""

    lists: tuple[ListPage, ...]
    missing: tuple[Category, ...]

    dense = True

    @property
    def up(self) -> Link:
        return Link((), _("Home"))

    @property
    def told(self) -> tuple[Part, ...]:
        return tuple(part for page in self.lists for part in _part(page))

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.told

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """A summary with a gap must say so, or it would be read as “none”."""
        if not self.missing:
            return ()
        parts = list_of([_(CATEGORIES[one]) for one in self.missing])
        return (Remark(_("Not everything is here."), _("Not shared with you: %(parts)s.", parts=parts), "warn"),)

    @property
    def links_heading(self) -> str:
        return _("Also")


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryPage(ListsPage):
    given: str
    """Of the person it is about; "" in one's own record."""

    @property
    def title(self) -> str:
        return _("Health summary")

    @property
    def lede(self) -> str:
        if not self.given:
            return _("What a doctor who does not know you asks first. Take it with you.")
        return _("What a doctor who does not know %(given)s asks first. Take it to the visit.", given=self.given)

    @property
    def links(self) -> tuple[Link, ...]:
        return (Link(("emergency-card",), _("Emergency card")),)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPage(ListsPage):
    @property
    def title(self) -> str:
        return _("Emergency card")

    @property
    def lede(self) -> str:
        return _("Print it, fold it, and keep it with you.")

    @property
    def parts(self) -> tuple[Part, ...]:
        return (*self.told, _to_write())

    @property
    def links(self) -> tuple[Link, ...]:
        return (Link(("summary",), _("Health summary")),)


async def summary_page(grant: RecordGrant) -> SummaryPage:
    lists = await _lists(grant, SUMMARY)
    return SummaryPage(
        at=Address.of(grant), here=("summary",), lists=lists, missing=_missing(grant, SUMMARY), given="" if grant.own else grant.given
    )


async def card_page(grant: RecordGrant) -> CardPage:
    lists = await _lists(grant, CARD)
    return CardPage(at=Address.of(grant), here=("emergency-card",), lists=lists, missing=_missing(grant, CARD))


async def _lists(grant: RecordGrant, lists: Lists) -> tuple[ListPage, ...]:
    return tuple([
        await list_page(grant, listing, Asked(), most, PAST, once=not listing.groups)
        for listing, most in lists if grant.may(listing.category)
    ])  # fmt: skip


def _missing(grant: RecordGrant, lists: Lists) -> tuple[Category, ...]:
    return tuple(dict.fromkeys(listing.category for listing, _most in lists if not grant.may(listing.category)))


def _to_write() -> Part:
    """What no feed knows as well as its owner; lines of paper to write on."""
    words = _("Write names and numbers here when it is printed.")
    return Part(_("In an emergency, call"), blocks=(Block("text", (words,)),), lines=3)


def _part(page: ListPage) -> tuple[Part, ...]:
    """The entries of a list as lines; where there are none, what the list itself says then."""
    lines = list(_lines(page))
    if not lines:
        return lines_part(page.title, (page.nothing_now,))
    if page.left > 0:
        lines.append(ngettext("%(count)s more in the portal.", "%(count)s more in the portal.", page.left))
    return lines_part(page.title, lines)


def _lines(page: ListPage) -> Iterator[str]:
    """Where a heading is the answer, as the disease is for a vaccine, it is said with the newest entry under it."""
    for group in page.groups:
        for row in group.rows:
            yield _line(row.entry) if page.listing.groups else f"{group.heading}: {_line(row.entry)}"


def _line(one: Entry) -> str:
    """Lisinopril 10 mg tablet (On hold): 1 tablet each morning. Whoever listens must not hear the dose first."""
    told = one.said or "; ".join(line for block in one.blocks if block.kind == "list" for line in block.lines)
    words = f"{one.title} ({one.tag[1]})" if one.tag else one.title
    return f"{words}: {told}" if told else words
