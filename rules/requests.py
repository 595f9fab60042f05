"""What can be asked of the clinic, who answers it, how soon, and what the answers are (FHIR Task). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

REQUESTED, TAKEN, COMPLETED, REJECTED, CANCELLED = "requested", "in-progress", "completed", "rejected", "cancelled"
"""FHIR TaskStatus."""
OPEN = frozenset({REQUESTED, TAKEN})
ASKED, SAID, ANSWERED, WITHDRAWN = "asked", "said", "answered", "cancelled"
"""What a step did."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One matter of a kind: the duty that answers it, within so many working days."""

    duty: str
    days: int


@dataclass(frozen=True, slots=True)
class Kind:
    """`category` is the part of the record that it belongs to; `answers` are codes and the state that each leads to.
    `talk`: whoever asked may write back after an answer, and so asks again."""

    category: str
    topics: Mapping[str, Topic]
    answers: Mapping[str, str]
    talk: bool = False


KINDS: dict[str, Kind] = {
    "message": Kind(
        "messages",
        {"health": Topic("clinician", 2), "medicine": Topic("clinician", 2), "result": Topic("clinician", 2),
         "appointment": Topic("frontdesk", 1), "bill": Topic("billing", 3), "other": Topic("frontdesk", 2)},
        {"reply": COMPLETED}, talk=True,
    ),
    "refill": Kind(
        "medicines", {"refill": Topic("clinician", 2)},
        {"sent": COMPLETED, "ready": COMPLETED, "see": REJECTED, "no": REJECTED},
    ),
    "visit": Kind("appointments", {"visit": Topic("frontdesk", 1)}, {"booked": COMPLETED, "call": COMPLETED, "no": REJECTED}),
}  # fmt: skip

@dataclass(frozen=True, slots=True)
class Asking:
    """`subject` is the id of the row that it is about, `label` what that is called."""

    kind: str
    topic: str
    words: str
    subject_kind: str = ""
    subject: str = ""
    label: str = ""


AGAIN_WITHIN = timedelta(minutes=15)
"""The same words again within this time are the same asking: its answer was lost, or another page sent it."""
SATURDAY = 5


def due_at(asked_at: datetime, days: int) -> datetime:
    """So many working days later, at the same time of day. Saturdays and Sundays are none."""
    at = asked_at
    while days:
        at += timedelta(days=1)
        days -= at.weekday() < SATURDAY
    return at


def may_withdraw(state: str, kind: Kind) -> bool:
    """A message has been read as soon as it is there; anything else can be taken back until it is answered."""
    return state in OPEN and not kind.talk


def may_say_more(state: str, kind: Kind) -> bool:
    """Words can be added while it is open; after an answer only where that asks again."""
    return state in OPEN or (kind.talk and state == COMPLETED)


def after_words(state: str) -> str:
    """An answered request that is written to again waits for somebody anew."""
    return REQUESTED if state == COMPLETED else state


def reply_path(ref: str) -> str:
    """Where the draft of a reply to this request, or of an answer, is kept below the record."""
    return f"requests/{ref}"
