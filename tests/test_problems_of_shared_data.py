"""Allergies, conditions and vaccines of the shared Synthea patients: each name and each day of the JSON is on its list."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from rules.dates import parse_clinical_date
from tables.records import Record, RecordSource
from tests.support.feeds import imported
from tests.support.lab import ZONE, Lab, house_here
from words.dates import day
from words.gettext import use

FILES = ("synthea-2021-us/a04-Versie_Botsford.json", "synthea-2021-uscore/a10-Leon.json")
LISTS = {
    "AllergyIntolerance": ("allergies", "code", ("recordedDate",)),
    "Condition": ("conditions", "code", ("onsetDateTime", "abatementDateTime")),
    "Immunization": ("vaccines", "vaccineCode", ("occurrenceDateTime",)),
}


@pytest.fixture(params=FILES)
async def chart(request, app, demo_url, shared_fhir, client):
    """(the address of the chart, its resources, its owner's browser)."""
    now = datetime.now(UTC)
    house = house_here(demo_url, now)
    await imported(house.database, [shared_fhir / request.param], "synthea", now, zone=ZONE)
    source = await RecordSource.select().where((RecordSource.source == "synthea") & (RecordSource.fhir_type == "Patient")).first()
    record = await Record.objects().where(Record.id == source["record"]).first()
    lab = Lab(house, now, record, source["id"])
    client.cookies.set("s", (await lab.person("Owner")).cookie)
    entries = json.loads((shared_fhir / request.param).read_text())["entry"]
    return lab.home, [entry["resource"] for entry in entries], client


async def test_every_name_and_every_day_is_there_as_often_as_it_was_sent(chart):
    home, resources, browser = chart
    checked = 0
    for kind, (path, code, dates) in LISTS.items():
        page = " ".join((await browser.get(f"{home}/{path}.txt")).html.split())
        sent = [one for one in resources if one["resourceType"] == kind]
        with use("en", ZONE):
            said = Counter(day(parse_clinical_date(one[name], ZONE)) for one in sent for name in dates if name in one)
        for words, times in said.items():
            assert page.count(" ".join(words.split())) >= times, (kind, words)
        for one in sent:
            assert (one[code].get("text") or one[code]["coding"][0]["display"]) in page
        checked += len(sent)
        assert (await browser.get(f"{home}/{path}")).status == 200
    assert checked >= 20
