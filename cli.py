"""What an operator may type: `portal --help`. What each command does stands in commands.py."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import commands
import commands_staff
from settings import SettingsError
from terminal import CommandFailed, shown

ENVIRONMENT = """\
settings (environment; docs/operating.md has them all):
  PORTAL_DATA      folder of the database and the keys (var)
  DATABASE_URL     sqlite:////path/to/file or postgresql://user:password@host/name
  PORTAL_ORIGIN    where people reach the portal, such as https://portal.example.org
  PORT             the port to listen on (8000)

Exit codes: 0 done, 1 not possible (one line says why), 2 a wrong argument.
"""
DUTIES = "frontdesk, clinician, billing, support, privacy or admin"
ABOUT = "Plainchart, a patient portal. Here is what its operator may do."


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
    print(f"portal: {shown(' '.join(_words(error).split())) or type(error).__name__}", file=sys.stderr)
    return 1


def _words(error: Exception) -> str:
    of_file = isinstance(error, OSError) and error.filename and error.strerror
    return f"{error.filename}: {error.strerror}." if of_file else str(error)


def _is_expected(error: Exception) -> bool:
    """What an operator can mend is one line; anything else is a mistake of ours and keeps its traceback."""
    from notices import WrongAddress
    from tables.comparing import BackupFailed
    from tables.database import UnknownDatabase, is_unreachable
    from tables.installation import Unfit
    from tables.migrate import SchemaError
    from tables.sealing import MissingKey

    ours = (Unfit, SchemaError, MissingKey, UnknownDatabase, BackupFailed, WrongAddress, OSError)
    return isinstance(error, ours) or is_unreachable(error)


class _Parser(argparse.ArgumentParser):
    """A wrong argument is answered by one line."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}. See: {self.prog} --help", file=sys.stderr)
        sys.exit(2)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="portal", description=ABOUT, epilog=ENVIRONMENT,
                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    names = _names(parser)
    for part in (_serving, _records, _staff, _looking, _keeping):
        part(names)
    return parser


def _names(parser: argparse.ArgumentParser):
    return parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Parser)


def _add(names, name: str, words: str, command: Callable | None = None) -> argparse.ArgumentParser:
    one = names.add_parser(name, help=words[0].lower() + words[1:], description=f"{words}.")
    one.set_defaults(**({"command": command} if command else {}))
    return one


def _serving(names) -> None:
    one = _add(names, "demo", "Make the demo clinic, once, and print its people's sign-ins", commands.demo)
    one.add_argument("--cast-json", action="store_true", help="print the people as JSON, for scripts")
    one.add_argument("--if-missing", action="store_true", help="print nothing when the demo is already there")
    one.add_argument("--code", metavar="USERNAME", help="print the code that this person's authenticator app shows now")
    one = _add(names, "serve", "Serve the portal", commands.serve)
    one.add_argument("--port", type=_port, help="instead of PORT (8000)")
    one.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
    one.add_argument("--reload", action="store_true", help="start again when the code changes")
    _add(names, "migrate", "Make the database, or bring it up to this release", commands.migrate)
    words = "Say the clinic's name, phone, hours, time zone and address; without options, show what is said"
    one = _add(names, "clinic", words, commands.clinic)
    one.add_argument("--name", type=_said, help="as patients know it")
    one.add_argument("--phone", type=_phone, help="where patients may ask")
    one.add_argument("--hours", type=_said, help="when somebody answers, such as 'Monday to Friday, 8 am to 5 pm'")
    one.add_argument("--zone", type=_zone, help="the time zone of its days, such as America/Chicago; say it before an import")
    one.add_argument("--address", type=_said, help="where it is, in one line")
    _add(names, "worker", "Do jobs and send letters beside the web process", commands.work)


def _records(names) -> None:
    one = _add(names, "import", "Bring in FHIR R4 resources: files, folders, bundles, NDJSON", commands.import_fhir)
    one.add_argument("path", nargs="+", type=Path, metavar="PATH")
    one.add_argument("--source", type=_source, default="", help="the feed's name (default: the server that the resources name)")
    one.add_argument("--report", type=Path, metavar="FILE", help="write what became of every resource, as JSON")
    codes = _names(_add(names, "code", "The codes with which patients make their login"))
    one = _add(codes, "issue", "Make a new code for a record", commands.issue_code)
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("--record", metavar="REF", help="the record's ref, as in its address, or the patient's id in the feed")
    which.add_argument("--number", metavar="N", help="the clinic's record number, or the patient's id in the feed")
    one.add_argument("--birth", type=_birth, metavar="YYYY-MM-DD", help="refuse when the record says another birth date")


def _staff(names) -> None:
    staff = _names(_add(names, "staff", "Who works here: their accounts and duties"))
    one = _add(staff, "add", "Make an account, and print the code with which its owner sets it up", commands_staff.add)
    one.add_argument("--name", type=_said, required=True, help="as colleagues and patients read it")
    one.add_argument("--username", type=_username, required=True, help="with which they sign in")
    one.add_argument("--duty", type=_duty, required=True, action="append", help=f"{DUTIES}; may be given again")
    _add_sites(one)
    _add(staff, "list", "List all, with duties and when they were last here", commands_staff.show)
    one = _of_one(staff, "code", "Make a new code for who has not set up the account", commands_staff.code)
    one.add_argument("--reset", action="store_true", help="of an account in use too: password, app and sessions end")
    one = _of_one(staff, "duty", "Give a duty, or end one; at the next click it is so", commands_staff.duty)
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("--add", type=_duty, metavar="DUTY", help=DUTIES)
    which.add_argument("--remove", type=_duty, metavar="DUTY", help="everywhere, or at the sites that are named")
    _add_sites(one)
    one = _of_one(staff, "link", "Say which patient login is the same person's: what that one sees, they never open at work", commands_staff.link)
    which = one.add_mutually_exclusive_group(required=True)
    which.add_argument("--login", type=_username, metavar="USERNAME", help="with which they sign in as a patient or a helper")
    which.add_argument("--none", action="store_true", help="they have no such login, or not this one")
    _of_one(staff, "disable", "Shut somebody out at the next click", commands_staff.disable)
    _of_one(staff, "enable", "Let somebody sign in again who was disabled", commands_staff.enable)


def _of_one(names, name: str, words: str, command: Callable) -> argparse.ArgumentParser:
    one = _add(names, name, words, command)
    one.add_argument("--username", type=_username, required=True, help="whose account")
    return one


def _add_sites(one: argparse.ArgumentParser) -> None:
    one.add_argument("--site", type=_said, action="append", default=[], help="its name (default: every site); may be given again")


def _looking(names) -> None:
    audit = _names(_add(names, "audit", "Who looked and who did"))
    words = "Read all chains again and name the first row that is not as it was written"
    _add(audit, "verify", words, commands.verify_audit)
    one = _add(names, "outbox", "List what was or would be sent, in words", commands.outbox)
    one.add_argument("--most", type=_count, default=50, help="how many, newest first (50)")
    _add(names, "doctor", "Look at everything that may ail an installation", commands.doctor)


def _keeping(names) -> None:
    words = "Copy the database into a file that is restored elsewhere and compared"
    _add(names, "backup", words, commands.back_up).add_argument("file", type=Path, metavar="FILE")
    one = _add(names, "restore", "Put a backup in the database's place", commands.restore)
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("--replace", action="store_true", help="set aside the database that is there")
    keys = _names(_add(names, "keys", "What seals secrets, messages and files"))
    _add(keys, "new", "Make the keys, or a newer one; the portal needs a restart", commands.new_keys)
    _add(keys, "rotate", "Seal everything anew under the newest key; goes on where it was cut", commands.rotate_keys)


def _said(text: str) -> str:
    if not text.strip() or not text.isprintable() or len(text) > 200:
        raise argparse.ArgumentTypeError("one line of at most 200 letters is needed")
    return " ".join(text.split())


def _phone(text: str) -> str:
    if not re.fullmatch(r"\+?[0-9 ().-]{3,30}", text) or not re.search("[0-9]{3}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no phone number such as (555) 555-0142")
    return text.strip()


def _zone(text: str) -> str:
    from zoneinfo import available_timezones

    if text not in available_timezones():
        raise argparse.ArgumentTypeError(f"{text!r} is no time zone such as America/Chicago")
    return text


def _username(text: str) -> str:
    from identity.usernames import is_allowed, username_key

    if not is_allowed(text) or not username_key(text):
        raise argparse.ArgumentTypeError("3 to 64 letters and figures are needed, without spaces; . _ - + @ are allowed")
    return text


def _duty(text: str):
    from access.vocabulary import Duty

    if text not in tuple(Duty):
        raise argparse.ArgumentTypeError(f"{text!r} is no duty. Choose {DUTIES}")
    return Duty(text)


def _source(text: str) -> str:
    """Times that the clinic makes here have a source of their own (tables/bookings.py)."""
    if text == "portal":
        raise argparse.ArgumentTypeError("is the name of what is made here. Choose another")
    return text


def _birth(text: str) -> str:
    """As the record says it; of some people only the year or the month is known."""
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 1984-03-09")
    return text


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
