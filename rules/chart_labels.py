"""Finding free places for the text of a chart. Widths are estimated on the wide side of the usual faces."""

from collections.abc import Iterable
from dataclasses import dataclass

TEXT = 15
ASCENT, DESCENT = 12, 4
GAP = 3

_NARROW = frozenset(".,:;'’|!ijlIt()[] \u00a0\u202f")
_WIDE = frozenset("mwMW%@—…")


@dataclass(frozen=True, slots=True)
class Box:
    left: int
    top: int
    right: int
    bottom: int

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Segment:
    x1: int
    y1: int
    x2: int
    y2: int

    def crosses(self, box: Box) -> bool:
        """Liang and Barsky's clipping: is any part of the segment inside the box?"""
        if max(self.x1, self.x2) < box.left or min(self.x1, self.x2) > box.right:
            return False
        dx, dy = self.x2 - self.x1, self.y2 - self.y1
        start, end = 0.0, 1.0
        sides = (
            (-dx, self.x1 - box.left), (dx, box.right - self.x1),
            (-dy, self.y1 - box.top), (dy, box.bottom - self.y1),
        )  # fmt: skip
        for slope, room in sides:
            if slope == 0:
                if room < 0:
                    return False
            elif slope < 0:
                start = max(start, room / slope)
            else:
                end = min(end, room / slope)
        return start <= end


@dataclass(frozen=True, slots=True)
class Label:
    """Text whose middle stands at `x`, its foot at `y`."""

    x: int
    y: int
    text: str
    strong: bool = False


def text_width(text: str, strong: bool = False) -> int:
    """Units for text 15 units high."""
    width = sum(4.8 if c in _NARROW else 13.5 if c in _WIDE else _letter(c) for c in text)
    return round(width * (1.08 if strong else 1)) + 1


def label_box(label: Label) -> Box:
    half = -(-text_width(label.text, label.strong) // 2)
    return Box(label.x - half, label.y - ASCENT, label.x + half, label.y + DESCENT)


class Placer:
    """Remembers what is taken. Text never meets text; it avoids marks and lines unless it must be drawn."""

    def __init__(self, width: int, floor: int):
        self._width, self._floor = width, floor
        self._texts: list[Box] = []
        self._marks: list[Box] = []
        self._lines: list[Segment] = []

    def block(self, boxes: Iterable[Box]) -> None:
        self._marks.extend(boxes)

    def cross(self, segments: Iterable[Segment]) -> None:
        self._lines.extend(segments)

    def place(self, text: str, places: list[tuple[int, int]], strong: bool = False, must: bool = False) -> Label | None:
        """The first free of these places, or None. What must be drawn takes the least bad one."""
        labels = [self._inside(Label(x, y, text, strong)) for x, y in places] if text else []
        labels = [fit for fit in labels if fit and self._clear_of_text(fit)]
        chosen = next((fit for fit in labels if self._is_free(fit)), None)
        if chosen is None and must:
            chosen = min(labels, key=self._cost, default=None)
        if chosen is not None:
            self._texts.append(label_box(chosen))
        return chosen

    def place_beside(self, text: str, top: int, bottom: int) -> Label | None:
        """A label for a band: inside it at the left or right, else just over or under it, else at head or foot."""
        half = text_width(text) // 2
        inner, outer = half + 8, self._width - half - 8
        rows = [top + ASCENT + 6, bottom - DESCENT - 4] if bottom - top >= TEXT + 8 else []
        rows += [top - DESCENT - 2, bottom + ASCENT + 3, ASCENT + 1, self._floor - DESCENT - 1]
        return self.place(text, [(x, y) for y in rows for x in (inner, outer)], must=True)

    def _inside(self, label: Label) -> Label | None:
        """Moved sideways until it lies in the box; None where it is too wide or too high or low."""
        box = label_box(label)
        if box.right - box.left > self._width or box.top < 0 or box.bottom > self._floor:
            return None
        shift = max(0, -box.left) - max(0, box.right - self._width)
        return Label(label.x + shift, label.y, label.text, label.strong)

    def _clear_of_text(self, label: Label) -> bool:
        box = label_box(label)
        wide = Box(box.left - GAP, box.top, box.right + GAP, box.bottom)
        return not any(wide.meets(text) for text in self._texts)

    def _is_free(self, label: Label) -> bool:
        box = label_box(label)
        return not any(box.meets(mark) for mark in self._marks) and not any(line.crosses(box) for line in self._lines)

    def _cost(self, label: Label) -> int:
        box = label_box(label)
        marks = sum(box.meets(mark) for mark in self._marks)
        return 10 * marks + sum(line.crosses(box) for line in self._lines)


def _letter(char: str) -> float:
    if char.isdigit() or char.islower():
        return 8.7
    return 11.0 if ord(char) < 0x2000 else TEXT
