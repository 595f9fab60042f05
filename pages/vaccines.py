"""`R/vaccines`: each vaccine by what it is against, with its date; those not given, and why."""

from __future__ import annotations

from access.vocabulary import Category
from pages.listing import MOST_LETTERS, Entry, Listing, Source
from pages.stored import Row, when_in
from pages.written import blocks
from rules.vaccines import diseases_of
from tables.vaccines import Immunization
from words.gettext import N_, _
from words.problems import NOT_GIVEN, in_life
from words.sentences import run, sentence, told
from words.vaccines import against

NOT_DONE = "not-done"


def _group(row: Row) -> str:
    """What it is against; the sender's name where that is not known here."""
    diseases = diseases_of(row["fhir_code"])
    label = row["label"]
    return against(diseases) if diseases else label if len(label) <= MOST_LETTERS else f"{label[: MOST_LETTERS - 1]}…"


def _entry(row: Row) -> Entry:
    """Called by its day: the heading says what it is against, and doses are told apart by their days."""
    when = when_in(row, "occurrence") or in_life(row["occurrence_words"])
    refused = row["status"] == NOT_DONE
    return Entry(
        title=when or _("Date not known"), tag=("", _(NOT_GIVEN)) if refused else None, said=row["label"],
        lines=tuple(filter(None, (
            told(_("Why"), row["not_done_reason"]) if refused else "",
            run(told(_("Dose"), row["dose"]), told(_("Series"), row["series"])), _given(row, refused), _body(row),
        ))),
        soft=_batch(row), blocks=blocks(row["note"] or ""),
    )  # fmt: skip


def _given(row: Row, refused: bool) -> str:
    """Given by Sam Whitfield. Where: Riverbend Family Clinic. Or who told of it."""
    who = row["performer"]
    by = _("With %(who)s.", who=who) if refused else _("Given by %(who)s.", who=who)
    told_to_us = row["primary_source"] is not None and not row["primary_source"]
    return run(by if who else "", told(_("Where"), row["place"]), _("Told to us.") if told_to_us else "")


def _body(row: Row) -> str:
    return run(told(_("Part of the body"), row["body_site"]), told(_("How"), row["route"]))


def _batch(row: Row) -> str:
    """What a clinic asks for when a batch is called back."""
    maker = sentence(_("Made by %(maker)s", maker=row["manufacturer"])) if row["manufacturer"] else ""
    return run(maker, told(_("Lot number"), row["lot"]))


VACCINES = Listing(
    path="vaccines", category=Category.VACCINES, title=N_("Vaccines"),
    counts=(N_("%(count)s vaccine is written down."), N_("%(count)s vaccines are written down.")),
    none=N_("No vaccines are written down here. You may still have had some."),
    intro=N_("Each stands under what it is against, the newest first."),
    groups=(),
    sources=(
        Source(Immunization, ("label", "status", "occurrence", "occurrence_words", "lot", "dose", "series", "body_site",
                              "route", "performer", "place", "manufacturer", "not_done_reason", "primary_source", "note"),
               _entry, group=_group, sorts=("fhir_code",), by="occurrence"),
    ),
)  # fmt: skip
