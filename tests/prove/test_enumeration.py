"""Nobody learns from an answer whether somebody is known here: status, words and time over 200 tries of each kind (N= tries).

In turns, a try with a name that is known and one with a name that is not, at the real cost of a password. Times are held
against each other as somebody would who has them all: the chance that a try of the one kind took longer than one of the other
(the area under the curve of such guesses) is a half where nothing can be told.
"""

from __future__ import annotations

import os
import time
from bisect import bisect_left, bisect_right
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from identity.passwords import hasher
from settings import Limits
from tests.support.client import Client, Seen, client_of
from tests.support.logins import a_record, house_on
from tests.support.owners import cookie_of

TRIES = int(os.environ.get("PROVE_N") or 200)
WITHIN = 0.1
"""How far from a half it may lie: three times as far as chance brings 200 tries."""
FORGET = (
    "DELETE FROM rate_bucket", "UPDATE password SET failures = 0", "DELETE FROM used_key", "DELETE FROM job",
    "UPDATE authenticator SET failures = 0, stopped_until = NULL", "UPDATE capability SET failures = 0",
)  # fmt: skip
BORN = {"born_month": "3", "born_day": "9", "born_year": "1984"}


@dataclass(frozen=True)
class Door:
    """A form, and what is typed into it by who is known and who is not."""

    path: str
    known: dict[str, str]
    unknown: dict[str, str]


def doors(cast, code: str) -> dict[str, Door]:
    maria, desk, wrong = cast["self"], cast["frontdesk"], {"password": "not this one at all"}
    nobody = {"username": "nobody.at.all"}
    return {
        "sign-in": Door("/sign-in", {"username": maria.username} | wrong, nobody | wrong),
        "staff": Door("/staff/sign-in", {"username": desk.username} | wrong, nobody | wrong),
        "register": Door(
            "/register", BORN | {"code": code, "born_year": "1985"}, BORN | {"code": "AAAA-BBBB-CCCC-DDDD", "born_year": "1985"},
        ),
        "send": Door("/register/send", BORN | {"name": "Nora Quist", "number": "MRN-77"}, BORN | {"name": "Nora Quirk", "number": "MRN-78"}),
        "user name": Door("/recover/username", {"email": f"{maria.username}@example.org"}, {"email": "nobody.at.all@example.org"}),
        "password": Door("/recover/password", {"username": maria.username}, nobody),
        "everything": Door("/recover/everything", {"username": maria.username}, nobody),
    }  # fmt: skip


def apart(one: list[float], other: list[float]) -> float:
    """The chance that one of the first took longer than one of the second; a half where nothing can be told."""
    other = sorted(other)
    higher = sum(bisect_left(other, value) + bisect_right(other, value) for value in one)
    return higher / (2 * len(one) * len(other))


def test_times_that_differ_are_told_apart_and_those_that_do_not_are_not():
    same = [float(n % 17) for n in range(200)]
    assert apart(same, list(same)) == 0.5
    assert apart([value + 3 for value in same], same) > 0.5 + WITHIN and apart(same, [value + 3 for value in same]) < 0.5 - WITHIN


@pytest.fixture
async def real(opened):
    """The portal of the demo, at the cost that passwords have in an installation; every stored one is of that cost."""
    state, ours = opened.portal.state, Limits()
    costs = {name: getattr(ours, name) for name in ("password_memory_kib", "password_passes")}
    state.house = replace(state.house, limits=replace(state.house.limits, **costs))
    dear = await hasher(state.house.limits).hash("some password that nobody types")
    await state.house.database.rows("UPDATE password SET hash = ?", dear)
    return opened


async def compared(house, ask: Callable[[dict], Awaitable[Seen]], door: Door) -> Iterator[float]:
    seen: dict[str, set] = {"known": set(), "unknown": set()}
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    for turn in range(-10, TRIES):
        for kind in ("known", "unknown") if turn % 2 else ("unknown", "known"):
            for line in FORGET:
                await house.database.rows(line)
            typed = getattr(door, kind)
            began = time.perf_counter()
            page = await ask(typed)
            if turn >= 0:
                took[kind].append(time.perf_counter() - began)
            said = page.html if page.status == 303 else page.main
            for word in typed.values():
                said = said.replace(word, "·")
            seen[kind].add((page.status, said, page.headers.get("location", ""), len(page.headers)))
    assert seen["known"] == seen["unknown"], door.path
    return apart(took["known"], took["unknown"])


async def forms_of(client: Client, door: Door) -> Callable[[dict], Awaitable[Seen]]:
    page = await client.get(door.path)

    async def ask(typed: dict) -> Seen:
        return await client.send(page, 0, **typed)

    return ask


@pytest.mark.parametrize("name", ["sign-in", "staff", "register", "send", "user name", "password", "everything"])
async def test_who_is_known_cannot_be_told_from_who_is_not(real, cast, name):
    house = real.house
    chart = await a_record(house_on(house.database, house.clock()), house.clock(), name="Nora Quist", number="MRN-77")
    code = await code_for(house, chart)
    async with client_of(real.app) as client:
        door = doors(cast, code)[name]
        share = await compared(house, await forms_of(client, door), door)
    print(f"\n{name}: {TRIES} tries of each, the same status and words; a guess by time is right {max(share, 1 - share):.0%} of the time")
    assert abs(share - 0.5) < WITHIN


async def test_a_record_of_somebody_else_is_like_one_that_never_was(real, cast):
    house = real.house
    door = Door("/records/…", {"record": cast["stranger"].record}, {"record": "A" * 22})
    async with client_of(real.app) as client:
        cookie = await cookie_of(house.database, "self", "", house.clock())
        client.cookies.set("s", cookie["value"])

        async def ask(typed: dict) -> Seen:
            return await client.get(f"/records/{typed['record']}/results")

        share = await compared(house, ask, door)
    print(f"\nrecords: {TRIES} of each; a guess by time is right {max(share, 1 - share):.0%} of the time")
    assert abs(share - 0.5) < WITHIN


async def code_for(house, chart) -> str:
    from access.opening import open_system
    from acts.desk_code import issue_code

    return (await issue_code(open_system(house, "codes", house.clock()), chart.ref)).code
