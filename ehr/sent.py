"""One resource as it was sent, made ready: decoded, hashed, and with what it says of its own version and status."""

from __future__ import annotations

import hashlib
import re
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from ehr.reading import Entry, Folder
from ehr.references import base_of
from ehr.rows import dated
from ehr.shapes import codes, each, first_code, one, text
from ehr.types import R4
from rules.dates import UTC
from rules.release import asks_for_privacy, is_withdrawn

LONGEST_ID = 200
NO_RESOURCE = "Bundle"
"""The type under which an entry without a resource is counted."""

# Numbers with a point arrive as the text that was sent: a float would turn 5.40 into 5.4.
_decode = msgspec.json.Decoder(dict, float_hook=str).decode

# Control characters and those that turn the direction of what follows, as JSON may write them: in a name they would show
# a number backwards, and no font has a glyph for them.
_UNSHOWN = (
    rb"(?i)\\(?:[bf]|u00(?:0[0-8bcef]|1[0-9a-f]|7f|[89][0-9a-f])|u202[a-e]|u206[6-9]|ufeff)"
    rb"|\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]|\xef\xbb\xbf"
)
_may_be_unshown, _without_unshown = re.compile(_UNSHOWN).search, re.compile(_UNSHOWN + rb"|(\\.)").sub
"""The second steps over every other escape, so that a backslash before a backslash begins none."""


@dataclass(slots=True)
class Sent:
    """`body` is JSON without needless spaces. `problem` says why it cannot be used at all."""

    source: str
    fhir_type: str
    fhir_id: str
    body: bytes = b""
    sha256: bytes = b""
    resource: dict[str, Any] = field(default_factory=dict)
    folder: Folder = field(default_factory=Folder)
    base: str = ""
    version: str = ""
    updated_at: datetime | None = None
    status: str = ""
    deleted: bool = False
    sensitive: bool = False
    problem: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return (self.fhir_type, self.fhir_id)

    @property
    def withdrawn(self) -> bool:
        return self.deleted or is_withdrawn(self.status)


def make_ready(entry: Entry, source: str) -> Sent:
    sent = Sent(source, entry.fhir_type or NO_RESOURCE, entry.fhir_id, folder=entry.folder, deleted=entry.deleted)
    sent.base = base_of(entry.full_url, entry.fhir_type, entry.fhir_id) or entry.folder.base
    if entry.deleted:
        sent.body, sent.version = b"{}", "deleted"
    elif not entry.body:
        sent.problem = "an entry of a Bundle without a resource"
        return sent
    else:
        read_body(sent, entry.body)
    sent.problem = sent.problem or _problem(sent, entry)
    return sent


def read_body(sent: Sent, body: bytes) -> None:
    # PostgreSQL's text cannot hold the character U+0000, and no reader misses it.
    if b"\\u0000" in body:
        body = body.replace(b"\\u0000", b"\\ufffd")
    try:
        sent.body = msgspec.json.format(body, indent=-1)
        sent.resource = _decode(_shown(sent.body))
    except msgspec.DecodeError:
        sent.problem = "not readable as JSON"
        sent.body = body
        return
    sent.sha256 = hashlib.sha256(sent.body).digest()
    meta = one(sent.resource, "meta")
    sent.version = text(meta, "versionId")[:80] or sent.sha256.hex()[:16]
    updated = dated(text(meta, "lastUpdated"), UTC)
    sent.updated_at = updated.starts if updated else None
    sent.status = status_of(sent.resource)
    sent.sensitive = is_sensitive(meta, sent.resource)


def _shown(body: bytes) -> bytes:
    """What is read for pages; `Sent.body` keeps what was sent."""
    # Nearly every body is plain ASCII without an escape, and that is seen ten times as fast as searched.
    if body.isascii() and b"\\" not in body and b"\x7f" not in body:
        return body
    return _without_unshown(rb"\1", body) if _may_be_unshown(body) else body


def status_of(resource: dict) -> str:
    """The status that decides whether it shows: for Condition and AllergyIntolerance the verification."""
    status = text(resource, "status") or text(resource, "lifecycleStatus")
    verified = first_code(resource, "verificationStatus") if "verificationStatus" in resource else ""
    return verified if is_withdrawn(verified) else status or verified


def is_sensitive(meta: dict, resource: dict) -> bool:
    """True when the feed labels it: restricted, very restricted, or of a kind such as HIV, PSY, SEX."""
    labels = [*(text(label, "code") for label in each(meta, "security")), *codes(resource, "securityLabel")]
    return asks_for_privacy(labels)


def compressed(body: bytes) -> bytes:
    return zlib.compress(body, 1)


def _problem(sent: Sent, entry: Entry) -> str:
    if not entry.fhir_type:
        return "no resourceType"
    if sent.fhir_type == "Bundle":
        return "a Bundle inside too many others"
    if sent.fhir_type not in R4:
        return "not a FHIR R4 resource type"
    if sent.fhir_type == "OperationOutcome":
        return "a message from the server, not part of a record"
    if not sent.fhir_id:
        return "no id"
    if len(sent.fhir_id) > LONGEST_ID:
        return f"an id of more than {LONGEST_ID} characters"
    return ""
