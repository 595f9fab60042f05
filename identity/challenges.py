"""What a passkey is asked to sign: random, of one browser and one purpose, over after five minutes, and answered once.

A challenge is a token under our seal, so that showing a page writes nothing. With its answer its hash is inserted, in the
transaction of what comes of it: of two answers at the same moment one finds the row there.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from datetime import timedelta

from access.house import House
from access.viewer import Viewer
from identity.tokens import open_token, seal_token
from tables.base import new_id

ANSWERED_WITHIN = timedelta(minutes=5)
SPEND = "INSERT INTO spent_challenge (id, hash, ends_at) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING RETURNING id"


def new_challenge(house: House, viewer: Viewer, purpose: str) -> str:
    """In base64url, as it stands in the options for the browser."""
    return seal_token(house.keyring, _bound(viewer, purpose), secrets.token_urlsafe(16), viewer.now + ANSWERED_WITHIN)


async def spend_challenge(house: House, viewer: Viewer, purpose: str, signed: bytes) -> bool:
    """Inside a transaction: whether this was asked of this browser, for this, in the last five minutes, and is answered for
    the first time."""
    token = urlsafe_b64encode(signed).rstrip(b"=").decode()
    if not open_token(house.keyring, _bound(viewer, purpose), token, viewer.now):
        return False
    hashed = hashlib.sha256(signed).digest()
    return bool(await house.database.rows(SPEND, new_id(), hashed, viewer.now + ANSWERED_WITHIN))


def _bound(viewer: Viewer, purpose: str) -> str:
    """To the session, or before there is one to the pre-session cookie."""
    browser = viewer.visitor.pre.hex() if viewer.level == "none" else str(viewer.session)
    return f"passkey, {purpose}, {browser}"
