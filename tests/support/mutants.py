"""Small faults planted in the source of access/, one at a time: a test that matters must notice each of them.

Kinds: an operand of `&`, `and` or `or` left out; a comparison turned; a `not` lost; an `if` that never holds; a
default deny turned into an allow. As a pytest plugin (`-p tests.support.mutants`) it loads the one that
`MUTANT=module:number` names instead of the module itself.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.util
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = (
    "access.visible", "access.visible_bills", "access.visible_sharing", "access.visible_support", "access.predicates", "access.opening",
    "access.bills", "access.booking", "access.items", "access.guard", "access.grant", "access.viewer", "rules.access",
    "rules.billing",
)  # fmt: skip
TURNED = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}


@dataclass(frozen=True)
class Mutant:
    module: str
    number: int
    line: int
    what: str
    code: str
    """The first line of what was changed, as it stood."""
    place: tuple[int, int]
    """Which node, in the order of a walk, and which of its replacements."""

    @property
    def source(self) -> str:
        """The whole module with this fault in it."""
        tree = ast.parse(path_of(self.module).read_text())
        node, which = self.place
        target = list(ast.walk(tree))[node]
        replacement = [found for _, found in replacements(target)][which]
        return ast.unparse(ast.fix_missing_locations(Swap(target, replacement).visit(tree)))

    @property
    def name(self) -> str:
        return f"{self.module}:{self.number}"


def path_of(module: str) -> Path:
    return ROOT / (module.replace(".", "/") + ".py")


def replacements(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What this node could wrongly be."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd):
        yield "left operand of & lost", node.right
        yield "right operand of & lost", node.left
    elif isinstance(node, ast.BoolOp):
        for number in range(len(node.values)):
            rest = node.values[:number] + node.values[number + 1:]
            kept = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
            yield f"operand {number + 1} of {type(node.op).__name__.lower()} lost", kept
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in TURNED:
        yield "comparison turned", ast.Compare(node.left, [TURNED[type(node.ops[0])]()], node.comparators)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not lost", node.operand
    elif isinstance(node, ast.If):
        yield "if that never holds", ast.If(ast.Constant(False), node.body, node.orelse)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "all_of":
        for number in range(len(node.args)):
            yield f"condition {number + 1} lost", ast.Call(node.func, node.args[:number] + node.args[number + 1:], [])
    elif isinstance(node, ast.Name) and node.id == "NOTHING" and isinstance(node.ctx, ast.Load):
        yield "nothing became everything", ast.Name("EVERYTHING", ast.Load())
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " AND " in node.value:
        parts = node.value.split(" AND ")
        for number in range(1, len(parts)):
            if "?" not in parts[number]:
                yield f"SQL after AND {number} lost", ast.Constant(" AND ".join(parts[:number] + parts[number + 1:]))


def mutants_of(module: str) -> list[Mutant]:
    tree = ast.parse(path_of(module).read_text())
    found: list[Mutant] = []
    for position, node in enumerate(ast.walk(tree)):
        for which, (what, _) in enumerate(replacements(node)):
            code = ast.unparse(node).splitlines()[0]
            found.append(Mutant(module, len(found), node.lineno, what, code, (position, which)))
    return found


class Swap(ast.NodeTransformer):
    def __init__(self, target: ast.AST, replacement: ast.AST):
        self.target, self.replacement = target, replacement

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.copy_location(self.replacement, node) if node is self.target else super().visit(node)


def all_mutants() -> list[Mutant]:
    return [mutant for module in MODULES for mutant in mutants_of(module)]


class Loader(importlib.abc.Loader):
    def __init__(self, mutant: Mutant):
        self.mutant = mutant

    def create_module(self, spec):
        return None

    def exec_module(self, module) -> None:
        exec(compile(self.mutant.source, str(path_of(self.mutant.module)), "exec"), module.__dict__)


class Finder(importlib.abc.MetaPathFinder):
    def __init__(self, mutant: Mutant):
        self.mutant = mutant

    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_loader(name, Loader(self.mutant)) if name == self.mutant.module else None


def _install() -> None:
    module, _, number = os.environ["MUTANT"].partition(":")
    sys.meta_path.insert(0, Finder(mutants_of(module)[int(number)]))


if os.environ.get("MUTANT"):
    _install()
