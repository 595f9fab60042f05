"""The tests that County Laboratory makes for Riverbend: names, units and usual ranges as its reports print them.

Ranges and codes are common textbook ones for grown women and men; nobody should be treated by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"


@dataclass(frozen=True, slots=True)
class Test:
    """`low` and `high` are the usual range, either of which a laboratory may leave out."""

    key: str
    loinc: str
    text: str
    unit: str
    ucum: str
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    loinc: str
    text: str
    tests: tuple[Test, ...]


HEMOGLOBIN = Test("hgb", "718-7", "HGB, whole blood", "g/dL", "g/dL", "12.0", "15.5")
HEMATOCRIT = Test("hct", "4544-3", "HCT, whole blood", "%", "%", "36.0", "46.0")
RED_CELLS = Test("rbc", "789-8", "RBC", "10*6/uL", "10*6/uL", "3.90", "5.20")
WHITE_CELLS = Test("wbc", "6690-2", "WBC", "10*3/uL", "10*3/uL", "4.0", "11.0")
PLATELETS = Test("plt", "777-3", "Platelets", "10*3/uL", "10*3/uL", "150", "400")
MCV = Test("mcv", "787-2", "MCV", "fL", "fL", "80.0", "100.0")

SODIUM = Test("na", "2951-2", "Sodium, serum", "mmol/L", "mmol/L", "135", "145")
POTASSIUM = Test("k", "2823-3", "Potassium, serum", "mmol/L", "mmol/L", "3.5", "5.1")
CHLORIDE = Test("cl", "2075-0", "Chloride, serum", "mmol/L", "mmol/L", "98", "107")
CARBON_DIOXIDE = Test("co2", "2028-9", "Carbon dioxide, total", "mmol/L", "mmol/L", "22", "29")
UREA = Test("bun", "3094-0", "Urea nitrogen (BUN)", "mg/dL", "mg/dL", "7", "20")
CREATININE = Test("crea", "2160-0", "Creatinine, serum", "mg/dL", "mg/dL", "0.57", "1.00")
EGFR = Test("egfr", "98979-8", "eGFR (CKD-EPI 2021)", "mL/min/1.73 m2", "mL/min/{1.73_m2}", "60")
GLUCOSE = Test("glu", "2345-7", "Glucose, serum", "mg/dL", "mg/dL", "70", "99")
CALCIUM = Test("ca", "17861-6", "Calcium, serum", "mg/dL", "mg/dL", "8.6", "10.2")

CHOLESTEROL = Test("chol", "2093-3", "Cholesterol, total", "mg/dL", "mg/dL", "", "199")
TRIGLYCERIDES = Test("trig", "2571-8", "Triglycerides", "mg/dL", "mg/dL", "", "149")
HDL = Test("hdl", "2085-9", "HDL cholesterol", "mg/dL", "mg/dL", "50")
LDL = Test("ldl", "13457-7", "LDL cholesterol (calculated)", "mg/dL", "mg/dL", "", "129")

A1C = Test("a1c", "4548-4", "Hemoglobin A1c", "%", "%", "4.0", "5.6")
FERRITIN = Test("ferr", "2276-4", "Ferritin, serum", "ng/mL", "ng/mL", "15", "150")
CRP = Test("crp", "1988-5", "C-reactive protein", "mg/L", "mg/L", "", "5")
TSH = Test("tsh", "3016-3", "TSH", "m[IU]/L", "m[IU]/L", "0.40", "4.50")
VITAMIN_D = Test("vitd", "1989-3", "25-OH vitamin D", "ng/mL", "ng/mL", "30", "100")
VITAMIN_B12 = Test("b12", "2132-9", "Vitamin B12, serum", "pg/mL", "pg/mL", "232", "1245")

BLOOD_COUNT = Panel(
    "58410-2", "CBC panel", (HEMOGLOBIN, HEMATOCRIT, RED_CELLS, WHITE_CELLS, PLATELETS, MCV)
)
BASIC_PANEL = Panel(
    "51990-0", "Basic metabolic panel",
    (SODIUM, POTASSIUM, CHLORIDE, CARBON_DIOXIDE, UREA, CREATININE, EGFR, GLUCOSE, CALCIUM),
)  # fmt: skip
LIPID_PANEL = Panel("57698-3", "Lipid panel", (CHOLESTEROL, TRIGLYCERIDES, HDL, LDL))


def interpretation(test: Test, value: str) -> str:
    """What the laboratory's machine prints beside the number: N, L or H; "" where it has no range."""
    number = Decimal(value)
    if test.low and number < Decimal(test.low):
        return "L"
    if test.high and number > Decimal(test.high):
        return "H"
    return "N" if test.low or test.high else ""
