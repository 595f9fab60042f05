"""What every table shares: identifiers, and foreign keys that never cascade."""

import os
import secrets
import time
import uuid
from base64 import urlsafe_b64encode

from piccolo.columns import UUID, ForeignKey, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, 12 bits of what is left of the millisecond (its section 6.2,
    method 3), so that one made later in this process is greater; then random. Internal; never shown to a person."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    value = (milliseconds << 80) | (0x7 << 76) | ((rest << 12) // 1_000_000) << 64 | int.from_bytes(os.urandom(8), "big")
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return uuid.UUID(int=value)


def new_ref() -> str:
    """128 random bits as 22 characters: the only identifier that appears in an address."""
    return urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode()


def key() -> UUID:
    return UUID(primary_key=True, default=new_id)


def ref() -> Varchar:
    return Varchar(length=22, default=new_ref, unique=True)


def to(table: type | str, **options) -> ForeignKey:
    """A reference that refuses to lose either end. Piccolo's own default is to cascade."""
    options.setdefault("null", False)
    return ForeignKey(references=table, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, default=None, **options)


def moment(null: bool = True, **options) -> Timestamptz:
    """An instant in UTC."""
    return Timestamptz(null=null, default=None, **options)


def words(**options) -> Text:
    options.setdefault("null", True)
    return Text(default=None, **options)


def code(length: int = 64, **options) -> Varchar:
    options.setdefault("null", False)
    options.setdefault("default", "")
    return Varchar(length=length, **options)
