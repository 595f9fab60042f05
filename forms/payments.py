"""What somebody types to pay, and presses to confirm it."""

from __future__ import annotations

from babel.numbers import get_currency_precision
from wtforms import HiddenField, StringField

from forms.base import Form, exact, tidy
from rules.amounts import MOST, NoAmount, least_payable, read_amount
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
        if amount > free or amount > MOST:
            self.fail("amount", _("Enter %(sum)s or less", sum=money(min(free, MOST), currency)))
        elif self.by_card and amount < least_payable(free):
            self.fail("amount", _("Enter %(sum)s or more", sum=money(least_payable(free), currency)))
        else:
            return amount
        return None


class ConfirmForm(Form):
    """The sum as the page before said it, in minor units; the server looks again."""

    amount = HiddenField(filters=[exact])

    @property
    def cents(self) -> int:
        text = self.amount.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else 0
