"""The two hidden fields of every form: its token, and the key that makes it act once."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import replace

from litestar import Request

from access.viewer import Viewer
from handlers.form_layer import Fields
from handlers.visitor import pre_hash
from identity.csrf import before_sign_in, mask
from tables.sending import AlreadySent, Sending, sent_before

HIDDEN = ("csrf", "form_key", "next", "look", "to")
"""What no person typed: the page on which a form comes back has another address."""


def form_key() -> str:
    """128 random bits; no row until it is used."""
    return secrets.token_urlsafe(16)


def form_token(request: Request) -> str:
    """Masked anew in each response."""
    viewer = known_browser(request)
    if viewer.level != "none":
        return mask(viewer.csrf)
    return mask(before_sign_in(request.app.state.house.keyring.keys[0], viewer.visitor.pre + request.url.path.encode()))


def known_browser(request: Request) -> Viewer:
    """Who asks. A visitor without a session gets a pre-session cookie with the answer, and is known by it already."""
    viewer: Viewer = request.state.viewer
    if viewer.level != "none" or viewer.visitor.pre:
        return viewer
    cookie = request.scope["state"].setdefault("new_pre", secrets.token_urlsafe(32))
    return replace(viewer, visitor=replace(viewer.visitor, pre=pre_hash(cookie)))


def sending_of(request: Request, fields: Fields) -> Sending:
    """What the act writes down so that the same form, sent again, leads where it led before: to its account, in whichever
    session of theirs. A form without a key is one of a kind: it never stands for another. What was typed is hashed together
    with the key, which is stored nowhere as it is: nobody who reads the row can try out passwords on it."""
    whose = request.scope["state"].get("form_of")
    actor = str(whose) if whose else "pre:" + request.state.viewer.visitor.pre.hex()[:32]
    key = fields.get("form_key") or form_key()
    body = json.dumps([key, *sorted(pair for pair in fields.pairs if pair[0] not in HIDDEN)]).encode()
    return Sending(
        key=hashlib.sha256(key.encode()).digest(), actor=actor,
        route=request.url.path[:160], body=hashlib.sha256(body).digest(),
    )


async def what_it_did(request: Request, fields: Fields) -> AlreadySent | None:
    """What became of this form before; None where it did nothing yet, or has no key."""
    if not fields.get("form_key"):
        return None
    return await sent_before(request.app.state.house.database, sending_of(request, fields))
