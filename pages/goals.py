"""A goal in words: in the table of its plan, and in the list where no plan names it."""

from __future__ import annotations

from pages.listing import Entry
from pages.sheet import Cell
from pages.stored import Row, listed, when_in
from pages.written import blocks
from words.dates import clinical_text
from words.gettext import N_, _
from words.numbers import bounded
from words.sentences import sentence

READS = ("label", "status", "achievement", "priority", "targets", "note", "start")

STATES = {
    "planned": N_("Planned"), "accepted": N_("Agreed"), "on-hold": N_("On hold"), "completed": N_("Finished"),
    "cancelled": N_("Cancelled"),
}  # fmt: skip
"""FHIR goal lifecycle status where it is worth a word; `active` is not."""
ACHIEVED = {
    "in-progress": N_("Under way"), "improving": N_("Improving"), "worsening": N_("Getting worse"),
    "no-change": N_("No change"), "achieved": N_("Achieved"), "sustaining": N_("Achieved and kept up"),
    "not-achieved": N_("Not achieved"), "no-progress": N_("No progress"), "not-attainable": N_("Cannot be achieved"),
}  # fmt: skip
"""FHIR goal achievement."""


def stands(row: Row) -> str:
    """Achieved. On hold: how far it came, and whether anybody works on it."""
    known = (ACHIEVED.get(row["achievement"]), STATES.get(row["status"]))
    return ". ".join(_(words) for words in known if words)


def targets(row: Row) -> tuple[str, str]:
    """What to reach, and by when. Where several have days of their own, each says its own."""
    sent = [(_measured(one), _due(one)) for one in listed(row["targets"])]
    dues = {due for _words, due in sent if due}
    if len(dues) < 2:
        return "; ".join(dict.fromkeys(words for words, _day in sent if words)), "".join(dues)
    said = (_("%(target)s (by %(day)s)", target=words, day=due) if words and due else words or due for words, due in sent)
    return "; ".join(dict.fromkeys(filter(None, said))), ""


def _measured(one: dict[str, str]) -> str:
    return ": ".join(filter(None, (one.get("measure"), bounded(one.get("bound") or "", one.get("text") or ""))))


def _due(one: dict[str, str]) -> str:
    return clinical_text(one.get("due") or "")


def cells(row: Row) -> tuple[Cell, ...]:
    """Goal, target, by when, how it stands."""
    what, due = targets(row)
    return Cell(row["label"], " ".join(filter(None, (_set(row), row["note"])))), Cell(what), Cell(due), Cell(stands(row))


def words_alone(text: str) -> tuple[Cell, ...]:
    """A goal of which a plan has the words and the feed sent nothing else."""
    return Cell(text), Cell(""), Cell(""), Cell("")


def entry(row: Row) -> Entry:
    what, due = targets(row)
    lines = (_("Target: %(target)s.", target=what) if what else "", _("By: %(day)s.", day=due) if due else "", _set(row))
    return Entry(
        title=row["label"], tag=("", stands(row)) if stands(row) else None, lines=tuple(filter(None, lines)),
        blocks=blocks(row["note"] or ""),
    )  # fmt: skip


def _set(row: Row) -> str:
    """When it was set, and how much it matters."""
    when, matters = when_in(row, "start"), row["priority"]
    said = [_("Set on %(day)s.", day=when)] if when else []
    if matters:
        said.append(sentence(_("Priority: %(words)s", words=matters)))
    return " ".join(said)
