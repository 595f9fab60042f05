"""Connections to a copied PostgreSQL database outlive the test that opened them, as the copy does (`restoring`).

A portal keeps its connections for days. A test lives for a moment, and to connect, to learn the tables and to prepare each
statement anew costs PostgreSQL more than what the test asks.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import asyncpg

from tables.postgres import PooledPostgresEngine

NAME = "kept for the next test"
COPIES = "copy_"
"""How the names begin of the databases that come back as new."""


@dataclass
class Kept:
    """The pools at rest, by the name of their database. All belong to the one loop in which the async tests run."""

    loop: asyncio.AbstractEventLoop
    at_rest: dict[str, list[asyncpg.Pool]] = field(default_factory=dict)

    def take(self, database: str) -> asyncpg.Pool | None:
        pools = self.at_rest.get(database)
        return pools.pop() if pools and asyncio.get_running_loop() is self.loop else None

    def keep(self, database: str, pool: asyncpg.Pool) -> bool:
        """Whether it can stay: nobody has one of its connections."""
        at_rest = pool.get_size() == pool.get_idle_size()
        rests = at_rest and database.startswith(COPIES) and asyncio.get_running_loop() is self.loop
        if rests:
            self.at_rest.setdefault(database, []).append(pool)
        return rests

    def forget(self, database: str) -> None:
        for pool in self.at_rest.pop(database, ()):
            pool.terminate()


KEPT: list[Kept] = []
"""The one of this process, from its first async test on."""


def forget(address: str) -> None:
    """The database of this address is about to be dropped."""
    for kept in KEPT:
        kept.forget(_database(address))


def keep_pools(loop: asyncio.AbstractEventLoop) -> Kept:
    """Has every PostgreSQL engine of this process use what is at rest, until `release_pools`."""
    kept = Kept(loop)
    KEPT.append(kept)
    PooledPostgresEngine.start_connection_pool, PooledPostgresEngine.close_connection_pool = _start, _close
    return kept


async def release_pools(kept: Kept) -> None:
    KEPT.remove(kept)
    PooledPostgresEngine.start_connection_pool, PooledPostgresEngine.close_connection_pool = REAL
    for database in list(kept.at_rest):
        kept.forget(database)


REAL = PooledPostgresEngine.start_connection_pool, PooledPostgresEngine.close_connection_pool


async def _start(engine: PooledPostgresEngine, **options) -> None:
    engine.pool = next(filter(None, (kept.take(_database(engine.config["dsn"])) for kept in KEPT)), None)
    if engine.pool is None:
        options["server_settings"] = options.get("server_settings", {}) | {"application_name": NAME}
        await REAL[0](engine, **options)


async def _close(engine: PooledPostgresEngine) -> None:
    await _count(engine.pool)
    if any(kept.keep(_database(engine.config["dsn"]), engine.pool) for kept in KEPT):
        engine.pool = None
    else:
        await REAL[1](engine)


async def _count(pool: asyncpg.Pool) -> None:
    """A session that goes on tells what it wrote from time to time: now, since what was written to is filled anew."""
    if pool.get_size() == pool.get_idle_size():
        connections = [await pool.acquire() for _ in range(pool.get_size())]
        for connection in connections:
            await connection.execute("SELECT pg_stat_force_next_flush()")
            await pool.release(connection)


def _database(address: str) -> str:
    return urlsplit(address).path.lstrip("/")
