"""The parts of a visit summary in words: facts, a table, or what somebody wrote."""

from __future__ import annotations

from collections.abc import Iterator

from pages.findings import Finding
from pages.medicines import STATES
from pages.result_rows import corrected_words
from pages.sheet import Cell, Part, lines_part, table_of, table_part
from pages.visit import Done, Ordered, Problem, Report, Text, VisitPage
from pages.written import Block, spoken
from rules.results import Shown
from words.doses import dose
from words.gettext import N_, _, ngettext
from words.names import in_sentence
from words.problems import NOT_GIVEN, certainty
from words.results import meaning, meaning_class, state, usual_range
from words.states import tag
from words.tests import name_of


def parts_of(page: VisitPage) -> tuple[Part, ...]:
    """What the clinic's own summary says, then what the record holds of the visit, then notes."""
    return tuple([
        *(part for text in page.texts if text.summary for part in _summary(text)),
        *_problems(page.problems),
        *_measurements(page.measured),
        *_tests(page.tests, page.reports),
        *_scans(page.reports),
        *_medicines(page.medicines),
        *_done(_("What was done"), page.done, N_("Not done")),
        *_done(_("Vaccines"), page.vaccines, NOT_GIVEN),
        *(_note(text) for text in page.texts if not text.summary),
    ])  # fmt: skip


def _summary(text: Text) -> Iterator[Part]:
    """Its sections stand as parts of the page; the last one says who wrote them."""
    said = [(heading, spoken(body)) for heading, body in text.sections]
    said = [(heading, body) for heading, body in said if body]
    for number, (heading, body) in enumerate(said, 1):
        yield Part(heading or text.title, blocks=body, by=_by(text) if number == len(said) else "")


def _note(text: Text) -> Part:
    """One heading, its sections under it."""
    return Part(text.title or _("What the clinic wrote"), blocks=text.blocks, by=_by(text))


def _by(text: Text) -> str:
    return _("Written by %(who)s.", who=text.author) if text.author else ""


def _problems(problems: tuple[Problem, ...]) -> Iterator[Part]:
    yield from lines_part(_("Health conditions"), tuple(map(_problem, problems)))


def _measurements(measured: tuple[Finding, ...]) -> Iterator[Part]:
    said = tuple((one.name, _measured(one)) for one in measured if one.said)
    if said:
        yield Part(_("Measurements"), facts=said)


def _problem(one: Problem) -> str:
    unsure = certainty(one.verification)
    return _("%(condition)s (%(state)s)", condition=one.label, state=in_sentence(unsure)) if unsure else one.label


def _measured(one: Finding) -> str:
    """128 over 76 mmHg. In the usual range."""
    words = [one.said, *filter(None, (meaning(one.meaning, one.value), _correction(one), _state(one)))]
    return ". ".join(words) if len(words) > 1 else words[0]


def _tests(tests: tuple[Finding, ...], reports: tuple[Report, ...]) -> Iterator[Part]:
    rows = [_test(one) for one in tests if one.said]
    rows += [_waiting(one) for one in reports if not one.imaging and one.empty and one.state is not Shown.FINAL]
    concluded = [one for one in reports if one.conclusion and not one.imaging]
    said = tuple((name_of((one.loinc,), one.label), one.conclusion) for one in concluded)
    if rows or said:
        heads = (_("Test"), _("Result"), _("Usual range"))
        caption = ngettext("%(count)s test", "%(count)s tests", len(rows))
        yield Part(_("Test results"), facts=said, table=table_of(caption, heads, rows) if rows else None)


def _test(one: Finding) -> tuple[Cell, ...]:
    return (
        Cell(one.name, one.laboratory_name),
        Cell(
            one.said, " ".join(filter(None, (_state(one), _correction(one)))),
            meaning(one.meaning, one.value) if one.has_value else "", meaning_class(one.meaning),
        ),
        Cell(usual_range(one.ranges, one.value)),
    )


def _waiting(one: Report) -> tuple[Cell, ...]:
    return Cell(name_of((one.loinc,), one.label)), Cell(state(one.state)), Cell("")


def _state(one: Finding) -> str:
    return state(one.state) if one.state in (Shown.NOT_FINAL, Shown.UNKNOWN) else ""


def _correction(one: Finding) -> str:
    return corrected_words(one) if one.corrected else ""


def _scans(reports: tuple[Report, ...]) -> Iterator[Part]:
    said = [(one.label, one.conclusion or state(one.state)) for one in reports if one.imaging]
    if said:
        yield Part(_("Scans and X-rays"), facts=tuple(said))


def _medicines(medicines: tuple[Ordered, ...]) -> Iterator[Part]:
    if not medicines:
        return
    heads = (_("Medicine"), _("How to take it"), _("For"), _("Since then"))
    rows = [(Cell(one.label), Cell(" ".join(map(dose, one.doses))), Cell(one.reason), _since(one)) for one in medicines]
    caption = ngettext("%(count)s medicine", "%(count)s medicines", len(rows))
    yield from table_part(_("Medicines from this visit"), caption, heads, rows)


def _since(one: Ordered) -> Cell:
    known = tag(STATES, one.status)
    return Cell(known[1] if known else "")


def _done(heading: str, done: tuple[Done, ...], not_done: str) -> Iterator[Part]:
    if not done:
        return
    lines = []
    for one in done:
        told = _("%(what)s: %(state)s", what=one.label, state=in_sentence(_(not_done))) if one.not_done else one.label
        lines.append(". ".join([told, *one.details]))
    yield Part(heading, blocks=(Block("list", tuple(lines)),))
