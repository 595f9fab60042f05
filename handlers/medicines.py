"""Medicines: the list; as a page, as a PDF and as plain text."""

from __future__ import annotations

from handlers.listing import list_routes
from pages.medicines import MEDICINES

ROUTES = list_routes(MEDICINES)
