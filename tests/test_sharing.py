"""People who help: from the patient's invitation to the helper's yes; a change; an end that works at the next click."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.client import client_of
from tests.support.html.tree import words
from tests.support.inviting import become_helper, confirm, invite, newest_letter, offer, sent_of
from tests.support.signing_in import sign_in

pytestmark = pytest.mark.in_turns


SINCE = "email NOT IN ('luis.ortega@example.org', 'carmen.ruiz@example.org', 'joseph.amadi@example.org')"
"""Invitations of the tests, and not of the seeds."""
INVITED = "event = 'share.invited' AND address <> 'luis.ortega@example.org'"
OURS = f"CAST(object AS VARCHAR(36)) IN (SELECT CAST(id AS VARCHAR(36)) FROM invitation WHERE {SINCE})"


@pytest.fixture
async def maria(person):
    return await person("self")


@pytest.fixture
async def thuy(person):
    return await person("stranger")


@pytest.fixture
def root(cast):
    return f"/records/{cast['self'].record}"


@pytest.fixture
def home(root):
    return f"{root}/sharing"


async def told(house, event):
    """To whom this event was sent, by user name."""
    rows = await house.database.rows(
        "SELECT a.username FROM outbox o JOIN account a ON a.id = o.account WHERE o.event = ? ORDER BY a.username", event
    )
    return [row["username"] for row in rows]


async def count(house, table, where="1 = 1", *values):
    return (await house.database.rows(f"SELECT COUNT(*) AS n FROM {table} WHERE {where}", *values))[0]["n"]


async def later(house, table, where, **moments):
    """Moves moments of rows, as if time had passed."""
    async with house.database.transaction():
        names = ", ".join(f"{name} = ?" for name in moments)
        await house.database.rows(f"UPDATE {table} SET {names} WHERE {where}", *moments.values())


# The list


async def test_the_list_says_who_helps_with_what_and_since_when(maria, home):
    page = await maria.get(home)
    assert page.h1 == "People who help you" and "2 people help now" in page.main
    assert "Ana Delgado" in page.main and "All parts of the record" in page.main
    assert "Joseph Amadi" in page.main and "Book and change appointments" in page.main
    assert "Before Rosa Lindgren" in page.main and "It ended on" in page.main


async def test_who_has_nobody_is_told_so(thuy, cast):
    page = await thuy.get(f"/records/{cast['stranger'].record}/sharing")
    assert "Nobody helps with this record now" in page.main and page.link("Invite somebody")


async def test_a_parent_is_named_with_what_they_may_see_at_this_age_and_cannot_be_ended_here(person, cast):
    dev = await person("teen")
    page = await dev.follow(await dev.get(f"/records/{cast['teen'].record}/sharing"), "Meera Patel")
    assert "Parent or guardian" in page.main and "The clinic set this up" in page.main
    assert "Can see Vaccines, Appointments, and Bills" in page.main.replace("Can see", "Can see ").replace("  ", " ")
    assert not any(words == "End this help" for words, _ in page.links)
    assert (await dev.get(f"{page.url}/ending")).status == 303 and (await dev.get(f"{page.url}/terms")).status == 404


async def test_the_patient_looks_through_a_helper_s_eyes_and_finds_the_way_back(maria, home, root):
    page = await maria.follow(await maria.get(home), "Joseph Amadi")
    page = await maria.follow(page, "See your record as Joseph Amadi sees it")
    assert "This is what Joseph Amadi can see" in page.text
    assert page.h1 == "As Joseph Amadi sees it: What needs Maria"
    assert page.title.startswith("As Joseph Amadi sees it: What needs Maria – ")
    assert "to move it or call it off" not in (await maria.get(f"{page.url}/appointments")).main
    page = await maria.follow(page, "Stop looking this way")
    assert page.h1 == "Joseph Amadi" and page.url.startswith(f"{home}/")


# From the invitation to the yes


async def test_before_anything_is_sent_a_page_says_in_sentences_what_will_be_so(maria, home, house):
    page = await confirm(maria, home)
    assert page.title.startswith("Is this right? Invite Thuy from next door – ")
    assert "Thuy from next door will see: test results and appointments." in page.main, "seeing comes with acting"
    assert "can do this: book and change appointments." in page.main
    assert "They never see what is marked private" in page.main and "It lasts until you end it" in page.main
    assert "It does not say your name" in page.main
    assert await count(house, "invitation", SINCE) == 0
    back = await maria.submit(page, 0, press="Change something")
    assert back.url == f"{home}/invitations/check" and "Thuy from next door" in back.html and back.status == 200


async def test_a_friend_is_invited_says_yes_sees_what_was_given_and_nothing_else(maria, thuy, home, root, house):
    sent = await invite(maria, home, house)
    assert sent.code and "Tell them this code" in sent.page.main
    assert sent.page.title.startswith("Sent: Invitation for Thuy from next door – ")
    [focused] = [one for one in sent.page.tree.elements if "autofocus" in one.keys()]
    assert words(focused) == "The invitation is sent. Now tell them this code."
    spoken = f"{' '.join(sent.code[:4])}, {' '.join(sent.code[5:])}"
    assert spoken in sent.page.main, "an ear would take the letters for words"
    assert "Delgado" not in sent.letter and "Maria" not in sent.letter and sent.code not in sent.letter
    assert (await thuy.get(root)).status == 404
    page = await thuy.get("/records")
    page = await thuy.follow(page, "1 person asks you to help")
    page = await offer(thuy, sent)
    assert page.h1 == "Maria Delgado asks you to help" and "Test results and Appointments" in page.main
    assert (await thuy.get(root)).status == 404, "nothing is open before the yes"
    page = await thuy.submit(page, "Yes, I will help")
    assert page.url == "/records?done=helping" and "You help with this record now" in page.main
    page = await thuy.follow(page, "Maria Delgado")
    assert "You are in Maria Delgado’s record" in page.text
    assert (await thuy.get(f"{root}/results")).status == 200 and (await thuy.get(f"{root}/medicines")).status == 403
    assert (await thuy.get(home)).status == 403, "who else helps is not hers to know"
    assert "3 people help now" in (await maria.get(home)).main
    assert await told(house, "share.accepted") == ["maria.delgado"]


async def test_the_letter_names_the_patient_only_where_they_chose_so(maria, home, house):
    sent = await invite(maria, home, house, says_name="y")
    assert "Maria Delgado asks you to help" in sent.letter


async def test_opening_the_link_spends_nothing_and_tells_nothing(maria, client, home, house):
    sent = await invite(maria, home, house)
    for _ in range(3):
        page = await client.get(sent.link)
        assert page.status == 200 and "Sign in first" in page.main and "Maria" not in page.text
    assert page.link("Sign in to go on") == f"/sign-in?next={sent.link}"
    assert "So far, only our patients can have a login." in page.main, "a code of the desk's is for a chart"
    asked = (await maria.get(f"{home}/invitations")).main
    assert "So far, only our patients can have one." in asked, "whoever invites is told before"
    assert await count(house, "capability", f"{OURS} AND uses = 0") == 1


async def test_who_says_no_gets_nothing_and_the_patient_is_told(maria, thuy, home, root, house):
    page = await thuy.submit(await offer(thuy, await invite(maria, home, house)), "No, thank you")
    assert page.url == "/records?done=declined" and (await thuy.get(root)).status == 404
    assert await told(house, "share.declined") == ["maria.delgado"]
    assert "Said no" in (await maria.get(home)).main


async def test_whoever_has_the_address_on_their_account_needs_the_code_too(maria, thuy, home, house):
    sent = await invite(maria, home, house)
    page = await thuy.follow(await thuy.get("/invitations"), "Sent on")
    assert "Maria" not in page.text
    page = await thuy.submit(page, 0, code=sent.code.lower().replace("-", " "))
    assert page.h1 == "Maria Delgado asks you to help"


async def test_the_code_is_shown_to_the_patient_for_a_quarter_of_an_hour_and_to_nobody_else(maria, person, home, house):
    sent = await invite(maria, home, house)
    assert sent.code in (await maria.get(sent.page.url)).main
    plain = sent.page.url.partition("?")[0]
    assert sent.code not in (await maria.get(plain)).main
    house_later = sent.page.url[:-4] + "AAAA"
    assert sent.code not in (await maria.get(house_later)).main
    assert (await (await person("helper-full")).get(sent.page.url)).status == 403


# What goes wrong


async def test_wrong_codes_are_counted_and_then_nothing_helps_but_a_new_invitation(maria, thuy, home, house):
    sent = await invite(maria, home, house)
    page = await thuy.get(sent.link)
    for _ in range(10):
        seen = await thuy.submit(page, 0, code="AAAA-AAAA")
        assert seen.status == 422 and "It is not the one" in seen.errors[0]
    seen = await thuy.submit(page, 0, code=sent.code)
    assert seen.status == 422 and "too many wrong codes" in seen.errors[0]
    page = await maria.get(sent.page.url.partition("?")[0])
    assert "Stopped" in page.main
    again = await sent_of(await maria.submit(page, "Send a new link and code"), house)
    assert again.code != sent.code and again.link != sent.link
    assert (await thuy.get(sent.link)).status == 404 and (await offer(thuy, again)).h1 == "Maria Delgado asks you to help"


async def test_an_account_cannot_try_codes_without_end(maria, thuy, home, house):
    sent = await invite(maria, home, house)
    page = await thuy.get(sent.link)
    await later(house, "rate_bucket", "1 = 1", count=0)
    async with house.database.transaction():
        await house.database.rows("UPDATE invitation SET failures = -100")
    for _ in range(30):
        await thuy.submit(page, 0, code="AAAA-AAAA")
    assert (await thuy.submit(page, 0, code=sent.code)).status == 429


async def test_what_is_no_code_is_said_so_without_a_try(maria, thuy, home, house):
    sent = await invite(maria, home, house)
    seen = await thuy.submit(await thuy.get(sent.link), 0, code="7K3Q")
    assert seen.status == 422 and "8 letters and numbers" in seen.errors[0]
    assert await count(house, "invitation", "failures > 0") == 0


async def test_the_patient_cannot_accept_their_own_and_staff_accept_none(maria, person, home, house):
    sent = await invite(maria, home, house)
    seen = await offer(maria, sent)
    assert seen.status == 422 and "your own record" in seen.errors[0]
    desk = await person("frontdesk")
    page = await desk.get(sent.link)
    assert "You are signed in as staff" in page.main and len(page.tree.within(page.tree.all("main")[0], "form")) == 0
    token = next(e.get("value") for e in page.tree.elements if e.get("name") == "csrf")
    seen = await desk.post(sent.link, {"csrf": token, "code": sent.code})
    assert seen.status == 422 and "signed in as staff" in seen.main


async def test_who_helps_already_is_told_so_and_the_invitation_stays(maria, person, thuy, home, house):
    sent = await invite(maria, home, house)
    joseph = await person("helper-appointments")
    seen = await offer(joseph, sent)
    assert seen.status == 422 and "help this person already" in seen.errors[0]
    assert (await become_helper(thuy, sent)).url == "/records?done=helping"


async def test_a_used_a_withdrawn_an_old_and_an_edited_link_are_explained_alike(maria, thuy, client, home, house):
    sent = await invite(maria, home, house)
    await become_helper(thuy, sent)
    withdrawn = await invite(maria, home, house, email="other@example.org")
    await maria.submit(await maria.get(withdrawn.page.url), "Take the invitation back")
    old = await invite(maria, home, house, email="third@example.org")
    past = datetime.now(UTC) - timedelta(seconds=1)
    await later(house, "capability", "uses = 0 AND revoked_at IS NULL", ends_at=past)
    pages = [await client.get(link) for link in (sent.link, withdrawn.link, old.link, old.link[:-2] + "xx", "/c/x")]
    assert {(page.status, page.h1, page.main) for page in pages} == {(404, "This link does not work", pages[0].main)}


async def test_the_yes_works_once_and_sent_again_leads_to_the_same(maria, thuy, home, house):
    page = await offer(thuy, await invite(maria, home, house))
    first = await thuy.send(page, "Yes, I will help")
    again = await thuy.send(page, "Yes, I will help")
    assert first.headers["location"] == again.headers["location"] == "/records?done=helping"
    fresh = await thuy.get(page.url)
    assert fresh.status == 404 and "You said yes before?" in fresh.main
    assert await count(house, "share", "basis = 'helper' AND revoked_at IS NULL") == 3


async def test_a_no_after_a_yes_is_too_late(maria, thuy, home, root, house):
    page = await offer(thuy, await invite(maria, home, house))
    await thuy.submit(page, "Yes, I will help")
    seen = await thuy.submit(page, "No, thank you")
    assert seen.status == 404 and (await thuy.get(root)).status == 200


async def test_of_many_who_say_yes_at_the_same_moment_one_has_it(maria, person, home, house):
    """The link and the code went to several people: one of them helps, and the others read why they do not."""
    sent = await invite(maria, home, house)
    people = [await person(one) for one in ("stranger", "teen", "guardian", "helper-revoked")]
    pages = [await offer(one, sent) for one in people]
    answers = await asyncio.gather(
        *(one.send(page, "Yes, I will help") for one, page in zip(people * 3, pages * 3, strict=True))
    )
    done = [seen for seen in answers if seen.status == 303]
    assert len(done) == 3, "the three sendings of one form"
    assert {(seen.status, seen.h1) for seen in answers if seen.status != 303} == {(404, "This invitation does not work")}
    assert await count(house, "share", "basis = 'helper' AND revoked_at IS NULL AND record = (SELECT DISTINCT record FROM invitation)") == 3
    assert await count(house, "share_scope") == await count(house, "share_scope", "share IN (SELECT id FROM share)")


async def test_somebody_else_s_step_opens_nothing(maria, thuy, person, home, house):
    page = await offer(thuy, await invite(maria, home, house))
    dev = await person("teen")
    assert (await dev.get(page.url)).status == 404
    own = await dev.get("/invitations")
    token = next(e.get("value") for e in own.tree.elements if e.get("name") == "csrf")
    step = page.url.partition("step=")[2]
    seen = await dev.post(page.url.partition("?")[0] + "/acceptance", {"csrf": token, "step": step})
    assert seen.status == 404 and await count(house, "invitation", f"state = 'pending' AND {SINCE}") == 1


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"name": "  "}, "Enter their name"),
        ({"email": "thuy at example"}, "Check the address"),
        ({"email": "a@b.example\r\nBcc: c@d.example"}, "Check the address"),
        ({"email": "maria.delgado@example.org"}, "your own address"),
        ({"sees": [], "does": []}, "Choose what they may see or do"),
        ({"ends": "day"}, "Enter the month, the day and the year"),
        ({"ends": "day", "until_month": "1", "until_day": "1", "until_year": "2020"}, "Choose today or a day to come"),
        ({"ends": "day", "until_month": "1", "until_day": "1", "until_year": "2999"}, "within the next ten years"),
        ({"ends": "day", "until_month": "2", "until_day": "31", "until_year": "2027"}, "Enter the month"),
    ],
)
async def test_what_is_wrong_in_the_form_is_said_and_what_was_typed_is_kept(maria, home, house, answers, said):
    page = await confirm(maria, home, **{"name": "Thuy Kept", **answers})
    if page.status == 200:
        page = await maria.submit(page, "Send the invitation")
    assert page.status == 422 and any(said in one for one in page.errors), page.errors
    assert answers.get("name") or "Thuy Kept" in page.html
    assert await count(house, "invitation", SINCE) == 0


@pytest.mark.parametrize("planted", [{"sees": "control"}, {"sees": "everything"}, {"does": "results"}, {"ends": "never"}])
async def test_what_was_never_offered_is_refused(maria, home, house, planted):
    page = await maria.get(f"{home}/invitations")
    token = next(e.get("value") for e in page.tree.elements if e.get("name") == "csrf")
    body = {"csrf": token, "name": "T", "email": "t@example.org", "sees": "results", "ends": "open", **planted}
    seen = await maria.post(f"{home}/invitations", body)
    assert seen.status == 422 and len(seen.errors) == 1
    assert await count(house, "invitation", SINCE) == 0


async def test_four_hundred_fields_and_more_are_no_form(maria, home, house):
    page = await maria.get(f"{home}/invitations")
    token = next(e.get("value") for e in page.tree.elements if e.get("name") == "csrf")
    body = f"csrf={token}&name=T&email=t%40example.org" + "&sees=results" * 300
    assert (await maria.post(f"{home}/invitations/check", body)).status == 200, "the same box many times is one box"
    assert (await maria.post(f"{home}/invitations/check", body + "&sees=results" * 300)).status == 400
    assert await count(house, "invitation", SINCE) == 0


async def test_one_invitation_waits_for_each_address(maria, home, house):
    await invite(maria, home, house)
    page = await maria.submit(await confirm(maria, home, email="THUY.pham@example.org"), "Send the invitation")
    assert page.status == 422 and "waits for an answer" in page.errors[0]


async def test_nobody_s_mailbox_is_filled_from_here(maria, home, house):
    for number in range(5):
        sent = await invite(maria, home, house)
        await maria.submit(await maria.get(sent.page.url), "Take the invitation back")
    page = await maria.submit(await confirm(maria, home), "Send the invitation")
    assert page.status == 429 and await count(house, "outbox", INVITED) == 5


async def test_an_invitation_sent_twice_is_sent_once_and_shows_its_code_again(maria, home, house):
    page = await confirm(maria, home)
    first, second = [await maria.send(page, "Send the invitation") for _ in range(2)]
    assert first.headers["location"] == second.headers["location"]
    assert await count(house, "invitation", SINCE) == 1 and await count(house, "outbox", INVITED) == 1
    assert (await maria.arrive(second)).main.count("Tell them this code") == 1


async def test_inviting_and_changing_need_a_fresh_proof_and_what_was_typed_comes_back(maria, home, house, cast):
    page = await maria.get(f"{home}/invitations")
    await later(house, "session", "1 = 1", proven_at=datetime.now(UTC) - timedelta(minutes=20))
    assert (await maria.get(f"{home}/invitations")).headers["location"].startswith("/account/prove")
    seen = await maria.send(page, 0, name="Thuy Typed", email="t@example.org")
    assert seen.status == 303 and "kept%3D" in seen.headers["location"]
    await later(house, "authenticator", "1 = 1", last_step=0)
    page = await maria.submit(await maria.arrive(seen), "/account/prove", code=cast["self"].code)
    assert page.url.startswith(f"{home}/invitations/check") and "Thuy Typed" in page.html


# The end


async def test_the_helper_s_next_click_after_the_end_is_out(maria, person, home, root, house):
    joseph = await person("helper-appointments")
    assert (await joseph.get(f"{root}/appointments")).status == 200
    page = await maria.follow(await maria.follow(await maria.get(home), "Joseph Amadi"), "End this help")
    page = await maria.submit(page, "End this help now")
    assert "It has ended" in page.main and "You ended it" in page.main
    assert (await joseph.get(f"{root}/appointments")).status == 404
    assert "Maria" not in (await joseph.get("/records")).main
    assert await told(house, "share.ended") == ["joseph.amadi", "maria.delgado"]


async def test_who_was_ended_can_be_invited_again(maria, person, home, root, house):
    joseph = await person("helper-appointments")
    page = await maria.follow(await maria.follow(await maria.get(home), "Joseph Amadi"), "End this help")
    await maria.submit(page, "End this help now")
    sent = await invite(maria, home, house, email="joseph.amadi@example.org", sees=["medicines"], does=[])
    await become_helper(joseph, sent)
    assert (await joseph.get(f"{root}/medicines")).status == 200 and (await joseph.get(f"{root}/appointments")).status == 403


async def test_an_end_date_ends_it_at_midnight_at_the_clinic(maria, thuy, home, root, house):
    sent = await invite(maria, home, house, ends="day", until_month="12", until_day="31", until_year="2027")
    await become_helper(thuy, sent)
    rows = await house.database.rows("SELECT ends_at, review_at FROM share WHERE ends_at IS NOT NULL")
    assert [row["ends_at"].isoformat() for row in rows] == ["2028-01-01T06:00:00+00:00"] and rows[0]["review_at"] is None
    assert "December 31, 2027" in (await thuy.get(root)).main and "Until December 31, 2027" in (await maria.get(home)).main
    await later(house, "share", "ends_at IS NOT NULL", ends_at=datetime.now(UTC))
    assert (await thuy.get(root)).status == 404
    again = await invite(maria, home, house)
    assert (await become_helper(thuy, again)).url == "/records?done=helping"


async def test_ending_twice_and_ending_another_s_is_nothing(maria, thuy, cast, home, house):
    page = await maria.follow(await maria.follow(await maria.get(home), "Joseph Amadi"), "End this help")
    once, twice = [await maria.send(page, "End this help now") for _ in range(2)]
    assert once.headers["location"] == twice.headers["location"]
    own = await thuy.get(f"/records/{cast['stranger'].record}/sharing/invitations")
    token = next(e.get("value") for e in own.tree.elements if e.get("name") == "csrf")
    ana = (await maria.get(home)).link("Ana Delgado").rpartition("/")[2]
    for place in (home, f"/records/{cast['stranger'].record}/sharing"):
        assert (await thuy.post(f"{place}/{ana}/ending", {"csrf": token})).status == 404
    assert await count(house, "share", "basis = 'helper' AND revoked_at IS NULL") == 1


# Changed, left, looked up


async def changed(client, home, name, **answers):
    page = await client.follow(await client.follow(await client.get(home), name), "Change what they see or do")
    page = await client.submit(page, 0, **answers)
    return await client.submit(page, "Make this change") if page.status == 200 else page


async def test_a_change_works_at_once_and_what_was_before_can_still_be_read(maria, person, home, root, house):
    joseph = await person("helper-appointments")
    assert (await joseph.get(f"{root}/medicines")).status == 403
    page = await changed(maria, home, "Joseph Amadi", sees=["medicines"], does=[])
    assert "The change is made" in page.main and "Can see Medicines" in page.main.replace("see", "see ").replace("  ", " ")
    assert "What they could see and do" in page.main and "Book and change appointments" in page.main
    assert (await joseph.get(f"{root}/medicines")).status == 200 and (await joseph.get(f"{root}/appointments")).status == 403
    assert await told(house, "share.changed") == ["joseph.amadi", "maria.delgado"]
    assert (await maria.get(home)).main.count("Joseph Amadi") == 1, "one person, one line"


async def test_the_form_of_a_change_shows_what_is_so_now(maria, home, thuy, house):
    sent = await invite(maria, home, house, sees=["results", "vitals"], ends="day", until_month="2", until_day="29", until_year="2028")
    await become_helper(thuy, sent)
    page = await maria.follow(await maria.follow(await maria.get(home), "Thuy Pham"), "Change what they see or do")
    ticked = {e.get("value") for e in page.tree.all("input") if "checked" in e.keys()}
    assert ticked == {"results", "vitals", "appointments", "day"}
    assert [e.get("value") for e in page.tree.all("input") if (e.get("name") or "").startswith("until")] == ["2", "29", "2028"]


async def test_of_two_changes_at_the_same_moment_one_is_made_and_the_other_is_told_so(maria, another_client, cast, home, house):
    await sign_in_again(another_client, house, cast["self"])
    pages = []
    for client, sees in ((maria, "medicines"), (another_client, "visits")):
        page = await client.follow(await client.follow(await client.get(home), "Joseph Amadi"), "Change what they see or do")
        pages.append((client, await client.submit(page, 0, sees=[sees], does=[])))
    seen = await asyncio.gather(*(client.send(page, "Make this change") for client, page in pages))
    assert sorted(one.headers["location"].partition("done=")[2] for one in seen) == ["changed", "over"]
    assert await count(house, "share", "account = (SELECT id FROM account WHERE username = 'joseph.amadi') AND revoked_at IS NULL"
                       " AND basis = 'helper'") == 1  # fmt: skip


async def sign_in_again(client, house, member):
    """At a second browser; the code of the first is not waited out."""
    async with house.database.transaction():
        await house.database.rows("UPDATE authenticator SET last_step = 0")
    await sign_in(client, member)


async def test_a_helper_stops_by_themselves(person, maria, home, root, house):
    joseph = await person("helper-appointments")
    page = await joseph.follow(await joseph.get("/records"), "Stop helping Maria Delgado")
    assert "You are in Maria Delgado’s record" in page.text
    page = await joseph.submit(page, "Stop helping now")
    assert "You do not help with that record any more" in page.main
    assert (await joseph.get(root)).status == 404
    assert "They ended it on" in (await maria.get(home)).main
    assert await told(house, "share.ended") == ["joseph.amadi", "maria.delgado"]


async def test_nobody_leaves_their_own_record_and_a_guardian_asks_the_clinic(maria, person, root, cast):
    assert (await maria.get(f"{root}/leaving")).status == 404
    meera = await person("guardian")
    page = await meera.get(f"/records/{cast['teen'].record}/leaving")
    assert "The clinic set this up" in page.main and "Stop helping" not in (await meera.get("/records")).main
    token = next(e.get("value") for e in page.tree.elements if e.get("name") == "csrf")
    assert (await meera.post(page.url, {"csrf": token})).status == 404
    assert (await meera.get(f"/records/{cast['teen'].record}")).status == 200


async def test_what_a_helper_typed_when_the_help_ended_is_given_back(maria, person, home, root):
    ana = await person("helper-full")
    form = await ana.get(f"{root}/messages/new")
    page = await maria.follow(await maria.follow(await maria.get(home), "Ana Delgado"), "End this help")
    await maria.submit(page, "End this help now")
    token = next(e.get("value") for e in form.tree.elements if e.get("name") == "csrf")
    seen = await ana.post(f"{root}/messages/new", {"csrf": token, "words": "A long letter to the doctor"})
    assert seen.status == 404 and "A long letter to the doctor" in seen.main and "It is not sent" in seen.main


async def test_who_loses_the_right_to_share_in_the_very_moment_shares_nothing(house, cast):
    from access.grant import Changed, RecordGrant
    from access.opening import open_record
    from access.vocabulary import Action, Category, record
    from acts.invitations import Asked, invite
    from seeds.cast import fixed_id
    from tests.support.logins import sending, signed_in

    viewer = await signed_in(house, fixed_id("account", "self"), "personal", house.clock())
    grant = await open_record(house, viewer, cast["self"].record, record(Category.CONTROL, Action.ACT))
    assert isinstance(grant, RecordGrant)
    await later(house, "share", "basis = 'self'", revoked_at=datetime.now(UTC))
    with pytest.raises(Changed):
        await invite(grant, Asked("T", "t@example.org", False, frozenset({("results", "see")}), None), sending())
    assert await count(house, "invitation", SINCE) == 0 and await count(house, "outbox", INVITED) == 0


async def test_an_invitation_falls_with_the_right_of_whoever_sent_it(maria, thuy, home, house):
    page = await offer(thuy, await invite(maria, home, house))
    await later(house, "share", "basis = 'self'", revoked_at=datetime.now(UTC))
    seen = await thuy.submit(page, "Yes, I will help")
    assert seen.status == 404 and await count(house, "share", "basis = 'helper' AND revoked_at IS NULL") == 2
    assert await count(house, "capability", f"{OURS} AND uses = 0") == 1, "nothing half done"


async def test_who_has_looked_tells_of_sharing_in_words(maria, thuy, home, root, house):
    sent = await invite(maria, home, house)
    await thuy.submit(await thuy.get(sent.link), 0, code="AAAA-AAAA")
    await become_helper(thuy, sent)
    await changed(maria, home, "Thuy Pham", sees=["visits"], does=[])
    page = await maria.follow(await maria.follow(await maria.get(home), "Thuy Pham"), "End this help")
    await maria.submit(page, "End this help now")
    text = (await maria.get(f"{root}/activity")).main.casefold()
    for words in ("invited somebody to help", "typed the code of an invitation", "refused", "said yes to an invitation",
                  "changed what somebody sees or does", "ended somebody’s help", "opened “people who help”"):  # fmt: skip
        assert words in text, words
    assert "another way" not in text


async def test_paper_and_text_say_what_the_screen_says(maria, home):
    from tests.support.pdf import Document

    page, paper, text = [await maria.get(home + form) for form in ("", ".pdf", ".txt")]
    spoken = " ".join(Document(paper.content).spoken.split())
    flat = " ".join(text.html.split())
    for words in ("Ana Delgado", "All parts of the record", "Joseph Amadi", "Luis, my grandson", "Rosa Lindgren", "Carmen from church"):
        assert words in page.main and words in spoken and words in flat, words


# Somebody hostile


OTHERS = ("helper-full", "helper-appointments", "helper-revoked", "stranger", "teen", "guardian", "frontdesk", "clinician", "admin")


async def test_nobody_else_of_the_cast_can_do_anything_about_maria_s_sharing(maria, person, home, house):
    """Every route of sharing, read and written, with right ids and tokens of their own: not found, or not theirs."""
    sent = await invite(maria, home, house)
    ana = (await maria.get(home)).link("Ana Delgado")
    asked = sent.page.url.partition("?")[0]
    reads = [home, f"{home}.pdf", f"{home}/invitations", asked, ana, f"{ana}/ending", f"{ana}/terms"]
    writes = [f"{home}/invitations/check", f"{home}/invitations", f"{asked}/renewal", f"{asked}/withdrawal", f"{ana}/ending",
              f"{ana}/terms/check", f"{ana}/terms"]  # fmt: skip
    before = [await rows_of(house, table) for table in ("share", "share_scope", "invitation", "capability")]
    wrong = []
    for who in OTHERS:
        client = await person(who)
        page = await client.arrive(await client.get("/staff" if who in ("frontdesk", "clinician", "admin") else "/records"))
        token = next(e.get("value") for e in page.tree.elements if e.get("name") == "csrf")
        body = {"csrf": token, "name": "Me", "email": "me@example.org", "sees": "results", "ends": "open"}
        seen = [await client.get(one) for one in reads] + [await client.post(one, body) for one in writes]
        wanted = {403} if who in ("helper-full", "helper-appointments") else {404}
        wrong += [f"{who} {one.url}: {one.status}" for one in seen if one.status not in wanted]
        wrong += [f"{who} {one.url}: {word}" for one in seen for word in ("Luis", "Thuy from") if word in one.text]
    assert wrong == []
    assert [await rows_of(house, table) for table in ("share", "share_scope", "invitation", "capability")] == before


async def rows_of(house, table):
    return sorted(map(str, await house.database.rows(f"SELECT * FROM {table}")))


# Once a year


async def test_a_share_without_an_end_is_asked_about_once_a_year_and_one_that_ended_is_not(maria, thuy, home, house):
    from jobs.job import turn
    from jobs.kinds import KINDS
    from tests.support.logins import at

    await become_helper(thuy, await invite(maria, home, house))
    waiting = await house.database.rows("SELECT run_at FROM job WHERE kind = 'share.review' ORDER BY run_at")
    assert len(waiting) == 3, "Ana's, Joseph's, and now Thuy's"
    year = at(house, waiting[-1]["run_at"] + timedelta(minutes=1))
    await later(house, "share", "account = (SELECT id FROM account WHERE username = 'joseph.amadi')", revoked_at=datetime.now(UTC))
    for _ in range(2):
        while await turn(year, {"share.review": KINDS["share.review"]}, "me"):
            pass
    assert await told(house, "share.review") == ["maria.delgado"] * 2, "of Ana and Thuy"
    letter = await newest_letter(house, "share.review")
    assert "Is it still right who helps you?" in letter and "Thuy" not in letter
    again = await house.database.rows("SELECT run_at FROM job WHERE kind = 'share.review' AND state = 'due'")
    assert len(again) == 2 and all(row["run_at"] > year.clock() + timedelta(days=360) for row in again)
