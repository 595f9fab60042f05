"""Tokens that prove a form came from our own page: bound to the session row, masked in each response (BREACH)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

LENGTH = 32


def new_secret() -> bytes:
    return secrets.token_bytes(LENGTH)


def mask(secret: bytes) -> str:
    """The secret under a fresh one-time pad, so that no two pages carry the same bytes."""
    pad = secrets.token_bytes(LENGTH)
    return urlsafe_b64encode(pad + _crossed(pad, secret)).decode()


def unmask(token: str) -> bytes:
    """The secret, or empty bytes for what is no token of ours."""
    try:
        raw = urlsafe_b64decode(token.encode("ascii"))
    except ValueError:
        return b""
    if len(raw) != 2 * LENGTH:
        return b""
    return _crossed(raw[:LENGTH], raw[LENGTH:])


def _crossed(pad: bytes, other: bytes) -> bytes:
    """Bit by bit exclusive or, of LENGTH bytes each."""
    return (int.from_bytes(pad) ^ int.from_bytes(other)).to_bytes(LENGTH)


def matches(token: str, secret: bytes) -> bool:
    return len(secret) == LENGTH and hmac.compare_digest(unmask(token), secret)


def before_sign_in(key: bytes, cookie: bytes) -> bytes:
    """The secret of somebody without a session: an HMAC over the hash of their pre-session cookie, without a row."""
    return hmac.new(key, b"pre-session form\0" + cookie, hashlib.sha256).digest()
