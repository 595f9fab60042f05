"""What waits for paper, on the front desk's side: who, since when; the letter itself; that it is printed."""

from __future__ import annotations

from uuid import UUID

from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from access.vocabulary import Duty, staff
from acts.letters import note_printed
from acts.printed_codes import Made, make_code
from forms.letters import CodedForm, PrintedForm
from handlers.forms import read_form
from handlers.frame import Notice
from handlers.refs import form_of, parse_ref
from handlers.respond import in_form, render, see_other
from jobs.outbox import read_now
from pages.letters import Envelope, EnvelopePage, coded_in, envelope_of, letters_page, opened_letter
from words.gettext import N_, Later

ACCESS, DONE = staff(Duty.FRONT_DESK), "/staff/letters?done=printed"
OFTEN = N_("This letter was opened five times today. Open it again tomorrow, or hand a code over at the desk.")
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
    read, _gone = await read_now(request.app.state.house, envelope.plain)
    coded = await coded_in(request.state.grant, envelope)
    return EnvelopePage(envelope, tuple(read.values()), coded, request.state.grant.now) if read or coded else None


@post("/staff/letters/{account:str}/code", access=ACCESS)
async def make(request: Request, account: FromPath[str]) -> Response:
    """Nothing is made by looking: opening a letter for printing is pressing a button."""
    form, ref = read_form(request, CodedForm), parse_ref(account).ref
    outcome = await make_code(request.state.grant, ref, form.letter.data or "", form.sending)
    if isinstance(outcome, Made):
        return see_other(request, outcome.outcome)
    page = await _page(request, ref)
    if page is None:
        return see_other(request, "/staff/letters")
    notice = Notice("bad", Later(OFTEN)) if outcome.reason == "often" else None
    return await render(request, page, "letters/show.html", status=422, notice=notice)


@get(["/staff/letters/{account:str}/paper", "/staff/letters/{account:str}/paper.pdf"], access=ACCESS)
async def coded(request: Request, account: FromPath[str]) -> Response:
    ref, form = parse_ref(account).ref, form_of(request.url.path)
    page = await opened_letter(request.state.grant, ref, request.query_params.get("letter", ""))
    return await in_form(request, page, form, "letters/code.html", "letter")


@post("/staff/letters/{account:str}/printing", access=ACCESS)
async def printed(request: Request, account: FromPath[str]) -> Response:
    """What came since the letter was opened stays in the list."""
    form, envelope = read_form(request, PrintedForm), await envelope_of(request.state.grant, parse_ref(account).ref)
    done, gone = await _ended(request, envelope, form) if envelope else ([], [])
    # Who finds that somebody was faster puts nothing into the post.
    outcome = DONE if envelope else "/staff/letters"
    await note_printed(request.state.grant, done, gone, form.sending, outcome)
    return see_other(request, outcome)


async def _ended(request: Request, envelope: Envelope, form: PrintedForm) -> tuple[list[UUID], list[UUID]]:
    """What went into the envelope, and what is no longer its reader's to know. A letter with a code that nobody opened waits."""
    plain = [row for row in envelope.plain if form.covers(row["made_at"])]
    letters, gone = await read_now(request.app.state.house, plain)
    read = list(letters)
    coded = {one.event: one for one in await coded_in(request.state.grant, envelope)}
    for row in envelope.rows:
        one = coded.get(row["event"])
        if one and form.covers(row["made_at"]) and (one.problem or one.printed):
            (read if one.printed else gone).append(row["id"])
    return read, gone


ALONE = (letters, letter, make, coded, printed)
