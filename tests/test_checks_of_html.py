"""Each rule of the page inspector is seen to fail on a page with exactly that fault."""

import re
from pathlib import Path

import pytest

from tests.support.html import fragment_problems, page_problems, read_page
from tests.support.html.tree import words

GOOD = (Path(__file__).parent / "support/good_page.html").read_text("utf-8")
HIDDEN_KEY = '<input type="hidden" name="form_key" value="k">'

# what was put, what it became, words of the complaint
FAULTS = {
    "no doctype": ("<!doctype html>", "", "doctype"),
    "a tag is not closed": ("</h2>\n<table", "\n<table", "HTML, line"),
    "an attribute twice": ('<dl>', '<dl class="a" class="b">', "duplicate-attribute"),
    "no language": ('<html lang="en">', "<html>", "names no language"),
    "no charset": ('<meta charset="utf-8">', "", "charset"),
    "no viewport": ('name="viewport"', 'name="theme-color"', "viewport"),
    "no zooming": ("initial-scale=1", "maximum-scale=1", "forbids zooming"),
    "meta refresh": ('<meta charset="utf-8">', '<meta charset="utf-8"><meta http-equiv="refresh" content="9">', "http-equiv"),
    "no h1": ("<h1>Your medicines</h1>", "", "0 h1"),
    "two h1": ("<dl>", "<h1>Your medicines</h1><dl>", "2 h1"),
    "an empty h1": ("<h1>Your medicines</h1>", "<h1> </h1>", "h1 is empty"),
    "no title": (r"<title>.*</title>\n<link", "<link", "0 titles"),
    "a title of something else": ("Error: Your medicines", "Error: Medicines", "does not begin with the h1"),
    "a word before the title that no notice says": ("Error: Your medicines", "Error: Booked: Your medicines", "does not begin with the h1"),
    "an error without its title": ("Error: Your medicines", "Your medicines", "do not agree"),
    "no main": ('<main id="main"', '<main id="content"', "<main id=main"),
    "two headers": ("<footer>", "<header>Again</header><footer>", "header of the page"),
    "a nameless nav": ('<nav aria-label="Main">', "<nav>", "has no name"),
    "two navs of one name": ("<footer>", '<nav aria-label="Main"><a href="/x">X marks</a></nav><footer>', "two landmarks"),
    "no skip link": ('<a class="skip vh" href="#main">Skip to the main text</a>', "", "not the skip link"),
    "no status line": ('<div id="status" role="status"></div>', "", "#status"),
    "a status line that is silent": ('id="status" role="status"', 'id="status"', "#status"),
    "two stylesheets": ("</head>", '<link rel="stylesheet" href="/b.css"></head>', "2 stylesheets"),
    "a third party": ("/static/htmx.0.js", "//example.org/htmx.js", "not a path of ours"),
    "an id twice": ('id="list"', 'id="how"', "used 2 times"),
    "an id with a space": ('id="list"', 'id="the list"', "is no id"),
    "a description that is not there": ("day-hint day-error", "day-hunt day-error", "aria-describedby names “day-hunt”"),
    "a label for nothing": ('<label for="day">', '<label for="date">', "is for “date”"),
    "a link to nowhere in the page": ('href="#main">Back', 'href="#top">Back', "leads to #top"),
    "no label": ('<label for="day">Day</label>', "<p>Day</p>", "has no label"),
    "an empty label": ('<label for="day">Day</label>', '<label for="day"></label>', "has no label"),
    "a control without a name": ('id="day" name="day"', 'id="day"', "is never sent"),
    "a password without autocomplete": ('autocomplete="current-password"', "", "autocomplete says neither"),
    "invalid and silent": (' aria-describedby="day-hint day-error"', "", "nothing says why"),
    "invalid without the word": ("Error: Enter the day</p>", "Enter the day</p>", "begins with “Error:”"),
    "an empty link": (">Results</a>", "></a>", "says nothing"),
    "a vague link": (">Results</a>", ">Click here</a>", "does not say where"),
    "a document of nobody knows what": (">Results</a>", ">Large print PDF</a>", "does not say where"),
    "two buttons of one name": ("<button>Ask for a refill", "<button>Sign out", "do different things"),
    "a link without address": ('<a href="#main">Back', "<a>Back", "leads nowhere"),
    "a link that runs script": ('href="#main">Back', 'href="javascript:void(0)">Back', "runs script"),
    "a button that is an input": ("<button>Ask for a refill</button>", '<button>Go on</button><input type="submit" value="x">', "should be a <button>"),
    "no legend": ("<legend>How</legend>", "", "legend"),
    "radios without a fieldset": (r'<fieldset id="how"><legend>How</legend>(.*)</fieldset>', r"\1", "outside any fieldset"),
    "no method": ('method="post" action="/records/r/refills"', 'action="/records/r/refills"', "neither method"),
    "no action": ('action="/records/r/refills"', "", "not a path of ours"),
    "a form to elsewhere": ('action="/records/r/refills"', 'action="https://example.org/"', "not a path of ours"),
    "a button to elsewhere": ("<button>Ask", '<button formaction="//example.org">Ask', "sends its form to"),
    "no form key": (HIDDEN_KEY, "", "its form_key once"),
    "no csrf token": ('<input type="hidden" name="csrf" value="c">', "", "its csrf once"),
    "a csrf token to read": ('type="hidden" name="csrf"', 'type="text" name="csrf"', "its csrf once"),
    "keys in an address": ('method="post" action="/records/r/refills"', 'method="get" action="/records/r/refills"', "in the address"),
    "nothing to press": ("<button>Ask for a refill</button>", "", "has no button"),
    "a file that is not sent": ('id="day" name="day"', 'id="day" name="day" type="file"', "multipart"),
    "a summary without focus": (' tabindex="-1" autofocus', "", "autofocus alone"),
    "a summary without alert": (' role="alert"', "", "role=alert"),
    "an empty summary": (r"<ul><li><a href=\"#day\">.*?</li></ul>", "", "lists nothing"),
    "a summary that leads astray": ('href="#day">Enter', 'href="#list">Enter', "does not lead to a field"),
    "two autofocus": ('name="day"', 'name="day" autofocus', "ask for the focus"),
    "onclick": ("<button>Ask", '<button onclick="x()">Ask', "onclick is script"),
    "style=": ("<dl>", '<dl style="color:red">', "style= is refused"),
    "disabled": ("<button>Ask", "<button disabled>Ask", "cannot say why"),
    "placeholder": ('id="day"', 'id="day" placeholder="3"', "no label"),
    "tabindex": ("<footer>", '<footer tabindex="2">', "changes the order"),
    "hx on a div": ('<div id="list">', '<div id="list" hx-get="/x">', "does nothing without script"),
    "hx on a link without address": ('href="/records/r/results" hx-get', "hx-get", "does nothing without script"),
    "hx-on": ('hx-target="#list"', 'hx-on="x"', "not one of htmx's"),
    "hx-boost": ('hx-target="#list"', 'hx-boost="true"', "not one of htmx's"),
    "js: values": ('hx-target="#list"', 'hx-vals="js:{}"', "needs eval"),
    "a trigger filter": ('hx-target="#list"', 'hx-trigger="click[x]"', "needs eval"),
    "an attribute that is not one": ("<dl>", '<dl align="left">', "align is not an attribute"),
    "a style element": ("</head>", "<style>p{}</style></head>", "style element"),
    "a script in the page": ("</head>", "<script>x()</script></head>", "script in the page"),
    "an element that is not one": ("<dl>", "<blink>x</blink><dl>", "not an element we use"),
    "a script in a drawing": ("<path", "<animate/><path", "not drawn by us"),
    "a block in a span": ("<span>325 mg</span>", "<span><div>325 mg</div></span>", "may not stand in <span>"),
    "a block in a legend": ("<legend>How</legend>", "<legend>How<p>Well</p></legend>", "may not stand in <legend>"),
    "a button in a link": (">Results</a>", "><button>Results</button></a>", "inside another thing to press"),
    "a list of paragraphs": ("<ul><li><a href=\"/rec", "<ul><p>One</p><li><a href=\"/rec", "may not stand directly"),
    "an empty list": ("<dl><dt>Doctor</dt><dd>Dr. Okafor</dd></dl>", "<ul></ul>", "is empty"),
    "a div in a dl": ("<dl><dt>Doctor</dt><dd>Dr. Okafor</dd></dl>", "<dl><div><dt>Doctor</dt><dd>Dr. O</dd></div></dl>", "may not stand directly"),
    "a dl without answers": ("<dd>Dr. Okafor</dd>", "", "end with dd"),
    "a stray li": ("<footer>", "<footer><li>One</li>", "outside its list"),
    "no caption": ("<caption>Two medicines</caption>", "", "no caption"),
    "no scope": ('role="rowheader" scope="row"', 'role="rowheader"', "which cells it heads"),
    "an empty header": (">Dose</th>", "></th>", "empty header"),
    "an empty cell": ("<span>325 mg</span>", "<span></span>", "an empty cell"),
    "no roles": ('<td role="cell"', "<td", "lacks role=cell"),
    "a heading left out": ("<h2>What you take</h2>", "<h3>What you take</h3>", "a level is left out"),
    "an empty heading": ("<h2>What you take</h2>", "<h2></h2>", "empty heading"),
    "a drawing heard twice": ('role="img" viewBox="0 0 10 10"><title>', 'role="img" aria-labelledby="d" viewBox="0 0 10 10"><title>Iron</title><desc id="d">It rises</desc><title>', "heard twice"),
    "a drawing without a title": ("<title>Iron over a year</title>", "", "title first"),
}  # fmt: skip


def planted(old: str, new: str) -> str:
    if old in GOOD:
        return GOOD.replace(old, new, 1)
    page, times = re.subn(old, new, GOOD, count=1, flags=re.DOTALL)
    assert times == 1, f"nothing to plant: {old}"
    return page


def test_a_good_page_has_no_problems():
    assert page_problems(GOOD) == []


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_planted_fault_is_found(fault):
    old, new, complaint = FAULTS[fault]
    problems = page_problems(planted(old, new))
    assert any(complaint in problem for problem in problems), problems


def test_a_picture_without_alt_is_found():
    page = GOOD.replace("<dl>", '<img src="/static/x.png" width="1" height="1"><dl>')
    assert any("no alt" in problem for problem in page_problems(page))


def test_a_wrapped_select_is_not_labelled_by_its_own_options():
    page = GOOD.replace("<dl>", '<label><select name="s"><option value="1">One</option></select></label><dl>')
    assert any("has no label" in problem for problem in page_problems(page))


def test_a_piece_of_a_page_is_checked_too():
    assert fragment_problems("<tr><th scope=row>Iron</th><td>325 mg</td></tr>") == []
    assert fragment_problems('<div id="list"><h2>Results</h2><p aria-describedby="outside">Four</p></div>') == []
    assert fragment_problems("<div><p>One</div>") == []  # an open p ends by itself
    assert fragment_problems("<div><b>One</div>") != []
    assert fragment_problems('<div id="a"><p id="a">One</p></div>') != []
    assert fragment_problems('<form method="post" action="/x"><button>Send it</button></form>') != []


def test_a_page_that_comes_again_is_read_with_its_own_one_time_values():
    page = '<!doctype html><title>t</title><form><input name="csrf" value="{}"><input name="form_key" value="{}"><p>{}</form>'
    trees = [read_page(page.format(*values)) for values in (("a1", "b1", "x"), ("a2", "b2", "x"), ("a3", "b3", "y"))]
    said = [([e.get("value") for e in tree.all("input")], words(tree.root)) for tree in trees]
    assert said == [(["a1", "b1"], "tx"), (["a2", "b2"], "tx"), (["a3", "b3"], "ty")]
