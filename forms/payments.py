"""What somebody types to pay, and presses to confirm it."""

from __future__ import annotations

from babel.numbers import get_currency_precision
from wtforms import HiddenField, StringField

from forms.base import Form, exact, tidy
from rules.amounts import LEAST, MOST, NoAmount, card_fault, read_amount
from words.gettext import Later, N_, _
from words.money import money, money_example

WRONG = {
    "empty": N_("Enter an amount, such as %(example)s"), "none": N_("Enter an amount in figures, such as %(example)s"),
    "places": N_("Enter no more figures after the point than in %(example)s"), "below": N_("Enter an amount above 0"),
    "huge": N_("Enter a smaller amount"),
}  # fmt: skip


class AmountForm(Form):
    amount = StringField(Later(N_("How much do you want to pay?")), filters=[tidy])
    by_card = True
    """What a card costs to take sets a smallest sum."""

    def read(self, free: int, currency: str) -> int | None:
        """Minor units, if it may be paid; else the field says why not."""
        try:
            amount = read_amount(self.amount.data, get_currency_precision(currency))
        except NoAmount as wrong:
            self.fail("amount", _(WRONG[wrong.reason], example=money_example(free, currency)))
            return None
        fault = card_fault(amount, free)
        if fault and (self.by_card or fault == "most"):
            self.refuse(fault, free, currency)
            return None
        return amount

    def refuse(self, fault: str, free: int, currency: str) -> None:
        """Says in the field why a card cannot pay it, as `rules.amounts.card_fault` has it."""
        whole, most = money(free, currency), money(free - LEAST, currency)
        if fault == "most":
            said = _("Enter %(sum)s or less", sum=money(min(free, MOST), currency))
        elif fault == "least":
            said = _("Enter %(sum)s or more", sum=money(LEAST, currency))
        elif free >= 2 * LEAST:
            said = _("Enter %(whole)s to pay all of it, or %(most)s or less. The rest would be too small to pay by card", whole=whole, most=most)
        else:
            said = _("Enter %(whole)s to pay all of it. The rest would be too small to pay by card", whole=whole)
        self.fail("amount", said)


class ConfirmForm(Form):
    """The sum as the page before said it, in minor units; the server looks again."""

    amount = HiddenField(filters=[exact])

    @property
    def cents(self) -> int:
        text = self.amount.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else 0
