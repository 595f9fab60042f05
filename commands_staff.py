"""What `portal staff …` does: the clinic's staff, as the operator makes, changes and ends them."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

from commands import house_of
from settings import Settings
from terminal import CommandFailed, shown, table

REFUSALS = {
    "taken": "The user name {username} is taken. Choose another.",
    "unknown": "No member of staff has the user name {username}.",
    "whole": "{username} has a password and an app already. With --reset both end, and they begin anew with a code.",
    "disabled": "{username} is disabled.",
    "enabled": "{username} is not disabled.",
    "held": "{username} has that duty already.",
    "without": "{username} does not have that duty.",
    "everywhere": "{username} has that duty at every site. Remove it, then add it for the sites that stay.",
    "login": "No patient login has the user name {login}.",
    "linked": "The login {login} is said to be another member of staff's. Run it with --none for that one first.",
}
STATES = {
    "added": "not set up, and no code", "enrolling": "app not set up", "active": "active", "disabled": "disabled",
    "frozen": "frozen",
}  # fmt: skip


def add(arguments: argparse.Namespace) -> int:
    async def body(house, grant, acts) -> None:
        sites = await _sites(house, arguments.site)
        duties = list(dict.fromkeys(arguments.duty))
        issued = await acts.add_staff(grant, arguments.name, arguments.username, duties, sites)
        print(f"{shown(arguments.name)} has an account to set up: {_duties(await _held_by(house, issued.username))}.")
        _print_code(house, issued)

    return _run(body, arguments)


def code(arguments: argparse.Namespace) -> int:
    async def body(house, grant, acts) -> None:
        _print_code(house, await acts.new_code(grant, arguments.username, arguments.reset))

    return _run(body, arguments)


def duty(arguments: argparse.Namespace) -> int:
    async def body(house, grant, acts) -> None:
        sites = await _sites(house, arguments.site)
        act = acts.give_duty if arguments.add else acts.end_duty
        done = await act(grant, arguments.username, arguments.add or arguments.remove, sites)
        print(f"{done.username}: {_duties(await _held_by(house, done.username))}. This holds at the next click.")

    return _run(body, arguments)


def link(arguments: argparse.Namespace) -> int:
    async def body(house, grant, acts) -> None:
        done = await acts.link(grant, arguments.username, arguments.login or "")
        kept = f"is the same person as {arguments.login}, and opens none of what that login sees"
        print(f"{done.username} {kept if arguments.login else 'has no patient login here'}. This holds at the next click.")

    return _run(body, arguments)


def disable(arguments: argparse.Namespace) -> int:
    async def body(house, grant, acts) -> None:
        done = await acts.disable(grant, arguments.username)
        print(f"{done.username} is disabled, and signed out everywhere at the next click.")

    return _run(body, arguments)


def enable(arguments: argparse.Namespace) -> int:
    async def body(house, grant, acts) -> None:
        done = await acts.enable(grant, arguments.username)
        how = "may sign in anew" if done.state == "active" else f"needs a code: portal staff code --username {done.username}"
        print(f"{done.username} is enabled, and {how}.")

    return _run(body, arguments)


def show(arguments: argparse.Namespace) -> int:
    async def body(house, grant, acts) -> None:
        rows = [(one.name, one.username, _duties(one.duties), _state(one), one.login or "none", _moment(one.seen_at)) for one in await _staff(house)]
        headings = ("name", "user name", "duties", "state", "own login", "last seen (UTC)")
        print(table(headings, rows) if rows else "There are no staff yet. portal staff add makes an account.")

    return _run(body, arguments)


def _run(body: Callable, arguments: argparse.Namespace) -> int:
    """Opens the house and the system's grant; what an act refuses is one line."""
    from acts import staff as acts

    try:
        asyncio.run(_opened(body, acts))
    except acts.NotDone as refused:
        raise CommandFailed(REFUSALS[refused.reason].format(username=arguments.username, login=getattr(arguments, "login", ""))) from None
    return 0


async def _opened(body: Callable, acts) -> None:
    from access.opening import open_system

    async with house_of(Settings.from_env()) as house:
        await body(house, open_system(house, "staff", house.clock()), acts)


async def _staff(house):
    from pages.staff import staff_of

    return await staff_of(house)


async def _held_by(house, username: str) -> Sequence[tuple[str, str]]:
    return next(one.duties for one in await _staff(house) if one.username == username)


async def _sites(house, names: Sequence[str]) -> list[UUID | None]:
    """None alone, for every site, where none is named."""
    return list(dict.fromkeys([await _site(house, name) for name in names])) or [None]


async def _site(house, name: str) -> UUID:
    from tables.sites import open_sites, sites_called

    found = await sites_called(house.database, name)
    if len(found) == 1:
        return UUID(str(found[0]["id"]))
    there = ", ".join(f"{row['name']} ({row['ref']})" for row in await open_sites(house.database))
    raise CommandFailed(f"{'No site is' if not found else 'Several sites are'} called {name}. There are: {there or 'none'}.")


def _print_code(house, issued) -> None:
    print(
        f"Hand this over yourself, to nobody else. It is shown only now.\n\n"
        f"  Open:      {house.origin}/staff/register\n  User name: {issued.username}\n  Code:      {issued.code}\n\n"
        f"The code works once, until {_moment(issued.ends_at)} UTC. With it they choose a password and set up an app."
    )


def _duties(held: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{duty} at {site or 'every site'}" for duty, site in held) or "no duty"


def _state(one) -> str:
    waits = one.state == "added" and one.code_until
    return f"not set up, code until {_moment(one.code_until)}" if waits else STATES.get(one.state, one.state)


def _moment(moment) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"
