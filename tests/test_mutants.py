"""The mutation check itself: it plants faults, and a test without bite lets them live."""

from __future__ import annotations

import ast

from tests.support.mutants import all_mutants, mutants_of, path_of, replacements


def test_there_are_faults_to_plant_in_every_module_of_access():
    kinds = {mutant.what for mutant in all_mutants()}
    assert {"condition 1 lost", "comparison turned", "nothing became everything", "if that never holds"} <= kinds
    assert len(all_mutants()) > 60


def test_each_fault_changes_the_source_and_still_compiles():
    for mutant in mutants_of("access.visible"):
        assert mutant.source != ast.unparse(ast.parse(path_of(mutant.module).read_text())), mutant.what
        compile(mutant.source, mutant.name, "exec")


def test_a_conjunction_loses_each_of_its_sides():
    node = ast.parse("a & b", mode="eval").body
    assert [ast.unparse(found) for _, found in replacements(node)] == ["b", "a"]
    node = ast.parse("all_of(a, b)", mode="eval").body
    assert [ast.unparse(found) for _, found in replacements(node)] == ["all_of(b)", "all_of(a)"]
    node = ast.parse("'a = ? AND b IS NULL AND c = ?'", mode="eval").body
    assert [ast.unparse(found) for _, found in replacements(node)] == ["'a = ? AND c = ?'"]
