"""What the front desk types of the clinic's own times: hours that come back each week, and closures."""

from __future__ import annotations

from datetime import date

from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation, ValidationError

from forms.base import Form, at_most, tidy
from forms.registration import iso_day
from rules.bookings import clock_of, is_near
from words.gettext import N_, Later

DAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))
LONGEST = 80
LEAST, MOST = 5, 240
FEWER, DAY, CLOCK = N_("Use 80 letters at most"), N_("Enter a day that there is"), N_("Enter a time, such as 9:30 am or 14:00")
FAR = N_("Choose a day within five years of today")


def _text(label: str) -> StringField:
    return StringField(Later(label), [at_most(LONGEST, Later(FEWER))], filters=[tidy])


def _needed(label: str, message: str) -> StringField:
    def check(form: Form, field: StringField) -> None:
        if not field.data:
            raise StopValidation(Later(message))

    check.field_flags = {"required": True}
    return StringField(Later(label), [check, at_most(LONGEST, Later(FEWER))], filters=[tidy])


def _clock(form: Form, field: StringField) -> None:
    if field.data and clock_of(field.data) is None:
        raise ValidationError(Later(CLOCK))


class DayParts(Form):
    """A day in three fields: month, day, year. `today` is the day at the clinic."""

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def day_of(self, name: str) -> date | None:
        """None where it is empty; raises ValueError where there is no such day."""
        year, month, day = ((self[f"{name}_{part}"].data or "").strip() for part in ("year", "month", "day"))
        return date.fromisoformat(iso_day(year, month, day)) if year or month or day else None

    def check_day(self, name: str, needed: str = "") -> None:
        """Says at its first field what is wrong with it."""
        try:
            found = self.day_of(name)
        except ValueError:
            self.fail(f"{name}_month", Later(DAY))
            return
        if found is None and needed:
            self.fail(f"{name}_month", Later(needed))
        elif found and not is_near(found, self.today):
            self.fail(f"{name}_month", Later(FAR))


class HoursForm(DayParts):
    what = _needed(N_("What for?"), N_("Enter what people come for"))
    who = _needed(N_("With whom?"), N_("Enter who sees them"))
    place = _text(N_("In which room?"))
    days = SelectMultipleField(Later(N_("On which days?")), choices=[SelectChoice(str(n), Later(day)) for n, day in enumerate(DAYS)],
                               validate_choice=False)  # fmt: skip
    begins = _needed(N_("From"), N_("Enter when it begins"))
    ends = _needed(N_("To"), N_("Enter when it ends"))
    minutes = _needed(N_("Minutes of each visit"), N_("Enter how many minutes a visit takes"))
    first_month, first_day, first_year = (_text(label) for label in (N_("Month"), N_("Day"), N_("Year")))
    last_month, last_day, last_year = (_text(label) for label in (N_("Month"), N_("Day"), N_("Year")))
    validate_begins = staticmethod(_clock)
    validate_ends = staticmethod(_clock)

    def validate_days(self, field: SelectMultipleField) -> None:
        if not field.data or not set(field.data) <= {str(n) for n in range(7)}:
            raise ValidationError(Later(N_("Choose a day")))

    def validate_minutes(self, field: StringField) -> None:
        if not field.data.isdecimal() or not LEAST <= int(field.data) <= MOST:
            raise ValidationError(Later(N_("Enter a number from 5 to 240")))

    def validate(self, *args, **kwargs) -> bool:
        super().validate(*args, **kwargs)
        self.check_day("first", N_("Enter the first day"))
        self.check_day("last")
        if not self.errors and clock_of(self.begins.data) >= clock_of(self.ends.data):
            self.fail("ends", Later(N_("It must end after it begins, on the same day")))
        if not self.errors and self.day_of("last") and self.day_of("last") < self.day_of("first"):
            self.fail("last_month", Later(N_("The last day must not be before the first")))
        return not self.errors


class ClosureForm(DayParts):
    """`people` are the names to choose from; nobody is chosen for everybody. Without times it is the whole day."""

    day_month, day_day, day_year = (_text(label) for label in (N_("Month"), N_("Day"), N_("Year")))
    begins = _text(N_("From"))
    ends = _text(N_("To"))
    who = RadioField(Later(N_("Who is away?")), validate_choice=False, default="")
    validate_begins = staticmethod(_clock)
    validate_ends = staticmethod(_clock)

    def __init__(self, *args, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.who.choices = [SelectChoice("", Later(N_("Everybody: we are closed"))), *(SelectChoice(name, name) for name in people)]

    def validate_who(self, field: RadioField) -> None:
        if field.data not in [choice.value for choice in field.choices]:
            raise ValidationError(Later(N_("Choose who is away")))

    def validate(self, *args, **kwargs) -> bool:
        super().validate(*args, **kwargs)
        self.check_day("day", N_("Enter the day"))
        if not self.errors and bool(self.begins.data) != bool(self.ends.data):
            self.fail("ends" if self.begins.data else "begins", Later(N_("Enter both times, or none for the whole day")))
        if not self.errors and self.begins.data and clock_of(self.begins.data) >= clock_of(self.ends.data):
            self.fail("ends", Later(N_("It must end after it begins, on the same day")))
        return not self.errors
