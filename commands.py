"""What each of the operator's commands does: reads settings, opens what it needs, works in the room it belongs to, prints."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from keys import add_key, make_missing_keys
from settings import Settings
from terminal import CommandFailed, Progress, table


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
    from seeds.demo import cast_json, current_code, sign_ins

    if arguments.code:
        print(current_code(arguments.code))
        return 0
    make_missing_keys(os.environ)
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


def clinic(arguments: argparse.Namespace) -> int:
    told = {name: value for name in CLINIC if (value := getattr(arguments, name))}
    said = asyncio.run(_clinic(Settings.from_env(), told))
    print("\n".join(f"{name + ':':9}{said[name] or 'not said yet'}" for name in CLINIC))
    return 0


CLINIC = ("name", "phone", "hours", "zone", "address")


async def _clinic(settings: Settings, told: dict[str, str]) -> dict[str, str]:
    from access.opening import open_system
    from acts.clinic import describe_clinic
    from pages.clinic import said_of_clinic

    async with house_of(settings) as house:
        if told and house.demo:
            raise CommandFailed("The demo clinic stays what it is. This is for a clinic's own database.")
        if told:
            await describe_clinic(open_system(house, "clinic", house.clock()), told)
        return await said_of_clinic(house.database)


def serve(arguments: argparse.Namespace) -> int:
    if arguments.port:
        os.environ["PORT"] = str(arguments.port)
    settings = Settings.from_env()
    demo = asyncio.run(_try(settings))
    from serving import refuse_taken_port, run

    practice = demo and not settings.stripe_key
    refuse_taken_port(arguments.host, settings.port)
    if practice:
        refuse_taken_port("127.0.0.1", settings.practice_port, "PORTAL_PRACTICE_PORT")
    run(settings, arguments.host, arguments.reload, practice)
    return 0


async def _try(settings: Settings) -> bool:
    """Whether it is a demo. Opens and closes what the portal will open, so that a refusal is one line and not a traceback of the server."""
    import starting

    async with house_of(settings) as house:
        starting.make_senders(settings, house.demo)
        return house.demo


def import_fhir(arguments: argparse.Namespace) -> int:
    from ehr.reading import NotFhir

    if arguments.report and not arguments.report.parent.is_dir():
        raise CommandFailed(f"There is no folder {arguments.report.parent} for the report. Nothing was imported.")
    try:
        report = asyncio.run(_import(Settings.from_env(), arguments))
    except NotFhir as error:
        raise CommandFailed("; ".join(error.lines)) from None
    print(_import_words(report))
    if arguments.report:
        arguments.report.write_text(json.dumps(report.as_json(), indent=2) + "\n", "utf-8")
    return 0


async def _import(settings: Settings, arguments: argparse.Namespace):
    from access.opening import open_system
    from ehr.collecting import collecting_seldom
    from ehr.importing import import_paths
    from jobs.kinds import after_feed

    async with house_of(settings) as house:
        with Progress("Importing") as progress, collecting_seldom():
            return await import_paths(
                open_system(house, "import", house.clock()), arguments.path, arguments.source,
                report_progress=progress.to, ended=partial(after_feed, house),
            )  # fmt: skip


def _import_words(report) -> str:
    lines = [table(("type", "read", "stored", "unchanged", "withdrawn", "skipped"), report.table())]
    if report.reasons():
        lines += ["", table(("skipped", "because", "times", "such as"), report.reasons())]
    read = f"{report.read:,} resource{'' if report.read == 1 else 's'} of {report.files:,} file{'' if report.files == 1 else 's'}"
    pace = f"{read} in {report.seconds:.1f} s, {report.per_second:,.0f} a second."
    again = " A run that was cut short has been completed." if report.resumed else ""
    return "\n".join([*lines, "", pace + again])


def issue_code(arguments: argparse.Namespace) -> int:
    issued = asyncio.run(_issue_code(Settings.from_env(), arguments))
    print(f"Code: {issued.code}\nIt can be used once, until {issued.ends_at:%Y-%m-%d %H:%M} UTC. Earlier codes no longer work.")
    return 0


async def _issue_code(settings: Settings, arguments: argparse.Namespace):
    from access.opening import open_system
    from acts.desk_code import NotIssued, issue_code
    from ehr.finding import record_named

    async with house_of(settings) as house:
        ref = await record_named(house.database, arguments.record, arguments.number, arguments.birth)
        issued = await issue_code(open_system(house, "desk", house.clock()), ref)
    if isinstance(issued, NotIssued):
        raise CommandFailed(NOT_ISSUED[issued.reason])
    return issued


NOT_ISSUED = {
    "unknown": "There is no such record.",
    "registered": "This record has a login already.",
    "closed": "This record is closed: blocked, merged, or of somebody who died.",
    "birth": "This record has no birth date, and the code is checked against one.",
}


def verify_audit(arguments: argparse.Namespace) -> int:
    from access.verifying import lines_of

    found = asyncio.run(_verify(Settings.from_env()))
    print("\n".join(lines_of(found)))
    return 0 if found.whole else 1


async def _verify(settings: Settings):
    """Opens no chain and closes none: looking must not change what is looked at."""
    from access.verifying import verify
    from tables.installation import refuse_missing_file

    refuse_missing_file(settings.database_url)
    async with database_of(settings) as database:
        with Progress("Checking audit rows") as progress:
            return await verify(database, settings.audit_key, settings.heads_file, progress.to)


def outbox(arguments: argparse.Namespace) -> int:
    from jobs.outbox import lines_of

    print("\n".join(asyncio.run(_outbox(Settings.from_env(), arguments.most, lines_of))))
    return 0


async def _outbox(settings: Settings, most: int, lines_of: Callable) -> list[str]:
    from jobs.outbox import newest

    async with house_of(settings) as house:
        return lines_of(await newest(house, most))


def doctor(arguments: argparse.Namespace) -> int:
    from jobs.doctor import examine

    findings = asyncio.run(_with_house(examine))
    print(table(("", "what", "finding"), [(one.state, one.what, one.words) for one in findings]))
    return 1 if any(one.state == "BAD" for one in findings) else 0


async def _with_house(body: Callable):
    settings = Settings.from_env()
    async with house_of(settings) as house:
        return await body(house, settings)


def back_up(arguments: argparse.Namespace) -> int:
    from jobs.keeping import back_up

    kept = asyncio.run(back_up(Settings.from_env(), arguments.file))
    print(f"{kept.file}: {kept.size:,} bytes, {kept.rows:,} rows in {kept.tables} tables. Restored elsewhere and compared.")
    return 0


def restore(arguments: argparse.Namespace) -> int:
    from jobs.keeping import restore

    kept, aside = asyncio.run(restore(Settings.from_env(), arguments.file, arguments.replace))
    print(f"Restored {kept.rows:,} rows in {kept.tables} tables from {kept.file}.")
    if aside:
        print(f"What was there before is kept as {aside}.")
    return 0


def new_keys(arguments: argparse.Namespace) -> int:
    print("\n".join(add_key(os.environ)))
    return 0


def rotate_keys(arguments: argparse.Namespace) -> int:
    from tables.resealing import reseal

    async def body(house, settings: Settings) -> int:
        with Progress("Sealing anew") as progress:
            return await reseal(house.database, house.keyring, progress.to)

    count = asyncio.run(_with_house(body))
    print(f"{count:,} value(s) got the newest key. Older keys are needed only by older backups.")
    return 0


def work(arguments: argparse.Namespace) -> int:
    from jobs.worker import run_until_stopped

    asyncio.run(_with_house(run_until_stopped))
    return 0
