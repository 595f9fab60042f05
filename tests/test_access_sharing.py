"""What of an invitation may be read: by whom it was sent to, by whoever has its link, by nobody else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from access.opening import open_account, open_capability
from access.visible import visible
from identity.codes import INVITATION
from seeds.cast import fixed_id, fixed_ref
from tables.base import new_id, new_ref
from tables.records import Record, Share, ShareScope
from tables.sending import secret_hash
from tables.sharing import Invitation
from tests.support.logins import house_on, nobody, signed_in

LUIS = fixed_id("invitation", "luis")


@pytest.fixture
def house(demo_database):
    return house_on(demo_database, datetime.now(UTC))


async def change(house, sql, *values):
    async with house.database.transaction():
        await house.database.rows(sql, *values)


async def seen_by(house, handle="stranger", kind="personal"):
    viewer = await signed_in(house, fixed_id("account", handle), kind, house.clock())
    return [row["id"] for row in await visible(open_account(house, viewer), Invitation).rows(("id",))]


async def sent_to(house, handle, confirmed=True, ended=False, kind="email"):
    now = house.clock()
    await change(
        house, "INSERT INTO account_address (id, ref, account, kind, value, confirmed_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        new_id(), new_ref(), fixed_id("account", handle), kind, "Luis.Ortega@example.org", now if confirmed else None, now if ended else None,
    )  # fmt: skip


async def test_an_invitation_to_one_s_own_confirmed_address_is_seen_in_any_case_of_letters(house):
    assert await seen_by(house) == []
    await sent_to(house, "stranger")
    assert await seen_by(house) == [LUIS] and await seen_by(house, "teen") == []


@pytest.mark.parametrize("address", [{"confirmed": False}, {"ended": True}, {"kind": "phone"}])
async def test_an_address_that_is_not_theirs_for_sure_shows_nothing(house, address):
    await sent_to(house, "stranger", **address)
    assert await seen_by(house) == []


async def test_staff_are_sent_none(house):
    await sent_to(house, "frontdesk")
    assert await seen_by(house, "frontdesk", "staff") == []


async def test_an_account_that_nobody_looks_through_is_sent_none(house):
    await sent_to(house, "stranger")
    viewer = await signed_in(house, fixed_id("account", "stranger"), "personal", house.clock())
    grant = open_account(house, viewer)
    assert [len(await visible(one, Invitation).rows(("id",))) for one in (grant, replace(grant, viewer=None))] == [1, 0]


@pytest.mark.parametrize("change_to", [
    ("state = 'withdrawn'",), ("state = 'accepted'",), ("ends_at = ?", timedelta(seconds=-1)),
])  # fmt: skip
async def test_what_does_not_wait_any_more_is_not_seen(house, change_to):
    await sent_to(house, "stranger")
    await change(house, f"UPDATE invitation SET {change_to[0]}", *(house.clock() + one for one in change_to[1:]))
    assert await seen_by(house) == []


async def linked(house, secret=fixed_ref("link", "luis"), purpose=INVITATION):
    return await open_capability(house, nobody(house.clock()), purpose, secret_hash(secret))


async def test_the_link_shows_its_invitation_and_the_name_on_its_chart_alone(house):
    grant = await linked(house)
    assert [row["id"] for row in await visible(grant, Invitation).rows(("id",))] == [LUIS]
    assert [row["id"] for row in await visible(grant, Record).rows(("id",))] == [fixed_id("record", "self")]
    for table in (Share, ShareScope):
        assert await visible(grant, table).rows(("id",)) == []
    await change(house, "UPDATE record SET state = 'blocked'")
    assert await visible(grant, Record).rows(("id",)) == []


@pytest.mark.parametrize("change_to", ["revoked_at = issued_at", "ends_at = issued_at", "uses = 1", "purpose = 'activation'"])
async def test_a_link_that_is_over_or_for_something_else_opens_nothing(house, change_to):
    assert await linked(house)
    await change(house, f"UPDATE capability SET {change_to} WHERE object_kind = 'Invitation'")
    assert await linked(house) is None


async def test_a_secret_for_something_else_shows_no_invitation(house):
    await change(house, "UPDATE capability SET object_kind = 'Record' WHERE object_kind = 'Invitation'")
    grant = await linked(house)
    assert await visible(grant, Invitation).rows(("id",)) == [] and await visible(grant, Record).rows(("id",)) == []
