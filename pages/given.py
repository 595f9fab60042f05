"""What somebody was given of a record, in words: on their own home page, and for the patient who gives it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access.grant import RecordGrant
from access.vocabulary import CATEGORIES, DOINGS, Action, Category
from rules.sharing import Scopes, last_moment
from words.dates import day
from words.gettext import _
from words.names import in_sentence, list_of

ENDS = "SELECT ends_at FROM share WHERE ref = ?"


@dataclass(frozen=True, slots=True)
class Given:
    """`ends` None: until it is taken back."""

    basis: str
    see: tuple[Category, ...]
    act: tuple[Category, ...]
    ends: datetime | None

    @classmethod
    def of(cls, scopes: Scopes, basis: str = "helper", ends: datetime | None = None) -> Given:
        def named(action: Action) -> tuple[Category, ...]:
            return tuple(one for one in CATEGORIES if (one.value, action.value) in scopes)

        return cls(basis, named(Action.SEE), named(Action.ACT), ends)

    def facts(self, given: str, preview: bool = False) -> list[tuple[str, str]]:
        """In a preview, and where it is given, it is the patient who reads them."""
        found = [
            (_("Can see") if preview else _("You can see"), self.seen),
            (_("Can do") if preview else _("You can do"), self.done),
            (_("Not shared"), self._not_shared(given, preview)),
            (_("Ends on"), self.last_day),
        ]
        return [(term, words) for term, words in found if words]

    @property
    def scopes(self) -> Scopes:
        see, act = ({(one.value, action) for one in given} for given, action in ((self.see, "see"), (self.act, "act")))
        return frozenset(see | act)

    @property
    def last_day(self) -> str:
        return day(last_moment(self.ends)) if self.ends else ""

    @property
    def seen(self) -> str:
        if self._whole:
            return _("All parts of the record")
        return list_of([_(words) for category, words in CATEGORIES.items() if category in self.see])

    @property
    def seen_in_sentence(self) -> str:
        """Within a sentence: test results and appointments."""
        if self._whole:
            return _("all parts of the record")
        return list_of([in_sentence(_(words)) for category, words in CATEGORIES.items() if category in self.see])

    @property
    def done(self) -> str:
        said = list_of([_(words) for category, words in DOINGS.items() if category in self.act])
        return said[:1].upper() + said[1:]

    @property
    def _whole(self) -> bool:
        return len(self.see) == len(CATEGORIES) - (Category.CONTROL not in self.see)

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


async def given_by(grant: RecordGrant) -> Given:
    """What this grant gives."""
    rows = await grant.house.database.rows(ENDS, grant.share_ref)
    return Given.of(grant.scopes, grant.basis, rows[0]["ends_at"] if rows else None)
