"""`R/medicines`: what was prescribed and what people say they take; those of today first."""

from __future__ import annotations

from dataclasses import replace

from access.grant import RecordGrant
from access.visible import one_of, visible
from access.vocabulary import Action, Category
from pages.listing import Entry, Listing, Source
from pages.pointed import with_reasons, without_reasons
from pages.requests import open_refills
from pages.sheet import Link
from pages.stored import Row, columns, when_in
from pages.written import blocks
from rules.doses import doses_from_json
from rules.requests import REQUESTED, TAKEN
from tables.medicines import MedicationAdministration, MedicationDispense, MedicationRequest, MedicationStatement
from words.doses import dose
from words.gettext import N_, _, ngettext
from words.sentences import sentence
from words.states import tag

NOW = frozenset({"active", "on-hold", "intended", "unknown", ""})
STATES = {
    "on-hold": ("wait", N_("On hold")), "completed": ("", N_("Finished")), "stopped": ("", N_("Stopped")),
    "cancelled": ("", N_("Cancelled")), "not-taken": ("", N_("Not taken")), "intended": ("wait", N_("Planned")),
    "unknown": ("", N_("Not known if taken")),
}  # fmt: skip
"""FHIR MedicationRequest and MedicationStatement status where it is worth a word; `active` is not."""


REFILLS = {REQUESTED: N_("Refill: waiting for us"), TAKEN: N_("Refill: we are working on it")}


def _group(row: Row) -> str:
    return "now" if row["status"] in NOW else "before"


async def _filled(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """With the last time each was handed out, where the feed tells."""
    refs = [f"MedicationRequest/{row['fhir_id']}" for row in rows]
    names = columns(MedicationDispense, ("id", "source", "request_ref", "quantity", "effective"))
    fills = visible(grant, MedicationDispense)
    dated = f"{one_of('request_ref', refs)} AND effective_starts IS NOT NULL"
    found = await fills.rows(names, dated, *refs, then="ORDER BY effective_starts")
    grant.showed("MedicationDispense", [fill["id"] for fill in found])
    last = {(fill["source"], fill["request_ref"]): fill for fill in found}
    return [
        row | {"fill": last.get((row["source"], f"MedicationRequest/{row['fhir_id']}"))}
        for row in await _with_refills(grant, await with_reasons(grant, rows))
    ]


async def _with_refills(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """With the refill that each waits for, and whether the viewer may ask for one."""
    asked = await open_refills(grant) if any(row["status"] in NOW for row in rows) else {}
    may_ask = not grant.preview and grant.may(Category.MEDICINES, Action.ACT)
    grant.showed("Request", [one["id"] for one in asked.values()])
    return [row | {"refill": asked.get(str(row["id"])), "may_ask": may_ask and row["status"] in NOW} for row in rows]


async def _briefly(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """For `Source.brief`, where refills are not told either."""
    return [row | {"fill": None, "refill": None, "may_ask": False} for row in await without_reasons(grant, rows)]


def _prescribed(row: Row) -> Entry:
    return replace(_entry(row, _started(row), _supply(row), _last_fill(row["fill"])), links=_refill(row))


def _refill(row: Row) -> tuple[Link, ...]:
    if row["refill"]:
        return (Link(("refills", row["refill"]["ref"]), _(REFILLS[row["refill"]["state"]])),)
    if row["may_ask"]:
        return (Link(("refills", "new"), _("Ask for a refill of %(medicine)s", medicine=row["label"]), row["ref"]),)
    return ()


def _told(row: Row) -> Entry:
    taken = when_in(row)
    when = _("Taken: %(when)s.", when=taken) if taken else ""
    who = _("Told to us by %(who)s.", who=row["informant"]) if row["informant"] else _("Told to us, not ordered here.")
    return _entry(row, when, who)


def _given(row: Row) -> Entry:
    """By somebody at the clinic, once."""
    when, who = when_in(row), row["performer"]
    given = _("Given on %(day)s by %(who)s.", day=when, who=who) if who else _("Given on %(day)s.", day=when)
    return _entry(row, given if when else "")


def _entry(row: Row, *lines: str) -> Entry:
    said = [sentence(dose(one)) for one in doses_from_json(row["doses"] or "")]
    why = [_("For: %(reason)s.", reason=row["reason"])] if row["reason"] else []
    ended = [_("Why: %(reason)s.", reason=row["status_reason"])] if row.get("status_reason") else []
    return Entry(
        title=row["label"], tag=tag(STATES, row["status"]), said=" ".join(filter(None, said)),
        lines=tuple(filter(None, [" ".join([*why, *ended]), *lines])), blocks=blocks(row["note"] or ""),
    )  # fmt: skip


def _started(row: Row) -> str:
    """Ordered on May 8, 2026, by Dr. Lena Okafor. For a medicine nobody here prescribed, who told of it."""
    when = when_in(row)
    if row["reported"]:
        return _("Told to us on %(day)s, not ordered here.", day=when) if when else _("Told to us, not ordered here.")
    if when and row["requester"]:
        return _("Ordered on %(day)s by %(who)s.", day=when, who=row["requester"])
    if row["requester"]:
        return _("Ordered by %(who)s.", who=row["requester"])
    return _("Ordered on %(day)s.", day=when) if when else ""


def _supply(row: Row) -> str:
    """30 tablets each time, for 30 days. 3 refills. Good until …"""
    said = []
    if row["quantity"] and row["supply_days"]:
        said.append(_("%(amount)s each time, for %(span)s.", amount=row["quantity"], span=row["supply_days"]))
    elif row["quantity"] or row["supply_days"]:
        said.append(_("%(amount)s each time.", amount=row["quantity"] or row["supply_days"]))
    if row["refills"] is not None:
        said.append(ngettext("%(count)s refill was ordered.", "%(count)s refills were ordered.", row["refills"]))
    valid = when_in(row, "valid")
    if valid:
        said.append(_("The order is good for: %(when)s.", when=valid))
    return " ".join(said)


def _last_fill(fill: Row | None) -> str:
    when = when_in(fill) if fill else ""
    return _("Last handed out on %(day)s.", day=when) if when else ""


ALL = ("label", "status", "status_reason", "doses", "reason", "note", "source", "fhir_id", "effective")
MEDICINES = Listing(
    path="medicines", category=Category.MEDICINES, title=N_("Medicines"),
    counts=(N_("%(count)s medicine."), N_("%(count)s medicines.")),
    none=N_("No medicines are written down here."), does=Link(("refills", "new"), N_("Ask for a refill")),
    groups=(("now", N_("Now")), ("before", N_("Before")), ("given", N_("Given at the clinic"))),
    sources=(
        Source(MedicationRequest, (*ALL, "requester", "quantity", "refills", "supply_days", "reported", "valid"),
               _prescribed, group=_group, sorts=("status",), more=_filled, brief=_briefly),
        Source(MedicationStatement, (*ALL, "informant"), _told, group=_group, sorts=("status",),
               more=with_reasons, brief=without_reasons),
        Source(MedicationAdministration, (*ALL[:2], *ALL[3:], "performer"), _given, group=lambda row: "given",
               more=with_reasons, brief=without_reasons),
    ),
)  # fmt: skip
