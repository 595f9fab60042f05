"""The frame of documents with the kit's own parts in it: what the screen shows can be put on paper as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from pdf import PdfPool
from tests.support import kit
from tests.support.pdf import Document
from tests.support.pdf_samples import ORIGIN
from tests.support.pdf_structure import structure_problems

PARTS = """{% extends "layouts/document.html" %}
{% block title %}Hemoglobin, May 8, 2026 – {{ frame.record.name }}{% endblock %}
{% block description %}One test with its history{% endblock %}
{% block what %}One test{% endblock %}
{% block heading %}Hemoglobin{% endblock %}
{% block lede %}<p class="lede">In the usual range.</p>{% endblock %}
{% block main %}
{{ note('warn', 'Call us the same day if', 'you faint.') }}
<h2>Tests</h2>
{% call table('Your last tests', ['Taken on', ('Result', 'num'), 'What it means'], kind='short', hidden=true) %}
{% for day, result, words, kind in page.tests %}
{% call tr() %}{{ th(day, 'in the morning') }}{{ td('Result', result, num=true) }}{{ td('Meaning', words, kind=kind) }}{% endcall %}
{% endfor %}
{% endcall %}
{{ chart(page.chart, 'May 2025 to May 2026, in g/dL') }}
<h2>Visits</h2>
{% call row_list(label='Visits') %}
{% call list_row('Office visit', '/records/m7k2/visits/v18', 'new', 'New') %}<p>April 3, 2026</p>{% endcall %}
{% call list_row('Phone call') %}<p>March 3, 2026</p>{% endcall %}
{% endcall %}
{{ facts([('Blood pressure', '128 over 76'), ('Weight', '152 lb')]) }}
{% call facts(change=true) %}{{ fact('When', 'Thursday', '/records/m7k2/appointments') }}{% endcall %}
{{ pages('More', '/records/m7k2/results', 'Newer results') }}
{{ take_with_you('/records/m7k2/visits/v18') }}
{% call panel('From Dr. Okafor', 'note') %}<p>Keep taking one a day.</p>{% endcall %}
{% call details('Why?') %}<p>The range covers 95 of 100 healthy people.</p>{% endcall %}
{% endblock %}
"""


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[PdfPool]:
    made = PdfPool(origin=ORIGIN)
    yield made
    await made.close()


def html(**given: object) -> str:
    return kit.environment().from_string(PARTS).render(frame=kit.record_frame(**given), page=kit.kit_page())


@pytest.mark.parametrize("large", [None, 18, 24])
async def test_the_kits_parts_make_a_good_document(pool, large):
    made = await pool.render(html(), large=large)
    assert Document(made).problems() == structure_problems(made) == []


async def test_the_frame_says_whose_what_from_whom_and_when(pool):
    made = Document(await pool.render(html()))
    assert made.title == "Hemoglobin, May 8, 2026 – Maria Delgado"
    assert made.facts["Author"] == "Riverbend Family Clinic"
    assert made.facts["Subject"] == "One test with its history"
    said = " ".join(made.text.split())
    assert "For: Maria Delgado, born March 4, 1958" in said
    assert "From: Riverbend Family Clinic. Call (555) 555-0142, Monday to Friday" in said
    assert "by Maria Delgado. Questions: (555) 555-0142." in said


async def test_what_works_only_on_the_screen_stays_there(pool):
    made = Document(await pool.render(html()))
    for words in ("Newer results", "Take this with you", "Change", "Plain text"):
        assert words not in made.text


async def test_what_is_only_heard_on_the_screen_is_seen_on_paper(pool):
    assert "Your last tests" in Document(await pool.render(html())).text


async def test_the_document_of_another_person_names_them(pool):
    record = replace(kit.Record(), own=False, helper_name="Ana Delgado", name="José Núñez")
    assert "For: José Núñez" in Document(await pool.render(html(record=record))).spoken
