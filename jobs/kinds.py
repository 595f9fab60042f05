"""Every kind of job and what does it. A job decides access anew when it runs, and may run twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from access.house import House
from acts.asked_code import SEND
from acts.bookings import REMIND
from acts.hours import MAKE
from acts.desk_payments import CHECK_REFUND
from acts.payments import CHECK
from identity.recovery import EVERYTHING, OPEN, PASSWORD, USERNAME
from jobs.bills import BILLS, bills_of_feed, feed_bills
from jobs.bookings import BOOKINGS, bookings_of_feed, feed_bookings
from jobs.hours import make_slots
from jobs.job import Job
from jobs.news import FEED, RECORD, feed_news, record_news, tell_of_feed
from jobs.payments import check_payment, check_refund
from jobs.recovery import open_recovery, send_letter_link, send_reset, send_username
from jobs.registration import send_code
from jobs.reminders import remind
from jobs.sharing import ask_again
from payments.checkout import Processor
from tables.sharing import REVIEW

Kind = Callable[[House, Job, datetime], Awaitable[None]]

KINDS: dict[str, Kind] = {
    FEED: feed_news, RECORD: record_news, BILLS: feed_bills, BOOKINGS: feed_bookings, REMIND: remind, MAKE: make_slots,
    REVIEW: ask_again, SEND: send_code, USERNAME: send_username, PASSWORD: send_reset, EVERYTHING: send_letter_link, OPEN: open_recovery,
}


def kinds_with(processor: Processor | None) -> dict[str, Kind]:
    """With what asks the processor, where there is one."""
    asking = {CHECK: check_payment, CHECK_REFUND: check_refund}
    return KINDS | ({kind: partial(work, processor) for kind, work in asking.items()} if processor else {})


async def after_feed(house: House, since: datetime) -> None:
    """What follows an import, in the transaction that ends it."""
    await tell_of_feed(house, since)
    await bills_of_feed(house, since)
    await bookings_of_feed(house, since)
