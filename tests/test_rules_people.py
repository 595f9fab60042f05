from datetime import datetime

import pytest

from rules.dates import UTC
from rules.measures import DIASTOLIC, SYSTOLIC, Pair, blood_pressure
from rules.names import person_name
from rules.quantities import Quantity, Text
from rules.tests import BY_LOINC, Specimen, plain_name

NOW = datetime(2026, 5, 12, tzinfo=UTC)


def full(*names: object) -> str:
    chosen = person_name(list(names), NOW)
    return chosen.full if chosen else ""


MARIA = {"given": ["Maria", "José"], "family": "Delgado"}


def test_the_official_name_comes_before_the_usual_one_and_that_before_the_first():
    usual, official = {"use": "usual", "given": ["Mia"]}, {"use": "official", **MARIA}
    assert full({"given": ["First"]}, usual, official) == "Maria José Delgado"
    assert full({"given": ["First"]}, usual) == "Mia"
    assert full({"given": ["First"]}, {"given": ["Second"]}) == "First"
    assert full({"use": "maiden", "family": "Ruiz"}, {"use": "nickname", "given": ["Mia"]}) == "Mia"


def test_a_name_has_prefix_given_family_suffix():
    assert full({"prefix": ["Dr."], **MARIA, "suffix": ["MD", "PhD"]}) == "Dr. Maria José Delgado MD PhD"


def test_text_is_used_where_there_are_no_parts():
    assert full({"text": " Maria  Delgado "}) == "Maria Delgado"
    assert full({"text": "Delgado, Maria", **MARIA}) == "Maria José Delgado"


def test_an_ended_name_is_used_only_where_there_is_no_other():
    ended = {"use": "official", "family": "Old", "period": {"end": "2020-01-01"}}
    assert full(ended, {"use": "usual", **MARIA}) == "Maria José Delgado"
    assert full(ended) == "Old"
    assert full({**ended, "period": {"end": "2030"}}, {"use": "usual", **MARIA}) == "Old"


def test_digits_in_a_name_stay():
    assert full({"given": ["Lucas404"], "family": "León820"}) == "Lucas404 León820"


@pytest.mark.parametrize(
    "sent", [None, [], [{}], ["x"], [{"given": "Maria"}], [{"given": [None], "family": ""}], {"family": "x"}]
)
def test_no_name_is_none(sent):
    assert person_name(sent, NOW) is None


def test_initials_and_the_parts_of_a_name():
    chosen = person_name([MARIA], NOW)
    assert (chosen.given, chosen.family, chosen.initials) == ("Maria", "Delgado", "MD")
    assert person_name([{"text": "Björk"}], NOW).initials == "B"
    assert person_name([{"family": "Delgado"}], NOW).given == "Delgado"


def test_two_halves_make_one_blood_pressure():
    upper, lower = Quantity("120", "mmHg", "mm[Hg]"), Quantity("80", "mmHg", "mm[Hg]")
    assert blood_pressure([(DIASTOLIC, lower), (SYSTOLIC, upper)]) == Pair(upper, lower)
    assert blood_pressure([(SYSTOLIC, upper)]) is None
    assert blood_pressure([(SYSTOLIC, upper), (DIASTOLIC, Text("80"))]) is None
    assert blood_pressure([(SYSTOLIC, upper), (DIASTOLIC, Quantity("10.6", "kPa", "kPa"))]) is None


FREQUENT = """
8867-4 29463-7 8302-2 39156-5 85354-9 8480-6 8462-4 2339-0 2345-7 33914-3 62238-1 6299-2 3094-0 49765-1 17861-6 2947-0 2951-2
6298-4 2823-3 2069-3 2075-0 20565-8 2028-9 38483-4 2160-0 718-7 4548-4 6690-2 777-3 789-8 4544-3 2085-9 2093-3 2571-8 18262-6
1975-2 2885-2 1751-7 6768-6 1742-6 1920-8 59408-5 2708-6 8310-5 72514-3
""".split()


@pytest.mark.parametrize("code", FREQUENT)
def test_every_frequent_test_has_a_plain_name(code):
    assert plain_name((code,)) is not None


def test_two_codes_for_one_analyte_share_a_name_and_the_first_known_code_counts():
    assert plain_name(("2339-0",)) == plain_name(("2345-7",))
    assert plain_name(("unknown", "718-7")).key == "hemoglobin"
    assert plain_name(()) is None
    assert BY_LOINC["5803-2"].specimen is Specimen.URINE


def test_no_code_has_two_names():
    from rules.tests import _KEYS

    codes = [code for keys in _KEYS.values() for group in keys.values() for code in group]
    assert len(codes) == len(set(codes))
