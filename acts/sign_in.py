"""Signing in, step-up and signing out (SECURITY contracts 1, 2, 4, 11).

The two steps of signing in use no form key: what they make is the cookie of their own answer, so a form sent again
because that answer was lost must make another. The session it leaves behind proves nothing and soon ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from access.audit import Entry
from access.house import House
from access.opening import open_account
from access.viewer import Viewer
from identity import authenticators, limits, passkeys, passwords, phones
from identity.places import places_of
from identity.sessions import SIGNED_OUT, open_session, revoke
from identity.usernames import username_key
from tables.base import new_id
from tables.queue import enqueue_notice

FIND = (
    "SELECT a.id, a.state, p.hash, p.failures, EXISTS (SELECT 1 FROM session s WHERE s.account = a.id"
    " AND s.level = 'full' AND s.place IN ({places})) AS at_home FROM account a JOIN password p ON p.account = a.id"
    " WHERE a.username_key = ? AND a.kind = ? AND a.state IN ('active', 'enrolling')"
)
ELSEWHERE_AT_MOST = 100
"""Failures in a row, from places where its owner never signed in, after which a password is right in known places only
(NIST SP 800-63B-4 §3.2.2). It opens everywhere again once its owner signed in at one of those, or the desk said so."""
OWNED = "UPDATE password SET by_mail_at = NULL WHERE account = ? AND by_mail_at IS NOT NULL"
STILL_THIS = "UPDATE password SET failures = 0, hash = ? WHERE account = ? AND hash = ? RETURNING id"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session was opened: `token` is for the cookie. `enrolling`: the authenticator app is still to be set up."""

    token: str
    enrolling: bool = False


@dataclass(frozen=True, slots=True)
class NotSignedIn:
    """`reason`: pair (name and password do not go together), again (only later), and those of `authenticators.Proof`."""

    reason: str
    again_at: datetime | None = None
    left: int = 0


@dataclass(frozen=True, slots=True)
class Tried:
    """One try of a password, counted under `asked`, which whoever makes use of it gives back. `reason`: "" when it is right,
    else one of `NotSignedIn`. `known` is the account, where there is one."""

    known: dict | None
    asked: tuple[limits.Limit, ...]
    reason: str
    again_at: datetime | None = None
    left: int = 0


async def check_password(
    house: House, viewer: Viewer, kind: str, username: str, password: str, shared: bool = False
) -> SignedIn | NotSignedIn:
    """One hash and the same statements, whether or not there is such a user name."""
    tried = await try_password(house, viewer, kind, username_key(username), password)
    if tried.reason == "again":
        return NotSignedIn("again", tried.again_at)
    known, token = tried.known, ""
    if not tried.reason:
        fresh = await _fresh_hash(house, known["hash"], password)
        token = await _open_half(house, viewer, kind, known, fresh, shared, tried.asked)
    if not token:
        await _not_a_pair(house, viewer, known)
        return NotSignedIn("pair", left=tried.left)
    return SignedIn(token, known["state"] == "enrolling")


async def try_password(house: House, viewer: Viewer, kind: str, key: str, password: str) -> Tried:
    """The one place where a password is tried, by the name's key: at the door, and before it is changed."""
    known = await _find(house, viewer, kind, key)
    asked = _limits(key, viewer, at_home=bool(known and known["at_home"]))
    tries = await limits.take(house, asked, viewer.now)
    if tries.refused:
        return Tried(known, asked, "again", tries.again_at)
    right = await passwords.hasher(house.limits).verify(known["hash"] if known else None, password)
    if not right or (known["failures"] >= ELSEWHERE_AT_MOST and not known["at_home"]):
        return Tried(known, asked, "pair", left=tries.left)
    return Tried(known, asked, "", left=tries.left)


async def _find(house: House, viewer: Viewer, kind: str, key: str) -> dict | None:
    """The account of this name, and whether it signed in from this place before (`at_home`)."""
    places = places_of(house, viewer.visitor.ip)
    rows = await house.database.rows(FIND.format(places=", ".join("?" * len(places))), *places, key, kind)
    return rows[0] if rows else None


def _limits(key: str, viewer: Viewer, at_home: bool) -> tuple[limits.Limit, ...]:
    """By name, whether or not it is anybody's: an answer that differs would tell. No pause is longer than 15 minutes,
    and it grows to that. A place where this account signed in before has tries of its own; all others share theirs."""
    name, ip = limits.hidden(key), viewer.visitor.ip
    elsewhere = (
        limits.Limit(f"sign-in:elsewhere:{name}", 20, 60),
        limits.Limit(f"sign-in:elsewhere, long:{name}", 40, 900),
    )
    return (
        limits.Limit(f"sign-in:name:{name}:{ip}", 10, 900),
        limits.Limit(f"sign-in:ip:{ip}", 200, 900),
        limits.Limit("sign-in:all", 600, 60, kept=True),
        *(() if at_home else elsewhere),
    )


async def count_failure(house: House, known: dict | None) -> None:
    """Inside a transaction. Only what failed elsewhere is counted against the password; at home the same statement finds
    nothing."""
    counted = known["id"] if known and not known["at_home"] else new_id()
    await house.database.rows("UPDATE password SET failures = failures + 1 WHERE account = ?", counted)


async def _not_a_pair(house: House, viewer: Viewer, known: dict | None) -> None:
    async with house.audit.transaction() as entries:
        await count_failure(house, known)
        entries.append(
            Entry(viewer.now, "account.password", subject=known["id"] if known else None, decision="refused", reason="pair")
        )


async def _fresh_hash(house: House, stored: str, password: str) -> str:
    """A new hash when the old one was made at another cost; else ""."""
    hasher = passwords.hasher(house.limits)
    return await hasher.hash(password) if hasher.outdated(stored) else ""


async def _open_half(house, viewer: Viewer, kind: str, known: dict, fresh: str, shared: bool, asked) -> str:
    """The half session's token; "" when the password was changed while this one was being hashed."""
    async with house.audit.transaction() as entries:
        if not await house.database.rows(STILL_THIS, fresh or known["hash"], known["id"], known["hash"]):
            return ""
        token = await open_session(
            house, known["id"], kind, viewer.visitor, viewer.now, level="half", shared=shared, replaces=viewer.session
        )
        await limits.give_back(house, asked, viewer.now)
        reason = viewer.visitor.reason
        entries.append(Entry(viewer.now, "account.password", known["id"], subject=known["id"], reason=reason))
    return token


async def show_passkey(house: House, viewer: Viewer, kind: str, answer: str, shared: bool = False) -> SignedIn | NotSignedIn:
    """A passkey is both factors in one, and says whose it is. There is nothing to guess, so the limit only bounds work."""
    work = limits.Limit(f"sign-in:passkey:{viewer.visitor.ip}", 300, 900, kept=True)
    tries = await limits.take(house, (work,), viewer.now)
    if tries.refused:
        return NotSignedIn("again", tries.again_at)
    token = ""
    async with house.audit.transaction() as entries:
        proof = await passkeys.prove_at_door(house, viewer, kind, answer)
        entry = _passkey_entry(viewer, proof)
        if proof.right:
            token = await open_session(
                house, proof.account, kind, viewer.visitor, viewer.now, level="full", shared=shared, proven_at=viewer.now,
                replaces=viewer.session, signs_in=entry, beside=proof.browsers,
            )
        await _tell_of_copy(house, viewer, proof)
        entries.append(entry)
    return SignedIn(token) if proof.right else NotSignedIn(proof.reason)


def _passkey_entry(viewer: Viewer, proof: authenticators.Proof) -> Entry:
    if proof.right:
        return Entry(viewer.now, "account.sign_in", proof.account, subject=proof.account, reason=proof.kind)
    return Entry(viewer.now, "account.sign_in", subject=proof.account, decision="refused", reason=proof.reason)


async def give_factor(house: House, viewer: Viewer, code: str, answer: str = "") -> SignedIn | NotSignedIn:
    """The second step: a half session and a right code, or the answer of a passkey or security key, make a full session."""
    return await _prove(house, viewer, code, answer, "account.sign_in", replaced_ends_at=None)


async def step_up(house: House, viewer: Viewer, code: str, answer: str = "") -> SignedIn | NotSignedIn:
    """A fresh factor for what is worth one. The new session ends when the old one would have."""
    rows = await house.database.rows("SELECT ends_at FROM session WHERE id = ?", viewer.session)
    return await _prove(house, viewer, code, answer, "account.step_up", replaced_ends_at=rows[0]["ends_at"])


async def _prove(house, viewer: Viewer, code: str, answer: str, action: str, replaced_ends_at) -> SignedIn | NotSignedIn:
    token = ""
    async with open_account(house, viewer, action).acting(action) as entry:
        proof = await _shown(house, viewer, code, answer)
        if proof.right:
            await _password_was_shown_too(house, viewer)
            token = await open_session(
                house, viewer.account, viewer.kind, viewer.visitor, viewer.now, level="full", shared=viewer.shared,
                proven_at=viewer.now, replaces=viewer.session, ends_at=replaced_ends_at,
                signs_in=None if replaced_ends_at else entry,
            )
            entry.reason = proof.kind
        else:
            entry.decision, entry.reason = "refused", proof.reason
            await _tell_of_stop(house, viewer, proof)
            await _tell_of_copy(house, viewer, proof)
    return SignedIn(token) if proof.right else NotSignedIn(proof.reason, proof.again_at)


async def _password_was_shown_too(house: House, viewer: Viewer) -> None:
    """With a factor beside it, a password is its owner's, though it was set by a mail."""
    if viewer.by_mail:
        await house.database.rows(OWNED, viewer.account)


async def _shown(house: House, viewer: Viewer, code: str, answer: str) -> authenticators.Proof:
    """Neither paper nor a phone number is enough for the clinic's staff."""
    if answer:
        return await passkeys.prove(house, viewer, answer)
    if viewer.is_staff:
        return await authenticators.prove_app(house, viewer.account, code, viewer.now)
    proof = await authenticators.prove(house, viewer.account, code, viewer.now)
    return proof if proof.right else await phones.prove_instead(house, viewer.account, code, proof, viewer.now)


async def _tell_of_stop(house: House, viewer: Viewer, proof: authenticators.Proof) -> None:
    """Once for each stop: a thousand wrong codes are not a thousand letters, because a stop lasts."""
    for stopped in proof.stopped:
        await enqueue_notice(
            house.database, "account.factor_stopped", viewer.account, "Authenticator", stopped, viewer.now,
            dedupe=f"factor_stopped {stopped} {viewer.now.isoformat(timespec='minutes')}",
        )


async def _tell_of_copy(house: House, viewer: Viewer, proof: authenticators.Proof) -> None:
    """Once a day at most."""
    if proof.reason == "copied":
        await enqueue_notice(
            house.database, "account.factor_copied", proof.account, "Authenticator", proof.authenticator, viewer.now,
            dedupe=f"factor_copied {proof.authenticator} {viewer.now.date()}",
        )


async def sign_out(house: House, viewer: Viewer) -> None:
    """Whoever is not signed in any more is signed out too."""
    if viewer.session is None or viewer.level == "none":
        return
    async with house.audit.transaction() as entries:
        await revoke(house, viewer.session, viewer.now, SIGNED_OUT)
        reason = viewer.visitor.reason
        entries.append(Entry(viewer.now, "account.sign_out", viewer.account, subject=viewer.account, reason=reason))


def is_enrolling(viewer: Viewer) -> bool:
    """A half session that has no second factor to show yet. Any other half session never reaches enrolment."""
    return viewer.level == "half" and viewer.account_state == "enrolling"
