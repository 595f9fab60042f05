"""`/account/messages-we-sent`: what the portal wrote to an account, so that its owner can check whether a message is real.

The outbox holds no words; whoever sends makes them, and makes them again for this page (`jobs.outbox.read_again`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from access.audit import micros
from access.grant import AccountGrant
from access.visible import visible
from notices import Letter
from pages.own_activity import From, moment
from rules.addresses import half_hidden
from tables.work import Outbox
from words.dates import when
from words.gettext import N_, _

PAGE = 10
NAMES = (
    "id", "event", "object_kind", "object", "account", "channel", "address", "locale", "state", "made_at", "sent_at", "attempts",
)
WENT = "made_at <= ? AND state <> 'dropped' AND (state <> 'due' OR attempts > 0 OR run_at <= ?)"
"""Without what is meant for later, and what by then was not theirs to know."""
STATES = {"sent": ("ok", N_("Sent")), "due": ("wait", N_("Waits to be sent")), "failed": ("bad", N_("Could not be delivered"))}
CHANNELS = {
    "email": N_("By email to %(address)s"), "sms": N_("As a text message to %(address)s"),
    "voice": N_("By a call to %(address)s"), "print": N_("On paper, by post or at our desk"),
}


@dataclass(frozen=True, slots=True)
class Message:
    """`letter` is None while it waits: its words are made when it is sent."""

    row: Mapping[str, Any]
    letter: Letter | None

    @property
    def subject(self) -> str:
        return (self.letter.subject if self.letter else "") or _("A message from us")

    @property
    def tag(self) -> tuple[str, str]:
        kind, words = STATES[self.row["state"]]
        return kind, _(words)

    @property
    def where(self) -> str:
        return _(CHANNELS[self.row["channel"]], address=half_hidden(self.row["channel"], self.row["address"]))

    @property
    def at(self) -> str:
        return when(self.row["sent_at"] or self.row["made_at"])

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(line for line in self.letter.text.splitlines() if line.strip()) if self.letter else ()


@dataclass(frozen=True, slots=True)
class SentMessagesPage:
    """`sender` is the address that our e-mails come from, `number` that of our text messages; "" where there is none."""

    messages: tuple[Message, ...]
    sender: str
    number: str
    first: bool
    older: str


async def sent_rows(grant: AccountGrant, start: From) -> tuple[list[dict[str, Any]], str]:
    """The rows of one page, newest first, and the key of the next."""
    until = _moment_of(start, grant.now)
    rows = await visible(grant, Outbox).rows(
        NAMES, WENT, until, grant.now, then=f"ORDER BY made_at DESC, id DESC LIMIT {PAGE + 1} OFFSET {start.skip:d}"
    )
    shown = rows[:PAGE]
    grant.showed("Outbox", [row["id"] for row in shown])
    return shown, _next(shown, start) if len(rows) > PAGE else ""


def _moment_of(start: From, now: datetime) -> datetime:
    return moment(min(start.at, micros(now)))


def _next(shown: Sequence[dict[str, Any]], start: From) -> str:
    last = micros(shown[-1]["made_at"])
    already = start.skip if last == start.at else 0
    return f"{last}.{already + sum(micros(row['made_at']) == last for row in shown)}"
