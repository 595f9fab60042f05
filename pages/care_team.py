"""`R/care-team`: who looks after the patient together; the teams of today first."""

from __future__ import annotations

from access.vocabulary import Category
from pages.listing import Entry, Listing, Source, with_over
from pages.pointed import with_reasons, without_reasons
from pages.stored import Row, listed, span_in
from pages.written import Block, blocks
from tables.care_plan import CareTeam
from words.gettext import N_, _
from words.states import tag

STATES = {"suspended": ("wait", N_("On hold")), "inactive": ("", N_("Ended"))}
"""FHIR CareTeam status where it is worth a word; `active` is not."""
READS = ("label", "status", "members", "reason", "organization", "phone", "note", "effective")


def members_of(row: Row) -> tuple[tuple[str, str], ...]:
    """(name, role), each pair once; a role without a name stands as the name."""
    pairs = ((one.get("name") or "", one.get("role") or "") for one in listed(row["members"]))
    return tuple(dict.fromkeys((name, role) if name else (role, "") for name, role in pairs if name or role))


def organization_of(row: Row) -> str:
    """Unless it is one of the members itself."""
    return "" if row["organization"] in dict(members_of(row)) else row["organization"] or ""


def _group(row: Row) -> str:
    return "before" if row["status"] == "inactive" or row["over"] else "now"


def _team(row: Row) -> Entry:
    why, where, phone = row["reason"], organization_of(row), row["phone"]
    who = tuple(_("%(name)s: %(role)s", name=name, role=role) if role else name for name, role in members_of(row))
    lines = (_("For: %(reason)s.", reason=why) if why else "", _("Part of: %(what)s.", what=where) if where else "",
             _("Phone: %(phone)s", phone=phone) if phone else "")  # fmt: skip
    return Entry(
        title=row["label"] or _("Care team"), tag=tag(STATES, row["status"]),
        lines=tuple(filter(None, lines)), soft=span_in(row),
        blocks=(*([Block("list", who)] if who else ()), *blocks(row["note"] or "")),
    )  # fmt: skip


CARE_TEAM = Listing(
    path="care-team", category=Category.CARE_PLAN, title=N_("Care team"),
    counts=(N_("%(count)s team."), N_("%(count)s teams.")),
    none=N_("No care team is written down here."),
    groups=(("now", N_("Now")), ("before", N_("Before"))),
    sources=(Source(CareTeam, READS, _team, group=_group, sorts=("status", "effective"), sift=with_over,
                    more=with_reasons, brief=without_reasons),),
)  # fmt: skip
