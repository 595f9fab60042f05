"""Conversion between units, only where an analyte has an explicit factor. Drawing never converts on its own."""

from decimal import Decimal

# Molar mass decides each factor, so it belongs to the analyte and not to the pair of units.
FACTORS: dict[tuple[str, str, str], Decimal] = {
    ("glucose", "mg/dL", "mmol/L"): Decimal("0.05551"),
    ("cholesterol", "mg/dL", "mmol/L"): Decimal("0.02586"),
    ("hdl", "mg/dL", "mmol/L"): Decimal("0.02586"),
    ("ldl", "mg/dL", "mmol/L"): Decimal("0.02586"),
    ("triglycerides", "mg/dL", "mmol/L"): Decimal("0.01129"),
    ("creatinine", "mg/dL", "umol/L"): Decimal("88.42"),
    ("weight", "[lb_av]", "kg"): Decimal("0.45359237"),
    ("height", "[in_i]", "cm"): Decimal("2.54"),
}


def convert(number: Decimal, analyte: str, unit: str, wanted: str) -> Decimal | None:
    """The number in the wanted unit; None where this analyte has no factor for the pair."""
    if unit == wanted:
        return number
    factor = FACTORS.get((analyte, unit, wanted))
    if factor is not None:
        return number * factor
    back = FACTORS.get((analyte, wanted, unit))
    return number / back if back is not None else None
