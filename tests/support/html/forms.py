"""Forms that work without script, carry their keys, and say what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests.support.html.names import is_control
from tests.support.html.tree import Tree, classes, shown, tag, words

KEYS = ("csrf", "form_key")


def forms(tree: Tree) -> Iterator[str]:
    for form in tree.all("form"):
        yield from _addressed(form)
        if form.get("method") == "post":
            yield from _keyed(tree, form)
        elif any(field.get("name") in KEYS for field in tree.within(form, "input")):
            yield f"{shown(form)} would show its keys in the address"
        if not any(button.get("type", "submit") == "submit" for button in tree.within(form, "button")) and not any(
            button.get("form") == form.get("id") for button in tree.all("button") if form.get("id")
        ):
            yield f"{shown(form)} has no button that sends it"
        sends_files = any(field.get("type") == "file" for field in tree.within(form, "input"))
        if sends_files != (form.get("enctype") == "multipart/form-data"):
            yield f"{shown(form)}: multipart is for files, and only for them"
    for button in tree.all("button"):
        if "formaction" in button.keys() and not _is_ours(button.get("formaction")):
            yield f"{shown(button)} sends its form to “{button.get('formaction')}”"


def _addressed(form: Element) -> Iterator[str]:
    if form.get("method") not in ("get", "post"):
        yield f"{shown(form)} says neither method=get nor method=post"
    if not _is_ours(form.get("action")):
        yield f"{shown(form)} goes to “{form.get('action')}”, which is not a path of ours"


def _is_ours(address: str | None) -> bool:
    return bool(address) and address.startswith("/") and not address.startswith("//")


def _keyed(tree: Tree, form: Element) -> Iterator[str]:
    for name in KEYS:
        fields = [field for field in tree.within(form, "input") if field.get("name") == name]
        if len(fields) != 1 or fields[0].get("type") != "hidden" or not fields[0].get("value"):
            yield f"{shown(form)} does not carry its {name} once, hidden and filled"


def errors(tree: Tree) -> Iterator[str]:
    """The summary takes the focus without script, is announced once, and each line leads to its field."""
    for summary in (e for e in tree.elements if "errors" in classes(e)):
        if summary.get("tabindex") != "-1" or "autofocus" not in summary.keys() or summary.get("role"):
            yield "the error summary is not a div with tabindex=-1 and autofocus alone"
        if not any(e.get("role") == "alert" for e in summary.iter() if isinstance(e.tag, str)):
            yield "nothing in the error summary has role=alert"
        links = tree.within(summary, "a")
        if not links:
            yield "the error summary lists nothing"
        for link in links:
            target = tree.by_id.get((link.get("href") or "")[1:])
            if tree.whole and (target is None or not (is_control(target) or tag(target) in ("fieldset", "button"))):
                yield f"{shown(link)} in the error summary does not lead to a field"
    if sum("autofocus" in e.keys() for e in tree.elements) > 1:
        yield "two elements ask for the focus"
    for control in filter(is_control, tree.elements):
        told = [tree.by_id[name] for name in (control.get("aria-describedby") or "").split() if name in tree.by_id]
        if control.get("aria-invalid") == "true" and tree.whole and not any(words(e).startswith("Error:") for e in told):
            yield f"{shown(control)} is invalid, and no description of it begins with “Error:”"
