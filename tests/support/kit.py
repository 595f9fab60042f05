"""The kit of parts as a page: a frame, a form and a chart of made-up words, and the templates as the portal sets them up."""
import functools
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from wtforms import (
    BooleanField,
    FileField,
    Form,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import InputRequired, ValidationError

from rules.charts import Band, Chart, Dot, chart
from words import filters

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@dataclass(frozen=True, slots=True)
class Clinic:
    name: str = "Riverbend Family Clinic"
    phone: str = "(555)\u00a0555-0142"
    phone_href: str = "tel:+15555550142"
    hours: str = "Monday to Friday, 8\u00a0am to 5\u00a0pm"


@dataclass(frozen=True, slots=True)
class Record:
    ref: str = "m7k2Qw8rT5yU1iO3pA6sDf"
    name: str = "Maria Delgado"
    given: str = "Maria"
    born: str = "March\u00a04, 1958"
    own: bool = True
    helper_name: str = ""
    basis: str = ""
    back_href: str = ""
    preview: bool = False


@dataclass(frozen=True, slots=True)
class NavItem:
    href: str
    text: str
    current: str = ""
    count: int | None = None
    count_words: str = ""


@dataclass(frozen=True, slots=True)
class IndexGroup:
    heading: str
    items: tuple[NavItem, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    kind: str
    strong: str
    text: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class ErrorItem:
    href: str
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The same fields as the portal's own frame; test_kit checks that none is missing there."""

    clinic: Clinic = Clinic()
    locale: str = "en"
    text_size: str = "normal"
    css: str = "/static/site.0123456789.css"
    reveal: str = "/static/reveal.0123456789.js"
    scripts: tuple[str, ...] = ()
    signed_in: bool = False
    side: str = "public"
    csrf: str = "Zm9vYmFyYmF6cXV4cXV1eDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"
    form_key: str = "kJ8s7Hf6Gd5Sa4Po3Iu2Yt"
    signs_out_at: str | None = None
    idle_class: str = ""
    record: Record | None = None
    nav: tuple[NavItem, ...] = ()
    index: tuple[IndexGroup, ...] = ()
    status: str = ""
    notice: Notice | None = None
    errors: tuple[ErrorItem, ...] = ()
    here: str = "/kit"
    weight_href: str = "/about/weight"
    sized_at: str = "?"
    shared: bool = False
    returns_typed: bool = True
    printed: str = ""
    who: str = ""
    demo: bool = False
    languages: tuple[tuple[str, str, str], ...] = ()


INDEX = {
    "Your health": "results imaging medicines allergies conditions vaccines vitals visits care-plan documents",
    "Do something": "appointments messages refills bills",
    "Who sees your record": "sharing privacy release activity download",
    "Your account": "security sessions preferences notices",
}


def record_frame(**given: object) -> Frame:
    """A patient signed in, in their own record."""
    here = f"/records/{Record().ref}"
    nav = [NavItem(here, "Home", "true"), NavItem(f"{here}/results", "Results")]
    nav += [NavItem(f"{here}/messages", "Messages", count=1, count_words="not read")]
    nav += [NavItem(f"{here}/{word}", word.capitalize()) for word in ("appointments", "medicines")]
    index = (
        IndexGroup(heading, tuple(NavItem(f"{here}/{word}", word.capitalize()) for word in words.split()))
        for heading, words in INDEX.items()
    )
    frame = Frame(
        signed_in=True,
        side="patient",
        signs_out_at="10:42\u00a0am",
        idle_class="idle30",
        record=Record(),
        nav=tuple(nav),
        index=tuple(index),
        printed="Printed on Tuesday, May\u00a012, 2026 by Maria Delgado. Questions: (555)\u00a0555-0142.",
    )
    return replace(frame, **given)


def helper_frame(**given: object) -> Frame:
    return record_frame(record=Record(own=False, helper_name="Ana Delgado", basis="helper", back_href="/records/x"), **given)


def preview_frame(**given: object) -> Frame:
    return record_frame(record=Record(own=False, preview=True, helper_name="Ana Delgado", back_href="/records/x/sharing"), **given)


def staff_frame(**given: object) -> Frame:
    record = Record(own=False, basis="opened to answer a message")
    return record_frame(side="staff", record=record, idle_class="idle15", who="Sam Whitfield, nurse", index=(), **given)


def choices(*words: str) -> list[SelectChoice]:
    return [SelectChoice(word) for word in words]


class KitForm(Form):
    born_month = StringField("Month", default="3")
    born_day = StringField("Day", [InputRequired("Enter the day you were born")])
    born_year = StringField("Year", default="1958")
    phone = TelField("Phone number", [InputRequired()], default="555 0142")
    password = PasswordField("Password", [InputRequired("Enter your password")])
    code = StringField("Six-digit code", [InputRequired("Enter the code")])
    drug = SelectField("Medicine", choices=choices("Ferrous sulfate 325 mg", "Lisinopril 10 mg"), default="Lisinopril 10 mg")
    words = TextAreaField("Anything else")
    photo = FileField("Add a photo")
    agree = BooleanField("I have read this", [InputRequired("Tick the box to go on")])
    reach = SelectMultipleField("How should we reach you?", choices=choices("Text message", "Email"), default=["Email"])
    often = RadioField("How often?", [InputRequired()], choices=choices("Every day", "Every week"), default="Every week")
    time = RadioField("Which time suits you?", [InputRequired("Choose a time")], choices=choices("Thursday, 9:40 am", "Friday, 2:20 pm"))

    def validate_phone(self, field: TelField) -> None:
        raise ValidationError("Enter a phone number with 10 digits")


@dataclass(frozen=True, slots=True)
class KitPage:
    chart: Chart
    qr: str
    tests: tuple[tuple[str, str, str, str], ...]


def kit_page() -> KitPage:
    numbers = (("2025-05-20", "10.6", "May"), ("2025-08-12", "11.1", "Aug"), ("2025-11-14", "11.4", "Nov"))
    numbers += (("2026-02-06", "11.8", "Feb"), ("2026-05-08", "12.3", "May"))
    dots = [
        Dot(datetime.fromisoformat(day).replace(tzinfo=UTC), Decimal(n), n, month, "below" if Decimal(n) < 12 else "point")
        for day, n, month in numbers
    ]
    band = Band(Decimal("12.0"), Decimal("15.5"), "Usual range 12.0 to 15.5")
    tests = [(day, n + "\u00a0g/dL", "Below the usual range", "down") for day, n, _ in numbers]
    svg = segno.make("otpauth://totp/Riverbend:maria?secret=JBSWY3DPEHPK3PXP&issuer=Riverbend").svg_inline(omitsize=True, dark="#000", light="#fff")
    return KitPage(chart(dots, "Hemoglobin rising over five tests", "A line goes up.", band), svg, tuple(tests))


@functools.cache
def environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_null_translations(newstyle=True)
    env.globals |= filters()
    for path in sorted((TEMPLATES / "ui").glob("*.html")):
        module = env.get_template(f"ui/{path.name}").module
        env.globals |= {name: macro for name, macro in vars(module).items() if not name.startswith("_")}
    return env


def render(name: str, frame: Frame, page: object = None, form: Form | None = None) -> str:
    return environment().get_template(name).render(frame=frame, page=page, form=form)


def kit_html(frame: Frame, wrong: bool = False) -> str:
    form = KitForm()
    if wrong:
        form.validate()
        items = tuple(ErrorItem(f"#{field.id}", field.errors[0]) for field in form if field.errors)
        frame = replace(frame, errors=items)
    return render("kit.html", frame, kit_page(), form)
