"""Letters whose code is made when they are opened for printing: so long as one waits, there is no code to steal.

Another kind is another line here, its event (`jobs.events`), and what its letter says (`pages.code_letter`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from access.house import House
from identity import recovery
from identity.activation import EMAIL, LETTER, POST, VALID_FOR, chart_with, why_not_away, withdraw_by
from identity.codes import ACTIVATION, FACTOR_CODE, RECOVERY
from words.gettext import N_


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """`object_kind` is what the code is for: a Record or a Recovery. `problem` says why none may be made now, or ""; `withdraw`
    ends those that went this way before, and holds whatever decides over it."""

    purpose: str
    object_kind: str
    valid_for: timedelta
    heading: str
    problem: Callable[[House, UUID], Awaitable[str]]
    withdraw: Callable[[House, UUID, datetime], Awaitable[None]]


async def _chart_problem(house: House, record: UUID) -> str:
    return await why_not_away(house, await chart_with(house, "r.id = ?", record), POST)


async def _withdraw_posted(house: House, record: UUID, now: datetime) -> None:
    await withdraw_by(house, record, (POST, EMAIL), now)


PRINTED: dict[str, PrintedCode] = {
    LETTER: PrintedCode(
        ACTIVATION, "Record", VALID_FOR[POST], N_("A letter with a code to register with"), _chart_problem, _withdraw_posted
    ),
    recovery.LETTERS[recovery.BY_LETTER]: PrintedCode(
        RECOVERY, "Recovery", recovery.IN_POST, N_("A letter with a code to get back in"), recovery.letter_problem, recovery.withdraw_printed
    ),
    recovery.LETTERS[recovery.POST]: PrintedCode(
        FACTOR_CODE, "Recovery", recovery.IN_POST, N_("A letter with a code for a new second factor"), recovery.letter_problem, recovery.withdraw_printed
    ),
}
