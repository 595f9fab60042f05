"""Who has no code asks for one here, by name, birth date and record number; a job looks whether a chart has all three, and the
code goes to the address that the clinic has on file (the other door of SECURITY)."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import asdict, dataclass
from datetime import datetime

from access.audit import Entry
from access.house import House
from access.viewer import Viewer
from identity import limits
from tables.base import new_ref
from tables.queue import enqueue
from tables.sending import Sending, use_key

SEND = "registration.send"
"""The job."""
A_PLACE, HOUR, A_NUMBER, DAY = 20, 3600, 5, 86_400
"""What may be asked for from one place in an hour, and of one record number in a day."""


@dataclass(frozen=True, slots=True)
class Asked:
    name: str
    born: str
    number: str


async def ask_for_code(house: House, viewer: Viewer, asked: Asked, sending: Sending, outcome: str) -> datetime | None:
    """The same few statements whether or not there is such a chart; None, or from when on it can be asked for again."""
    tries = await limits.take(house, _limits(viewer, asked), viewer.now)
    if tries.refused:
        return tries.again_at
    arguments = sealed(house, asked, viewer.now)
    async with house.audit.transaction() as entries:
        await use_key(house.database, sending, outcome, viewer.now)
        await enqueue(house.database, SEND, arguments, viewer.now)
        entries.append(Entry(viewer.now, "code.ask", viewer.account, reason=viewer.visitor.reason))
    return None


def _limits(viewer: Viewer, asked: Asked) -> tuple[limits.Limit, ...]:
    return (
        limits.Limit(f"send:ip:{viewer.visitor.ip}", A_PLACE, HOUR),
        limits.Limit(f"send:number:{limits.hidden(asked.number.casefold())}", A_NUMBER, DAY),
        limits.Limit("send:all", 600, 60),
    )


def sealed(house: House, asked: Asked, now: datetime) -> dict[str, str]:
    """For the job: what somebody typed about a person, who may not be the one who typed it."""
    bound = new_ref()
    words = json.dumps({**asdict(asked), "at": int(now.timestamp())}).encode()
    return {"bound": bound, "typed": b64encode(house.keyring.seal(words, f"{SEND} {bound}")).decode()}
