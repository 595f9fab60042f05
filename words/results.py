"""What a result means and where it stands, in words that neither soothe nor alarm."""

from rules.quantities import Quantity, Span, Whole, series_unit
from rules.results import ABOVE, BELOW, OUT, Meaning, Range, Shown
from rules.tests import Specimen
from words.gettext import N_, _
from words.numbers import NBSP, unit
from words.values import value

MEANINGS: dict[Meaning, str] = {
    Meaning.IN: N_("In the usual range"),
    Meaning.BELOW: N_("Below the usual range"),
    Meaning.ABOVE: N_("Above the usual range"),
    Meaning.FAR_BELOW: N_("Far below the usual range"),
    Meaning.FAR_ABOVE: N_("Far above the usual range"),
    Meaning.OUTSIDE: N_("Not as usual"),
    Meaning.FAR_OUTSIDE: N_("Very far from usual"),
    Meaning.POSITIVE: N_("Positive: it was found"),
    Meaning.NEGATIVE: N_("Negative: it was not found"),
    Meaning.UNCLEAR: N_("Not clear"),
    Meaning.SUSCEPTIBLE: N_("This medicine works against it"),
    Meaning.INTERMEDIATE: N_("This medicine may work against it"),
    Meaning.RESISTANT: N_("This medicine does not work against it"),
}

STATES: dict[Shown, str] = {
    Shown.FINAL: N_("Final"),
    Shown.CORRECTED: N_("Corrected"),
    Shown.NOT_FINAL: N_("Not final"),
    Shown.WAITING: N_("Waiting"),
    Shown.NOT_DONE: N_("Not done"),
    Shown.WITHDRAWN: N_("Withdrawn"),
    Shown.UNKNOWN: N_("Not final"),
}

# The tag of the stylesheet that goes with each state; a final result needs none.
STATE_TAGS: dict[Shown, str] = {
    Shown.CORRECTED: "fix",
    Shown.NOT_FINAL: "wait",
    Shown.WAITING: "wait",
    Shown.NOT_DONE: "",
}

SPECIMENS: dict[Specimen, str] = {
    Specimen.BLOOD: N_("Blood"),
    Specimen.URINE: N_("Urine"),
    Specimen.STOOL: N_("Stool"),
    Specimen.SWAB: N_("Swab"),
    Specimen.BODY: N_("Measured on the body"),
    Specimen.ANSWERS: N_("Your answers"),
    Specimen.NONE: "",
}


def meaning(code: Meaning | str, of: object = None) -> str:
    """A sentence part with a capital letter; '' where nothing may be said. What is no number lies in no range."""
    sent = Meaning(code)
    if sent is Meaning.IN and of is not None and not isinstance(of, (Quantity, Whole)):
        return _("As usual")
    message = MEANINGS.get(sent)
    return _(message) if message else ""


def meaning_class(code: Meaning | str) -> str:
    """The stylesheet's class for the sign before the words: `up`, `down`, `in`, or none."""
    sent = Meaning(code)
    if sent in BELOW:
        return "down"
    if sent in ABOVE:
        return "up"
    return "in" if sent is Meaning.IN else ""


def is_out(code: Meaning | str) -> bool:
    return Meaning(code) in OUT


# FHIR referencerange-meaning, where a range is not simply the usual one.
RANGE_KINDS: dict[str, str] = {
    "recommended": N_("advised"),
    "treatment": N_("during treatment"),
    "therapeutic": N_("wanted level"),
    "pre": N_("wanted level before a dose"),
    "post": N_("wanted level after a dose"),
    "pre-puberty": N_("before puberty"),
    "follicular": N_("first half of the cycle"),
    "midcycle": N_("middle of the cycle"),
    "luteal": N_("second half of the cycle"),
    "postmenopausal": N_("after menopause"),
}


def state(shown: Shown | str) -> str:
    return _(STATES[Shown(shown)])


def state_tag(shown: Shown | str) -> str:
    return STATE_TAGS.get(Shown(shown), "")


def specimen(kind: Specimen | str) -> str:
    message = SPECIMENS[Specimen(kind)]
    return _(message) if message else ""


def range_bounds(usual: Range) -> str:
    """12.0 to 15.5 · from 60 · up to 200; the laboratory's own text where it sent no numbers."""
    if usual.low and usual.high:
        return _("%(low)s to %(high)s", low=usual.low, high=usual.high)
    if usual.low:
        return _("from %(low)s", low=usual.low)
    if usual.high:
        return _("up to %(high)s", high=usual.high)
    return usual.text


def usual_range(ranges: tuple[Range, ...], of: object = None) -> str:
    """All ranges as sent, parted by semicolons; a unit is named only where it is not that of the value."""
    own = series_unit(of) if isinstance(of, Quantity) else ""
    return "; ".join(_one_range(r, own) for r in ranges)


def _one_range(sent: Range, own_unit: str) -> str:
    bounds = sent.text if sent.text and not (sent.low or sent.high) else range_bounds(sent)
    foreign = sent.unit if (sent.low or sent.high) and sent.unit != own_unit else ""
    text = f"{bounds}{NBSP}{unit(foreign)}" if unit(foreign) else bounds
    for_whom = ", ".join(filter(None, (_range_kind(sent.kind), sent.applies, _age(sent.age))))
    return f"{for_whom}: {text}" if for_whom else text


def _age(span: Span | None) -> str:
    return _("age %(span)s", span=value(span)) if span else ""


def _range_kind(kind: str) -> str:
    """A kind that FHIR does not name stands as it was sent."""
    if kind in ("", "normal", "type"):
        return ""
    return _(RANGE_KINDS[kind]) if kind in RANGE_KINDS else kind
