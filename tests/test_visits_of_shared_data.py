"""Every visit of the shared Synthea patients: its summary opens, and says the dates, names and numbers of the JSON."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime

import pytest

from rules.dates import parse_clinical_date
from rules.quantities import value_of
from tables.records import Record, RecordSource
from tables.visits import Encounter
from tests.support.lab import ZONE, Lab, house_here
from tests.support.feeds import imported
from words.dates import day
from words.gettext import use
from words.values import value as value_words

FILE = "synthea-2021-uscore/a10-Leon.json"


@pytest.fixture
async def leon(app, demo_url, shared_fhir, client):
    """His chart in the portal, his JSON by type, and his own browser."""
    now = datetime.now(UTC)
    house = house_here(demo_url, now)
    files = sorted((shared_fhir / "synthea-2021-uscore").glob("0-*.json"))
    await imported(house.database, [*files, shared_fhir / FILE], "synthea", now, zone=ZONE)
    source = await RecordSource.select().where((RecordSource.source == "synthea") & (RecordSource.fhir_type == "Patient")).first()
    record = await Record.objects().where(Record.id == source["record"]).first()
    lab = Lab(house, now, record, source["id"])
    client.cookies.set("s", (await lab.person("Leon")).cookie)
    sent = defaultdict(list)
    for entry in json.loads((shared_fhir / FILE).read_text(), parse_float=str)["entry"]:
        sent[entry["resource"]["resourceType"]].append(entry["resource"])
    return lab, sent, client


def said(text: str) -> str:
    return " ".join(text.split())


async def test_each_summary_says_what_the_feed_sent(leon):
    lab, sent, browser = leon
    of_visit = defaultdict(list)
    for one in sent["Observation"]:
        category = one["category"][0]["coding"][0]["code"]
        if category in ("laboratory", "vital-signs"):
            of_visit[one["encounter"]["reference"].removeprefix("urn:uuid:")].append(one)
    wrong, checked = [], 0
    for row in await Encounter.select(Encounter.ref, Encounter.fhir_id).where(Encounter.patient == lab.source):
        page = said((await browser.get(f"{lab.home}/visits/{row['ref']}.txt")).html)
        [encounter] = [one for one in sent["Encounter"] if one["id"] == row["fhir_id"]]
        with use("en", ZONE):
            facts = [day(parse_clinical_date(encounter["period"]["start"], ZONE)), encounter["type"][0]["text"],
                     encounter["participant"][0]["individual"]["display"]]
            for one in of_visit[row["fhir_id"]]:
                facts += [value_words(value_of(one))] if "valueQuantity" in one or "valueString" in one else []
        checked += len(facts)
        wrong += [(row["ref"], fact) for fact in facts if said(fact) not in page]
    assert wrong == []
    assert checked > 100


async def test_the_list_names_every_visit_and_its_page_is_sound(leon):
    lab, sent, browser = leon
    page = await browser.get(f"{lab.home}/visits")
    assert f"{len(sent['Encounter'])} visits, newest first." in page.main
    for words, address in page.links:
        if "/visits/" in address and words and "." not in address:
            summary = await browser.get(address)
            assert summary.status == 200 and summary.weight <= 8_000
            assert "usual range" not in summary.main.lower(), "this feed sends no ranges"
