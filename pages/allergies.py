"""`R/allergies`: what harms, what then happens, how serious it can be; that none is known, where it was said."""

from __future__ import annotations

from access.vocabulary import Category
from pages.listing import Entry, Listing, Source
from pages.stored import Row, listed, when_in
from pages.written import blocks
from tables.allergies import AllergyIntolerance
from words.gettext import N_, _
from words.names import list_of
from words.problems import certainty, in_life
from words.sentences import sentence

PAST = frozenset({"inactive", "resolved"})
NO_ALLERGY_AT_ALL = frozenset({"716186003", "160244002"})
"""SNOMED CT: no known allergies. The other codes of a none speak of one kind, such as food."""
OF_NO_KIND = ("no known allerg", "nka")

SEVERITIES = {"mild": N_("mild"), "moderate": N_("moderate"), "severe": N_("severe")}
DANGERS = {
    "high": N_("A reaction could put life at risk."),
    "low": N_("A reaction is not likely to put life at risk."),
    "unable-to-assess": N_("It is not known if a reaction could put life at risk."),
}
CAUSES = {
    "food": N_("food"), "medication": N_("medicine"), "environment": N_("things around us"),
    "biologic": N_("vaccines or things made from blood"),
}  # fmt: skip
KINDS = {
    "allergy": (N_("An allergy."), N_("An allergy to %(what)s.")),
    "intolerance": (N_("An intolerance."), N_("An intolerance to %(what)s.")),
}
OTHER_KIND = ("", N_("Comes from %(what)s."))


def _group(row: Row) -> str:
    past = row["clinical_status"] in PAST
    if not row["none_known"]:
        return "past" if past else "now"
    whole = row["fhir_code"] in NO_ALLERGY_AT_ALL or row["label"].casefold().startswith(OF_NO_KIND)
    return "none" if whole and not past and not certainty(row["verification"]) else "asked"


def _entry(row: Row) -> Entry:
    unsure = certainty(row["verification"])
    if row["none_known"] and row["clinical_status"] in PAST:
        tag = ("", _("No longer so"))
    else:
        tag = ("wait", unsure) if unsure else None
    danger, reactions = _danger(row), _reactions(row)
    return Entry(
        title=row["label"], tag=tag, said=" ".join(filter(None, (danger, reactions))) if _grave(row) else reactions,
        lines=tuple(filter(None, ("" if _grave(row) else danger, " ".join(filter(None, (_kind(row), _since(row))))))),
        soft=_noted(row), blocks=blocks(row["note"] or ""),
    )  # fmt: skip


def _grave(row: Row) -> bool:
    """What could kill stands before the rest and is said first; a summary tells it too."""
    return row["criticality"] == "high" and not row["none_known"]


def _reactions(row: Row) -> str:
    """What happens: Hives (mild); trouble breathing (severe)."""
    said = [words for words in (_reaction(one, row["label"]) for one in listed(row["reactions"])) if words]
    return sentence(_("What happens: %(reactions)s", reactions="; ".join(said))) if said else ""


def _reaction(one: dict, label: str) -> str:
    severity = one.get("severity") or ""
    how = _(SEVERITIES[severity]) if severity in SEVERITIES else severity
    what = one.get("text") or (_("a reaction") if how else "")
    said = _("%(reaction)s (%(how)s)", reaction=what, how=how) if how else what
    substance = one.get("substance") or ""
    told = not substance or substance.casefold() in label.casefold()
    return said if told else _("%(reaction)s, from %(substance)s", reaction=said or _("a reaction"), substance=substance)


def _danger(row: Row) -> str:
    return _(DANGERS[row["criticality"]]) if row["criticality"] in DANGERS else ""


def _kind(row: Row) -> str:
    """An allergy to food. An answer that none is known is no kind of allergy."""
    if row["none_known"]:
        return ""
    alone, to = KINDS.get(row["kind"], OTHER_KIND)
    causes = [_(CAUSES[one]) if one in CAUSES else one for one in listed(row["categories"])]
    if causes:
        return _(to, what=list_of(causes))
    return _(alone) if alone else ""


def _since(row: Row) -> str:
    when = when_in(row, "onset") or in_life(row["onset_words"])
    return sentence(_("Since: %(when)s", when=when)) if when else ""


def _noted(row: Row) -> str:
    when = when_in(row, "recorded")
    return sentence(_("Written down: %(when)s", when=when)) if when else ""


READS = ("label", "clinical_status", "verification", "none_known", "kind", "categories", "criticality", "reactions",
         "onset_words", "onset", "recorded", "note")  # fmt: skip
ALLERGIES = Listing(
    path="allergies", category=Category.ALLERGIES, title=N_("Allergies"),
    counts=(N_("%(count)s allergy."), N_("%(count)s allergies.")),
    none=N_("No allergies are written down here. That does not mean that there are none."),
    answers=(("none", N_("No known allergies.")), ("asked", N_("No allergies are listed. Below is what was asked."))),
    groups=(("now", N_("Now")), ("past", N_("In the past")), ("none", N_("Asked about all kinds")),
            ("asked", N_("Asked about some kinds"))),
    sources=(
        Source(AllergyIntolerance, READS, _entry, group=_group, by="recorded", place=lambda row: 0 if _grave(row) else 1,
               sorts=("clinical_status", "none_known", "fhir_code", "verification", "criticality")),
    ),
)  # fmt: skip
