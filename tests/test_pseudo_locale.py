"""Every page in the pseudo-locale: what has letters is between ⟦ and ⟧, or it is the clinic's, the laboratory's, a name.

What may stand outside is read from the database; so a sentence that somebody wrote into a template is found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

import pytest
from piccolo.columns import JSON, Text

import tables
from access.house import House
from seeds.cast import fixed_id
from seeds.people import BY_HANDLE
from tests.support.client import Client, Seen, client_of
from tests.support.owners import signed_in
from tests.support.portals import opened_portal
from tests.sweep.walk import routes_of, values_for
from words.gettext import PSEUDO
from words.numbers import UNITS

LETTERS = re.compile(r"[^\W\d_]{2,}")
SPOKEN = (
    "aria-label", "alt", "title", "data-h", "data-fail", "data-done", "data-lost", "data-none", "data-stopped", "data-known",
    "placeholder", "summary",
)  # fmt: skip
APP_KEY = re.compile(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}")
"""Made for the page that shows it, and stored nowhere yet."""
NOT_READ = {"script", "style", "code"}
EDGES = " \t\n.,;:!?()[]“”\"'’–-…·|→<>=+%*×"
PRODUCT = ("Plainchart", "w3m", "Lynx")
"""A name is no word."""


@dataclass
class Data:
    """Every text that people wrote into the database, as one; and what a clinic or laboratory calls its units."""

    corpus: str

    def holds(self, text: str) -> bool:
        return text in self.corpus

    @classmethod
    async def of(cls, house: House) -> Data:
        database = house.database
        found: list[str] = [*PRODUCT, *UNITS, *UNITS.values(), *await _sealed(house)]
        for table in tables.ALL:
            columns = [c._meta.name for c in table._meta.columns if isinstance(c, (Text, JSON)) or c._meta.name in WRITTEN]
            if columns:
                rows = await database.rows(f'SELECT {", ".join(columns)} FROM "{table._meta.tablename}"')
                found += [text for row in rows for value in row.values() for text in strings_in(value)]
        return cls("\n".join(map(flat, found)))


async def _sealed(house: House) -> list[str]:
    """What people wrote, sentence by sentence, as pages part it."""
    rows = await house.database.rows("SELECT id, sealed FROM request_step WHERE sealed IS NOT NULL")
    return [house.keyring.open(bytes(row["sealed"]), row["id"]).decode() for row in rows]


WRITTEN = ("username", "number", "unit", "birth_text", "device")


def strings_in(value: object) -> Iterator[str]:
    """The texts of a cell; of JSON its values, never its keys."""
    if isinstance(value, str) and value[:1] in "[{":
        try:
            value = json.loads(value)
        except ValueError:
            yield value
            return
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings_in(one)


def flat(text: str) -> str:
    return " ".join(text.split())


def outside(text: str) -> list[str]:
    """What stands in no message, and has letters. Brackets that do not close would hide the rest of the page."""
    depth, kept = 0, []
    for letter in text:
        depth += {"⟦": 1, "⟧": -1}.get(letter, 0)
        assert depth >= 0, f"a message ends that did not begin: {text[:200]}"
        kept.append(letter if depth == 0 and letter != "⟧" else "\n" if letter in "⟦⟧" else "")
    assert depth == 0, f"a message does not end: {text[-200:]}"
    pieces = (flat(piece).strip(EDGES) for piece in "".join(kept).split("\n"))
    return [piece for piece in pieces if LETTERS.search(piece)]


def nodes_of(element: Element) -> Iterator[str]:
    """Each piece of text that a reader meets, in order."""
    name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "script"
    if name not in NOT_READ:
        yield element.text or ""
        for child in element:
            yield from nodes_of(child)
            yield child.tail or ""


def foreign(seen: Seen, data: Data) -> list[str]:
    """Words that are neither in a message nor data. A message may go over several elements, so a page is read as one."""
    texts = [seen.html]
    if seen.is_html:
        spoken = [e.get(name) or "" for e in seen.tree.elements for name in SPOKEN]
        texts = ["\n".join(nodes_of(seen.tree.root)), *spoken]
    return sorted({piece for text in texts for piece in outside(text) if not known(piece, data)})


def known(piece: str, data: Data) -> bool:
    """The piece itself, or each of its parts around signs that join data: commas, brackets, line ends. An address is data."""
    piece = re.sub(r"^[<>]?[\d.,]+\s+", "", piece)
    if data.holds(piece) or re.fullmatch(r"/[\w/{}.-]*", piece) or APP_KEY.fullmatch(piece):
        return True
    parts = [part.strip(EDGES) for part in re.split(r"[,;:()“”]|\s[–·-]\s|\. ", piece)]
    return all(data.holds(part) for part in parts if LETTERS.search(part)) and len(parts) > 1


@pytest.fixture
async def world(first_templates, make_settings, drawing):
    with first_templates.copy(first_templates.demo()) as address:
        async with opened_portal(make_settings(address), drawing) as opened:
            house = opened.house
            async with house.database.transaction():
                await house.database.rows("UPDATE account SET locale = ?", PSEUDO)
                await house.database.rows("UPDATE outbox SET locale = ?", PSEUDO)
            yield World(opened.portal, opened.app, house, await Data.of(house))


@dataclass
class World:
    portal: object
    app: object
    house: object
    data: Data

    async def token(self, who: str, *, ended: bool = False) -> str:
        """Somebody's cookie. One whose time is over still says in which language to tell so."""
        from identity.sessions import token_hash

        async with self.house.database.transaction():
            kind = "staff" if BY_HANDLE[who].duty else "personal"
            token = await signed_in(self.house, fixed_id("account", who), kind, datetime.now(UTC))
            if ended:
                await self.house.database.rows("UPDATE session SET ends_at = created_at WHERE token = ?", token_hash(token))
        self.data = await Data.of(self.house)
        return token

    def addresses(self, values: dict[str, str]) -> Iterator[str]:
        for route in routes_of(self.portal):
            template = route.template
            if "GET" not in route.methods or not set(route.parameters) <= set(values):
                continue
            if template.startswith(("/static", "/healthz", "/readyz", "/favicon", "/robots")) or template.endswith((".pdf", "{file}")):
                continue
            yield route.address(values)
            named = [name for name in route.parameters if name not in ("record", "share", "name")]
            if named and "{record}" in template:
                yield route.address(values) + ".txt"


async def foreign_on(client: Client, addresses: Iterator[str], data: Data) -> tuple[list[str], int]:
    faults, read = [], 0
    for address in addresses:
        seen = await client.get(address)
        if seen.status in (200, 403, 404, 422) and seen.content:
            faults += [f"{address}: {piece}" for piece in foreign(seen, data)]
            read += 1
    return faults, read


@pytest.mark.parametrize("who, ended, least", [
    ("self", False, 25), ("helper-full", False, 8), ("frontdesk", False, 3), ("self", True, 6), ("frontdesk", True, 2),
])  # fmt: skip
async def test_no_word_was_left_out_of_the_catalogs(who, ended, least, world):
    values = await values_for(world.house.database, BY_HANDLE["self"].record_ref)
    async with client_of(world.app, inspect=False) as client:
        client.http.cookies.set("s", await world.token(who, ended=ended))
        faults, read = await foreign_on(client, world.addresses(values), world.data)
    assert not faults, "\n".join(faults)
    assert read >= least


async def test_errors_and_refusals_are_in_the_readers_language(world):
    async with client_of(world.app, inspect=False) as client:
        client.http.cookies.set("s", await world.token("self"))
        form = await client.get("/account/preferences")
        answers = [
            await client.get("/nowhere"),
            await client.send(form, "/account/preferences", called="x" * 200),
            await client.post("/account/preferences", {"called": "no token"}),
            await client.post("/account/preferences", "a" * 70_000),
            await client.get(f"/records/{BY_HANDLE['self'].record_ref}/results?q=nothing+is+called+so"),
        ]
        client.http.cookies.set("s", await world.token("helper-appointments"))
        answers.append(await client.get(f"/records/{BY_HANDLE['self'].record_ref}/results"))
        assert [seen.status for seen in answers] == [404, 422, 403, 413, 200, 403]
        data = Data(world.data.corpus + "\nnothing is called so\n" + "x" * 200)
        assert [(seen.status, piece) for seen in answers for piece in foreign(seen, data)] == []


async def test_a_word_written_into_a_template_is_found(world, monkeypatch):
    views = world.portal.state.views
    source = views.loader.get_source(views, "records/index.html")[0]
    planted = views.from_string(source.replace("<h1>", "<p>Forgotten words</p><h1>"))
    right = views.get_template
    monkeypatch.setattr(views, "get_template", lambda name, *more: planted if name == "records/index.html" else right(name, *more))
    async with client_of(world.app, inspect=False) as client:
        client.http.cookies.set("s", await world.token("self"))
        assert foreign(await client.get("/records"), world.data) == ["Forgotten words"]
