import pytest

from tests.support.reading import AIM, MOST, average, grade, is_sentence, plain, syllables, too_hard
from words.catalog import messages

HARD = (
    "Utilization of authentication functionality necessitates verification of identification documentation "
    "preceding authorization of individual administrative applications."
)


@pytest.fixture(scope="module")
def catalog() -> dict[str, str]:
    """Every message of the portal, with the file it stands in."""
    return {message: file for file, message in messages()}


def test_our_sentences_are_for_a_reader_of_the_sixth_grade(catalog):
    assert sum(map(is_sentence, catalog)) > 50
    assert average(catalog) <= AIM


def test_no_sentence_is_above_the_eighth_grade(catalog):
    hard = too_hard(catalog)
    assert not hard, "\n".join(f"{catalog[h.message]}: {h}" for h in hard)


def test_a_hard_sentence_is_seen():
    assert [h.message for h in too_hard(["Your blood is fine.", HARD])] == [HARD]
    assert average([HARD]) > AIM


def test_a_plain_sentence_is_easy():
    assert grade("This shows how much sugar is in your blood.") < 3
    assert grade("") == 0


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("blood", 1),
        ("sugar", 2),
        ("made", 1),
        ("table", 2),
        ("see", 1),
        ("tested", 2),
        ("looked", 1),
        ("times", 1),
        ("2026", 1),
        ("the", 1),
    ],
)
def test_syllables_are_counted_by_ear(word, count):
    assert syllables(word) == count


def test_markup_and_placeholders_do_not_count():
    assert plain("<strong>%(name)s</strong> sees it").split() == ["it", "sees", "it"]


def test_labels_are_not_graded():
    assert not is_sentence("Authentication documentation")
    assert too_hard(["Authentication documentation"], MOST) == []
