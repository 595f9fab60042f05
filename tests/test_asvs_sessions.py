"""ASVS 5.0, V7: sessions. One test for each requirement, by its number."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta

import pytest

from identity.sessions import AT_ONCE, token_hash
from settings import Limits
from tests.support.asvs import cast, opened, sections, unfederated  # noqa: F401 -- fixtures
from tests.support.client import client_of
from tests.support.signing_in import sign_in
from tests.sweep.walk import routes_of

LIMITS = Limits()


@pytest.fixture
async def maria(person):
    """Signed in, with a factor shown just now."""
    return await person("self")


async def all_rows(house, sql: str, *values):
    return await house.database.rows(sql, *values)


async def turned(house, change: str, *values) -> None:
    await house.database.rows(f"UPDATE session SET {change}", *values)


def pages_of(portal) -> list[str]:
    """Every address without a parameter."""
    return sorted(route.template for route in routes_of(portal) if "GET" in route.methods and "{" not in route.template)


def minutes(seconds: int) -> str:
    return f"{seconds // 60} minutes" if seconds < 3600 else f"{seconds // 3600} hour"


def test_v7_1_1_how_long_a_session_lasts_is_written_down_as_it_is():
    told = sections()["How long a session lasts"]
    for seconds in (LIMITS.idle, LIMITS.idle_staff, LIMITS.idle_shared, LIMITS.absolute, LIMITS.absolute_shared, LIMITS.step_up, LIMITS.half):
        assert minutes(seconds) in told, seconds
    assert "SP 800-63B-4" in told and LIMITS.idle <= 3600 and LIMITS.absolute <= 86_400


def test_v7_1_2_how_many_an_account_may_have_is_written_down_and_what_happens_then():
    told = sections()["How many at a time"]
    assert AT_ONCE == 20 and "twenty" in told and "seen longest ago" in told


def test_v7_1_3_nobody_signs_in_by_way_of_somebody_else():
    assert "No other system signs anybody in" in sections()["Ways in"]
    assert unfederated()


async def test_v7_2_1_a_session_is_checked_here_at_each_request(maria, house):
    assert (await maria.get("/account/security")).status == 200
    await turned(house, "revoked_at = ?", datetime.now(UTC))
    assert (await maria.get("/account/security")).headers["location"].startswith("/sign-in")


async def test_v7_2_2_each_session_has_a_token_made_for_it(client, another_client, cast):  # noqa: F811
    tokens = []
    for browser, handle in ((client, "self"), (another_client, "stranger")):
        await sign_in(browser, cast[handle])
        tokens.append(browser.cookies["s"])
    assert len(set(tokens)) == 2


async def test_v7_2_3_a_token_has_256_random_bits_of_which_the_database_has_a_hash(client, cast, house):  # noqa: F811
    await sign_in(client, cast["self"])
    token = client.cookies["s"]
    rows = await all_rows(house, "SELECT token FROM session")
    assert re.fullmatch(r"[\w-]{43}", token) and math.log2(64) * 43 >= 256
    assert token_hash(token) in [bytes(row["token"]) for row in rows] and token.encode() not in b"".join(bytes(row["token"]) for row in rows)


async def test_v7_2_4_each_proof_makes_a_new_token_and_ends_the_one_before(client, cast, app, house):  # noqa: F811
    member, seen = cast["self"], []
    page = await client.submit(await client.get("/sign-in"), 0, username=member.username, password=member.password)
    seen.append(client.cookies["s"])
    await client.submit(page, 0, code=member.code)
    seen.append(client.cookies["s"])
    page = await client.get("/account/password")
    await client.submit(page, "Change your password", password=member.password, new_password="four otters in a canoe")
    seen.append(client.cookies["s"])
    assert len(set(seen)) == 3
    for old in seen[:2]:
        async with client_of(app) as thief:
            thief.cookies.set("s", old)
            assert (await thief.get("/records")).headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(("shared", "seconds"), [(False, LIMITS.idle), (True, LIMITS.idle_shared)])
async def test_v7_3_1_without_a_click_a_session_ends(maria, house, shared, seconds):
    long_ago = datetime.now(UTC) - timedelta(seconds=seconds + 1)
    await turned(house, "last_seen_at = ?, idle_seconds = ?, shared = ?", long_ago, seconds, shared)
    assert "ended=" in (await maria.get("/account/security")).headers["location"]


async def test_v7_3_2_however_often_one_clicks_a_session_ends(maria, house):
    now = datetime.now(UTC)
    await turned(house, "last_seen_at = ?, ends_at = ?", now, now - timedelta(seconds=1))
    assert "ended=" in (await maria.get("/account/security")).headers["location"]


async def test_v7_4_1_after_signing_out_nothing_brings_a_page_back(maria, app):
    page, token = await maria.get("/account/security"), maria.cookies["s"]
    assert "no-store" in page.headers["cache-control"]
    answer = await maria.send(page, "/sign-out")
    assert "storage" in answer.headers["clear-site-data"] and "max-age=0" in answer.headers["set-cookie"].lower()
    async with client_of(app) as again:
        again.cookies.set("s", token)
        assert (await again.get("/account/security")).headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("state", ["disabled", "frozen"])
async def test_v7_4_2_an_account_that_is_shut_is_signed_out_at_the_next_click(maria, house, state):
    await all_rows(house, "UPDATE account SET state = ?", state)
    assert (await maria.get("/account/security")).headers["location"].startswith("/sign-in")


async def test_v7_4_3_a_new_password_signs_every_other_browser_out(maria, person, cast):  # noqa: F811
    other = await person("self")
    page = await maria.get("/account/password")
    await maria.submit(page, "Change your password", password=cast["self"].password, new_password="four otters in a canoe")
    assert (await other.get("/records")).headers["location"].startswith("/sign-in")
    assert (await maria.get("/account/sessions")).main.count("Signed in on") == 1


async def test_v7_4_4_each_page_of_somebody_signed_in_has_a_button_to_sign_out(opened, person):  # noqa: F811
    """Of every page without a parameter in its address that a patient, or the front desk, may open."""
    for handle, start in (("self", "/account"), ("frontdesk", "/staff")):
        somebody, seen = await person(handle), 0
        for path in [path for path in pages_of(opened.portal) if path.startswith(start)]:
            page = await somebody.get(path)
            if page.status == 200 and page.headers["content-type"].startswith("text/html"):
                seen += 1
                assert "Sign out" in page.html.partition("</header>")[0], path
        assert seen > 3


async def test_v7_4_5_the_clinic_ends_the_sessions_of_one_person(maria, person, cast):  # noqa: F811
    support, record = await person("support"), cast["self"].record
    page = await support.get(f"/staff/records/{record}/login")
    await support.submit(page, f"/staff/records/{record}/login/sessions/end")
    assert (await maria.get("/records")).headers["location"].startswith("/sign-in")


async def test_v7_5_1_what_proves_who_somebody_is_changes_only_with_a_fresh_factor(app, maria, house):
    """Each route by which one's own password, factors, addresses and sessions change."""
    await turned(house, "proven_at = ?", datetime.now(UTC) - timedelta(seconds=LIMITS.step_up + 60))
    guarded = ("/account/password", "/account/codes", "/account/contact/new", "/account/passkeys/new", "/account/apps/new")
    for path in guarded:
        assert (await maria.get(path)).headers.get("location", "").startswith("/account/prove"), path
    assert (await maria.get("/account/security")).status == 200


async def test_v7_5_2_all_signed_in_browsers_are_listed_and_with_a_factor_ended(maria, person, house, cast):  # noqa: F811
    other = await person("self")
    page = await maria.get("/account/sessions")
    assert page.main.count("Signed in on") == 2
    await turned(house, "proven_at = ?", datetime.now(UTC) - timedelta(hours=1))
    end = next(form.get("action") for form in page.tree.all("form") if (form.get("action") or "").endswith("/end"))
    assert (await maria.send(page, end)).headers["location"].startswith("/account/prove")
    await turned(house, "proven_at = ?", datetime.now(UTC))
    await maria.submit(await maria.get("/account/sessions"), end)
    assert (await other.get("/records")).headers["location"].startswith("/sign-in")


async def test_v7_5_3_what_reaches_far_asks_for_a_fresh_factor(maria, house, cast):  # noqa: F811
    """Letting somebody else into the record."""
    await turned(house, "proven_at = ?", datetime.now(UTC) - timedelta(hours=1))
    page = await maria.get(f"/records/{cast['self'].record}/sharing/invitations")
    assert page.headers["location"].startswith("/account/prove")


def test_v7_6_1_no_session_hangs_on_one_of_another_system():
    assert unfederated()


async def test_v7_6_2_no_session_begins_by_itself(opened, client):  # noqa: F811
    """Opening any page leaves whoever is not signed in as nobody."""
    for path in pages_of(opened.portal):
        await client.get(path)
    assert "s" not in client.cookies
