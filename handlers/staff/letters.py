"""What waits for paper, on the front desk's side: who, since when; the letter itself; that it is printed."""

from __future__ import annotations

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from access.vocabulary import Duty, staff
from acts.letters import note_printed
from forms.letters import PrintedForm
from handlers.forms import read_form
from handlers.frame import Notice
from handlers.refs import parse_ref
from handlers.respond import in_form, render, see_other
from jobs.outbox import read_now
from pages.letters import EnvelopePage, envelope_of, letters_page
from words.gettext import N_, Later

ACCESS, DONE = staff(Duty.FRONT_DESK), "/staff/letters?done=printed"
PRINTED = N_("It is written down as printed. Put it into the post.")


@get("/staff/letters", access=ACCESS)
async def letters(request: Request) -> Response:
    notice = Notice("good", Later(PRINTED)) if request.query_params.get("done") == "printed" else None
    return await render(request, await letters_page(request.state.grant), "letters/index.html", notice=notice)


@get("/staff/letters/{account:str}", access=ACCESS)
async def letter(request: Request, account: FromPath[str]) -> Response:
    asked = parse_ref(account, ("pdf",))
    page = await _page(request, asked.ref)
    return await in_form(request, page, asked.form, "letters/show.html", "letter")


async def _page(request: Request, account: str) -> EnvelopePage | None:
    """None where nothing waits that is still the reader's to know."""
    envelope = await envelope_of(request.state.grant, account)
    if envelope is None:
        return None
    read, _gone = await read_now(request.app.state.house, envelope.rows)
    return EnvelopePage(envelope, tuple(read.values()), request.state.grant.now) if read else None


@post("/staff/letters/{account:str}/printing", access=ACCESS)
async def printed(request: Request, account: FromPath[str]) -> Response:
    """What came since the letter was opened stays in the list."""
    form, envelope = read_form(request, PrintedForm), await envelope_of(request.state.grant, parse_ref(account).ref)
    rows = [row for row in envelope.rows if form.covers(row["made_at"])] if envelope else []
    read, gone = await read_now(request.app.state.house, rows)
    # Who finds that somebody was faster puts nothing into the post.
    outcome = DONE if envelope else "/staff/letters"
    await note_printed(request.state.grant, list(read), gone, form.sending, outcome)
    return see_other(request, outcome)


ALONE = (letters, letter, printed)
