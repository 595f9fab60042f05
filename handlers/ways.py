"""The ways around every page: a few words in the bar at its head, all there is in the index at its foot.

Their words are made once for a language, an address and what may be seen there, and kept: each page only marks where
it is. What may be seen is asked of the grant each time; what is kept is words and addresses, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from access.grant import Grant, RecordGrant
from access.viewer import Viewer
from access.vocabulary import DO, HEALTH, MONEY, PLACES, STAFF_PLACES, WHO, Duty
from pages.address import Address
from words.gettext import _, reader, use

BAR = ("results", "messages", "appointments", "medicines", "visits")
"""Five words in the bar, as far as they are there; the rest is in the index at the foot."""


@dataclass(frozen=True, slots=True)
class NavItem:
    href: str
    text: str
    current: str = ""
    count: int | None = None
    count_words: str = ""


@dataclass(frozen=True, slots=True)
class IndexGroup:
    heading: str
    items: tuple[NavItem, ...]


@dataclass(frozen=True, slots=True)
class Ways:
    """`nav` is the bar, `index` the foot. `roots` are addresses that are marked on their own page alone, and not on those
    below it."""

    nav: tuple[NavItem, ...] = ()
    index: tuple[IndexGroup, ...] = ()
    roots: tuple[str, ...] = ("/records",)


def ways_from(grant: Grant | None, viewer: Viewer, side: str, here: str) -> Ways:
    """Those of this page, the one that leads to where one is marked."""
    ways = _ways(grant, viewer, side)
    marks = _marks(here, ways.roots)
    index = tuple([_group_marked(group, marks) for group in ways.index])
    return Ways(nav=_marked(ways.nav, marks), index=index)


def _marks(here: str, roots: Sequence[str]) -> dict[str, str]:
    """How the addresses of this page and of those above it are marked."""
    parts = here.split("/")
    above = {"/".join(parts[:many]): "true" for many in range(2, len(parts))}
    return {href: mark for href, mark in above.items() if href not in roots} | {here: "page"}


def _group_marked(group: IndexGroup, marks: dict[str, str]) -> IndexGroup:
    items = _marked(group.items, marks)
    return group if items is group.items else IndexGroup(group.heading, items)


def _marked(items: tuple[NavItem, ...], marks: dict[str, str]) -> tuple[NavItem, ...]:
    if not any([one.href in marks for one in items]):
        return items
    return tuple([NavItem(one.href, one.text, marks[one.href]) if one.href in marks else one for one in items])


def _ways(grant: Grant | None, viewer: Viewer, side: str) -> Ways:
    locale = reader().locale
    if side == "staff":
        return _of_staff(locale, viewer.duties) if viewer.level == "full" else Ways()
    if isinstance(grant, RecordGrant):
        seen = tuple([place.path for place in PLACES if grant.may(place.category)])
        return _of_record(locale, Address.of(grant).root, grant.own, seen)
    return _of_account(locale) if viewer.level == "full" else Ways()


@lru_cache(maxsize=64)
def _of_staff(locale: str, duties: frozenset[Duty]) -> Ways:
    with use(locale):
        items = tuple(NavItem(one.path, _(one.name)) for one in STAFF_PLACES if one.duties & duties)
        return Ways(items, roots=(items[0].href,)) if items else Ways()


@lru_cache(maxsize=64)
def _of_account(locale: str) -> Ways:
    with use(locale):
        return Ways(nav=(NavItem("/records", _("Records")), NavItem("/bills", _("Bills"))), index=(_account(),))


def _account() -> IndexGroup:
    return IndexGroup(_("Your account"), (
        NavItem("/records", _("Records you can open")), NavItem("/bills", _("Bills you can open")),
        NavItem("/account/security", _("Sign-in and security")), NavItem("/account/activity", _("What was done with your account")),
        NavItem("/account/contact", _("How we reach you")),
        NavItem("/account/preferences", _("Your name and text size")),
    ))  # fmt: skip


@lru_cache(maxsize=1024)
def _of_record(locale: str, root: str, own: bool, seen: tuple[str, ...]) -> Ways:
    """Of the places that `seen` names."""
    at = Address(root)
    with use(locale):
        items = {place.path: NavItem(at.link(place.path), _(place.name)) for place in PLACES if place.path in seen}
        headings = {
            HEALTH: _("Your health") if own else _("Health"), DO: _("Do something"), MONEY: _("Money"),
            WHO: _("Who sees your record"),
        }  # fmt: skip
        groups = [
            IndexGroup(heading, tuple(items[one.path] for one in PLACES if one.group == group and one.path in items))
            for group, heading in headings.items()
        ]
        bar = tuple(item for path, item in items.items() if path in BAR)
        home = NavItem(at.link(), _("Home"))
        return Ways((home, *bar), (*(group for group in groups if group.items), _account()), ("/records", home.href))
