"""Work that outlives a request: messages to send, jobs to do, files to keep."""

from piccolo.columns import JSON, Bytea, Integer, Varchar
from piccolo.table import Table

from tables.accounts import Account
from tables.base import code, key, moment, ref, to, words
from tables.records import Record


class Outbox(Table, tablename="outbox"):
    """One message to one address: event, object and recipient, never words. `state`: due, sent, failed, dropped."""

    id = key()
    event = code(40)
    object_kind = code(40)
    object = Varchar(length=36, null=False, default="")
    account = to(Account, null=True)
    record = to(Record, null=True)
    """Whose letter it is, where they have no account yet."""
    channel = code(16)
    address = words(null=False)
    locale = code(16)
    state = code(16)
    dedupe = Varchar(length=160, null=False, default="")
    attempts = Integer(default=0, null=False)
    run_at = moment(null=False)
    lease_until = moment()
    lease_owner = code(80)
    made_at = moment(null=False)
    sent_at = moment()
    failure = code(40)


class Job(Table, tablename="job"):
    """Background work of `kind`, with ids as arguments. It decides access anew when it runs."""

    id = key()
    ref = ref()
    kind = code(40)
    arguments = JSON(null=False, default="{}")
    account = to(Account, null=True)
    record = to(Record, null=True)
    state = code(16)
    dedupe = Varchar(length=160, null=True, default=None)
    attempts = Integer(default=0, null=False)
    run_at = moment(null=False)
    lease_until = moment()
    lease_owner = code(80)
    made_at = moment(null=False)
    ended_at = moment()
    failure = code(40)


class StoredFile(Table, tablename="stored_file"):
    """A file sealed in 64 KiB chunks. `media_type` is what its content was found to be, not what was claimed."""

    id = key()
    ref = ref()
    record = to(Record, null=True, index=True)
    account = to(Account, null=True)
    media_type = code(80)
    size = Integer(default=0, null=False)
    sha256 = Bytea(null=False, default=b"")
    made_at = moment(null=False)
    ends_at = moment()


class FileChunk(Table, tablename="file_chunk"):
    id = key()
    file = to(StoredFile, index=True)
    number = Integer(default=0, null=False)
    sealed = Bytea(null=False, default=b"")


TABLES = (Outbox, Job, StoredFile, FileChunk)
CONSTRAINTS = (
    "CREATE UNIQUE INDEX outbox_dedupe ON outbox (dedupe)",
    "CREATE INDEX outbox_channel ON outbox (channel, run_at) WHERE state = 'due'",
    "CREATE INDEX outbox_record ON outbox (record) WHERE record IS NOT NULL",
    "CREATE INDEX outbox_account ON outbox (account, made_at) WHERE account IS NOT NULL",
    "CREATE INDEX outbox_ended ON outbox (sent_at) WHERE state <> 'due'",
    "CREATE UNIQUE INDEX job_dedupe ON job (dedupe) WHERE dedupe IS NOT NULL",
    "CREATE INDEX job_due ON job (state, run_at)",
    "CREATE INDEX job_ended ON job (ended_at) WHERE state <> 'due'",
    "CREATE INDEX stored_file_ends ON stored_file (ends_at) WHERE ends_at IS NOT NULL",
    "CREATE UNIQUE INDEX file_chunk_number ON file_chunk (file, number)",
)
