"""`R/procedures`: what was done, what is planned or goes on, and what was not done and why."""

from __future__ import annotations

from access.grant import RecordGrant
from access.vocabulary import Category
from pages.belonging import links_to_visits, with_visits
from pages.listing import Entry, Listing, Source
from pages.pointed import with_reasons
from pages.stored import Row, span_in
from pages.written import blocks
from tables.procedures import Procedure
from words.gettext import N_, _
from words.problems import in_life
from words.sentences import run, told
from words.states import tag

GROUPS = {
    "preparation": "now", "in-progress": "now", "on-hold": "now", "suspended": "now", "completed": "done",
    "stopped": "done", "aborted": "done", "not-done": "not",
}  # fmt: skip
"""Of FHIR EventStatus, releases 3 and 4. Of any other status nobody knows whether it was done."""

STATES = {
    "preparation": ("wait", N_("Planned")), "in-progress": ("wait", N_("Going on now")), "on-hold": ("wait", N_("On hold")),
    "suspended": ("wait", N_("On hold")), "stopped": ("", N_("Stopped")), "aborted": ("", N_("Stopped")),
}  # fmt: skip
"""Where it says more than the heading."""


def _group(row: Row) -> str:
    return GROUPS.get(row["status"], "unknown")


async def _filled(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """With its visit, and why it was done: as far as this reader may know of either."""
    return await with_reasons(grant, await with_visits(grant, rows))


def _entry(row: Row) -> Entry:
    return Entry(
        title=row["label"], tag=tag(STATES, row["status"]),
        lines=tuple(filter(None, (told(_("Why"), row["status_reason"]), _when(row), _why(row), _came_of_it(row)))),
        links=tuple(links_to_visits([row])), blocks=blocks(row["note"] or ""),
    )  # fmt: skip


def _when(row: Row) -> str:
    """When: May 8, 2026. Done by Dr. Nils Lindqvist. Where: Riverbend Family Clinic."""
    who = row["performer"]
    by = _("Done by %(who)s.", who=who) if _group(row) == "done" else _("With %(who)s.", who=who)
    when = told(_("When"), span_in(row) or in_life(row["effective_words"]))
    return run(when, by if who else "", told(_("Where"), row["place"]))


def _why(row: Row) -> str:
    """For: worn cartilage. Part of the body: left knee."""
    return run(told(_("For"), row["reason"]), told(_("Part of the body"), row["body_site"]))


def _came_of_it(row: Row) -> str:
    """How it went: one polyp taken out. Problems: none. What comes next: another in 5 years."""
    return run(
        told(_("How it went"), row["outcome"]), told(_("Problems"), row["complication"]),
        told(_("What comes next"), row["follow_up"]),
    )  # fmt: skip


PROCEDURES = Listing(
    path="procedures", category=Category.VISITS, title=N_("Procedures"),
    counts=(N_("%(count)s procedure."), N_("%(count)s procedures.")),
    none=N_("No procedures are written down here."),
    intro=N_("Operations, exams and treatments, as the clinic sent them."),
    groups=(("now", N_("Planned or going on")), ("done", N_("Done")), ("not", N_("Not done")),
            ("unknown", N_("Not known if done"))),
    sources=(
        Source(Procedure, ("label", "status", "status_reason", "effective", "effective_words", "performer", "place", "reason",
                           "body_site", "outcome", "complication", "follow_up", "note", "encounter"),
               _entry, group=_group, sorts=("status",), more=_filled),
    ),
)  # fmt: skip
