"""What people ask of the clinic, in their own words: its matter, how it stands, who reads it and how soon."""

from __future__ import annotations

from rules.requests import ANSWERED, ASKED, CANCELLED, COMPLETED, KINDS, REJECTED, REQUESTED, SAID, TAKEN, WITHDRAWN
from words.gettext import N_, _, ngettext

TOPICS = {
    "health": N_("Your health"), "medicine": N_("A medicine"), "result": N_("A test result"),
    "appointment": N_("An appointment"), "bill": N_("A bill"), "other": N_("Something else"), "refill": N_("A refill"),
    "visit": N_("A visit"),
}  # fmt: skip
READERS = {
    "clinician": N_("Your care team reads it"), "frontdesk": N_("Our front desk reads it"),
    "billing": N_("Our billing office reads it"),
}
TEAMS = {"clinician": N_("Care team"), "frontdesk": N_("Front desk"), "billing": N_("Billing")}
STATES = {
    REQUESTED: ("wait", N_("Waiting for us")), TAKEN: ("wait", N_("We are working on it")), COMPLETED: ("ok", N_("Answered")),
    REJECTED: ("", N_("Answered: no")), CANCELLED: ("", N_("Taken back")),
}  # fmt: skip
ANSWERS = {
    "reply": N_("Answered"), "sent": N_("Sent to your pharmacy"), "ready": N_("Ready for you to pick up here"),
    "see": N_("We need to see you first"), "no": N_("We cannot do this"), "booked": N_("You have an appointment"),
    "call": N_("Please call us"),
}  # fmt: skip
TO_CHOOSE = ANSWERS | {"booked": N_("They have an appointment"), "call": N_("They should call us"),
                       "sent": N_("Sent to their pharmacy"), "ready": N_("Ready to pick up here"),
                       "see": N_("We need to see them first")}  # fmt: skip
"""The same, as the member of staff who answers reads it."""
KIND_NAMES = {"message": N_("Message"), "refill": N_("Refill"), "visit": N_("Visit asked for")}
DID = {ASKED: N_("Asked"), SAID: N_("Written"), ANSWERED: N_("Answered"), WITHDRAWN: N_("Taken back")}


def title_of(kind: str, topic: str, label: str) -> str:
    """Refill: Lisinopril 10 mg. Message: a test result."""
    name, about = _(KIND_NAMES[kind]), label or (_(TOPICS[topic]) if kind == "message" else "")
    return _("%(kind)s: %(about)s", kind=name, about=about) if about else name


def state_words(state: str, answer: str) -> str:
    """How it stands; of an answer that says more than that there is one, the answer."""
    said = ANSWERS.get(answer) if state in (COMPLETED, REJECTED) else None
    return _(said) if said else _(STATES[state][1])


def state_tag(state: str, answer: str) -> tuple[str, str]:
    return STATES[state][0], state_words(state, answer)


def who_reads(kind: str, topic: str) -> str:
    """Your care team reads it. You get an answer within 2 working days."""
    about = KINDS[kind].topics[topic]
    soon = ngettext("You get an answer within %(count)s working day.", "You get an answer within %(count)s working days.",
                    about.days)  # fmt: skip
    return f"{_(READERS[about.duty])}. {soon}"
