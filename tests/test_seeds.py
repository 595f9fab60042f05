"""The demo's cast: the same whenever it is planted, sent as FHIR that others read too, and whole even after a cut."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from access.audit import AuditWriter
from access.house import House
from ehr.importing import import_paths
from identity.passwords import hasher, unfit
from seeds import deliveries
from seeds.cast import fixed_id, fixed_ref, years_old
from seeds.clinic import NAME
from seeds.deliveries import ENCODE, deliver
from seeds.fhir import Chart, directory
from seeds.people import BY_HANDLE, CAST
from seeds.planting import is_planted, plant
from settings import Limits
from tables.sealing import Keyring

CHEAP = Limits(password_memory_kib=1024, password_passes=1)


@pytest.fixture
def house(database):
    return House(database, AuditWriter(database, b"k" * 32), Keyring((b"s" * 32,)), CHEAP, "http://localhost:8000")


def sent(now):
    """Every resource of every person, as JSON that was written and read."""
    chosen = [delivery for person in CAST if person.feed for delivery in person.feed(now)]
    resources = [*directory(), *(resource for delivery in chosen for resource in delivery.resources)]
    return [json.loads(ENCODE(resource)) for resource in resources]


def test_every_resource_is_valid_fhir_r4(now):
    from fhir.resources.R4B import get_fhir_model_class

    for resource in sent(now):
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)


def test_a_resource_that_is_not_valid_would_be_noticed(now):
    from fhir.resources.R4B import get_fhir_model_class

    broken = next(one for one in sent(now) if one["resourceType"] == "Observation") | {"status": 7, "colour": "red"}
    with pytest.raises(ValueError):
        get_fhir_model_class("Observation").model_validate(broken)


def test_numbers_keep_the_digits_they_were_given(now):
    chart = Chart(BY_HANDLE["self"], now)
    from seeds import laboratory

    assert b'"value":5.90,' in ENCODE(chart.measured(laboratory.TSH, 1, "5.90"))


@pytest.mark.parametrize("day", ["2026-05-12", "2026-02-28", "2028-02-29", "2026-11-01", "2027-01-02"])
def test_nothing_but_an_appointment_lies_in_the_future(day):
    now = datetime.fromisoformat(f"{day}T15:00:00+00:00")
    for resource in sent(now):
        if resource["resourceType"] != "Appointment":
            for name in ("effectiveDateTime", "issued", "date", "authoredOn", "occurrenceDateTime", "recordedDate"):
                at = resource.get(name)
                assert at is None or at[:10] <= day, resource["id"]
    assert any(one["resourceType"] == "Appointment" and one["start"][:10] > day for one in sent(now))


def test_visits_are_on_working_days(now):
    days = {one["period"]["start"][:10] for one in sent(now) if one["resourceType"] == "Encounter"}
    assert all(datetime.fromisoformat(day).weekday() < 5 for day in days)


def test_the_teen_stays_fifteen():
    birth = years_old(15, "02-10")
    for day, born in (("2026-02-09", "2010"), ("2026-02-10", "2011"), ("2031-12-31", "2016")):
        assert birth(datetime.fromisoformat(f"{day}T12:00:00+00:00")) == f"{born}-02-10"


def test_links_to_a_person_stay_the_same():
    """Bookmarks and scripts of the demo name these; they are pinned here."""
    assert fixed_ref("record", "self") == BY_HANDLE["self"].record_ref
    assert len({person.record_ref for person in CAST if person.has_record}) == 7
    assert all(len(person.record_ref) == 22 for person in CAST if person.has_record)
    assert str(fixed_id("record", "self")) == str(fixed_id("record", "self")) != str(fixed_id("account", "self"))


def test_passwords_are_such_as_the_portal_would_take():
    for person in CAST:
        own = (person.username, person.name, person.email, NAME)
        assert unfit(person.password, own) == "", person.handle
    assert len({person.password for person in CAST}) == len({person.username for person in CAST}) == 13


async def test_the_whole_cast_is_planted(house, now):
    await plant(house, now)
    rows = house.database.rows
    assert await is_planted(house.database)
    assert len(await rows("SELECT id FROM account")) == 13 and len(await rows("SELECT id FROM record")) == 8, "one has no login"
    skipped = await rows("SELECT fhir_type, fhir_id, skipped FROM raw_resource WHERE skipped IS NOT NULL")
    assert skipped == []
    stored = await rows("SELECT hash FROM password WHERE account = ?", fixed_id("account", "self"))
    assert await hasher(CHEAP).verify(stored[0]["hash"], BY_HANDLE["self"].password)


async def test_planting_twice_changes_nothing(house, now):
    first = await plant(house, now)
    before = await counts(house)
    assert await plant(house, now + timedelta(days=9)) == first == now, "the demo counts from its first day"
    assert await counts(house) == before


async def counts(house):
    names = ("account", "share", "share_scope", "observation", "raw_resource", "audit_event", "clinic_text", "item_privacy")
    return {name: (await house.database.rows(f"SELECT COUNT(*) AS n FROM {name}"))[0]["n"] for name in names}


async def test_a_planting_that_was_cut_goes_on(house, now, monkeypatch):
    with monkeypatch.context() as cut:
        cut.setattr("seeds.planting.deliver", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            await plant(house, now)
    assert not await is_planted(house.database)
    assert await plant(house, now + timedelta(days=1)) == now
    whole = await counts(house)
    assert whole["account"] == 13 and whole["observation"] > 150


async def test_some_people_alone_can_be_planted(house, now):
    await plant(house, now, (BY_HANDLE["self"], BY_HANDLE["helper-appointments"]))
    assert len(await house.database.rows("SELECT id FROM account")) == 2


async def test_the_stories_that_pages_tell_are_there(house, now):
    await plant(house, now)
    rows = house.database.rows

    async def observation(slug):
        return (await rows("SELECT * FROM observation WHERE fhir_id = ?", f"self-{slug}"))[0]

    potassium = await observation("k-4")
    assert (potassium["status"], potassium["number"], potassium["corrected"]) == ("corrected", "4.4", True)
    assert json.loads(potassium["previous"])["value"]["number"] == "5.9"
    assert (await observation("tsh-4"))["status"] == "preliminary"
    assert (await observation("b12-4"))["number"] is None
    assert (await observation("crp-39"))["comparator"] == "<"
    assert (await observation("glu-200"))["withdrawn_at"] is not None
    assert (await observation("hiv-335"))["sensitive"]
    assert (await observation("ttg-4"))["released_at"] == now + timedelta(days=3)
    line = await rows(
        "SELECT o.number FROM observation o JOIN series s ON s.id = o.series JOIN record_source r ON r.id = o.patient"
        " WHERE s.analyte = '718-7' AND r.fhir_id = 'self' ORDER BY o.effective_starts"
    )
    assert [row["number"] for row in line][-6:] == ["12.1", "10.6", "11.1", "11.4", "11.8", "12.3"] and len(line) == 13
    assert not await rows("SELECT o.id FROM observation o JOIN record_source r ON r.id = o.patient"
                          " WHERE r.fhir_id = 'helper-revoked'")  # fmt: skip


async def test_the_same_feed_again_changes_nothing(house, now):
    await plant(house, now)
    reports = await deliver(house, CAST, now)
    assert sum(one.stored for report in reports for one in report.types) == 0
    assert all(not one.skipped for report in reports for one in report.types)


async def test_what_came_first_came_first(house, now, monkeypatch):
    """One import a day, oldest first, each at its own time."""
    days = []

    async def watched(grant, paths, source, **more):
        days.append((now - grant.now).days)
        return await import_paths(grant, paths, source, **more)

    monkeypatch.setattr(deliveries, "import_paths", watched)
    await plant(house, now)
    assert days == [45, 38, 3, 2]


async def test_planting_is_quick(house, now):
    began = datetime.now(UTC)
    await plant(house, now)
    # Two seconds on a machine of its own; the tests share theirs.
    assert (datetime.now(UTC) - began).total_seconds() < 10
