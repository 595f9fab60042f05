"""Somebody who was given the appointments and nothing else: what a crawl as them finds, and what it does not."""

from __future__ import annotations

import os
import re

import pytest

from access.vocabulary import PLACES, TABLE_CATEGORY, Category
from seeds.cast import fixed_id
from seeds.people import BY_HANDLE
from tests.prove.test_crawl import SHE, ring_of
from tests.support.crawling import Crawl, telling_words, told
from tests.support.owners import signed_in

HE = "helper-appointments"
HOME = f"/records/{BY_HANDLE[SHE].record_ref}"
OPEN = ("/appointments", "/visit-requests", "/requests", "/summary", "/emergency-card", "/leaving")
"""What stands below a record for him. The last three are for everybody who helps; they hold what was shared."""
CLOCK = re.compile(r"\d{1,2}:\d\d [ap]m Central time")
EACH = int(os.environ.get("PROVE_N") or 1)
"""How many addresses of each kind."""


@pytest.fixture
async def ring(opened):
    found = await ring_of(opened.app, opened.house)
    async with found.house.database.transaction():
        found.tokens[HE] = await signed_in(found.house, fixed_id("account", HE), "personal", found.house.clock())
    return found


async def crawl_as_him(ring) -> Crawl:
    async with ring.at(HE) as client:
        return await Crawl(client, EACH).run("/records", HOME)


def of_hers(crawl: Crawl) -> dict:
    return {address: seen for address, seen in crawl.answers.items() if address.startswith(HOME) and seen.status == 200}


async def words_of_others(ring) -> set[str]:
    """What her record says in any other part, but for words that her appointments say as well."""
    database, found = ring.house.database, await telling_words(ring.house.database, BY_HANDLE[SHE].record_ref)
    for table, category in TABLE_CATEGORY.items():
        if category is not Category.APPOINTMENTS and "label" in {column._meta.name for column in table._meta.columns}:
            rows = await database.rows(
                f"SELECT DISTINCT t.label FROM {table._meta.tablename} t JOIN record_source p ON p.id = t.patient JOIN record r"
                " ON r.id = p.record WHERE r.ref = ?", BY_HANDLE[SHE].record_ref,
            )
            found |= {row["label"] for row in rows if len(row["label"]) > 5}
    said = await database.rows("SELECT label FROM appointment UNION SELECT label FROM booking")
    return {word for word in found if not any(word in row["label"] for row in said)}


async def test_a_crawl_as_him_finds_appointments_and_not_a_word_of_anything_else(ring):
    crawl = await crawl_as_him(ring)
    assert crawl.faults == []
    seen, canaries = of_hers(crawl), await words_of_others(ring)
    assert len(seen) > 12 and len(canaries) > 60
    assert {address for address in seen if not address.removeprefix(HOME).startswith(OPEN) and address.partition("?")[0] != HOME} == set()
    assert [(address, word) for address, one in seen.items() for word in told(one, canaries)] == []
    unsaid = [address for address, one in seen.items() if one.is_whole and "You are in Maria Delgado’s record" not in one.text]
    assert unsaid == [], "whose record it is stands on every page, forms too"


async def test_every_page_of_another_part_refuses_him_and_tells_nothing(ring):
    canaries = await words_of_others(ring)
    async with ring.at(HE) as client:
        for place in PLACES:
            for ending in ("", ".pdf", ".txt", "?q=a"):
                if place.category not in (Category.APPOINTMENTS, Category.HOME):
                    one = await client.get(f"{HOME}/{place.path}{ending}")
                    assert one.status in (403, 404) and told(one, canaries) == [], place.path


async def more_comes_in(database, now):
    for table, category in TABLE_CATEGORY.items():
        if category is not Category.APPOINTMENTS and hasattr(table, "released_at"):
            await _one_more(database, table._meta.tablename, now)
    await database.rows("UPDATE request SET changed_at = ?, state = 'completed', answer = 'reply' WHERE category <> 'appointments'", now)


async def all_is_taken_away(database, now):
    for table, category in TABLE_CATEGORY.items():
        if category is not Category.APPOINTMENTS and hasattr(table, "withdrawn_at"):
            await database.rows(f"UPDATE {table._meta.tablename} SET withdrawn_at = ?", now)
    await database.rows("UPDATE request SET category = 'control' WHERE category <> 'appointments'")


@pytest.mark.parametrize("what_happens", [more_comes_in, all_is_taken_away])
async def test_nothing_that_happens_elsewhere_changes_a_word_or_a_count_of_what_he_sees(what_happens, ring):
    before = {address: CLOCK.sub("", one.text) for address, one in of_hers(await crawl_as_him(ring)).items()}
    database, now = ring.house.database, ring.house.clock()
    async with database.transaction():
        await what_happens(database, now)
    after = {address: CLOCK.sub("", one.text) for address, one in of_hers(await crawl_as_him(ring)).items()}
    assert after == before


async def _one_more(database, table: str, now) -> None:
    """Each of her rows of this table was just released and changed; what had a label has another."""
    rows = await database.rows(f"SELECT * FROM {table} LIMIT 1")
    label = ", label = 'Brand new'" if rows and "label" in rows[0] else ""
    await database.rows(
        f"UPDATE {table} SET released_at = ?, changed_at = ?{label} WHERE patient IN (SELECT p.id FROM record_source p JOIN record r"
        " ON r.id = p.record WHERE r.ref = ?)", now, now, BY_HANDLE[SHE].record_ref,
    )
