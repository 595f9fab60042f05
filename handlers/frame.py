"""What surrounds every page: who, whose record, ways around, when the time is over. Built once for each page shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from litestar import Request

from access.grant import BillGrant, RecordGrant
from access.viewer import Viewer
from handlers.form_layer import Fields
from handlers.keys import form_key, form_token
from handlers.session_cookie import cookie_name
from handlers.standing import page_path, with_more, without
from handlers.ways import IndexGroup, NavItem, ways_from
from identity.parking import KEY, kept, without_secrets
from pages.clinic import Clinic, clinic
from rules.dates import parse_clinical_date
from words.dates import clinical, clock, weekday
from words.gettext import Reader, _, reader

BANNERS = {600: "idle10", 900: "idle15", 1800: "idle30"}
LONGEST_QUERY = 900
LEADS = ("next", "step")
"""Fields that pages of ours take from their address."""


@dataclass(frozen=True, slots=True)
class RecordStrip:
    ref: str
    name: str
    given: str
    born: str
    own: bool
    helper_name: str
    basis: str
    back_href: str
    preview: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """`kind`: good, warn, bad or "" for a plain note. `short`: what happened in a word or two, said before the title."""

    kind: str
    strong: str
    text: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class ErrorItem:
    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    clinic: Clinic
    locale: str
    text_size: str
    css: str
    reveal: str
    """The script that lets one look at what was typed into a field for a password."""
    scripts: tuple[str, ...]
    signed_in: bool
    side: str
    who: str
    csrf: str
    form_key: str
    signs_out_at: str | None
    idle_class: str
    record: RecordStrip | None
    nav: tuple[NavItem, ...]
    index: tuple[IndexGroup, ...]
    here: str
    printed: str
    demo: bool
    status: str = ""
    notice: Notice | None = None
    errors: tuple[ErrorItem, ...] = ()
    languages: tuple[tuple[str, str, str], ...] = ()
    weight_href: str = "/about/weight"
    sized_at: str = "?"
    """Where the page is shown in another size of text, up to the size itself; "" where that would lose what was typed."""
    shared: bool = False
    """On a computer that others use: pages that lead to documents say beforehand that one stays behind."""
    returns_typed: bool = False
    """Whether a form of this page can be sent to /stay and comes back with what was typed."""


async def frame_for(
    request: Request, *, notice: Notice | None, errors: tuple[ErrorItem, ...], htmx: bool, script: str = ""
) -> Frame:
    """The frame of this request's page, in its viewer's language."""
    state, given = request.app.state, request.scope["state"]
    viewer, grant, house, assets = given["viewer"], given.get("grant"), state.house, state.assets
    record = _strip(grant, viewer) if isinstance(grant, RecordGrant | BillGrant) else None
    side = _side(request, viewer)
    ways = ways_from(grant, viewer, side, _section(request.scope["path"]))
    scripts = tuple(assets.url(name) for name in _scripts(viewer, htmx, script))
    home = await clinic(house.database, viewer.locale)
    return Frame(
        clinic=home, locale=viewer.locale, text_size=text_size(request, viewer), css=assets.url("site.css"),
        reveal=assets.url("reveal.js"),
        scripts=scripts, signed_in=viewer.level != "none", side=side, who=viewer.name if viewer.is_staff else "",
        csrf=form_token(request), form_key=await _form_key(request), signs_out_at=_signs_out(viewer), idle_class=_banner(viewer),
        record=record, nav=ways.nav, index=ways.index,
        here=own_address(request), printed=_printed(viewer, home),
        demo=house.demo, notice=notice, errors=errors, sized_at=_sized_at(request, viewer),
        shared=viewer.shared, returns_typed=viewer.level == "full" and not viewer.shared,
    )


async def _form_key(request: Request) -> str:
    """A new one, but for a form that is shown again: after it was looked at or something in it was wrong, or as it was kept.
    However often that is, it is the same form, which acts once."""
    if request.method != "GET":
        fields = request.scope["state"].get("fields")
        return (fields.get("form_key") if fields else "") or form_key()
    ref = in_query(request, "kept")
    pairs = await kept(request.app.state.house, request.state.viewer, request.url.path, ref) if ref else []
    return dict(pairs).get(KEY) or form_key()


def _section(path: str) -> str:
    """Where ways around say one is: the history of one test is part of the results, though its address is not."""
    return path.replace("/tests/", "/results/", 1) if path.startswith("/records/") else path


def own_address(request: Request) -> str:
    """Where to go back to: this page, or the one that the form stood on which was sent, with the query of both. One that is
    longer than any page of ours has is left out."""
    path = request.scope["path"] if request.method == "GET" else page_path(request.scope)
    query = request.scope["query_string"].decode()
    return (path or "/") + (f"?{query}" if query and len(query) < LONGEST_QUERY else "")


def _sized_at(request: Request, viewer: Viewer) -> str:
    """A page that answers a form is shown again at the address where the form stood. Of somebody who is not signed in there is
    nothing to lose there but who they say they are."""
    address = without(own_address(request), "text")
    if request.method == "GET":
        return with_more(address).removeprefix(request.scope["path"])
    fields = request.scope["state"].get("fields")
    if viewer.level == "full" and not (fields and _says_all(address, fields)):
        return ""
    leads = {name: fields.get(name) for name in LEADS if fields and fields.get(name)}
    return with_more(with_more(without(address, *leads), **leads) if leads else address)


def _says_all(address: str, fields: Fields) -> bool:
    """Whether the address has everything that was in the form, but for what is typed anew each time."""
    said = parse_qsl(address.partition("?")[2], keep_blank_values=True)
    return all(pair in said for pair in without_secrets(fields.pairs))


def in_query(request: Request, name: str) -> str:
    """What the address says of it, or "". Most addresses say nothing, and are not read for each question."""
    return request.query_params.get(name, "") if request.scope["query_string"] else ""


def text_size(request: Request, viewer: Viewer) -> str:
    kept = request.scope["state"]["cookies"].get(cookie_name(request.app.state.settings.secure, "text"))
    asked = in_query(request, "text") or kept or viewer.text_size
    return asked if asked in ("normal", "large") else "normal"


def _scripts(viewer: Viewer, htmx: bool, script: str) -> tuple[str, ...]:
    """`portal.js` minds when a session ends, and updates."""
    minding = htmx or viewer.level != "none"
    return (*(("htmx.js",) if htmx else ()), *(("portal.js",) if minding else ()), *((script,) if script else ()))


def _side(request: Request, viewer: Viewer) -> str:
    if viewer.is_staff or request.scope["path"].startswith("/staff"):
        return "staff"
    return "patient" if viewer.level == "full" else "public"


def _signs_out(viewer: Viewer) -> str | None:
    return clock(viewer.signs_out_at) if viewer.level == "full" and viewer.signs_out_at else None


def _banner(viewer: Viewer) -> str:
    """No banner where the absolute end comes first: it cannot be put off."""
    if viewer.level != "full" or not viewer.signs_out_at:
        return ""
    left = (viewer.signs_out_at - viewer.now).total_seconds()
    return BANNERS.get(viewer.idle_seconds, "") if left > viewer.idle_seconds - 61 else ""


def _strip(grant: RecordGrant | BillGrant, viewer: Viewer) -> RecordStrip:
    return RecordStrip(
        ref=grant.record_ref, name=grant.name, given=grant.given,
        born=_born(grant.birth_text, reader()), own=grant.own,
        helper_name=grant.helper_name or viewer.name, basis=grant.basis,
        back_href=f"/records/{grant.record_ref}/sharing/{grant.share_ref}" if grant.preview else "/records", preview=grant.preview,
    )


@lru_cache(maxsize=1024)
def _born(text: str, reads: Reader) -> str:
    """The same on each page of a record, for this reader's language and zone."""
    return clinical(parse_clinical_date(text, "UTC"))


def _printed(viewer: Viewer, home: Clinic) -> str:
    if viewer.level != "full":
        return ""
    values = {"day": weekday(viewer.now), "name": viewer.name, "clinic": home.name, "phone": home.phone}
    if not home.phone:
        return _("Printed on %(day)s by %(name)s from the portal of %(clinic)s.", **values)
    return _("Printed on %(day)s by %(name)s from the portal of %(clinic)s. Questions: %(phone)s.", **values)


def with_query(path: str, **query: str) -> str:
    kept = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


