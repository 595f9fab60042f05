"""What the cast asked of the clinic before the demo begins, and what the clinic said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from access.house import House
from files.store import prepare, store
from rules.requests import ANSWERED, ASKED, KINDS, OPEN, REQUESTED, SAID, due_at
from seeds.cast import Person, fixed_id, fixed_ref
from seeds.clinic import SITE
from seeds.papers import pdf


@dataclass(frozen=True, slots=True)
class Said:
    """`by` is a handle. Hours are counted back from the planting; an `answer` is a member of staff's."""

    hours_ago: int
    by: str
    words: str
    answer: str = ""
    paper: tuple[str, ...] = ()
    """The lines of a PDF that goes with it."""


@dataclass(frozen=True, slots=True)
class Asked:
    slug: str
    of: str
    kind: str
    topic: str
    said: tuple[Said, ...]
    medicine: str = ""
    taken_by: str = ""


STORY = (
    Asked("tired", "self", "message", "result", (
        Said(900, "self", "My iron was low again. Should I take the tablets twice a day?",
             paper=("What the pharmacy printed", "Take 1 tablet each day.")),
        Said(890, "clinician", "Once a day is enough, with food.\nWe look at it again in three months.", "reply"),
        Said(884, "self", "Thank you. I will."),
        Said(880, "clinician", "Good. Write again if your stomach does not like them.", "reply"),
    )),
    Asked("bill", "self", "message", "bill", (
        Said(20, "self", "I got a bill for May that I think my insurance paid. Can you look?"),
    )),
    Asked("parking", "self", "message", "appointment", (
        Said(4, "helper-full", "I drive my mother on Friday. Where can we park with a wheelchair?"),
    )),
    Asked("lisinopril-may", "self", "refill", "refill", (
        Said(700, "self", "I use the pharmacy on Elm Street.", paper=("Elm Street Pharmacy", "Open until 9 pm")), Said(690, "clinician", "", "sent"),
    ), medicine="lisinopril"),
    Asked("iron", "self", "refill", "refill", (Said(6, "self", ""),), medicine="ferrous-sulfate", taken_by="clinician"),
    Asked("knee", "self", "visit", "visit", (
        Said(30, "self", "My knee hurts on stairs. Mornings are best, but not Wednesday.",
             paper=("My notes", "Worse after stairs", "Better with ice")),
    )),
    Asked("school", "teen", "message", "appointment", (
        Said(50, "guardian", "Dev has exams next week. Can his visit be after 3 pm?",
             paper=("Exams", "Monday to Thursday until 2:30 pm")),
        Said(44, "frontdesk", "Yes. We moved it to 3:40 pm.", "reply"),
    )),
)  # fmt: skip


async def plant_asked(house: House, people: Sequence[Person], now: datetime) -> None:
    """In the caller's transaction."""
    handles = {person.handle for person in people}
    for asked in STORY:
        if {asked.of, *(one.by for one in asked.said), *filter(None, [asked.taken_by])} <= handles:
            await _plant(house, asked, now)


async def _plant(house: House, asked: Asked, now: datetime) -> None:
    first, last = asked.said[0], asked.said[-1]
    began, changed = now - timedelta(hours=first.hours_ago), now - timedelta(hours=last.hours_ago)
    kind = KINDS[asked.kind]
    topic = kind.topics[asked.topic]
    state = kind.answers[last.answer] if last.answer else "in-progress" if asked.taken_by else REQUESTED
    subject, label = await _medicine(house, asked) if asked.medicine else ("", "")
    assignee = fixed_id("account", asked.taken_by) if asked.taken_by and state in OPEN else None
    await house.database.rows(
        "INSERT INTO request (id, ref, record, kind, category, topic, duty, site, state, answer, subject_kind, subject,"
        " label, asked_by, share, assignee, asked_at, changed_at, due_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        fixed_id("request", asked.slug), fixed_ref("request", asked.slug), fixed_id("record", asked.of), asked.kind,
        kind.category, asked.topic, topic.duty, SITE, state, last.answer, "MedicationRequest" if subject else "", subject,
        label, fixed_id("account", first.by), _share(first.by, asked), assignee, began, changed, due_at(began, topic.days),
    )
    for number, said in enumerate(asked.said):
        await _plant_step(house, asked, number, said, now)


async def _plant_step(house: House, asked: Asked, number: int, said: Said, now: datetime) -> None:
    id = fixed_id("request step", f"{asked.slug} {number}")
    duty = KINDS[asked.kind].topics[asked.topic].duty if said.answer else ""
    at = now - timedelta(hours=said.hours_ago)
    if await house.database.rows("SELECT id FROM request_step WHERE id = ?", id):
        return
    file = None
    if said.paper:
        kept = prepare(house.keyring, pdf(said.paper), record=fixed_id("record", asked.of))
        file = (await store(house.database, kept, at)).id
    await house.database.rows(
        "INSERT INTO request_step (id, request, at, author, share, by_staff, did, answer, sealed, file)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id, fixed_id("request", asked.slug), at, fixed_id("account", said.by),
        None if said.answer else _share(said.by, asked), duty, ANSWERED if said.answer else SAID if number else ASKED,
        said.answer, house.keyring.seal(said.words.encode(), id) if said.words else None, file,
    )


def _share(by: str, asked: Asked):
    return None if by == asked.of else fixed_id("share", f"{by} {asked.of}")


async def _medicine(house: House, asked: Asked) -> tuple[str, str]:
    rows = await house.database.rows(
        "SELECT m.id, m.label FROM medication_request m JOIN record_source s ON s.id = m.patient WHERE s.record = ?"
        " AND m.fhir_id LIKE ?", fixed_id("record", asked.of), f"%{asked.medicine}",
    )
    return str(rows[0]["id"]), rows[0]["label"]
