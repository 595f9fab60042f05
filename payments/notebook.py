"""What the practice processor knows, in a small SQLite file of its own: sessions, refunds, and messages to send."""

from __future__ import annotations

import json
import os
import sqlite3

TABLES = """
CREATE TABLE IF NOT EXISTS session (id TEXT PRIMARY KEY, key TEXT UNIQUE, content TEXT);
CREATE TABLE IF NOT EXISTS money_back (id TEXT PRIMARY KEY, charge TEXT, content TEXT);
CREATE TABLE IF NOT EXISTS answered (key TEXT PRIMARY KEY, at REAL, asked TEXT, answer TEXT);
CREATE TABLE IF NOT EXISTS message (number INTEGER PRIMARY KEY, body TEXT, due REAL, tries INTEGER DEFAULT 0, done INTEGER DEFAULT 0);
"""


class Notebook:
    def __init__(self, file: str):
        if file != ":memory:":
            _for_its_owner(file)
        self.rows = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self.rows.executescript(TABLES)

    def get(self, session: str) -> dict | None:
        found = self.rows.execute("SELECT content FROM session WHERE id = ?", (session,)).fetchone()
        return json.loads(found[0]) if found else None

    def add(self, content: dict) -> dict:
        self.rows.execute("INSERT INTO session (id, content) VALUES (?, ?)", (content["id"], json.dumps(content)))
        return content

    def answered(self, key: str, since: float) -> tuple[dict, dict] | None:
        """What was asked with this key, and the first answer, as it was then. Older keys are forgotten."""
        self.rows.execute("DELETE FROM answered WHERE at < ?", (since,))
        found = self.rows.execute("SELECT asked, answer FROM answered WHERE key = ?", (key,)).fetchone()
        return (json.loads(found[0]), json.loads(found[1])) if found else None

    def answer(self, key: str, at: float, asked: dict, answer: dict) -> None:
        self.rows.execute("INSERT INTO answered VALUES (?, ?, ?, ?)", (key, at, json.dumps(asked), json.dumps(answer)))

    def change(self, session: str, was: str, **values) -> dict:
        """Only while its status is still what it was."""
        content = self.get(session)
        if content["status"] == was:
            content |= values
            self.rows.execute("UPDATE session SET content = ? WHERE id = ?", (json.dumps(content), session))
        return content

    def add_refund(self, content: dict) -> dict:
        self.rows.execute("INSERT INTO money_back VALUES (?, ?, ?)", (content["id"], content["payment_intent"], json.dumps(content)))
        return content

    def change_refund(self, content: dict) -> dict:
        self.rows.execute("UPDATE money_back SET content = ? WHERE id = ?", (json.dumps(content), content["id"]))
        return content

    def refunds(self, *, id: str | None = None, charge: str | None = None) -> list[dict]:
        """Newest first: that one, or those of a charge."""
        found = self.rows.execute("SELECT content FROM money_back WHERE id = ? OR charge = ? ORDER BY rowid DESC", (id, charge))
        return [json.loads(row[0]) for row in found]

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


def _for_its_owner(file: str) -> None:
    """Like the database that it stands beside; SQLite gives its other files the mode of the first."""
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    os.chmod(file, 0o600)
