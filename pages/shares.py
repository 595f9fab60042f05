"""The shares of a record as its owner thinks of them: one line for each person, through all that was changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from access.grant import RecordGrant
from access.visible import one_of, visible
from access.vocabulary import Action, Category
from pages.address import Address, RecordPage
from pages.given import Given
from rules.access import RecordFacts, ShareFacts, scopes_of
from rules.sharing import Scopes, last_moment
from tables.records import Share, ShareScope
from words.dates import day, zone
from words.gettext import N_, _

READS = (
    "id", "ref", "account", "basis", "starts_at", "ends_at", "review_at", "revoked_at", "revoked_by", "created_by", "replaces",
)  # fmt: skip
BASES = {
    "helper": "", "guardian": N_("Parent or guardian"), "representative": N_("Acts for the patient"),
}  # fmt: skip
ENDED = {
    "you": N_("You ended it on %(day)s."), "they": N_("They ended it on %(day)s."), "day": N_("It ended on %(day)s."),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersPage(RecordPage):
    """What every page about sharing has. Nothing is changed in a preview, nor by whoever may only look."""

    given: str
    own: bool
    may_change: bool


def of_record(grant: RecordGrant) -> dict:
    """The fields of an `OwnersPage`."""
    may_change = grant.may(Category.CONTROL, Action.ACT) and not grant.preview
    return {"at": Address.of(grant), "given": grant.given, "own": grant.own, "may_change": may_change}


@dataclass(frozen=True, slots=True)
class Spell:
    """What one share gave, and from when to when."""

    given: Given
    starts: datetime
    over: datetime | None
    """None while it stands."""
    ended_by: str = ""
    """`you`, `they`, or `day`: it ran out, or nobody wrote down who ended it."""

    @property
    def span(self) -> str:
        if self.over is None:
            return _("Since %(day)s", day=day(self.starts))
        return _("%(first)s to %(last)s", first=day(self.starts), last=day(last_moment(self.over)))

    @property
    def end_words(self) -> str:
        return _(ENDED[self.ended_by], day=day(last_moment(self.over))) if self.over else ""


@dataclass(frozen=True, slots=True)
class Helper:
    """One person: `refs` and `spells` of their shares, newest first. `me`: it is the reader."""

    refs: tuple[str, ...]
    name: str
    basis: str
    me: bool
    spells: tuple[Spell, ...]
    review: datetime | None

    @property
    def ref(self) -> str:
        return self.refs[0]

    @property
    def now(self) -> Spell:
        return self.spells[0]

    @property
    def stands(self) -> bool:
        return self.now.over is None

    @property
    def may_be_ended(self) -> bool:
        """A parent or a legal representative is there by the clinic's decision, not the patient's."""
        return self.stands and self.basis == "helper"

    @property
    def basis_words(self) -> str:
        return _(BASES[self.basis]) if BASES.get(self.basis) else ""

    @property
    def since(self) -> str:
        return day(self.spells[-1].starts)

    @property
    def until(self) -> str:
        """In a sentence of its own."""
        if self.now.given.ends:
            return _("Until %(day)s.", day=self.now.given.last_day)
        if self.basis != "helper":
            return ""
        if self.review:
            return _("The help lasts until you end it. We ask you about it on %(day)s.", day=day(self.review))
        return _("The help lasts until you end it.")


async def helpers_of(grant: RecordGrant) -> tuple[Helper, ...]:
    """Everybody who helps, or did; who stands first, then the newest. A share opens the one chart that it was given for,
    so those of a chart that was merged into this one are not among them."""
    rows = await visible(grant, Share).rows(READS, "basis <> 'self' AND record = ?", grant.record, then="ORDER BY starts_at DESC, id DESC")
    scopes = await scopes_by_share(grant, [row["id"] for row in rows])
    names = await names_of(grant, (row["account"] for row in rows))
    grant.showed("Share", [row["id"] for row in rows])
    by_id, replaced = {row["id"]: row for row in rows}, {row["replaces"] for row in rows}
    newest = [row for row in rows if row["id"] not in replaced]
    found = [_helper(grant, _chain(row, by_id), scopes, names) for row in newest]
    return tuple(sorted(found, key=lambda one: not one.stands))


def _chain(row: dict, by_id: dict[UUID, dict]) -> list[dict]:
    """This share and those it took the place of, newest first."""
    chain = [row]
    while chain[-1]["replaces"] in by_id:
        chain.append(by_id[chain[-1]["replaces"]])
    return chain


def _helper(grant: RecordGrant, chain: Sequence[dict], scopes: dict[UUID, Scopes], names: dict[UUID, str]) -> Helper:
    newest = chain[0]
    me = grant.viewer is not None and newest["account"] == grant.viewer.account
    spells = tuple(_spell(grant, row, scopes.get(row["id"], frozenset())) for row in chain)
    refs = tuple(row["ref"] for row in chain)
    return Helper(refs, names.get(newest["account"], ""), newest["basis"], me, spells, newest["review_at"])


def _spell(grant: RecordGrant, row: dict, scopes: Scopes) -> Spell:
    facts = ShareFacts(row["basis"], row["starts_at"], row["ends_at"], row["revoked_at"], scopes)
    given = scopes_of(facts, _record(grant))
    over = row["revoked_at"] or (None if facts.stands(grant.now) and given else row["ends_at"] or row["review_at"])
    by = {row["account"]: "they", grant.viewer.account: "you"}.get(row["revoked_by"], "day")
    return Spell(Given.of(given, row["basis"], row["ends_at"]), row["starts_at"], over, by)


def _record(grant: RecordGrant) -> RecordFacts:
    return RecordFacts("active", False, grant.birth_text, grant.now.astimezone(ZoneInfo(zone())).date())


async def scopes_by_share(grant: RecordGrant, shares: Sequence[UUID]) -> dict[UUID, Scopes]:
    rows = await visible(grant, ShareScope).rows(("share", "category", "action"), one_of("share", shares), *shares)
    found: dict[UUID, set[tuple[str, str]]] = {}
    for row in rows:
        found.setdefault(row["share"], set()).add((row["category"], row["action"]))
    return {share: frozenset(scopes) for share, scopes in found.items()}


async def names_of(grant: RecordGrant, accounts: Iterable[UUID]) -> dict[UUID, str]:
    asked = list(dict.fromkeys(accounts))
    rows = await grant.house.database.rows(f"SELECT id, name FROM account WHERE {one_of('id', asked)}", *asked)
    return {row["id"]: row["name"] for row in rows}
