"""Piccolo's SQLite engine with kept connections: one writer, one reader that cannot write.

The stock engine opens a connection and a thread for every query. Here short selects run on a `query_only` connection
in the event loop, and every write is a BEGIN IMMEDIATE transaction on one kept writer behind a lock, whose waiting
parts (the lock of another process, the fsync of COMMIT) happen in a thread of its own. Measured in bench/.
"""

from __future__ import annotations

import asyncio
import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache
from typing import Any

from piccolo.engine.exceptions import TransactionError
from piccolo.engine.sqlite import SQLiteEngine, SQLiteTransaction, convert_datetime_in

from tables.transactions import OwnTask

BUSY_SECONDS = 10.0
LINE_SECONDS = 20.0
READ_PRAGMAS = ("PRAGMA query_only = 1", "PRAGMA cache_size = -16000", "PRAGMA mmap_size = 268435456")
WRITE_PRAGMAS = ("PRAGMA synchronous = FULL", "PRAGMA cache_size = -16000", "PRAGMA wal_autocheckpoint = 2000")


_new, _set = object.__new__, object.__setattr__


@lru_cache(maxsize=8192)
def _uuid(stored: bytes) -> uuid.UUID:
    """Without the checks of UUID's own constructor, which cost four times as much: a page reads some hundred of them."""
    made = _new(uuid.UUID)
    _set(made, "int", int(stored.replace(b"-", b""), 16))
    _set(made, "is_safe", uuid.SafeUUID.unknown)
    return made


@lru_cache(maxsize=8192)
def _instant(stored: bytes) -> datetime:
    """Instants are kept as ISO 8601 in UTC with their offset."""
    return datetime.fromisoformat(stored.decode("ascii"))


# Piccolo registers converters that decode, wrap and copy; on a page of 25 rows they cost more than the query. What they
# make never changes, and the same keys and moments come again in one page and in the next, so some are kept.
# Whole numbers need none at all: migrations declare them BIGINT, a name without a converter; a counted key is INTEGER.
sqlite3.register_converter("UUID", _uuid)
sqlite3.register_converter("TIMESTAMPTZ", _instant)
sqlite3.register_converter("BOOLEAN", b"1".__eq__)
sqlite3.register_converter("INTEGER", int)
# The moment of a request, and whose record it is, are values of each of its questions.
sqlite3.register_adapter(uuid.UUID, lru_cache(maxsize=2048)(str))
sqlite3.register_adapter(datetime, lru_cache(maxsize=2048)(convert_datetime_in))


def _dicts(cursor: sqlite3.Cursor) -> list[dict]:
    rows = cursor.fetchall()
    if not rows:
        return rows
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in rows]


class DatabaseBusy(Exception):
    """Another process kept the write lock for longer than BUSY_SECONDS, or the line in this one took LINE_SECONDS."""


class _Writer:
    """The connection that Piccolo's transaction sees: the same verbs, without a thread for each statement."""

    __slots__ = ("engine",)

    def __init__(self, engine: KeptSQLiteEngine):
        self.engine = engine

    async def execute(self, sql: str, args: Any = ()) -> list[dict]:
        return self.engine.on_writer(sql, args)


class ImmediateTransaction(SQLiteTransaction):
    """BEGIN IMMEDIATE, alone on the writer. A transaction inside another is refused: use a savepoint."""

    __slots__ = ("task",)

    def __init__(self, engine: KeptSQLiteEngine):
        super().__init__(engine=engine, allow_nested=False)
        self.task: asyncio.Task | None = None

    async def __aenter__(self) -> ImmediateTransaction:
        await self.engine.take_writer()
        try:
            self.connection = _Writer(self.engine)
            await self.begin()
        except BaseException:
            self.engine.give_writer_back()
            raise
        self.task = asyncio.current_task()
        self.context = self.engine.current_transaction.set(self)
        return self

    async def begin(self) -> None:
        try:
            self.engine.on_writer("PRAGMA busy_timeout = 0")
            self.engine.on_writer("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            await self.engine.in_thread(self._begin_waiting)

    def _begin_waiting(self) -> None:
        self.engine.on_writer(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
        try:
            self.engine.on_writer("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise DatabaseBusy(str(error)) from error

    async def commit(self) -> None:
        await self.engine.in_thread(self.engine.on_writer, "COMMIT")
        self._committed = True

    async def rollback(self) -> None:
        self.engine.roll_back()
        self._rolled_back = True

    async def __aexit__(self, exception_type, exception, traceback) -> bool:
        try:
            if exception_type is None and not self._rolled_back and not self._committed:
                await self.commit()
        finally:
            try:
                self.engine.current_transaction.reset(self.context)
            finally:
                self.engine.give_writer_back()
        return False


class KeptSQLiteEngine(SQLiteEngine):
    __slots__ = ("write_lock", "_reader", "_writer", "_thread")

    def __init__(self, path: str):
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None
        self._thread: ThreadPoolExecutor | None = None
        self.write_lock = asyncio.Lock()
        super().__init__(path=path)
        self.current_transaction = OwnTask(self.current_transaction)

    def _connect(self, pragmas: tuple[str, ...]) -> sqlite3.Connection:
        connection = sqlite3.connect(**self.connection_kwargs, check_same_thread=False, cached_statements=512)
        for pragma in ("PRAGMA busy_timeout = 10000", "PRAGMA foreign_keys = 1", *pragmas):
            connection.execute(pragma)
        return connection

    def open(self) -> None:
        """Opens both connections and sets write-ahead logging, which stays with the file."""
        self._writer = self._connect(("PRAGMA journal_mode = WAL", *WRITE_PRAGMAS))
        self._reader = self._connect(READ_PRAGMAS)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite-writer")
        self.write_lock = asyncio.Lock()

    def close(self) -> None:
        """Closes everything; a second call does nothing."""
        if self._thread:
            self._thread.shutdown(wait=True)
        for connection in (self._reader, self._writer):
            if connection:
                connection.close()
        self._reader = self._writer = self._thread = None

    async def in_thread(self, function, *args):
        """Waits to the end even when the caller is cancelled: the writer must be at rest before the next one has it."""
        working = asyncio.get_running_loop().run_in_executor(self._thread, function, *args)
        cancelled = None
        while not working.done():
            try:
                await asyncio.wait((working,))
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled:
            working.exception()  # looked at, so that asyncio does not complain of it
            raise cancelled
        return working.result()

    async def take_writer(self) -> None:
        try:
            async with asyncio.timeout(LINE_SECONDS):
                await self.write_lock.acquire()
        except TimeoutError:
            raise DatabaseBusy("too many were waiting to write") from None

    def give_writer_back(self) -> None:
        """Whatever happened: no transaction stays open, and the next in line has its turn."""
        try:
            self.roll_back()
        finally:
            self.write_lock.release()

    def roll_back(self) -> None:
        if self.writer_in_transaction:
            self.on_writer("ROLLBACK")

    @property
    def writer_in_transaction(self) -> bool:
        return self._writer is not None and self._writer.in_transaction

    def on_writer(self, sql: str, args: Any = ()) -> list[dict]:
        return _dicts(self._writer.execute(sql, args))

    def on_writer_many(self, sql: str, rows: list) -> None:
        self._writer.executemany(sql, rows)

    def on_reader(self, sql: str, args: Any = ()) -> list[dict]:
        return _dicts(self._reader.execute(sql, args))

    async def _run_in_new_connection(self, query, args=None, query_type="generic", table=None):
        """Outside a transaction: selects on the reader; anything else in a transaction of its own."""
        if query.lstrip()[:6].upper() in ("SELECT", "WITH R"):
            return self.on_reader(query, args or ())
        async with self.transaction():
            return self.on_writer(query, args or ())

    async def _run_in_existing_connection(self, connection, query, args=None, query_type="generic", table=None):
        return self.on_writer(query, args or ())

    async def get_connection(self):
        raise TransactionError("Connections are kept; use transaction() or a query.")

    def transaction(self, *args, **kwargs) -> ImmediateTransaction:
        return ImmediateTransaction(self)
