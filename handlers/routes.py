"""Every handler of the portal. The record router stands twice: as one's own, and as a helper would see it (GET only)."""

from __future__ import annotations

from litestar import Router
from litestar.handlers import HTTPRouteHandler

from handlers import public, records, results

RECORD: tuple[HTTPRouteHandler, ...] = (
    records.home, results.results, results.results_documents,
)
ALONE: tuple[HTTPRouteHandler, ...] = (
    public.front, public.healthz, public.readyz, public.static, records.records,
)


def _only_reading(handlers: tuple[HTTPRouteHandler, ...]) -> list[HTTPRouteHandler]:
    return [handler for handler in handlers if handler.http_methods <= {"GET", "HEAD"}]


ROUTES = [
    *ALONE,
    Router(path="/records/{record:str}", route_handlers=list(RECORD)),
    Router(path="/records/{record:str}/as/{share:str}", route_handlers=_only_reading(RECORD)),
]
