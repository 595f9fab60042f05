"""Every route of the running app, and addresses on it that lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from access.vocabulary import TABLE_CATEGORY
from handlers.assets import fresh
from seeds.cast import fixed_ref
from tables.database import Database

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True)
class Route:
    """`template` with bare names: `/records/{record}/visits/{visit}`."""

    template: str
    methods: frozenset[str]

    @property
    def parameters(self) -> list[str]:
        return PARAMETER.findall(self.template)

    def address(self, values: dict[str, str]) -> str:
        return PARAMETER.sub(lambda found: values[found.group(1)], self.template)


def routes_of(portal) -> Iterator[Route]:
    for route in portal.routes:
        methods = set()
        for handler in getattr(route, "route_handlers", None) or [route.route_handler]:
            methods |= set(getattr(handler, "http_methods", ())) - {"OPTIONS", "HEAD"}
        yield Route(PARAMETER.sub(r"{\1}", route.path), frozenset(methods))


NEWEST = {
    "report": "SELECT t.ref FROM diagnostic_report t {joined} AND t.category = 'results' {shown}"
              " ORDER BY t.attachments IS NULL, t.id LIMIT 1",
    "series": "SELECT t.ref FROM series t JOIN observation o ON o.series = t.id {joined} AND t.category = 'results'"
              " AND o.released_at < CURRENT_TIMESTAMP AND o.withdrawn_at IS NULL AND o.sensitive = {false}"
              " GROUP BY t.ref ORDER BY COUNT(o.id) DESC LIMIT 1",
    "visit": "SELECT t.ref FROM encounter t {joined} {shown} ORDER BY t.id LIMIT 1",
    "measure": "SELECT t.ref FROM series t JOIN observation o ON o.series = t.id {joined} AND t.category = 'vitals'"
               " AND o.released_at < CURRENT_TIMESTAMP AND o.withdrawn_at IS NULL AND o.sensitive = {false}"
               " GROUP BY t.ref ORDER BY COUNT(o.id) DESC LIMIT 1",
    "image": "SELECT t.ref FROM diagnostic_report t {joined} AND t.category = 'imaging' {shown}"
             " ORDER BY t.attachments IS NULL, t.id LIMIT 1",
    "document": "SELECT t.ref FROM document_reference t {joined} {shown} ORDER BY t.note IS NULL, t.id LIMIT 1",
    "guarantor": "SELECT g.ref FROM guarantor_account g JOIN record r ON r.id = g.holder WHERE r.ref = ?",
    "statement": "SELECT t.ref FROM statement t JOIN guarantor_account g ON g.id = t.guarantor JOIN record r ON r.id = g.holder"
                 " WHERE r.ref = ? ORDER BY t.number DESC LIMIT 1",
    "payment": "SELECT t.ref FROM payment t JOIN guarantor_account g ON g.id = t.guarantor JOIN record r ON r.id = g.holder"
               " WHERE r.ref = ? ORDER BY t.made_at LIMIT 1",
}
"""What a parameter of an address names. One that bears the name of a table is found without a line here."""
ANY = "SELECT t.ref FROM {table} t {joined} {shown} ORDER BY t.id LIMIT 1"
JOINED = "JOIN record_source p ON p.id = t.patient JOIN record r ON r.id = p.record WHERE r.ref = ?"
# What the patient marked "only me" is no address for helpers, and ids of one millisecond come in any order.
SHOWN = (
    "AND t.released_at < CURRENT_TIMESTAMP AND t.withdrawn_at IS NULL AND t.sensitive = {false}"
    " AND NOT EXISTS (SELECT 1 FROM item_privacy i WHERE i.record = r.id AND i.item = CAST(t.id AS TEXT))"
)


async def values_for(database: Database, record_ref: str) -> dict[str, str]:
    """A value for every parameter that routes have, from what this record really holds; unknown ones are left out."""
    false = "0" if database.is_sqlite else "false"
    values = {"record": record_ref, "name": fresh().url("site.css").rpartition("/")[2], "file": "0"}
    named = {table._meta.tablename: ANY.replace("{table}", table._meta.tablename) for table in TABLE_CATEGORY}
    for name, sql in (named | NEWEST).items():
        text = sql.replace("{joined}", JOINED).replace("{shown}", SHOWN).replace("{false}", false)
        found = await database.rows(text, record_ref)
        if found:
            values[name] = found[0]["ref"]
    for name, kind in (("message", "message"), ("refill", "refill"), ("visit_request", "visit")):
        asked = await database.rows(
            "SELECT q.ref FROM request q JOIN record r ON r.id = q.record WHERE r.ref = ? AND q.kind = ? ORDER BY q.state, q.id LIMIT 1",
            record_ref, kind,
        )
        values |= {name: asked[0]["ref"]} if asked else {}
    booked = await database.rows(
        "SELECT b.ref FROM booking b JOIN record r ON r.id = b.record WHERE r.ref = ? ORDER BY b.state, b.id LIMIT 1", record_ref
    )
    values = {name: ref for name, ref in values.items() if name != "appointment"}
    values |= {"appointment": booked[0]["ref"], "booking": booked[0]["ref"]} if booked else {}
    for name, table in (("hours", "slot_template"), ("closure", "clinic_closure")):
        there = await database.rows(f"SELECT ref FROM {table} ORDER BY id LIMIT 1")
        values |= {name: there[0]["ref"]} if there else {}
    waiting = await database.rows("SELECT ref FROM request WHERE state = 'requested' ORDER BY asked_at LIMIT 1")
    values |= {"item": waiting[0]["ref"]} if waiting else {}
    shares = await database.rows(
        "SELECT s.ref FROM share s JOIN record r ON r.id = s.record WHERE r.ref = ? AND s.basis <> 'self'"
        " AND s.revoked_at IS NULL ORDER BY s.created_at LIMIT 1", record_ref,
    )
    return values | ({"share": shares[0]["ref"]} if shares else {}) | await sharing_of(database, record_ref)


async def sharing_of(database: Database, record_ref: str) -> dict[str, str]:
    """Somebody whose help may be ended, and an invitation that waits, with its link."""
    helpers = await database.rows(
        "SELECT s.ref FROM share s JOIN record r ON r.id = s.record WHERE r.ref = ? AND s.basis = 'helper'"
        " AND s.revoked_at IS NULL ORDER BY s.created_at LIMIT 1", record_ref,
    )
    asked = await database.rows(
        "SELECT i.ref FROM invitation i JOIN record r ON r.id = i.record WHERE r.ref = ? AND i.state = 'pending'"
        " ORDER BY i.made_at LIMIT 1", record_ref,
    )
    values = {"helper": helpers[0]["ref"]} if helpers else {}
    return values | ({"invitation": asked[0]["ref"], "capability": fixed_ref("link", "luis"),
                     "account": fixed_ref("account", "helper-revoked")} if asked else {})  # fmt: skip
