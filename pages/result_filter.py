"""Which results a person asked for: by the name of the test, by kind, by how far back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from piccolo.columns.combination import Where, WhereRaw

from access.grant import RecordGrant
from access.visible import visible
from access.vocabulary import Category
from rules.paging import Key, read_key
from rules.periods import Period, begins, read_period
from rules.tests import BY_LOINC
from tables.results import DiagnosticReport, Observation
from words.gettext import _, use
from words.tests import NAMES

KINDS = ("blood", "urine", "swab", "stool", "note", "other")
NAMED = "('blood', 'urine', 'swab', 'stool', 'note')"
MOST_LETTERS = 80
RESULTS = Category.RESULTS.value


@dataclass(frozen=True, slots=True)
class ResultFilter:
    """`since` None: the person did not say, so it is the last year, or everything where that holds nothing."""

    words: str = ""
    kind: str = ""
    since: Period | None = None
    before: Key | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.words or self.kind)


def read_filter(query: Mapping[str, str]) -> ResultFilter:
    """From an address; what it cannot mean is left out."""
    kind = query.get("kind", "")
    return ResultFilter(
        words=" ".join(query.get("q", "").split())[:MOST_LETTERS],
        kind=kind if kind in KINDS else "",
        since=read_period(query.get("since"), Period.ONE_YEAR) if query.get("since") else None,
        before=read_key(query.get("before")),
    )


def report_where(grant: RecordGrant, asked: ResultFilter, since: Period) -> Where:
    where = visible(grant, DiagnosticReport).where & (DiagnosticReport.category == RESULTS)
    where = _since(where, DiagnosticReport, grant, since)
    if asked.kind:
        where &= _report_kind(grant, asked.kind)
    if asked.words:
        named = _named("diagnostic_report", asked.words, grant)
        where &= named | _holds(grant, _named("observation", asked.words, grant))
    return where


def lone_where(grant: RecordGrant, asked: ResultFilter, since: Period) -> Where:
    """Tests that no report and no panel holds."""
    return _tests_where(grant, asked, since) & WhereRaw("observation.report IS NULL AND observation.parent IS NULL")


def orphan_where(grant: RecordGrant, asked: ResultFilter, since: Period) -> Where:
    """Tests of a report, `gone`, that the laboratory took back, when it did not take back the tests."""
    sources = ", ".join(["{}"] * len(grant.sources)) or "NULL"
    return _tests_where(grant, asked, since) & WhereRaw(
        f"gone.patient IN ({sources}) AND gone.category = {{}} AND gone.withdrawn_at IS NOT NULL"
        " AND observation.report = gone.id AND observation.parent IS NULL",
        *grant.sources, RESULTS,
    )  # fmt: skip


def _tests_where(grant: RecordGrant, asked: ResultFilter, since: Period) -> Where:
    where = visible(grant, Observation).where & (Observation.category == RESULTS)
    where = _since(where, Observation, grant, since)
    if asked.kind:
        where &= _test_kind(asked.kind)
    return where & _named("observation", asked.words, grant) if asked.words else where


def _since(where: Where, table: type, grant: RecordGrant, since: Period) -> Where:
    first = begins(since, grant.now)
    return where & (table.effective_starts >= first) if first else where


def _test_kind(kind: str) -> Where:
    return WhereRaw(f"observation.kind NOT IN {NAMED}") if kind == "other" else Observation.kind == kind


def _report_kind(grant: RecordGrant, kind: str) -> Where:
    """A report counts as blood where one of its tests was made on blood, whatever its own name says."""
    if kind == "other":
        known = _holds(grant, WhereRaw(f"observation.kind IN {NAMED}"))
        return WhereRaw(f"diagnostic_report.kind NOT IN {NAMED} AND NOT {{}}", known.querystring)
    return (DiagnosticReport.kind == kind) | _holds(grant, Observation.kind == kind)


def _holds(grant: RecordGrant, what: Where) -> WhereRaw:
    tests = visible(grant, Observation).where & what
    return WhereRaw(
        "EXISTS (SELECT 1 FROM observation WHERE observation.report = diagnostic_report.id AND {})", tests.querystring
    )


def _named(table: str, words: str, grant: RecordGrant) -> Where:
    """Every word stands in the laboratory's own name, or every one in ours."""
    each = words.casefold().split()
    likes = " AND ".join([f"LOWER({table}.label) LIKE {{}} ESCAPE '!'"] * len(each))
    where: Where = WhereRaw(f"({likes})", *(f"%{_escaped(word)}%" for word in each))
    codes = codes_named(each, grant.viewer.locale if grant.viewer else "en")
    if not codes:
        return where
    marks = ", ".join(["{}"] * len(codes))
    return where | WhereRaw(f"{table}.loinc IN ({marks})", *codes)


def _escaped(word: str) -> str:
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def codes_named(words: list[str], locale: str) -> tuple[str, ...]:
    """The LOINC codes whose plain name holds each of these words, in the reader's language."""
    with use(locale):
        keys = {key for key, (name, _about) in NAMES.items() if _in(words, _(name).casefold())}
    return tuple(code for code, plain in BY_LOINC.items() if plain.key in keys)


def _in(words: list[str], name: str) -> bool:
    return all(word in name for word in words)
