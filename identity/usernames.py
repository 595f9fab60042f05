"""User names: how they are compared, which are allowed, and what to offer when one is taken."""

from __future__ import annotations

import secrets
import unicodedata

from access.house import House

SHORTEST, LONGEST = 3, 64
SIGNS = "._-@+"


def username_key(username: str) -> str:
    """The form in which two user names are the same (NFKC, casefolded, without spaces around); "" is nobody's."""
    key = unicodedata.normalize("NFKC", username[:200]).casefold().strip()
    return key if is_allowed(key) else ""


def is_allowed(name: str) -> bool:
    """Letters and figures of any script, and a few signs: 3 to 64 of them."""
    return SHORTEST <= len(name) <= LONGEST and all(sign in SIGNS or unicodedata.category(sign)[0] in "LNM" for sign in name)


async def is_taken(house: House, username: str) -> bool:
    return bool(await house.database.rows("SELECT id FROM account WHERE username_key = ?", username_key(username)))


async def suggestions(house: House, username: str, how_many: int = 3) -> tuple[str, ...]:
    """Free names near the one that was typed. They say nothing of whose it is."""
    stem = username.strip()[: LONGEST - 5].rstrip(SIGNS)
    offers = list(dict.fromkeys(f"{stem}.{secrets.randbelow(900) + 100}" for _ in range(how_many * 3)))
    marks = ", ".join("?" * len(offers))
    taken = await house.database.rows(
        f"SELECT username_key FROM account WHERE username_key IN ({marks})", *map(username_key, offers)
    )
    gone = {row["username_key"] for row in taken}
    return tuple(offer for offer in offers if username_key(offer) not in gone)[:how_many]
