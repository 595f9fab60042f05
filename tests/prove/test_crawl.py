"""Everything that the cast's main patient can reach, crawled; then asked for by everybody who should get nothing.

Contract headers on every answer; nothing changes on GET; another person's session, token, origin and ended session
give nothing of hers.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest

from seeds.cast import fixed_id
from seeds.people import BY_HANDLE
from tests.support.client import Client, client_of
from tests.support.crawling import Crawl, state_of, telling_words, told, without
from tests.support.owners import signed_in

SHE = "self"
EACH = int(os.environ.get("PROVE_N") or 1000)
ELSEWHERE = "https://portal.example.net"
PERSON = BY_HANDLE[SHE]
# What stands in her account and her chart, and nowhere else.
NAMES = (PERSON.name, PERSON.family, PERSON.username, PERSON.number, PERSON.email, PERSON.phone, "March 4, 1958")


@dataclass
class Ring:
    """A started portal with people at it, each with a cookie of their own."""

    app: object
    house: object
    tokens: dict[str, str]

    def at(self, who: str, inspect: bool = True):
        return _browser(self, who, inspect)


class _browser:
    def __init__(self, ring: Ring, who: str, inspect: bool):
        self.ring, self.who, self.context = ring, who, client_of(ring.app, inspect=inspect)

    async def __aenter__(self) -> Client:
        client = await self.context.__aenter__()
        if self.who in self.ring.tokens:
            client.http.cookies.set("s", self.ring.tokens[self.who])
        return client

    async def __aexit__(self, *error) -> None:
        await self.context.__aexit__(*error)


@pytest.fixture
async def ring(opened):
    return await ring_of(opened.app, opened.house)


async def ring_of(app, house) -> Ring:
    """`gone` was hers and is revoked; `old` was hers and has run out."""
    tokens = {}
    async with house.database.transaction():
        for handle in (SHE, "stranger", "helper-revoked", "frontdesk"):
            kind = "staff" if BY_HANDLE[handle].duty else "personal"
            tokens[handle] = await signed_in(house, fixed_id("account", handle), kind, house.clock())
        mine = fixed_id("account", SHE)
        tokens["gone"] = await signed_in(house, mine, "personal", house.clock())
        await house.database.rows("UPDATE session SET revoked_at = ?, end_reason = 'ended' WHERE token = ?",
                                  house.clock(), hashed(tokens["gone"]))  # fmt: skip
        tokens["old"] = await signed_in(house, mine, "personal", house.clock())
        await house.database.rows("UPDATE session SET ends_at = created_at WHERE token = ?", hashed(tokens["old"]))
    return Ring(app, house, tokens)


def hashed(token: str) -> bytes:
    from identity.sessions import token_hash

    return token_hash(token)


async def crawl_as_her(ring: Ring, each: int) -> Crawl:
    async with ring.at(SHE) as client:
        return await Crawl(client, each).run("/", "/records", "/account/security", f"/records/{PERSON.record_ref}")


async def every_answer_is_right_and_get_changes_nothing(ring: Ring, each: int) -> Crawl:
    before = await state_of(ring.house.database)
    crawl = await crawl_as_her(ring, each)
    assert crawl.faults == []
    after = await state_of(ring.house.database)
    assert {name: (before[name], after[name]) for name in before if before[name] != after[name]} == {}
    shown = [seen.html.replace("\u00a0", " ") for address, seen in crawl.answers.items() if "/results" in address]
    canaries = await telling_words(ring.house.database, PERSON.record_ref)
    assert sum(any(word in html for html in shown) for word in canaries) > 3, "her own pages do not say it"
    broken = [f"{address}: {seen.status}" for address, seen in crawl.answers.items() if seen.status not in (200, 303)]
    assert broken == [], "a link of the portal leads nowhere"
    return crawl


async def nothing_of_hers_is_told(ring: Ring, crawl: Crawl) -> int:
    """Every address she was given, asked by everybody else, as a page and as a piece. Gives how many were asked."""
    canaries, wrong, asked = await telling_words(ring.house.database, PERSON.record_ref, *NAMES), [], 0
    assert len(canaries) > 50, "too little is known of her to notice it elsewhere"
    for who in ("stranger", "helper-revoked", "gone", "old", "nobody"):
        async with ring.at(who) as client:
            for address in crawl.answers:
                if address.startswith(("/static/", "/demo/")):
                    continue  # a demo shows everybody the messages it would have sent
                ask = {"headers": {"HX-Request": "true"}} if address in crawl.pieces else {}
                for options in ({}, ask) if ask else ({},):
                    seen = await client.get(address, **options)
                    asked += 1
                    wrong += [f"{who} {address}: {word}" for word in told(seen, canaries)]
                    if address.startswith(f"/records/{PERSON.record_ref}") and seen.status == 200:
                        wrong.append(f"{who} {address}: 200")
    assert wrong == []
    return asked


async def nothing_of_hers_is_changed(ring: Ring, crawl: Crawl) -> int:
    """Every form she was given, sent by others and from elsewhere. Gives how many were sent."""
    canaries = await telling_words(ring.house.database, PERSON.record_ref, *NAMES)
    before, wrong, sent = await state_of(ring.house.database), [], 0
    async with ring.at("stranger") as client:
        foreign = await token_of(client)
    for name, who, headers, values in (
        ("her form in a stranger's session", "stranger", {}, {}),
        ("her form in nobody's session", "nobody", {}, {}),
        ("her form in a revoked session", "gone", {}, {}),
        ("a stranger's token in her session", SHE, {}, {"csrf": foreign}),
        ("no token in her session", SHE, {}, {"csrf": ""}),
        ("another origin", SHE, {"Origin": ELSEWHERE}, {}),
        ("a hidden origin", SHE, {"Origin": "null"}, {}),
        ("another site", SHE, {"Origin": None, "Sec-Fetch-Site": "cross-site"}, {}),
        ("a referer elsewhere", SHE, {"Origin": None, "Sec-Fetch-Site": None, "Referer": ELSEWHERE + "/"}, {}),
    ):
        async with ring.at(who) as client:
            for sending in crawl.forms:
                seen = await client.post(sending.url, without(sending, **values), headers=dict(headers))
                sent += 1
                wrong += [f"{name}, {sending.url}: {word}" for word in told(seen, canaries) if who != SHE]
                if seen.status not in (403, 404, 303) or (who == SHE and seen.status == 303):
                    wrong.append(f"{name}, {sending.url}: {seen.status}")
    after = await state_of(ring.house.database)
    wrong += [f"{name} changed" for name in before if before[name] != after[name]]
    assert wrong == []
    return sent


async def token_of(client: Client) -> str:
    page = await client.get("/records")
    return next(e.get("value") for e in page.tree.elements if e.get("name") == "csrf")


async def ended_sessions_are_sent_to_sign_in(ring: Ring, crawl: Crawl) -> int:
    """Each piece that htmx would ask for: 204 and where to go, never a piece of a page."""
    assert crawl.pieces, "no htmx on any page"
    for who in ("old", "gone", "nobody"):
        async with ring.at(who) as client:
            for address, target in crawl.pieces.items():
                seen = await client.htmx("GET", address, target=target)
                assert seen.status == 204 and seen.headers["hx-redirect"].startswith("/sign-in"), (who, address)
    return len(crawl.pieces)


async def test_the_whole_portal_crawled(ring):
    crawl = await every_answer_is_right_and_get_changes_nothing(ring, EACH)
    asked = await nothing_of_hers_is_told(ring, crawl)
    sent = await nothing_of_hers_is_changed(ring, crawl)
    pieces = await ended_sessions_are_sent_to_sign_in(ring, crawl)
    print(f"{len(crawl.answers)} addresses and {len(crawl.forms)} forms of hers: {asked} times asked, {sent} forms sent,"
          f" {pieces} pieces; nothing told, nothing changed")  # fmt: skip
