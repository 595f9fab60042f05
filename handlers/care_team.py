"""Care teams: the list; as a page, as a PDF and as plain text."""

from __future__ import annotations

from handlers.listing import list_routes
from pages.care_team import CARE_TEAM

ROUTES = list_routes(CARE_TEAM)
