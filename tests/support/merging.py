"""A feed says that two of its patients are one, or that they are not: by the same steps that an import takes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ehr.lookups import Lookups
from ehr.patients import _merge_one, _take_back
from tables.base import new_ref
from tables.database import Database
from tables.records import Record, RecordSource, Share, ShareScope


async def the_source(database: Database, record: UUID) -> dict:
    """The patient of a feed by whom this chart came."""
    rows = await database.rows(
        "SELECT source, fhir_id FROM record_source WHERE first_record = ? AND fhir_type = 'Patient' ORDER BY id", record
    )
    return rows[0]


async def merge(database: Database, old: UUID, new: UUID, now: datetime) -> None:
    """Both charts are of one source."""
    mine, other = await the_source(database, old), await the_source(database, new)
    charts = await Lookups(database).charts(mine["source"], [mine["fhir_id"], other["fhir_id"]])
    async with database.transaction():
        await _merge_one(database, charts[mine["fhir_id"]], charts[other["fhir_id"]], mine["fhir_id"], now)


async def part(database: Database, old: UUID, now: datetime) -> None:
    mine = await the_source(database, old)
    async with database.transaction():
        await _take_back(database, mine["source"], mine["fhir_id"], set(), now)


async def another_chart(database: Database, like: UUID, now: datetime) -> Record:
    """An empty chart of the same source and site."""
    source = (await the_source(database, like))["source"]
    site = (await database.rows("SELECT site FROM record WHERE id = ?", like))[0]["site"]
    row = Record(ref=new_ref(), name="Maria Delgado Ruiz", given="Maria", family="Delgado Ruiz", name_key="maria delgado ruiz",
                 birth_text="1958-03-04", site=site, created_at=now, changed_at=now)  # fmt: skip
    await row.save()
    await RecordSource(record=row.id, first_record=row.id, source=source, fhir_type="Patient", fhir_id=new_ref(),
                       linked_at=now).save()  # fmt: skip
    return row


async def shares_too(database: Database, old: UUID, new: UUID) -> None:
    """Whoever may look at the one chart may look at the other, by shares of their own with the same scopes."""
    for share in await database.rows("SELECT * FROM share WHERE record = ? AND revoked_at IS NULL", old):
        row = Share(account=share["account"], record=new, basis=share["basis"], starts_at=share["starts_at"],
                    ends_at=share["ends_at"], created_at=share["created_at"])  # fmt: skip
        await row.save()
        for scope in await database.rows("SELECT category, action FROM share_scope WHERE share = ?", share["id"]):
            await ShareScope(share=row.id, **scope).save()
