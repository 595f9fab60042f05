"""A phone as a second factor, and the code that goes there when it is asked for (NIST SP 800-63B-4 §3.2.9: weaker than the
others, and said to be)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from access.grant import AccountGrant
from access.house import House
from access.opening import open_account
from access.viewer import Viewer
from identity import factors, limits
from identity.phones import Phone, free_phones, keep_phone, phones_of
from identity.sent_codes import FACTOR, make_code, sent_since
from tables.queue import enqueue_letter, enqueue_notice
from tables.sending import Sending, use_key

ACTION = "account.factor_code"
JUST_SENT = timedelta(seconds=30)
"""A button that is pressed twice sends one message."""


@dataclass(frozen=True, slots=True)
class NotSent:
    """`reason`: gone (it is no way to sign in, or none of theirs), again (only later)."""

    reason: str
    again_at: datetime | None = None


async def add_phone(grant: AccountGrant, ref: str, name: str, sending: Sending, outcome: str) -> str:
    """Why not, or "": gone (the number is not confirmed any more, or is a way to sign in already), many, staff."""
    if grant.viewer.is_staff:
        return "staff"
    async with grant.acting("account.add_factor") as entry:
        own = await factors.held(grant.house, grant.account)
        phone = next((one for one in await free_phones(grant.house, grant.account) if one.ref == ref), None)
        reason = "gone" if phone is None else "many" if len(own) >= factors.AT_MOST else ""
        if reason:
            entry.decision, entry.reason = "refused", reason
            return reason
        await use_key(grant.house.database, sending, outcome, grant.now)
        made = await keep_phone(grant.house, grant.account, phone, name, grant.now)
        await enqueue_notice(grant.house.database, "account.factor_added", grant.account, "Authenticator", made, grant.now)
        entry.reason = phone.kind
        entry.showed("Authenticator", [made])
    return ""


async def send_code(house: House, viewer: Viewer, ref: str) -> NotSent | None:
    """To somebody who showed the password, or is signed in. None when it is on its way, and the code before it ended. It needs
    no form key: who asks again at once is answered by the code that was just sent."""
    phone = next((one for one in await phones_of(house, viewer.account) if one.ref == ref), None)
    if phone is None or viewer.is_staff:
        return NotSent("gone")
    try:
        async with open_account(house, viewer, ACTION).acting(ACTION) as entry:
            await factors.held(house, viewer.account)
            if not await sent_since(house, viewer.account, FACTOR, phone.id, viewer.now - JUST_SENT):
                await limits.spend(house, _limits(viewer, phone), viewer.now)
                await _send(house, viewer, phone)
            entry.reason = phone.kind
            entry.showed("Authenticator", [phone.id])
    except limits.Full as full:
        return NotSent("again", full.again_at)
    return None


async def _send(house: House, viewer: Viewer, phone: Phone) -> None:
    code = await make_code(house, viewer.account, FACTOR, phone.id, phone.kind, viewer.now)
    await enqueue_letter(
        house.database, ACTION, phone.value, "SentCode", code, viewer.now, locale=viewer.locale, channel=phone.kind,
        account=viewer.account,
    )  # fmt: skip


def _limits(viewer: Viewer, phone: Phone) -> tuple[limits.Limit, ...]:
    """Who knows the password alone cannot make a phone ring all night, nor run up a bill."""
    return (
        limits.Limit(f"phone-code:account:{viewer.account}", 5, 900, kept=True),
        limits.Limit(f"phone-code:account, long:{viewer.account}", 20, 86_400, kept=True),
        limits.Limit(f"phone-code:to:{limits.hidden(phone.value)}", 30, 86_400, kept=True),
        limits.Limit(f"phone-code:ip:{viewer.visitor.ip}", 60, 3600, kept=True),
    )
