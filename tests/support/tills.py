"""Fixtures for whoever pays and whoever takes money: a portal with the practice processor beside it, and people at both."""

from __future__ import annotations

import contextlib

import pytest

from tests.support.client import client_of
from tests.support.owners import cookie_of
from tests.support.paying import running_till
from tests.support.portals import opened_portal


@pytest.fixture(scope="module")
def till():
    with running_till() as running:
        yield running


@pytest.fixture
async def portal(demo_url, make_settings, till, drawing):
    async with opened_portal(make_settings(demo_url, PORTAL_PRACTICE_PORT=str(till.port)), drawing) as running:
        yield running.portal, running.app


@pytest.fixture
def house(portal):
    return portal[0].state.house


@pytest.fixture
async def somebody(portal, house):
    """`maria = await somebody("self")`: a browser of hers, without the way through the door."""
    async with contextlib.AsyncExitStack() as stack:

        async def arrives(handle: str):
            client = await stack.enter_async_context(client_of(portal[1]))
            client.cookies.set("s", (await cookie_of(house.database, handle, "", house.clock()))["value"])
            return client

        yield arrives
