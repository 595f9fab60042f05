"""Passkeys and security keys: what a browser is asked for, and whether its answer is right (WebAuthn level 3 §7).

A passkey lives on its device and says whose it is (discoverable); a security key answers when it is named. Both must have
asked their owner for a finger, a face or a PIN, so either is two factors in one.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import AuthenticationCredential, RegistrationCredential

from access.house import House
from access.viewer import Viewer
from identity.authenticators import Proof
from identity.challenges import ANSWERED_WITHIN, new_challenge, spend_challenge

LONGEST = 8_192
"""Signs of an answer. One without attestation has under a thousand."""
LONGEST_ID = 1023
"""Bytes of a credential's id (WebAuthn level 3 §4)."""
ALGORITHMS = (
    COSEAlgorithmIdentifier.ECDSA_SHA_256, COSEAlgorithmIdentifier.EDDSA, COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
)  # fmt: skip
FIND = (
    "SELECT h.id, h.kind, h.account, h.public_key, h.sign_count, a.ref, a.kind AS side, a.state,"
    " (SELECT COUNT(*) FROM session s WHERE s.account = h.account AND s.level = 'full' AND s.revoked_at IS NULL) AS browsers"
    " FROM authenticator h"
    " JOIN account a ON a.id = h.account WHERE h.credential_id = ? AND h.confirmed_at IS NOT NULL AND h.ended_at IS NULL"
)
USE = (
    "UPDATE authenticator SET sign_count = ?, last_used_at = ? WHERE id = ? AND ended_at IS NULL"
    " AND (sign_count < ? OR (sign_count = 0 AND ? = 0)) RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Owner:
    """For whom a new one is made. `ref` goes into it, and comes back when it signs in; the names are shown beside it."""

    ref: str
    username: str
    clinic: str


@dataclass(frozen=True, slots=True)
class Made:
    """A new one, as it is kept."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: str


# What is asked


def possible_at(origin: str) -> bool:
    """Browsers make none for an address of figures."""
    host = urlsplit(origin).hostname or ""
    return host != "127.0.0.1" and not host.startswith("[") and ":" not in host


def ask(house: House, viewer: Viewer, purpose: str, allowed: Iterable[dict] = ()) -> str:
    """Options for `navigator.credentials.get`, as JSON. Without `allowed` the browser offers what it has."""
    options = {
        "challenge": new_challenge(house, viewer, purpose), "rpId": _rp_id(house), "userVerification": "required",
        "timeout": _timeout(),
    }
    allowed = list(allowed)
    return _json(options | {"allowCredentials": allowed} if allowed else options)


async def owner_of(house: House, account: UUID, clinic: str) -> Owner:
    rows = await house.database.rows("SELECT ref, username FROM account WHERE id = ?", account)
    return Owner(rows[0]["ref"], rows[0]["username"], clinic)


def ask_for_new(house: House, viewer: Viewer, kind: str, owner: Owner, known: list[dict]) -> str:
    """Options for `navigator.credentials.create`, as JSON."""
    return _json({
        "challenge": new_challenge(house, viewer, f"new {kind}"), "timeout": _timeout(), "attestation": "none",
        "rp": {"id": _rp_id(house), "name": owner.clinic},
        "user": {"id": _b64(owner.ref.encode()), "name": owner.username, "displayName": owner.username},
        "pubKeyCredParams": [{"type": "public-key", "alg": int(one)} for one in ALGORITHMS],
        "authenticatorSelection": _selection(kind), "excludeCredentials": known,
    })  # fmt: skip


def _selection(kind: str) -> dict[str, Any]:
    discoverable = kind == "passkey"
    more = {} if discoverable else {"authenticatorAttachment": "cross-platform"}
    resident = "required" if discoverable else "discouraged"
    return {"residentKey": resident, "requireResidentKey": discoverable, "userVerification": "required", **more}


def _rp_id(house: House) -> str:
    return urlsplit(house.origin).hostname or ""


def _timeout() -> int:
    return int(ANSWERED_WITHIN.total_seconds() * 1000)


def named(credential_id: bytes, transports: str) -> dict[str, Any]:
    """One of an account, as options name it."""
    by = {"transports": transports.split()} if transports else {}
    return {"type": "public-key", "id": _b64(credential_id), **by}


def _json(options: dict) -> str:
    return json.dumps(options, separators=(",", ":"))


# What is answered


async def prove_at_door(house: House, viewer: Viewer, side: str, answer: str) -> Proof:
    """Inside a transaction. Nobody has said who they are: the passkey does, and it must be of somebody of this side."""

    def is_theirs(row: dict, sent: AuthenticationCredential) -> bool:
        named = sent.response.user_handle == row["ref"].encode()
        return named and row["kind"] == "passkey" and row["side"] == side and row["state"] == "active"

    return await _check(house, viewer, at_door(side), answer, is_theirs)


async def prove(house: House, viewer: Viewer, answer: str) -> Proof:
    """Inside a transaction: a second factor, or one that is shown again. It must be of the account that asks."""

    def is_theirs(row: dict, sent: AuthenticationCredential) -> bool:
        return _uuid(row["account"]) == viewer.account

    return await _check(house, viewer, shown_again(viewer), answer, is_theirs)


def at_door(side: str) -> str:
    """The purpose of a challenge to sign in with."""
    return f"sign in, {side}"


def shown_again(viewer: Viewer) -> str:
    """The purpose of one after the password, or for step-up."""
    return f"factor, {viewer.level}"


async def _check(
    house: House, viewer: Viewer, purpose: str, answer: str, is_theirs: Callable[[dict, AuthenticationCredential], bool]
) -> Proof:
    """The challenge is spent first, whatever comes of the answer."""
    sent = _read(parse_authentication_credential_json, answer)
    challenge = await _spent(house, viewer, purpose, sent)
    if challenge is None:
        return Proof("late" if sent else "unknown")
    rows = await house.database.rows(FIND, sent.raw_id)
    if not rows or not is_theirs(rows[0], sent):
        return Proof("unknown")
    count = _count(house, rows[0], sent, challenge)
    return Proof("unknown") if count is None else await _counted(house, viewer.now, rows[0], count)


async def _counted(house: House, now: datetime, row: dict, count: int) -> Proof:
    """Many passkeys count nothing and say 0 each time."""
    said = row["kind"], _uuid(row["id"]), _uuid(row["account"])
    if count <= row["sign_count"] and (count or row["sign_count"]):
        return Proof("copied", *said)
    used = await house.database.rows(USE, count, now, row["id"], count, count)
    return Proof("", *said, browsers=row["browsers"]) if used else Proof("unknown")


def _read(parse: Callable[[str], Any], answer: str) -> Any | None:
    """What was sent, in the library's words, or None. It was made by whoever sends it, so anything may be in it."""
    if not 0 < len(answer) <= LONGEST:
        return None
    try:
        return parse(answer)
    except Exception:  # noqa: BLE001 -- the library lets through what its own parsers of JSON, base64 and CBOR throw
        return None


async def _spent(house: House, viewer: Viewer, purpose: str, sent: Any | None) -> bytes | None:
    """The challenge that was answered, which is spent now; None when it cannot be, or a page around ours asked for it."""
    client = sent and _read_client(sent.response.client_data_json)
    right = client and not client.cross_origin and await spend_challenge(house, viewer, purpose, client.challenge)
    return client.challenge if right else None


def _read_client(text: bytes) -> Any | None:
    try:
        return parse_client_data_json(text)
    except Exception:  # noqa: BLE001 -- as above
        return None


def _count(house: House, row: dict, sent: AuthenticationCredential, challenge: bytes) -> int | None:
    """What its counter says, when the signature is right and its owner was asked; else None. Whether the counter went back
    is asked afterwards, so that the owner can be told."""
    try:
        return verify_authentication_response(
            credential=sent, expected_challenge=challenge, expected_rp_id=_rp_id(house), expected_origin=house.origin,
            credential_public_key=bytes(row["public_key"]), credential_current_sign_count=0, require_user_verification=True,
        ).new_sign_count
    except Exception:  # noqa: BLE001 -- as above
        return None


async def read_new(house: House, viewer: Viewer, kind: str, answer: str) -> Made | str:
    """Inside a transaction: what is to be kept of a new one, or the reason why not: late, unknown."""
    sent = _read(parse_registration_credential_json, answer)
    challenge = await _spent(house, viewer, f"new {kind}", sent)
    if challenge is None:
        return "late" if sent else "unknown"
    return _made(house, sent, challenge) or "unknown"


def _made(house: House, sent: RegistrationCredential, challenge: bytes) -> Made | None:
    try:
        new = verify_registration_response(
            credential=sent, expected_challenge=challenge, expected_rp_id=_rp_id(house), expected_origin=house.origin,
            require_user_verification=True, supported_pub_key_algs=list(ALGORITHMS),
        )
    except Exception:  # noqa: BLE001 -- as above
        return None
    by = " ".join(dict.fromkeys(one.value for one in sent.response.transports or ()))
    short = len(new.credential_id) <= LONGEST_ID and new.credential_id == sent.raw_id
    return Made(new.credential_id, new.credential_public_key, new.sign_count, by[:64]) if short else None


def _b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))
