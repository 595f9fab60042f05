"""Between routing and the guard: an unsafe request must be a small form, from our own page, with that page's token.

SECURITY contract 5. Of a form that the guard will turn away it is found out whose it is, so that nothing typed is lost.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from urllib.parse import parse_qsl
from uuid import UUID

from litestar.enums import ScopeType
from litestar.exceptions import NotFoundException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from access.opening import Denied
from access.guard import Refused
from access.house import House
from access.viewer import Viewer
from access.vocabulary import Access
from handlers.elsewhere import FORM, go_there, goes_elsewhere, parts_of
from handlers.uploads import MULTIPART, NotAForm, Upload, parse_beginning, parse_upload
from identity.csrf import before_sign_in, matches
from identity.sessions import is_of_another
from settings import Limits

SAFE = ("GET", "HEAD", "OPTIONS")
FIELDS_AT_MOST = 400
SHUT_TO_NOBODY = ("half", "account", "record", "bill", "staff")
"""Where the guard turns away whoever has no session; anywhere else the token decides."""
BODY_SECONDS = 120
"""64 KB at 50 kbps take 11 seconds; a sender ten times slower than that is not a form."""
UPLOAD_SECONDS = 1800
"""5 MB at 50 kbps take 14 minutes."""
AT_ONCE = 4
"""So many files of one account are waited for at the same time: each stands in memory until it is whole."""


FILE_WAS = "file_was"


class BadForm(Exception):
    """`reason`: too_large (of so many bytes), not_a_form, cut_off."""

    def __init__(self, status: int, reason: str, limit: int = 0):
        super().__init__(reason)
        self.status, self.reason, self.limit = status, reason, limit


@dataclass(frozen=True, slots=True)
class Fields:
    """What was typed, in order. `getlist` is what WTForms asks of form data."""

    pairs: tuple[tuple[str, str], ...] = ()
    files: Mapping[str, Upload] = field(default_factory=dict)

    def getlist(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]

    def get(self, name: str, default: str = "") -> str:
        return next(iter(self.getlist(name)), default)

    @property
    def to_keep(self) -> list[tuple[str, str]]:
        """With what a chosen file was called, since browsers forget it: a form that is sent without its files has the name
        in its field."""
        names = [one.name for one in self.files.values()] or self.getlist("file")
        return [*self.pairs, *((FILE_WAS, name) for name in names if name)]

    def __iter__(self):
        return iter(dict.fromkeys(key for key, _ in self.pairs))

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)


class FormLayer(ASGIMiddleware):
    scopes = (ScopeType.HTTP,)

    def __init__(self) -> None:
        self.waited_for: Counter[UUID] = Counter()

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            raise NotFoundException  # PostgreSQL refuses this sign, and no page of ours has it in its address
        if scope["method"] not in SAFE:
            access: Access = scope["route_handler"].opt["access"]
            if access.kind != "signed":
                await self._read(scope, receive)
                if there := goes_elsewhere(scope):
                    return await go_there(scope, there, send)
                await self._check(scope, access)
        await next_app(scope, receive, send)

    async def _read(self, scope: Scope, receive: Receive) -> None:
        headers = dict(scope["headers"])
        reason = foreign(headers, scope["app"].state.house.origin)
        if reason:
            raise Refused(Denied(reason))
        scope["state"]["fields"] = await self._fields(scope, receive, headers)

    async def _check(self, scope: Scope, access: Access) -> None:
        headers, fields = dict(scope["headers"]), scope["state"]["fields"]
        house, viewer = scope["app"].state.house, scope["state"]["viewer"]
        turned_away = access.kind in SHUT_TO_NOBODY and viewer.level not in ("full", access.kind)
        whose = scope["state"]["form_of"] = await form_of(house, viewer, fields.get("csrf"), turned_away)
        if turned_away:
            return
        if not matches(fields.get("csrf"), secret_for(house, viewer, scope["path"])):
            raise Refused(Denied("older" if whose and viewer.level == "full" else "form"))
        if b"origin" not in headers and b"sec-fetch-site" not in headers:
            scope["state"]["viewer"] = replace(viewer, visitor=replace(viewer.visitor, token_only=True))

    async def _fields(self, scope: Scope, receive: Receive, headers: dict[bytes, bytes]) -> Fields:
        """A file may come to a route that says so, from somebody who is signed in, or was until just now, or is about to be
        again: then their words are parked without it. From nobody else; who was signed out on purpose is led to the door."""
        limits, viewer = scope["app"].state.house.limits, scope["state"]["viewer"]
        kind = headers.get(b"content-type", FORM)
        with_file = scope["route_handler"].opt.get("upload") and kind.startswith(MULTIPART.encode())
        if with_file and viewer.account is None and viewer.ended:
            raise Refused(Denied("sign_in"))
        if with_file and viewer.account is not None:
            with self._room(viewer.account) as room:
                pairs, files = await _with_file(receive, kind.decode("latin-1"), limits, headers, room)
            return Fields(tuple((name.replace("\0", ""), value.replace("\0", "")) for name, value in pairs), files)
        if kind.split(b";")[0].strip().lower() != FORM:
            raise BadForm(415, "not_a_form")
        return Fields(tuple(parse_form(await read_body(receive, limits.body_bytes, BODY_SECONDS, headers))))


    @contextmanager
    def _room(self, account: UUID) -> Iterator[bool]:
        """Whether one more file of theirs may be waited for."""
        room = self.waited_for[account] < AT_ONCE
        self.waited_for[account] += room
        try:
            yield room
        finally:
            self.waited_for[account] -= room
            self.waited_for += Counter()  # without those of whom none is left


async def form_of(house: House, viewer: Viewer, token: str, turned_away: bool) -> UUID | None:
    """The account whose form this is, by its token: one of this session, or of another of the same account, such as the one
    before they signed in again. None for the form of anybody else, and for one that needs no account."""
    if viewer.replaced and turned_away:
        return viewer.replaced if matches(token, viewer.csrf) else None
    if viewer.account is None or (viewer.level == "none" and not turned_away):
        return None
    own = matches(token, viewer.csrf) or await is_of_another(house, viewer, token)
    return viewer.account if own else None


def secret_for(house, viewer: Viewer, path: str) -> bytes:
    """Whose token a form must carry: the session's, or before sign-in that of the pre-session cookie and this path. The
    button that signs out is still right when the session has just ended."""
    if viewer.level != "none" or (viewer.ended == "expired" and path == "/sign-out"):
        return viewer.csrf
    return before_sign_in(house.keyring.keys[0], viewer.visitor.pre + path.encode()) if viewer.visitor.pre else b""


def foreign(headers: dict[bytes, bytes], origin: str) -> str:
    """Why a request is not from our own page, or "": Origin and Sec-Fetch-Site where sent, else a Referer where sent."""
    ours = origin.encode()
    sent, site = headers.get(b"origin"), headers.get(b"sec-fetch-site")
    if (sent is not None and sent != ours) or (site is not None and site != b"same-origin"):
        return "origin"
    referer = headers.get(b"referer")
    if sent is None and site is None and referer:
        parts = parts_of(referer.decode("latin-1"))
        return "" if parts and f"{parts.scheme}://{parts.netloc}" == origin else "origin"
    return ""


async def _with_file(receive: Receive, kind: str, limits: Limits, headers: Mapping[bytes, bytes], room: bool):
    """Of a form whose file is too large, or for which there is no room, what was typed is read from its beginning, and the form
    says why the file is not there; the file is not waited for where that is known beforehand."""
    most = limits.upload_bytes + limits.body_bytes
    enough = most if room and not _says_more(headers, most) else limits.body_bytes
    body, whole = await _in_time(_up_to(receive, enough), UPLOAD_SECONDS)
    try:
        if whole:
            return parse_upload(kind, body)
        pairs, files = parse_beginning(kind, body[: limits.body_bytes])
        return pairs, files if room else {name: replace(one, busy=True) for name, one in files.items()}
    except NotAForm:
        raise (BadForm(400, "not_a_form") if whole else BadForm(413, "too_large", most)) from None


async def read_body(receive: Receive, limit: int, seconds: float, headers: Mapping[bytes, bytes] = MappingProxyType({})) -> bytes:
    """One that says beforehand that it is too large is refused before it comes: on a thin line that is minutes."""
    if _says_more(headers, limit):
        raise BadForm(413, "too_large", limit)
    body, whole = await _in_time(_up_to(receive, limit), seconds)
    if not whole:
        raise BadForm(413, "too_large", limit)
    return body


def _says_more(headers: Mapping[bytes, bytes], limit: int) -> bool:
    said = headers.get(b"content-length", b"")
    return said.isdigit() and (len(said) > 18 or int(said) > limit)


async def _in_time(reading: Awaitable[tuple[bytes, bool]], seconds: float) -> tuple[bytes, bool]:
    try:
        async with asyncio.timeout(seconds):
            return await reading
    except TimeoutError:
        raise BadForm(400, "cut_off") from None


async def _up_to(receive: Receive, limit: int) -> tuple[bytes, bool]:
    """The body, and whether that is all of it; of a longer one no more than that and what came along."""
    body = bytearray()
    while len(body) <= limit:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadForm(400, "cut_off")  # half a letter is not a letter
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body), len(body) <= limit
    return bytes(body), False


def parse_form(body: bytes) -> list[tuple[str, str]]:
    """Without the one sign that PostgreSQL refuses to keep."""
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_AT_MOST, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise BadForm(400, "not_a_form") from None
    return [(name.replace("\0", ""), value.replace("\0", "")) for name, value in pairs]
