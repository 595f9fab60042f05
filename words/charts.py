"""A trend as a chart: the labels in the reader's language, the geometry from `rules.charts`."""

from datetime import timedelta

from babel.dates import format_skeleton

from rules.charts import Band, Chart, Dot, Shape, chart, chart_of_lines
from rules.dates import local_day
from rules.quantities import decimal_of, is_censored
from rules.results import ABOVE, BELOW, OUT
from rules.trends import Point, Trend
from words.dates import month
from words.gettext import _, babel_locale, bracketed, ngettext, reader
from words.numbers import bare, unit
from words.results import range_bounds
from words.trends import HALVES, chart_description, chart_title

A_YEAR = timedelta(days=400)
A_MONTH = timedelta(days=45)


def trend_chart(trend: Trend, name: str) -> Chart | None:
    """None where there is nothing to draw."""
    if not trend.points:
        return None
    return chart(_dots(trend), chart_title(trend, name), chart_description(trend), _band(trend))


def pair_chart(upper: Trend, lower: Trend, name: str) -> Chart | None:
    """Two lines: the upper numbers above, the lower ones below. A range of one half is no band of the whole."""
    halves = [half for half in (upper, lower) if half.points]
    said = [_(message, movement=chart_description(half)) for message, half in zip(HALVES, (upper, lower), strict=True) if half.points]
    title = ngettext("%(moving)s, %(count)s point", "%(moving)s, %(count)s points", max(h.count for h in halves), moving=name)
    return chart_of_lines((_dots(half) for half in halves), title, " ".join(said))


def _dots(trend: Trend) -> list[Dot]:
    return [
        Dot(p.date.starts, decimal_of(p.value.number), bare(p.value), tick, _shape(p))
        for p, tick in zip(trend.points, _ticks(trend.points), strict=True)
    ]


def chart_caption(trend: Trend) -> str:
    """May 2025 to May 2026, in g/dL."""
    first, last = month(trend.points[0].date), month(trend.points[-1].date)
    span = first if first == last else _("%(first)s to %(last)s", first=first, last=last)
    shown = unit(trend.newest.value.code, trend.newest.value.unit)
    return _("%(span)s, in %(unit)s", span=span, unit=shown) if shown else span


def _shape(point: Point) -> Shape:
    if is_censored(point.value):
        return "bound"
    if point.meaning in BELOW:
        return "below"
    if point.meaning in ABOVE:
        return "above"
    return "outside" if point.meaning in OUT else "point"


def _band(trend: Trend) -> Band | None:
    usual = trend.usual
    if usual is None:
        return None
    label = _("Usual range %(bounds)s", bounds=range_bounds(usual))
    return Band(decimal_of(usual.low), decimal_of(usual.high), label)


def _ticks(points: tuple[Point, ...]) -> list[str]:
    """A label at the first point of each year, month or day, by how long the whole is."""
    span = points[-1].date.starts - points[0].date.starts
    skeleton = "y" if span > A_YEAR else "MMM" if span > A_MONTH else "MMMd"
    labels = [_tick(p, skeleton) for p in points]
    return [now if now != before else "" for before, now in zip(["", *labels], labels, strict=False)]


def _tick(point: Point, skeleton: str) -> str:
    if point.date.precision == "year":
        skeleton = "y"
    day = local_day(point.date.starts, reader().zone)
    return bracketed(format_skeleton(skeleton, day, locale=babel_locale()).replace(" ", "\u00a0"))
