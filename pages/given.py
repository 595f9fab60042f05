"""What somebody who helps was given, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access.grant import RecordGrant
from access.vocabulary import CATEGORIES, Action, Category
from words.dates import day
from words.gettext import N_, _
from words.names import list_of

ACTS = {
    Category.APPOINTMENTS: N_("book and change appointments"), Category.MESSAGES: N_("write messages"),
    Category.MEDICINES: N_("ask for refills"), Category.BILLING: N_("pay bills"),
}  # fmt: skip
"""What acting means, for the categories in which there is something to do."""

ENDS = "SELECT ends_at FROM share WHERE ref = ?"


@dataclass(frozen=True, slots=True)
class Given:
    """What a helper was given. `ends` None: until it is taken back."""

    basis: str
    see: tuple[Category, ...]
    act: tuple[Category, ...]
    ends: datetime | None

    def facts(self, given: str, preview: bool = False) -> list[tuple[str, str]]:
        """In a preview it is the patient who reads them."""
        found = [
            (_("Can see") if preview else _("You can see"), self._see()),
            (_("Can do") if preview else _("You can do"), self._act()),
            (_("Not shared"), self._not_shared(given, preview)),
            (_("Ends on"), day(self.ends) if self.ends else ""),
        ]
        return [(term, words) for term, words in found if words]

    @property
    def _whole(self) -> bool:
        return len(self.see) == len(CATEGORIES) - (Category.CONTROL not in self.see)

    def _see(self) -> str:
        if self._whole:
            return _("All parts of the record")
        return list_of([_(words) for category, words in CATEGORIES.items() if category in self.see])

    def _not_shared(self, given: str, preview: bool) -> str:
        if not self._whole:
            rest = _("Everything else.")
        elif Category.CONTROL in self.see:
            rest = _("What is marked private.")
        else:
            rest = _("What is marked private, and who has looked.")
        if preview:
            return rest
        helps = self.basis == "helper"
        why = _("%(given)s chose this and can change it.", given=given) if helps else _("Call the clinic if you need more.")
        return f"{rest} {why}"

    def _act(self) -> str:
        said = list_of([_(words) for category, words in ACTS.items() if category in self.act])
        return said[:1].upper() + said[1:]


async def given(grant: RecordGrant) -> Given:
    rows = await grant.house.database.rows(ENDS, grant.share_ref)

    def named(action: Action) -> tuple[Category, ...]:
        return tuple(one for one in CATEGORIES if (one.value, action.value) in grant.scopes)

    return Given(grant.basis, named(Action.SEE), named(Action.ACT), rows[0]["ends_at"] if rows else None)
