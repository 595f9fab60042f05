"""Ways back into an account, each from its start to its end."""

from piccolo.columns import Bytea
from piccolo.table import Table

from tables.accounts import Account
from tables.base import code, key, moment, ref, to, words


class Recovery(Table, tablename="recovery"):
    """`kind`: reset (a new password, by a link in a mail), factor (a new second factor, by a code in a mail), post (the same,
    by a code on paper), letter (everything anew, by a link in a mail and a code on paper), desk (the same, by a code that
    the front desk handed over).

    `state`: asked (of a letter: the link was sent, and nobody pressed the button yet), waiting (everybody is told, and may
    stop it), open (the code works), done, stopped. Past `ends_at` it is over, whatever it says.
    """

    id = key()
    ref = ref()
    account = to(Account, index=True)
    kind = code(16)
    state = code(16)
    proof = code(24)
    """What the desk looked at."""
    started_by = to(Account, null=True)
    """The member of staff who started it; None is its owner."""
    started_at = moment(null=False)
    opens_at = moment(null=False)
    ends_at = moment(null=False)
    ended_at = moment()
    secret = Bytea(null=True, default=None)
    """The secret of its link, or its code, sealed for the message until it is used or over."""
    stop_secret = Bytea(null=True, default=None)
    """The same of the link that stops it, bound to "stop" and the id."""
    password = words()
    """The argon2id string of the password that was chosen, until the new second factor is confirmed."""


TABLES = (Recovery,)
CONSTRAINTS = (
    "CREATE INDEX recovery_sealed ON recovery (ends_at)"
    " WHERE secret IS NOT NULL OR stop_secret IS NOT NULL OR password IS NOT NULL",
    "CREATE UNIQUE INDEX recovery_under_way ON recovery (account) WHERE state IN ('waiting', 'open') AND kind <> 'reset'",
)
