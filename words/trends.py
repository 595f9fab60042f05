"""The sentences that say what the numbers of one test do. Sentence first, then table, then picture."""

from collections.abc import Callable
from datetime import timedelta

from markupsafe import Markup, escape

from rules.dates import ClinicalDate
from rules.measures import PAIR, Pair
from rules.quantities import is_censored
from rules.results import Meaning, Shown
from rules.trends import Direction, Point, Trend
from words.dates import clinical, month
from words.gettext import N_, _, ngettext
from words.measures import blood_pressure
from words.names import in_sentence
from words.numbers import quantity, unit, with_unit
from words.results import range_bounds
from words.tests import name_of

Mark = Callable[[str], str]
Newest = tuple[Pair, ClinicalDate | None]

# Within two months the day tells more than the month.
LONG = timedelta(days=60)

PLACES: dict[Meaning, str] = {
    Meaning.IN: N_("in the usual range"),
    Meaning.BELOW: N_("below the usual range"),
    Meaning.ABOVE: N_("above the usual range"),
    Meaning.FAR_BELOW: N_("far below the usual range"),
    Meaning.FAR_ABOVE: N_("far above the usual range"),
    Meaning.OUTSIDE: N_("not as usual"),
    Meaning.FAR_OUTSIDE: N_("very far from usual"),
}

RUNS: dict[Direction, str] = {
    Direction.RISING: N_("It has gone up each time since %(since)s."),
    Direction.FALLING: N_("It has gone down each time since %(since)s."),
    Direction.STEADY: N_("It has been the same each time since %(since)s."),
    Direction.NOT_FALLING: N_("It has gone up or stayed the same since %(since)s."),
    Direction.NOT_RISING: N_("It has gone down or stayed the same since %(since)s."),
}

STEPS: dict[Direction, str] = {
    Direction.RISING: N_("It is higher than the time before, on %(since)s."),
    Direction.FALLING: N_("It is lower than the time before, on %(since)s."),
    Direction.STEADY: N_("It is the same as the time before, on %(since)s."),
}

TITLES: dict[Direction, str] = {
    Direction.RISING: N_("%(test)s going up"),
    Direction.FALLING: N_("%(test)s going down"),
    Direction.STEADY: N_("%(test)s staying the same"),
    Direction.VARYING: N_("%(test)s going up and down"),
}


EARLIER: dict[Direction, str] = {
    Direction.RISING: N_("It is higher than earlier that day."),
    Direction.FALLING: N_("It is lower than earlier that day."),
    Direction.STEADY: N_("It is the same as earlier that day."),
}

CHANGES: dict[Shown, str] = {
    Shown.NOT_FINAL: N_("This number is not final. It may still change."),
    Shown.CORRECTED: N_("This number was corrected."),
}


def sentences(trend: Trend, name: str, plain: bool = True, person: str = "") -> tuple[str, ...]:
    """Plain text. `person` is '' in one's own record; `plain` says that the name is ours, not the laboratory's."""
    return tuple(_sentences(trend, _subject(name, plain, person), str))


def lede(trend: Trend, name: str, plain: bool = True, person: str = "") -> Markup:
    """The same sentences for the screen, with the number and its meaning strong."""
    return Markup(" ").join(_sentences(trend, _subject(name, plain, person), _strong))


def pair_sentences(newest: Newest | None, upper: Trend, lower: Trend, person: str = "") -> tuple[str, ...]:
    """The same of a blood pressure, whose halves move each for itself."""
    return tuple(_of_pair(newest, upper, lower, person, str))


def pair_lede(newest: Newest | None, upper: Trend, lower: Trend, person: str = "") -> Markup:
    return Markup(" ").join(_of_pair(newest, upper, lower, person, _strong))


def chart_title(trend: Trend, name: str) -> str:
    """Hemoglobin going up, 5 points: true of all points drawn, or it says no direction."""
    whole = trend.run == trend.count and trend.count > 2
    moving = _(TITLES[trend.direction], test=name) if whole and trend.direction in TITLES else name
    return ngettext("%(moving)s, %(count)s point", "%(moving)s, %(count)s points", trend.count, moving=moving)


def chart_description(trend: Trend) -> str:
    """The picture in words: where the line begins and ends, its lowest and highest, and what lies outside."""
    first, last = trend.points[0], trend.points[-1]
    if trend.count == 1:
        said = [_("One point: %(number)s on %(day)s.", number=quantity(last.value), day=clinical(last.date))]
    else:
        said = [
            _(
                "The line begins at %(first)s in %(start)s and ends at %(last)s in %(end)s.",
                first=quantity(first.value), start=_month(first), last=quantity(last.value), end=_month(last),
            )
        ]  # fmt: skip
    said += _extremes(trend) if trend.count > 2 else []
    said += _outside(trend)
    return " ".join(said)


def _sentences(trend: Trend, subject: str, mark: Mark) -> list[str]:
    if trend.newest is None:
        return [_said(_("There is no number to follow here yet."), mark)]
    said = [_latest(trend, subject, mark)]
    said += filter(None, (_meaning(trend.newest, mark), _change(trend.newest, mark), _movement(trend, mark)))
    if trend.other_units:
        shown = ", ".join(unit(u) or u for u in trend.other_units)
        said.append(_said(_("Results in another unit (%(units)s) are not part of this."), mark, units=shown))
    return said


HALVES = N_("Upper number: %(movement)s"), N_("Lower number: %(movement)s")


def _of_pair(newest: Newest | None, upper: Trend, lower: Trend, person: str, mark: Mark) -> list[str]:
    if newest is None:
        return [_said(_("There is no pair of numbers in this time."), mark)]
    pair, when = newest
    subject = _subject(name_of((PAIR,), ""), True, person)
    said = [_was(subject, when, blood_pressure(pair), mark)]
    for message, half in zip(HALVES, (upper, lower), strict=True):
        movement = _movement(half, mark) if half.count > 1 else ""
        said += [_said(_(message), mark, movement=movement)] if movement else []
    return said if len(said) > 1 or upper.count > 1 else [*said, _movement(upper, mark)]


def _latest(trend: Trend, subject: str, mark: Mark) -> str:
    return _was(subject, trend.newest.date, quantity(trend.newest.value), mark)


def _was(subject: str, when: ClinicalDate | None, amount: str, mark: Mark) -> str:
    if when is None:
        return _said(_("%(subject)s was %(amount)s."), mark, subject=subject, amount=(amount,))
    exact = when.precision in ("day", "instant")
    message = _("%(subject)s on %(day)s was %(amount)s.") if exact else _("%(subject)s in %(day)s was %(amount)s.")
    return _said(message, mark, subject=subject, day=clinical(when), amount=(amount,))


def _meaning(point: Point, mark: Mark) -> str:
    if point.meaning not in PLACES:
        return ""
    place = _(PLACES[point.meaning])
    if point.usual and (point.usual.low or point.usual.high) and "usual range" in PLACES[point.meaning]:
        both = point.usual.low and point.usual.high
        message = _("That is %(place)s of %(bounds)s.") if both else _("That is %(place)s (%(bounds)s).")
        return _said(message, mark, place=(place,), bounds=range_bounds(point.usual))
    return _said(_("That is %(place)s."), mark, place=(place,))


def _change(point: Point, mark: Mark) -> str:
    message = CHANGES.get(point.state)
    return _said(_(message), mark) if message else ""


def _movement(trend: Trend, mark: Mark) -> str:
    if trend.count == 1:
        return _said(_("There is nothing else here to compare it with."), mark)
    if trend.count == 2:
        return _step(trend, mark)
    if trend.direction is Direction.VARYING:
        return _varying(trend, mark)
    message = RUNS.get(trend.direction)
    return _said(_(message), mark, since=_since(trend)) if message else ""


def _step(trend: Trend, mark: Mark) -> str:
    """Two tests: how the later one stands to the earlier."""
    before, now = (clinical(point.date) for point in trend.points)
    message = (EARLIER if before == now else STEPS).get(trend.direction)
    return _said(_(message), mark, since=before) if message else ""


def _varying(trend: Trend, mark: Mark) -> str:
    since = _since(trend)
    if any(is_censored(p.value) for p in trend.points):
        return _said(_("It has gone up and down since %(since)s."), mark, since=since)
    message = _("It has gone up and down since %(since)s, from %(low)s to %(high)s.")
    high = with_unit(trend.highest.value.number, unit(trend.highest.value.code, trend.highest.value.unit))
    return _said(message, mark, since=since, low=trend.lowest.value.number, high=high)


def _since(trend: Trend) -> str:
    start, end = trend.since, trend.newest.date
    return month(start) if end.starts - start.starts > LONG else clinical(start)


def _extremes(trend: Trend) -> list[str]:
    if trend.lowest is None or trend.highest is None or trend.lowest.value.number == trend.highest.value.number:
        return []
    low, high = trend.lowest.value.number, trend.highest.value.number
    return [_("The lowest number is %(low)s, the highest %(high)s.", low=low, high=high)]


def _outside(trend: Trend) -> list[str]:
    judged = [p for p in trend.points if p.meaning in PLACES]
    out = [p for p in judged if p.meaning is not Meaning.IN]
    if not judged or len(judged) < trend.count:
        return []
    if not out:
        return [_("All points lie in the usual range.")]
    message = "%(count)s point lies outside the usual range.", "%(count)s points lie outside the usual range."
    return [ngettext(message[0], message[1], len(out))]


def _month(point: Point) -> str:
    return _month_of(point.date)


def _month_of(when: ClinicalDate) -> str:
    return month(when)


def _subject(name: str, plain: bool, person: str) -> str:
    test = in_sentence(name) if plain else _("test “%(name)s”", name=name)
    if person:
        return _("%(person)s’s %(test)s", person=person, test=test)
    return _("Your %(test)s", test=test)


def _strong(text: object) -> Markup:
    return Markup("<strong>%s</strong>") % text


def _said(message: str, mark: Mark, **values: object) -> str:
    """Fills a message. A value in a one-tuple is the part that carries the meaning and gets the mark."""
    if mark is _strong:
        return Markup(escape(message)) % {k: _strong(v[0]) if isinstance(v, tuple) else v for k, v in values.items()}
    return message % {k: v[0] if isinstance(v, tuple) else v for k, v in values.items()}
