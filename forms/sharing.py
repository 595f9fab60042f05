"""What a patient says of somebody who shall help: who they are, what they may see and do, and until when."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from wtforms import BooleanField, RadioField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation, ValidationError

from access.vocabulary import CATEGORIES, DOINGS, MAY_BE_SHARED
from forms.base import Form, at_most, exact, tidy
from forms.preferences import one_of
from forms.registration import iso_day, needed
from forms.security import PressForm
from identity.codes import TOLD_LENGTH, plain
from rules.addresses import EMAIL, LONGEST_EMAIL
from rules.sharing import Scopes, end_problem, not_offered, parts, scopes_chosen
from words.gettext import Later, N_



class Opening(Later):
    """Words that stand within sentences elsewhere, at the beginning of a line."""

    __slots__ = ()

    def __str__(self) -> str:
        text = super().__str__()
        return text[:1].upper() + text[1:]


LONGEST_NAME = 80
DAY, OPEN = "day", "open"
ENDS = [SelectChoice(OPEN, Later(N_("When I end it"))), SelectChoice(DAY, Later(N_("On a day that I choose")))]
SEES = [SelectChoice(one.value, Later(CATEGORIES[one])) for one in MAY_BE_SHARED]
DOES = [SelectChoice(one.value, Opening(words)) for one, words in DOINGS.items()]
FAR = N_("Choose a day within the next ten years")
PROBLEMS = {"past": N_("Choose today or a day to come"), "far": FAR}


def one_line(text: str | None) -> str | None:
    """A name or an address is one line: nobody writes a heading of a letter with it."""
    return " ".join(text.split()) if isinstance(text, str) else text


def all_offered(form: Form, field: SelectMultipleField) -> None:
    """What was never on the page is refused, and not kept either."""
    offered = [choice.value for choice in field.choices]
    if not_offered(field.data, offered):
        field.data = [one for one in field.data if one in offered]
        raise StopValidation(Later(N_("Something was chosen that is not offered here. Check your choice, and send it again")))


class WhoForm(Form):
    name = StringField(
        Later(N_("Their name")), [needed(N_("Enter their name")), at_most(LONGEST_NAME, Later(N_("Use 80 letters at most")))],
        filters=[tidy, one_line],
    )  # fmt: skip
    email = StringField(Later(N_("Their email address")), [needed(N_("Enter their email address"))], filters=[exact, one_line])

    def validate_email(self, field) -> None:
        if len(field.data) > LONGEST_EMAIL or not EMAIL.fullmatch(field.data):
            raise ValidationError(Later(N_("Check the address. It looks like ana@example.org")))


class TermsForm(Form):
    """`today` is the day at the clinic."""

    sees = SelectMultipleField(Later(N_("What may they see?")), [all_offered], choices=SEES, validate_choice=False)
    does = SelectMultipleField(Later(N_("What may they do?")), [all_offered], choices=DOES, validate_choice=False)
    ends = RadioField(
        Later(N_("When does it end?")), [one_of(ENDS, N_("Choose when it ends"))], choices=ENDS, validate_choice=False,
        default=OPEN,
    )  # fmt: skip
    until_month = StringField(Later(N_("Month")), filters=[tidy])
    until_day = StringField(Later(N_("Day")), filters=[tidy])
    until_year = StringField(Later(N_("Year")), filters=[tidy])

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def validate_does(self, field) -> None:
        if not field.data and not self.sees.data and not self.sees.errors:
            self.sees.errors = [*self.sees.errors, Later(N_("Choose what they may see or do"))]

    def validate_until_month(self, field) -> None:
        if self.ends.data != DAY:
            return
        if self.last is None:
            raise ValidationError(Later(N_("Enter the month, the day and the year of the last day")))
        if problem := end_problem(self.last, self.today):
            raise ValidationError(Later(PROBLEMS[problem]))

    def validate(self, *args, **kwargs) -> bool:
        """What one field finds out about another counts, too."""
        return super().validate(*args, **kwargs) and not self.problems

    @property
    def last(self) -> date | None:
        """The last day, or None while the three parts are no day of the calendar."""
        text = iso_day(self.until_year.data, self.until_month.data, self.until_day.data)
        return date.fromisoformat(text) if text else None

    @property
    def last_day(self) -> date | None:
        """The last day that was chosen; None is until it is ended."""
        return self.last if self.ends.data == DAY else None

    @property
    def typed(self) -> list[tuple[str, str]]:
        """Every field and its value, for the page that asks whether it is right."""
        found = []
        for field in self:
            values = field.data if isinstance(field.data, list) else ["y" if field.data is True else field.data or ""]
            found += [(field.name, value) for value in values]
        return [(name, value) for name, value in found if value]

    @property
    def scopes(self) -> Scopes:
        return scopes_chosen(self.sees.data or (), self.does.data or ())


class InviteForm(TermsForm, WhoForm):
    says_name = BooleanField(Later(N_("Say my name in the message")))

    refusals: ClassVar[dict[str, str]] = {
        "own": N_("This is your own address. Enter theirs"),
        "waiting": N_("An invitation to this address waits for an answer. Withdraw it first, or make it new"),
    }

    def refuse(self, reason: str) -> None:
        self.fail("email", Later(self.refusals[reason]))


class ToldCodeForm(Form):
    """The code that the patient told the person who is to help."""

    code = StringField(Later(N_("Code")), [needed(N_("Enter the code"))], filters=[exact])
    refusals: ClassVar[dict[str, str]] = {
        "code": N_("Check the code. It is not the one that goes with this invitation"),
        "stopped": N_("There were too many wrong codes. Ask the person who invited you for a new invitation"),
        "own": N_("This invitation is to your own record. It is for somebody else"),
        "already": N_("You help this person already. Ask them to change what you may see or do"),
    }

    def validate_code(self, field) -> None:
        if len(plain(field.data)) != TOLD_LENGTH:
            raise ValidationError(Later(N_("Check the code. It has 8 letters and numbers")))

    def refuse(self, reason: str) -> None:
        self.fail("code", Later(self.refusals[reason]))


class AnswerForm(PressForm):
    """`step` stands for the code that was typed on the page before."""

    step = StringField(filters=[exact])


def chosen(scopes: Scopes) -> dict[str, list[str]]:
    """The boxes that are ticked for what somebody has now."""
    return {"sees": sorted(parts(scopes, "see")), "does": sorted(parts(scopes, "act"))}
