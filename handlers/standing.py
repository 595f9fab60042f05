"""On which page a form stands: where its sender goes back to from what is no page of its own."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from litestar import Litestar
from litestar.types import Scope

PARAMETER = re.compile(r"\{[^}]*\}")


def page_path(scope: Scope) -> str:
    """The path of this request where a page can be opened at it, else of the nearest page above it: each button that only
    sends stands on one of those. "" where there is none."""
    template, path = _nameless(scope.get("path_template") or scope["path"]).split("/"), scope["path"].split("/")
    pages = _pages(scope["app"])
    for many in range(len(template), 1, -1):
        if "/".join(template[:many]) in pages:
            return "/".join(path[:many])
    return ""


def with_kept(address: str, ref: str) -> str:
    """This page with what was typed in it last, instead of what may have come back in it before."""
    return with_more(without(address, "kept"), kept=ref) if ref else without(address, "kept")


def without(address: str, *names: str) -> str:
    """This address, and nothing of what these names say in its query."""
    path, _, query = address.partition("?")
    pairs = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in names]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def with_more(address: str, **query: str) -> str:
    """With nothing more to say, it is the address up to where something more can be said."""
    return address + ("&" if "?" in address else "?") + urlencode(query)


@lru_cache(maxsize=8)
def _pages(app: Litestar) -> frozenset[str]:
    return frozenset(_nameless(route.path_format) for route in app.routes if "GET" in getattr(route, "methods", ()))


def _nameless(template: str) -> str:
    """Routes that name one parameter differently have the same place."""
    return PARAMETER.sub("{}", template)
