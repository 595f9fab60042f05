"""The geometry of one chart: a 360 by 240 box, text 15 units high, every number ready to print.

No words are made here; labels come in and are placed or left out. Text never lies over text, whatever
the numbers: labels are placed by importance, and one that finds no free place is not drawn.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from rules.chart_labels import Box, Label, Placer, Segment

Shape = Literal["point", "below", "above", "outside", "bound"]

WIDTH, HEIGHT = 360, 240
LEFT, RIGHT = 24, 336
TOP, BOTTOM = 40, 181
AXIS, MONTHS = 216, 234
BAND_TOP, BAND_BOTTOM = 14, 206

# The usual range is shown whole unless the points would shrink to less than this part of the height.
LEAST_SHARE = Decimal("0.25")
MOST_POINTS = 200

# Up to this many points each gets its mark, and its number where there is room.
FEW = 16
LEAST_APART = 20


@dataclass(frozen=True, slots=True)
class Dot:
    """One point to draw. `label` is its number as people read it, `tick` what stands under the axis, both may be ''."""

    at: datetime
    number: Decimal
    label: str
    tick: str = ""
    shape: Shape = "point"


@dataclass(frozen=True, slots=True)
class Band:
    """The usual range; a missing side is open."""

    low: Decimal | None
    high: Decimal | None
    label: str


@dataclass(frozen=True, slots=True)
class Circle:
    x: int
    y: int
    r: int


@dataclass(frozen=True, slots=True)
class BandBox:
    y: int
    height: int
    label: Label | None


@dataclass(frozen=True, slots=True)
class Chart:
    """`line`, `out` and `bounds` are SVG path data, '' where there is nothing to draw."""

    title: str
    description: str
    band: BandBox | None
    line: str
    out: str
    bounds: str
    circles: tuple[Circle, ...]
    values: tuple[Label, ...]
    ticks: tuple[Label, ...]
    view_box: str = f"0 0 {WIDTH} {HEIGHT}"
    axis: str = f"M0 {AXIS}H{WIDTH}"


@dataclass(frozen=True, slots=True)
class _Spot:
    dot: Dot
    x: int
    y: int


def chart(dots: Iterable[Dot], title: str, description: str, band: Band | None = None) -> Chart | None:
    """None where there is nothing to draw. The newest 200 points are drawn."""
    return chart_of_lines((dots,), title, description, band)


def chart_of_lines(
    lines: Iterable[Iterable[Dot]], title: str, description: str, band: Band | None = None
) -> Chart | None:
    """Several lines on the same axes, such as the two numbers of a blood pressure."""
    sorted_lines = (sorted(line, key=lambda d: d.at)[-MOST_POINTS:] for line in lines)
    runs = _placed([line for line in sorted_lines if line], band)
    if not runs:
        return None
    low, high = _scale([s.dot for run in runs for s in run], band)
    spots = sorted((s for run in runs for s in run), key=lambda s: s.dot.at)
    size = _size(max(map(len, runs)))
    marked = [s for run in runs for s in _marked(run, size)]
    placer = Placer(WIDTH, AXIS - 3)
    placer.block(Box(s.x - size, s.y - size - 1, s.x + size, s.y + size + 1) for s in marked)
    placer.cross([segment for run in runs for segment in _segments(run)])
    values = [label for run in runs for label in _values(placer, run[-1:], size, strong=True)]
    box = _band_box(placer, band, low, high)
    values += [label for run in runs for label in _values(placer, _by_importance(run), size)]
    return Chart(
        title=title,
        description=description,
        band=box,
        line="".join(map(_line, runs)),
        out="".join(_out(s, size) for s in marked if s.dot.shape in ("below", "above", "outside")),
        bounds="".join(_square(s, size) for s in marked if s.dot.shape == "bound"),
        circles=tuple(Circle(s.x, s.y, size) for s in marked if s.dot.shape == "point"),
        values=tuple(sorted(values, key=lambda v: v.x)),
        ticks=_ticks(spots),
    )


def _placed(lines: list[list[Dot]], band: Band | None) -> list[list[_Spot]]:
    """Where each point of each line stands; they share both axes."""
    dots = sorted((dot for line in lines for dot in line), key=lambda d: d.at)
    if not dots:
        return []
    low, high = _scale(dots, band)
    first, last = dots[0].at, dots[-1].at
    return [
        [_Spot(d, x, _height(d.number, low, high)) for d, x in zip(line, _across(line, first, last), strict=True)]
        for line in lines
    ]


def _scale(dots: list[Dot], band: Band | None) -> tuple[Decimal, Decimal]:
    """The numbers at the foot and the head of the drawing."""
    low, high = min(d.number for d in dots), max(d.number for d in dots)
    edges = [e for e in (band.low, band.high) if e is not None] if band else []
    wide_low, wide_high = min([low, *edges]), max([high, *edges])
    if high > low:
        room = (high - low) / LEAST_SHARE
        spare = (room - (high - low)) / 2
        wide_low, wide_high = max(wide_low, low - spare), min(wide_high, high + spare)
    if wide_high == wide_low:
        pad = abs(wide_low) / 10 or Decimal(1)
        return wide_low - pad, wide_high + pad
    return wide_low, wide_high


def _height(number: Decimal, low: Decimal, high: Decimal) -> int:
    return round(BOTTOM - (number - low) / (high - low) * (BOTTOM - TOP))


def _across(dots: list[Dot], first: datetime, last: datetime) -> list[int]:
    """Places by time; evenly where all are of one instant."""
    span = (last - first).total_seconds()
    if span:
        return [round(LEFT + (d.at - first).total_seconds() / span * (RIGHT - LEFT)) for d in dots]
    step = (RIGHT - LEFT) / (len(dots) + 1)
    return [round(LEFT + step * (n + 1)) for n in range(len(dots))]


def _size(count: int) -> int:
    return 6 if count <= FEW else 4 if count <= 50 else 3


def _marked(spots: list[_Spot], size: int) -> list[_Spot]:
    """The points that get a mark: the newest, then those outside the range, then as many as stand apart."""
    if len(spots) <= FEW:
        return spots
    ordered = [spots[-1], *(s for s in spots[:-1] if s.dot.shape != "point")]
    ordered += [s for s in spots[:-1] if s.dot.shape == "point"]
    kept: list[_Spot] = []
    for spot in ordered:
        if all(abs(spot.x - k.x) >= size or abs(spot.y - k.y) >= size for k in kept):
            kept.append(spot)
    return sorted(kept, key=lambda s: s.dot.at)


def _segments(spots: list[_Spot]) -> list[Segment]:
    pairs = zip(spots, spots[1:], strict=False)
    return [Segment(a.x, a.y, b.x, b.y) for a, b in pairs if "bound" not in (a.dot.shape, b.dot.shape)]


def _line(spots: list[_Spot]) -> str:
    """The line runs through measured points only and stops at a bound such as `<5`."""
    path, runs = "", 0
    for before, spot in zip([None, *spots], spots, strict=False):
        if spot.dot.shape == "bound":
            continue
        joined = before is not None and before.dot.shape != "bound"
        path += f" {spot.x} {spot.y}" if joined else f"M{spot.x} {spot.y}"
        runs += joined
    return path if runs else ""


def _out(spot: _Spot, size: int) -> str:
    x, y, half = spot.x, spot.y, size + 2
    if spot.dot.shape == "below":
        return f"M{x} {y + size + 1}l-{half}-{2 * size + 2}h{2 * half}z"
    if spot.dot.shape == "above":
        return f"M{x} {y - size - 1}l{half} {2 * size + 2}h-{2 * half}z"
    return f"M{x} {y - half}l{half} {half}-{half} {half}-{half}-{half}z"


def _square(spot: _Spot, size: int) -> str:
    return f"M{spot.x - size} {spot.y - size}h{2 * size}v{2 * size}h-{2 * size}z"


def _by_importance(spots: list[_Spot]) -> list[_Spot]:
    """Oldest, highest, lowest, then the others from new to old, no closer than a short number is wide."""
    older = spots[:-1]
    if not older:
        return []
    ends = [older[0], max(older, key=lambda s: s.dot.number), min(older, key=lambda s: s.dot.number)]
    apart, last = [], spots[-1].x
    for spot in reversed(older):
        if len(spots) <= FEW or last - spot.x >= LEAST_APART:
            apart.append(spot)
            last = spot.x
    return list(dict.fromkeys([*ends, *apart]))


def _values(placer: Placer, spots: list[_Spot], size: int, strong: bool = False) -> list[Label]:
    placed = []
    for spot in spots:
        gap = size + 4
        places = [(spot.x, spot.y - gap - 4), (spot.x, spot.y + gap + 12)]
        if spot.dot.shape == "below":
            places.reverse()
        if strong:
            # The newest number must show, so it may also stand further off.
            places += [(spot.x, spot.y - gap - 22), (spot.x, spot.y + gap + 30)]
        label = placer.place(spot.dot.label, places, strong=strong, must=strong)
        placed += [label] if label else []
    return placed


def _band_box(placer: Placer, band: Band | None, low: Decimal, high: Decimal) -> BandBox | None:
    if band is None or (band.low is None and band.high is None):
        return None
    top = BAND_TOP if band.high is None or band.high >= high else _height(band.high, low, high)
    bottom = BAND_BOTTOM if band.low is None or band.low <= low else _height(band.low, low, high)
    top, bottom = min(max(top, BAND_TOP), BAND_BOTTOM), min(max(bottom, BAND_TOP), BAND_BOTTOM)
    if bottom <= top:
        return None
    return BandBox(top, bottom - top, placer.place_beside(band.label, top, bottom))


def _ticks(spots: list[_Spot]) -> tuple[Label, ...]:
    """Labels under the axis: the newest and the oldest first, then whichever still fit."""
    named = [s for s in spots if s.dot.tick]
    if not named:
        return ()
    placer = Placer(WIDTH, HEIGHT)
    order = dict.fromkeys([named[-1], named[0], *named])
    placed = [placer.place(s.dot.tick, [(s.x, MONTHS)], must=s is named[-1]) for s in order]
    return tuple(sorted((t for t in placed if t), key=lambda t: t.x))
