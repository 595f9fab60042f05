"""Tries are counted in the database: two processes count together, and one that is started anew has forgotten nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from identity.authenticators import TRIES
from tests.support.client import Client
from tests.support.live import read_cast, running_portal

WRONG = "not this one at all"


@asynccontextmanager
async def at(url: str) -> AsyncIterator[Client]:
    async with httpx.AsyncClient(base_url=url, timeout=20) as http:
        yield Client(http)


async def door(client: Client, username: str, password: str):
    return await client.submit(await client.get("/sign-in"), 0, username=username, password=password)


async def alone(url: str) -> int:
    """The answer to one try in a browser of its own."""
    async with at(url) as client:
        return (await door(client, "somebody", WRONG)).status


async def test_tries_at_a_name_and_at_a_factor_are_counted_in_all_processes_and_after_a_restart(first_templates):
    with first_templates.copy(first_templates.demo()) as address:
        maria = read_cast(first_templates.cast_json)["self"]
        with running_portal(address) as one:
            async with at(one.url) as here:
                page = await door(here, maria.username, maria.password)
                for _ in range(TRIES - 2):
                    page = await here.submit(page, 0, code="000000")
                for _ in range(6):
                    assert (await door(here, "somebody", WRONG)).status == 422
            with running_portal(address) as two:
                tried = await asyncio.gather(*(alone(url) for url in (one.url, two.url) * 4))
                assert sorted(tried) == [422] * 4 + [429] * 4
        with running_portal(address) as again:
            async with at(again.url) as here:
                assert (await door(here, "somebody", WRONG)).status == 429
                page = await door(here, maria.username, maria.password)
                for _ in range(2):
                    page = await here.submit(page, 0, code="000000")
                refused = await here.submit(page, 0, code=maria.code)
                assert refused.status == 422 and "Try again" in refused.main
