"""A passkey or security key without a browser: it makes credentials and signs with EC P-256, as honestly or not as a test asks.

`key = SoftKey(); key.make(options)` and `key.sign(options)` give what static/passkey.js would put into the form.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

from tests.support.client import Seen

ORIGIN = "http://localhost:8000"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def asked_of(page: Seen) -> str:
    """The options that a page has for its script."""
    return next(form.get("data-asked") for form in page.tree.all("form") if form.get("data-asked"))


@dataclass
class SoftKey:
    """`count` None: one that counts nothing, as most passkeys that are kept on several devices."""

    count: int | None = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user: str | None = None

    def make(self, options: str, **lies: Any) -> str:
        """The answer to `navigator.credentials.create`. Lies: origin, rp, challenge, verified, type, fmt."""
        asked = json.loads(options)
        self.user = asked["user"]["id"]
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + self._public()
        data = self._data(lies.get("rp", asked["rp"]["id"]), lies.get("verified", True), attested)
        client = self._client("webauthn.create", asked["challenge"], lies)
        statement = {"fmt": lies.get("fmt", "none"), "attStmt": {}, "authData": data}
        response = {"clientDataJSON": b64(client), "attestationObject": b64(encode_cbor(statement)), "transports": ["internal"]}
        return self._answer(response)

    def sign(self, options: str, **lies: Any) -> str:
        """The answer to `navigator.credentials.get`. Lies: as above, and user, count, private."""
        asked = json.loads(options)
        if self.count is not None:
            self.count = lies.get("count", self.count + 1)
        data = self._data(lies.get("rp", asked["rpId"]), lies.get("verified", True))
        client = self._client("webauthn.get", asked["challenge"], lies)
        signed = data + hashlib.sha256(client).digest()
        signature = lies.get("private", self.private).sign(signed, ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature)}
        user = lies.get("user", self.user)
        return self._answer(response | ({"userHandle": user} if user else {}))

    def _answer(self, response: dict) -> str:
        return json.dumps({"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response})

    def _client(self, kind: str, challenge: str, lies: dict) -> bytes:
        said = {
            "type": lies.get("type", kind), "challenge": lies.get("challenge", challenge),
            "origin": lies.get("origin", ORIGIN), "crossOrigin": lies.get("framed", False),
        }
        return json.dumps(said).encode()

    def _data(self, rp: str, verified: bool, attested: bytes = b"") -> bytes:
        flags = PRESENT | (VERIFIED if verified else 0) | (ATTESTED if attested else 0)
        count = (self.count or 0).to_bytes(4, "big")
        return hashlib.sha256(rp.encode()).digest() + bytes([flags]) + count + attested

    def _public(self) -> bytes:
        numbers = self.private.public_key().public_numbers()
        x, y = (value.to_bytes(32, "big") for value in (numbers.x, numbers.y))
        return encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
