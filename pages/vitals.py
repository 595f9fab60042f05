"""`R/vitals`: what was measured on the body. The newest of each kind first, then everything by day."""

from __future__ import annotations

from typing import Any

from access.grant import RecordGrant
from access.visible import visible
from access.vocabulary import Category
from pages.findings import RANKS, Finding, nested, sentence
from pages.listing import Entry, Listing, Source
from pages.series import newest, parts_of
from pages.sheet import Cell, Part, table_of
from pages.stored import Row, columns, when_in
from rules.measures import DIASTOLIC, SYSTOLIC
from rules.results import Shown
from rules.tests import plain_name
from tables.results import Observation
from words.dates import clinical, clock
from words.gettext import N_, _
from words.names import list_of
from words.results import state, state_tag, usual_range
from words.tests import name_of

MOST_KINDS = 20
"""Of how many kinds of measurement the newest is shown above the list."""
MEASURED = f"category = '{Category.VITALS.value}'"
LIGHT = ("id", "ref", "label", "loinc", "parent", "panel", "number", "unit", "value", "absent_reason", "status",
         "changed_at", "effective")  # fmt: skip


async def _outer(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """Without members and components, which their panel says."""
    known = {row["id"] for row in rows}
    return [row for row in rows if row["parent"] not in known or row["parent"] == row["id"]]


def _day(row: Row) -> str:
    return when_in(row) or _("Date not known")


async def _whole(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    found = await _findings(grant, [row["id"] for row in rows])
    return [row | {"finding": found[row["ref"]]} for row in rows if row["ref"] in found]


async def _findings(grant: RecordGrant, ids: list[Any]) -> dict[str, Finding]:
    rows = await parts_of(grant, ids)
    grant.showed("Observation", [row["id"] for row in rows])
    return {one.ref: one for one in nested(rows)}


def _entry(row: Row) -> Entry:
    one: Finding = row["finding"]
    tagged = one.state in (Shown.NOT_FINAL, Shown.NOT_DONE) or one.corrected
    shown = Shown.CORRECTED if one.corrected else one.state
    parts = tuple(f"{part.name}: {sentence(_said(part))}" for part in one.parts if one.is_group and _said(part))
    return Entry(
        title=one.name, at=one.history, tag=(state_tag(shown), state(shown)) if tagged else None,
        said=sentence(one.said) if one.has_value or one.state is not Shown.NOT_DONE or one.pair else "", lines=(*parts, *_remarks(one)), soft=_how(one),
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
    """“Body weight”. At 9:05 am. By Maria Delgado. What stands in quotes is the clinic's own name for it."""
    timed = one.taken and one.taken.precision == "instant"
    return " ".join(filter(None, (
        _("“%(name)s”.", name=one.laboratory_name) if one.laboratory_name else "",
        _("At %(clock)s.", clock=clock(one.taken.starts)) if timed else "",
        _("By %(who)s.", who=one.performer) if one.performer else "",
    )))  # fmt: skip


async def _newest(grant: RecordGrant) -> tuple[Part, ...]:
    """Of each kind the last one that has a value."""
    rows = await visible(grant, Observation).rows(columns(Observation, LIGHT), MEASURED)
    kinds: dict[str, Row] = {}
    for row in sorted(_leaves(rows), key=newest, reverse=True):
        kinds.setdefault(_kind(row), row)
    chosen = sorted(list(kinds.values())[:MOST_KINDS], key=_rank)
    found = await _findings(grant, [row["id"] for row in chosen])
    said = [found[row["ref"]] for row in chosen if row["ref"] in found]
    heads = _("What"), _("Newest"), _("When")
    return (Part(_("The newest of each"), table=table_of(_("A name leads to that measurement over time."), heads, [_cells(one) for one in said])),) if said else ()


def _leaves(rows: list[Row]) -> list[Row]:
    """What has a value of its own; the two halves of a blood pressure are one, under their panel."""
    pairs = _pairs(rows)
    valued = [row for row in rows if row["value"] is not None and not row["absent_reason"]]
    return [row for row in valued if row["parent"] not in pairs] + [row for row in rows if row["id"] in pairs]


def _pairs(rows: list[Row]) -> set[Any]:
    """The panels that hold both halves, with numbers in one unit."""
    halves: dict[Any, dict[str, str]] = {}
    for row in rows:
        if row["loinc"] in (SYSTOLIC, DIASTOLIC) and row["number"]:
            halves.setdefault(row["parent"], {})[row["loinc"]] = row["unit"]
    return {parent for parent, units in halves.items() if len(units) == 2 and len(set(units.values())) == 1}


def _kind(row: Row) -> str:
    """Codes that mean the same to a patient are one kind."""
    known = plain_name((row["loinc"],))
    return known.key if known else row["loinc"] or " ".join(row["label"].casefold().split())


def _rank(row: Row) -> tuple[int, str]:
    return RANKS.get(row["loinc"], len(RANKS)), row["label"]


def _cells(one: Finding) -> tuple[Cell, ...]:
    return (
        Cell(one.name, one.laboratory_name, at=one.history), Cell(one.said, " ".join(one.remarks), one.meant, one.sign),
        Cell(clinical(one.taken)),
    )  # fmt: skip


VITALS = Listing(
    path="vitals", category=Category.VITALS, title=N_("Measurements"),
    counts=(N_("%(count)s measurement."), N_("%(count)s measurements.")),
    none=N_("No measurements are written down here."), by_day=True, summary=_newest,
    sources=(
        Source(Observation, (), _entry, sorts=("loinc", "parent", "effective"), group=_day, only=MEASURED, more=_whole, sift=_outer,
               name=lambda row: f"{name_of((row['loinc'],), row['label'])} {row['label']}"),
    ),
)  # fmt: skip
