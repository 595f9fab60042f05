"""What the practice processor knows, in a small SQLite file of its own: sessions, refunds, and messages to send."""

from __future__ import annotations

import json
import secrets
import sqlite3

TABLES = """
CREATE TABLE IF NOT EXISTS session (id TEXT PRIMARY KEY, key TEXT UNIQUE, content TEXT);
CREATE TABLE IF NOT EXISTS refund (key TEXT PRIMARY KEY, charge TEXT, amount INTEGER, content TEXT);
CREATE TABLE IF NOT EXISTS message (number INTEGER PRIMARY KEY, body TEXT, due REAL, tries INTEGER DEFAULT 0, done INTEGER DEFAULT 0);
"""


class Notebook:
    def __init__(self, file: str):
        self.rows = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self.rows.executescript(TABLES)

    def get(self, session: str) -> dict | None:
        found = self.rows.execute("SELECT content FROM session WHERE id = ?", (session,)).fetchone()
        return json.loads(found[0]) if found else None

    def add(self, key: str, session: str, content: dict) -> dict:
        """The one that this key made first."""
        self.rows.execute("INSERT OR IGNORE INTO session VALUES (?, ?, ?)", (session, key, json.dumps(content)))
        return json.loads(self.rows.execute("SELECT content FROM session WHERE key = ?", (key,)).fetchone()[0])

    def change(self, session: str, was: str, **values) -> dict:
        """Only while its status is still what it was."""
        content = self.get(session)
        if content["status"] == was:
            content |= values
            self.rows.execute("UPDATE session SET content = ? WHERE id = ?", (json.dumps(content), session))
        return content

    def refund(self, key: str, charge: str, amount: int) -> dict | None:
        """None where more would be given back than was paid."""
        before = self.rows.execute("SELECT content FROM refund WHERE key = ?", (key,)).fetchone()
        if before:
            return json.loads(before[0])
        back = self.rows.execute("SELECT COALESCE(SUM(amount), 0) FROM refund WHERE charge = ?", (charge,)).fetchone()[0]
        paid = next((one["amount_total"] for one in self.sessions() if one["payment_intent"] == charge), 0)
        if amount < 1 or back + amount > paid:
            return None
        one = {"id": f"re_test_{secrets.token_hex(12)}", "object": "refund", "status": "succeeded", "amount": amount,
               "payment_intent": charge}  # fmt: skip
        self.rows.execute("INSERT INTO refund VALUES (?, ?, ?, ?)", (key, charge, amount, json.dumps(one)))
        return one

    def sessions(self) -> list[dict]:
        return [json.loads(row[0]) for row in self.rows.execute("SELECT content FROM session")]

    def message(self, body: str, due: float) -> None:
        self.rows.execute("INSERT INTO message (body, due) VALUES (?, ?)", (body, due))

    def due(self, now: float) -> list[tuple[int, str, int]]:
        return self.rows.execute(
            "SELECT number, body, tries FROM message WHERE done = 0 AND due <= ? ORDER BY due, number LIMIT 20", (now,)
        ).fetchall()

    def told(self, number: int, done: bool, again_at: float) -> None:
        self.rows.execute(
            "UPDATE message SET done = ?, tries = tries + 1, due = ? WHERE number = ?", (int(done), again_at, number)
        )

    def close(self) -> None:
        self.rows.close()
