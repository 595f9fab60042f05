"""What the page of one thing over time calls things: a test of the laboratory, or a measurement on the body."""

from dataclasses import dataclass

from rules.periods import Period
from words.gettext import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryWords:
    """Messages, to be said where they are shown. `counts` are two forms; `newest` is of a table that is cut."""

    kind: str
    back: str
    written: str
    periods: dict[Period, str]
    taken: str
    found: str
    counts: tuple[str, str]
    newest: str
    pictures: tuple[str, str]
    no_range: str
    other_units: str
    about: str


TEST_WORDS = HistoryWords(
    kind=N_("One test over time"), back=N_("All test results"), written=N_("The laboratory writes “%(name)s”"),
    periods={
        Period.ONE_YEAR: N_("Tests of the last year"), Period.THREE_YEARS: N_("Tests of the last 3 years"),
        Period.FIVE_YEARS: N_("Tests of the last 5 years"), Period.ALL: N_("All tests"),
    },
    taken=N_("Taken on"), found=N_("Result"), counts=(N_("%(count)s test"), N_("%(count)s tests, newest first")),
    newest=N_("The newest %(count)s of %(all)s tests, newest first"),
    pictures=(N_("Picture of one test"), N_("Picture of the same %(count)s tests")),
    no_range=N_("The laboratory sent no usual range with these, so nothing here is called high or low."),
    other_units=N_("The same test in another unit, which is not on one line with these:"),
    about=N_("What this test is"),
)  # fmt: skip

MEASURE_WORDS = HistoryWords(
    kind=N_("One measurement over time"), back=N_("All measurements"), written=N_("The clinic writes “%(name)s”"),
    periods={
        Period.ONE_YEAR: N_("Measured in the last year"), Period.THREE_YEARS: N_("Measured in the last 3 years"),
        Period.FIVE_YEARS: N_("Measured in the last 5 years"), Period.ALL: N_("All times it was measured"),
    },
    taken=N_("Measured on"), found=N_("What it was"),
    counts=(N_("Measured once"), N_("Measured %(count)s times, newest first")),
    newest=N_("The newest %(count)s of %(all)s times it was measured, newest first"),
    pictures=(N_("Picture of one measurement"), N_("Picture of the same %(count)s measurements")),
    no_range=N_("No usual range was sent with these, so nothing here is called high or low."),
    other_units=N_("Measured in another unit too, which is not on one line with these:"),
    about=N_("What this is"),
)  # fmt: skip
