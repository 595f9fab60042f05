"""Which chart an operator means: by its ref, by the clinic's number, or by the patient's id in the feed."""

from __future__ import annotations

from tables.database import Database
from terminal import CommandFailed

BY = (
    "SELECT r.ref, r.birth_text, MIN(s.source) AS source FROM record r LEFT JOIN record_source s ON s.record = r.id"
    " WHERE r.state <> 'merged' AND ({column} = ? OR s.fhir_id = ?) GROUP BY r.ref, r.birth_text ORDER BY source"
)


async def record_named(database: Database, ref: str | None, number: str | None, birth: str | None) -> str:
    """Its ref. Raises CommandFailed with one line; whoever names a birth date is told no other."""
    name = (ref or number or "").removeprefix("Patient/")
    rows = await database.rows(BY.format(column="r.ref" if ref else "r.number"), name, name)
    if not rows:
        raise CommandFailed(f"There is no record {name}.")
    if len(rows) > 1:
        refs = " or ".join(f"--record={row['ref']} (of {row['source']})" for row in rows)
        raise CommandFailed(f"{len(rows)} records are called {name}: two feeds use the same id. Name one: {refs}.")
    if birth and rows[0]["birth_text"] != birth:
        raise CommandFailed("The record says another birth date. Nothing was issued.")
    return rows[0]["ref"]
