"""Codes that were sent to somebody, and what changed about where an account is written to."""

from piccolo.columns import Bytea, Integer, Varchar
from piccolo.table import Table

from tables.accounts import Account, AccountAddress
from tables.base import code, key, moment, to


class SentCode(Table, tablename="sent_code"):
    """A short code in a message. `purpose`: address (its object is an AccountAddress) or factor (an Authenticator).

    `hash` is keyed, since a short code could be found from a plain one. `secret` is the code itself, sealed, for the message;
    it is gone when the code is.
    """

    id = key()
    account = to(Account, index=True)
    purpose = code(24)
    object = Varchar(length=36, null=False, default="")
    hash = Bytea(null=False, default=b"")
    secret = Bytea(null=True, default=None)
    made_at = moment(null=False)
    ends_at = moment(null=False)
    failures = Integer(default=0, null=False)
    ended_at = moment()


class AddressChange(Table, tablename="address_change"):
    """An address began or ended to count (`did`: added, ended). Whoever held one before may take it back within a week: by a
    capability (purpose "contact_stop") whose secret is here, sealed, for the messages."""

    id = key()
    account = to(Account, index=True)
    address = to(AccountAddress)
    did = code(16)
    at = moment(null=False)
    secret = Bytea(null=True, default=None)
    stopped_at = moment()


TABLES = (SentCode, AddressChange)
CONSTRAINTS = (
    "CREATE UNIQUE INDEX sent_code_live ON sent_code (purpose, object) WHERE ended_at IS NULL",
    "CREATE INDEX sent_code_ends ON sent_code (ends_at)",
)
