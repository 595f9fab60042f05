"""`R/care-plan` and `R/care-plan/{care_plan}`: what was agreed to do, why, how far it came, and who does it together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from access.grant import RecordGrant
from access.visible import visible
from access.vocabulary import Category
from pages import care_team, goals
from pages.address import Address
from pages.listing import Entry, Listing, Source, with_over
from pages.pointed import pointed, unsayable
from pages.sheet import Cell, Facts, Link, Part, Remark, Sheet, lines_part, said_facts, table_part
from pages.stored import Row, columns, listed, span_in
from pages.written import blocks
from tables.care_plan import CarePlan, CareTeam, Goal
from tables.conditions import Condition
from tables.medicines import MedicationRequest
from words.dates import clinical_text
from words.gettext import N_, _, ngettext
from words.names import list_of
from words.numbers import count
from words.states import Tag, tag

STATES = {
    "on-hold": ("wait", N_("On hold")), "completed": ("", N_("Finished")), "revoked": ("", N_("Stopped")),
    "unknown": ("", N_("Not known if still in use")),
}  # fmt: skip
"""FHIR CarePlan status where it is worth a word; `active` is not."""
OVER = frozenset({"completed", "revoked"})

DOING = {
    "not-started": N_("Not started"), "scheduled": N_("Scheduled"), "in-progress": N_("Under way"),
    "on-hold": N_("On hold"), "completed": N_("Done"), "cancelled": N_("Cancelled"), "stopped": N_("Stopped"),
}  # fmt: skip
"""FHIR status of an activity of a plan."""
MOST = 200
"""The most goals, teams and things to do on the page of one plan; the other goals stand in the list."""


async def _alone(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """The goals that stand on no plan's page."""
    plans = await visible(grant, CarePlan).rows(("source", "goals")) if rows else []
    named = {(plan["source"], one["ref"]) for plan in plans for one in listed(plan["goals"])[:MOST]}
    return [row for row in rows if (row["source"], f"Goal/{row['fhir_id']}") not in named]


async def _for_what(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """With the conditions that each is for, as far as they may be said."""
    hidden = await unsayable(grant, Condition) if any(row["addresses"] for row in rows) else frozenset()
    return [row | {"why": _named(listed(row["addresses"]), hidden)} for row in rows]


def _named(words: list[str], hidden: frozenset[str]) -> tuple[str, ...]:
    return tuple(word for word in dict.fromkeys(words) if word not in hidden)[:MOST]


def _group(row: Row) -> str:
    return "before" if row["status"] in OVER or row["over"] else "now"


def _plan(row: Row) -> Entry:
    why, who = list_of(row["why"]), row["author"]
    lines = (_("For: %(reason)s.", reason=why) if why else "", _("Written by %(who)s.", who=who) if who else "")
    return Entry(
        title=_title(row), at=("care-plan", row["ref"]), tag=tag(STATES, row["status"]), lines=tuple(filter(None, lines)),
        soft=span_in(row),
    )  # fmt: skip


def _title(row: Row) -> str:
    return row["label"] or _("Care plan")


CARE_PLAN = Listing(
    path="care-plan", category=Category.CARE_PLAN, title=N_("Care plan"),
    counts=(N_("%(count)s entry."), N_("%(count)s entries.")),
    none=N_("No care plan is written down here."),
    groups=(("now", N_("Now")), ("before", N_("Before")), ("goals", N_("Other goals"))),
    sources=(
        Source(CarePlan, ("label", "status", "addresses", "author", "effective"), _plan, group=_group,
               sorts=("status", "effective"), sift=with_over, more=_for_what),
        Source(Goal, goals.READS, goals.entry, group=lambda row: "goals", sorts=("source", "fhir_id"), by="start",
               sift=_alone),
    ),
)  # fmt: skip

READS = ("id", "ref", "source", "label", "status", "description", "effective", "activities", "goals", "teams",
         "addresses", "author", "note")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePlanPage(Sheet):
    """`row` says `why`, and what of it is `withheld` or `cut`; of `aims` and `teams` the words alone where nothing else was sent."""

    row: Row
    aims: tuple[Row | str, ...]
    teams: tuple[Row | str, ...]

    @property
    def title(self) -> str:
        return _title(self.row)

    @property
    def kind(self) -> str:
        return _("Care plan") if self.row["label"] else ""

    @property
    def up(self) -> Link:
        return Link(("care-plan",), _("All care plans"))

    @property
    def tag(self) -> Tag | None:
        return tag(STATES, self.row["status"])

    @property
    def facts(self) -> Facts:
        row = self.row
        return said_facts((_("For"), list_of(row["why"])), (_("When"), span_in(row)), (_("Written by"), row["author"]))

    @property
    def parts(self) -> tuple[Part, ...]:
        row = self.row
        return *_about(row), *_activities(row), *_goals(self.aims), *_teams(self.teams), *_notes(row)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        return *_withheld(self.row), *_left_out(self.row), *_cut(self.row)

    @property
    def nothing(self) -> str:
        return _("Nothing else is written here about this plan.")

    @property
    def links(self) -> tuple[Link, ...]:
        return (Link(("care-team",), _("Care team")),) if self.teams else ()


async def care_plan_page(grant: RecordGrant, ref: str) -> CarePlanPage | None:
    """None where there is no such plan for this grant."""
    found = await visible(grant, CarePlan).rows(columns(CarePlan, READS), "ref = ?", ref)
    if not found:
        return None
    [row] = await _without_orders(grant, await _for_what(grant, _readable(grant, found)))
    grant.showed("CarePlan", [row["id"]])
    aims = await pointed(grant, Goal, row["source"], listed(row["goals"])[:MOST], goals.READS)
    teams = await pointed(grant, CareTeam, row["source"], listed(row["teams"])[:MOST], care_team.READS)
    return CarePlanPage(
        at=Address.of(grant), here=("care-plan", row["ref"]), row=row, aims=tuple(aims), teams=tuple(teams)
    )


async def _without_orders(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """What to do, without the names of medicines which this grant may not see: an activity may be an order for one."""
    sent = [listed(row["activities"]) for row in rows]
    hidden = await unsayable(grant, MedicationRequest) if any(sent) else frozenset()
    kept = ([one for one in doing[:MOST] if one.get("text") not in hidden] for doing in sent)
    cut = (len(doing) > MOST for doing in sent)
    return [row | {"activities": doing, "cut": long} for row, doing, long in zip(rows, kept, cut, strict=True)]


def _readable(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """Without its running texts where these may name what was not shared."""
    if grant.reads_texts:
        return [row | {"withheld": False} for row in rows]
    return [row | {"withheld": _is_told(row) or bool(row["note"]), "description": "", "note": ""} for row in rows]


def _is_told(row: Row) -> bool:
    """Whether its description is more than its title."""
    return bool(row["description"]) and row["description"] != row["label"]


def _about(row: Row) -> Iterator[Part]:
    """Narratives that a program wrote say one line of a list twice."""
    if _is_told(row):
        said = (replace(one, lines=tuple(dict.fromkeys(one.lines))) for one in blocks(row["description"]))
        yield Part(_("About this plan"), blocks=tuple(said))


def _activities(row: Row) -> tuple[Part, ...]:
    sent = (_activity(one) for one in listed(row["activities"]) if one.get("status") != "entered-in-error")
    rows = [cells for cells in dict.fromkeys(sent) if cells[0].words]
    caption = ngettext("%(count)s thing to do", "%(count)s things to do", len(rows))
    return table_part(_("What to do"), caption, (_("What"), _("When"), _("Where"), _("How it stands")), rows)


def _activity(one: dict) -> tuple[Cell, ...]:
    """One without a name goes by its note; its first cell is empty where it has neither."""
    when, where, doing = clinical_text(one.get("when") or ""), one.get("place") or "", DOING.get(one.get("status") or "")
    name, *more = [words for words in (one.get("text"), one.get("note")) if words] or [""]
    return Cell(name, " ".join(more)), Cell(when), Cell(where), Cell(_(doing) if doing else "")


def _goals(aims: Sequence[Row | str]) -> tuple[Part, ...]:
    rows = tuple(dict.fromkeys(goals.words_alone(one) if isinstance(one, str) else goals.cells(one) for one in aims))
    caption = ngettext("%(count)s goal", "%(count)s goals", len(rows))
    return table_part(_("Goals"), caption, (_("Goal"), _("Target"), _("By when"), _("How it stands")), rows)


def _teams(teams: Sequence[Row | str]) -> Iterator[Part]:
    """Each team under its own name, and those of which only the name is known together."""
    for team in teams:
        if not isinstance(team, str):
            yield from _team(team)
    yield from lines_part(_("Care team"), tuple(team for team in teams if isinstance(team, str)))


def _team(team: Row) -> tuple[Part, ...]:
    heading = _("Care team: %(name)s", name=team["label"]) if team["label"] else _("Care team")
    rows = [(Cell(name), Cell(role)) for name, role in care_team.members_of(team)]
    people = ngettext("%(count)s person or place", "%(count)s people and places", len(rows))
    facts = said_facts((_("Part of"), care_team.organization_of(team)), (_("Phone"), team["phone"]))
    return table_part(heading, people, (_("Who"), _("Role")), rows, facts) or lines_part(heading, (_title(team),))


def _notes(row: Row) -> Iterator[Part]:
    if row["note"]:
        yield Part(_("Notes"), blocks=blocks(row["note"]))


def _withheld(row: Row) -> Iterator[Remark]:
    if row["withheld"]:
        why = _("The clinic wrote about this plan in its own words. They can name things that were not shared with you.")
        yield Remark(_("A text is left out."), why)


def _cut(row: Row) -> Iterator[Remark]:
    """Of what to do, where it is more than a page bears."""
    if row["cut"]:
        yield Remark(_("This plan is very long."), _("The first part of what to do stands here. Ask us for the rest."))


def _left_out(row: Row) -> tuple[Remark, ...]:
    many = len(listed(row["goals"]))
    if many <= MOST:
        return ()
    said = _("The first %(first)s stand here. The others stand in the list of care plans.", first=count(MOST))
    return (Remark(_("This plan has %(count)s goals.", count=count(many)), said),)
