"""The plain names of what vaccines are against."""

from collections.abc import Sequence
from functools import lru_cache

from words.gettext import N_, _, reader
from words.names import list_of

DISEASES = {
    "flu": N_("flu"), "swine_flu": N_("swine flu (2009)"), "bird_flu": N_("bird flu"), "covid": N_("COVID-19"),
    "rsv": N_("RSV, a lung virus"), "tetanus": N_("tetanus"), "diphtheria": N_("diphtheria"),
    "pertussis": N_("whooping cough"), "polio": N_("polio"), "measles": N_("measles"), "mumps": N_("mumps"),
    "rubella": N_("rubella (German measles)"), "chickenpox": N_("chickenpox"), "shingles": N_("shingles"),
    "hepatitis_a": N_("hepatitis A"), "hepatitis_b": N_("hepatitis B"), "hib": N_("Hib (a cause of meningitis)"),
    "meningococcal": N_("meningitis (meningococcal)"), "pneumococcal": N_("pneumonia (pneumococcal)"),
    "rotavirus": N_("rotavirus"), "hpv": N_("HPV"), "typhoid": N_("typhoid"), "yellow_fever": N_("yellow fever"),
    "rabies": N_("rabies"), "japanese_encephalitis": N_("Japanese encephalitis"),
    "tick_encephalitis": N_("tick-borne encephalitis"), "cholera": N_("cholera"), "smallpox": N_("smallpox and mpox"),
    "tuberculosis": N_("tuberculosis"), "anthrax": N_("anthrax"), "dengue": N_("dengue fever"),
    "chikungunya": N_("chikungunya"), "ebola": N_("Ebola"),
}  # fmt: skip


def against(diseases: Sequence[str]) -> str:
    """Tetanus, diphtheria, and whooping cough: as a heading."""
    return _against(tuple(diseases), reader().locale)


@lru_cache(maxsize=1024)
def _against(diseases: tuple[str, ...], locale: str) -> str:
    """The same for each dose of a vaccine, in the language of who reads."""
    said = list_of([_(DISEASES[one]) for one in diseases])
    return said[:1].upper() + said[1:]
