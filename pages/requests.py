"""What was asked of the clinic: all of it, and each kind of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from access.grant import RecordGrant
from access.looked import read_since
from access.visible import one_of, visible
from access.vocabulary import Category
from pages.listing import Entry, Listing, Source
from pages.sheet import Link
from pages.stored import Row
from rules.requests import OPEN
from tables.medicines import MedicationRequest
from tables.requests import Request
from words.dates import when
from words.gettext import N_, _
from words.requests import state_tag, state_words, title_of

PATHS = {"message": "messages", "refill": "refills", "visit": "visit-requests"}
"""Where requests of a kind stand below the record."""
SUBJECTS = {"MedicationRequest": MedicationRequest}
READS = ("kind", "topic", "state", "answer", "asked_at", "changed_at", "asked_by", "share")
NEWS_FOR = timedelta(days=30)


async def with_labels(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """What each is about, as far as that may be seen by now: what was entered in error is named nowhere. Rows that were
    given it already keep it."""
    if all("about" in row for row in rows):
        return rows
    known: dict[str, str] = {}
    for kind, table in SUBJECTS.items():
        ids = [UUID(row["subject"]) for row in rows if row["subject_kind"] == kind]
        if ids:
            found = await visible(grant, table).rows(("id", "label"), one_of("id", ids), *ids)
            known |= {str(one["id"]): one["label"] for one in found}
    return [row | {"label": known.get(row["subject"], ""), "about": row["subject"]} for row in rows]


async def _with_people(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    others = {row["asked_by"] for row in rows} - {grant.viewer.account}
    names = await names_of(grant, others) if others else {}
    return [row | {"asker": names.get(row["asked_by"], "")} for row in rows]


async def with_news(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    """Whether each was answered lately, and the viewer has not opened it since."""
    lately = grant.now - NEWS_FOR
    since = {row["id"]: row["changed_at"] for row in rows if row["answer"] and row["state"] not in OPEN and row["changed_at"] > lately}
    read = await read_since(grant, "Request", "RequestStep", since)
    return [row | {"new": row["id"] in since and row["id"] not in read} for row in rows]


async def unread(grant: RecordGrant) -> tuple[str, ...]:
    """What was answered and not read yet, by name. The home page asks it each time, so what each is about is read with it,
    as far as that may be seen by now."""
    asked, medicines = visible(grant, Request).predicate, visible(grant, MedicationRequest).predicate
    label = (
        f"SELECT medication_request.label FROM medication_request WHERE {medicines.sql}"
        " AND request.subject_kind = 'MedicationRequest' AND CAST(medication_request.id AS VARCHAR(36)) = request.subject"
    )
    rows = await grant.house.database.rows(
        f"SELECT id, kind, topic, state, answer, changed_at, COALESCE(({label}), '') AS label FROM request"
        f" WHERE {asked.sql} AND changed_at > ? AND answer <> '' ORDER BY changed_at DESC",
        *medicines.values, *asked.values, grant.now - NEWS_FOR,
    )  # fmt: skip
    return tuple(_name(row) for row in await with_news(grant, rows) if row["new"])


async def open_refills(grant: RecordGrant) -> dict[str, Row]:
    """Those that wait for an answer, by the id of the medicine."""
    rows = await visible(grant, Request).rows(
        ("id", "ref", "state", "subject"), f"kind = 'refill' AND {one_of('state', sorted(OPEN))}", *sorted(OPEN)
    )
    return {row["subject"]: row for row in rows}


async def names_of(grant: RecordGrant, accounts: set[UUID]) -> dict[UUID, str]:
    """Of people who wrote in this record."""
    rows = await grant.house.database.rows(
        f"SELECT id, name FROM account WHERE {one_of('id', accounts)}", *accounts
    )
    return {row["id"]: row["name"] for row in rows}


def _group(row: Row) -> str:
    return "open" if row["state"] in OPEN else "over"


def _name(row: Row) -> str:
    return title_of(row["kind"], row["topic"], row["label"])


def _entry(row: Row) -> Entry:
    """Refill: Lisinopril 10 mg. Waiting for us. Asked on May 12, 2026, 9:05 am, by Ana Delgado."""
    at = (PATHS[row["kind"]], row["ref"])
    return Entry(title=_name(row), at=at, tag=_tag(row), lines=(_asked(row),), soft=_changed(row))


def _tag(row: Row) -> tuple[str, str]:
    return ("new", _("New: %(state)s", state=state_words(row["state"], row["answer"]))) if row["new"] else state_tag(row["state"], row["answer"])


def _asked(row: Row) -> str:
    at = when(row["asked_at"])
    if row["kind"] == "message":
        return _("Sent on %(when)s by %(who)s.", when=at, who=row["asker"]) if row["asker"] else _("Sent on %(when)s.", when=at)
    return _("Asked on %(when)s by %(who)s.", when=at, who=row["asker"]) if row["asker"] else _("Asked on %(when)s.", when=at)


def _changed(row: Row) -> str:
    answered = row["state"] not in OPEN and row["answer"]
    return _("Answered on %(when)s.", when=when(row["changed_at"])) if answered else ""


def _source(only: str = "") -> Source:
    return Source(
        Request, READS, _entry, group=_group, sorts=("state", "kind", "topic", "subject_kind", "subject"), only=only, by="changed_at",
        sift=with_labels, more=with_asked, name=_name,
    )  # fmt: skip


async def with_asked(grant: RecordGrant, rows: list[Row]) -> list[Row]:
    return await _with_people(grant, await with_news(grant, await with_labels(grant, rows)))


def _listing(
    path: str, category: Category, title: str, counts: tuple[str, str], none: str, only: str = "", does: Link | None = None
) -> Listing:
    return Listing(
        path=path, category=category, title=title, counts=counts, none=none, does=does, drafts=does is not None,
        groups=(("open", N_("Open")), ("over", N_("Answered or taken back"))), sources=(_source(only),),
    )  # fmt: skip


REQUESTS = _listing(
    "requests", Category.HOME, N_("Requests"), (N_("%(count)s request."), N_("%(count)s requests.")),
    N_("You have not asked us for anything here."),
)  # fmt: skip
MESSAGES = _listing(
    "messages", Category.MESSAGES, N_("Messages"), (N_("%(count)s message."), N_("%(count)s messages.")),
    N_("There are no messages yet."), "kind = 'message'",
    Link(("messages", "new"), N_("Write to us")),
)  # fmt: skip
REFILLS = _listing(
    "refills", Category.MEDICINES, N_("Refills"), (N_("%(count)s refill asked for."), N_("%(count)s refills asked for.")),
    N_("You have not asked for a refill here."), "kind = 'refill'",
    Link(("refills", "new"), N_("Ask for a refill")),
)  # fmt: skip
VISIT_REQUESTS = _listing(
    "visit-requests", Category.APPOINTMENTS, N_("Visit requests"),
    (N_("%(count)s visit asked for."), N_("%(count)s visits asked for.")), N_("You have not asked for a visit here."),
    "kind = 'visit'", Link(("visit-requests", "new"), N_("Ask for a visit")),
)  # fmt: skip
LISTINGS = {"message": MESSAGES, "refill": REFILLS, "visit": VISIT_REQUESTS}
