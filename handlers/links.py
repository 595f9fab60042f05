"""`/c/{secret}`: the link of a letter. What it shows, and what the button on that page does, depends on what it is for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from litestar import Request, Response, get, post
from litestar.params import FromPath

from access.vocabulary import capability
from handlers import contact, offers, recovery_links
from identity.codes import CONTACT_STOP, INVITATION, LETTER, RESET, STOP

Answer = Callable[[Request, str], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Link:
    """Programs that look through mail open links, so `show` spends and changes nothing; `press` is for a person."""

    show: Answer
    press: Answer


LINKS: dict[str, Link] = {
    INVITATION: Link(offers.show_link, offers.code_of_link),
    CONTACT_STOP: Link(contact.show_stop, contact.press_stop),
    RESET: Link(recovery_links.show_reset, recovery_links.reset),
    STOP: Link(recovery_links.show_stop, recovery_links.stop),
    LETTER: Link(recovery_links.show_letter, recovery_links.letter),
}
"""By the purpose of the secret."""


@get("/c/{capability:str}", access=capability(*LINKS))
async def link(request: Request, capability: FromPath[str]) -> Response:
    return await LINKS[request.state.grant.purpose].show(request, capability)


@post("/c/{capability:str}", access=capability(*LINKS))
async def press(request: Request, capability: FromPath[str]) -> Response:
    return await LINKS[request.state.grant.purpose].press(request, capability)


ALONE = (link, press)
