"""A portal with the demo clinic for each file of journeys, its database, and a line to it that can drop."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tables.database import Database
from tests.support.bad_line import bad_line
from tests.support.live import running_portal


@pytest.fixture(scope="module")
def portal_of_ours(first_templates):
    with first_templates.copy(first_templates.demo()) as address, running_portal(address) as running:
        yield running


@pytest.fixture
async def database(portal_of_ours):
    opened = await Database(portal_of_ours.database_url).open()
    yield opened
    await opened.close()


@pytest.fixture
async def line(portal_of_ours):
    async with bad_line(urlsplit(portal_of_ours.url).port) as between:
        yield between
