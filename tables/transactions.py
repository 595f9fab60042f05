"""What transactions of both engines share: one belongs to the task that began it, and to no other."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar, Token
from typing import Any

from piccolo.engine.exceptions import TransactionError


class OwnTask:
    """Piccolo's `current_transaction`, which tasks made inside a transaction would inherit: there it is an error.

    Otherwise such a task would write into somebody else's transaction, or, when that is over, into none at all.
    """

    __slots__ = ("_var",)

    def __init__(self, var: ContextVar):
        self._var = var

    def get(self) -> Any:
        transaction = self._var.get()
        if transaction is not None and transaction.task is not asyncio.current_task():
            raise TransactionError("This task was made inside a transaction of another: make it before or after.")
        return transaction

    def set(self, transaction: Any) -> Token:
        return self._var.set(transaction)

    def reset(self, token: Token) -> None:
        self._var.reset(token)
