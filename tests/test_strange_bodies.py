"""Bodies and headers that no browser writes: refused with a number of the 400s, never a fault of ours, and never kept."""

from __future__ import annotations

import pytest

from handlers.elsewhere import own_path
from handlers.uploads import NotAForm, parse_upload
from tests.support.forms import fill
from tests.test_requests import home

KIND = "multipart/form-data; boundary=b"


@pytest.fixture
async def maria(person):
    return await person("self")


def part(value: bytes, *, kind: str = "", disposition: str = 'form-data; name="words"') -> bytes:
    typed = f"\r\nContent-Type: {kind}" if kind else ""
    return b"--b\r\nContent-Disposition: " + disposition.encode() + typed.encode() + b"\r\n\r\n" + value + b"\r\n--b--\r\n"


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "us-ascii", '"utf-8"'])
def test_a_field_is_read_as_utf_8(charset):
    pairs, _files = parse_upload(KIND, part("Grüße".encode(), kind=f"text/plain; charset={charset}"))
    assert pairs == [("words", "Grüße")]


@pytest.mark.parametrize("body", [
    *(part(b"abc", kind=f"text/plain; charset={charset}") for charset in ("nonsense", "hex", "rot13", "unicode_escape", "utf-16", "utf-7", "a\u0394")),
    part(b"\xff\xfe"), part(b"\xed\xa0\x80"), part(b"x", disposition="form-data"), b"", b"--b",
])  # fmt: skip
def test_what_is_no_utf_8_or_no_form_is_no_form(body):
    with pytest.raises(NotAForm):
        parse_upload(KIND, body)


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=\u00e9", 'multipart/form-data; boundary="\r\n"', "multipart/form-data; boundary=" + "x" * 5000])
def test_a_boundary_that_is_none_is_no_form(kind):
    with pytest.raises(NotAForm):
        parse_upload(kind, part(b"x"))


async def test_a_part_of_another_coding_is_refused_and_leaves_no_draft_that_breaks_the_form(maria, cast):
    page = await maria.get(home(cast, "/messages/new"))
    for path in ("/messages/draft", "/messages/new"):
        sending = fill(page.tree, page.url, "Send", {"topic": "health"}, None)
        files = [(name, (None, value.encode(), "text/plain")) for name, value in sending.fields if name != "words"]
        files.append(("words", (None, b"\\ud800", "text/plain; charset=unicode_escape")))
        answer = await maria.request("POST", home(cast, path), files=files)
        assert answer.status == 400
    assert (await maria.get(page.url)).status == 200


@pytest.mark.parametrize("address", ["http://[::1", "http://[", "http://]/", "//[", "http://a]b/"])
async def test_an_address_that_is_none_is_not_ours(maria, address):
    page = await maria.get("/account/preferences")
    sending = fill(page.tree, page.url, "/account/preferences", {}, None)
    headers = {"Origin": None, "Sec-Fetch-Site": None, "Referer": address, "content-type": "application/x-www-form-urlencoded"}
    answer = await maria.request("POST", sending.url, content=sending.body, headers=headers)
    assert answer.status == 403
    assert own_path(address) == "/"
