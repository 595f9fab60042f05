"""The outbox: rows without words, decided anew at sending, sent by real SMTP to a real server on this machine."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller

from access.audit import AuditWriter
from access.house import House
from jobs import job, outbox
from jobs.events import EVENTS
from notices import Letter, NotNow, Shown, Undeliverable, WrongAddress, senders_for
from notices.smtp import Smtp
from seeds.cast import fixed_id, fixed_ref
from settings import Limits
from tables.queue import MOST_ATTEMPTS, OUTBOX, claim, enqueue_notice
from tables.sealing import Keyring
from tests.support.databases import free_port, portal

MARIA, ANA, JOSEPH = (fixed_id("account", handle) for handle in ("self", "helper-full", "helper-appointments"))


class Clock:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


class Kept:
    """A sender that keeps what it is given, or answers as it is told."""

    def __init__(self, answer=None):
        self.letters, self.answer = [], answer

    async def send(self, letter):
        if self.answer:
            raise self.answer
        self.letters.append(letter)


@pytest.fixture
async def clock(demo_database):
    """A few minutes after the demo was planted."""
    async with demo_database.transaction():
        await demo_database.rows("DELETE FROM outbox")  # the demo begins with letters of its own
    rows = await demo_database.rows("SELECT since AS at FROM clinic_setting WHERE name = 'demo.cast'")
    return Clock(rows[0]["at"] + timedelta(minutes=5))


@pytest.fixture
def house(demo_database, clock):
    return House(demo_database, AuditWriter(demo_database, b"k" * 32), Keyring((b"s" * 32,)), Limits(),
                 "https://portal.example.org", clock=clock)  # fmt: skip


async def put(house, event="account.password_changed", account=MARIA, kind="Account", object=MARIA, **more):
    async with house.database.transaction():
        await enqueue_notice(house.database, event, account, kind, object, house.clock(), **more)


async def send(house, sender=None):
    sender = sender or Kept()
    while await outbox.turn(house, {"email": sender}, "me"):
        pass
    return sender


async def states(house):
    rows = await house.database.rows("SELECT state, attempts, failure, channel FROM outbox ORDER BY channel, address")
    return [(row["state"], row["failure"]) for row in rows]


async def item(house, fhir_id, table="diagnostic_report"):
    return (await house.database.rows(f"SELECT id FROM {table} WHERE fhir_id = ?", fhir_id))[0]["id"]


async def new_for(house, account, fhir_id):
    """Whether somebody is told of one report of Maria's."""
    await put(house, "record.new", account, "DiagnosticReport", await item(house, fhir_id))
    return bool((await send(house)).letters)


async def test_rows_hold_no_words_and_go_back_with_their_cause(house):
    with pytest.raises(RuntimeError):
        async with house.database.transaction():
            await enqueue_notice(house.database, "account.registered", MARIA, "Account", MARIA, house.clock())
            raise RuntimeError
    assert await states(house) == []
    await put(house)
    row = (await house.database.rows("SELECT * FROM outbox"))[0]
    assert "password" not in str({**row, "event": "", "dedupe": ""}).lower()


async def test_every_confirmed_address_of_the_account_is_told_and_the_one_just_ended_too(house):
    await house.database.rows(
        "INSERT INTO account_address (id, ref, account, kind, value, confirmed_at) VALUES (?, ?, ?, 'email', 'second@example.org', ?)",
        fixed_id("test", "second"), fixed_ref("test", "second"), MARIA, house.clock(),
    )
    await house.database.rows(
        "INSERT INTO account_address (id, ref, account, kind, value) VALUES (?, ?, ?, 'email', 'never-confirmed@example.org')",
        fixed_id("test", "third"), fixed_ref("test", "third"), MARIA,
    )
    await put(house, "account.address_ended", also=["old@example.org"])
    told = {letter.to for letter in (await send(house)).letters}
    assert told == {"maria.delgado@example.org", "second@example.org", "old@example.org"}


async def test_who_has_no_address_gets_paper(house):
    await house.database.rows("UPDATE account_address SET ended_at = ? WHERE account = ?", house.clock(), MARIA)
    await put(house)
    row = (await house.database.rows("SELECT channel, address, state FROM outbox"))[0]
    assert row == {"channel": "print", "address": "", "state": "due"}


async def test_the_same_event_is_told_once(house):
    await put(house)
    await put(house)
    assert len((await send(house)).letters) == 1
    await put(house, dedupe="password:2")
    assert len((await send(house)).letters) == 1


async def test_words_are_fixed_and_say_nothing_of_health(house):
    assert await new_for(house, MARIA, "self-vitd-4")
    await put(house, "record.new", MARIA, "DiagnosticReport", await item(house, "self-ferr-4"))
    (letter,) = (await send(house)).letters
    assert letter.subject == "You have something new at Riverbend Family Clinic"
    text = letter.subject + letter.text
    assert "Sign in at https://portal.example.org" in text
    assert "We never ask for your password or a code" in text
    for word in ("Ferritin", "result", "blood", "Okafor", "Maria", "self-", str(await item(house, "self-ferr-4"))):
        assert word.casefold() not in text.casefold()


OBJECTS = {"share": fixed_id("share", "helper-full self"), "booking": fixed_id("booking", "checkup")}
"""What letters of these events are about."""


@pytest.mark.parametrize("event", sorted(EVENTS))
async def test_every_event_has_words_in_every_language(house, event):
    for locale in ("en", "es", "xx"):
        row = {"event": event, "locale": locale, "address": "a@example.org", "made_at": house.clock(), "id": "1",
               "object_kind": "Share", "account": ANA, "object": str(OBJECTS.get(event.partition(".")[0], ANA))}  # fmt: skip
        letter = await outbox.letter(house, row)
        assert letter.subject and "\n" not in letter.subject
        assert "https://portal.example.org/help/phishing" in letter.text
        if locale == "xx":
            assert letter.subject.startswith("⟦") and all(
                line.startswith("⟦") for line in letter.text.splitlines() if line.strip()
            )


async def test_a_security_notice_says_when_and_what_to_do_if_it_was_not_you(house):
    await put(house)
    (letter,) = (await send(house)).letters
    assert "Your password was changed" in letter.subject
    assert "Central" in letter.text and "If it was not you, call us at (555) 555-0142 now" in letter.text.replace("\xa0", " ")


async def test_a_helper_is_told_of_what_they_may_see(house):
    assert await new_for(house, ANA, "self-ferr-4")


@pytest.mark.parametrize("fhir_id", ["self-hiv-335", "self-fit-335", "self-ttg-4"])
async def test_nobody_is_told_of_what_is_labelled_private_or_held(house, fhir_id):
    """A label of the feed, "only me", and a clinician's hold."""
    assert not await new_for(house, ANA, fhir_id)
    assert await states(house) == [("dropped", "no longer theirs")]


async def test_a_helper_without_that_category_is_not_told(house):
    assert not await new_for(house, JOSEPH, "self-ferr-4")


async def test_a_helper_whose_share_ended_meanwhile_is_not_told(house):
    await put(house, "record.new", ANA, "DiagnosticReport", await item(house, "self-ferr-4"))
    await house.database.rows("UPDATE share SET revoked_at = ? WHERE account = ? AND basis = 'helper'", house.clock(), ANA)
    assert (await send(house)).letters == []
    assert await states(house) == [("dropped", "no longer theirs")]


async def test_what_was_withdrawn_meanwhile_is_not_told(house):
    await put(house, "record.new", MARIA, "DiagnosticReport", await item(house, "self-ferr-4"))
    await house.database.rows("UPDATE diagnostic_report SET withdrawn_at = ?", house.clock())
    assert (await send(house)).letters == []


async def test_a_server_that_says_later_is_asked_later_and_in_the_end_no_more(house, clock):
    await put(house)
    sender = Kept(NotNow("smtp 451"))
    for _ in range(MOST_ATTEMPTS):
        await send(house, sender)
        clock.now += timedelta(hours=7)
    assert await states(house) == [("failed", "smtp 451")]


async def test_letters_behind_slow_ones_are_not_sent_by_another_worker_too(house, clock, monkeypatch):
    monkeypatch.setattr(job, "LEASE", timedelta(seconds=0.15))
    stolen = []

    class Slow(Kept):
        async def send(self, letter):
            await asyncio.sleep(0.03)
            clock.now += timedelta(seconds=20.1)
            stolen.extend(await claim(house.database, OUTBOX, "another", clock(), 9))
            await super().send(letter)

    for number in range(4):
        await put(house, dedupe=str(number))
    slow = await send(house, Slow())
    assert stolen == [] and len(slow.letters) == 4


async def test_a_turn_leaves_one_entry_however_many_letters_it_sends(house):
    for event in ("account.password_changed", "account.registered", "account.codes_made"):
        await put(house, event)
    assert len((await send(house)).letters) > 1
    rows = await house.database.rows("SELECT actor, subject FROM audit_event WHERE action = 'system.letters'")
    assert rows == [{"actor": None, "subject": None}]


async def test_an_address_that_does_not_exist_is_not_tried_again(house):
    await put(house)
    await send(house, Kept(Undeliverable("smtp 550")))
    assert await states(house) == [("failed", "smtp 550")]


async def test_without_a_sender_letters_wait_untouched(house):
    await put(house)
    assert await outbox.turn(house, senders_for(demo=False), "me") == 0
    assert (await house.database.rows("SELECT state, attempts FROM outbox"))[0] == {"state": "due", "attempts": 0}


async def test_the_demo_sends_nothing_and_shows_everything(house, demo_url, tmp_path):
    await put(house)
    assert isinstance(senders_for(demo=True, smtp_url="smtps://mail.example.org", mail_from="a@b.org")["email"], Shown)
    shown = await asyncio.to_thread(portal, ["outbox"], demo_url, PORTAL_DATA=str(tmp_path))
    assert "maria.delgado@example.org  waits" in shown and "Subject: Your password was changed" in shown


# Transport


class Mailbox:
    def __init__(self, answer="250 OK"):
        self.messages, self.answer = [], answer

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(message_from_bytes(envelope.content, policy=default))
        return self.answer


@pytest.fixture
def mail_server():
    """`box, address = mail_server(answer)`: a real SMTP server on this machine's own address."""
    running = []

    def start(answer="250 OK", **options):
        box = Mailbox(answer)
        controller = Controller(box, **{"hostname": "127.0.0.1", "port": free_port(), **options})
        controller.start()
        running.append(controller)
        return box, controller.port

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost,IP:127.0.0.2", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


def tls_server(folder):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


LETTER = Letter("maria.delgado@example.org", "You have something new – ⟦é⟧", "One line.\nAnother: ñ.\n", "es", "0199-key")


async def test_a_letter_arrives_as_plain_text_that_says_it_is_automatic(mail_server):
    box, port = mail_server()
    await Smtp.at(f"smtp://127.0.0.1:{port}", "portal@clinic.example").send(LETTER)
    (message,) = box.messages
    assert message["Subject"] == LETTER.subject and message["To"] == LETTER.to
    assert message.get_content().replace("\r\n", "\n") == LETTER.text
    assert message.get_content_type() == "text/plain"
    assert message["Auto-Submitted"] == "auto-generated" and message["Content-Language"] == "es"
    assert message["Message-ID"] == "<0199-key@clinic.example>", "the same at every attempt"


@pytest.mark.parametrize(("answer", "raised"), [("451 later", NotNow), ("552 too much", Undeliverable)])
async def test_what_the_server_answers_decides_whether_it_is_tried_again(mail_server, answer, raised):
    _, port = mail_server(answer)
    with pytest.raises(raised, match=answer[:3]):
        await Smtp.at(f"smtp://127.0.0.1:{port}", "portal@clinic.example").send(LETTER)


async def test_nobody_there_is_not_now():
    with pytest.raises(NotNow):
        await Smtp.at(f"smtp://127.0.0.1:{free_port()}", "portal@clinic.example").send(LETTER)


async def test_tls_is_verified(mail_server, certificate):
    box, port = mail_server(ssl_context=tls_server(certificate))
    trusted = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    with pytest.raises(NotNow):
        await Smtp.at(f"smtps://localhost:{port}", "portal@clinic.example").send(LETTER)
    assert box.messages == [], "a certificate that nobody vouches for gets no letter"
    await Smtp.at(f"smtps://localhost:{port}", "portal@clinic.example", trusted).send(LETTER)
    assert len(box.messages) == 1


ELSEWHERE = "127.0.0.2"
"""This machine too, and not one of the names by which plain mail is let through."""


async def test_mail_to_another_machine_is_never_sent_in_the_open(mail_server, certificate):
    """STARTTLS is demanded: a server that has none gets no letter, nor does one whose certificate nobody vouches for."""
    plain, port = mail_server(hostname=ELSEWHERE)
    with pytest.raises(NotNow):
        await Smtp.at(f"smtp://{ELSEWHERE}:{port}", "portal@clinic.example").send(LETTER)
    stranger, port = mail_server(hostname=ELSEWHERE, tls_context=tls_server(certificate))
    with pytest.raises(NotNow):
        await Smtp.at(f"smtp://{ELSEWHERE}:{port}", "portal@clinic.example").send(LETTER)
    assert plain.messages == stranger.messages == []
    trusted = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    await Smtp.at(f"smtp://{ELSEWHERE}:{port}", "portal@clinic.example", trusted).send(LETTER)
    assert len(stranger.messages) == 1, "the same server, vouched for"


@pytest.mark.parametrize(
    ("url", "mail_from"),
    [("mail.example.org", "a@b.org"), ("http://mail.example.org", "a@b.org"), ("smtps://x.org", "nobody"),
     ("smtps://x.org", "a@b.org\r\nBcc: c@d.org")],
)  # fmt: skip
def test_a_wrong_address_of_the_server_is_refused_at_start(url, mail_from):
    with pytest.raises(WrongAddress):
        senders_for(demo=False, smtp_url=url, mail_from=mail_from)
