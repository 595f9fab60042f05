"""Every number, unit, day and name on the pages of an imported record is the feed's; nothing withdrawn is anywhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.canaries import CANARIES
from tests.support.charts import import_charts, open_charts
from tests.support.facts import lines_of
from tests.support.record_walk import RecordWalk
from tests.support.vital_walk import VitalWalk

SYNTHEA = "synthea-2021-uscore"


async def the_pages_say_what_the_feed_said(address: str, settings, folder: Path, names: list[str], papers: int) -> None:
    """`names` are files of `folder`, each of one patient; the whole folder is imported."""
    import_charts(address, folder, names)
    async with open_charts(address, settings, folder, names, papers) as charts:
        assert charts, "nobody to check"
        for chart in charts:
            record, vitals = RecordWalk(chart), VitalWalk(chart)
            await chart.check()
            await record.check()
            problems = await vitals.check()
            assert problems == [], lines_of(problems)
            assert not record.missing and not vitals.missing, "a list of the record is gone"
            assert chart.telling(CANARIES) == [], "something withdrawn or not released was shown"
            held = ", ".join(f"{many} {kind}" for kind, many in record.seen.items() if many)
            print(f"{chart.sent.family}: {len(chart.forms_read)} pages and documents, {len(chart.seen_labs)} results,"
                  f" {vitals.seen} readings, {held}: all as sent", flush=True)  # fmt: skip


@pytest.mark.parametrize("feed", [SYNTHEA, "synthea-2021-us", "us-core-examples", "medplum", "inferno"])
async def test_every_fact_on_every_page_is_as_sent(feed, database_url, make_settings, shared_fhir):
    files = sorted(path.name for path in (shared_fhir / feed).glob("a*.json") if "provenance" not in path.name)
    most = int(os.environ.get("PROVE_N") or len(files))
    await the_pages_say_what_the_feed_said(
        database_url, make_settings(database_url), shared_fhir / feed, files[:most], papers=1_000_000
    )
