"""The files that came with a resource, by their content: inline in the raw version that counts now, or a `Binary` of the
same source. Whose the resource is stays for the caller to ask, as for every file of this room. No address is ever fetched.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from files.kinds import MARKUP, is_markup, media_type
from files.store import LARGEST
from tables.database import Database

MOST_RAW = LARGEST * 3 // 2
"""Bytes of JSON beyond which a resource is not opened: base64 makes a third more of a file."""
SMALL = 32 * 1024
"""Bytes that are opened at once: to hand them to a thread would cost more than to do it."""
HOLDERS = {"DocumentReference": ("content", "attachment"), "DiagnosticReport": ("presentedForm", ""), "Media": ("content", "")}
"""Where a resource has its attachments, and under which name within that."""
BINARY = re.compile(r"(?:(?P<base>https?://.+)/)?Binary/(?P<id>[^/?#|]+)(?:/_history/[^/?#|]+)?")
RAW = (
    "SELECT CASE WHEN LENGTH(body) <= ? THEN body END AS body, context FROM raw_resource"
    " WHERE source = ? AND fhir_type = ? AND fhir_id = ? AND current = ? AND withdrawn = ? AND skipped IS NULL"
    " ORDER BY received_at DESC LIMIT 1"
)
"""A version that was not filed is another one than the row was made from: it may name another patient."""


class Why(StrEnum):
    """Why a file cannot be given."""

    NONE = ""
    EMPTY = "empty"
    BROKEN = "broken"
    LARGE = "large"
    KIND = "kind"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Sent:
    """`kind` is by content, one of files.kinds; '' where `why` says more. `labels` are those of the file itself, beside
    those of the resource that it came with."""

    kind: str = ""
    content: bytes = b""
    why: Why = Why.NONE
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holder:
    """The resource that a row of a clinical table was made from."""

    source: str
    fhir_type: str
    fhir_id: str
    patient: UUID


@dataclass(frozen=True, slots=True)
class Raw:
    """`resource` as parsed JSON; None with the reason where it cannot be opened. `context` as in RawResource."""

    resource: dict[str, Any] | None
    context: dict[str, Any]
    why: Why = Why.NONE


async def opened(database: Database, holder: Holder) -> Raw:
    return await _raw(database, holder.source, holder.fhir_type, holder.fhir_id)


async def sent_file(database: Database, holder: Holder, raw: Raw, place: int) -> Sent:
    """The file at that place among the attachments, as ehr/attachments.py numbers them."""
    if raw.resource is None:
        return Sent(why=raw.why)
    attachments = _attachments(holder.fhir_type, raw.resource)
    return await _file(database, holder, raw, attachments[place]) if place < len(attachments) else Sent(why=Why.ELSEWHERE)


async def _raw(database: Database, source: str, fhir_type: str, fhir_id: str) -> Raw:
    rows = await database.rows(RAW, LARGEST, source, fhir_type, fhir_id, True, False)
    if not rows:
        return Raw(None, {}, Why.ELSEWHERE)
    body, context = rows[0]["body"], rows[0]["context"] or {}
    resource = await _resource(bytes(body)) if body is not None else None
    if resource is None:
        return Raw(None, {}, Why.LARGE)
    return Raw(resource, msgspec.json.decode(context) if isinstance(context, str) else context)


async def _resource(body: bytes) -> dict[str, Any] | None:
    return _unpacked(body, SMALL) or await asyncio.to_thread(_unpacked, body, MOST_RAW)


def _unpacked(body: bytes, most: int) -> dict[str, Any] | None:
    """None where it is larger than that, however small it was packed."""
    unpacking = zlib.decompressobj()
    plain = unpacking.decompress(body, most)
    return None if unpacking.unconsumed_tail else msgspec.json.decode(plain, type=dict)


def _attachments(fhir_type: str, resource: dict[str, Any]) -> list[dict[str, Any]]:
    name, inner = HOLDERS[fhir_type]
    holders = _each(resource.get(name))
    if not inner:
        return holders
    return [found[0] for found in (_each(holder.get(inner)) for holder in holders) if found and found[0]]


def _each(sent: Any) -> list[dict[str, Any]]:
    return [one for one in (sent if isinstance(sent, list) else [sent]) if isinstance(one, dict)]


async def _file(database: Database, holder: Holder, raw: Raw, attachment: dict[str, Any]) -> Sent:
    """What is inline comes before an address, which may name a newer one."""
    data, url = attachment.get("data"), attachment.get("url")
    if isinstance(data, str) and data.strip():
        return _decoded(data) if len(data) <= SMALL else await asyncio.to_thread(_decoded, data)
    if not isinstance(url, str) or not url.strip():
        return Sent(why=Why.EMPTY)
    binary = _binary_of(url.strip(), raw.context)
    return await _binary(database, holder, binary) if binary else Sent(why=Why.ELSEWHERE)


def _binary_of(url: str, context: dict[str, Any]) -> str:
    """The id of a Binary of the same source: relative, or on the very server that the resource came from."""
    named = context.get("urns", {}).get(url)
    if named:
        return named[1] if named[0] == "Binary" else ""
    if url.startswith("urn:uuid:"):
        return url.removeprefix("urn:uuid:")
    found = BINARY.fullmatch(url)
    return found["id"] if found and found["base"] in (None, context.get("base")) else ""


async def _binary(database: Database, holder: Holder, fhir_id: str) -> Sent:
    found = await _raw(database, holder.source, "Binary", fhir_id)
    binary = found.resource
    if binary is None:
        return Sent(why=found.why)
    if not await _is_theirs(database, holder, binary, found.context.get("base", "")):
        return Sent(why=Why.ELSEWHERE)
    data = binary.get("data") or binary.get("content")
    sent = await asyncio.to_thread(_decoded, data) if isinstance(data, str) and data.strip() else Sent(why=Why.EMPTY)
    return Sent(sent.kind, sent.content, sent.why, _labels(binary))


async def _is_theirs(database: Database, holder: Holder, binary: dict[str, Any], base: str) -> bool:
    """A Binary may say under whose protection it stands; then it must be this very resource's or this patient's, on the
    server that the Binary came from. What it says and cannot be read is somebody else's."""
    context = binary.get("securityContext")
    if not context:
        return True
    sent = context.get("reference") if isinstance(context, dict) else None
    guarded = str(sent).removeprefix(f"{base}/") if base else sent
    if guarded == f"{holder.fhir_type}/{holder.fhir_id}":
        return True
    rows = await database.rows(
        "SELECT fhir_id FROM record_source WHERE id = ? AND source = ?", holder.patient, holder.source
    )
    return bool(rows) and guarded == f"Patient/{rows[0]['fhir_id']}"


def _labels(resource: dict[str, Any]) -> tuple[str, ...]:
    meta = resource.get("meta")
    return tuple(str(label.get("code")) for label in _each(meta.get("security"))) if isinstance(meta, dict) else ()


def _decoded(data: str) -> Sent:
    try:
        content = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return Sent(why=Why.BROKEN)
    if not content or len(content) > LARGEST:
        return Sent(why=Why.LARGE if content else Why.EMPTY)
    kind = MARKUP if is_markup(content) else media_type(content)
    return Sent(kind, content) if kind else Sent(why=Why.KIND)
