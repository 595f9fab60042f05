"""What a reference points to: every way in which FHIR lets one resource name another.

A reference becomes a Target of the same source, or nothing: what cannot be read keeps its display text. An absolute
address is followed only within the bundle that lists it, or on the server the resource itself came from: `Patient/1` of
another server is another person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote

from ehr.reading import Folder
from ehr.shapes import NOTHING, each, one, text
from ehr.types import R4

_RELATIVE = re.compile(
    r"(?:(?P<base>https?://.+)/)?(?P<type>[A-Z][A-Za-z]+)/(?P<id>[^/?#|]+)(?:/_history/[^/?#|]+)?(?:\|[^|]*)?"
)
_UUID = re.compile(r"urn:(?:uuid|oid):(?P<id>.+)")


class Target(NamedTuple):
    """`fhir_id` begins with `?` where the reference names an identifier: `?system|value`."""

    fhir_type: str
    fhir_id: str

    @property
    def by_identifier(self) -> bool:
        return self.fhir_id.startswith("?")


@dataclass(slots=True)
class Reading:
    """One resource while it is read, with what is known around it.

    `names` are names found for targets; `unnamed` collects the targets whose display text was missing.
    """

    resource: dict
    base: str = ""
    folder: Folder = field(default_factory=Folder)
    names: Mapping[Target, str] = field(default_factory=dict)
    unnamed: set[Target] = field(default_factory=set)
    urns: dict[str, tuple[str, str]] = field(default_factory=dict)
    """References by urn that only this bundle could resolve."""

    def target(self, reference: dict, expected: str = "") -> Target | None:
        """Where the reference points, if it may be followed; None for a contained or a foreign resource."""
        sent = text(reference, "reference")
        if not sent:
            return self._logical(reference, expected)
        if sent.startswith("#"):
            return None
        if sent in self.folder.addresses:
            return self._listed(sent, expected)
        urn = _UUID.fullmatch(sent)
        if urn:
            return Target(expected, urn["id"]) if expected else None
        if "?" in sent:
            return _conditional(sent)
        return self._address(sent)

    def _listed(self, sent: str, expected: str) -> Target:
        found = Target(*self.folder.addresses[sent])
        if found.fhir_type != expected or not sent.endswith(found.fhir_id):
            self.urns[sent] = tuple(found)
        return found

    def _address(self, sent: str) -> Target | None:
        found = _RELATIVE.fullmatch(sent)
        if not found or found["type"] not in R4:
            return None
        if found["base"] and found["base"] != self.base:
            return None
        return Target(found["type"], found["id"])

    def _logical(self, reference: dict, expected: str) -> Target | None:
        identifier = one(reference, "identifier")
        fhir_type = text(reference, "type").rsplit("/", 1)[-1] or expected
        value = text(identifier, "value")
        return Target(fhir_type, f"?{text(identifier, 'system')}|{value}") if fhir_type and value else None

    def contained(self, reference: dict) -> dict:
        """The contained resource of a `#id` reference, else an empty one."""
        sent = text(reference, "reference")
        if not sent.startswith("#"):
            return NOTHING
        inside = (r for r in each(self.resource, "contained") if text(r, "id").lstrip("#") == sent[1:])
        return next(inside, NOTHING)

    def display(self, reference: dict, expected: str = "") -> str:
        """The words for whom or what is referred to: as sent, from inside, or as found in the source."""
        words = text(reference, "display")
        if words or not reference:
            return words
        inside = self.contained(reference)
        if inside:
            return name_within(inside) or self._name_inside(inside)
        target = self.target(reference, expected)
        if target is None:
            return ""
        found = self.names.get(target, "")
        if not found:
            self.unnamed.add(target)
        return found

    def _name_inside(self, inside: dict) -> str:
        practitioner = one(inside, "practitioner")
        return self.display(practitioner, "Practitioner") if practitioner else ""


def _conditional(sent: str) -> Target | None:
    """`Type?identifier=system|value`, as in a transaction; any other condition is not followed."""
    fhir_type, _, query = sent.partition("?")
    if fhir_type not in R4 or not query.startswith("identifier=") or "&" in query:
        return None
    system, _, value = unquote(query.removeprefix("identifier=")).rpartition("|")
    return Target(fhir_type, f"?{system}|{value}") if value else None


def name_within(resource: dict) -> str:
    """The name a resource goes by, where it carries one."""
    sent = resource.get("name")
    if isinstance(sent, str):
        return sent.strip()
    human = one(resource, "name")
    parts = [*_texts(human, "prefix"), *_texts(human, "given"), text(human, "family"), *_texts(human, "suffix")]
    return text(human, "text") or " ".join(filter(None, parts))


def _texts(holder: dict, key: str) -> list[str]:
    sent = holder.get(key)
    return [part.strip() for part in sent if isinstance(part, str)] if isinstance(sent, list) else []


def base_of(full_url: str, fhir_type: str, fhir_id: str) -> str:
    """The server an entry's address names: `https://server/fhir` of `https://server/fhir/Patient/1`."""
    ending = f"/{fhir_type}/{fhir_id}"
    return (
        full_url[: -len(ending)] if full_url.startswith(("http://", "https://")) and full_url.endswith(ending) else ""
    )
