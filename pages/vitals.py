"""`R/vitals`: what was measured on the body. The newest of each kind first, then everything by day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from access.grant import RecordGrant
from access.visible import visible
from access.vocabulary import Category
from pages.findings import RANKS, Finding, nested
from pages.listing import Entry, Listing, Source, Summary
from pages.series import parts_of
from pages.sheet import Cell, Part, table_of
from pages.stored import Row, when_in
from rules.measures import DIASTOLIC, SYSTOLIC
from rules.results import Shown
from rules.tests import plain_name
from tables.results import Observation
from words.dates import clinical, clock
from words.gettext import N_, _, ngettext
from words.names import list_of
from words.results import state, state_tag, usual_range
from words.sentences import sentence
from words.tests import name_of

MOST_KINDS = 20
"""Of how many kinds of measurement the newest is shown above the list."""
MEASURED = f"category = '{Category.VITALS.value}'"
OUTER = (
    f"{MEASURED} AND (parent IS NULL OR parent = id OR NOT EXISTS (SELECT 1 FROM observation panel"
    f" WHERE panel.id = observation.parent AND panel.{MEASURED} AND panel.withdrawn_at IS NULL"
    " AND panel.released_at IS NOT NULL))"
)
"""Without members and components, which their panel says where it stands in this list itself."""
NEWEST = (
    "SELECT id, panel_of FROM (SELECT observation.id AS id,"
    f" CASE WHEN loinc IN ('{SYSTOLIC}', '{DIASTOLIC}') THEN parent END AS panel_of,"
    " ROW_NUMBER() OVER (PARTITION BY loinc, label ORDER BY effective_starts DESC NULLS LAST, id DESC) AS nth"
    f" FROM observation WHERE {{seen}} AND {MEASURED} AND value IS NOT NULL AND absent_reason = '') AS each WHERE nth = 1"
)
"""The newest row of each code and name that has a value."""


def _day(row: Row) -> str:
    return when_in(row) or _("Date not known")


async def _whole(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """Each with the rows it is made of; what holds itself is nothing that could be said."""
    families = await _families(grant, [row["id"] for row in rows])
    return [row | {"family": families[row["id"]]} for row in rows if row["id"] in families]


async def _families(grant: RecordGrant, ids: list[Any]) -> dict[Any, list[Row]]:
    """By the outermost row: it, its members and its components."""
    rows = await parts_of(grant, ids)
    grant.showed("Observation", [row["id"] for row in rows])
    parents = {row["id"]: row["parent"] for row in rows}
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(_outermost(row["id"], parents), []).append(row)
    return {outer: family for outer, family in found.items() if parents.get(outer) not in parents}


def _outermost(id: Any, parents: dict[Any, Any]) -> Any:
    for _level in parents:
        if parents[id] not in parents or parents[id] == id:
            break
        id = parents[id]
    return id


def _entry(row: Row) -> Entry:
    [one] = nested(row["family"])
    tagged = one.state in (Shown.NOT_FINAL, Shown.NOT_DONE) or one.corrected
    shown = Shown.CORRECTED if one.corrected else one.state
    parts = tuple(f"{part.name}: {sentence(_said(part))}" for part in one.parts if one.is_group and _said(part))
    told = one.has_value or one.state is not Shown.NOT_DONE or one.pair
    return Entry(
        title=one.name, at=one.history, tag=(state_tag(shown), state(shown)) if tagged else None,
        said=sentence(one.said) if told else "", lines=(*parts, *_remarks(one)), soft=_how(one),
    )  # fmt: skip


def _said(part: Finding) -> str:
    """A member in words; of a panel in a panel, its own members."""
    inner = list_of([f"{one.name} {one.said}" for one in part.parts if one.said]) if part.is_group else ""
    return ". ".join(filter(None, (part.said, inner, part.meant)))


def _remarks(one: Finding) -> tuple[str, ...]:
    usual = usual_range(one.ranges, one.value)
    ranged = _("Usual range: %(bounds)s.", bounds=usual) if usual else ""
    return tuple(filter(None, (sentence(one.meant), ranged, *one.remarks)))


def _how(one: Finding) -> str:
    """“BP sitting”. At 9:05 am. By Maria Delgado. What stands in quotes is the clinic's own name for it."""
    timed = one.taken and one.taken.precision == "instant"
    return " ".join(filter(None, (
        _("“%(name)s”.", name=one.laboratory_name) if _adds(one) else "",
        _("At %(clock)s.", clock=clock(one.taken.starts)) if timed else "",
        _("By %(who)s.", who=one.performer) if one.performer else "",
    )))  # fmt: skip


def _adds(one: Finding) -> bool:
    """Whether the clinic's name says more than ours, which stands before it. “Body weight” does not, and is in the table
    and the history; said on every day again, it is only in the way of who listens."""
    ours, clinics = (set(re.findall(r"\w+", name.casefold())) for name in (one.name, one.laboratory_name))
    return bool(clinics - ours - {"body"})


async def _read_newest(grant: RecordGrant) -> list[Row]:
    seen = visible(grant, Observation).predicate
    rows = await grant.house.database.rows(NEWEST.format(seen=seen.sql), *seen.values)
    families = await _families(grant, list(dict.fromkeys(row["panel_of"] or row["id"] for row in rows)))
    return [row for family in families.values() for row in family]


def _say_newest(rows: Sequence[Row]) -> tuple[Part, ...]:
    """Of each kind the last one that has a value; the two halves of a blood pressure are one, under their panel."""
    kinds: dict[str, Finding] = {}
    for one in sorted(_singly(nested(rows)), key=_taken, reverse=True):
        kinds.setdefault(_kind(one), one)
    said = sorted(list(kinds.values())[:MOST_KINDS], key=_rank)
    if not said:
        return ()
    caption = ngettext("%(count)s kind of measurement", "%(count)s kinds of measurement", len(said))
    table = table_of(caption, (_("What"), _("Newest"), _("When")), [_cells(one) for one in said])
    return (Part(_("The newest of each"), table=table),)


def _singly(found: Iterable[Finding]) -> Iterator[Finding]:
    """A pair is one; of any other panel, each member that has a value."""
    for one in found:
        yield from [one] if one.pair else [leaf for leaf in one.leaves if leaf.has_value]


def _taken(one: Finding) -> float:
    return one.taken.starts.timestamp() if one.taken else float("-inf")


def _kind(one: Finding) -> str:
    """Codes that mean the same to a patient are one kind."""
    known = plain_name((one.loinc,))
    return known.key if known else one.loinc or " ".join(one.label.casefold().split())


def _rank(one: Finding) -> tuple[int, str]:
    return RANKS.get(one.loinc, len(RANKS)), one.label


def _cells(one: Finding) -> tuple[Cell, ...]:
    return (
        Cell(one.name, one.laboratory_name, at=one.history), Cell(one.said, " ".join(one.remarks), one.meant, one.sign),
        Cell(clinical(one.taken)),
    )  # fmt: skip


VITALS = Listing(
    path="vitals", category=Category.VITALS, title=N_("Measurements"),
    counts=(N_("%(count)s measurement."), N_("%(count)s measurements.")),
    none=N_("No measurements are written down here."), by_day=True,
    summary=Summary(_read_newest, _say_newest),
    sources=(
        Source(Observation, ("effective",), _entry, sorts=("loinc",), group=_day, only=OUTER, more=_whole,
               name=lambda row: f"{name_of((row['loinc'],), row['label'])} {row['label']}"),
    ),
)  # fmt: skip
