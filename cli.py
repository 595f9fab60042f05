"""The operator's commands: `portal --help`. Each reads its arguments here and does its work in the room it belongs to."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NoReturn

from settings import Settings, SettingsError, new_key_line
from terminal import CommandFailed


ENVIRONMENT = """\
settings (environment):
  PORTAL_DATA      folder of the database and the keys (var)
  DATABASE_URL     sqlite:////path/to/file or postgresql://user:password@host/name
  PORTAL_ORIGIN    where people reach the portal, such as https://portal.example.org
  PORT             the port to listen on (8000)

Exit codes: 0 done, 1 not possible (one line says why), 2 a wrong argument.
"""


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    try:
        return arguments.command(arguments) or 0
    except (SettingsError, CommandFailed) as error:
        return _failed(error)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if _is_expected(error):
            return _failed(error)
        raise


def _failed(error: Exception) -> int:
    print(f"portal: {error}", file=sys.stderr)
    return 1


def _is_expected(error: Exception) -> bool:
    """What an operator can mend is one line; anything else is a mistake of ours and keeps its traceback."""
    from tables.database import UnknownDatabase
    from tables.installation import Unfit
    from tables.migrate import SchemaError
    from tables.sealing import MissingKey

    return isinstance(error, (Unfit, SchemaError, MissingKey, UnknownDatabase))


@asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator:
    """The database, made when there is none, whatever state its tables are in."""
    from starting import check_file
    from tables.database import Database
    from tables.installation import make_private_file

    make_private_file(settings.database_url)
    check_file(settings)
    database = await Database(settings.database_url).open()
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def house_of(settings: Settings) -> AsyncIterator:
    """The installation, opened as the portal opens it; its audit chain is closed at the end."""
    import starting
    from tables.installation import refuse_missing_file

    refuse_missing_file(settings.database_url)
    house = await starting.open_house(settings, starting.make_house(settings))
    try:
        yield house
    finally:
        await starting.close_house(house)


def demo(arguments: argparse.Namespace) -> int:
    from seeds.demo import cast_json, sign_ins

    _make_missing_keys(os.environ)
    made = asyncio.run(_make_demo(Settings.from_env()))
    if arguments.cast_json:
        print(cast_json())
    elif made or not arguments.if_missing:
        print(sign_ins())
    return 0


async def _make_demo(settings: Settings) -> bool:
    """True when there was something to make."""
    from access.house import utc_now
    from seeds.planting import is_planted
    from tables.installation import mark
    from tables.migrate import migrate

    async with database_of(settings) as database:
        await migrate(database, utc_now())
        await mark(database, True, utc_now())
        if await is_planted(database):
            return False
    from seeds.planting import plant

    async with house_of(settings) as house:
        await plant(house, utc_now())
    return True


def _make_missing_keys(environ) -> None:
    """Fresh keys beside the database, readable by their owner alone; what is there is never replaced."""
    folder = Path(environ.get("PORTAL_DATA", "var")).resolve()
    for name, file in (("PORTAL_KEYS", folder / "keys"), ("PORTAL_AUDIT_KEY", folder / "audit-key")):
        if not environ.get(name) and not environ.get(f"{name}_FILE") and not file.exists():
            _write_key(file)


def _write_key(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as out:
        out.write(new_key_line() + "\n")


def migrate(arguments: argparse.Namespace) -> int:
    names = asyncio.run(_migrate(Settings.from_env()))
    print("\n".join(f"applied {name}" for name in names) or "The database is up to date.")
    return 0


async def _migrate(settings: Settings) -> list[str]:
    from access.house import utc_now
    from tables.installation import demo_mark, mark
    from tables.migrate import migrate

    async with database_of(settings) as database:
        names = await migrate(database, utc_now())
        if await demo_mark(database) is None:
            await mark(database, False, utc_now())
        return names


def serve(arguments: argparse.Namespace) -> int:
    if arguments.port:
        os.environ["PORT"] = str(arguments.port)
    settings = Settings.from_env()
    asyncio.run(_try(settings))
    from serving import run

    run(settings, arguments.host, arguments.reload)
    return 0


async def _try(settings: Settings) -> None:
    """Opens and closes what the portal will open, so that a refusal is one line and not a traceback of the server."""
    async with house_of(settings):
        pass


class _Parser(argparse.ArgumentParser):
    """A wrong argument is answered by one line."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}. See: {self.prog} --help", file=sys.stderr)
        sys.exit(2)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="portal", description=__doc__.split(":")[0] + ".", epilog=ENVIRONMENT,
                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Parser)

    def add(name: str, command: Callable, words: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=words[0].lower() + words[1:], description=f"{words}.")
        one.set_defaults(command=command)
        return one

    one = add("demo", demo, "Make the demo clinic, once, and print its people's sign-ins")
    one.add_argument("--cast-json", action="store_true", help="print the people as JSON, for scripts")
    one.add_argument("--if-missing", action="store_true", help="print nothing when the demo is already there")
    one = add("serve", serve, "Serve the portal")
    one.add_argument("--port", type=_port, help="instead of PORT (8000)")
    one.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    one.add_argument("--reload", action="store_true", help="start again when the code changes")
    add("migrate", migrate, "Make the database, or bring it up to this release")
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65_536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
