"""Piccolo's PostgreSQL engine with a transaction that always gives its connection back.

The stock one keeps the connection, and stays "current" for its task, when COMMIT fails or is cancelled: ten such
moments and the pool is empty.
"""

from __future__ import annotations

import asyncio

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from tables.transactions import OwnTask


class PooledConnection(asyncpg.Connection):
    """Goes back to the pool as it is, but for a transaction that somebody left open, which is rolled back. Nobody here sets
    anything for a whole session, listens, or locks beyond a transaction, and to clean up after that asks the server once
    more for each read."""

    __slots__ = ()

    def get_reset_query(self) -> str:
        return ""


class PooledTransaction(PostgresTransaction):
    """READ COMMITTED. A transaction inside another is refused: use a savepoint."""

    __slots__ = ("task",)

    def __init__(self, engine: PooledPostgresEngine):
        super().__init__(engine=engine, allow_nested=False)
        self.task: asyncio.Task | None = None

    async def __aenter__(self) -> PooledTransaction:
        self.connection = await self.get_connection()
        try:
            self.transaction = self.connection.transaction()
            await self.begin()
        except BaseException:
            await self._give_back()
            raise
        self.task = asyncio.current_task()
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, exception_type, exception, traceback) -> bool:
        try:
            if exception_type is None and not self._committed and not self._rolled_back:
                await self.commit()
            elif exception_type is not None and not self._rolled_back:
                await self.rollback()
        finally:
            self.engine.current_transaction.reset(self.context)
            await self._give_back()
        return False

    async def _give_back(self) -> None:
        """The pool rolls back whatever a connection was in the middle of."""
        if self.engine.pool:
            await self.engine.pool.release(self.connection)
        else:
            await self.connection.close()


class PooledPostgresEngine(PostgresEngine):
    __slots__ = ()

    def __init__(self, config: dict):
        super().__init__(config=config)
        self.current_transaction = OwnTask(self.current_transaction)

    async def check_version(self) -> None:
        """Piccolo would connect while the engine is being made, and write on the screen when nobody answers."""

    async def prep_database(self) -> None:
        """No extension is needed."""

    def transaction(self, *args, **kwargs) -> PooledTransaction:
        return PooledTransaction(self)
