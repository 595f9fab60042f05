"""Every route, asked by the whole cast, against `expected.py`; every page in budget; no route forgotten."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import pytest

from access.viewer import Visitor
from identity.sessions import open_session
from tests.support.client import Broken, Client, Seen, client_of
from tests.support.pdf import pdf_problems
from tests.support.portals import a_portal
from tests.sweep.expected import EVERYONE, NOBODY, OF_A_CODE, PATIENTS, SAID_ELSEWHERE, outcome, rule_for
from tests.sweep.walk import Route, routes_of, values_for

RECORDS = ("self", "teen", "stranger")
WARM, WARM_MEDIAN, STAFF_WARM, COLD, FRAGMENT, PDF = 8000, 4500, 16_000, 14_600, 3000, 40_000


@dataclass
class Sweep:
    portal: object
    app: object
    cast: dict
    tokens: dict[str, str]
    values: dict[str, dict[str, str]]

    @property
    def routes(self) -> list[Route]:
        return list(routes_of(self.portal))

    def browser(self, who: str, inspect: bool = True):
        return _Signed(self, who, inspect)


class _Signed:
    """`async with sweep.browser("self") as client`."""

    def __init__(self, sweep: Sweep, who: str, inspect: bool):
        self.sweep, self.who, self.context = sweep, who, client_of(sweep.app, inspect=inspect)

    async def __aenter__(self) -> Client:
        client = await self.context.__aenter__()
        if self.who != NOBODY:
            client.http.cookies.set("s", self.sweep.tokens[self.who])
        return client

    async def __aexit__(self, *error) -> None:
        await self.context.__aexit__(*error)


@pytest.fixture
async def sweep(opened, cast):
    return await sweep_of(opened, cast)


@pytest.fixture
async def first_sweep(first_opened, live_cast):
    return await sweep_of(first_opened, live_cast)


async def sweep_of(opened, cast: dict) -> Sweep:
    house, tokens = opened.house, {}
    async with house.database.transaction():
        for handle, person in cast.items():
            rows = await house.database.rows("SELECT id, kind FROM account WHERE username = ?", person.username)
            tokens[handle] = await open_session(
                house, rows[0]["id"], rows[0]["kind"], Visitor("127.0.0.1", "sweep"), house.clock(), level="full",
                proven_at=house.clock(),
            )
    values = {handle: await values_for(house.database, cast[handle].record) for handle in RECORDS}
    return Sweep(opened.portal, opened.app, cast, tokens, values)


def got(seen: Seen) -> str:
    """What an answer amounts to, in the words of `expected.outcome`."""
    if seen.status in (200, 422):
        return "seen"
    if seen.status in (302, 303) and "/sign-in" in seen.headers["location"].partition("?")[0]:
        return "sign-in"
    return {404: "unknown", 403: "refused", 303: "seen", 503: "seen"}.get(seen.status, f"status {seen.status}")


def test_every_route_says_here_who_it_is_for():
    with a_portal() as portal:
        silent = [route.template for route in routes_of(portal) if rule_for(route.template) is None]
    assert silent == [], "say in tests/sweep/expected.py who these are for"


async def test_every_page_of_a_record_is_walked(sweep):
    """The main person of the cast has something at every address, so that no page is passed over in silence."""
    passed_over = [
        route.template for route in sweep.routes
        if "record" in route.parameters and "GET" in route.methods and not route.template.startswith("/staff")
        and not set(route.parameters) <= set(sweep.values["self"])
    ]
    assert passed_over == [], "the seeds of `self` need something to show there"


FEW = ("guardian", "helper-appointments", "helper-revoked", "billing", "frontdesk")
"""On the second database, where `make prove TESTS=tests/sweep` asks as everybody: those of whom the rules ask most."""


async def test_everybody_gets_what_is_theirs_and_nothing_else(sweep, templates):
    wrong = []
    all_of_them = templates.server.name == "sqlite" or "PROVE_N" in os.environ
    for who in (*(sorted(EVERYONE) if all_of_them else FEW), NOBODY):
        async with sweep.browser(who, inspect=False) as client:
            for route in sweep.routes:
                if "GET" in route.methods:
                    wrong += [line async for line in differences(sweep, client, route, who)]
    assert wrong == []


async def differences(sweep: Sweep, client: Client, route: Route, who: str):
    """One line for each record on which this route answers otherwise than written down."""
    rule = rule_for(route.template)
    for record in RECORDS if {"record", "guarantor"} & set(route.parameters) else ("self",):
        values = sweep.values[record]
        if not set(route.parameters) <= set(values) or route.template.endswith(".pdf"):
            continue
        seen = await client.get(route.address(values))
        wanted = expected_of(route, rule, who, record)
        if got(seen) not in wanted:
            yield f"{who} asks {route.template} of {record}: got {got(seen)}, expected {' or '.join(sorted(wanted))}"


def expected_of(route: Route, rule: str, who: str, record: str) -> set[str]:
    wanted = outcome(rule, who, record)
    if "/as/{share}" in route.template and who != NOBODY:
        # Only the patient looks through a helper's eyes; and then with the helper's rights, never more.
        return {"seen", "refused"} if who == record else {"unknown", "refused"}
    if rule == "half" and who != NOBODY:
        return {"sign-in", "seen"}
    return {wanted}


async def test_the_sweep_notices_a_page_that_opens_for_the_wrong_person(sweep, monkeypatch):
    """The check of the check: with the decision planted open, the sweep has lines to show."""
    from access import opening
    from rules.access import Allowed

    monkeypatch.setattr(opening, "decide", lambda *facts: Allowed("helper", frozenset({("results", "see")})))
    results = next(route for route in sweep.routes if route.template == "/records/{record}/results")
    async with sweep.browser("helper-appointments", inspect=False) as client:
        assert [line async for line in differences(sweep, client, results, "helper-appointments")]


async def test_no_unsafe_route_does_anything_without_a_token(sweep):
    before = await state_of(sweep)
    wrong = []
    for who in ("self", "frontdesk", NOBODY):
        async with sweep.browser(who, inspect=False) as client:
            for route in sweep.routes:
                for method in sorted(route.methods - {"GET"}):
                    address = route.address(sweep.values["self"] | dict.fromkeys(route.parameters, "A" * 22) | sweep.values["self"])
                    seen = await client.request(method, address, data={"a": "b"})
                    if seen.status not in (400, 403, 404, 303, 413, 415) or got(seen) == "seen":
                        wrong.append(f"{who} {method} {route.template}: {seen.status}")
    assert wrong == []
    assert await state_of(sweep) == before


async def test_an_address_with_a_form_that_it_does_not_have_is_not_found(first_sweep, first_opened):
    """`…/abc.txt` is a text or it is nothing: no page answers in its stead, and nothing is done by what is posted there.
    An address is read before any database is asked, so one of them is enough."""
    first_opened.draws_nothing()
    sweep = first_sweep
    before, wrong = await state_of(sweep), []
    for who, start in (("self", "/records"), ("frontdesk", "/staff"), ("billing", "/staff/bills"), ("clinician", "/staff/requests")):
        async with sweep.browser(who, inspect=False) as client:
            seen = await client.get(start)
            [token, *_] = [one.get("value") for one in seen.tree.all("input") if one.get("name") == "csrf"]
            fields = {"csrf": token, "reason": "other", "sure": "1"}
            for route in sweep.routes:
                wrong += [line async for line in dotted(sweep, client, route, fields)]
    assert wrong == []
    assert await state_of(sweep) == before


async def dotted(sweep: Sweep, client: Client, route: Route, fields: dict[str, str]):
    values = dict.fromkeys(route.parameters, "A" * 22) | sweep.values["self"]
    for name in {*route.parameters} - {"name", "file"}:
        for form in ("txt", "ics"):
            address = route.address(values | {name: f"{values[name]}.{form}"})
            for method in sorted(route.methods):
                seen = await client.request(method, address, **({} if method == "GET" else {"data": fields}))
                html = seen.headers.get("content-type", "").startswith("text/html")
                there = (seen.status < 400 and (html or method != "GET")) or seen.status in (422, 500)
                if there and got(seen) != "sign-in":
                    yield f"{method} {route.template} with {name}.{form}: {seen.status}"


async def state_of(sweep: Sweep) -> dict[str, int]:
    """How many rows everything has, but for what looking itself writes down."""
    import tables

    database = sweep.portal.state.house.database
    names = [t._meta.tablename for t in tables.ALL if t._meta.tablename not in ("audit_event", "audit_chain", "rate_bucket")]
    return {name: (await database.rows(f'SELECT COUNT(*) AS n FROM "{name}"'))[0]["n"] for name in names}


async def test_nothing_changes_on_get(sweep, opened):
    opened.draws_nothing()
    before = await state_of(sweep)
    async with sweep.browser("self", inspect=False) as client:
        for route in sweep.routes:
            if "GET" in route.methods and set(route.parameters) <= set(sweep.values["self"]):
                await client.get(route.address(sweep.values["self"]))
    assert await state_of(sweep) == before


async def test_every_page_is_sound_and_within_budget(sweep, opened):
    """Title, one h1, ids, labels, headers (the client inspects), and the bytes of ACCESS.md."""
    opened.draws_nothing()
    weights, faults = defaultdict(int), []
    for who in ("self", "helper-full", "frontdesk", NOBODY):
        async with sweep.browser(who) as client:
            for route in sweep.routes:
                await weigh(sweep, client, route, who, weights, faults)
    assert faults == []
    print_table(weights)
    if os.environ.get("WEIGHTS"):
        write_weights(weights)
    assert median(w for (_, who), w in weights.items() if who in PATIENTS) <= WARM_MEDIAN


async def weigh(sweep: Sweep, client: Client, route: Route, who: str, weights: dict, faults: list[str]) -> None:
    values = sweep.values["self"]
    if "GET" not in route.methods or not set(route.parameters) <= set(values) or "static" in route.template:
        return
    try:
        seen = await client.get(route.address(values))
    except Broken as broken:
        faults.append(f"{who}: {broken}")
        return
    if seen.is_html and seen.status == 200:
        weights[route.template, who] = seen.weight
        most = STAFF_WARM if who == "frontdesk" else (COLD - css_bytes() if who == NOBODY else WARM)
        if seen.weight > most:
            faults.append(f"{route.template} weighs {seen.weight} bytes for {who}, {most} allowed")


def css_bytes() -> int:
    """The stylesheet as it is sent, with its response headers."""
    from handlers.assets import asset_response, fresh

    assets = fresh()
    _, headers, body = asset_response(assets, assets.url("site.css"), "br")
    return len(body) + sum(len(name) + len(value) + 4 for name, value in headers) + 900


def write_weights(weights: dict[tuple[str, str], int]) -> None:
    """For the portal's own page `/about/weight`: WEIGHTS=1 with this test writes today's figures."""
    from pages import weight

    heaviest: dict[str, int] = {}
    for (template, who), size in weights.items():
        if "/as/{share}" not in template and who != "frontdesk":
            heaviest[template] = max(size, heaviest.get(template, 0))
    pages = [{"address": template, "bytes": size} for template, size in sorted(heaviest.items())]
    today = datetime.now(UTC).date().isoformat()
    weight.MEASURED.write_text(json.dumps({"measured": today, "pages": pages}, indent=1) + "\n")


def print_table(weights: dict[tuple[str, str], int]) -> None:
    print("\nBytes of each page, headers included, brotli 5")
    for (template, who), weight in sorted(weights.items()):
        print(f"{weight:7} {who:12} {template}")


async def test_every_document_is_accessible_and_within_budget(first_sweep):
    sweep, faults = first_sweep, []
    async with sweep.browser("self") as client:
        for route in sweep.routes:
            values = sweep.values["self"]
            named = [name for name in route.parameters if name not in ("record", "share", "guarantor")]
            if route.template.endswith("{file}"):
                continue  # what somebody else sent is no document of ours
            if "POST" in route.methods or route.template in SAID_ELSEWHERE | OF_A_CODE:
                continue  # a form is nothing for paper
            if "GET" not in route.methods or "as/{share}" in route.template or not set(route.parameters) <= set(values):
                continue
            if route.template.endswith(".pdf"):
                addresses = [route.address(values)]
            elif named and {"record", "guarantor"} & set(route.parameters) and route.template.endswith("}"):
                addresses = [route.address(values) + ".pdf"]
            else:
                continue
            for address in addresses:
                seen = await client.get(address)
                problems = pdf_problems(seen.content) if seen.status == 200 else [f"status {seen.status}"]
                size = [f"{len(seen.content)} bytes"] if len(seen.content) > 2 * PDF else []
                faults += [f"{route.template}: {problem}" for problem in problems + size]
    assert faults == []


def test_the_list_of_public_routes_is_pinned():
    """A route becomes public by changing this file, so that somebody reads it."""
    from starting import walk

    with a_portal() as portal:
        public = sorted({path for path, handler in walk(portal) if handler.opt["access"].kind in ("public", "pre_session", "signed")})
    pinned = json.loads((Path(__file__).parent / "public_routes.json").read_text())
    assert public == pinned
