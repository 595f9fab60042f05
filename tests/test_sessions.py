"""Sessions: what a cookie stands for, to the very second, and in every process alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from access.audit import AuditWriter, Entry
from access.vocabulary import Duty
from identity.sessions import (
    AT_ONCE, CROWDED, DISABLED, SIGNED_OUT, find_viewer, note_seen, open_session, revoke, token_hash,
)
from settings import Limits
from tables.database import Database
from tests.support.world import KEY, VISITOR

LIMITS = Limits()
ENDS = {
    "patient, idle": ("maria", {"level": "full"}, LIMITS.idle),
    "patient on a shared computer, idle": ("maria", {"level": "full", "shared": True}, LIMITS.idle_shared),
    "staff, idle": ("desk", {"level": "full"}, LIMITS.idle_staff),
    "staff on a shared computer, idle": ("desk", {"level": "full", "shared": True}, LIMITS.idle_shared),
    "password alone": ("maria", {"level": "half"}, LIMITS.half),
}
ABSOLUTE = {"patient": ("maria", False, LIMITS.absolute), "shared": ("maria", True, LIMITS.absolute_shared),
            "staff": ("desk", False, LIMITS.absolute), "staff, shared": ("desk", True, LIMITS.absolute_shared)}  # fmt: skip


async def sign_in(world, person="maria", **options) -> str:
    viewer = world.people[person]
    async with world.house.database.transaction():
        return await open_session(world.house, viewer.account, viewer.kind, VISITOR, world.now, **{"level": "full"} | options)


async def at(world, token, seconds=0.0, house=None):
    return await find_viewer(house or world.house, token, VISITOR, world.now + timedelta(seconds=seconds))


@pytest.mark.parametrize("case", ENDS)
async def test_a_session_ends_at_the_very_second(world, case):
    person, options, seconds = ENDS[case]
    token = await sign_in(world, person, **options)
    assert (await at(world, token, seconds - 0.000001)).level == options["level"]
    over = await at(world, token, seconds)
    assert (over.level, over.ended) == ("none", "expired")


@pytest.mark.parametrize("case", ABSOLUTE)
async def test_being_there_does_not_put_off_the_absolute_end(world, case):
    person, shared, seconds = ABSOLUTE[case]
    token = await sign_in(world, person, shared=shared)
    end = world.now + timedelta(seconds=seconds)
    await world.house.database.rows("UPDATE session SET last_seen_at = ? WHERE token = ?", end, token_hash(token))
    last = await at(world, token, seconds - 0.000001)
    assert last.level == "full" and last.signs_out_at == end
    assert (await at(world, token, seconds)).ended == "expired"


async def test_whoever_signs_in_a_twenty_first_time_is_signed_out_where_they_were_seen_longest_ago(world):
    tokens = [await sign_in(world) for _ in range(AT_ONCE - 1)]
    await world.house.database.rows("UPDATE session SET last_seen_at = ? WHERE token = ?", world.now - timedelta(minutes=5), token_hash(tokens[3]))
    half, other = await sign_in(world, level="half"), await sign_in(world, "stan")
    tokens.append(await sign_in(world))
    levels = [(await at(world, token)).level for token in (*tokens, half, other)]
    assert levels == ["full"] * 3 + ["none"] + ["full"] * (AT_ONCE - 4) + ["half", "full"]
    rows = await world.house.database.rows("SELECT end_reason FROM session WHERE token = ?", token_hash(tokens[3]))
    assert rows[0]["end_reason"] == CROWDED


async def test_only_the_hash_of_the_token_is_kept(world):
    token = await sign_in(world)
    rows = await world.house.database.rows("SELECT * FROM session")
    assert len(token) == 43 and token not in repr(rows) and token.encode() not in b"".join(bytes(row["token"]) for row in rows)


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "é", "\0", "x" * 100_000])
async def test_a_token_that_nobody_gave_stands_for_nobody(world, token):
    viewer = await at(world, token)
    assert (viewer.level, viewer.account, viewer.ended, viewer.session) == ("none", None, "", None)


async def test_a_new_session_replaces_the_old_one(world):
    first = await sign_in(world)
    old = await at(world, first)
    second = await sign_in(world, replaces=old.session)
    new = await at(world, second)
    assert new.level == "full" and new.session != old.session and new.csrf != old.csrf
    gone = await at(world, first)
    assert (gone.level, gone.ended, gone.account) == ("none", "revoked", None)


async def test_a_session_revoked_twice_keeps_its_first_reason(world):
    token = await sign_in(world)
    session = (await at(world, token)).session
    for reason in (SIGNED_OUT, DISABLED):
        await revoke(world.house, session, world.now, reason)
    rows = await world.house.database.rows("SELECT end_reason FROM session WHERE id = ?", session)
    assert rows[0]["end_reason"] == SIGNED_OUT


@pytest.mark.parametrize("state", ["disabled", "closed", "anything else"])
async def test_an_account_that_is_not_in_use_has_no_session(world, state):
    token = await sign_in(world)
    await world.house.database.rows("UPDATE account SET state = ? WHERE id = ?", state, world.people["maria"].account)
    viewer = await at(world, token)
    assert (viewer.level, viewer.ended, viewer.account) == ("none", "disabled", None)


async def test_duties_are_read_at_each_request_and_only_of_staff_with_both_factors(world):
    token, half = await sign_in(world, "desk"), await sign_in(world, "desk", level="half")
    assert (await at(world, token)).duties == {Duty.FRONT_DESK} and (await at(world, half)).duties == frozenset()
    await world.house.database.rows("UPDATE staff_duty SET ended_at = ?", world.now)
    assert (await at(world, token)).duties == frozenset()


# Being there


async def seen_after(world, token, seconds, passive=False):
    viewer = await at(world, token, seconds)
    if note_seen(world.house, viewer, passive):
        await world.house.audit.commit(None)
    rows = await world.house.database.rows("SELECT last_seen_at FROM session WHERE token = ?", token_hash(token))
    return (rows[0]["last_seen_at"] - world.now).total_seconds()


async def test_being_there_is_written_at_most_once_a_minute(world):
    token = await sign_in(world)
    assert [await seen_after(world, token, s) for s in (1, 59.999, 60, 119.9, 120.5)] == [0, 0, 60, 60, 120.5]


async def test_polling_is_not_being_there(world):
    token = await sign_in(world)
    assert await seen_after(world, token, 600, passive=True) == 0


async def test_the_time_a_page_names_is_the_time_the_session_ends(world):
    """Also near the absolute end, where being there still counts."""
    token = await sign_in(world)
    await world.house.database.rows("UPDATE session SET ends_at = ?", world.now + timedelta(minutes=40))
    for minute in (0.5, 15, 25):
        shown = (await at(world, token, minute * 60)).signs_out_at
        await seen_after(world, token, minute * 60)
        left = (shown - world.now).total_seconds()
        assert (await at(world, token, left - 0.001)).level == "full" and (await at(world, token, left)).ended == "expired"


async def test_a_late_report_never_moves_the_time_back(world):
    token = await sign_in(world)
    session = (await at(world, token)).session
    for seconds in (300, 100):
        world.house.audit.seen(session, world.now + timedelta(seconds=seconds))
        await world.house.audit.commit(None)
    rows = await world.house.database.rows("SELECT last_seen_at FROM session WHERE id = ?", session)
    assert rows[0]["last_seen_at"] == world.now + timedelta(seconds=300)


async def test_two_processes_agree(world):
    other = await Database(world.house.database.url).connect()
    second = replace(world.house, database=other, audit=AuditWriter(other, KEY))
    try:
        token = await sign_in(world)
        assert (await at(world, token, house=second)).level == "full"
        late = await at(world, token, 1000)
        note_seen(world.house, late, passive=False)
        await world.house.audit.commit(Entry(world.now, "results.see"))
        assert (await at(world, token, 2000, house=second)).level == "full", "there is no memory of one process"
        await revoke(second, late.session, world.now, SIGNED_OUT)
        assert (await at(world, token)).ended == "revoked"
    finally:
        await other.close()


@pytest.mark.parametrize("path", ["/account/security", "/account/preferences", "/records", "/nowhere-at-all"])
async def test_pages_without_an_entry_in_the_audit_count_as_being_there(opened, client, cast, path):
    house = opened.house
    token, row = await a_minute_old(house, cast["self"])
    client.http.cookies.set("s", token)
    await client.get(path)
    after = (await house.database.rows("SELECT last_seen_at FROM session WHERE token = ?", token_hash(token)))[0]
    assert (after["last_seen_at"] > row) == (path != "/nowhere-at-all")


async def a_minute_old(house, member):
    account = (await house.database.rows("SELECT id FROM account WHERE username = ?", member.username))[0]["id"]
    past = house.clock() - timedelta(seconds=61)
    async with house.database.transaction():
        return await open_session(house, account, "personal", VISITOR, past, level="full", proven_at=past), past
