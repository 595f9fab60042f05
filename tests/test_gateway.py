"""Text messages and calls: what is asked of the gateway, what becomes of its answers, and that a stranger is told nothing."""

from __future__ import annotations

import re
import ssl
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from jobs import outbox
from notices import Letter, NotNow, Undeliverable, WrongAddress, senders_for
from notices.gateway import Gateway, plain_signs, segments
from seeds.cast import fixed_id
from settings import SettingsError
from tables.queue import enqueue_letter
from tests.support.contact import typed_phone
from tests.support.databases import free_port
from tests.support.phones import OURS, SID, TOKEN, fake_phones
from tests.test_outbox import certificate  # noqa: F401 -- fixture

TO = "+15552017788"
SHORT = Letter(TO, "", "Riverbend’s clinic: your code is 123456.\n", "en", "0199-key")


@pytest.fixture
def phones():
    with fake_phones() as running:
        yield running


def senders(phones):
    return senders_for(demo=False, gateway=phones.settings)


async def test_a_text_message_is_asked_for_as_the_api_wants_it(phones):
    await senders(phones)["sms"].send(SHORT)
    ((path, fields),) = phones.asked
    assert path == f"/2010-04-01/Accounts/{SID}/Messages.json" and phones.keys == [f"{SID}:{TOKEN}"]
    assert fields == {"To": TO, "From": OURS, "Body": "Riverbend's clinic: your code is 123456."}


async def test_a_call_says_its_words_twice_and_they_are_no_markup(phones):
    await senders(phones)["voice"].send(Letter(TO, "", "Clinic <A&B>.\nYour code: 1. 2.\n", "es", "key"))
    ((path, fields),) = phones.asked
    assert path.endswith("/Calls.json") and (fields["To"], fields["From"]) == (TO, OURS)
    said = ElementTree.fromstring(fields["Twiml"]).findall("Say")
    assert [one.text for one in said] == ["Clinic <A&B>. Your code: 1. 2."] * 2 and said[0].get("language") == "es-US"


@pytest.mark.parametrize(
    ("answer", "raised", "said"),
    [((429, 20429), NotNow, "gateway 429 20429"), ((500, 0), NotNow, "gateway 500"), ((503, 0), NotNow, "gateway 503"),
     ((302, 0), NotNow, "gateway 302"), ((401, 20003), NotNow, "gateway 401 20003"), ((400, 21606), NotNow, "gateway 400 21606"),
     ((400, 21211), Undeliverable, "gateway 400 21211"), ((400, 21610), Undeliverable, "gateway 400 21610"),
     ((400, 0), Undeliverable, "gateway 400")],
)  # fmt: skip
async def test_what_the_gateway_answers_decides_whether_it_is_tried_again(phones, answer, raised, said):
    phones.answer = answer
    with pytest.raises(raised) as refused:
        await senders(phones)["sms"].send(SHORT)
    assert str(refused.value) == said and len(said) <= 40 and TO not in said


async def test_nobody_there_and_no_answer_are_not_now(monkeypatch):
    with pytest.raises(NotNow):
        await Gateway.at(f"http://localhost:{free_port()}", SID, TOKEN, OURS).text.send(SHORT)


async def test_who_cannot_prove_to_be_the_gateway_gets_neither_message_nor_token(certificate):  # noqa: F811
    trusted = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    with fake_phones(certificate) as phones:
        with pytest.raises(NotNow):
            await senders(phones)["sms"].send(SHORT)
        assert phones.asked == [] and phones.keys == []
        await Gateway.at(*phones.settings, trust=trusted).text.send(SHORT)
        assert len(phones.asked) == 1


@pytest.mark.parametrize("wrong", [("http://gateway.example", SID, TOKEN, OURS), ("ftp://x", SID, TOKEN, OURS), ("gateway", SID, TOKEN, OURS),
                                   ("https://x.example", "../x", TOKEN, OURS), ("https://x.example", SID, "a\nb", OURS),
                                   ("https://x.example", SID, TOKEN, "555")])  # fmt: skip
def test_settings_that_cannot_be_used_are_refused_at_start_without_the_token(wrong):
    with pytest.raises(WrongAddress) as refused:
        senders_for(demo=False, gateway=wrong)
    assert "\n" not in str(refused.value) and TOKEN not in str(refused.value)


def test_a_gateway_is_set_whole_or_not_at_all(make_settings):
    whole = {"SMS_GATEWAY_URL": "https://x.example", "SMS_GATEWAY_SID": SID, "SMS_GATEWAY_TOKEN": TOKEN, "SMS_GATEWAY_FROM": OURS}
    settings = make_settings("sqlite:////tmp/none", **whole)
    assert settings.gateway == tuple(whole.values()) and TOKEN not in repr(settings)
    assert make_settings("sqlite:////tmp/none").gateway is None
    for name in whole:
        with pytest.raises(SettingsError, match="needed all, or none"):
            make_settings("sqlite:////tmp/none", **{**whole, name: ""})


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2), ("ж" * 70, 1), ("ж" * 71, 2), ("ñ" * 160, 1)],
)
def test_what_fits_into_a_text_message_is_counted_as_phones_do(text, parts):
    assert segments(text) == parts


def test_signs_that_would_make_a_message_dearer_are_written_as_phones_have_them():
    assert plain_signs("“It’s 5\u202fpm” – now\u00a0…") == "\"It's 5 pm\" - now ..." and segments(plain_signs("’" * 100)) == 1


async def test_a_code_goes_out_once_and_what_failed_is_tried_later(phones, person, opened):
    house, maria = opened.house, await person("self")
    await house.database.rows("UPDATE outbox SET state = 'sent', sent_at = ?", house.clock())
    await typed_phone(maria)
    await house.database.rows("UPDATE outbox SET state = 'due', sent_at = NULL, lease_until = NULL WHERE channel = 'sms'")
    phones.answer = (503, 0)
    by_phone = {name: sender for name, sender in senders(phones).items() if name in ("sms", "voice")}
    await outbox.turn(house, by_phone, "me")
    row = (await house.database.rows("SELECT * FROM outbox WHERE channel = 'sms'"))[0]
    assert (row["state"], row["failure"]) == ("due", "gateway 503") and row["run_at"] > house.clock()
    phones.answer = (201, 0)
    await house.database.rows("UPDATE outbox SET run_at = ? WHERE channel = 'sms'", house.clock() - timedelta(seconds=1))
    await outbox.turn(house, by_phone, "me")
    await outbox.turn(house, by_phone, "me")
    assert len(phones.asked) == 2 and re.search(r"your code is [0-9]{6}\.", phones.asked[1][1]["Body"])
    assert (await house.database.rows("SELECT state FROM outbox WHERE channel = 'sms'")) == [{"state": "sent"}]
    async with house.database.transaction():
        for _ in range(2):
            await enqueue_letter(
                house.database, row["event"], row["address"], row["object_kind"], row["object"], house.clock(), locale="en",
                channel="sms", account=fixed_id("account", "self"),
            )  # fmt: skip
    assert len(await house.database.rows("SELECT id FROM outbox WHERE channel = 'sms'")) == 1, "one row for each code"


async def test_a_code_that_is_over_is_not_sent_late(phones, person, opened):
    house, maria = opened.house, await person("self")
    await typed_phone(maria)
    await house.database.rows("UPDATE outbox SET state = 'due', sent_at = NULL, lease_until = NULL WHERE channel = 'sms'")
    await house.database.rows("UPDATE sent_code SET ends_at = ?", house.clock() - timedelta(seconds=1))
    await outbox.turn(house, {"sms": senders(phones)["sms"]}, "me")
    assert phones.asked == [] and (await house.database.rows("SELECT state FROM outbox WHERE channel = 'sms'")) == [{"state": "dropped"}]
