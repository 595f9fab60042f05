"""`/demo/outbox`: the newest messages of a demo, as their readers would have got them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from notices import Letter
from words.dates import when
from words.gettext import N_, _

STATES = {
    "due": ("wait", N_("Waits")), "sent": ("ok", N_("Sent")), "failed": ("bad", N_("Given up")),
    "dropped": ("", N_("Not sent: it was no longer theirs to know")),
}  # fmt: skip


class Kept(Protocol):
    """A row of the outbox with its words (`jobs.outbox.Kept`)."""

    made_at: datetime
    channel: str
    address: str
    state: str
    letter: Letter | None


@dataclass(frozen=True, slots=True)
class Sent:
    """`to` is "" for a letter on paper; `link` is the address of ours in it, where it has one that leads on."""

    made: datetime
    to: str
    tag: tuple[str, str]
    letter: Letter
    link: str
    channel: str = "email"

    @property
    def title(self) -> str:
        return self.letter.subject or (_("Text message") if self.channel == "sms" else _("Call"))

    @property
    def sent(self) -> str:
        moment = when(self.made)
        return _("To %(who)s, %(moment)s", who=self.to, moment=moment) if self.to else _("On paper, %(moment)s", moment=moment)

    @property
    def lines(self) -> list[str]:
        return [line for line in self.letter.text.splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class OutboxPage:
    letters: tuple[Sent, ...]


def sent_of(kept: Kept, origin: str) -> Sent:
    kind, words = STATES[kept.state]
    letter = kept.letter or Letter("", "", "", "en", "")
    found = re.search(re.escape(origin) + r"(/c/[\w-]+)", letter.text)
    return Sent(kept.made_at, kept.address, (kind, _(words)), letter, found[1] if found else "", kept.channel)
