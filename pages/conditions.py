"""`R/conditions`: what the clinic has written down as a condition, as it was sent; what is active first."""

from __future__ import annotations

from collections.abc import Hashable

from access.vocabulary import Category
from pages.belonging import links_to_visits, with_visits, without_visits
from pages.listing import Entry, Listing, Source
from pages.stored import Row, when_in
from pages.written import blocks
from tables.conditions import Condition
from words.gettext import N_, _, ngettext
from words.problems import certainty, in_life
from words.sentences import run, told

NOW = frozenset({"active", "recurrence", "relapse"})
PAST = frozenset({"inactive", "remission", "resolved"})
STATES = {"recurrence": N_("Came back"), "relapse": N_("Came back"), "remission": N_("Better for now")}
"""FHIR clinicalStatus where it says more than the heading."""

CATEGORIES = {
    "problem-list-item": N_("On the list of health problems."), "health-concern": N_("A health concern."),
    "encounter-diagnosis": N_("Found at a visit."),
}  # fmt: skip
OVER = "true"
"""`abatementBoolean`: it is over, and nobody says since when."""


def _group(row: Row) -> str:
    """Where no status was sent, an end tells."""
    status = row["clinical_status"]
    ended = status not in NOW and bool(row["abatement_text"] or row["abatement_words"])
    return "past" if status in PAST or ended else "now"


def _same(row: Row) -> Hashable:
    """All but the dates and the visit. Clinics file one condition anew at each visit."""
    told = ("label", "clinical_status", "verification", "category", "severity", "body_site", "note")
    return _group(row), *(row[name] for name in told)


def _entry(row: Row) -> Entry:
    every = [row, *row["again"]]
    unsure, state = certainty(row["verification"]), STATES.get(row["clinical_status"])
    times = ngettext("Written down %(count)s time.", "Written down %(count)s times.", len(every)) if len(every) > 1 else ""
    return Entry(
        title=row["label"], tag=("wait", unsure) if unsure else ("", _(state)) if state else None,
        lines=tuple(filter(None, (_about(row), times, *map(_dates, every)))), links=tuple(links_to_visits(every)),
        blocks=blocks(row["note"] or ""),
    )  # fmt: skip


def _about(row: Row) -> str:
    """How severe: moderate. Where: left knee. On the list of health problems."""
    listed = row["category"] in CATEGORIES and not (row["category"] == "encounter-diagnosis" and row["visit"])
    where = _(CATEGORIES[row["category"]]) if listed else ""
    return run(told(_("How severe"), row["severity"]), told(_("Where"), row["body_site"]), where)


def _dates(row: Row) -> str:
    """Since: May 8, 2020. Until: May 20, 2020. Written down: May 9, 2020."""
    since = when_in(row, "onset") or in_life(row["onset_words"])
    until = when_in(row, "abatement") or ("" if row["abatement_words"] == OVER else in_life(row["abatement_words"]))
    noted = when_in(row, "recorded")
    noted = "" if noted == since else noted
    return run(told(_("Since"), since), told(_("Until"), until), told(_("Written down"), noted))


TOLD = ("label", "clinical_status", "verification", "category", "severity", "body_site", "note", "abatement_words")
CONDITIONS = Listing(
    path="conditions", category=Category.CONDITIONS, title=N_("Health conditions"),
    counts=(N_("%(count)s health condition."), N_("%(count)s health conditions.")),
    none=N_("No health conditions are written down here."),
    intro=N_("This is as the clinic sent it. Some of it may be a sign or a note about daily life, not an illness."),
    groups=(("now", N_("Now")), ("past", N_("In the past"))),
    sources=(
        Source(Condition, (*TOLD, "onset_words", "onset", "abatement", "recorded", "encounter"), _entry, group=_group,
               same=_same, sorts=(*TOLD, "abatement_text"), by="onset", more=with_visits, brief=without_visits),
    ),
)  # fmt: skip
