"""How bytes are sealed before they are stored: AES-256-GCM, bound to the row they belong to.

A sealed value is one version byte, four bytes that name the key, twelve of nonce, then ciphertext and tag.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
SHORTEST = 33
"""Version, key id, nonce and tag around nothing at all."""


class MissingKey(Exception):
    """The key that sealed this value is not among the keys of this installation."""


class Tampered(Exception):
    """The value does not open: it was changed, or it belongs to another row."""


def key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"plainchart key id" + key).digest()[:4]


@dataclass(frozen=True, slots=True)
class Keyring:
    """Newest key first: it seals; all of them open."""

    keys: tuple[bytes, ...] = field(repr=False)

    def seal(self, plain: bytes, bound_to: UUID | str) -> bytes:
        nonce = os.urandom(12)
        sealed = AESGCM(self.keys[0]).encrypt(nonce, plain, str(bound_to).encode())
        return VERSION + key_id(self.keys[0]) + nonce + sealed

    def open(self, sealed: bytes, bound_to: UUID | str) -> bytes:
        if len(sealed) < SHORTEST:
            raise Tampered("This value was cut off.")
        name, nonce, rest = sealed[1:5], sealed[5:17], sealed[17:]
        key = next((key for key in self.keys if key_id(key) == name), None)
        if key is None or sealed[:1] != VERSION:
            raise MissingKey(f"No key with id {name.hex()} is configured.")
        try:
            return AESGCM(key).decrypt(nonce, rest, str(bound_to).encode())
        except InvalidTag:
            raise Tampered("This value does not open for this row.") from None

    def is_newest(self, sealed: bytes) -> bool:
        return sealed[1:5] == key_id(self.keys[0])
