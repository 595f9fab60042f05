"""Throw-away databases. One is migrated (and one filled with the demo clinic) once a run; each test has its own copy."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import functools
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.support import pools
from tests.support.restoring import Shelf

HOUSE = Path(__file__).resolve().parents[2]
# A copied database must still open, so every portal under test has the same keys.
TEST_SETTINGS = {
    "PORTAL_KEYS": "a2V5cyBvZiB0aGUgdGVzdHMsIDMyIGJ5dGVzIGxvbmc=",
    "PORTAL_AUDIT_KEY": "YXVkaXQga2V5IG9mIHRlc3RzLCAzMiBieXRlcyBsbmc=",
    "PORTAL_DEVELOPMENT": "1",
    "PORTAL_PASSWORD_MEMORY_KIB": "1024",
    "PORTAL_PASSWORD_PASSES": "1",
    "PORTAL_DATA": tempfile.gettempdir(),
}


RUNS, ALIVE = "plainchart-run-", "alive"
HELD: list = []  # what this process keeps locked to its end


class NotHere(Exception):
    """A program that the tests need is not installed; `bin/setup --tests` installs it."""


@dataclass(frozen=True)
class Sqlite:
    """SQLite files in one folder; a copy is a file copy."""

    folder: Path
    name = "sqlite"

    def create(self, stem: str) -> str:
        return f"sqlite:///{self.folder / stem}-{uuid.uuid4().hex}.sqlite"

    def copy(self, template: str) -> str:
        """A copy of the database at the address `template`, which nobody may be writing to."""
        copied = self.create("copy")
        for ending in ("", "-wal"):
            source = Path(self.path(template) + ending)
            if source.exists():
                shutil.copyfile(source, self.path(copied) + ending)
        os.chmod(self.path(copied), 0o600)
        return copied

    def drop(self, address: str) -> None:
        for ending in ("", "-wal", "-shm"):
            Path(self.path(address) + ending).unlink(missing_ok=True)

    @staticmethod
    def path(address: str) -> str:
        return address.removeprefix("sqlite:///")


@dataclass(frozen=True)
class Postgres:
    """Databases in a PostgreSQL server of our own on a loopback port."""

    port: int
    shelf: Shelf = field(default_factory=Shelf)
    name = "postgresql"

    def create(self, stem: str) -> str:
        database = f"{stem}_{uuid.uuid4().hex}"
        self._say(f'CREATE DATABASE "{database}"')
        return self._address(database)

    def copy(self, template: str) -> str:
        """A copy of the database at the address `template`, which nobody may be connected to."""
        if again := self.shelf.take(template):
            return again
        database = f"copy_{uuid.uuid4().hex}"
        pools.forget(template)
        # FILE_COPY is twice as quick as writing the copy through the log, and safe: nothing here outlives the run.
        self._say(f'CREATE DATABASE "{database}" TEMPLATE "{template.rsplit("/", 1)[1]}" STRATEGY FILE_COPY')
        self.shelf.made(self._address(database), template)
        return self._address(database)

    def drop(self, address: str) -> None:
        forget_files(address)
        if not self.shelf.put_back(address):
            pools.forget(address)
            self._say(f'DROP DATABASE IF EXISTS "{address.rsplit("/", 1)[1]}" WITH (FORCE)')

    def _address(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def _say(self, statement: str) -> None:
        command = [postgres_program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement]
        done = subprocess.run([*command, self._address("postgres")], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{statement}: {done.stderr.strip()}")


def forget_files(address: str) -> None:
    """The heads of an audit, and what the practice processor knows, are named after a database, and a name may be used again."""
    for ending in ("audit-heads.*", "practice*"):
        for file in Path(TEST_SETTINGS["PORTAL_DATA"]).glob(f"{address.rsplit('/', 1)[1]}.{ending}"):
            file.unlink()


@functools.cache
def postgres_program(name: str) -> str:
    """The newest of Debian's PostgreSQL programs of that name; it keeps the server's ones off the PATH."""
    found = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]), reverse=True
    )
    program = str(found[0]) if found else shutil.which(name)
    if not program:
        raise NotHere(f"PostgreSQL's {name} is not installed: run bin/setup --tests")
    return program


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def begin_run() -> Path:
    """The folder of a run, which is locked as long as its first process lives; what runs left that were killed is removed."""
    run = Path(tempfile.mkdtemp(prefix=RUNS))
    HELD.append(open(run / "begun", "w"))
    fcntl.flock(HELD[-1], fcntl.LOCK_EX)
    # Only a file that is locked already bears the name that others look for.
    (run / "begun").rename(run / ALIVE)
    end_killed_runs(run.parent)
    return run


def end_run(run: Path) -> None:
    end_postgres_of_run(run)
    shutil.rmtree(run, ignore_errors=True)
    HELD.pop().close()


def end_killed_runs(place: Path) -> None:
    for alive in place.glob(f"{RUNS}*/{ALIVE}"):
        # It may be held, or another user's, or be of a run that was killed as it wrote.
        with contextlib.suppress(OSError, RuntimeError, ValueError), open(alive) as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            end_postgres_of_run(alive.parent)
            shutil.rmtree(alive.parent, ignore_errors=True)


def postgres_of_run(run: Path) -> Postgres:
    """The server of all processes of a run, whose folder this is; whoever comes first starts it."""
    with only_once(run / "server") as note:
        if not note.exists():
            note.write_text(json.dumps(_started()))
        return Postgres(json.loads(note.read_text())["port"])


def end_postgres_of_run(run: Path) -> None:
    for made in run.glob("postgresql-*.json"):
        forget_files(json.loads(made.read_text())[0])
    if (run / "server").exists():
        folder = Path(json.loads((run / "server").read_text())["folder"])
        if _works_in(folder):
            _of_postgres(folder, "pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _works_in(folder: Path) -> bool:
    """Whether the server of this folder is still there: its number may be another program's by now."""
    with contextlib.suppress(OSError, IndexError):
        number = (folder / "data" / "postmaster.pid").read_text().split()[0]
        return str(folder) in Path(f"/proc/{number}/cmdline").read_text()
    return False


def _as_postgres() -> dict[str, object]:
    """PostgreSQL refuses to run as root, so root runs it as Debian's `postgres` user."""
    if os.getuid():
        return {}
    owner = pwd.getpwnam("postgres")
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _of_postgres(folder: Path, program: str, *arguments: str) -> None:
    # pg_ctl's child would keep a pipe of ours open for ever, so what is said goes into a file.
    with open(folder / "said", "w") as said:
        done = subprocess.run(
            [postgres_program(program), "-D", str(folder / "data"), *arguments],
            cwd=folder, stdout=said, stderr=said, stdin=subprocess.DEVNULL, **_as_postgres(),
        )  # fmt: skip
    if done.returncode:
        log = folder / "log"
        raise RuntimeError(f"{program}: {(folder / 'said').read_text()}\n{log.read_text() if log.exists() else ''}")


def _started() -> dict[str, object]:
    """A server on a loopback port that keeps nothing: the port, and the folder that it writes to."""
    folder, port = Path(tempfile.mkdtemp(prefix="plainchart-pg-")), free_port()
    if become := _as_postgres():
        os.chown(folder, become["user"], become["group"])
    # Nothing is synced: a crash of the machine ends the test run too. `C` sorts as bytes, like SQLite.
    _of_postgres(folder, "initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    settings = {
        "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off",
        "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off", "max_connections": 600,
    }  # fmt: skip
    options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
    _of_postgres(folder, "pg_ctl", "-l", str(folder / "log"), "-w", "-t", "30", "-o", options, "start")
    return {"port": port, "folder": str(folder)}


Server = Sqlite | Postgres


@dataclass
class Templates:
    """The databases that tests copy, each made once a run, at its first use by whichever process comes first."""

    server: Server
    shared: Path
    """A folder of the whole run, where what was made is written down for the other processes."""
    made: dict[str, str] = field(default_factory=dict)
    cast_json: str = ""
    """What `portal demo --cast-json` printed when the demo was made."""

    def migrated(self) -> str:
        """The address of a database with the newest schema and no rows of a clinic."""
        return self._kept("migrated", lambda address: asyncio.run(_migrate(address)))[0]

    def clinic(self) -> str:
        """The address of a database as `portal migrate` leaves it to a clinic."""
        return self._kept("clinic", lambda address: portal(["migrate"], address))[0]

    def demo(self) -> str:
        """The address of a database with the demo clinic and its cast."""
        address, self.cast_json = self._kept("demo", lambda address: portal(["demo", "--cast-json"], address))
        return address

    def _kept(self, name: str, fill: Callable[[str], str | None]) -> tuple[str, str]:
        """Its address, and what filling it printed."""
        if name not in self.made:
            with only_once(self.shared / f"{self.server.name}-{name}.json") as note:
                if not note.exists():
                    address = self.server.create(name)
                    note.write_text(json.dumps([address, fill(address) or ""]))
                self.made[name] = note.read_text()
        address, printed = json.loads(self.made[name])
        return address, printed

    @contextlib.contextmanager
    def copy(self, template: str) -> Iterator[str]:
        address = self.server.copy(template)
        try:
            yield address
        finally:
            self.server.drop(address)


@contextlib.contextmanager
def only_once(note: Path) -> Iterator[Path]:
    """Of all processes of a run one at a time is in here."""
    with open(f"{note}.lock", "w") as line:
        fcntl.flock(line, fcntl.LOCK_EX)
        yield note


async def _migrate(address: str) -> None:
    from tables.database import Database
    from tables.migrate import migrate

    database = await Database(address).open()
    try:
        await migrate(database, datetime.now(UTC))
    finally:
        await database.close()


def portal_environment(database_url: str, **more: str) -> dict[str, str]:
    """The environment of a portal under test: this database, known keys, cheap hashing, no setting of this machine."""
    ours = ("PORTAL_", "PYTEST_", "SMTP_", "DATABASE_URL", "PORT", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"DATABASE_URL": database_url, "PYTHONPATH": str(HOUSE), **TEST_SETTINGS, **more}


def portal(command: list[str], database_url: str, **environ: str) -> str:
    """Runs `portal …` to its end against a database and returns what it printed; an error is an error here."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", *command], cwd=HOUSE, stdin=subprocess.DEVNULL, text=True,
        env=portal_environment(database_url, **environ), capture_output=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"portal {' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout
