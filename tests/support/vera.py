"""Fixtures for tests of pages: the chart of Vera Lind, empty until a test puts something into it, and her own browser."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.lab import Lab, house_here


@pytest.fixture
async def lab(app, demo_url) -> Lab:
    now = datetime.now(UTC)
    return await Lab.open(house_here(demo_url, now), now)


@pytest.fixture
async def vera(lab, client):
    client.cookies.set("s", (await lab.person("Vera Lind")).cookie)
    return client
