"""Booking in the record, by the patient and who helps: the steps in their words, or why there are none just now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from access.booking import had_by, too_much
from access.grant import RecordGrant
from access.visible import visible
from pages.address import Address, RecordPage
from pages.booking import Choosing, Chosen, steps
from rules.bookings import MANY, OFTEN, token_of, who_token
from tables.bookings import Booking
from words.bookings import name_of, time_there
from words.gettext import N_, _

KEPT = ("id", "record", "label", "who", "site", "starts_at", "zone")
HEADINGS = {
    "what": N_("What is it for?"), "who": N_("Who do you want to see?"), "time": N_("Choose a time"),
    "check": N_("Check this before you book"), "none": N_("No times to book"), "full": N_("No more can be booked here now"),
}  # fmt: skip
HEADINGS_MOVED = {
    "who": N_("Move %(what)s: who do you want to see?"), "time": N_("Move %(what)s: choose a new time"),
    "check": N_("Move %(what)s: check this first"), "none": N_("Move %(what)s: no times to book"),
    "full": N_("Move %(what)s: not today"),
}  # fmt: skip
HEADINGS_FOR = {"who": N_("Who will %(given)s see?")}
HEADINGS_MOVED_FOR = {"who": N_("Move %(what)s: who will %(given)s see?")}
FULL = {
    MANY: (
        N_("As many appointments as can be booked here are still to come."),
        N_("To get another time, move one of them or call one off. If you need one more, call us."),
    ),
    OFTEN: (
        N_("Appointments were booked or moved here as often today as we allow."),
        N_("Try again tomorrow. If it cannot wait, call us. An appointment can still be called off here."),
    ),
}
"""Why there is nothing to choose from, and what to do instead."""


@dataclass(frozen=True, kw_only=True)
class BookPage(Choosing, RecordPage):
    """In the record, for the patient and who helps: to them `given` is whose it is, to the patient "". `label` is what the
    appointment that is moved is for; `limit` why no step of it can be gone now, else ""."""

    given: str = ""
    label: str = ""
    limit: str = ""

    @property
    def full(self) -> tuple[str, str]:
        why, instead = FULL[self.limit]
        return _(why), _(instead)

    @property
    def title(self) -> str:
        mine = HEADINGS_MOVED if self.moved else HEADINGS
        theirs = (HEADINGS_MOVED_FOR if self.moved else HEADINGS_FOR) if self.given else {}
        return _((mine | theirs)[self.step], what=self.label, given=self.given)

    @property
    def who_changed(self) -> str:
        return _("who %(given)s sees", given=self.given) if self.given else _("who you see")

    @property
    def stays(self) -> str:
        """What is said over every step of moving one."""
        if self.given:
            return _("You move this one: %(one)s. It stays %(given)s’s until the new time is sure.", one=self.moved, given=self.given)
        return _("You move this one: %(one)s. It stays yours until the new time is sure.", one=self.moved)

    @property
    def other_way(self) -> str:
        return self.link("visit-requests", "new")


async def book_page(grant: RecordGrant, chosen: Chosen, since: datetime | None = None) -> BookPage:
    blank = BookPage(
        at=Address.of(grant), path=("appointments", "new"), step="none", chosen=chosen, given=_given(grant), now=grant.now,
        had=await had_by(grant, grant.record, chosen.slot),
    )  # fmt: skip
    return await steps(grant, blank, since or grant.now)


async def move_page(grant: RecordGrant, ref: str, chosen: Chosen, since: datetime | None = None) -> BookPage | None:
    """The same for a new time of a booking, for what it was booked and with the same person unless another is chosen; None
    where there is none that stands."""
    rows = await visible(grant, Booking).rows(KEPT, "ref = ? AND state = 'booked'", ref)
    if not rows:
        return None
    row = rows[0]
    label = name_of(row["label"])
    who = chosen.who or who_token(row["who"], row["site"])
    blank = BookPage(
        at=Address.of(grant), path=("appointments", ref, "time"), step="none", given=_given(grant), label=label, own=row["id"],
        moved=f"{label}, {time_there(row['starts_at'], row['zone'])}",
        chosen=replace(chosen, what=token_of(row["label"]), who=who), now=grant.now,
        had=await had_by(grant, row["record"], chosen.slot),
    )  # fmt: skip
    return await steps(grant, blank, since or grant.now)


def _given(grant: RecordGrant) -> str:
    return "" if grant.own else grant.given


async def or_full(grant: RecordGrant, page: BookPage) -> BookPage:
    """Instead of any step: that no more can be booked or moved now, so that nobody chooses for nothing."""
    limit = await too_much(grant, grant.record, grant.now, new=not page.moved)
    return replace(page, step="full", limit=limit, offers=(), chosen=replace(page.chosen, slot="")) if limit else page
