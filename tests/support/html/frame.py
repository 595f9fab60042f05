"""The frame every page shares: document, heading and title, landmarks, skip link, status line, what is loaded."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.html.tree import Tree, classes, shown, tag, words

FOCUSABLE = ("a", "button", "input", "select", "textarea", "summary")


def document(tree: Tree) -> Iterator[str]:
    if not (tree.root.get("lang") or "").strip():
        yield "the document names no language (html lang)"
    if not any((meta.get("charset") or "").lower() == "utf-8" for meta in tree.all("meta")):
        yield "there is no meta charset utf-8"
    viewports = [meta.get("content") or "" for meta in tree.all("meta") if meta.get("name") == "viewport"]
    if len(viewports) != 1 or "width=device-width" not in viewports[0]:
        yield "there is not exactly one viewport of the device's width"
    if any(word in viewport for viewport in viewports for word in ("user-scalable", "maximum-scale")):
        yield "the viewport forbids zooming"
    if any(meta.get("http-equiv") for meta in tree.all("meta")):
        yield "a meta http-equiv stands where a header belongs"


def heading(tree: Tree) -> Iterator[str]:
    headings, titles = tree.all("h1"), tree.all("title")
    if len(headings) != 1:
        yield f"there are {len(headings)} h1, not one"
    if len(titles) != 1:
        yield f"there are {len(titles)} titles, not one"
    if len(headings) != 1 or len(titles) != 1:
        return
    h1, title = words(headings[0]), words(titles[0])
    if not h1:
        yield "the h1 is empty"
    begins = [title.removeprefix("Error: ")]
    # What was just done, as the notice that has the focus says, may stand before it.
    if any("note" in classes(e) and "autofocus" in e.keys() for e in tree.elements):
        begins.append(begins[0].partition(": ")[2])
    # A smaller line in the heading ends with a colon in the title only.
    if not any(one.replace(": ", " ").startswith(h1.replace(": ", " ")) for one in begins):
        yield f"the title “{title}” does not begin with the h1 “{h1}”"
    summaries = [e for e in tree.elements if "errors" in classes(e)]
    if bool(summaries) != title.startswith("Error: "):
        yield f"the title “{title}” and the {len(summaries)} error summaries do not agree"


def landmarks(tree: Tree) -> Iterator[str]:
    mains = tree.all("main")
    if len(mains) != 1 or mains[0].get("id") != "main" or mains[0].get("tabindex") != "-1":
        yield "there is not exactly one <main id=main tabindex=-1>"
    for landmark in ("header", "footer"):
        if sum(not tree.is_inside(e, "main", "article", "section") for e in tree.all(landmark)) != 1:
            yield f"there is not exactly one {landmark} of the page"
    navs = tree.all("nav")
    labels = [tree.name(nav) if nav.get("aria-label") or nav.get("aria-labelledby") else "" for nav in navs]
    for nav, label in zip(navs, labels, strict=True):
        if not label:
            yield f"{shown(nav)} has no name"
        elif labels.count(label) > 1:
            yield f"two landmarks are called “{label}”"


def skip_link(tree: Tree) -> Iterator[str]:
    first = next((e for e in tree.all(*FOCUSABLE) if e.get("type") != "hidden" and not tree.is_inside(e, "head")), None)
    if first is None or tag(first) != "a" or first.get("href") != "#main":
        found = shown(first) if first is not None else "nothing"
        yield f"the first thing to reach by keyboard is {found}, not the skip link"


def status(tree: Tree) -> Iterator[str]:
    lines = [e for e in tree.elements if e.get("id") == "status"]
    if len(lines) != 1 or lines[0].get("role") != "status" or not tree.is_inside(lines[0], "main"):
        yield "there is not exactly one #status with role=status inside main"


def resources(tree: Tree) -> Iterator[str]:
    sheets = [e for e in tree.all("link") if e.get("rel") == "stylesheet"]
    if len(sheets) != 1:
        yield f"there are {len(sheets)} stylesheets, not one"
    for element in tree.all("link", "script", "img", "source", "video", "audio", "track"):
        address = element.get("src") or element.get("href") or ""
        if not address.startswith("/") or address.startswith("//"):
            yield f"{shown(element)} loads “{address}”, which is not a path of ours"
