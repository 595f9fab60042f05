"""Follows every link and finds every form that one person can reach; then anybody may try the same addresses."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import tables
from tables.database import Database
from tests.support.client import ORIGIN, Broken, Client, Seen
from tests.support.forms import Sending, fill

REF = re.compile(r"/[A-Za-z0-9_-]{22}(?=[/.?]|$)")
HASHED = re.compile(r"\.[0-9a-f]{10}\.")
NOISE = ("csrf", "form_key", "next", "kept", "text", "before", "ended")


@dataclass
class Crawl:
    """What one person was given: every address, every htmx address with its target, every form ready to be sent."""

    client: Client
    each: int
    """How many addresses of one kind are visited; a kind is an address without its refs."""
    but: str = "\n"
    """What no address that is followed has in it."""
    answers: dict[str, Seen] = field(default_factory=dict)
    pieces: dict[str, str] = field(default_factory=dict)
    forms: list[Sending] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    kinds: dict[str, int] = field(default_factory=dict)

    async def run(self, *starts: str) -> Crawl:
        waiting = list(starts)
        while waiting:
            address = waiting.pop(0)
            if address in self.answers or self.but in address or not self._wanted(address):
                continue
            seen = await self._get(address)
            if seen is None:
                continue
            self.answers[address] = seen
            if seen.is_whole:
                waiting += self._links(seen)
                self._forms(seen)
        return self

    def _wanted(self, address: str) -> bool:
        kind = kind_of(address)
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        return self.kinds[kind] <= self.each

    async def _get(self, address: str) -> Seen | None:
        try:
            return await self.client.get(address)
        except Broken as broken:
            self.faults.append(str(broken).partition("<!doctype")[0])
            return self.client.seen[-1]

    def _links(self, seen: Seen) -> list[str]:
        found = []
        for element in seen.tree.elements:
            for name in ("href", "src", "hx-get"):
                if (value := element.get(name)) and (own := own_address(seen.url, value)):
                    found.append(own)
                    if name == "hx-get":
                        self.pieces[own] = "div" + (element.get("hx-target") or "#x")
        return found

    def _forms(self, seen: Seen) -> None:
        for form in seen.tree.all("form"):
            number_of = {id(one): number for number, one in enumerate(seen.tree.all("form"))}
            try:
                sending = fill(seen.tree, seen.url, form.get("id") or form.get("action") or number_of[id(form)], {})
            except LookupError:
                continue
            if sending.method == "POST" and all(kind_of(sending.url) != kind_of(one.url) for one in self.forms):
                self.forms.append(sending)


def own_address(base: str, href: str) -> str:
    """The address without its fragment, or "" for one that leads elsewhere (tel:, another host)."""
    parts = urlsplit(urljoin(ORIGIN + base, href))
    if f"{parts.scheme}://{parts.netloc}" != ORIGIN:
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def kind_of(address: str) -> str:
    """An address without what is particular: `/records/*/results?since`."""
    parts = urlsplit(address)
    path = HASHED.sub(".*.", REF.sub("/*", parts.path))
    names = sorted(name for name, _ in parse_qsl(parts.query, keep_blank_values=True) if name not in NOISE)
    return path + ("?" + ",".join(names) if names else "")


def without(sending: Sending, *names: str, **values: str) -> str:
    """The body of a form with some fields left out or changed."""
    kept = [(name, values.get(name, value)) for name, value in sending.fields if name not in names]
    return urlencode(kept)


async def telling_words(database: Database, record_ref: str, *known: str) -> set[str]:
    """What somebody's own record says and nobody else's: their names, and every value as a page would begin it."""
    rows = await database.rows(
        "SELECT DISTINCT o.number FROM observation o JOIN record_source p ON p.id = o.patient JOIN record r"
        " ON r.id = p.record WHERE r.ref = ? AND o.number LIKE '%.%'", record_ref,
    )
    return {*known, *(f"{row['number']} " for row in rows)}


def told(seen: Seen, canaries: set[str]) -> list[str]:
    """Which of them stand in the status line, the headers or the body of an answer."""
    body = seen.content.decode("utf-8", "replace").replace("\u00a0", " ")
    text = "\n".join([*(f"{name}: {value}" for name, value in seen.headers.items()), body])
    return sorted(word for word in canaries if word.replace("\u00a0", " ") in text)


async def state_of(database: Database) -> dict[str, str]:
    """A fingerprint of every table. Left out is what looking itself writes down, and when somebody was last there."""
    found = {}
    for table in tables.ALL:
        name = table._meta.tablename
        if name in ("audit_event", "audit_chain"):
            continue
        rows = await database.rows(f'SELECT * FROM "{name}"')
        lines = sorted(repr(sorted((key, str(value)) for key, value in row.items() if key not in LOOKED)) for row in rows)
        found[name] = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12] + f" {len(lines)}"
    return found


LOOKED = ("last_seen_at",)
