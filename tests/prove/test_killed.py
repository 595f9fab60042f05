"""Fifty times `kill -9` at a random moment under load: nothing acknowledged is lost and no hand is needed (N= rounds)."""

from __future__ import annotations

import os
from functools import partial

from tests.support.load import killed_rounds, nothing_is_missing
from tests.support.load_paying import every_payment_is_settled

ROUNDS = int(os.environ.get("PROVE_N") or 50)


async def test_nothing_acknowledged_is_missing_after_fifty_kills(demo_url, make_settings):
    settings = make_settings(demo_url)
    people = await killed_rounds(settings, ROUNDS, partial(nothing_is_missing, settings))
    paid, asked = await every_payment_is_settled(settings)
    print(f"\n{paid:,} payments were settled, {asked:,} of them by asking.")
    print(f"\n{ROUNDS} kills: {sum(busy.views for busy in people):,} pages and {sum(busy.written for busy in people):,}"
          f" changes, {sum(len(busy.messages) for busy in people):,} messages and {sum(len(busy.bookings) for busy in people):,}"
          " bookings were acknowledged; none is missing.")  # fmt: skip
