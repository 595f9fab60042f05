"""What is charged for Dev, and that his mother pays for it."""

from __future__ import annotations

from seeds.billing import account, invoice
from seeds.cast import Resource
from seeds.fhir import Chart, labelled


def bills(chart: Chart) -> list[Resource]:
    """Two that are over, and one for what is his own affair: she sees the day and the sum."""
    return [
        account(chart, "family", "guardian", "Meera Patel"),
        *invoice(chart, "2210", 365, [("Sports physical", 12_000)], visit="sports", insurer=12_000, payer="family"),
        *invoice(chart, "2304", 150, [("Visit for an illness", 14_500), ("Strep test", 3_800)], visit="throat",
                 insurer=13_300, payer="family"),
        *invoice(chart, "2391", 60, [("Counseling, 50 minutes", 16_000)], visit="private", insurer=13_000, payer="family",
                 **labelled("PSY")),
    ]  # fmt: skip
