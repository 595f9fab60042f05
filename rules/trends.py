"""What the numbers of one test do over time, as facts for a sentence. No judgement is made that was not sent.

A trend is of one test in one unit. Points in another unit are counted and left out, never converted.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from rules.dates import ClinicalDate, ordering
from rules.quantities import Quantity, decimal_of, is_censored, is_drawable, series_unit
from rules.results import Meaning, Range, Shown, standing


# What was withdrawn or never done has no place on a line, whatever number still stands in it.
UNFOLLOWED = frozenset({Shown.WITHDRAWN, Shown.NOT_DONE, Shown.UNKNOWN})


class Direction(StrEnum):
    NONE = "none"
    RISING = "rising"
    FALLING = "falling"
    STEADY = "steady"
    NOT_FALLING = "not_falling"
    NOT_RISING = "not_rising"
    VARYING = "varying"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Point:
    """One result of the series. `ranges` is its own usual range, if it was sent one."""

    date: ClinicalDate
    value: Quantity
    meaning: Meaning = Meaning.NONE
    usual: Range | None = None
    state: Shown = Shown.FINAL
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Trend:
    """`points` oldest first, one unit, drawable only. `run` counts the latest points that share the direction."""

    points: tuple[Point, ...]
    unit: str
    direction: Direction
    run: int
    lowest: Point | None
    highest: Point | None
    same_meaning: int
    other_units: tuple[str, ...] = ()
    without_number: int = 0
    replaced: int = 0

    @property
    def count(self) -> int:
        return len(self.points)

    @property
    def newest(self) -> Point | None:
        return self.points[-1] if self.points else None

    @property
    def since(self) -> ClinicalDate | None:
        """The date of the first point of the run."""
        return self.points[-self.run].date if self.run else None

    @property
    def usual(self) -> Range | None:
        """The range all points share; None where ranges differ, so that no band contradicts a point."""
        ranges = {(p.usual.low, p.usual.high) for p in self.points if p.usual}
        newest = self.newest
        return newest.usual if newest and len(ranges) == 1 else None


def trend(results: tuple[Point, ...]) -> Trend:
    """The trend in the unit of the newest result that has a number."""
    numbered = [p for p in results if is_drawable(p.value) and p.state not in UNFOLLOWED]
    drawable = sorted(_standing(numbered), key=lambda p: ordering(p.date))
    unit = series_unit(drawable[-1].value) if drawable else ""
    points = tuple(p for p in drawable if series_unit(p.value) == unit)
    others = tuple(dict.fromkeys(series_unit(p.value) for p in drawable if series_unit(p.value) != unit))
    measured = [p for p in points if not is_censored(p.value)]
    direction, run = _direction(points)
    return Trend(
        points=points,
        unit=unit,
        direction=direction,
        run=run,
        lowest=min(measured, key=_number, default=None),
        highest=max(measured, key=_number, default=None),
        same_meaning=_same_meaning(points),
        other_units=others,
        without_number=len(results) - len(numbered),
        replaced=len(numbered) - len(drawable),
    )


def _standing(points: list[Point]) -> list[Point]:
    """Of results at one instant, a corrected one stands for those it corrects and a final one for a preliminary."""
    best: dict[object, int] = {}
    for point in points:
        best[point.date.starts] = max(standing(point.state), best.get(point.date.starts, 0))
    return [p for p in points if standing(p.state) == best[p.date.starts]]


def _number(point: Point) -> Decimal:
    return decimal_of(point.value.number) or Decimal(0)


def _direction(points: tuple[Point, ...]) -> tuple[Direction, int]:
    """The direction of the latest steps and how many points share it. Two points make a run of two."""
    if len(points) < 2:
        return Direction.NONE, len(points)
    steps = [_step(before, after) for before, after in pairwise(points)]
    last = steps[-1]
    same = next((n for n, step in enumerate(reversed(steps)) if step != last), len(steps))
    if last is Direction.UNCERTAIN or (same < 2 < len(points)):
        return _mixed(steps), len(points)
    return last, same + 1


def _mixed(steps: list[Direction]) -> Direction:
    kinds = set(steps)
    if {Direction.RISING, Direction.FALLING} <= kinds:
        return Direction.VARYING
    if Direction.UNCERTAIN in kinds:
        return Direction.UNCERTAIN
    return Direction.NOT_FALLING if Direction.RISING in kinds else Direction.NOT_RISING


def _step(before: Point, after: Point) -> Direction:
    """A bound is compared only where it leaves no doubt: from `<5` to 7 is a rise, from `<5` to 3 is unknown."""
    low, high = _number(before), _number(after)
    rises = before.value.comparator in ("", "<", "<=") and after.value.comparator in ("", ">", ">=")
    falls = before.value.comparator in ("", ">", ">=") and after.value.comparator in ("", "<", "<=")
    if high > low and rises:
        return Direction.RISING
    if high < low and falls:
        return Direction.FALLING
    if high == low and before.value.comparator == after.value.comparator == "":
        return Direction.STEADY
    return Direction.UNCERTAIN


def _same_meaning(points: tuple[Point, ...]) -> int:
    """How many of the latest points in a row mean the same; 0 where the newest means nothing."""
    if not points or points[-1].meaning is Meaning.NONE:
        return 0
    newest = points[-1].meaning
    return next((n for n, p in enumerate(reversed(points)) if p.meaning is not newest), len(points))
