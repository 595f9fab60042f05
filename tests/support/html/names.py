"""Ids, labels, and what a link, a button, a group is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests.support.html.tree import Tree, shown, tag, words

REFERENCES = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-owns", "aria-errormessage",
              "aria-details", "aria-activedescendant", "headers", "list", "form")  # fmt: skip
# What a link or a button may not say alone: in a list of links it tells nobody of what.
VAGUE = frozenset({"here", "click here", "more", "read more", "link", "this", "details", "view", "go",
                   "pdf", "large print pdf", "plain text"})


def ids(tree: Tree) -> Iterator[str]:
    counted = Counter(e.get("id") for e in tree.elements if e.get("id") is not None)
    for name, times in counted.items():
        if times > 1:
            yield f"the id “{name}” is used {times} times"
        if not name or any(letter.isspace() for letter in name):
            yield f"“{name}” is no id"


def references(tree: Tree) -> Iterator[str]:
    """In a whole page, everything that points at an id finds it."""
    for element in tree.elements:
        for attribute in REFERENCES:
            for name in (element.get(attribute) or "").split():
                if name not in tree.by_id:
                    yield f"{shown(element)}: {attribute} names “{name}”, which is not here"
        href = element.get("href") or ""
        if tag(element) == "a" and href.startswith("#") and href[1:] not in tree.by_id:
            yield f"{shown(element)} leads to {href}, which is not here"
    for label in tree.all("label"):
        target = label.get("for")
        if target and (target not in tree.by_id or not is_control(tree.by_id[target])):
            yield f"{shown(label)} is for “{target}”, which is no control here"


def is_control(element: Element) -> bool:
    """Something that takes an answer, and so needs a label."""
    if tag(element) == "input":
        return element.get("type", "text") not in ("hidden", "submit", "button", "reset", "image")
    return tag(element) in ("select", "textarea")


def controls(tree: Tree) -> Iterator[str]:
    labels = {label.get("for"): label for label in tree.all("label") if label.get("for")}
    for control in filter(is_control, tree.elements):
        if not _label(tree, control, labels):
            yield f"{shown(control)} has no label"
        if not control.get("name"):
            yield f"{shown(control)} has no name, so its answer is never sent"
        if control.get("type") == "password" and control.get("autocomplete") not in ("current-password", "new-password"):
            yield f"{shown(control)}: autocomplete says neither current-password nor new-password"
        if control.get("aria-invalid") == "true" and not control.get("aria-describedby"):
            yield f"{shown(control)} is invalid, and nothing says why"


def _label(tree: Tree, control: Element, labels: dict[str, Element]) -> str:
    around = next((e for e in tree.above(control) if tag(e) == "label"), None)
    label = labels.get(control.get("id"), around)
    if control.get("aria-labelledby") and not tree.whole:
        return "somewhere outside"
    named = control.get("aria-label") or "".join(
        words(tree.by_id[name]) for name in (control.get("aria-labelledby") or "").split() if name in tree.by_id
    )
    # A select's own options are no label, even when the label is wrapped around them.
    if label is not None:
        named += words(label).replace(words(control), "", 1) if label is around else words(label)
    return named.strip()


def links_and_buttons(tree: Tree) -> Iterator[str]:
    for element in tree.all("a", "button", "summary"):
        name = tree.name(element)
        if not name and not element.get("aria-labelledby"):
            yield f"{shown(element)} says nothing"
        if name.lower() in VAGUE:
            yield f"{shown(element)} does not say where it leads"
    for link in tree.all("a"):
        href = link.get("href")
        if not href or href == "#":
            yield f"{shown(link)} leads nowhere"
        elif href.split(":")[0].lower() in ("javascript", "data", "vbscript"):
            yield f"{shown(link)} runs script"
    for button in tree.all("input"):
        if button.get("type") in ("submit", "button", "reset", "image"):
            yield f"{shown(button)} should be a <button>"


def alike(tree: Tree) -> Iterator[str]:
    """Two buttons of one name do one thing, for whoever hears them out of their place."""
    done: dict[str, set[str]] = {}
    for button in tree.all("button"):
        form = next((e for e in tree.above(button) if tag(e) == "form"), None)
        goes = button.get("formaction") or (form.get("action") if form is not None else "") or ""
        done.setdefault(tree.name(button), set()).add(f"{goes} {button.get('name')}={button.get('value')}")
    for name, things in done.items():
        if name and len(things) > 1:
            yield f"{len(things)} buttons are called “{name}” and do different things"


def groups(tree: Tree) -> Iterator[str]:
    for fieldset in tree.all("fieldset"):
        inside = [child for child in fieldset if isinstance(child.tag, str)]
        if not inside or tag(inside[0]) != "legend" or not words(inside[0]):
            yield f"{shown(fieldset)} does not begin with a legend"
    radios = Counter(e.get("name") for e in tree.all("input") if e.get("type") == "radio")
    for radio in tree.all("input"):
        grouped = tree.is_inside(radio, "fieldset") or any(e.get("role") == "radiogroup" for e in tree.above(radio))
        if radio.get("type") == "radio" and radios[radio.get("name")] > 1 and not grouped and tree.whole:
            yield f"{shown(radio)} is a choice outside any fieldset"
