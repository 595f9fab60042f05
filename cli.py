"""What an operator may type: `portal --help`. What each command does stands in commands.py."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import commands
from settings import SettingsError
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
    print(f"portal: {' '.join(str(error).split()) or type(error).__name__}", file=sys.stderr)
    return 1


def _is_expected(error: Exception) -> bool:
    """What an operator can mend is one line; anything else is a mistake of ours and keeps its traceback."""
    from tables.comparing import BackupFailed
    from tables.database import UnknownDatabase, is_unreachable
    from tables.installation import Unfit
    from tables.migrate import SchemaError
    from tables.sealing import MissingKey

    ours = (Unfit, SchemaError, MissingKey, UnknownDatabase, BackupFailed, OSError)
    return isinstance(error, ours) or is_unreachable(error)


class _Parser(argparse.ArgumentParser):
    """A wrong argument is answered by one line."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}. See: {self.prog} --help", file=sys.stderr)
        sys.exit(2)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="portal", description=__doc__.split(":")[0] + ".", epilog=ENVIRONMENT,
                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    names = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Parser)

    def group(name: str, words: str):
        one = names.add_parser(name, help=words[0].lower() + words[1:], description=f"{words}.")
        return one.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Parser)

    def add(name: str, command: Callable, words: str, within=names) -> argparse.ArgumentParser:
        one = within.add_parser(name, help=words[0].lower() + words[1:], description=f"{words}.")
        one.set_defaults(command=command)
        return one

    one = add("demo", commands.demo, "Make the demo clinic, once, and print its people's sign-ins")
    one.add_argument("--cast-json", action="store_true", help="print the people as JSON, for scripts")
    one.add_argument("--if-missing", action="store_true", help="print nothing when the demo is already there")
    one.add_argument("--code", metavar="USERNAME", help="print the code that this person's authenticator app shows now")
    one = add("serve", commands.serve, "Serve the portal")
    one.add_argument("--port", type=_port, help="instead of PORT (8000)")
    one.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    one.add_argument("--reload", action="store_true", help="start again when the code changes")
    add("migrate", commands.migrate, "Make the database, or bring it up to this release")

    one = add("import", commands.import_fhir, "Bring in FHIR R4 resources: files, folders, bundles, NDJSON")
    one.add_argument("path", nargs="+", type=Path, metavar="PATH")
    one.add_argument("--source", default="", help="the feed's name (default: the server that the resources name)")
    one.add_argument("--report", type=Path, metavar="FILE", help="write what became of every resource, as JSON")

    codes = group("code", "The codes with which patients make their login")
    one = add("issue", commands.issue_code, "Make a new code for a record", codes)
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("--record", metavar="REF", help="the record's ref, as in its address")
    which.add_argument("--number", metavar="N", help="the clinic's record number, or the patient's id in the feed")
    one.add_argument("--birth", metavar="YYYY-MM-DD", help="refuse when the record says another birth date")

    audit = group("audit", "Who looked and who did")
    add("verify", commands.verify_audit, "Read all chains again and name the first row that is not as it was written", audit)

    one = add("outbox", commands.outbox, "List what was or would be sent, in words")
    one.add_argument("--most", type=_count, default=50, help="how many, newest first (50)")
    add("doctor", commands.doctor, "Look at everything that may ail an installation")
    one = add("backup", commands.back_up, "Copy the database into a file that is restored elsewhere and compared")
    one.add_argument("file", type=Path, metavar="FILE")
    one = add("restore", commands.restore, "Put a backup in the database's place")
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("--replace", action="store_true", help="set aside the database that is there")

    keys = group("keys", "What seals secrets, messages and files")
    add("new", commands.new_keys, "Make the keys, or a newer one; the portal needs a restart", keys)
    add("rotate", commands.rotate_keys, "Seal everything anew under the newest key; goes on where it was cut", keys)
    add("worker", commands.work, "Do jobs and send letters beside the web process")
    return parser


def _count(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 10,000")
    return int(text)


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65_536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
