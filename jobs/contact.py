"""Messages about where an account is written to: the code that confirms an address, and the link that takes a change back."""

from __future__ import annotations

from uuid import UUID

from access.grant import SystemGrant
from access.house import House
from identity.sent_codes import code_in_message
from words.gettext import _, use

STOPPABLE = (
    "SELECT d.id, d.secret FROM address_change d JOIN capability c ON c.object_kind = 'AddressChange'"
    " AND c.object = CAST(d.id AS VARCHAR(36)) AND c.purpose = 'contact_stop' WHERE d.id = ? AND d.secret IS NOT NULL AND c.revoked_at IS NULL"
    " AND c.uses < c.uses_allowed AND c.ends_at > ?"
)


async def code_waits(system: SystemGrant, row: dict) -> bool:
    """A code that was used, ended or is over is not sent any more."""
    return bool(await code_in_message(system.house, UUID(row["object"])))


async def code_of(house: House, row: dict) -> dict[str, str]:
    return {"code": await code_in_message(house, UUID(row["object"])), "channel": row.get("channel", "email")}


async def stop_link(house: House, row: dict) -> dict[str, str]:
    """Of a letter on paper the front desk reads the words, so no link stands in it."""
    rows = []
    if row["object_kind"] == "AddressChange" and row.get("channel") != "print":
        rows = await house.database.rows(STOPPABLE, UUID(row["object"]), house.clock())
    if not rows:
        return {"link": ""}
    return {"link": f"{house.origin}/c/{house.keyring.open(bytes(rows[0]['secret']), rows[0]['id']).decode()}"}


def covered(row: dict) -> str:
    """In the place of a secret, where a message is shown again."""
    with use(row["locale"]):
        return _("(not shown here)")


async def code_covered(house: House, row: dict) -> dict[str, str]:
    return {"code": covered(row), "channel": row.get("channel", "email")}


async def link_covered(house: House, row: dict) -> dict[str, str]:
    """Where there was a link, there is one here, though it may be over by now."""
    there = row["object_kind"] == "AddressChange" and row.get("channel") != "print"
    return {"link": f"{house.origin}/c/{covered(row)}" if there else ""}
