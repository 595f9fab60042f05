"""Every template keeps the rules of the house, and each rule is seen to fail on a planted fault."""

import pytest

from tests.support.templates import all_templates, template_problems

GOOD = """{% extends "layouts/record.html" %}
{% block title %}{{ _('Medicines') }}{% endblock %}
{% block main %}
<h1>{{ whose(frame.record) }}{{ _('Medicines') }}</h1>
<p>{% trans count=page.count %}{{ count }} medicine{% pluralize %}{{ count }} medicines{% endtrans %} 2026 · €</p>
<form method="get" action="{{ page.link('medicines') }}" hx-get="{{ page.link('medicines') }}" hx-target="#list">
<input type="checkbox" name="old"{{ ' checked' if page.old }} aria-label="{{ _('Old ones') }}"><button class="btn">{{ _('Show') }}</button></form>
<a href="/x" hx-get="/x">{{ page.name }}</a>
{% endblock %}
"""

# what was put, what it became, words of the complaint
FAULTS = {
    "no layout": ('{% extends "layouts/record.html" %}', "", "extends no layout"),
    "no title": ("block title", "block heading", "no block title"),
    "no h1": ("<h1>", "<h2>", "0 sources of an h1"),
    "two h1": ("<p>", "<h1>1</h1><p>", "2 sources of an h1"),
    "an h1 and a legend that asks for another": ("<p>", "{{ radios(form.x, h1=true) }}<p>", "2 sources of an h1"),
    "too long": ("<p>", "\n" * 130 + "<p>", "lines long"),
    "hx on a plain element": ("<p>", '<p hx-get="/x">', "hx-get on <p> does nothing"),
    "hx on a link without address": ('<a href="/x"', "<a", "hx-get on <a> does nothing"),
    "hx on a form without action": ("action=\"{{ page.link('medicines') }}\"", "", "on <form> does nothing"),
    "hx-on": ('hx-target="#list"', 'hx-on:click="x()"', "needs eval"),
    "a value in script": ('hx-target="#list"', "hx-vals=\"js:{a: 1}\"", "needs eval"),
    "a filter in a trigger": ('hx-target="#list"', 'hx-trigger="click[ctrlKey]"', "needs eval"),
    "hx-boost": ('hx-target="#list"', 'hx-boost="true"', "loses the focus"),
    "hx-push-url": ('hx-target="#list"', 'hx-push-url="true"', "use hx-replace-url"),
    "an event handler": ("<p>", '<p onclick="x()">', "onclick on <p> is script"),
    "a style attribute": ("<p>", '<p style="color:red">', "refused by the CSP"),
    "a style element": ("<p>", "<style>p{}</style><p>", "refused by the CSP"),
    "a script in the page": ("<p>", "<script>1</script><p>", "refused by the CSP"),
    "a script in an address": ('href="/x"', 'href="javascript:x()"', "runs script"),
    "a word in the text": ("<p>", "<p>Take ", "“Take"),
    "a word in a label": ("aria-label=\"{{ _('Old ones') }}\"", 'aria-label="Old ones"', "does not go through gettext"),
    "a sentence in an expression": ("{{ page.name }}", "{{ 'Your name' }}", "outside gettext"),
    "a sentence given to a macro": ("{{ page.name }}", "{{ note('', 'Your name') }}", "outside gettext"),
    "a value without quotes": ('href="/x"', "href={{ page.href }}", "without quotes"),
    "attributes out of a value": ("<p>", "<p {{ page.more }}>", "without quotes"),
    "trusted markup": ("{{ page.name }}", "{{ page.name|safe }}", "|safe"),
    "no escaping": ("<p>", "{% autoescape false %}{% endautoescape %}<p>", "escaping off"),
}


@pytest.mark.parametrize("name", all_templates())
def test_a_template_keeps_the_rules(name):
    assert template_problems(name, all_templates()[name]) == []


def test_there_are_templates_to_check():
    assert {"layouts/base.html", "ui/fields.html", "errors/404.html"} <= set(all_templates())


def test_a_right_template_has_no_problems():
    assert template_problems("medicines/index.html", GOOD) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault):
    put, became, complaint = FAULTS[fault]
    assert put in GOOD
    problems = template_problems("medicines/index.html", GOOD.replace(put, became))
    assert any(complaint in problem for problem in problems), problems


def test_parts_and_layouts_need_no_heading_of_their_own():
    part = "<li>{{ item.name }}</li>\n"
    assert template_problems("medicines/_list.html", part) == []
    assert template_problems("medicines/list.html", part) != []
