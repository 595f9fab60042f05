"""What anybody may see: the front door, help, and what the portal says of itself."""

from __future__ import annotations

import json

import pytest

from pages.weight import weight_page

PAGES = ("/", "/help", "/help/phishing", "/about/accessibility", "/about/privacy", "/about/weight")


@pytest.mark.parametrize("address", PAGES)
async def test_a_public_page_is_there_for_everybody(client, person, address):
    page = await client.get(address)
    assert page.status == 200
    assert "(555) 555-0142" in page.text and "911" in page.text
    signed_in = await (await person("self")).get(address)
    assert signed_in.h1 == page.h1 and "Sign out" in signed_in.text


@pytest.mark.parametrize("address", PAGES)
async def test_a_first_page_fits_into_one_window(client, address):
    page = await client.get(address)
    style = await client.get(page.tree.all("link")[0].get("href"), headers={"Accept-Encoding": "br"})
    assert page.weight + int(style.headers["content-length"]) + 600 <= 14_600


async def test_the_front_door_leads_in(client, person):
    page = await client.get("/")
    assert page.link("Sign in") == "/sign-in" and page.link("Register with a code") == "/register"
    page = await (await person("self")).get("/")
    assert page.link("Go to your records") == "/records" and "Register" not in page.main


async def test_every_link_of_the_public_pages_leads_somewhere(client):
    seen = set()
    for address in PAGES:
        page = await client.get(address)
        seen |= {href for _, href in page.links if href.startswith("/")}
        for _words, href in page.links:
            if href.startswith("#"):
                assert href[1:] in page.tree.by_id
    for address in seen:
        path, _hash, part = address.partition("#")
        page = await client.get(path)
        if page.status == 303:
            assert page.headers["location"].startswith("/sign-in"), address
            continue
        assert page.status == 200, address
        assert not part or part in page.tree.by_id


async def test_search_engines_are_sent_away(client):
    answer = await client.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.html == "User-agent: *\nDisallow: /\n"


async def test_help_leads_to_the_ways_back_into_an_account(client):
    """A code to register with is for a chart without a login, so it cannot open one whose password was forgotten."""
    page = await client.get("/help")
    assert "new code" not in page.main and (await client.follow(page, "Get back into your account")).url == "/recover"


async def test_what_is_mended_is_no_longer_said_to_be_wrong(client):
    """One table over many pages is one for the ear: tests/test_pdf.py."""
    assert "two tables" not in (await client.get("/about/accessibility")).main


async def test_help_names_the_times_the_portal_keeps_to(client, app):
    page = await client.get("/help")
    assert "signed out after 10 minutes" in page.main and "After 30 minutes without a click" in page.main
    assert "You sign in again after 12 hours" in (await client.get("/about/privacy")).main


async def test_the_weight_page_says_so_where_nothing_was_measured(client):
    page = await client.get("/about/weight")
    assert ["Any page after that", "8,000"] in page.rows("Our limits")


def test_measured_weights_are_read_from_their_file(tmp_path):
    file = tmp_path / "weight.json"
    assert weight_page(file).pages == ()
    weight_page.cache_clear()
    file.write_text(json.dumps({"measured": "2026-05-12", "pages": [{"address": "/records", "bytes": 2000}]}))
    page = weight_page(file)
    assert [(one.address, one.bytes) for one in page.pages] == [("/records", 2000)]
    assert page.measured.text == "2026-05-12" and page.pages[0].name == "Records"


def test_every_measured_page_has_a_name_that_can_be_said():
    weight_page.cache_clear()
    assert [one.address for one in weight_page().pages if one.name == one.address] == []
