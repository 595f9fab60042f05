"""The database as the other rooms see it: open, close, one transaction, and hand-written SQL on either engine."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg

from tables.postgres import PooledConnection, PooledPostgresEngine
from tables.sqlite import KeptSQLiteEngine

UNUSABLE = {
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_READONLY,
}  # fmt: skip
REFUSED = (
    asyncpg.InvalidCatalogNameError, asyncpg.InvalidAuthorizationSpecificationError, asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)  # fmt: skip
POOL = {
    "min_size": 2,
    "max_size": 10,
    "timeout": 10,
    "command_timeout": 60,
    "connection_class": PooledConnection,
    "server_settings": {"idle_in_transaction_session_timeout": "30000"},
}
"""Seconds, but the server's own are milliseconds: nobody waits for ever for a connection, an answer or a lock."""


class UnknownDatabase(ValueError):
    """DATABASE_URL names neither a SQLite file nor PostgreSQL."""


@dataclass(slots=True)
class Database:
    """`sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql://user:password@host:port/name`."""

    url: str
    engine: KeptSQLiteEngine | PooledPostgresEngine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = _engine(self.url)

    @property
    def is_sqlite(self) -> bool:
        return isinstance(self.engine, KeptSQLiteEngine)

    async def open(self) -> Database:
        """Opens connections and makes every table use them."""
        from tables import bind

        bind(self.engine)
        return await self.connect()

    async def connect(self) -> Database:
        """Opens connections for hand-written SQL alone; tables stay with the database they have."""
        if isinstance(self.engine, KeptSQLiteEngine):
            self.engine.open()
        else:
            await self._connect_postgres()
        return self

    async def _connect_postgres(self) -> None:
        try:
            await self.engine.start_connection_pool(**POOL)
        except OSError as error:
            at = urlsplit(self.url)
            where = f"{at.hostname or 'localhost'}:{at.port or 5432}"
            raise ConnectionError(f"PostgreSQL does not answer at {where}. Is it running, and is DATABASE_URL right?") from error

    async def close(self) -> None:
        if isinstance(self.engine, KeptSQLiteEngine):
            self.engine.close()
        elif self.engine.pool:
            await self.engine.close_connection_pool()

    def transaction(self):
        """One write transaction: IMMEDIATE on SQLite, READ COMMITTED on PostgreSQL. Nothing but the database is
        awaited inside, and it is not nested."""
        return self.engine.transaction()

    @property
    def in_transaction(self) -> bool:
        return self.engine.transaction_exists()

    async def rows(self, sql: str, *args: Any) -> list[dict]:
        """Hand-written SQL with `?` marks. UUIDs and datetimes as arguments."""
        if isinstance(self.engine, KeptSQLiteEngine):
            if self.engine.current_transaction.get():
                return self.engine.on_writer(sql, args)
            return await self.engine._run_in_new_connection(sql, args)
        return [dict(row) for row in await self._postgres(sql, args)]

    async def _postgres(self, sql: str, args: Sequence[Any]):
        numbered = _numbered(sql)
        transaction = self.engine.current_transaction.get()
        if transaction:
            return await transaction.connection.fetch(numbered, *args)
        async with self.engine.pool.acquire() as connection:
            return await connection.fetch(numbered, *args)

    async def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """One statement for many rows, inside a transaction."""
        if isinstance(self.engine, KeptSQLiteEngine):
            self.engine.on_writer_many(sql, list(rows))
        else:
            connection = self.engine.current_transaction.get().connection
            await connection.executemany(_numbered(sql), list(rows))


@lru_cache(maxsize=1024)
def _numbered(sql: str) -> str:
    """`?` marks as PostgreSQL's `$1`. Lists of values make as many texts as they have lengths, so not all are kept."""
    first, *parts = sql.split("?")
    return first + "".join(f"${n}{part}" for n, part in enumerate(parts, 1))


def _engine(url: str) -> KeptSQLiteEngine | PooledPostgresEngine:
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        return KeptSQLiteEngine(url.removeprefix("sqlite:///"))
    if url.startswith(("postgresql://", "postgres://")):
        return PooledPostgresEngine(config=_postgres_config(url))
    raise UnknownDatabase("DATABASE_URL must begin with sqlite:/// or postgresql://")


def _postgres_config(url: str) -> dict[str, Any]:
    """asyncpg reads the address itself; Piccolo only wants to know the database's name."""
    return {"dsn": url, "database": unquote(urlsplit(url).path.lstrip("/"))}


def is_unreachable(error: Exception) -> bool:
    """Whether the database itself cannot be used, as against what was asked of it."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in UNUSABLE
    return isinstance(error, REFUSED)
