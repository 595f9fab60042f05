"""Which results a person asked for: by the name of the test, by kind, by how far back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from access.grant import RecordGrant
from access.visible import Predicate, all_of, visible
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
    turned: bool = False
    """Whether a page was turned: then focus moves to its first heading, and the count is not said as well."""

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
        before=read_key(query.get("before")), turned="before" in query,
    )


def report_where(grant: RecordGrant, asked: ResultFilter, since: Period) -> Predicate:
    wanted = [visible(grant, DiagnosticReport).predicate, _of_results("diagnostic_report"), *_since("diagnostic_report", grant, since)]
    if asked.kind:
        wanted.append(_report_kind(grant, asked.kind))
    if asked.words:
        named = _named("diagnostic_report", asked.words, grant)
        wanted.append(_either(named, _holds(grant, _named("observation", asked.words, grant))))
    return all_of(*wanted)


def lone_where(grant: RecordGrant, asked: ResultFilter, since: Period) -> Predicate:
    """Tests that no report and no panel holds."""
    alone = Predicate("observation.report IS NULL AND observation.parent IS NULL")
    return all_of(_tests_where(grant, asked, since), alone)


def orphan_where(grant: RecordGrant, asked: ResultFilter, since: Period) -> Predicate:
    """Tests of a report, `gone`, that the laboratory took back, when it did not take back the tests."""
    sources = ", ".join("?" * len(grant.sources)) or "NULL"
    orphaned = Predicate(
        f"gone.patient IN ({sources}) AND gone.category = ? AND gone.withdrawn_at IS NOT NULL"
        " AND observation.report = gone.id AND observation.parent IS NULL",
        (*grant.sources, RESULTS),
    )
    return all_of(_tests_where(grant, asked, since), orphaned)


def _tests_where(grant: RecordGrant, asked: ResultFilter, since: Period) -> Predicate:
    wanted = [visible(grant, Observation).predicate, _of_results("observation"), *_since("observation", grant, since)]
    if asked.kind:
        wanted.append(_test_kind(asked.kind))
    if asked.words:
        wanted.append(_named("observation", asked.words, grant))
    return all_of(*wanted)


def _of_results(table: str) -> Predicate:
    return Predicate(f"{table}.category = ?", (RESULTS,))


def _since(table: str, grant: RecordGrant, since: Period) -> list[Predicate]:
    first = begins(since, grant.now)
    return [Predicate(f"{table}.effective_starts >= ?", (first,))] if first else []


def _test_kind(kind: str) -> Predicate:
    if kind == "other":
        return Predicate(f"observation.kind NOT IN {NAMED}")
    return Predicate("observation.kind = ?", (kind,))


def _report_kind(grant: RecordGrant, kind: str) -> Predicate:
    """A report counts as blood where one of its tests was made on blood, whatever its own name says."""
    if kind == "other":
        known = _holds(grant, Predicate(f"observation.kind IN {NAMED}"))
        return Predicate(f"diagnostic_report.kind NOT IN {NAMED} AND NOT {known.sql}", known.values)
    return _either(Predicate("diagnostic_report.kind = ?", (kind,)), _holds(grant, _test_kind(kind)))


def _holds(grant: RecordGrant, what: Predicate) -> Predicate:
    tests = all_of(visible(grant, Observation).predicate, what)
    held = "EXISTS (SELECT 1 FROM observation WHERE observation.report = diagnostic_report.id AND"
    return Predicate(f"{held} {tests.sql})", tests.values)


def _either(one: Predicate, other: Predicate) -> Predicate:
    return Predicate(f"(({one.sql}) OR ({other.sql}))", one.values + other.values)


def _named(table: str, words: str, grant: RecordGrant) -> Predicate:
    """Every word stands in the laboratory's own name, or every one in ours."""
    each = words.casefold().split()
    likes = " AND ".join([f"LOWER({table}.label) LIKE ? ESCAPE '!'"] * len(each))
    theirs = Predicate(likes, tuple(f"%{_escaped(word)}%" for word in each))
    codes = codes_named(each, grant.viewer.locale if grant.viewer else "en")
    if not codes:
        return Predicate(f"({theirs.sql})", theirs.values)
    return _either(theirs, Predicate(f"{table}.loinc IN ({', '.join('?' * len(codes))})", codes))


def _escaped(word: str) -> str:
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def codes_named(words: list[str], locale: str) -> tuple[str, ...]:
    """The LOINC codes whose plain name holds each of these words, in the reader's language."""
    with use(locale):
        keys = {key for key, (name, _about) in NAMES.items() if _in(words, _(name).casefold())}
    return tuple(code for code, plain in BY_LOINC.items() if plain.key in keys)


def _in(words: list[str], name: str) -> bool:
    return all(word in name for word in words)
