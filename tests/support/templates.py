"""What every template must keep to, read from its source. Each rule gives one sentence for each fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, nodes

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
HOLE = "\ufffc"  # stands where an expression will write something
TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
ATTRIBUTE = re.compile(r"""([^\s"'=<>/]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>]+))?""")
WORD = re.compile(r"[^\W\d_]{2,}|^[^\W\d_]$")
SAID = ("aria-label", "alt", "title", "placeholder", "label", "aria-description", "aria-roledescription")
GETTEXT = frozenset("_ gettext ngettext pgettext npgettext".split())
PLAIN = {"a": "href", "form": "action"}
ANYWHERE = frozenset("hx-swap-oob hx-preserve hx-ignore".split())
REFUSED = {
    "hx-on": "needs eval",
    "hx-boost": "loses the focus: page changes are plain links",
    "hx-push-url": "makes steps that go back to nowhere: use hx-replace-url",
}
MOST_LINES = 120


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    text: str
    tree: nodes.Template

    @property
    def is_page(self) -> bool:
        """Not a layout, a macro file, or a part that pages share."""
        return not (self.name.startswith(("layouts/", "ui/")) or "/_" in f"/{self.name}")

    @property
    def is_kit(self) -> bool:
        """Macros write attributes and ids for one another."""
        return self.name.startswith("ui/")

    @property
    def html(self) -> str:
        return "".join(_written(self.tree))

    @property
    def tags(self) -> list[tuple[str, dict[str, str | None]]]:
        return [(m[2].lower(), _attributes(m[3])) for m in TAG.finditer(self.html) if not m[1]]


def template_problems(name: str, text: str) -> list[str]:
    env = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True)
    source = Source(name, text, env.parse(text, name))
    return [f"{name}: {fault}" for rule in RULES for fault in rule(source)]


def all_templates() -> dict[str, str]:
    return {path.relative_to(TEMPLATES).as_posix(): path.read_text("utf-8") for path in sorted(TEMPLATES.rglob("*.html"))}


def length(source: Source) -> Iterator[str]:
    lines = source.text.count("\n") + 1
    if lines > MOST_LINES + 1:
        yield f"is {lines} lines long, more than {MOST_LINES}"


def title_and_heading(source: Source) -> Iterator[str]:
    if not source.is_page:
        return
    parents = [node.template.value for node in source.tree.find_all(nodes.Extends) if isinstance(node.template, nodes.Const)]
    if len(parents) != 1:
        yield "extends no layout"
    if "title" not in {block.name for block in source.tree.find_all(nodes.Block)}:
        yield "has no block title"
    if parents == ["layouts/document.html"]:
        return  # which has the heading, and requires its words
    headings = sum(tag == "h1" for tag, _ in source.tags) + sum(_asks_for_h1(call) for call in source.tree.find_all(nodes.Call))
    if headings != 1:
        yield f"has {headings} sources of an h1, not one"


def _asks_for_h1(call: nodes.Call) -> bool:
    return any(pair.key == "h1" and getattr(pair.value, "value", True) for pair in call.kwargs)


def htmx(source: Source) -> Iterator[str]:
    for tag, attributes in source.tags:
        for name, value in attributes.items():
            if not name.startswith("hx-"):
                continue
            for stem, why in REFUSED.items():
                if name == stem or name.startswith(f"{stem}:"):
                    yield f"{name} {why}"
            if re.search(r"\b(js|javascript):", value or "") or (name == "hx-trigger" and "[" in (value or "")):
                yield f"{name} needs eval"
            if name not in ANYWHERE and tag != "button" and not attributes.get(PLAIN.get(tag, "")):
                yield f"{name} on <{tag}> does nothing without script"


def inline(source: Source) -> Iterator[str]:
    """What the content security policy refuses."""
    for tag, attributes in source.tags:
        for name, value in attributes.items():
            if re.fullmatch(r"on[a-z]+", name):
                yield f"{name} on <{tag}> is script in the page"
            if name == "style":
                yield f"style on <{tag}> is refused by the CSP"
            if name in ("href", "action", "formaction", "src") and re.match(r"\s*(javascript|data|vbscript):", value or "", re.I):
                yield f"{name} on <{tag}> runs script"
        if tag == "style" or (tag == "script" and not attributes.get("src")):
            yield f"<{tag}> in the page is refused by the CSP"


def escaping(source: Source) -> Iterator[str]:
    """Words of people stay words: always quoted, never trusted as markup."""
    for tag, attributes in source.tags:
        for name, value in attributes.items():
            if (HOLE in name and not source.is_kit) or (value and value[0] == HOLE):
                yield f"an attribute of <{tag}> is written without quotes: {name}={value}"
    filters = [node.name for node in source.tree.find_all(nodes.Filter)]
    if "safe" in filters and source.name != "ui/pictures.html":
        yield "trusts something as markup with |safe"
    if re.search(r"{%-?\s*autoescape\s+false", source.text):
        yield "switches escaping off"


def words_through_gettext(source: Source) -> Iterator[str]:
    for text in TAG.sub("\n", _without_raw(source.html)).split("\n"):
        said = text.replace(HOLE, " ").strip()
        if source.is_kit:
            said = re.sub(r"\S*-\S*", " ", said)
        if WORD.search(re.sub(r"&[a-z]+;", " ", said)):
            yield f"“{said}” does not go through gettext"
    for tag, attributes in source.tags:
        for name in SAID:
            if WORD.search((attributes.get(name) or "").replace(HOLE, " ")):
                yield f"{name}=“{attributes[name]}” on <{tag}> does not go through gettext"
    for words in _loose_words(source.tree):
        yield f"“{words}” is a sentence in an expression, outside gettext"


def _loose_words(node: nodes.Node) -> Iterator[str]:
    """Texts in expressions that look like something to read: a capital, then small letters."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in GETTEXT:
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and re.match(r"[A-ZÀ-Þ][a-zß-ÿ’]+", node.value):
        yield node.value
    for child in node.iter_child_nodes():
        yield from _loose_words(child)


def _without_raw(html: str) -> str:
    return re.sub(r"<!--.*?-->|<!doctype[^>]*>", "", html, flags=re.S | re.I)


def _written(node: nodes.Node) -> Iterator[str]:
    """The template's own markup in the order of the source, every branch of it, with a hole for each expression."""
    if isinstance(node, nodes.TemplateData):
        yield node.data
    elif isinstance(node, nodes.Output):
        for one in node.nodes:
            yield from _written(one) if isinstance(one, nodes.TemplateData) else (_hole(one),)
    else:
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.Stmt):
                yield from _written(child)


def _hole(expression: nodes.Expr) -> str:
    """What an expression leaves in the markup: a text of ours that may be left out (`{{ ' checked' if … }}`), or a hole."""
    if isinstance(expression, nodes.CondExpr) and isinstance(expression.expr1, nodes.Const) and expression.expr2 is None:
        return str(expression.expr1.value)
    return HOLE


def _attributes(text: str) -> dict[str, str | None]:
    return {m[1].lower(): m[2].strip("\"'") if m[2] and m[2][0] in "\"'" else m[2] for m in ATTRIBUTE.finditer(_safe_holes(text))}


def _safe_holes(text: str) -> str:
    """A quoted hole is a value; a bare one is left as it is, for `escaping` to find."""
    return re.sub(rf'"{HOLE}', f'" {HOLE}', text)


RULES = (length, title_and_heading, htmx, inline, escaping, words_through_gettext)
