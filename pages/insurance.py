"""`R/insurance`: who pays for care, as the clinic has it on file; what counts today first."""

from __future__ import annotations

from access.grant import RecordGrant
from access.vocabulary import Category
from pages.listing import Entry, Listing, Source, with_over
from pages.sheet import said_facts
from pages.stored import Row, is_ahead, span_in
from tables.coverage import Coverage
from words.gettext import N_, _
from words.names import possessive

RELATIONS = {
    "child": N_("Child"), "parent": N_("Parent"), "spouse": N_("Husband or wife"), "common": N_("Partner"),
    "other": N_("Other"), "injured": N_("Injured person"),
}  # fmt: skip
"""HL7 subscriber-relationship, where no words of the clinic's own came with it: what the patient is to the holder."""
OWN, LAST = "self", 1000
PLACES = {1: N_("First"), 2: N_("Second"), 3: N_("Third")}


async def _known(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """With what today and the reader say of it; `own` are the words for a policy of the patient's own."""
    own = _("Your own") if grant.own else possessive(grant.given)
    return [row | {"own": own, "ahead": is_ahead(row, grant.now)} for row in await with_over(grant, rows)]


def _group(row: Row) -> str:
    return "before" if row["status"] == "cancelled" or row["over"] else "now"


def _order(row: Row) -> int:
    """What pays first stands first; what says nothing of it, after those that do."""
    return row["rank"] or LAST


def _insurance(row: Row) -> Entry:
    title = row["payer"] or row["label"] or _("Insurance")
    kind = row["label"] if row["label"] not in (title, row["plan"]) else ""
    return Entry(title=title, tag=_tag(row), facts=said_facts(
        (_("Plan"), row["plan"]), (_("Kind of plan"), kind), (_("Member number"), row["member_number"]),
        (_("Group"), ", ".join(dict.fromkeys(filter(None, (row["group_name"], row["group_number"]))))),
        *_holder(row), (_("Number of the person"), row["dependent"]), (_("Network"), row["network"]),
        (_("Covered"), span_in(row)), (_("Pays"), _place(row["rank"])),
    ))  # fmt: skip


def _tag(row: Row) -> tuple[str, str] | None:
    if row["status"] == "cancelled":
        return "", _("Cancelled")
    if row["over"]:
        return "", _("Ended")
    return ("wait", _("Not yet begun")) if row["ahead"] else None


def _holder(row: Row) -> tuple[tuple[str, str | None], ...]:
    """Whose policy it is, and what the patient is to them."""
    sent = row["relationship"] or ""
    code = sent.casefold()
    if code == OWN:
        return ((_("Whose policy"), row["own"]),)
    known = RELATIONS.get(code)
    return (_("Whose policy"), row["subscriber"]), (_("Covered as"), _(known) if known else sent)


def _place(rank: int | None) -> str:
    """Which of several pays first."""
    if rank is None or rank < 1:
        return ""
    return _(PLACES[rank]) if rank in PLACES else _("Number %(number)s", number=rank)


INSURANCE = Listing(
    path="insurance", category=Category.BILLING, title=N_("Insurance on file"),
    counts=(N_("%(count)s plan on file."), N_("%(count)s plans on file.")),
    none=N_("No insurance is on file here."),
    groups=(("now", N_("Now")), ("before", N_("Before"))),
    sources=(
        Source(Coverage, ("label", "status", "payer", "member_number", "subscriber", "relationship", "dependent", "plan",
                          "group_name", "group_number", "network", "rank", "effective"),
               _insurance, group=_group, place=_order, sorts=("status", "rank", "effective"), sift=with_over, more=_known),
    ),
)  # fmt: skip
