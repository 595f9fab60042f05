"""Every part of the kit, in every state, as a reader of the page finds it."""

import subprocess
from dataclasses import fields, replace

import pytest

from handlers.errors import ErrorPage
from rules.charts import Band, Dot, chart
from tests.support.html import page_problems, read_fragment, read_page
from tests.support.html.tree import Tree, classes, tag, words
from tests.support.kit import (
    ErrorItem,
    Frame,
    KitForm,
    Notice,
    environment,
    helper_frame,
    kit_html,
    kit_page,
    preview_frame,
    record_frame,
    render,
    staff_frame,
)

FRAMES = {
    "one's own record": record_frame(),
    "another's record": helper_frame(),
    "what they will see": preview_frame(),
    "staff": staff_frame(),
    "large text and a notice": record_frame(text_size="large", notice=Notice("good", "Booked.", "We told the team.")),
    "with scripts": record_frame(scripts=("/static/htmx.js", "/static/portal.js"), status="14 results"),
    "nobody": Frame(),
    "a shared computer": record_frame(idle_class="idle10"),
    "near the last hour": record_frame(idle_class=""),
}
ERRORS = ("400", "403", "404", "413", "422", "429", "500", "503")


def macro(name: str):
    return environment().globals[name]


def checked_form() -> KitForm:
    form = KitForm()
    form.validate()
    return form


def control(tree: Tree, name: str):
    return next(e for e in tree.all("input", "select", "textarea") if e.get("name") == name)


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("wrong", [False, True], ids=["as opened", "with errors"])
def test_the_whole_kit_is_valid_and_wired_in_every_frame(frame, wrong):
    assert page_problems(kit_html(frame, wrong)) == []


def test_each_question_and_each_choice_stands_on_a_line_of_its_own_in_a_text_browser():
    page = kit_html(record_frame())
    asked = ["w3m", "-dump", "-cols", "200", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8"]
    dumped = subprocess.run(asked, input=page.encode(), capture_output=True, check=True, timeout=30).stdout.decode()
    lines = [" ".join(line.split()) for line in dumped.splitlines()]
    tree = read_page(page)
    picks = [e for e in tree.all("fieldset") if "pick" in classes(e)]
    assert len(picks) > 2
    for pick in picks:
        assert words(tree.within(pick, "legend")[0]) in lines
        for choice in tree.within(pick, "label"):
            assert any(line.endswith(f") {words(choice)}") or line.endswith(f"] {words(choice)}") for line in lines), words(choice)
            assert sum(line.count("( )") + line.count("(*)") + line.count("[ ]") for line in lines if words(choice) in line) <= 1


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("frame", [Frame(), record_frame(), staff_frame()], ids=["nobody", "patient", "staff"])
def test_every_error_page_stands_alone(name, frame):
    assert page_problems(render(f"errors/{name}.html", frame)) == []


# The frame


def test_the_kit_is_drawn_in_a_frame_of_the_portals_own_fields():
    from handlers.frame import Frame as Portal

    assert {field.name for field in fields(Frame)} == {field.name for field in fields(Portal)}


def test_languages_are_offered_in_their_own_words():
    spanish = (("es", "Español", "?lang=es"),)
    assert '<a href="?lang=es" lang="es" hreflang="es">Español</a>' in kit_html(record_frame(languages=spanish))


def test_a_demonstration_says_so():
    assert "This is a demonstration." in kit_html(Frame(demo=True)) and "demonstration." not in kit_html(record_frame())


@pytest.mark.parametrize(("basis", "said"), [
    ("helper", "helping Maria"), ("guardian", "parent or guardian of Maria"), ("representative", "acting for Maria"),
])  # fmt: skip
def test_the_banner_says_on_what_basis(basis, said):
    record = replace(helper_frame().record, basis=basis)
    assert f"You are Ana Delgado, {said} (born" in kit_html(record_frame(record=record))


@pytest.mark.parametrize(("name", "page", "said"), [
    ("403", ErrorPage(reason="Maria has not shared this part with you."), "Maria has not shared"),
    ("429", ErrorPage(wait="15 minutes"), "Try again in 15 minutes."),
    ("503", ErrorPage(wait="1 minute"), "Try again in 1 minute."),
    ("413", ErrorPage(limit="64 KB"), "up to 64 KB at once"),
    ("403", ErrorPage(), "not among the pages"), ("429", ErrorPage(), "15 minutes"), ("413", ErrorPage(), "larger than"),
])  # fmt: skip
def test_an_error_page_says_what_is_known(name, page, said):
    assert said in render(f"errors/{name}.html", Frame(), page)


def test_errors_come_first_in_the_title():
    tree = read_page(kit_html(record_frame(), wrong=True))
    assert words(tree.all("title")[0]).startswith("Error: Kit of parts – Maria Delgado – Riverbend")


def test_another_persons_record_is_named_in_title_heading_and_banner():
    tree = read_page(kit_html(helper_frame()))
    banner = next(e for e in tree.all("section") if "other" in classes(e))
    assert words(tree.all("title")[0]).startswith("Maria Delgado’s record: Kit of parts")
    assert words(tree.all("h1")[0]) == "Maria Delgado’s record: Kit of parts"
    assert words(banner).startswith("You are in Maria Delgado’s record You are Ana Delgado, helping Maria")
    assert words(tree.within(banner, "a")[0]) == "Go back to my own record"


def test_ones_own_record_has_no_banner():
    tree = read_page(kit_html(record_frame()))
    assert not any("other" in classes(e) for e in tree.elements)


def test_the_preview_says_whose_eyes_it_uses():
    banner = next(e for e in read_page(kit_html(preview_frame())).all("section") if "other" in classes(e))
    assert words(banner).startswith("This is what Ana Delgado can see")


def test_staff_see_their_side_and_why_the_record_is_open():
    tree = read_page(kit_html(staff_frame()))
    assert classes(tree.all("body")[0]) == {"staff"}
    assert "Patient: Maria Delgado, born March 4, 1958, opened to answer a message" in words(tree.all("section")[0])


def test_the_status_line_is_empty_until_something_happens():
    empty, filled = (read_page(kit_html(record_frame(status=said))).by_id["status"] for said in ("", "14 results"))
    assert (empty.text or "") == "" and len(empty) == 0
    assert words(filled) == "14 results"


def test_only_one_thing_asks_for_the_focus_and_errors_win():
    both = kit_html(record_frame(notice=Notice("good", "Booked.", "")), wrong=True)
    assert both.count("autofocus") == 1
    assert "autofocus" in next(e for e in read_page(both).elements if "errors" in classes(e)).keys()


def test_a_page_without_scripts_loads_none():
    assert "<script" not in render("errors/404.html", record_frame(), None)


def test_a_page_with_a_field_for_a_password_loads_what_shows_it():
    assert '<script src="/static/reveal.' in kit_html(record_frame())
    assert kit_html(FRAMES["with scripts"]).count("<script src=") == 3


def test_large_text_is_offered_and_can_be_left():
    offered = macro("size_of_text")
    assert 'href="?text=large"' in offered(record_frame(), typed=False)
    large = record_frame(text_size="large")
    assert '<html lang="en" data-text="large">' in kit_html(large) and 'href="?text=normal"' in offered(large, typed=False)


def test_on_a_page_with_a_form_another_size_of_text_sends_that_form():
    """Tied to it from the foot of the page, where it is looked for."""
    tree = read_page(kit_html(record_frame()))
    button = next(e for e in tree.all("button") if e.get("formaction") == "/stay?text=large")
    assert tree.is_inside(button, "footer") and tag(tree.by_id[button.get("form")]) == "form"
    lost = kit_html(record_frame(returns_typed=False))
    assert "text=large" not in lost, "where its words could not come back"


def test_every_signed_in_page_says_when_it_signs_out():
    assert "You will be signed out at <b class=\"out\">10:42\u00a0am</b> " in kit_html(record_frame())
    assert "signed out at" not in kit_html(Frame())


# Time-out


def test_the_time_out_banner_is_a_form_of_its_own_on_pages_without_one():
    tree = read_page(macro_page(macro("stay_banner")(record_frame())))
    form = next(e for e in tree.all("form") if e.get("action") == "/stay")
    assert {e.get("name") for e in tree.within(form, "input")} == {"csrf", "form_key", "next"}
    assert page_problems_of_part(macro("stay_banner")(record_frame())) == []


def test_on_a_page_with_a_form_staying_sends_that_form():
    tree = read_page(kit_html(record_frame()))
    stay = next(e for e in tree.all("button") if e.get("formaction") == "/stay")
    form = next(e for e in tree.above(stay) if tag(e) == "form")
    assert form.get("action") == "/kit" and [b for b in tree.within(form, "button")][0] is not stay
    assert words(next(e for e in tree.all("div") if "timeout" in classes(e))).startswith("You will be signed out at 10:42 am")


def test_nothing_is_promised_on_a_shared_computer():
    assert "What you typed is kept" in kit_html(record_frame())
    shared = kit_html(record_frame(idle_class="idle10"))
    assert "What you typed is kept" not in shared and "This is a shared computer" in shared


@pytest.mark.parametrize("frame", [Frame(), record_frame(idle_class="")])
def test_no_banner_where_no_time_runs_out(frame):
    assert macro("stay_banner")(frame).strip() == "" and "timeout" not in macro("stay_button")(frame)


# Fields


@pytest.mark.parametrize("name", ["phone", "password", "code"])
def test_a_wrong_field_is_tied_to_its_error_and_keeps_its_hint(name):
    tree = read_page(kit_html(record_frame(), wrong=True))
    box = control(tree, name)
    told = [words(tree.by_id[one]) for one in box.get("aria-describedby").split()]
    assert box.get("aria-invalid") == "true" and told[-1].startswith("Error:")
    assert len(told) == (1 if name == "phone" else 2)


def test_a_right_field_says_nothing_of_errors():
    tree = read_page(kit_html(record_frame()))
    assert not any(e.get("aria-invalid") for e in tree.elements)


def test_typed_values_stay_but_passwords_do_not():
    form = KitForm(password="correct horse", phone="555 0142")
    form.password.data = "correct horse"
    html = environment().get_template("kit.html").render(frame=record_frame(), page=kit_page(), form=form)
    assert "555 0142" in html and "correct horse" not in html


@pytest.mark.parametrize(
    ("name", "tokens"),
    [("phone", "tel"), ("password", "current-password"), ("code", "one-time-code"), ("born_day", "bday-day")],
)
def test_browsers_are_told_what_a_field_is_for(name, tokens):
    assert control(read_page(kit_html(record_frame())), name).get("autocomplete") == tokens


def test_a_new_password_is_asked_for_as_such():
    assert 'autocomplete="new-password"' in macro("password_field")(KitForm().password, new=True)


def test_what_need_not_be_filled_in_says_so():
    assert "Anything else (you do not have to)</label>" in macro("text_area")(KitForm().words)
    assert "you do not have to" not in macro("field")(KitForm().phone)


def test_a_lone_box_says_its_words_before_its_hint():
    html = macro("checkbox")(KitForm().agree, "Then no more come")
    assert html.index("</label>") < html.index("Then no more come")


def test_the_summary_leads_to_the_first_choice_of_a_group():
    tree = read_fragment(macro("pick_tall")(checked_form().time))
    assert tree.by_id["time"].get("type") == "radio" and tree.by_id["time"].get("value") == "Thursday, 9:40 am"


def test_nothing_is_chosen_beforehand_unless_the_form_says_so():
    assert " checked" not in macro("pick_tall")(KitForm().time)
    assert macro("radios")(KitForm().often).count(" checked") == 1
    assert macro("checks")(KitForm().reach).count(" checked") == 1


def test_a_question_can_be_the_heading_of_its_page():
    html = macro("pick_tall")(KitForm().time, h1=True, over="Question 4 of 4", record=helper_frame().record)
    tree = read_fragment(html)
    assert words(tree.all("h1")[0]) == "Maria Delgado’s record: Which time suits you?"
    assert tree.is_inside(tree.all("h1")[0], "legend")


def test_a_date_is_three_fields_and_only_the_missing_one_is_marked():
    form = checked_form()
    tree = read_fragment(macro("date_fields")("Date of birth", form.born_month, form.born_day, form.born_year, hint="For example 3 4 1958"))
    marked = [e.get("name") for e in tree.all("input") if e.get("aria-invalid")]
    assert marked == ["born_day"] and words(tree.by_id["born_month-date-err"]) == "Error: Enter the day you were born"
    assert tree.all("fieldset")[0].get("aria-describedby") == "born_month-date-hint born_month-date-err"


def test_words_of_people_never_become_markup():
    item = ErrorItem("#x", "<b>bold</b>")
    for html in (macro("note")("", "<b>bold</b>"), macro("tag")("new", "<b>bold</b>"), macro("error_summary")([item])):
        assert "<b>" not in html and "&lt;b&gt;bold" in html


# Parts


def test_a_row_has_one_link_and_says_its_state_in_words():
    tree = read_fragment(environment().from_string("{% call list_row('Hemoglobin', '/t', 'new', 'New') %}<p>12.3</p>{% endcall %}").render())
    assert len(tree.all("a")) == 1 and words(tree.all("h3")[0]) == "Hemoglobin New"


def test_links_to_documents_say_kind_pages_and_size():
    tree = read_fragment(macro("documents")([("/a.pdf", "PDF", 2, "24 KB"), ("/a.txt", "Plain text", None, ""), ("/b.pdf", "PDF", 1, "")]))
    assert [words(e) for e in tree.all("a")] == ["PDF, 2 pages, 24 KB", "Plain text", "PDF, 1 page"]


def test_a_change_link_says_what_it_changes():
    tree = read_fragment("<dl>" + macro("fact")("When", "Thursday", "/change") + "</dl>")
    assert words(tree.all("a")[0]) == "Change when"


def test_paging_says_nothing_where_there_is_nothing_more():
    assert macro("pages")("More results").strip() == ""
    assert words(read_fragment(macro("pages")("More", older_href="?before=1", older="Older results (8)")).all("a")[0]) == "Older results (8)"


# Pictures


def test_a_chart_says_its_title_and_what_it_shows():
    tree = read_fragment(macro("chart")(kit_page().chart, "in g/dL"))
    drawing = tree.all("svg")[0]
    # Named by one and described by the other: with both in the name, browsers add the description once more.
    said = [words(tree.by_id[drawing.get(by)]) for by in ("aria-labelledby", "aria-describedby")]
    assert said == ["Hemoglobin rising over five tests", "A line goes up."]
    assert all(group.get("aria-hidden") == "true" for group in tree.all("svg:g"))
    assert len(tree.all("svg:circle")) == 1 and "12.3" in words(drawing)


def test_a_chart_of_one_number_without_range_draws_no_line(now):
    from decimal import Decimal

    drawn = chart([Dot(now, Decimal(5), "5")], "One", "One number", Band(None, None, ""))
    html = macro("chart")(drawn)
    assert 'class="line"' not in html and 'class="range"' not in html and html.count("<circle") == 1


def test_the_code_to_scan_has_words():
    assert 'role="img" aria-label="Scan me"' in macro("qr")(kit_page().qr, "Scan me")


def macro_page(part: str) -> str:
    return f"<!doctype html><html lang=en><body>{part}</body></html>"


def page_problems_of_part(part: str) -> list[str]:
    from tests.support.html import fragment_problems

    return fragment_problems(part)
