"""Logins, and what proves that somebody is their owner."""

from piccolo.columns import BigInt, Boolean, Bytea, Integer, Varchar
from piccolo.table import Table

from tables.base import code, key, moment, ref, to, words
from tables.clinic import ClinicSite


class Account(Table, tablename="account"):
    """A login, `kind` personal or staff. The same human has one of each.

    `state`: added (staff, by the operator; no password yet), enrolling (a password, no second factor yet), active,
    frozen, disabled.
    """

    id = key()
    ref = ref()
    kind = code(16)
    state = code(16)
    username = Varchar(length=64, null=False, default="")
    """As typed, for showing; `username_key` is its NFKC casefolded form and is unique."""
    username_key = Varchar(length=200, null=False, default="")
    name = words(null=False)
    called = words()
    locale = code(16, default="en")
    text_size = code(16, default="normal")
    created_at = moment(null=False)
    changes_locked_at = moment()
    """Since when nothing of it may be changed, because somebody said "this wasn't me". Reading goes on."""
    human = to("self", null=True)
    """Of a staff account: the personal one of the same human. What that one has a share of, this one never opens."""
    frozen_at = moment()
    frozen_for = code(24)
    """Why staff froze it, for as long as it is."""


class AccountAddress(Table, tablename="account_address"):
    """Where the portal may write to, confirmed by its owner. Never copied to or from a chart. `kind` is how: email, sms or
    voice. Of one that was typed and not yet confirmed nothing is sent but a code."""

    id = key()
    ref = ref()
    account = to(Account, index=True)
    kind = code(16)
    value = words(null=False)
    confirmed_at = moment()
    ended_at = moment()


class Password(Table, tablename="password"):
    id = key()
    account = to(Account)
    hash = words(null=False)
    """An argon2id string in PHC format."""
    set_at = moment(null=False)
    failures = Integer(default=0, null=False)
    stopped_until = moment()
    by_mail_at = moment()
    """Set anew by a link in a mail, and not yet shown together with a second factor: until then it proves a mailbox alone."""


class Authenticator(Table, tablename="authenticator"):
    """Something a person has: `kind` is one of `rules.factors.KINDS` (NIST SP 800-63B-4 §3). `name` is what its owner calls it.

    `secret` is sealed with the row's id as associated data. `last_step` is the greatest TOTP time step accepted. Of a passkey
    or security key there is only what anybody may know; `transports` says how a browser reaches it, in words of WebAuthn.
    """

    id = key()
    ref = ref()
    account = to(Account, index=True)
    kind = code(16)
    name = words(null=False)
    secret = Bytea(null=True, default=None)
    credential_id = Bytea(null=True, default=None)
    public_key = Bytea(null=True, default=None)
    transports = code(64)
    sign_count = BigInt(default=0, null=False)
    last_step = BigInt(default=0, null=False)
    failures = Integer(default=0, null=False)
    stopped_until = moment()
    created_at = moment(null=False)
    confirmed_at = moment()
    last_used_at = moment()
    ended_at = moment()
    address = to(AccountAddress, null=True)
    """The number that its codes go to."""


class OneTimeCode(Table, tablename="one_time_code"):
    """One line of a printed sheet; only its SHA-256 is kept."""

    id = key()
    sheet = to(Authenticator, index=True)
    hash = Bytea(null=False, default=b"")
    used_at = moment()


class StaffDuty(Table, tablename="staff_duty"):
    """What a member of staff is there for, at one site (None: all of them)."""

    id = key()
    account = to(Account, index=True)
    duty = code(24)
    site = to(ClinicSite, null=True)
    started_at = moment(null=False)
    ended_at = moment()


class Session(Table, tablename="session"):
    """One signed-in browser. The cookie holds 256 random bits; only their SHA-256 is here.

    `level`: half (password proven, second factor outstanding) or full. `idle_seconds` after `last_seen_at` or at
    `ends_at`, whichever is sooner, it has expired; `revoked_at` is for sign-out and everything done on purpose.
    """

    id = key()
    ref = ref()
    token = Bytea(null=False, default=b"")
    account = to(Account, index=True)
    level = code(16)
    csrf = Bytea(null=False, default=b"")
    created_at = moment(null=False)
    last_seen_at = moment(null=False)
    proven_at = moment()
    idle_seconds = Integer(default=1800, null=False)
    ends_at = moment(null=False)
    shared = Boolean(default=False, null=False)
    device = words(null=False)
    place = Varchar(length=32, null=False, default="")
    """A keyed hash of the address it was opened from (`identity.places`)."""
    revoked_at = moment()
    end_reason = code(24)


class RateBucket(Table, tablename="rate_bucket"):
    """How often something was tried in one period of time. Rows, so that a restart forgets nothing."""

    id = key()
    name = Varchar(length=160, null=False, default="")
    period = BigInt(default=0, null=False)
    """Number of the period since 1970: Unix seconds // its length."""
    count = Integer(default=0, null=False)
    ends_at = moment(null=False)


class SpentChallenge(Table, tablename="spent_challenge"):
    """What a passkey was asked to sign and has signed; only its SHA-256 is kept. One row for each, so it never counts twice."""

    id = key()
    hash = Bytea(null=False, default=b"")
    ends_at = moment(null=False)


TABLES = (Account, AccountAddress, Password, Authenticator, OneTimeCode, StaffDuty, Session, RateBucket, SpentChallenge)
CONSTRAINTS = (
    "CREATE UNIQUE INDEX account_username ON account (username_key)",
    "CREATE UNIQUE INDEX account_human ON account (human) WHERE human IS NOT NULL",
    "CREATE INDEX account_enrolling ON account (created_at) WHERE state = 'enrolling'",
    "CREATE UNIQUE INDEX account_address_once ON account_address (account, kind, lower(value)) WHERE ended_at IS NULL",
    "CREATE INDEX account_address_mail ON account_address (lower(value)) WHERE confirmed_at IS NOT NULL AND ended_at IS NULL",
    "CREATE UNIQUE INDEX password_account ON password (account)",
    "CREATE UNIQUE INDEX authenticator_credential ON authenticator (credential_id) WHERE credential_id IS NOT NULL",
    "CREATE INDEX authenticator_shown ON authenticator (created_at) WHERE kind = 'codes' AND secret IS NOT NULL",
    "CREATE UNIQUE INDEX one_time_code_once ON one_time_code (sheet, hash)",
    "CREATE UNIQUE INDEX session_token ON session (token)",
    "CREATE INDEX session_ends ON session (ends_at)",
    "CREATE UNIQUE INDEX rate_bucket_period ON rate_bucket (name, period)",
    "CREATE INDEX rate_bucket_ends ON rate_bucket (ends_at)",
    "CREATE UNIQUE INDEX spent_challenge_hash ON spent_challenge (hash)",
    "CREATE INDEX spent_challenge_ends ON spent_challenge (ends_at)",
)
