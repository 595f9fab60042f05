"""Whatever is done about one account at the same moment, nobody waits for each other, and nobody is let in beside its owner."""

from __future__ import annotations

import asyncio
import random

import pytest

from access.grant import Changed
from acts import forgotten, logins
from acts import recovery as acts
from acts.sign_in import check_password, give_factor
from identity import recovery
from tests.support.logins import PASSWORD, app_code, at, count, house_on, nobody, sending
from tests.support.recovering import code_in
from tests.test_logins import at_work, chart_of
from tests.test_recovery import DAY, asks, at_half, begun, confirmed, grant_of, maria, open_factor, reset_link, stop_link  # noqa: F401 -- a fixture

FINE = (Changed, logins.NotNow)


@pytest.fixture
def house(database, now):
    return house_on(database, now)


@pytest.mark.parametrize("seed", range(3))
async def test_what_is_done_to_one_account_at_once_comes_one_after_the_other(house, maria, seed):  # noqa: F811
    await begun(house, maria)
    link = await stop_link(house)
    later = at(house, house.clock() + DAY)
    code, reset = await code_in(later), await reset_link(later)
    viewer, other = await at_half(later, maria), await at_half(later, maria)
    step = await acts.check_code(later, viewer, code)
    ref, desks = (await chart_of(later, maria))["ref"], [await at_work(later) for _ in range(4)]
    stop, new = await grant_of(later, link), await grant_of(later, reset)
    doings = [
        lambda: confirmed(later, viewer, step.token),
        lambda: forgotten.stop(stop, sending("/c"), "/x"),
        lambda: forgotten.reset_password(new, "seven quiet herons at noon", (), sending("/c"), "/x"),
        lambda: give_factor(later, other, app_code(later.clock())),
        lambda: check_password(later, nobody(later.clock()), "personal", "maria", PASSWORD),
        lambda: acts.start(later, other, recovery.POST, sending("/f"), "/x"),
        lambda: logins.end_sessions(desks[0], ref, sending("/s"), "/x"),
        lambda: logins.freeze(desks[1], ref, "asked", sending("/s"), "/x"),
        lambda: logins.begin_recovery(desks[2], ref, "passport", sending("/s")),
        lambda: logins.unfreeze(desks[3], ref, sending("/s"), "/x"),
    ] * 2
    random.Random(seed).shuffle(doings)
    async with asyncio.timeout(60):
        done = await asyncio.gather(*(doing() for doing in doings), return_exceptions=True)
    assert [one for one in done if isinstance(one, Exception) and not isinstance(one, FINE)] == []
    assert await count(later, "recovery", "state IN ('waiting', 'open') AND kind <> 'reset'") <= 1
