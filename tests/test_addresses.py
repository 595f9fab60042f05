"""What is an address that somebody is invited at."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from forms.sharing import WhoForm
from handlers.form_layer import Fields
from tests.support.inviting import confirm

PLAIN_ADDRESSES = ("ana@example.org", "a.b+c_d@mail.example.org", "o'neil@xn--bcher-kva.example", "1@2.example.co", "4111111111111111@example.org", f"{'a' * 64}@example.org")
OTHER_ADDRESSES = (
    "g:maria@example.org", "g:maria@example.org;", "victim(1)@example.org", "(1)victim@example.org", "victim@example.org(1)", "victim@(x)example.org",
    '"victim"@example.org', "<victim@example.org>", "a@b@example.org", ".a@example.org", "a.@example.org", "a..b@example.org", "a@-b.example", "a@b-.example",
    "a@example.org.", "a@example..org", "a@[127.0.0.1]", "a@127.0.0.1", "a@localhost", "\u0430na@example.org", "a\u200db@example.org", "a\u200eb@example.org",
    "ana@ex\u00e4mple.org", "a\\b@example.org", "a\u202eb@example.org", "a\ue000b@example.org", "a@b.example,c@d.example", f"{'a' * 65}@example.org",
)  # fmt: skip


@pytest.mark.parametrize("address", PLAIN_ADDRESSES + OTHER_ADDRESSES)
def test_an_address_is_a_plain_one_and_what_is_compared_is_where_the_letter_goes(address):
    form = WhoForm(Fields((("name", "Ana"), ("email", address))))
    assert form.validate() == (address in PLAIN_ADDRESSES)
    if form.email.errors:
        return
    message = EmailMessage()
    message["To"] = form.email.data
    assert [one.addr_spec for one in message["To"].addresses] == [address]


async def test_a_sign_that_turns_words_around_makes_no_other_address(person, cast):
    maria, home = await person("self"), f"/records/{cast['self'].record}/sharing"
    page = await confirm(maria, home, email="maria\u202e.delgado@example.org")
    if page.status == 200:
        page = await maria.submit(page, "Send the invitation")
    assert page.status == 422 and any("Check the address" in one for one in page.errors)
