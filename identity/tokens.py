"""A few words under seal for the address of the next page: bound to who was given them, and soon over."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from tables.sealing import Keyring, MissingKey, Tampered

LONGEST = 600


def seal_token(keyring: Keyring, bound_to: str, words: str, until: datetime) -> str:
    plain = json.dumps([words, int(until.timestamp())]).encode()
    return urlsafe_b64encode(keyring.seal(plain, f"token {bound_to}")).rstrip(b"=").decode()


def open_token(keyring: Keyring, bound_to: str, token: str, now: datetime) -> str:
    """The words, or "": not ours, not theirs, or over."""
    if not token.isascii() or len(token) > LONGEST:
        return ""
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        words, until = json.loads(keyring.open(sealed, f"token {bound_to}"))
    except (ValueError, MissingKey, Tampered):
        return ""
    return words if now.timestamp() < until else ""
