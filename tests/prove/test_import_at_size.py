"""Imports of 50,000 resources (N= sets how many): the pace, the pages meanwhile, and memory that does not grow."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from pathlib import Path

import httpx

from tests.support.client import Client, browser_like
from tests.support.databases import HOUSE, portal_environment
from tests.support.repeated import repeat_feeds
from tests.support.signing_in import sign_in

RESOURCES = int(os.environ.get("PROVE_N") or 50_000)
PACE = 3_000
"""Resources a second, as the import's own report says."""
SLOWEST = 0.3
"""Seconds within which 95 of 100 pages come."""

MEASURED = """
import asyncio, resource, sys
from datetime import datetime, timezone
from pathlib import Path
from tests.support.feeds import imported
from tables.database import Database

async def main():
    database = await Database(sys.argv[1]).open()
    await imported(database, [Path(sys.argv[2])], sys.argv[3], datetime.now(timezone.utc))
    await database.close()

asyncio.run(main())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


async def test_the_pace_of_an_import_and_of_pages_meanwhile(own_live, live_cast, shared_fhir, tmp_path):
    feeds = repeat_feeds(shared_fhir, tmp_path / "feeds", RESOURCES)
    async with browser_like(httpx.AsyncHTTPTransport(), own_live.url) as http:
        somebody = Client(http, inspect=False)
        await sign_in(somebody, live_cast["self"])
        report = tmp_path / "report.json"
        importing = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cli", "import", str(feeds), "--source", "prove", "--report", str(report),
            cwd=HOUSE, env=portal_environment(own_live.database_url), stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, seconds = await asyncio.gather(
            importing.stdout.read(), _pages(somebody, live_cast["self"].record, importing)
        )
    assert await importing.wait() == 0
    pace = float(re.search(r"([\d,.]+) a second", said.decode())[1].replace(",", ""))
    slow = sorted(seconds)[int(len(seconds) * 0.95)]
    print(f"\n{pace:,.0f} resources a second; {len(seconds)} pages meanwhile, 95 of 100 within {slow * 1000:.0f} ms")
    types = json.loads(report.read_text())["types"].values()
    assert sum(one["read"] for one in types) == sum(one["stored"] for one in types) >= RESOURCES
    assert pace >= PACE
    assert slow < SLOWEST


async def _pages(somebody: Client, record: str, importing) -> list[float]:
    seconds = []
    while importing.returncode is None:
        began = time.perf_counter()
        page = await somebody.get(f"/records/{record}/results")
        assert page.status == 200
        seconds.append(time.perf_counter() - began)
        await asyncio.sleep(0.05)
    return seconds


async def test_memory_does_not_grow_with_the_number_of_files(database_url, shared_fhir, tmp_path):
    some = repeat_feeds(shared_fhir, tmp_path / "some", RESOURCES // 5)
    all_of_them = repeat_feeds(shared_fhir, tmp_path / "all", RESOURCES)
    small, large = [await _peak(database_url, folder) for folder in (some, all_of_them)]
    print(f"\n{small} MB for {RESOURCES // 5:,} resources, {large} MB for {RESOURCES:,}")
    # SQLite's page cache fills up within the first run's size already.
    assert large - small < 25


async def _peak(database_url: str, folder: Path) -> int:
    """Megabytes of resident memory at most."""
    importing = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MEASURED, database_url, str(folder), folder.name,
        cwd=HOUSE, env=portal_environment(database_url), stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await importing.communicate()
    assert importing.returncode == 0
    return int(said)
