"""PDFs that people send: whole, without a lock, and without anything that does something by itself."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from pdf import PdfFailed, PdfPool
from pdf.cleaning import cleaned
from pdf.markup import Faulty
from seeds.papers import pdf as letter
from tests.test_requests import home

SCRIPT = Dictionary(S=Name.JavaScript, JS="app.alert('hello')")
DOING = (b"JavaScript", b"OpenAction", b"/AA", b"Launch", b"EmbeddedFile", b"RichMedia", b"XFA", b"alert", b"SubmitForm", b"FileAttachment", b"/EF")
HTML = b"%PDF-1.<html><script>alert(1)</script></html>%%EOF"


def saved(pdf: Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def changed(change) -> bytes:
    pdf = Pdf.open(io.BytesIO(letter(["A letter to keep"])))
    change(pdf)
    return saved(pdf)


def open_action(pdf):
    pdf.Root.OpenAction = pdf.make_indirect(Dictionary(SCRIPT))


def page_action(pdf):
    pdf.pages[0].obj.AA = Dictionary(O=SCRIPT)


def names(pdf):
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["a", pdf.make_indirect(Dictionary(SCRIPT))])))


def embedded(pdf):
    pdf.attachments["evil.html"] = b"<script>alert(1)</script>"


def forms(pdf):
    pdf.Root.AcroForm = Dictionary(XFA=pdf.make_stream(b"<xdp>alert</xdp>"), Fields=Array([
        pdf.make_indirect(Dictionary(FT=Name.Tx, T="a", AA=Dictionary(K=SCRIPT))),
    ]))  # fmt: skip


def annotation(**more):
    def change(pdf):
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(Dictionary(Type=Name.Annot, Rect=Array([0, 0, 9, 9]), **more))])

    return change


ACTIVE = {
    "script at opening": open_action, "script of a page": page_action, "named scripts": names, "embedded files": embedded, "forms": forms,
    "launch": annotation(Subtype=Name.Link, A=Dictionary(S=Name.Launch, F="cmd.exe")),
    "sent forms": annotation(Subtype=Name.Link, A=Dictionary(S=Name.SubmitForm, F="https://evil.example")),
    "script after a link": annotation(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI="https://example.org", Next=Dictionary(SCRIPT))),
    "script in a list": annotation(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI="https://example.org", Next=Array([Dictionary(SCRIPT)]))),
    "script as an address": annotation(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI="JavaScript:alert(1)")),
    "rich media": annotation(Subtype=Name.RichMedia, RichMediaContent=Dictionary(Assets=Dictionary())),
    "attached": annotation(Subtype=Name.FileAttachment, FS=Dictionary(EF=Dictionary(F="alert"))),
}


@pytest.mark.parametrize("what", ACTIVE)
def test_nothing_stays_that_does_something_by_itself_and_the_page_stays(what):
    content = changed(ACTIVE[what])
    before = saved(Pdf.open(io.BytesIO(content)), object_stream_mode=pikepdf.ObjectStreamMode.disable, stream_decode_level=pikepdf.StreamDecodeLevel.all)
    assert any(word in before for word in DOING)
    made = Pdf.open(io.BytesIO(cleaned(content)))
    plain = saved(made, object_stream_mode=pikepdf.ObjectStreamMode.disable, stream_decode_level=pikepdf.StreamDecodeLevel.all)
    assert [word for word in DOING if word in plain] == []
    assert b"A letter to keep" in made.pages[0].Contents.read_bytes()


def test_a_link_to_a_page_of_the_web_stays():
    made = Pdf.open(io.BytesIO(cleaned(changed(annotation(Subtype=Name.Link, A=Dictionary(S=Name.URI, URI="https://example.org"))))))
    assert str(made.pages[0].Annots[0].A.URI) == "https://example.org"


def test_what_a_screen_reader_goes_by_stays():
    def change(pdf):
        pdf.Root.StructTreeRoot = Dictionary(K=Dictionary(S=Name.TH, A=Dictionary(O=Name.Table, Scope=Name.Row)))

    made = Pdf.open(io.BytesIO(cleaned(changed(change))))
    assert made.Root.StructTreeRoot.K.A.Scope == Name.Row


def test_the_same_file_is_made_anew_the_same():
    assert cleaned(letter(["Twice"])) == cleaned(letter(["Twice"]))


@pytest.mark.parametrize(("content", "reason"), [
    (HTML, "unread"), (b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF", "unread"), (b"%PDF-1.4\n%%EOF", "unread"),
    (saved(Pdf.open(io.BytesIO(letter(["x"]))), encryption=pikepdf.Encryption(owner="o", user="u")), "encrypted"),
    (saved(Pdf.open(io.BytesIO(letter(["x"]))), encryption=pikepdf.Encryption(owner="o", user="")), "encrypted"),
])  # fmt: skip
async def test_what_has_no_pages_or_a_lock_is_refused(content, reason, drawing: PdfPool):
    with pytest.raises(Faulty) as refused:
        cleaned(content)
    assert refused.value.reason == reason
    with pytest.raises(PdfFailed) as failed:
        await drawing.clean(content)
    assert failed.value.reason == reason


@pytest.mark.parametrize(("content", "said"), [
    (HTML, "This file cannot be opened"),
    (saved(Pdf.open(io.BytesIO(letter(["x"]))), encryption=pikepdf.Encryption(owner="o", user="")), "This PDF has a password or a lock"),
])  # fmt: skip
async def test_the_form_says_why_and_keeps_the_words(person, cast, content, said):
    maria = await person("self")
    page = await maria.get(home(cast, "/messages/new"))
    answer = await maria.send(page, "Send", topic="health", words="Still here", file=("a.pdf", content, "application/pdf"))
    assert answer.status == 422 and said in answer.main and "Still here" in answer.html


async def test_what_staff_are_given_has_no_script(person, cast):
    maria = await person("self")
    page = await maria.get(home(cast, "/messages/new"))
    sent = await maria.submit(page, "Send", topic="health", words="See this", file=("a.pdf", changed(open_action), "application/pdf"))
    kept = (await maria.get(sent.link("File: PDF"))).content
    assert "/OpenAction" not in Pdf.open(io.BytesIO(kept)).Root
