"""The home of one record: what needs you, and where things are."""

from __future__ import annotations

from dataclasses import dataclass

from access.grant import RecordGrant
from access.visible import visible
from access.vocabulary import Category
from pages.address import Address, RecordPage
from tables.results import DiagnosticReport
from tables.visits import Encounter


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage(RecordPage):
    given: str
    own: bool
    results: int | None
    """How many reports may be seen; None where results are not shared."""
    visits: int | None


async def home_page(grant: RecordGrant) -> HomePage:
    results = visits = None
    if grant.may(Category.RESULTS):
        results = await visible(grant, DiagnosticReport).count()
    if grant.may(Category.VISITS):
        visits = await visible(grant, Encounter).count()
    return HomePage(at=Address.of(grant), given=grant.given, own=grant.own, results=results, visits=visits)
