"""The form with which something is asked: what it can be about, who will read it and how soon."""

from __future__ import annotations

from dataclasses import dataclass

from access.grant import RecordGrant
from access.visible import visible
from pages.address import Address, RecordPage
from pages.appointments import to_change
from pages.drafts import Draft, draft_of
from pages.medicines import NOW
from pages.requests import LISTINGS, PATHS, open_refills
from pages.sheet import Link
from pages.stored import Row
from rules.requests import KINDS, Asking
from tables.medicines import MedicationRequest
from words.gettext import N_, _
from words.requests import TOPICS, who_reads

TITLES = {"message": N_("Write to us"), "refill": N_("Ask for a refill"), "visit": N_("Ask for a visit")}
HINTS = {
    "message": N_("In an emergency call 911. Nobody reads this at night."),
    "refill": N_("You can leave this empty. You can say which pharmacy you use."),
    "visit": N_("Say what the visit is for, and which days and times are good for you."),
}
BUTTONS = {"message": N_("Send"), "refill": N_("Ask for this refill"), "visit": N_("Ask for this visit")}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPage(RecordPage):
    """`medicines` are rows that a refill can be asked for; `waiting` the names of those that wait for one already, each with
    the ref of its request."""

    kind: str
    medicines: tuple[Row, ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()
    draft: Draft
    about: tuple[str, str] = ("", "")
    """The title of a visit's form that is about an appointment, and the words it begins with."""

    @property
    def path(self) -> str:
        return PATHS[self.kind]

    @property
    def title(self) -> str:
        return self.about[0] or _(TITLES[self.kind])

    @property
    def typed(self) -> dict[str, str]:
        """What the form holds when it is opened: what was kept of it, after what it is about."""
        kept, begins = self.draft.fields, self.about[1]
        if begins and begins not in kept.get("words", ""):
            kept["words"] = "\n\n".join(filter(None, (begins, kept.get("words"))))
        return kept

    @property
    def hint(self) -> str:
        return _(HINTS[self.kind])

    @property
    def button(self) -> str:
        return _(BUTTONS[self.kind])

    @property
    def up(self) -> Link:
        listing = LISTINGS[self.kind]
        return Link((listing.path,), _(listing.title))

    @property
    def lede(self) -> str:
        """Who reads it and how soon, where that is the same for all that can be asked."""
        topics = list(KINDS[self.kind].topics)
        return who_reads(self.kind, topics[0]) if len(topics) == 1 else ""

    @property
    def topics(self) -> tuple[tuple[str, str], ...]:
        """Each with who reads it and how soon."""
        topics = KINDS[self.kind].topics
        return tuple((code, f"{_(TOPICS[code])}. {who_reads(self.kind, code)}") for code in topics)

    @property
    def subjects(self) -> tuple[tuple[str, str], ...]:
        return tuple((row["ref"], row["label"]) for row in self.medicines)

    @property
    def asked(self) -> tuple[Link, ...]:
        """Why a medicine is not among those to choose from."""
        return tuple(
            Link((self.path, ref), _("A refill of %(medicine)s was asked for already", medicine=name)) for name, ref in self.waiting
        )

    @property
    def nothing(self) -> str:
        """Why nothing can be asked for here."""
        if self.kind != "refill" or self.medicines:
            return ""
        if self.waiting:
            return _("You have asked for all of your medicines already.")
        return _("No medicine on your list can be asked for here. Write to us, or call us.")

    def asking(self, topic: str, subject: str, words: str) -> Asking | None:
        """None where what was chosen is not, or no longer, among what can be chosen."""
        topic = topic or next(iter(KINDS[self.kind].topics))
        if self.kind != "refill":
            return Asking(self.kind, topic, words)
        row = next((row for row in self.medicines if row["ref"] == subject), None)
        if row is None:
            return None
        return Asking(self.kind, topic, words, "MedicationRequest", str(row["id"]), row["label"])


async def ask_page(grant: RecordGrant, kind: str, about: str = "") -> AskPage:
    """`about` is the ref of the appointment that a visit's form is about."""
    draft = Draft(await draft_of(grant, PATHS[kind]))
    if kind != "refill":
        subject = await to_change(grant, about) if kind == "visit" else ("", "")
        return AskPage(at=Address.of(grant), kind=kind, draft=draft, about=subject)
    rows = await visible(grant, MedicationRequest).rows(("id", "ref", "label", "status"), then="ORDER BY label, id")
    active = [row for row in rows if row["status"] in NOW]
    asked = await open_refills(grant)
    free = tuple(row for row in active if str(row["id"]) not in asked)
    waiting = tuple((row["label"], asked[str(row["id"])]["ref"]) for row in active if str(row["id"]) in asked)
    grant.showed("MedicationRequest", [row["id"] for row in active])
    return AskPage(at=Address.of(grant), kind=kind, medicines=free, waiting=waiting, draft=draft)
