"""What may stand where: elements, attributes, nesting, lists, tables, headings, pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests.support.html.names import is_control
from tests.support.html.tree import Tree, classes, shown, tag, words

PHRASING = frozenset(
    "a abbr b bdi bdo br button cite code data del dfn em i img input ins kbd label mark meter output progress q s "
    "samp select small span strong sub sup svg textarea time u var wbr datalist".split()
)
FLOW = PHRASING | frozenset(
    "address article aside blockquote details div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr "
    "main menu nav ol p pre search section table ul".split()
)
ELEMENTS = FLOW | frozenset(
    "html head body title meta link script summary li dt dd legend figcaption option optgroup caption colgroup col "
    "thead tbody tfoot tr th td".split()
)
# Only phrasing may stand in these. `a` is left out: it takes what its parent takes.
PHRASING_ONLY = frozenset(
    "abbr b button cite code em h1 h2 h3 h4 h5 h6 i label p pre small span strong sub sup time u".split()
)
INTERACTIVE = ("a", "button", "input", "select", "textarea", "label", "details", "summary")
SVG = "circle clipPath defs desc ellipse g line marker path pattern polygon polyline rect text title tspan use".split()

GLOBAL = frozenset("id class lang dir hidden tabindex role autofocus translate".split())
OWN = {
    "a": "href hreflang rel download type", "abbr": "title", "button": "type name value form formaction formmethod "
    "formenctype formnovalidate popovertarget", "col": "span", "colgroup": "span", "data": "value", "details": "open name",
    "form": "action method enctype novalidate autocomplete", "fieldset": "name form", "img": "src alt width height loading",
    "input": "type name value required checked autocomplete inputmode maxlength minlength min max step pattern size "
    "accept multiple readonly list form spellcheck autocapitalize", "label": "for", "li": "value", "link": "rel href",
    "meta": "charset name content", "meter": "value min max low high optimum", "ol": "start reversed type",
    "optgroup": "label", "option": "value selected label", "output": "for form name", "progress": "value max",
    "script": "src defer type integrity", "select": "name required autocomplete multiple size form",
    "td": "colspan rowspan headers", "textarea": "name rows cols readonly required maxlength minlength autocomplete spellcheck "
    "autocapitalize form", "th": "colspan rowspan headers scope abbr", "time": "datetime",
}  # fmt: skip
OWN_NAMES = {name: frozenset(names.split()) for name, names in OWN.items()}
# htmx may only improve what does the same without it.
HTMX = frozenset("hx-get hx-post hx-target hx-swap hx-select hx-select-oob hx-push-url hx-replace-url hx-include "
                 "hx-indicator hx-sync hx-trigger hx-vals hx-headers hx-confirm hx-preserve hx-disable".split())  # fmt: skip
HTMX_ANYWHERE = frozenset({"hx-swap-oob", "hx-ignore", "hx-preserve"})
TABLE_ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tfoot": "rowgroup", "tr": "row", "td": "cell"}


def attributes(tree: Tree) -> Iterator[str]:
    for element in tree.elements:
        for name, value in element.items():
            told = _attribute(element, str(name), value)
            if told:
                yield f"{shown(element)}: {told}"


def _attribute(element: Element, name: str, value: str) -> str:
    if name.startswith("on"):
        return f"{name} is script in the page"
    if name == "style":
        return "style= is refused by the CSP"
    if name == "disabled":
        return "a disabled control cannot say why"
    if name == "placeholder":
        return "a placeholder is no label"
    if name == "tabindex" and value not in ("0", "-1"):
        return "a positive tabindex changes the order"
    if name.startswith("hx-"):
        return _htmx(element, name, value)
    if name.startswith(("aria-", "data-")) or name in GLOBAL or tag(element).startswith("svg"):
        return ""
    return "" if name in OWN_NAMES.get(tag(element), ()) else f"{name} is not an attribute we use there"


def _htmx(element: Element, name: str, value: str) -> str:
    if name in HTMX_ANYWHERE:
        return ""
    plain = {"a": "href", "form": "action"}.get(tag(element))
    if tag(element) != "button" and not (plain and element.get(plain)):
        return f"{name} does nothing without script there"
    if name.split(":")[0] not in HTMX:
        return f"{name} is not one of htmx's attributes that we use"
    if re.search(r"\b(js|javascript):", value) or (name == "hx-trigger" and "[" in value):
        return f"{name} needs eval"
    return ""


def elements(tree: Tree) -> Iterator[str]:
    for element in tree.elements:
        name = tag(element)
        if name.startswith("svg:"):
            if name[4:] not in SVG:
                yield f"{shown(element)} is not drawn by us in SVG"
        elif name == "style":
            yield "a style element is refused by the CSP"
        elif name == "script" and (words(element) or not element.get("src")):
            yield "a script in the page is refused by the CSP"
        elif name not in ELEMENTS and not (not tree.whole and element is tree.root):
            yield f"{shown(element)} is not an element we use"


def nesting(tree: Tree) -> Iterator[str]:
    for element in tree.elements:
        parent = tree.parents.get(element)
        name = tag(element)
        if parent is not None and tag(parent) in PHRASING_ONLY and name in FLOW - PHRASING:
            yield f"{shown(element)} may not stand in <{tag(parent)}>"
        if parent is not None and tag(parent) == "legend" and name in FLOW - PHRASING and not re.fullmatch("h[1-6]", name):
            yield f"{shown(element)} may not stand in <legend>"
        if name in INTERACTIVE and tree.is_inside(element, "a", "button"):
            yield f"{shown(element)} stands inside another thing to press"
        if name == "label" and tree.is_inside(element, "label"):
            yield f"{shown(element)} stands inside another label"


def lists(tree: Tree) -> Iterator[str]:
    allowed = {"ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd"}, "tr": {"th", "td"}, "select": {"option", "optgroup"}}
    for element in tree.all(*allowed):
        children = [tag(child) for child in element if isinstance(child.tag, str)]
        for child in sorted(set(children) - allowed[tag(element)]):
            yield f"<{child}> may not stand directly in {shown(element)}"
        if not children and tag(element) in ("ul", "ol", "dl"):
            yield f"{shown(element)} is empty"
        if tag(element) == "dl" and children and (children[0] != "dt" or children[-1] != "dd"):
            yield f"{shown(element)} does not begin with dt and end with dd"
    for child, outer in (("li", ("ul", "ol", "menu")), ("dt", ("dl",)), ("dd", ("dl",))):
        for element in tree.all(child):
            if element in tree.parents and tag(tree.parents[element]) not in outer and tree.whole:
                yield f"{shown(element)} stands outside its list"


def tables(tree: Tree) -> Iterator[str]:
    for table in tree.all("table"):
        captions = tree.within(table, "caption")
        if len(captions) != 1 or not words(captions[0]):
            yield f"{shown(table)} has no caption"
        for header in tree.within(table, "th"):
            if header.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
                yield f"{shown(header)} does not say which cells it heads"
            if not words(header):
                yield f"{shown(header)} is an empty header"
        for cell in tree.within(table, "td"):
            if not words(cell) and not any(is_control(e) for e in cell.iter() if isinstance(e.tag, str)):
                yield f"{shown(cell)} is an empty cell, which is heard as nothing"
        if not tree.within(table, "th"):
            yield f"{shown(table)} has no headers"
        if "stack" in classes(table):
            yield from _roles(tree, table)


def _roles(tree: Tree, table: Element) -> Iterator[str]:
    """A table that stacks on a phone loses its meaning there unless its roles are set by hand."""
    for element in (table, *tree.within(table, *TABLE_ROLES, "th")):
        expected = TABLE_ROLES.get(tag(element)) or ("columnheader" if element.get("scope") == "col" else "rowheader")
        if element.get("role") != expected:
            yield f"{shown(element)} in a stacking table lacks role={expected}"


def headings(tree: Tree) -> Iterator[str]:
    level = 0
    for element in tree.all("h1", "h2", "h3", "h4", "h5", "h6"):
        next_level = int(tag(element)[1])
        if not words(element):
            yield f"{shown(element)} is an empty heading"
        if level and next_level > level + 1:
            yield f"{shown(element)} comes after an h{level}: a level is left out"
        level = next_level


def pictures(tree: Tree) -> Iterator[str]:
    for image in tree.all("img"):
        if image.get("alt") is None:
            yield f"{shown(image)} has no alt"
    for drawing in tree.all("svg"):
        children = [child for child in drawing if isinstance(child.tag, str)]
        titled = bool(children) and tag(children[0]) == "svg:title" and bool(words(children[0]))
        if drawing.get("aria-hidden") != "true" and not (drawing.get("role") == "img" and titled):
            yield f"{shown(drawing)} is neither role=img with a title first nor hidden from screen readers"
        named = (drawing.get("aria-labelledby") or "").split()
        if any(child.get("id") in named for child in children if tag(child) == "svg:desc"):
            yield f"{shown(drawing)} is named by its description, which is then heard twice"
