"""One's own sign-in and choices: codes, browsers, step-up, name, text size."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.client import client_of
from tests.support.signing_in import sign_in

pytestmark = pytest.mark.in_turns

CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5}\b")


@pytest.fixture
async def maria(client, cast):
    await sign_in(client, cast["self"])
    return client


async def stale(database, minutes=20):
    """As if the last factor had been shown that long ago."""
    await database.rows("UPDATE session SET proven_at = ?", datetime.now(UTC) - timedelta(minutes=minutes))


async def spare_code(database, account_name):
    """A one-time code of that person, made behind the portal's back: the app's code was just used."""
    from tables.base import new_id

    rows = await database.rows(
        "SELECT h.id FROM authenticator h JOIN account a ON a.id = h.account WHERE a.username = ? AND h.kind = 'codes'"
        " AND h.ended_at IS NULL", account_name,
    )
    from identity.codes import code_hash, new_sheet_code

    code = new_sheet_code()
    async with database.transaction():
        await database.rows("INSERT INTO one_time_code (id, sheet, hash) VALUES (?, ?, ?)", new_id(), rows[0]["id"], code_hash(code))
    return code


async def with_sheet(client):
    page = await client.submit(await client.get("/account/codes"), "Make 10 new codes")
    return CODE.findall(page.main)


async def test_the_page_says_how_one_signs_in(maria):
    page = await maria.get("/account/security")
    assert page.status == 200 and "Set on" in page.main and "Authenticator app" in page.main and "None" in page.main
    assert "1 browser is signed in" in page.main
    assert page.link("Make new one-time codes") == "/account/codes"


async def test_every_link_of_the_page_leads_somewhere(maria):
    page = await maria.get("/account/security")
    inside = {address for _, address in page.links if address.startswith("/account")}
    assert inside and [address for address in inside if (await maria.get(address)).status != 200] == []


async def test_a_new_sheet_is_shown_once_and_works(maria, another_client, cast):
    codes = await with_sheet(maria)
    assert len(set(codes)) == 10
    page = await maria.get("/account/codes")
    assert CODE.findall(page.main) == codes, "a line that dropped loses nothing"
    page = await maria.submit(page, "I have kept them")
    assert page.url == "/account/security?done=codes" and "put away" in page.main and "10 codes left" in page.main
    assert CODE.findall((await maria.get("/account/codes")).main) == []
    member = cast["self"]
    door = await another_client.get("/sign-in")
    door = await another_client.submit(door, 0, username=member.username, password=member.password)
    assert (await another_client.submit(door, 0, code=codes[0].lower())).url == "/records"
    assert "9 codes left" in (await maria.get("/account/security")).main


async def test_a_sheet_can_be_printed_without_the_buttons_words_lost(maria):
    await with_sheet(maria)
    page = await maria.get("/account/codes")
    assert "User name:" in page.main and "Each code works once" in page.main


async def test_a_new_sheet_is_told_to_every_address(maria, demo_database):
    await with_sheet(maria)
    rows = await demo_database.rows("SELECT address FROM outbox WHERE event = 'account.codes_made'")
    assert rows


async def test_one_form_sent_twice_makes_one_sheet(maria, demo_database):
    page = await maria.get("/account/codes")
    answers = await asyncio.gather(*(maria.send(page, "Make 10 new codes") for _ in range(4)))
    assert {answer.headers.get("location") for answer in answers} == {"/account/codes"}
    rows = await demo_database.rows("SELECT COUNT(*) AS n FROM authenticator WHERE kind = 'codes'")
    assert rows[0]["n"] == 1


async def test_codes_ask_for_a_fresh_factor(maria, demo_database, cast):
    await with_sheet(maria)
    page = await maria.get("/account/codes")
    await maria.submit(page, "I have kept them")
    spare = await spare_code(demo_database, cast["self"].username)
    await stale(demo_database)
    page = await maria.arrive(await maria.get("/account/codes"))
    assert page.url == "/account/prove?next=%2Faccount%2Fcodes"
    before = maria.cookies["s"]
    page = await maria.submit(page, "Go on", code="000 000")
    assert page.status == 422 and page.errors
    page = await maria.submit(page, "Go on", code=spare)
    assert page.url == "/account/codes" and maria.cookies["s"] != before


async def test_a_stale_form_is_asked_for_a_factor_before_it_acts(maria, demo_database):
    page = await maria.get("/account/codes")
    await stale(demo_database)
    answer = await maria.send(page, "Make 10 new codes")
    assert answer.headers["location"] == "/account/prove?next=%2Faccount%2Fcodes"
    assert (await demo_database.rows("SELECT COUNT(*) AS n FROM authenticator WHERE kind = 'codes'"))[0]["n"] == 0


async def test_another_browser_is_listed_and_can_be_signed_out(maria, app, cast, demo_database):
    await with_sheet(maria)
    spare = await spare_code(demo_database, cast["self"].username)
    async with client_of(app) as other:
        member = cast["self"]
        page = await other.submit(await other.get("/sign-in"), 0, username=member.username, password=member.password, shared="y")
        await other.submit(page, 0, code=spare)
        page = await maria.get("/account/sessions")
        assert page.main.count("Signed in on") == 2 and "This browser" in page.main and "A shared computer" in page.main
        theirs = page.tree.all("form")
        ends = [form.get("action") for form in theirs if "/end" in (form.get("action") or "")]
        page = await maria.submit(page, ends[0])
        assert page.url == "/account/sessions?done=ended" and "That browser is signed out." in page.main
        assert page.main.count("Signed in on") == 1
        assert (await other.get("/records")).headers["location"].startswith("/sign-in")
    assert (await maria.get("/records")).status == 200


async def test_ending_the_browser_in_hand_is_signing_out(maria, demo_database):
    """Without a fresh factor, too."""
    await stale(demo_database)
    page = await maria.submit(await maria.get("/account/sessions"), "Sign out here")
    assert page.url.startswith("/sign-in") and "s" not in maria.cookies


async def another_session(database, username):
    """As if that person were signed in on a second browser, elsewhere."""
    from tables.base import new_id, new_ref

    row, *_more = await database.rows(
        "SELECT s.* FROM session s JOIN account a ON a.id = s.account WHERE a.username = ? AND s.revoked_at IS NULL"
        " AND s.level = 'full' ORDER BY s.created_at", username,
    )
    ref = new_ref()
    row |= {"id": new_id(), "ref": ref, "token": ref.encode(), "place": "elsewhere", "device": f"Another browser {ref[:4]}"}
    await database.rows(f"INSERT INTO session ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", *row.values())
    return ref


async def test_all_others_are_signed_out_at_once_and_the_one_in_hand_stays(maria, demo_database, cast):
    name = cast["self"].username
    for _ in range(2):
        await another_session(demo_database, name)
    page = await maria.get("/account/sessions")
    assert page.main.count("Over another internet connection.") == 2
    page = await maria.submit(page, "Sign out everywhere but here")
    assert "All other browsers are signed out." in page.main and page.main.count("Signed in on") == 1
    assert "everywhere" not in page.main, "there is nobody left to sign out"
    left = await demo_database.rows("SELECT end_reason FROM session WHERE device LIKE 'Another browser%' AND revoked_at IS NOT NULL")
    assert [row["end_reason"] for row in left] == ["ended", "ended"]


async def test_somebody_at_an_open_browser_signs_nobody_out_elsewhere(maria, demo_database, cast):
    """ASVS 7.5.2: a factor is asked for first, and then the list comes again."""
    ref = await another_session(demo_database, cast["self"].username)
    page = await maria.get("/account/sessions")
    await stale(demo_database)
    answer = await maria.send(page, f"/account/sessions/{ref}/end")
    assert answer.headers["location"] == "/account/prove?next=%2Faccount%2Fsessions"
    rows = await demo_database.rows("SELECT revoked_at FROM session WHERE ref = ?", ref)
    assert rows[0]["revoked_at"] is None


async def test_staff_who_end_their_own_session_come_to_their_own_door(person, demo_database):
    desk = await person("frontdesk")
    page = await desk.submit(await desk.get("/account/sessions"), "Sign out here")
    assert page.url.startswith("/staff/sign-in")


async def test_on_a_shared_computer_pages_with_documents_say_beforehand_that_one_stays_behind(maria, cast, demo_database):
    results = f"/records/{cast['self'].record}/results"
    assert "A document that you open here can stay on it" not in (await maria.get(results)).main
    await demo_database.rows("UPDATE session SET shared = ?", True)
    page = await maria.get(results)
    assert page.main.index("A document that you open here can stay on it") < page.main.index("PDF")
    assert "A document that you open here can stay on it" not in (await maria.get("/account/security")).main


@pytest.mark.parametrize(("shared", "cleared"), [(True, '"cache", "storage"'), (False, None)])
async def test_where_a_session_on_a_shared_computer_ran_out_the_door_has_the_browser_forget(maria, demo_database, shared, cleared):
    await demo_database.rows("UPDATE session SET shared = ?, ends_at = ?", shared, datetime.now(UTC) - timedelta(minutes=1))
    page = await maria.arrive(await maria.get("/records"))
    assert page.url.startswith("/sign-in?") and page.headers.get("clear-site-data") == cleared


async def test_a_session_of_somebody_else_is_not_found(maria, another_client, cast, demo_database):
    await sign_in(another_client, cast["stranger"])
    page = await maria.get("/account/sessions")
    csrf = next(e.get("value") for e in page.tree.all("input") if e.get("name") == "csrf")
    rows = await demo_database.rows(
        "SELECT s.ref FROM session s JOIN account a ON a.id = s.account WHERE a.username = ? AND s.revoked_at IS NULL"
        " AND s.level = 'full'", cast["stranger"].username,
    )
    for ref in (rows[0]["ref"], "A" * 22, "x", "🦦"):
        answer = await maria.post(f"/account/sessions/{ref}/end", {"csrf": csrf, "form_key": "k"})
        assert answer.status == 404
    assert (await another_client.get("/records")).status == 200


async def test_choices_are_kept_and_used(maria):
    page = await maria.submit(await maria.get("/account/preferences"), 0, called="Mia", text_size="large")
    assert "Your choices are kept." in page.main
    assert 'data-text="large"' in (await maria.get("/records")).html
    assert 'value="Mia"' in (await maria.get("/account/preferences")).html


async def test_too_long_a_name_is_refused(maria):
    for called in ("x" * 81, "🦦" * 2000):
        page = await maria.submit(await maria.get("/account/preferences"), 0, called=called)
        assert page.status == 422 and page.errors


async def test_any_name_is_kept_as_it_is(maria, demo_database, cast):
    for called in ("🦦", "Ñ\x07andú", "<script>alert(1)</script>", "", "'; --", "נועה"):
        await maria.submit(await maria.get("/account/preferences"), 0, called=called)
        rows = await demo_database.rows("SELECT called FROM account WHERE username = ?", cast["self"].username)
        assert (rows[0]["called"] or "") == called.replace("\x07", "")


async def test_a_size_or_language_nobody_offers_is_refused(maria):
    page = await maria.get("/account/preferences")
    csrf = next(e.get("value") for e in page.tree.all("input") if e.get("name") == "csrf")
    answer = await maria.post("/account/preferences", {"csrf": csrf, "form_key": "k", "text_size": "huge", "locale": "xx"})
    assert answer.status == 422 and answer.errors == ["Choose a size"]


async def test_fields_nobody_asked_for_change_nothing(maria, demo_database, cast):
    page = await maria.get("/account/preferences")
    csrf = next(e.get("value") for e in page.tree.all("input") if e.get("name") == "csrf")
    fields = {"csrf": csrf, "form_key": "k", "called": "Mia", "text_size": "normal", "locale": "en", "kind": "staff",
              "state": "frozen", "name": "Other", "id": "1", "username": "other"}  # fmt: skip
    assert (await maria.post("/account/preferences", fields)).status == 303
    rows = await demo_database.rows("SELECT kind, state, name, username FROM account WHERE username = ?", cast["self"].username)
    assert (rows[0]["kind"], rows[0]["state"], rows[0]["name"]) == ("personal", "active", cast["self"].name)


async def test_each_change_is_written_down(maria, demo_database):
    await with_sheet(maria)
    await maria.submit(await maria.get("/account/codes"), "I have kept them")
    await maria.submit(await maria.get("/account/preferences"), 0, called="Mia")
    page = await maria.get("/account/sessions")
    ref = (await demo_database.rows("SELECT ref FROM session WHERE level = 'full' ORDER BY created_at DESC"))[0]["ref"]
    csrf = next(e.get("value") for e in page.tree.all("input") if e.get("name") == "csrf")
    await maria.post(f"/account/sessions/{ref}/end", {"csrf": csrf, "form_key": "k"})
    rows = await demo_database.rows("SELECT action FROM audit_event WHERE actor IS NOT NULL ORDER BY id")
    actions = [row["action"] for row in rows]
    for action in ("account.password", "account.sign_in", "account.new_codes", "account.codes_kept", "account.preferences",
                   "account.end_session"):  # fmt: skip
        assert action in actions


async def test_nobody_sees_it_without_signing_in(client):
    for address in ("/account/security", "/account/codes", "/account/sessions", "/account/preferences", "/account/prove"):
        assert (await client.get(address)).headers["location"].startswith("/sign-in?next=%2Faccount")
