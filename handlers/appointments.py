"""Appointments: the list; as a page, as a PDF and as plain text."""

from __future__ import annotations

from handlers.listing import list_routes
from pages.appointments import APPOINTMENTS

ROUTES = list_routes(APPOINTMENTS)
