"""Where an account is written to: added with a code, taken away, told to every address, and taken back from any of them."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from identity.sent_codes import TRIES
from identity.sent_codes import _hashes as keyed
from notices.gateway import plain_signs, segments
from seeds.cast import fixed_id
from tables.queue import enqueue_notice
from tests.support.client import client_of
from tests.support.contact import (
    CODE,
    HOME,
    NEW,
    PHONE,
    added,
    code_to,
    letters,
    link_to,
    removal,
    removed,
    typed,
    typed_phone,
)
from tests.support.forms import fill
from tests.support.logins import count
from tests.support.owners import cookie_of
from tests.test_security import stale
from tests.test_sharing import later

pytestmark = pytest.mark.in_turns

MARIA, OLD, WRONG = fixed_id("account", "self"), "maria.delgado@example.org", "ZZZZ-ZZZZ"
GONE = "We can’t find that page"


@pytest.fixture
async def maria(person):
    return await person("self")


@pytest.fixture
async def thuy(person):
    return await person("stranger")


async def counting(house, account=MARIA):
    """Where an account is written to now."""
    rows = await house.database.rows(
        "SELECT value FROM account_address WHERE account = ? AND confirmed_at IS NOT NULL AND ended_at IS NULL ORDER BY value", account
    )
    return [row["value"] for row in rows]


# Adding


async def test_an_address_counts_when_its_code_was_typed_and_not_before(maria, house):
    page = await maria.follow(await maria.get("/account/security"), "See or change where we write to")
    page = await maria.submit(await maria.follow(page, "Add an email address"), "Send me a code", email=NEW)
    assert page.h1 == "Enter the code that we sent" and NEW in page.main
    assert "Waiting for a code" in (await maria.get(HOME)).main
    assert await letters(house, "address_added") == [] and await counting(house) == [OLD]
    (letter,) = await letters(house, "address_code")
    assert letter.to == NEW and "/c/" not in letter.text
    page = await maria.submit(page, "Confirm", code=(await code_to(house)).lower().replace("-", " "))
    assert page.url == f"{HOME}?done=confirmed" and NEW in page.main and "Waiting" not in page.main
    assert await counting(house) == [OLD, NEW]


async def test_every_address_of_before_is_told_at_once_and_the_new_one_is_not_and_no_address_stands_in_it(maria, house):
    await added(maria, house)
    await added(maria, house, "maria.three@example.org")
    first, *second = await letters(house, "address_added")
    assert first.to == OLD and [one.to for one in second] == [OLD, NEW]
    assert not any(word in one.text for one in (first, *second) for word in (NEW, "three", OLD))
    assert "Opening it does nothing yet." in first.text


async def test_nothing_of_a_code_is_kept_but_a_keyed_hash_once_it_is_used(maria, house):
    await typed(maria)
    code = await code_to(house)
    row = (await house.database.rows("SELECT * FROM sent_code"))[0]
    assert keyed(house, row["id"], code)[0] == bytes(row["hash"]) not in keyed(house, MARIA, code), "bound to its row"
    assert code.encode() not in bytes(row["hash"]) + bytes(row["secret"]) and len(bytes(row["hash"])) == 32
    page = await maria.follow(await maria.get(HOME), "Enter the code")
    await maria.submit(page, "Confirm", code=code)
    assert (await house.database.rows("SELECT secret FROM sent_code")) == [{"secret": None}]
    assert "does not work any more" in (await letters(house, "address_code"))[0].text


async def test_five_wrong_codes_end_a_code_and_the_right_one_comes_too_late(maria, house):
    page = await typed(maria)
    for _ in range(TRIES):
        answer = await maria.submit(page, "Confirm", code=WRONG)
        assert answer.status == 422 and answer.errors == ["Check the code. It is not the one that we sent last"]
    answer = await maria.submit(page, "Confirm", code=await house_code(house))
    assert answer.status == 422 and "too many wrong codes" in answer.errors[0] and await counting(house) == [OLD]
    page = await maria.submit(answer, "Send a new code")
    assert (await maria.submit(page, "Confirm", code=await code_to(house))).url == f"{HOME}?done=confirmed"


async def house_code(house):
    """The code that was sent, though its message would not be made any more."""
    row = (await house.database.rows("SELECT id, secret FROM sent_code WHERE ended_at IS NULL"))[0]
    return house.keyring.open(bytes(row["secret"]), row["id"]).decode()


async def test_fifty_wrong_codes_at_once_are_five_tries(maria, house):
    page = await typed(maria)
    await asyncio.gather(*(maria.submit(page, "Confirm", code=f"ZZZZ-ZZZ{n % 10}") for n in range(20)))
    assert (await house.database.rows("SELECT failures FROM sent_code")) == [{"failures": TRIES}]


async def test_a_new_code_ends_the_one_before(maria, house):
    page = await typed(maria)
    first = await code_to(house)
    page = await maria.submit(page, "Send a new code")
    assert (await maria.submit(page, "Confirm", code=first)).status == 422
    assert (await maria.submit(page, "Confirm", code=await code_to(house))).url == f"{HOME}?done=confirmed"


async def test_a_code_is_over_after_a_day(maria, house):
    page = await typed(maria)
    code, row = await code_to(house), (await house.database.rows("SELECT made_at, ends_at FROM sent_code"))[0]
    assert row["ends_at"] - row["made_at"] == timedelta(hours=24)
    await later(house, "sent_code", "1 = 1", ends_at=datetime.now(UTC) - timedelta(seconds=1))
    answer = await maria.submit(page, "Confirm", code=code)
    assert answer.status == 422 and "This code is over or was used" in answer.errors[0]


async def test_a_code_that_was_used_never_works_again(maria, house):
    page = await typed(maria)
    again, code = await maria.get(page.url), await code_to(house)
    await maria.submit(page, "Confirm", code=code)
    assert (await maria.send(again, "Confirm", code=code)).status == 404
    await removed(maria, NEW)
    page = await typed(maria)
    assert (await maria.submit(page, "Confirm", code=code)).status == 422, "nor for the same address, added anew"


async def test_of_many_who_confirm_at_once_one_does_and_everybody_is_told_once(maria, house):
    first = await typed(maria)
    pages, code = [first, *[await maria.get(first.url) for _ in range(5)]], await code_to(house)
    answers = await asyncio.gather(*(maria.send(page, "Confirm", code=code) for page in pages))
    assert sorted(one.status for one in answers)[0] == 303 and [one.status for one in answers].count(303) == 1
    assert {one.status for one in answers} <= {303, 404, 422}
    assert len(await letters(house, "address_added")) == 1 and await count(house, "address_change") == 1


async def test_one_address_typed_twice_at_once_is_added_once(maria, house):
    pages = [await maria.get(f"{HOME}/new") for _ in range(4)]
    answers = await asyncio.gather(*(maria.send(page, "Send me a code", email=NEW) for page in pages))
    assert 303 in {one.status for one in answers} and await count(house, "account_address", "value = ?", NEW) == 1


async def test_what_is_somebody_elses_is_not_found(maria, thuy, house):
    page = await typed(maria)
    code = await code_to(house)
    own = await thuy.get(f"{HOME}/new")
    token = next(one.get("value") for one in own.tree.all("input") if one.get("name") == "csrf")
    for path in (page.url, page.url.replace("/confirm", "/removal"), page.url.replace("/confirm", "/code")):
        for ref in (path, path.replace(path.split("/")[3], "A" * 22)):
            if not path.endswith("/code"):
                assert (await thuy.get(ref)).status == 404
            seen = await thuy.post(ref, {"csrf": token, "code": code})
            assert seen.status == 404 and GONE in seen.main
    theirs = await typed(thuy, "thuy.two@example.org")
    assert (await thuy.submit(theirs, "Confirm", code=code)).status == 422
    assert await count(house, "sent_code", "ended_at IS NULL") == 2


async def test_that_an_address_is_somebody_elses_too_is_allowed_and_never_told(maria, thuy, house):
    theirs = [await typed(thuy, address) for address in (OLD, "nobody.at.all@example.org")]
    assert [page.main.replace(OLD, "X").replace("nobody.at.all@example.org", "X").partition("Only in")[0] for page in theirs][0] == (
        theirs[1].main.replace("nobody.at.all@example.org", "X").partition("Only in")[0]
    )
    await thuy.submit(theirs[0], "Confirm", code=await code_to(house, OLD))
    assert OLD in await counting(house, fixed_id("account", "stranger")) and await counting(house) == [OLD]
    assert [one.to for one in await letters(house, "address_added")] == ["thuy.pham@example.org"], "Maria’s account is not told"


async def test_the_chart_is_no_source_and_no_target(maria, house):
    before = await house.database.rows("SELECT email, phone FROM record ORDER BY id")
    await added(maria, house)
    await removed(maria, OLD)
    assert await house.database.rows("SELECT email, phone FROM record ORDER BY id") == before


ODD = {
    "😀@example.org": "Check the address", "ana@😀.org": "Check the address", "\u0430na@example.org": "Check the address", "ana": "Check the address",
    "ana@example.org\r\nBcc: x@example.org": "Check the address", "ana@ex ample.org": "Check the address", "": "Enter your email address",
    f"{'a' * 40_000}@example.org": "Check the address", OLD: "on your account already", OLD.upper(): "on your account already",
    "Maria.Delgado@EXAMPLE.org": "on your account already", "ｍaria.delgado@example.org": "on your account already",
}  # fmt: skip


async def test_what_is_no_address_or_there_already_is_said_at_its_field(maria, house):
    for address, words in ODD.items():
        page = await typed(maria, address)
        assert page.status == 422 and words in page.errors[0] and 'href="#email"' in page.html, address[:40]
    assert await count(house, "sent_code") == 0


async def test_a_megabyte_is_refused_in_words(maria):
    page = await typed(maria, "a" * 1_000_000)
    assert page.status == 413 and page.h1


async def test_letters_that_look_like_others_are_seen_in_the_address_as_it_is_sent(maria, house):
    page = await typed(maria, "maria@ex\u0430mple.org")
    assert "maria@xn--exmple-4nf.org" in page.main and "letters that are not a to z" in page.main and "\u0430mple" not in page.main
    assert (await letters(house, "address_code"))[0].to == "maria@xn--exmple-4nf.org"


async def test_so_many_codes_go_to_one_address_in_a_day_whoever_asks(maria, thuy, house):
    page = await typed(maria)
    for _ in range(4):
        page = await maria.submit(page, "Send a new code")
    assert (await maria.submit(page, "Send a new code")).status == 429
    seen = await typed(thuy)
    assert seen.status == 429 and seen.h1 and await count(house, "outbox", "event = 'account.address_code'") == 5


async def test_limits_hold_in_another_process_and_after_a_restart(maria, opened, make_settings, demo_url, drawing):
    from tests.support.portals import opened_portal

    page = await typed(maria)
    for _ in range(4):
        page = await maria.submit(page, "Send a new code")
    async with opened_portal(make_settings(demo_url), drawing) as second, client_of(second.app) as again:
        again.cookies.set("s", maria.cookies["s"])
        assert (await again.submit(await again.get(page.url), "Send a new code")).status == 429
        for _ in range(TRIES):
            await again.submit(await again.get(page.url), "Confirm", code=WRONG)
    answer = await maria.submit(page, "Confirm", code=await house_code(opened.house))
    assert "too many wrong codes" in answer.errors[0]


async def test_an_account_has_six_at_most(maria, house):
    for n in range(5):
        assert (await typed(maria, f"m{n}@example.org")).status == 200
    assert "You have 6 already" in (await typed(maria, "m9@example.org")).errors[0]


async def test_all_changes_ask_for_a_fresh_factor(maria, house):
    page = await typed(maria)
    await stale(house.database)
    for path in (f"{HOME}/new", f"{HOME}/phone", page.url, page.url.replace("/confirm", "/removal")):
        assert (await maria.get(path)).headers["location"].startswith("/account/prove?")
    answer = await maria.send(page, "Confirm", code=await code_to(house))
    assert answer.headers["location"].startswith("/account/prove?") and await counting(house) == [OLD]
    assert (await maria.get(HOME)).status == 200


async def test_staff_do_it_in_their_own_frame(person, house):
    desk = await person("frontdesk")
    page = await added(desk, house)
    assert 'class="staff"' in page.html and NEW in page.main


# Taking away


async def test_the_one_that_is_taken_away_is_told_too(maria, house):
    await added(maria, house)
    page = await removed(maria, OLD)
    assert page.url == f"{HOME}?done=removed" and OLD not in page.main and await counting(house) == [NEW]
    assert [one.to for one in await letters(house, "address_ended")] == [OLD, NEW]


async def test_the_last_one_goes_only_when_letters_were_chosen_in_so_many_words(maria, house):
    page = await removal(maria, OLD)
    assert "letters on paper" in page.main and "They take days." in page.main
    answer = await maria.submit(page, "Take it away")
    assert answer.status == 422 and "This is your only email address" in answer.errors[0] and await counting(house) == [OLD]
    page = await maria.submit(answer, "Take it away", paper="y")
    assert "We write to you on paper" in page.main and await counting(house) == []
    await added(maria, house)
    rows = await house.database.rows("SELECT channel FROM outbox WHERE event = 'account.address_added'")
    assert rows == [{"channel": "print"}] and "/c/" not in (await letters(house, "address_added"))[0].text


async def test_staff_keep_the_last_one(person, house):
    desk = await person("frontdesk")
    await added(desk, house)
    (own,) = [one for one in await counting(house, fixed_id("account", "frontdesk")) if one != NEW] or [None]
    if own:
        await removed(desk, own)
    page = await removal(desk, NEW)
    assert "Add another first" in page.main and "Take it away" not in page.main
    token = next(one.get("value") for one in page.tree.all("input") if one.get("name") == "csrf")
    assert (await desk.post(page.url, {"csrf": token, "paper": "y"})).status == 422
    assert await counting(house, fixed_id("account", "frontdesk")) == [NEW]


async def test_of_two_that_are_taken_away_at_once_one_is_left(maria, house):
    await added(maria, house)
    pages = [await removal(maria, address) for address in (OLD, NEW)]
    answers = await asyncio.gather(*(maria.send(page, "Take it away") for page in pages))
    assert sorted(one.status for one in answers) == [303, 422] and len(await counting(house)) == 1


async def test_what_was_never_confirmed_goes_without_a_word(maria, house):
    page = await maria.follow(await typed(maria), "This is not right: take it away")
    await maria.submit(page, "Take it away")
    assert await letters(house, "address_ended") == [] and "Waiting" not in (await maria.get(HOME)).main
    assert await count(house, "sent_code", "ended_at IS NULL") == 0


# Taking back


async def test_opening_a_stop_link_changes_nothing_and_pressing_takes_the_address_back(maria, client, house):
    await added(maria, house)
    link = await link_to(house, "address_added", OLD)
    for _ in range(3):
        page = await client.get(link)
    assert page.h1 == "Stop this change?" and NEW not in page.main and await counting(house) == [OLD, NEW]
    page = await client.submit(page, "Stop this change")
    assert page.h1 == "The change is stopped" and await counting(house) == [OLD]
    assert (await maria.get("/records")).headers["location"].startswith("/sign-in")
    assert [one.to for one in await letters(house, "address_stopped")] == [OLD, NEW], "told to those of before and of after"
    assert not any("/c/" in one.text for one in await letters(house, "address_stopped"))


async def test_pressing_stop_again_leads_to_the_same_page_and_the_link_is_used_up(maria, client, house):
    await added(maria, house)
    page = await client.get(await link_to(house, "address_added", OLD))
    answers = await asyncio.gather(*(client.send(page, "Stop this change") for _ in range(3)))
    assert {(one.status, one.headers["location"]) for one in answers} == {(303, f"{HOME}/stopped")}
    assert (await client.get(page.url)).status == 404 and await count(house, "outbox", "event = 'account.address_stopped'") == 2


async def test_two_browsers_that_press_stop_at_once_stop_it_once(maria, client, another_client, house):
    await added(maria, house)
    link = await link_to(house, "address_added", OLD)
    pages = [(one, await one.get(link)) for one in (client, another_client)]
    answers = await asyncio.gather(*(one.send(page, "Stop this change") for one, page in pages))
    assert sorted(one.status for one in answers) == [303, 404]
    assert await counting(house) == [OLD] and await count(house, "outbox", "event = 'account.address_stopped'") == 2


async def test_after_seven_days_the_link_is_over(maria, client, house):
    await added(maria, house)
    link = await link_to(house, "address_added", OLD)
    rows = await house.database.rows("SELECT issued_at, ends_at FROM capability WHERE purpose = 'contact_stop'")
    assert [row["ends_at"] - row["issued_at"] for row in rows] == [timedelta(days=7)]
    page = await client.get(link)
    await later(house, "capability", "purpose = 'contact_stop'", ends_at=datetime.now(UTC) - timedelta(seconds=1))
    assert (await client.get(link)).status == 404 and (await client.send(page, "Stop this change")).status == 404
    assert await counting(house) == [OLD, NEW] and "/c/" not in (await letters(house, "address_added"))[0].text


async def test_who_was_taken_away_takes_that_back(maria, client, house):
    await added(maria, house)
    await removed(maria, OLD)
    page = await client.get(await link_to(house, "address_ended", OLD))
    assert "an address was taken away" in page.main
    await client.submit(page, "Stop this change")
    assert await counting(house) == [OLD, NEW]


async def test_the_stop_of_the_first_change_takes_back_all_that_came_after_it(maria, client, house):
    """Whoever got in adds an address, takes the owner's away and adds another: one link undoes the three."""
    await added(maria, house)
    link = await link_to(house, "address_added", OLD)
    await removed(maria, OLD)
    await added(maria, house, "third@example.org")
    await typed(maria, OLD)
    await client.submit(await client.get(link), "Stop this change")
    assert await counting(house) == [OLD]
    assert await count(house, "capability", "purpose = 'contact_stop' AND revoked_at IS NULL AND uses = 0") == 0
    assert await count(house, "session", "account = ? AND revoked_at IS NULL", MARIA) == 0


async def test_the_audit_says_who_changed_and_that_somebody_stopped(maria, client, house):
    await added(maria, house)
    await client.submit(await client.get(await link_to(house, "address_added", OLD)), "Stop this change")
    rows = await house.database.rows("SELECT action, actor FROM audit_event WHERE subject = ? AND action LIKE 'account.address%'", MARIA)
    assert {(row["action"], row["actor"] is None) for row in rows} == {
        ("account.address_add", False), ("account.address_confirm", False), ("account.address_stop", True),
    }  # fmt: skip


# Young people


async def test_a_teenager_cannot_use_what_a_guardian_holds_and_is_not_told_whose_it_is(person, house):
    teen, guardian = await person("teen"), fixed_id("account", "guardian")
    (theirs,) = await counting(house, guardian)
    page = await typed(teen, theirs.upper().replace("EXAMPLE.ORG", "example.org"))
    assert page.status == 422 and "Use one that is yours alone" in page.errors[0] and "uardian" not in page.main
    assert await count(house, "sent_code") == 0
    assert (await typed(teen, OLD)).status == 200, "somebody else’s is nobody’s business"


async def test_what_a_guardian_took_meanwhile_is_not_confirmed_either(person, house):
    teen, parent = await person("teen"), await person("guardian")
    page = await typed(teen)
    code = await code_to(house)
    await added(parent, house)
    answer = await teen.submit(page, "Confirm", code=code)
    assert answer.status == 422 and await count(house, "address_change", "account = ?", fixed_id("account", "teen")) == 0


async def test_what_a_guardian_turns_out_to_read_is_the_teenagers_no_more(person, house):
    """The guardian reads nothing of it, and the message goes to where the guardian does not read."""
    teen, parent, account = await person("teen"), await person("guardian"), fixed_id("account", "teen")
    before = await counting(house, account)
    await added(teen, house)
    page = await added(parent, house)
    assert await counting(house, account) == before and NEW in await counting(house, fixed_id("account", "guardian"))
    rows = await house.database.rows("SELECT address FROM outbox WHERE event = 'account.address_ended' AND account = ?", account)
    assert NEW not in [row["address"] for row in rows] and len(rows) == max(1, len(before))
    assert "It is confirmed." in page.said or "It is confirmed." in page.main


async def test_from_eighteen_on_it_is_their_own_affair(person, house):
    teen = await person("teen")
    (theirs,) = await counting(house, fixed_id("account", "guardian"))
    await house.database.rows("UPDATE record SET birth_text = '1999-01-01' WHERE id = ?", fixed_id("record", "teen"))
    assert (await typed(teen, theirs)).status == 200


# Phones


@pytest.mark.parametrize(("way", "said"), [("sms", "By text message"), ("voice", "By a call, for codes only")])
async def test_a_phone_is_confirmed_with_six_figures(maria, house, way, said):
    page = await typed_phone(maria, way=way)
    assert PHONE in page.main.replace("\u00a0", " ")
    (message,) = await letters(house, "address_code")
    assert message.to == "+15552017788" and message.subject == ""
    code = "".join(sign for sign in message.text.partition("ode is")[2][:30] if sign.isdigit())[:6]
    row = (await house.database.rows("SELECT made_at, ends_at FROM sent_code"))[0]
    assert row["ends_at"] - row["made_at"] == timedelta(minutes=10)
    page = await maria.submit(page, "Confirm", code=f"{code[:3]} {code[3:]}")
    assert page.url == f"{HOME}?done=confirmed" and PHONE in page.main and said in page.main


async def test_news_of_the_account_goes_to_text_messages_and_nobody_is_called_with_news(maria, house):
    for number, way in ((PHONE, "sms"), ("555 201 7799", "voice")):
        page = await typed_phone(maria, number, way)
        text = (await letters(house, "address_code"))[-1].text
        await maria.submit(page, "Confirm", code="".join(filter(str.isdigit, text.partition("ode is")[2].partition("works")[0])))
    await added(maria, house)
    rows = await house.database.rows("SELECT channel FROM outbox WHERE event = 'account.address_added' ORDER BY made_at, channel")
    assert [row["channel"] for row in rows] == ["email", "email", "sms", "email", "sms"]
    async with house.database.transaction():
        await enqueue_notice(house.database, "record.new", MARIA, "DiagnosticReport", MARIA, house.clock())
    rows = await house.database.rows("SELECT channel FROM outbox WHERE event = 'record.new' AND object = ?", str(MARIA))
    assert [row["channel"] for row in rows] == ["email", "email"], "what is new in the record is said by e-mail alone"


NO_NUMBERS = ("", "911", "12", "+1 900 201 7788", "900 201 7788", "+49", "٥٥٥", "555-201-778", "1" * 5000, "(555) 201-7788; 555 201 7799")


async def test_what_is_no_number_is_said_at_its_field(maria, house):
    for number in NO_NUMBERS:
        page = await typed_phone(maria, number)
        assert page.status == 422 and 'href="#phone"' in page.html, number[:20]
    page = await maria.get(f"{HOME}/phone")
    sending = fill(page.tree, page.url, "Send me a code", {"phone": PHONE})
    page = await maria.post(sending.url, sending.body.replace("way=sms", "way=pigeon"))
    assert page.status == 422 and page.errors == ["Choose how we send codes"] and await count(house, "sent_code") == 0


async def test_without_a_gateway_nothing_is_said_of_phones(maria, opened):
    opened.portal.state.house = dataclasses.replace(opened.house, phones=False)
    assert "phone number" not in (await maria.get(HOME)).main
    assert (await maria.get(f"{HOME}/phone")).status == 404


async def test_what_goes_to_a_phone_is_short_and_names_no_address(maria, house):
    from jobs.events import EVENTS
    from jobs.outbox import letter

    row = {"locale": "en", "address": "+15552017788", "made_at": house.clock(), "id": "1", "object_kind": "Account", "account": MARIA,
           "object": str(MARIA), "channel": "sms"}  # fmt: skip
    for event in sorted(one for one in EVENTS if one.startswith("account.")):
        text = (await letter(house, {**row, "event": event})).text.strip()
        assert segments(plain_signs(text)) == 1 and "Riverbend" in text, (event, text)
    await typed_phone(maria)
    (message,) = await letters(house, "address_code")
    assert segments(plain_signs(message.text.strip())) == 1 and CODE.search(message.text)


async def test_what_is_sealed_for_messages_goes_when_it_is_of_no_use(maria, house):
    from jobs.sweeping import end_what_lapsed

    await typed(maria)
    await added(maria, house, "second@example.org")
    past = datetime.now(UTC) - timedelta(seconds=1)
    await later(house, "sent_code", "1 = 1", ends_at=past)
    await later(house, "capability", "purpose = 'contact_stop'", ends_at=past)
    await end_what_lapsed(house)
    for table in ("sent_code", "address_change"):
        assert await count(house, table, "secret IS NOT NULL") == 0 and await count(house, table) > 0


async def test_another_session_of_the_same_account_goes_on_with_what_was_begun(maria, house, client):
    page = await typed(maria)
    cookie = await cookie_of(house.database, "self", "", house.clock())
    client.cookies.set("s", cookie["value"])
    assert (await client.submit(await client.get(page.url), "Confirm", code=await code_to(house))).url == f"{HOME}?done=confirmed"
