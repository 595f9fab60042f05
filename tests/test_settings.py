"""Start-up refuses what is missing or unsafe, each with one clear line (SECURITY contract 20)."""

from __future__ import annotations

import base64
import os
from dataclasses import replace

import pytest

import starting
from app import create_app
from settings import Limits, Settings, SettingsError, new_key_line
from tests.support.client import client_of, started
from tests.support.databases import TEST_SETTINGS, Sqlite

KEYS = {name: TEST_SETTINGS[name] for name in ("PORTAL_KEYS", "PORTAL_AUDIT_KEY")}


def refusal(**environ: str) -> str:
    """The one line that these settings earn."""
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(KEYS | environ)
    line = str(refused.value)
    assert line and "\n" not in line
    return line


def test_the_smallest_environment_is_two_keys():
    settings = Settings.from_env(KEYS)
    assert settings.origin == "http://localhost:8000" and not settings.secure and not settings.debug
    assert settings.limits == Limits() and settings.database_url.startswith("sqlite:///")


@pytest.mark.parametrize("missing", KEYS)
def test_a_missing_key_is_named(missing, tmp_path):
    line = refusal(**{missing: "", "PORTAL_DATA": str(tmp_path)})
    assert missing in line and "portal keys new" in line


@pytest.mark.parametrize("key", ["short", base64.b64encode(b"x" * 31).decode(), base64.b64encode(b"x" * 33).decode(), "ü" * 44])
def test_a_key_that_is_no_key_is_refused_without_showing_it(key):
    for name in KEYS:
        line = refusal(**{name: key})
        assert line.startswith(name) and "32 bytes" in line and key not in line


def test_one_bad_key_among_good_ones_is_refused():
    assert "32 bytes" in refusal(PORTAL_KEYS=f"{new_key_line()}\nshort")


def test_keys_are_read_newest_first_from_a_file_of_their_owner_alone(tmp_path):
    new, old = new_key_line(), new_key_line()
    (tmp_path / "keys").write_text(f"{new}\n{old}\n")
    (tmp_path / "keys").chmod(0o600)
    settings = Settings.from_env(KEYS | {"PORTAL_KEYS": "", "PORTAL_DATA": str(tmp_path)})
    assert settings.keys == tuple(base64.urlsafe_b64decode(line) for line in (new, old))


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o666, 0o610])
def test_a_key_file_that_others_may_read_is_refused(tmp_path, mode):
    file = tmp_path / "keys"
    file.write_text(new_key_line())
    file.chmod(mode)
    assert f"chmod 600 {file}" in refusal(PORTAL_KEYS="", PORTAL_KEYS_FILE=str(file))


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b""])
def test_a_key_file_that_is_none_is_one_line_too(tmp_path, content):
    file = tmp_path / "keys"
    if content is None:
        file.mkdir(mode=0o700)
    else:
        file.write_bytes(content)
        file.chmod(0o600)
    refusal(PORTAL_KEYS="", PORTAL_KEYS_FILE=str(file))


@pytest.mark.parametrize("origin", [
    "http://portal.example.org", "http://localhost.example.org", "http://127.0.0.1.example.org", "http://10.0.0.1:8000",
    "ftp://portal.example.org", "portal.example.org", "https://", "https://a/b", "https://a?b", "https://a#b",
    "https://user:word@a", "https://a:port", "https://a:99999", "https://a b", "https://a\nb", "https://a\\b",
])  # fmt: skip
def test_an_origin_that_is_none_or_is_open_to_the_line_is_refused(origin):
    assert "PORTAL_ORIGIN" in refusal(PORTAL_ORIGIN=origin)


@pytest.mark.parametrize(("written", "sent"), [
    ("https://Portal.Example.ORG", "https://portal.example.org"), ("https://a.example:443/", "https://a.example"),
    ("https://a.example:8443", "https://a.example:8443"), ("http://localhost:80", "http://localhost"),
    ("http://127.0.0.1:8000", "http://127.0.0.1:8000"), ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
])  # fmt: skip
def test_an_origin_is_kept_as_browsers_send_it(written, sent):
    settings = Settings.from_env(KEYS | {"PORTAL_ORIGIN": written})
    assert settings.origin == sent and settings.origin.endswith(settings.host)


@pytest.mark.parametrize("name", ["PORT", *(f"PORTAL_{name.upper()}" for name in Limits.__slots__ if name != "recovery_wait")])
@pytest.mark.parametrize("value", ["0", "-1", "1.5", "many", "٣", "1e3", "1 0"])
def test_a_number_that_is_none_is_refused_by_name(name, value):
    assert name in refusal(**{name: value})


def test_other_settings_that_cannot_be_are_refused_by_name():
    assert refusal(PORT="65536").startswith("PORT must")
    assert refusal(PORTAL_PRACTICE_PORT="99999").startswith("PORTAL_PRACTICE_PORT must")
    assert "PORTAL_DEBUG" in refusal(PORTAL_DEBUG="maybe")
    assert "PORTAL_TRUSTED_PROXIES" in refusal(PORTAL_TRUSTED_PROXIES="10.0.0.0/8, proxy.example")


def test_the_portal_and_the_practice_processor_cannot_share_a_port():
    assert refusal(PORT="8156", PORTAL_PRACTICE_PORT="8156") == "PORTAL_PRACTICE_PORT must differ from PORT."
    assert Settings.from_env(KEYS | {"PORT": "65535"}).practice_port == 1024, "there is no port after the last"


# What only the database can tell


async def opening(settings: Settings) -> str:
    """The line with which the installation does not open; "" when it does."""
    house = starting.make_house(settings)
    try:
        house = await starting.open_house(settings, house)
    except SettingsError as refused:
        assert "\n" not in str(refused)
        assert not house.database.is_sqlite or house.database.engine._writer is None, "and nothing stays open"
        return str(refused)
    await starting.close_house(house)
    return ""


async def test_a_demo_database_refuses_a_public_origin(demo_url, make_settings):
    assert "demo" in await opening(make_settings(demo_url, PORTAL_ORIGIN="https://portal.example.org"))
    assert await opening(make_settings(demo_url)) == ""
    assert await opening(make_settings(demo_url, PORTAL_ORIGIN="http://127.0.0.1:8000")) == ""


async def test_a_clinics_own_database_refuses_plain_http_but_for_development(own_url, make_settings):
    assert "https://" in await opening(make_settings(own_url, PORTAL_DEVELOPMENT="no"))
    assert await opening(make_settings(own_url, PORTAL_DEVELOPMENT="yes")) == ""
    assert await opening(make_settings(own_url, PORTAL_DEVELOPMENT="no", PORTAL_ORIGIN="https://portal.example.org")) == ""


async def test_debug_is_for_this_computer_only(own_url, make_settings):
    public = {"PORTAL_ORIGIN": "https://portal.example.org", "PORTAL_DEBUG": "yes"}
    assert "PORTAL_DEBUG" in await opening(make_settings(own_url, **public))
    assert await opening(make_settings(own_url, PORTAL_DEBUG="yes")) == ""


async def test_an_empty_database_and_one_that_is_missing_are_told_apart(empty_url, database_url, make_settings):
    assert "portal migrate" in await opening(make_settings(empty_url))
    assert "portal migrate" in await opening(make_settings(database_url)), "migrated, but nobody said whose it is"


async def test_a_database_file_that_others_may_read_or_that_is_missing_is_refused(demo_url, make_settings, tmp_path):
    if not demo_url.startswith("sqlite"):
        pytest.skip("PostgreSQL keeps its own files")
    os.chmod(Sqlite.path(demo_url), 0o644)
    assert "chmod 600" in await opening(make_settings(demo_url))
    missing = tmp_path / "nowhere.sqlite3"
    assert "no database" in await opening(make_settings(f"sqlite:///{missing}"))
    assert not missing.exists(), "and none is made in passing"


@pytest.fixture
async def own_url(database_url, now):
    """A migrated database marked as a clinic's own."""
    from tables.database import Database
    from tables.installation import mark

    database = await Database(database_url).open()
    await mark(database, False, now)
    await database.close()
    return database_url


# Cookies follow the origin


async def test_on_https_every_cookie_is_secure_and_bound_to_the_host(own_url, make_settings):
    origin = "https://portal.example.org"
    settings = make_settings(own_url, PORTAL_ORIGIN=origin, PORTAL_DEVELOPMENT="no")
    async with started(create_app(settings)) as app, client_of(app, origin=origin) as client:
        page = await client.get("/sign-in?text=large")
        cookies = page.headers.get_list("set-cookie")
        assert sorted(cookie.partition("=")[0] for cookie in cookies) == ["__Host-pre", "__Host-text"]
        for cookie in cookies:
            words = {word.strip().lower() for word in cookie.split(";")[1:]}
            assert {"secure", "httponly", "samesite=lax", "path=/"} <= words and not any("domain" in word for word in words)
        assert 'data-text="large"' in page.html
        assert 'data-text="large"' in (await client.get("/sign-in")).html, "the cookie is read again under that name"


async def test_on_this_computer_a_text_browser_keeps_the_cookie(client):
    cookies = (await client.get("/sign-in")).headers.get_list("set-cookie")
    assert [cookie.partition("=")[0] for cookie in cookies] == ["pre"] and "secure" not in cookies[0].lower()


def test_secrets_do_not_show_when_settings_are_printed():
    settings = Settings.from_env(KEYS)
    assert settings.keys[0].hex() not in repr(settings) and str(settings.keys[0]) not in repr(settings)
    assert str(settings.audit_key) not in repr(replace(settings, debug=True))


def test_stripe_needs_both_of_its_secrets():
    assert "STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET" in refusal(STRIPE_SECRET_KEY="sk_test_x")


@pytest.mark.parametrize("origin", ["checkout.stripe.com", "https://pay.example/path", "javascript:alert(1)", "https://a b"])
def test_an_origin_of_payment_pages_that_is_none_is_refused(origin):
    assert refusal(STRIPE_PAGES_ORIGIN=origin).startswith("STRIPE_PAGES_ORIGIN must look like")


def test_what_signs_the_practice_messages_is_of_one_installation_and_not_in_the_source():
    other = KEYS | {"PORTAL_AUDIT_KEY": KEYS["PORTAL_KEYS"]}
    ours, theirs = (Settings.from_env(keys).practice_hook_secret for keys in (KEYS, other))
    assert ours != theirs and ours == Settings.from_env(KEYS).practice_hook_secret
