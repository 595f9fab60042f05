"""What people told us about their account or about a message: the list for whoever is there for it, and one case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from access.grant import QueueGrant
from access.visible import visible
from pages.own_activity import NAMES, Done, moment, told
from rules.addresses import phone_words
from rules.support import CLOSED, NOT_ME, OUTCOMES, TAKEN
from tables.accounts import AccountAddress
from tables.audit import AuditEvent
from tables.records import Record
from tables.support import SupportCase, SupportNote
from words.dates import when
from words.gettext import N_, _
from words.own_activity import CAME_AS, KINDS, OUTCOMES as OUTCOME_WORDS, STATES, TO_CHOOSE, said

MOST, LATELY, ENTRIES = 50, 10, 15
ROWS = (
    "SELECT support_case.id, support_case.ref, support_case.kind, support_case.account, support_case.state, support_case.outcome,"
    " support_case.pointed_at, support_case.pointed_action, support_case.assignee, support_case.opened_at, support_case.closed_at,"
    " a.name, a.username, a.changes_locked_at, t.name AS taken_by FROM support_case LEFT JOIN account a ON a.id = support_case.account"
    " LEFT JOIN account t ON t.id = support_case.assignee WHERE {seen}"
)
WAITING = f"{ROWS} AND support_case.kind = ? AND support_case.state <> 'closed' ORDER BY support_case.opened_at, support_case.ref LIMIT {MOST + 1}"
CLOSED_LATELY = f"{ROWS} AND support_case.state = 'closed' ORDER BY support_case.opened_at DESC, support_case.ref LIMIT {LATELY}"
OWN_CHART = "id IN (SELECT s.record FROM share s WHERE s.account = ? AND s.basis = 'self' AND s.revoked_at IS NULL)"
DID = {"told": N_("What they told us"), "noted": N_("Note"), "closed": N_("Note at the end")}


@dataclass(frozen=True, slots=True)
class Told:
    """One case: whose, what kind, since when, who has it."""

    row: Mapping[str, Any]
    reader: UUID

    @property
    def who(self) -> str:
        return self.row["name"] or _("Somebody who was not signed in")

    @property
    def title(self) -> str:
        return _("%(kind)s: %(who)s", kind=_(KINDS[self.row["kind"]]), who=self.who)

    @property
    def name(self) -> str:
        """With its moment: one person may have told us twice."""
        return _("%(title)s, %(when)s", title=self.title, when=when(self.row["opened_at"]))

    @property
    def tag(self) -> tuple[str, str]:
        return STATES[self.row["state"]][0], self.state

    @property
    def state(self) -> str:
        if self.row["state"] != TAKEN:
            return _("Nobody has taken it") if self.row["state"] != CLOSED else _("Closed")
        return _("You have taken it") if self.mine else _("Taken by %(who)s", who=self.row["taken_by"])

    @property
    def mine(self) -> bool:
        return self.row["state"] == TAKEN and self.row["assignee"] == self.reader

    @property
    def closed(self) -> bool:
        return self.row["state"] == CLOSED


@dataclass(frozen=True, slots=True)
class Note:
    row: Mapping[str, Any]
    words: str

    @property
    def heading(self) -> str:
        who = self.row["name"] if self.row["did"] != "told" else ""
        return ", ".join(filter(None, (_(DID[self.row["did"]]), who, when(self.row["at"]))))

    @property
    def came(self) -> str:
        return _(CAME_AS[self.row["came_as"]]) if self.row["came_as"] else ""


@dataclass(frozen=True, slots=True)
class CasesPage:
    """`more`: there are more of a kind than the page shows."""

    waiting: tuple[tuple[str, str, tuple[Told, ...]], ...]
    closed: tuple[Told, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    """`phones`: where they can be called. `locked`: since when nothing of the account can be changed."""

    case: Told
    facts: tuple[tuple[str, str], ...]
    done: tuple[Done, ...]
    notes: tuple[Note, ...]
    locked: datetime | None

    @property
    def link(self) -> str:
        return f"/staff/cases/{self.case.row['ref']}"

    @property
    def outcomes(self) -> tuple[tuple[str, str], ...]:
        return tuple((code, _(TO_CHOOSE[code])) for code in OUTCOMES[self.case.row["kind"]])


async def cases_page(grant: QueueGrant) -> CasesPage:
    seen = visible(grant, SupportCase).predicate
    found = {kind: await grant.house.database.rows(WAITING.format(seen=seen.sql), *seen.values, kind) for kind in KINDS}
    closed = await grant.house.database.rows(CLOSED_LATELY.format(seen=seen.sql), *seen.values)
    grant.entry.action = "cases.see"
    grant.showed("SupportCase", [row["id"] for rows in (*found.values(), closed) for row in rows])
    return CasesPage(
        tuple((kind, _(KINDS[kind]), _told(grant, rows[:MOST])) for kind, rows in found.items() if rows),
        _told(grant, closed), any(len(rows) > MOST for rows in found.values()),
    )


def _told(grant: QueueGrant, rows: list[dict[str, Any]]) -> tuple[Told, ...]:
    return tuple(Told(row, grant.account) for row in rows)


async def case_page(grant: QueueGrant, ref: str) -> CasePage | None:
    """None where there is no such case. That its owner's sign-ins were looked at stands in the owner's
    own list, until somebody takes the case, which stands there too."""
    seen = visible(grant, SupportCase).predicate
    rows = await grant.house.database.rows(f"{ROWS.format(seen=seen.sql)} AND support_case.ref = ?", *seen.values, ref)
    if not rows:
        return None
    row = rows[0]
    grant.entry.action = "cases.see"
    grant.showed("SupportCase", [row["id"]])
    about_account, case = row["kind"] == NOT_ME, Told(row, grant.account)
    if about_account and not case.mine:
        grant.entry.action, grant.entry.subject = "account.case_look", row["account"]
    done = await _lately(grant, row["account"]) if about_account else ()
    facts = [*await _whose(grant, row), *(await _pointed(grant, row) if about_account else ())]
    return CasePage(case, tuple(facts), done, await _notes(grant, row["id"]), row["changes_locked_at"])


async def _whose(grant: QueueGrant, row: dict[str, Any]) -> list[tuple[str, str]]:
    """Who it is, and where they can be called: nothing of what stands in a chart beside that."""
    facts = [(_("Told us on"), when(row["opened_at"]))]
    if row["account"]:
        facts += [(_("Name"), row["name"]), (_("User name"), row["username"])]
        facts += [(_("Phone"), number) for number in await _phones(grant, row["account"])]
    if row["changes_locked_at"]:
        facts.append((_("Changes are locked since"), when(row["changes_locked_at"])))
    if row["outcome"]:
        facts.append((_("How it ended"), _(OUTCOME_WORDS[row["outcome"]])))
    return facts


async def _phones(grant: QueueGrant, account: UUID) -> tuple[str, ...]:
    """Those on the chart first: whoever was in the account may have changed the others."""
    chart = await visible(grant, Record).rows(("phone",), OWN_CHART, account)
    own = await visible(grant, AccountAddress).rows(
        ("value",), "account = ? AND kind IN ('sms', 'voice') AND confirmed_at IS NOT NULL AND ended_at IS NULL", account
    )
    found = [*(row["phone"] for row in chart if row["phone"]), *(phone_words(row["value"]) for row in own)]
    return tuple(dict.fromkeys(found))


async def _pointed(grant: QueueGrant, row: dict[str, Any]) -> list[tuple[str, str]]:
    if row["pointed_at"] is None:
        return [(_("They point at"), _("Nothing in particular"))]
    found = await visible(grant, AuditEvent).rows(
        ("decision",), "subject = ? AND at = ? AND action = ?", row["account"], row["pointed_at"], row["pointed_action"]
    )
    refused = bool(found) and found[0]["decision"] == "refused"
    words = said(row["pointed_action"], refused)
    return [(_("They point at"), _("%(what)s, %(when)s", what=words, when=when(moment(row["pointed_at"]))))]


async def _lately(grant: QueueGrant, account: UUID) -> tuple[Done, ...]:
    rows = await visible(grant, AuditEvent).rows(
        NAMES, "subject = ? AND action NOT LIKE '%.see' AND action NOT LIKE 'account.case%'", account,
        then=f"ORDER BY at DESC, id DESC LIMIT {ENTRIES}",
    )
    return await told(grant, rows, account)


async def _notes(grant: QueueGrant, case: UUID) -> tuple[Note, ...]:
    seen = visible(grant, SupportNote).predicate
    rows = await grant.house.database.rows(
        "SELECT support_note.id, support_note.at, support_note.did, support_note.came_as, support_note.sealed, a.name FROM support_note"
        f" LEFT JOIN account a ON a.id = support_note.author WHERE {seen.sql} AND support_note.support_case = ?"
        " ORDER BY support_note.at, support_note.id LIMIT 100",
        *seen.values, case,
    )
    opened = grant.house.keyring.open
    return tuple(Note(row, opened(bytes(row["sealed"]), row["id"]).decode()) for row in rows if row["sealed"] is not None)
