"""Who asks: a frozen answer that the session gave, once for each request."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from access.vocabulary import Access, Duty


@dataclass(frozen=True, slots=True)
class Visitor:
    """The browser itself, before anybody is known: for limits and for the words of a session's list."""

    ip: str
    """An IPv4 address, or the /64 of an IPv6 one."""
    device: str
    pre: bytes = b""
    """SHA-256 of the pre-session cookie; empty when there is none."""
    token_only: bool = False
    """The browser sent neither Origin nor Sec-Fetch-Site, so the form's token alone said whose it is."""

    @property
    def reason(self) -> str:
        """What the audit row of an act says when it has nothing else to say."""
        return "token_only" if self.token_only else ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """`level`: none, half (password proven), full. `ended`: expired or revoked when a cookie named such a session.
    `replaced`: the account of one that another took the place of. The cookie of that other may have been lost on the way;
    a form is known again by it, and nothing more is allowed."""

    visitor: Visitor
    now: datetime
    level: str = "none"
    account: UUID | None = None
    account_ref: str = ""
    account_state: str = ""
    kind: str = ""
    name: str = ""
    called: str = ""
    locale: str = "en"
    text_size: str = "normal"
    session: UUID | None = None
    session_ref: str = ""
    csrf: bytes = field(default=b"", repr=False)
    proven_at: datetime | None = None
    last_seen_at: datetime | None = None
    signs_out_at: datetime | None = None
    idle_seconds: int = 0
    shared: bool = False
    duties: frozenset[Duty] = frozenset()
    human: UUID | None = None
    """Of staff: the personal account of the same human, where there is one."""
    ended: str = ""
    replaced: UUID | None = None
    by_mail: bool = False
    """Of a half session: its password was set by a mail, and not yet shown with a factor."""
    locked: bool = False
    """Nothing of this account may be changed (`account.changes_locked_at`)."""

    @property
    def is_staff(self) -> bool:
        return self.kind == "staff"

    def freshly_proven(self, seconds: int) -> bool:
        """A factor shown within this many seconds (step-up)."""
        return self.proven_at is not None and self.now - self.proven_at <= timedelta(seconds=seconds)

    def lacks(self, access: Access, seconds: int) -> str:
        """What stands in the way of a route that asks for a fresh factor, which is every route that changes who may come in:
        locked, whatever is shown; step_up, until a factor is shown; "" is nothing."""
        if not access.step_up:
            return ""
        if self.locked:
            return "locked"
        return "" if self.freshly_proven(seconds) else "step_up"
