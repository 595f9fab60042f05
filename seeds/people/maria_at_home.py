"""What Maria measures at home: her blood pressure and her weight, twice a month for three years."""

from __future__ import annotations

from seeds.cast import Resource
from seeds.fhir import Chart, concept
from seeds.measures import at_home, pressure, weighed

EVERY = 15
# Upper and lower number, from the oldest to the newest: high before the tablets, then calmer.
PRESSURES = (
    "148/90 151/92 146/88 149/91 152/93 150/90 144/88 147/89 145/87 142/86 144/88 139/84 141/85 138/84 136/83 139/84"
    " 135/82 137/83 134/82 136/81 133/80 135/82 131/80 134/81 132/79 130/80 133/81 129/78 131/79 128/78 132/80 130/79"
    " 127/77 129/78 131/79 126/76 128/78 130/78 127/77 129/77 124/74 121/72 125/76 128/77 130/78 127/76 129/78 126/76"
    " 128/77 131/79 127/76 129/77 126/75 128/77 125/75 127/76 130/78 126/76 128/76 125/75 127/76 126/75 124/74 127/76"
    " 125/75 128/76 126/75 124/74 127/75 125/74 126/76"
).split()
POUNDS = (
    "159.0 158.6 158.8 158.2 158.4 158.0 157.8 158.0 157.6 157.4 157.8 157.2 157.5 157.0 157.2 156.8 157.0 156.6 156.8"
    " 156.4 156.6 156.2 156.5 156.0 157.4 157.0 157.2 156.6 156.4 156.8 156.0 155.8 156.2 155.6 155.2 153.4 153.0 154.2"
    " 154.8 155.0 154.6 154.8 154.4 154.6 154.2 154.4 154.0 154.2 153.8 154.0 153.6 153.8 153.4 153.2 153.5 153.0 153.2"
    " 152.8 153.0 152.6 152.8 152.4 152.6 152.2 152.4 152.0 152.2 151.8 152.0 151.6 151.8"
).split()
DECLINED = concept("http://terminology.hl7.org/CodeSystem/data-absent-reason", "asked-declined", "Asked But Declined")


def until(chart: Chart, day: int) -> list[Resource]:
    """All that was sent so many days ago: one number is mistyped, and one pair is somebody else's."""
    old = [one for days, pair in _pairs(chart).items() if days > day for one in pair]
    return [*old, _mistyped(chart, "515"), _somebody_elses(chart)]


def since(chart: Chart, day: int) -> list[Resource]:
    """What came later: the newer ones, and those two put right."""
    new = [one for days, pair in _pairs(chart).items() if days <= day for one in pair]
    right = _mistyped(chart, "151.5", status="corrected"), _somebody_elses(chart, "entered-in-error")
    return [*new, *right, _declined(chart)]


def _pairs(chart: Chart) -> dict[int, tuple[Resource, Resource]]:
    """Days ago: the pressure and the weight of that morning."""
    found = {}
    for number, (pair, pounds) in enumerate(zip(PRESSURES, POUNDS, strict=True)):
        days = EVERY * (len(PRESSURES) - number) - 7
        upper, lower = map(int, pair.split("/"))
        found[days] = pressure(chart, days, upper, lower), weighed(chart, days, pounds)
    return found


def _mistyped(chart: Chart, pounds: str, **more) -> Resource:
    return weighed(chart, 48, pounds, **more)


def _somebody_elses(chart: Chart, status: str = "final") -> Resource:
    return pressure(chart, 50, 88, 51, status=status)


def _declined(chart: Chart) -> Resource:
    """A temperature that nobody took, and why."""
    one = at_home(chart, "temperature", 23, "8310-5", "Body temperature")
    return one | {"dataAbsentReason": DECLINED, "note": [{"text": "Thermometer is broken."}]}

