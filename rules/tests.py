"""Which plain-language name belongs to a test: LOINC code → key. The words of each key are in `words/tests.py`.

Only codes that mean the same to a patient share a key. What is not here keeps the laboratory's own text.
"""

from dataclasses import dataclass
from enum import StrEnum


class Specimen(StrEnum):
    """What the test is made on; `body` is measured on the person, `none` is not known."""

    BLOOD = "blood"
    URINE = "urine"
    STOOL = "stool"
    SWAB = "swab"
    BODY = "body"
    ANSWERS = "answers"
    NONE = ""


@dataclass(frozen=True, slots=True)
class PlainName:
    key: str
    specimen: Specimen


_KEYS: dict[Specimen, dict[str, tuple[str, ...]]] = {
    Specimen.BLOOD: {
        "glucose": ("2339-0", "2345-7", "1558-6", "41653-7", "15074-8"),
        "egfr": ("33914-3", "62238-1", "48642-3", "48643-1", "77147-7", "98979-8", "69405-9"),
        "urea": ("6299-2", "3094-0"),
        "calcium": ("49765-1", "17861-6"),
        "sodium": ("2947-0", "2951-2"),
        "potassium": ("6298-4", "2823-3"),
        "chloride": ("2069-3", "2075-0"),
        "carbon_dioxide": ("20565-8", "2028-9", "1963-8"),
        "creatinine": ("38483-4", "2160-0"),
        "hemoglobin": ("718-7",),
        "a1c": ("4548-4", "17856-6", "59261-8"),
        "white_cells": ("6690-2", "26464-8"),
        "platelets": ("777-3", "26515-7"),
        "red_cells": ("789-8", "26453-1"),
        "hematocrit": ("4544-3", "20570-8"),
        "hdl": ("2085-9",),
        "cholesterol": ("2093-3",),
        "triglycerides": ("2571-8",),
        "ldl": ("18262-6", "13457-7", "2089-1"),
        "bilirubin": ("1975-2",),
        "protein": ("2885-2",),
        "albumin": ("1751-7",),
        "globulin": ("10834-0", "2336-6"),
        "alp": ("6768-6",),
        "alt": ("1742-6",),
        "ast": ("1920-8",),
        "mcv": ("787-2", "30428-7"),
        "mch": ("785-6", "28539-5"),
        "mchc": ("786-4", "28540-3"),
        "rdw": ("788-0", "21000-5", "30385-9"),
        "platelet_size": ("32623-1",),
        "platelet_spread": ("32207-3",),
        "neutrophils": ("751-8",),
        "neutrophil_share": ("770-8",),
        "lymphocytes": ("731-0",),
        "lymphocyte_share": ("736-9",),
        "monocytes": ("742-7",),
        "monocyte_share": ("5905-5",),
        "eosinophils": ("711-2",),
        "eosinophil_share": ("713-8",),
        "basophils": ("704-7",),
        "basophil_share": ("706-2",),
        "d_dimer": ("48065-7", "48066-5"),
        "ferritin": ("2276-4",),
        "troponin": ("89579-7", "10839-9", "67151-1"),
        "ldh": ("14804-9", "2532-0"),
        "ck": ("2157-6",),
        "crp": ("1988-5", "30522-7"),
        "clotting_time": ("5902-2",),
        "inr": ("6301-6", "34714-6"),
        "procalcitonin": ("33959-8",),
        "tsh": ("3016-3", "11579-0"),
        "vitamin_d": ("1989-3", "62292-8"),
        "vitamin_b12": ("2132-9",),
        "folate": ("2284-8",),
        "iron": ("2498-4",),
        "psa": ("2857-1",),
        "blood_count": ("58410-2", "57021-8", "57782-5"),
        "basic_panel": ("51990-0", "24321-2"),
        "full_panel": ("24323-8",),
        "lipid_panel": ("57698-3", "24331-1"),
    },
    Specimen.URINE: {
        "urine_glucose": ("25428-4", "5792-7"),
        "urine_protein": ("20454-5", "5804-0"),
        "urine_albumin_ratio": ("9318-7", "14959-1", "14958-3"),
        "urine_ph": ("5803-2", "2756-5"),
        "urine_density": ("5811-5", "2965-2"),
        "urine_culture": ("630-4",),
        "urinalysis": ("24356-8", "24357-6"),
    },
    Specimen.STOOL: {"hidden_blood": ("57905-2", "2335-8", "29771-3")},
    Specimen.SWAB: {
        "covid": ("94531-1", "94500-6", "94309-2", "94759-8"),
        "flu_a": ("80382-5", "92142-9"),
        "flu_b": ("80383-3", "92141-1"),
        "rsv": ("92131-2",),
    },
    Specimen.BODY: {
        "heart_rate": ("8867-4",),
        "breathing_rate": ("9279-1",),
        "weight": ("29463-7", "3141-9"),
        "height": ("8302-2", "8306-3"),
        "bmi": ("39156-5",),
        "bmi_percentile": ("59576-9",),
        "weight_for_length": ("77606-2",),
        "head_size": ("9843-4", "8287-5"),
        "head_percentile": ("8289-1",),
        "waist": ("8280-0", "56086-2"),
        "blood_pressure": ("85354-9", "55284-4", "35094-2"),
        "systolic": ("8480-6",),
        "diastolic": ("8462-4",),
        "oxygen": ("59408-5", "2708-6"),
        "temperature": ("8310-5", "8331-1", "8333-0", "8332-9"),
        "oxygen_flow": ("3151-8",),
        "oxygen_given": ("3150-0",),
        "bone_density": ("38263-0",),
    },
    Specimen.ANSWERS: {
        "pain": ("72514-3", "38208-5"),
        "smoking": ("72166-2",),
        "mood_score": ("44261-6", "55758-7"),
        "worry_score": ("70274-6",),
        "alcohol_score": ("75626-2", "72109-2"),
        "memory_score": ("72106-8",),
    },
}

BY_LOINC: dict[str, PlainName] = {
    code: PlainName(key, specimen) for specimen, keys in _KEYS.items() for key, codes in keys.items() for code in codes
}


def plain_name(codes: tuple[str, ...]) -> PlainName | None:
    """The plain name for the first LOINC code that has one (one observation often carries two codes)."""
    return next((BY_LOINC[code] for code in codes if code in BY_LOINC), None)
