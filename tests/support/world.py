"""A small world for tests of access: a patient, people around her, and one clinical row of every kind that matters."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from access.audit import AuditWriter
from access.house import House
from access.viewer import Viewer, Visitor
from access.vocabulary import Duty
from settings import Limits
from tables.accounts import Account, Session, StaffDuty
from tables.base import new_id, new_ref
from tables.database import Database
from tables.records import ItemPrivacy, Record, RecordSource, Share, ShareScope
from tables.results import DiagnosticReport, Observation
from tables.sealing import Keyring
from tables.visits import Composition, Encounter

KEY = b"k" * 32
VISITOR = Visitor("127.0.0.1", "Firefox, Linux")


def a_house(database: Database, now: datetime, heads=None) -> House:
    return House(
        database=database, audit=AuditWriter(database, KEY, heads), keyring=Keyring((KEY,)), limits=Limits(),
        origin="http://localhost:8000", demo=True, clock=lambda: now,
    )


@dataclass
class World:
    house: House
    now: datetime
    records: dict[str, Record] = field(default_factory=dict)
    sources: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, Viewer] = field(default_factory=dict)
    shares: dict[str, Share] = field(default_factory=dict)
    rows: dict[str, UUID] = field(default_factory=dict)

    async def record(self, name: str, **columns) -> Record:
        row = Record(ref=new_ref(), name=name, given=name, family="", name_key=name.casefold(), birth_text="1958-03-04",
                     created_at=self.now, changed_at=self.now, **columns)
        await row.save()
        self.records[name] = row
        await self.source(name, name)
        return row

    async def source(self, record: str, name: str) -> None:
        row = RecordSource(record=self.records[record].id, first_record=self.records[record].id, source="feed",
                           fhir_type="Patient", fhir_id=name, linked_at=self.now)
        await row.save()
        self.sources[name] = row.id

    async def person(self, name: str, kind: str = "personal", duties: tuple[Duty, ...] = (), **more) -> Viewer:
        account = Account(kind=kind, state="active", username=name, username_key=name, name=name, created_at=self.now)
        await account.save()
        session = Session(token=new_id().bytes, account=account.id, level="full", csrf=b"c" * 32, created_at=self.now,
                          last_seen_at=self.now, proven_at=self.now, ends_at=self.now + timedelta(hours=12), device="",
                          end_reason="")
        await session.save()
        for duty in duties:
            await StaffDuty(account=account.id, duty=duty.value, started_at=self.now).save()
        viewer = Viewer(VISITOR, self.now, level="full", account=account.id, account_ref=account.ref,
                        account_state="active", kind=kind, name=name, session=session.id, proven_at=self.now,
                        signs_out_at=self.now + timedelta(minutes=30), idle_seconds=1800, duties=frozenset(duties), **more)
        self.people[name] = viewer
        return viewer

    async def share(self, person: str, record: str, basis: str, scopes=(), **columns) -> Share:
        columns.setdefault("starts_at", self.now - timedelta(days=1))
        share = Share(account=self.people[person].account, record=self.records[record].id, basis=basis,
                      created_at=self.now, **columns)
        await share.save()
        for category, action in scopes:
            await ShareScope(share=share.id, category=category, action=action).save()
        self.shares[person] = share
        return share

    async def row(self, name: str, table, patient: str, **columns) -> UUID:
        columns.setdefault("released_at", self.now - timedelta(hours=1))
        row = table(ref=new_ref(), patient=self.sources[patient], source="feed", fhir_type=table.__name__, fhir_id=name,
                    status="final", first_seen_at=self.now, changed_at=self.now, **columns)
        await row.save()
        self.rows[name] = row.id
        return row.id

    async def only_me(self, name: str, record: str, fhir_type: str) -> None:
        await ItemPrivacy(record=self.records[record].id, fhir_type=fhir_type, item=str(self.rows[name]), since=self.now).save()

    def again(self, house: House) -> World:
        """The same world in a copy of its database; what a test does to this one is nothing to the next."""
        parts = ("records", "sources", "people", "shares", "rows")
        return replace(self, house=house, **{part: copy_of(getattr(self, part)) for part in parts})

    def names_of(self, ids) -> set[str]:
        by_id = {row: name for name, row in self.rows.items()}
        return {by_id[one] for one in ids}


def copy_of(rows: dict) -> dict:
    return {name: copy.copy(row) for name, row in rows.items()}


BUILT: dict[str, World] = {}
"""By the address of its database."""


async def build(database: Database, now: datetime) -> World:
    """Maria, her helpers past and present, a stranger with a record of his own, and staff."""
    world = World(a_house(database, now), now)
    day = timedelta(days=1)
    async with database.transaction():
        await world.record("Maria")
        await world.record("Stan")
        for name in ("maria", "stan", "results only", "everything", "ended", "not yet", "revoked", "actor", "guardian"):
            await world.person(name)
        await world.person("doctor", kind="staff", duties=(Duty.CLINICIAN,))
        await world.person("desk", kind="staff", duties=(Duty.FRONT_DESK,))
        await world.share("maria", "Maria", "self")
        await world.share("stan", "Stan", "self")
        every = [(c, "see") for c in ("results", "imaging", "visits", "vitals", "control")]
        await world.share("results only", "Maria", "helper", [("results", "see")])
        await world.share("everything", "Maria", "helper", every)
        await world.share("ended", "Maria", "helper", every, ends_at=now)
        await world.share("not yet", "Maria", "helper", every, starts_at=now + timedelta(microseconds=1))
        await world.share("revoked", "Maria", "helper", every, revoked_at=now)
        await world.share("actor", "Maria", "helper", [("results", "act")])
        await world.share("guardian", "Maria", "representative", [("control", "see"), ("results", "see")])
        await _rows(world, now, day)
    return world


async def _rows(world: World, now: datetime, day: timedelta) -> None:
    for name, table, category in (("result", Observation, "results"), ("scan", DiagnosticReport, "imaging"),
                                  ("report", DiagnosticReport, "results"), ("pulse", Observation, "vitals")):
        await world.row(name, table, "Maria", category=category, label=name)
        await world.row(f"withdrawn {name}", table, "Maria", category=category, label=name, withdrawn_at=now - day)
        await world.row(f"held {name}", table, "Maria", category=category, label=name, released_at=None)
        await world.row(f"later {name}", table, "Maria", category=category, label=name, released_at=now + timedelta(seconds=1))
        await world.row(f"sensitive {name}", table, "Maria", category=category, label=name, sensitive=True)
        await world.row(f"private {name}", table, "Maria", category=category, label=name)
        await world.only_me(f"private {name}", "Maria", table.__name__)
        await world.row(f"stan's {name}", table, "Stan", category=category, label=name)
    await world.row("visit", Encounter, "Maria", label="visit")
    await world.row("withdrawn visit", Encounter, "Maria", label="visit", withdrawn_at=now)
    await world.row("summary", Composition, "Maria", title="summary")
    await world.row("stan's visit", Encounter, "Stan", label="visit")
