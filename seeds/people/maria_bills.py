"""What Maria owes and paid: two years of statements, one for each way it may go."""

from __future__ import annotations

from seeds.billing import invoice, paid_elsewhere
from seeds.cast import Resource
from seeds.fhir import Chart, labelled
from seeds.payments import Paid


def before(chart: Chart) -> list[Resource]:
    """Paid by check, paid with some of it given back, part paid, under a label, and one that was never hers."""
    return [
        *invoice(chart, "1041", 700, [("Yearly check-up", 18_500), ("Blood count", 4_200)], visit="second-checkup",
                 insurer=18_160),
        paid_elsewhere(chart, "1041", 660, 4_540),
        *invoice(chart, "1187", 540, [("Visit for an illness", 14_500), ("Chest X-ray", 21_000)], visit="cough",
                 insurer=22_400, off=6_100),
        *invoice(chart, "1322", 335, [("Yearly check-up", 19_200), ("Blood count", 4_200), ("Blood sugar", 2_600)],
                 visit="third-checkup", insurer=15_600, off=2_400),
        *invoice(chart, "1406", 210, [("Counseling, 50 minutes", 16_000)], visit="talk", insurer=13_000, **labelled("PSY")),
        *invoice(chart, "1433", 118, [("Video visit", 9_000)], status="entered-in-error"),
    ]  # fmt: skip


def now(chart: Chart) -> list[Resource]:
    """Nobody has paid anything of it yet."""
    return invoice(chart, "1510", 39, [("Office visit", 16_500), ("Ferritin", 5_400), ("Blood count", 4_200)], visit="tired",
                   insurer=17_840, off=4_000, later=5)  # fmt: skip


PAID = (
    Paid("1187", 500, 9_000, "card", back=2_000, why="twice"),
    Paid("1322", 290, 3_000, "card"),
    Paid("1322", 200, 2_000, "check"),
    Paid("1406", 170, 3_000, "card"),
)
