"""Second factors: the kinds there are, how strong each is, and when one may be taken away (NIST SP 800-63B-4 §2.2, §3).

A new kind is a row here, a way to prove it in `identity.authenticators`, and its words in `pages.factors`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

STRONG, FAIR, WEAK = "strong", "fair", "weak"
"""Strong: it cannot be shown to a false page. Weak: somebody else can take it over on its way."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`alone`: it may be the only one left; paper runs out. `staff`: those who work here may use it."""

    code: str
    strength: str
    alone: bool
    staff: bool


KINDS = {
    kind.code: kind
    for kind in (
        Kind("passkey", STRONG, alone=True, staff=True),
        Kind("key", STRONG, alone=True, staff=True),
        Kind("app", FAIR, alone=True, staff=True),
        Kind("codes", FAIR, alone=False, staff=False),
        Kind("sms", WEAK, alone=True, staff=False),
        Kind("voice", WEAK, alone=True, staff=False),
    )
}
"""In the order in which they are offered."""


def enough(kinds: Iterable[str], *, staff: bool) -> bool:
    """Whether an account that has these, and no other, can still be signed in to in a year."""
    known = [KINDS[code] for code in kinds if code in KINDS]
    return any(kind.alone and (kind.staff or not staff) for kind in known)


def may_end(kinds: Iterable[str], ending: int, *, staff: bool) -> bool:
    """Whether, of factors of these kinds, the one at this place may be taken away: what is left must be enough."""
    left = [code for place, code in enumerate(kinds) if place != ending]
    return enough(left, staff=staff)


def unlike(name: str, taken: Iterable[str]) -> str:
    """A name to offer that none of those is: "My phone", then "My phone 2"."""
    known = set(taken)
    return next(offer for offer in (name, *(f"{name} {count}" for count in range(2, 2 + len(known) + 1))) if offer not in known)
