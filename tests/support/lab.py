"""A laboratory for tests: puts results into a chart, as an import would have stored them, at days counted from now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from access.house import House
from access.viewer import Visitor
from identity.sessions import open_session
from rules.dates import parse_clinical_date, period
from rules.quantities import AnyValue, Quantity, Text, to_json
from rules.results import Range, meaning, ranges_to_json
from rules.tests import plain_name
from tables.accounts import Account
from tables.base import new_ref
from tables.database import Database
from tables.records import ItemPrivacy, Record, RecordSource, Share, ShareScope
from tables.results import DiagnosticReport, Observation, Series
from tests.support.world import a_house

ZONE = "America/Chicago"


def house_here(address: str, now: datetime) -> House:
    """A house on the database that is open in this process: the one a started app uses."""
    database = Database(address)
    database.engine = Record._meta.db
    return a_house(database, now)


OWN = ()


@dataclass
class Somebody:
    """Somebody who is signed in: `cookie` goes into their browser; `share` is the ref of what they were given."""

    account: UUID
    cookie: str
    share: str = ""


@dataclass
class Lab:
    """One chart and the laboratory that fills it. `home` is the address of the chart."""

    house: House
    now: datetime
    record: Record
    source: UUID

    @classmethod
    async def open(cls, house: House, now: datetime, name: str = "Vera Lind") -> Lab:
        given, _, family = name.partition(" ")
        record = Record(name=name, given=given, family=family, name_key=name.casefold(), birth_text="1961-02-03",
                        created_at=now, changed_at=now)
        await record.save()
        lab = cls(house, now, record, None)
        lab.source = await lab.another_source()
        return lab

    @property
    def home(self) -> str:
        return f"/records/{self.record.ref}"

    async def another_source(self) -> UUID:
        """Another chart of the feed that is filed under the same record, as after a merge."""
        row = RecordSource(record=self.record.id, first_record=self.record.id, source="lab", fhir_type="Patient",
                           fhir_id=new_ref(), linked_at=self.now)
        await row.save()
        return row.id

    async def person(self, name: str, basis: str = "self", scopes: tuple[str, ...] = OWN, locale: str = "en") -> Somebody:
        """An account that may look at the chart, with a session; `scopes` are categories it may see."""
        account = Account(kind="personal", state="active", username=new_ref(), username_key=new_ref(), name=name,
                          locale=locale, created_at=self.now)
        await account.save()
        share = Share(account=account.id, record=self.record.id, basis=basis, starts_at=self.now - timedelta(days=9),
                      created_at=self.now)
        await share.save()
        for scope in scopes:
            await ShareScope(share=share.id, category=scope, action="see").save()
        async with self.house.database.transaction():
            cookie = await open_session(self.house, account.id, "personal", Visitor("127.0.0.1", ""), self.now,
                                        level="full", proven_at=self.now)
        return Somebody(account.id, cookie, share.ref)

    def day(self, days: float) -> str:
        """The calendar day so many days ago, as a feed sends it."""
        return (self.now - timedelta(days=days)).date().isoformat()

    async def report(self, label: str, *tests: Observation, days: float = 3, loinc: str = "", **columns: Any) -> DiagnosticReport:
        row = DiagnosticReport(**self._clinical("DiagnosticReport", label, loinc, days, columns))
        row.test_count = columns.get("test_count", len(tests))
        row.kind = columns.get("kind") or (_kind(loinc) or "other" if row.test_count else "note")
        await row.save()
        for test in tests:
            test.report = row.id
            await test.save()
        return row

    async def test(
        self, label: str, value: AnyValue | str | None = None, unit: str = "", *, days: float = 3, loinc: str = "",
        low: str = "", high: str = "", code: str = "", **columns: Any,
    ) -> Observation:
        """`value` as a text is a number as the laboratory sent it, with `unit`."""
        if isinstance(value, str):
            value = Quantity(number=value.lstrip("<>="), unit=unit, code=unit, comparator=value[: len(value) - len(value.lstrip("<>="))])
        ranges = (Range(low=low, high=high),) if low or high else ()
        sent = [{"coding": [{"code": code}]}] if code else []
        row = Observation(**self._clinical("Observation", label, loinc, days, columns))
        number = value if isinstance(value, Quantity) else Quantity()
        row.value = to_json(value) if value is not None else None
        row.number, row.unit, row.comparator = number.number or None, number.code, number.comparator
        row.interpretation = str(columns.get("interpretation") or meaning(value, sent, ranges))
        row.ranges = ranges_to_json(ranges) or None
        row.kind = columns.get("kind", _kind(loinc))
        if number.number:
            row.series = await self.series(loinc or label.casefold(), number.code, row.category, label, row.patient)
        await row.save()
        return row

    async def put(self, table: type[Any], label: str, *, days: float = 3, **columns: Any) -> Any:
        """A row of any clinical table, as a feed brought it so many days ago. A clinical date is one text under its
        one name (`onset="2019-05"`, a period `"2019-05/2020"` or `"2019-05/"`), lists and dictionaries become JSON."""
        then = self.now - timedelta(days=days)
        values: dict[str, Any] = {
            "patient": self.source, "source": "lab", "fhir_type": table.__name__, "fhir_id": new_ref(), "label": label,
            "status": "active", "released_at": then, "first_seen_at": then, "changed_at": then,
        }
        names = {column._meta.name for column in table._meta.columns}
        for name, value in columns.items():
            if f"{name}_starts" in names:
                first, slash, last = value.partition("/")
                when = period(first, last, ZONE) if slash else parse_clinical_date(value, ZONE)
                values |= {f"{name}_text": value}
                values |= {} if when is None else {
                    f"{name}_precision": when.precision, f"{name}_starts": when.starts, f"{name}_ends": when.ends,
                }  # fmt: skip
            else:
                values[name] = json.dumps(value) if isinstance(value, list | dict) else value
        row = table(**values)
        await row.save()
        return row

    async def panel(self, label: str, *members: Observation, **options: Any) -> Observation:
        row = await self.test(label, panel=True, **options)
        for member in members:
            member.parent = row.id
            await member.save()
        return row

    async def series(self, analyte: str, unit: str, category: str, label: str, patient: UUID) -> UUID:
        known = await Series.select(Series.id).where(
            (Series.patient == patient) & (Series.analyte == analyte) & (Series.unit == unit) & (Series.category == category)
        )
        if known:
            return known[0]["id"]
        row = Series(patient=patient, analyte=analyte, unit=unit, category=category, label=label)
        await row.save()
        return row.id

    async def series_ref(self, test: Observation) -> str:
        return (await Series.select(Series.ref).where(Series.id == test.series))[0]["ref"]

    async def only_me(self, row: Any) -> None:
        await ItemPrivacy(record=self.record.id, fhir_type=row.fhir_type, item=str(row.id), since=self.now).save()

    def _clinical(self, fhir_type: str, label: str, loinc: str, days: float, columns: dict[str, Any]) -> dict[str, Any]:
        when = parse_clinical_date(columns.pop("sent", self.day(days)), ZONE)
        then = self.now - timedelta(days=days)
        dated = {} if when is None else {
            "effective_text": when.text, "effective_precision": when.precision, "effective_starts": when.starts,
            "effective_ends": when.ends,
        }  # fmt: skip
        return {
            "patient": self.source, "source": "lab", "fhir_type": fhir_type, "fhir_id": new_ref(), "status": "final",
            "released_at": then, "first_seen_at": then, "changed_at": then, "category": "results", "label": label,
            "loinc": loinc, **dated, **columns,
        }  # fmt: skip


def before(value: AnyValue, at: datetime) -> str:
    """Observation.previous, as the import writes it."""
    return json.dumps({"value": json.loads(to_json(value)), "status": "final", "at": at.isoformat()})


def said(text: str) -> Text:
    return Text(text)


def _kind(loinc: str) -> str:
    known = plain_name((loinc,))
    return str(known.specimen) if known else ""
