"""`R/activity`: who has looked at this record, read from codes and said in the reader's words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

from access.grant import RecordGrant
from access.visible import Predicate
from access.vocabulary import CATEGORIES, PLACES, Duty, Purpose
from pages.activity_query import SYSTEM, Someone, asked_for, counted, entries, people
from pages.address import Address, RecordPage
from words.dates import clock, day
from words.gettext import N_, _, ngettext
from words.names import list_of

EACH = 5
"""So many entries are read for each row of a page. Where more of them make one row, the page has fewer rows."""

PAGE, DOCUMENT = 25, 200
RUN_MICROS = 60 * 60 * 1_000_000
"""Looks of one person that follow each other within an hour are one row."""
RUN_OF = itemgetter("actor", "decision", "purpose")

SINCE = {"30": (30, N_("30 days")), "365": (365, N_("One year")), "all": (0, N_("Since the start"))}
LEDES = {
    "30": (N_("In the last 30 days: %(count)s look."), N_("In the last 30 days: %(count)s looks.")),
    "365": (N_("In the last year: %(count)s look."), N_("In the last year: %(count)s looks.")),
    "all": (N_("Since the start: %(count)s look."), N_("Since the start: %(count)s looks.")),
}
RELATIONS = {
    "you": N_("You"), "patient": N_("The patient"), "helper": N_("Helper"), "guardian": N_("Parent or guardian"),
    "representative": N_("Acts for the patient"), "former": N_("Had a part that ended"),
    Duty.FRONT_DESK: N_("Front desk"), Duty.CLINICIAN: N_("Care team"),
    Duty.BILLING: N_("Billing"), Duty.SUPPORT: N_("Portal support"), Duty.PRIVACY: N_("Privacy officer"),
    Duty.ADMINISTRATOR: N_("Clinic settings"), "staff": N_("Clinic staff"), "system": "", "stranger": "",
}  # fmt: skip
PURPOSES = {
    Purpose.SELF: N_("Own use"), Purpose.HELPING: N_("To help"), Purpose.CARE: N_("Care"),
    Purpose.DESK: N_("Front desk work"), Purpose.PREVIEW: N_("To see what a helper sees"),
    Purpose.FEED: N_("To keep the record up to date"), Purpose.EMERGENCY: N_("Emergency"),
}  # fmt: skip
ACTIONS = {
    "home.see": N_("opened the home page"), "control.act": N_("changed who may see the record"),
    "system.import": N_("filed new data from the clinic"), "code.issue": N_("printed a code to register with"),
    "code.check": N_("checked a code to register with"), "account.register": N_("made a login"),
    "code.post": N_("sent a letter with a code to register with"), "code.withdraw": N_("took codes to register with back"),
    "code.keep": N_("had codes handed over at the desk alone"), "code.free": N_("allowed codes by post and email again"),
    "code.print": N_("printed a code to register with"), "code.reprint": N_("printed another code to register with"),
    "code.send": N_("sent a code to register with"),
    "code.see": N_("opened the page for codes to register with"),
    "message.ask": N_("wrote a message"), "refill.ask": N_("asked for a refill"), "visit.ask": N_("asked for a visit"),
    "request.say": N_("wrote more on a request"), "request.cancel": N_("took a request back"),
    "draft.keep": N_("kept a draft"),
    "request.take": N_("took a request to answer it"), "request.take_over": N_("took over a request to answer it"),
    "request.give_back": N_("gave a request back"), "request.answer": N_("answered a request"),
    "system.bills": N_("filed bills from the clinic"), "payment.begin": N_("began to pay a bill"),
    "payment.stop": N_("stopped a payment"), "payment.received": N_("paid a bill"), "payment.post": N_("posted a payment"),
    "payment.return": N_("paid money back"), "payment.returned": N_("paid money back"),
    "payment.settle": N_("posted a payment"), "payment.close": N_("closed a payment"), "refund.see_to": N_("saw to a refund"),
    "booking.book": N_("booked an appointment"), "booking.move": N_("moved an appointment"),
    "booking.cancel": N_("called an appointment off"),
    "share.invite": N_("invited somebody to help"), "share.renew": N_("sent an invitation anew"),
    "share.withdraw": N_("took an invitation back"), "invitation.code": N_("typed the code of an invitation"),
    "share.accept": N_("said yes to an invitation"), "share.decline": N_("said no to an invitation"),
    "share.change": N_("changed what somebody sees or does"), "share.end": N_("ended somebody’s help"),
    "share.leave": N_("stopped helping"), "leaving.see": N_("opened the page to stop helping"),
    "system.review": N_("asked if it is still right who helps"),
    "sharing.act": N_("opened a form about who helps"),
    "login.see": N_("opened the page about how the owner signs in"), "login.recover": N_("began a way back into the account"),
    "login.stop_recovery": N_("stopped a way back into the account"), "login.end_sessions": N_("signed out all browsers"),
    "login.freeze": N_("froze the account"), "login.unfreeze": N_("opened the account again"),
    "password.open": N_("let the owner sign in from anywhere again"),
}  # fmt: skip
NAMES = {place.path: place.name for place in PLACES} | {one.value: words for one, words in CATEGORIES.items()}
"""What an entry calls a page (its path) or a part of the record, in words."""
KEY = re.compile(r"(\d{1,19})\.(\d{1,4})")


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """`who` '' is everybody. `before` is the moment of the last entry shown, `skip` how many of that moment were."""

    who: str = ""
    since: str = "30"
    before: int | None = None
    skip: int = 0


def read_activity_filter(query: Mapping[str, str]) -> ActivityFilter:
    key = KEY.fullmatch(query.get("before", ""))
    since, who = query.get("since", ""), query.get("who", "")
    return ActivityFilter(
        who=who if re.fullmatch(r"[A-Za-z0-9_-]{1,22}", who) else "", since=since if since in SINCE else "30",
        before=int(key[1]) if key and int(key[1]) < 2**63 else None, skip=int(key[2]) if key else 0,
    )


@dataclass(frozen=True, slots=True)
class Look:
    """A run of looks: from its first to its last moment, what was done how often, in the order it began."""

    who: Someone
    first: datetime
    last: datetime
    actions: tuple[tuple[str, int], ...]
    purpose: str
    refused: bool

    @property
    def when(self) -> str:
        """May 11, 2026, 4:10 pm to 4:32 pm."""
        began, ended = clock(self.first), clock(self.last)
        times = began if began == ended else _("%(first)s to %(last)s", first=began, last=ended)
        return _("%(day)s, %(times)s", day=day(self.last), times=times)

    @property
    def name(self) -> str:
        return name_of(self.who)

    @property
    def relation(self) -> str:
        """What they are, where the name does not say it already."""
        found = RELATIONS.get(self.who.relation, "")
        return _(found) if found and self.who.relation != "you" else ""

    @property
    def what(self) -> str:
        """Opened: test results (3 times), visits."""
        said = list_of([_times(action, times) for action, times in self.actions])
        said = said[:1].upper() + said[1:]
        return _("%(what)s. Refused", what=said) if self.refused else said

    @property
    def why(self) -> str:
        return _(PURPOSES[self.purpose]) if self.purpose in PURPOSES else ""


def name_of(who: Someone) -> str:
    if who.relation == "you":
        return _("You")
    named = {"system": _("The clinic’s computer"), "stranger": _("Somebody without access to this record")}
    return named.get(who.relation, who.name)


def _times(action: str, times: int) -> str:
    words = action_words(action)
    return words if times == 1 else ngettext("%(what)s (once)", "%(what)s (%(count)s times)", times, what=words)


def action_words(action: str) -> str:
    if action in ACTIONS:
        return _(ACTIONS[action])
    what, _dot, verb = action.partition(".")
    if what not in NAMES:
        return _("used the record in another way")
    page = _(NAMES[what])
    return _("changed “%(page)s”", page=page) if verb == "act" else _("opened “%(page)s”", page=page)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPage(RecordPage):
    own: bool
    given: str
    asked: ActivityFilter
    people: tuple[Someone, ...]
    looks: tuple[Look, ...]
    total: int
    refused: int
    by: tuple[tuple[str, int], ...]
    """How many looks by each kind: you, others, clinic, system."""
    older: str

    @property
    def lede(self) -> str:
        one, many = LEDES[self.asked.since]
        said = [ngettext(one, many, self.total)]
        if self.refused:
            said.append(ngettext("%(count)s try was refused.", "%(count)s tries were refused.", self.refused))
        return " ".join(said)

    @property
    def told(self) -> str:
        """You: 12. People at the clinic: 2. …"""
        words = {
            "you": N_("You"), "others": N_("People who help"), "clinic": N_("People at the clinic"),
            "system": N_("The clinic’s computer"), "stranger": N_("People without access"),
        }  # fmt: skip
        return " ".join(_("%(who)s: %(count)s.", who=_(words[kind]), count=many) for kind, many in self.by)

    def choices(self) -> list[tuple[str, str]]:
        return [("", _("Everybody")), *((one.ref, name_of(one)) for one in self.people)]

    def periods(self) -> list[tuple[str, str]]:
        return [(code, _(words)) for code, (_days, words) in SINCE.items()]

    def here(self, path: str = "activity", **query: str) -> str:
        return self.link(path, who=self.asked.who, since=self.asked.since if self.asked.since != "30" else "", **query)


async def activity_page(grant: RecordGrant, asked: ActivityFilter, size: int = PAGE) -> ActivityPage:
    days = SINCE[asked.since][0]
    since = grant.now - timedelta(days=days) if days else None
    counts = await counted(grant, since)
    known = await people(grant, (row["actor"] for row in counts))
    actors = [account for account, one in known.items() if one.ref == asked.who] if asked.who else None
    most = EACH * size + 1
    found = await entries(grant, asked_for(since, actors), asked.before, asked.skip, most)
    whole = found[:-1] if len(found) == most else found  # the last one only tells that there is more
    looks, used = grouped(whole, known, size)
    grant.showed("AuditEvent", [row["id"] for row in found[:used]])
    chosen = [row for row in counts if actors is None or row["actor"] in actors]
    return ActivityPage(
        at=Address.of(grant), own=grant.own, given=grant.given, asked=asked,
        people=_listed(known, counts), looks=looks, total=sum(row["times"] for row in chosen),
        refused=sum(row["times"] for row in chosen if row["decision"] == "refused"), by=_kinds(chosen, known),
        older=_key(found, used, asked) if used < len(found) else "",
    )  # fmt: skip


async def activity_document(grant: RecordGrant, asked: ActivityFilter) -> ActivityPage:
    """From its newest entry, up to DOCUMENT rows."""
    return await activity_page(grant, ActivityFilter(asked.who, asked.since), DOCUMENT)


def grouped(
    found: Sequence[dict[str, Any]], known: Mapping[UUID | None, Someone], size: int
) -> tuple[tuple[Look, ...], int]:
    """Runs of one person, at most `size` of them, and how many entries they took."""
    looks: list[Look] = []
    at = 0
    while at < len(found) and len(looks) < size:
        whose, since = RUN_OF(found[at]), found[at]["at"] - RUN_MICROS
        end = at + 1
        while end < len(found) and RUN_OF(found[end]) == whose and found[end]["at"] >= since:
            end += 1
        looks.append(_look(found[at:end], known))
        at = end
    return tuple(looks), at


def _look(run: Sequence[dict[str, Any]], known: Mapping[UUID | None, Someone]) -> Look:
    actions = Counter(row["action"] for row in reversed(run))
    newest = run[0]
    return Look(
        who=known.get(newest["actor"], SYSTEM), first=_moment(run[-1]["at"]), last=_moment(newest["at"]),
        actions=tuple(actions.items()), purpose=newest["purpose"], refused=newest["decision"] == "refused",
    )


def _moment(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


def _key(found: Sequence[dict[str, Any]], used: int, asked: ActivityFilter) -> str:
    """`moment.n`: the last moment shown, and how many entries of that very moment were shown."""
    last = found[used - 1]["at"]
    already = asked.skip if last == asked.before else 0
    return f"{last}.{already + sum(1 for row in found[:used] if row['at'] == last)}"


def _listed(known: Mapping[UUID | None, Someone], counts: Sequence[dict[str, Any]]) -> tuple[Someone, ...]:
    """Everybody who looked, once, by name; the clinic's computer and strangers last."""
    there = {known[row["actor"]] for row in counts if row["actor"] in known}
    return tuple(sorted(there, key=lambda one: (one.name == "", one.relation != "you", one.name)))


def _kinds(counts: Sequence[dict[str, Any]], known: Mapping[UUID | None, Someone]) -> tuple[tuple[str, int], ...]:
    found: Counter[str] = Counter()
    for row in counts:
        who = known.get(row["actor"], SYSTEM)
        kind = "clinic" if who.is_staff else who.relation if who.relation in ("you", "system", "stranger") else "others"
        found[kind] += row["times"]
    return tuple((kind, found[kind]) for kind in ("you", "others", "clinic", "system", "stranger") if found[kind])
