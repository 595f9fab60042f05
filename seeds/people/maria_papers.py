"""Maria's scans and letters: a chest X-ray, a photo of a mole, what specialists wrote, and a form that was not hers."""

from __future__ import annotations

from seeds.cast import Resource
from seeds.fhir import LINDQVIST, Chart, attached, labelled
from seeds.papers import at_binary, binary, inline, letter, pdf, photo, radiology, scan

CONSULT, REFERRAL, DIRECTIVE = ("11488-4", "Letter from a specialist"), ("57133-1", "Referral"), ("42348-3", "Living will")

XRAY = """\
Chest X-ray, two views, front and side.

Heart: normal size.
Lungs: a hazy shadow in the lower right lung. No fluid around the lungs.
Bones: nothing broken.

Advice: one more X-ray in six weeks if the cough stays."""

STOMACH = """\
Dear Dr. Okafor,

Thank you for sending Mrs. Delgado, whom I saw about her low iron.

# What I found
- The lining of the stomach looks healthy. There is no ulcer.
- The test for celiac disease is still open.

# What I advise
- Go on with the iron tablets for three months.
- Have the iron store tested again after that.

With kind regards,
Dr. Hana Roth, stomach and bowel clinic"""

EYES = (
    "Eye Clinic of Hill Road", "", "Dear Dr. Okafor,", "",
    "I saw Mrs. Delgado for her yearly eye check.", "Both eyes see well with glasses.",
    "There is an early cataract in the left eye (mild).", "It needs no treatment now.", "",
    "Please send her again in one year.", "", "Dr. Samuel Aiken",
)  # fmt: skip


def before(chart: Chart) -> list[Resource]:
    return [*_pictures(chart), *_letters(chart), *_not_for_all(chart)]


def lately(chart: Chart) -> list[Resource]:
    """A letter of weeks ago that came with the newest report: what comes in late is news all the same."""
    return [
        letter(chart, "stomach", 33, CONSULT, attached("Letter about low iron", STOMACH), author=[{"display": "Dr. Hana Roth"}],
               description="Letter from the stomach and bowel clinic"),
        letter(chart, "heart", 2, REFERRAL, attached("Referral", "To the heart clinic: short of breath on the stairs."),
               docStatus="preliminary", author=[LINDQVIST], description="Referral to the heart clinic"),
        radiology(chart, "mammogram", 20, "24606-6", "Mammogram", status="preliminary",
                  conclusion="Nothing that needs care was seen so far. A second doctor will look at it."),
    ]  # fmt: skip


def _pictures(chart: Chart) -> list[Resource]:
    visit = {"encounter": {"reference": f"Encounter/{chart.id('cough')}"}}
    views = (("Chest", "From the front"), ("Chest", "From the side"))
    return [
        scan(chart, "chest", 540, "Chest X-ray", ("DX", "Digital X-ray"), views, reasonCode=[{"text": "Cough and fever"}],
             **visit),
        radiology(chart, "xray", 540, "36643-5", "Chest X-ray, 2 views", presentedForm=[attached("X-ray report", XRAY)],
                  conclusion="Shadow in the lower right lung, as in pneumonia. Heart of normal size.", **visit),
        photo(chart, "mole", 335, "Mole on the left forearm", "Left forearm",
              note=[{"text": "4 mm, even color. To compare next year."}]),
    ]  # fmt: skip


def _letters(chart: Chart) -> list[Resource]:
    aiken = [{"display": "Dr. Samuel Aiken"}]
    old, new = chart.id("will-1"), "Living will, new version"
    return [
        binary(chart, "eyes-scan", "application/pdf", pdf(EYES)),
        letter(chart, "eyes", 190, CONSULT, at_binary(chart, "eyes-scan", "application/pdf", "Letter, scanned"),
               author=aiken, description="Letter from the eye clinic"),
        letter(chart, "will-1", 1000, DIRECTIVE, inline("application/pdf", "Living will", pdf(("Living will", "First version"))),
               status="superseded", description="Living will"),
        letter(chart, "will-2", 150, DIRECTIVE, inline("application/pdf", new, pdf(("Living will", "Second version"))),
               description=new, relatesTo=[{"code": "replaces", "target": {"reference": f"DocumentReference/{old}"}}]),
    ]  # fmt: skip


def _not_for_all(chart: Chart) -> list[Resource]:
    """One that is hers alone, and one that was filed here by mistake."""
    words = attached("Letter", "Mrs. Delgado came to four talks after the death of her brother.")
    return [
        letter(chart, "grief", 205, CONSULT, words, description="Letter about counseling", **labelled("PSY")),
        letter(chart, "mistaken", 60, CONSULT, attached("Letter", "About another person."), docStatus="entered-in-error",
               description="Letter about knee surgery"),
    ]  # fmt: skip
