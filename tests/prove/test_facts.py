"""Every number, unit, day and name on the pages of an imported record is the feed's; nothing withdrawn is anywhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.charts import CANARIES, open_charts
from tests.support.facts import lines_of

SYNTHEA = "synthea-2021-uscore"


async def the_pages_say_what_the_feed_said(address: str, settings, folder: Path, names: list[str], papers: int) -> None:
    """`names` are files of `folder`, each of one patient; the whole folder is imported."""
    async with open_charts(address, settings, folder, names, papers) as charts:
        assert charts, "nobody to check"
        for chart in charts:
            problems = await chart.check()
            assert problems == [], lines_of(problems)
            assert chart.telling(CANARIES) == [], "something withdrawn or not released was shown"
            print(f"{chart.sent.family}: {len(chart.forms_read)} pages and documents, {len(chart.seen_labs)} results: all as sent")


@pytest.mark.parametrize("feed", [SYNTHEA, "synthea-2021-us", "us-core-examples", "medplum"])
async def test_every_fact_on_every_page_is_as_sent(feed, database_url, make_settings, shared_fhir):
    files = sorted(path.name for path in (shared_fhir / feed).glob("a*.json") if "provenance" not in path.name)
    most = int(os.environ.get("PROVE_N") or len(files))
    await the_pages_say_what_the_feed_said(
        database_url, make_settings(database_url), shared_fhir / feed, files[:most], papers=1_000_000
    )
