"""What people tell the clinic about their account or about a message, and what comes of it: codes."""

from __future__ import annotations

NOT_ME, PHISHING = "not_me", "phishing"
OPEN, TAKEN, CLOSED = "open", "taken", "closed"
TOLD, NOTED, ENDED = "told", "noted", "closed"

OUTCOMES: dict[str, tuple[str, ...]] = {
    NOT_ME: ("theirs", "safe", "frozen"),
    PHISHING: ("fake", "ours", "unclear"),
}
"""How a case of each kind may end."""
UNLOCKS = ("theirs", "safe")
"""The outcomes by which changes are open again."""
CAME_AS = ("email", "sms", "call", "letter", "page", "other")
"""How a message came that was not ours."""
LONGEST = 4000
"""Letters of what is told."""
