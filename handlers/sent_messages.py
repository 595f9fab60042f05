"""What the portal wrote to one's own account, so that anybody can check whether a message is real."""

from __future__ import annotations

from litestar import Request, Response, get

from access.vocabulary import ACCOUNT
from handlers.respond import render
from jobs.outbox import read_again
from pages.own_activity import read_from
from pages.sent_messages import Message, SentMessagesPage, sent_rows
from settings import Settings


@get("/account/messages-we-sent", access=ACCOUNT)
async def sent(request: Request) -> Response:
    start = read_from(request.query_params.get("before", ""))
    rows, older = await sent_rows(request.state.grant, start)
    letters = await read_again(request.app.state.house, rows)
    messages = tuple(Message(row, words) for row, words in zip(rows, letters, strict=True))
    page = SentMessagesPage(messages, *senders(request.app.state.settings), start.first, older)
    return await render(request, page, "sent_messages/index.html")


def senders(settings: Settings) -> tuple[str, str]:
    """Where our e-mails come from, and our text messages and calls; "" where there are none."""
    return settings.mail_from, settings.gateway[3] if settings.gateway else ""


ALONE = (sent,)
