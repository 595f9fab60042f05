"""Fills and sends a form the way a browser without script does."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit
from xml.etree.ElementTree import Element

from tests.support.html.tree import Tree, shown, tag, words


class NoSuchForm(LookupError):
    """The page has no such form, field, choice or button; the message lists what it has."""


@dataclass(frozen=True)
class Sending:
    """A request that a browser would make: GET with everything in `url`, or POST with `fields` or `files`."""

    method: str
    url: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, tuple[str, bytes, str]], ...] = ()

    @property
    def body(self) -> str:
        return urlencode(self.fields)


def find_form(tree: Tree, which: str | int) -> Element:
    """By id, by action (its end), by the words on its button, or by number; 0 is the first form inside <main>. One that a
    script fills in, such as that of a passkey, is found by its id or its words alone."""
    everywhere = sorted(tree.all("form"), key=_is_of_script)
    inside = [form for form in everywhere if (tree.is_inside(form, "main") or not tree.whole) and not _is_of_script(form)]
    if isinstance(which, int):
        if which < len(inside):
            return inside[which]
        raise NoSuchForm(f"form {which} of {len(inside)} in main")
    for is_it in (
        lambda form: form.get("id") == which,
        lambda form: (form.get("action") or "").split("?")[0].endswith(which),
        lambda form: any(words(button) == which for button in buttons(tree, form)),
    ):
        found = [form for form in everywhere if is_it(form)]
        if found:
            return found[0]
    raise NoSuchForm(f"no form “{which}” among {[form.get('id') or form.get('action') for form in everywhere]}")


def _is_of_script(form: Element) -> bool:
    return "data-asked" in form.keys()


def buttons(tree: Tree, form: Element) -> list[Element]:
    """Those that send this form, in the order of the page."""
    own = set(tree.within(form, "button"))
    named = form.get("id")
    return [
        button for button in tree.all("button")
        if (button in own or (named and button.get("form") == named)) and button.get("type", "submit") == "submit"
    ]  # fmt: skip


def fill(tree: Tree, page_url: str, which: str | int, answers: dict[str, object], press: str | None = None) -> Sending:
    """`answers`: field name → text, list of texts (boxes, selects), bytes triple for a file, or None to leave it out.

    A radio button or a box is chosen by its value; `press` names a button by its words or name, else it is the first.
    """
    form = find_form(tree, which)
    button = _pressed(tree, form, press)
    fields, files, used = [], [], set()
    for control in _controls(tree, form):
        name = control.get("name")
        if not name:
            continue
        if name in answers:
            used.add(name)
        if control.get("type") == "file":
            files.append((name, answers.get(name) or ("", b"", "application/octet-stream")))
        else:
            fields += [(name, value) for value in _values(tree, control, answers)]
    if unused := set(answers) - used:
        raise NoSuchForm(f"{shown(form)} has no field {sorted(unused)}; it has {_names(tree, form)}")
    if button is not None and button.get("name"):
        fields.append((button.get("name"), button.get("value") or ""))
    action = (button.get("formaction") if button is not None else None) or form.get("action") or page_url
    own = button.get("formenctype") if button is not None else None
    return _sending(form, urljoin(page_url, action), fields, files, own or form.get("enctype"))


def _sending(form: Element, url: str, fields: list, files: list, coding: str | None) -> Sending:
    """`coding`: a button's own way of writing the form down goes before the form's."""
    if form.get("method", "get").lower() == "post":
        multipart = tuple(files) if coding == "multipart/form-data" else ()
        return Sending("POST", url, tuple(fields), multipart)
    return Sending("GET", urlunsplit(urlsplit(url)._replace(query=urlencode(fields))), ())


def _controls(tree: Tree, form: Element) -> list[Element]:
    inside = set(tree.within(form, "input", "select", "textarea"))
    named = form.get("id")
    return [
        control for control in tree.all("input", "select", "textarea")
        if control in inside or (named and control.get("form") == named)
    ]  # fmt: skip


def _names(tree: Tree, form: Element) -> list[str]:
    return sorted({control.get("name") or "?" for control in _controls(tree, form)})


def _pressed(tree: Tree, form: Element, press: str | None) -> Element | None:
    found = buttons(tree, form)
    if press is None:
        return found[0] if found else None
    for button in found:
        if press in (words(button), button.get("name"), button.get("value")):
            return button
    raise NoSuchForm(f"no button “{press}” among {[words(button) for button in found]}")


def _values(tree: Tree, control: Element, answers: dict[str, object]) -> list[str]:
    name, kind = control.get("name"), control.get("type", "text")
    answered = name in answers
    wanted = answers.get(name)
    chosen = [] if wanted is None else [str(w) for w in wanted] if isinstance(wanted, (list, tuple)) else [str(wanted)]
    if tag(control) == "select":
        return _options(tree, control, chosen if answered else None)
    if kind in ("radio", "checkbox"):
        value = control.get("value", "on")
        ticked = value in chosen if answered else "checked" in control.keys()
        return [value] if ticked else []
    if answered:
        return chosen
    if tag(control) == "textarea":
        return ["".join(control.itertext())]
    return [control.get("value", "")]


def _options(tree: Tree, select: Element, chosen: list[str] | None) -> list[str]:
    options = {option.get("value", words(option)): option for option in tree.within(select, "option")}
    if chosen is not None:
        if strangers := set(chosen) - set(options):
            raise NoSuchForm(f"{shown(select)} offers {sorted(options)}, not {sorted(strangers)}")
        return chosen
    picked = [value for value, option in options.items() if "selected" in option.keys()]
    if "multiple" in select.keys():
        return picked
    return picked[-1:] or list(options)[:1]
