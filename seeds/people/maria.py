"""Maria Delgado, 68: three years of blood tests, low iron that gets better, blood sugar to watch."""

from __future__ import annotations

from datetime import datetime

from seeds import laboratory as lab
from seeds.cast import Delivery, Person, Resource
from seeds.fhir import LINDQVIST, Chart, attached, coded, labelled
from seeds.laboratory import Test
from seeds.people import maria_at_home, maria_bills, maria_papers, maria_plans
from seeds.people.maria_procedures import procedures

# Days ago: hemoglobin, hematocrit, red cells, white cells, platelets, MCV.
COUNTS = {
    1065: "13.2 39.8 4.45 6.4 255 89.4",
    975: "13.0 39.2 4.41 6.1 248 88.9",
    885: "13.1 39.5 4.43 6.8 251 89.2",
    700: "12.8 38.6 4.36 5.9 260 88.5",
    610: "12.9 38.9 4.38 6.3 263 88.8",
    540: "12.4 37.5 4.29 13.6 318 87.4",
    520: "12.5 37.8 4.31 7.0 290 87.7",
    430: "12.1 36.7 4.24 6.2 281 86.6",
    357: "10.6 33.1 4.02 6.0 334 82.3",
    273: "11.1 34.2 4.08 6.5 326 83.8",
    179: "11.4 34.9 4.12 6.7 309 84.7",
    95: "11.8 35.8 4.19 6.1 297 85.4",
}
# Days ago: sodium, potassium, chloride, carbon dioxide, urea, creatinine, eGFR, glucose, calcium.
BASICS = {
    1065: "140 4.2 103 25 14 0.78 83 92 9.4",
    885: "139 4.4 102 26 15 0.80 80 95 9.3",
    700: "141 4.1 104 25 16 0.82 78 97 9.5",
    540: "134 4.0 99 23 18 0.88 71 108 9.1",
    335: "140 4.5 103 26 16 0.84 75 101 9.4",
    155: "139 4.3 102 25 17 0.86 73 104 9.3",
}
LIPIDS = {1065: "214 132 52 136", 700: "206 128 54 126", 335: "198 141 51 119"}
SUGARS = {1065: "5.5", 885: "5.5", 700: "5.6", 520: "5.8", 335: "5.9", 155: "6.0", 39: "5.9"}
CELIAC = Test("ttg", "31017-7", "Tissue transglutaminase IgA", "U/mL", "U/mL", "", "3.9")


def feed(now: datetime) -> tuple[Delivery, ...]:
    chart = Chart(MARIA, now)
    return (
        Delivery(45, (chart.patient(), *_problems(chart), *_tests(chart), *_visits(chart), _mistaken_sugar(chart, "final"),
                      *maria_papers.before(chart), *maria_plans.before(chart), *maria_at_home.until(chart, 45),
                      *maria_bills.before(chart))),
        Delivery(38, (*_tired(chart), *maria_plans.now(chart), _mistaken_sugar(chart, "entered-in-error"))),
        Delivery(3, (*_newest(chart), *maria_at_home.since(chart, 45))),
        Delivery(2, (*_corrected(chart), *maria_papers.lately(chart), *maria_bills.now(chart))),
    )


def _problems(chart: Chart) -> list[Resource]:
    return [
        *_conditions(chart),
        *_allergies(chart),
        chart.medicine("lisinopril", 900, "Lisinopril 10 mg tablet", "1 tablet each morning"),
        chart.medicine("acetaminophen", 540, "Acetaminophen 500 mg tablet",
                       "1 or 2 tablets when you need them, no more than 6 a day"),
        chart.medicine("azithromycin", 540, "Azithromycin 250 mg tablet", "1 tablet a day for 4 days", "completed"),
        *_vaccines(chart),
        *procedures(chart),
        chart.appointment("blood-check", -9, "10:20", "Blood check"),
        chart.appointment("dietitian", -20, "14:00", "Talk with the dietitian", "pending"),
        chart.appointment("eyes", 60, "11:00", "Eye check", "cancelled"),
        chart.appointment("tired-appointment", 39, "09:00", "Visit", "fulfilled"),
    ]  # fmt: skip


def _conditions(chart: Chart) -> list[Resource]:
    """What counts now, what is over, a cold that came twice, one under a label, and one that was somebody else's."""
    found = {"kind": "encounter-diagnosis"}
    mild = {"severity": coded("http://snomed.info/sct", "255604002", "Mild")}
    return [
        chart.condition("hypertension", 900, "38341003", "High blood pressure",
                        note=[{"text": "Well controlled with one tablet a day."}]),
        chart.condition("prediabetes", 335, "714628002", "Prediabetes", visit="third-checkup"),
        chart.condition("knee", 700, "239873007", "Worn cartilage (osteoarthritis)", **mild,
                        bodySite=[{"text": "Left knee"}], visit="second-checkup"),
        chart.condition("sleep", 120, "73430006", "Sleep apnea", sure="provisional", visit="video", **found),
        chart.condition("pneumonia", 540, "233604007", "Pneumonia", "resolved", visit="cough", **found,
                        bodySite=[{"text": "Right lung"}], abatementDateTime=chart.date(515)),
        chart.condition("cold-1", 1020, "82272006", "Common cold", "resolved", **found, abatementDateTime=chart.date(1010)),
        chart.condition("cold-2", 640, "82272006", "Common cold", "resolved", **found, abatementDateTime=chart.date(631)),
        chart.condition("gallstones", 900, "235919008", "Gallstones", "resolved", onsetDateTime="1996",
                        abatementDateTime="1997-03"),
        chart.condition("grief", 210, "55822003", "Grief", visit="talk", **found, **labelled("PSY")),
        chart.condition("gout", 700, "90560007", "Gout", sure="entered-in-error"),
    ]  # fmt: skip


def _vaccines(chart: Chart) -> list[Resource]:
    """Three autumns of flu, what was told, one that she did not want, and one that was never hers."""
    told = {"primarySource": False}
    return [
        chart.shot("flu-1", 1060, "150", "Influenza vaccine", lot="UJ412AA"),
        chart.shot("flu-2", 690, "150", "Influenza vaccine", lot="UT7718BA"),
        chart.shot("flu-3", 330, "135", "Influenza vaccine, high dose", lot="U8025CA",
                   note=[{"text": "Sore arm for a day."}]),
        chart.vaccine("covid-1", 1000, "207", "COVID-19 vaccine", dose="1", series="COVID-19 first series", **told),
        chart.vaccine("covid-2", 972, "207", "COVID-19 vaccine", dose="2", series="COVID-19 first series", **told),
        chart.shot("covid-3", 330, "312", "COVID-19 vaccine, 50 mcg", lot="3042188"),
        chart.shot("tdap", 700, "115", "Tdap vaccine", lot="C5841AB"),
        chart.shot("zoster-1", 640, "187", "Shingles vaccine (Shingrix)", dose="1 of 2", lot="9T5KH"),
        chart.shot("zoster-2", 540, "187", "Shingles vaccine (Shingrix)", dose="2 of 2", lot="B7D3X"),
        chart.shot("pneumococcal", 335, "216", "Pneumococcal vaccine (PCV20)", lot="GK0933"),
        chart.vaccine("rsv", 39, "305", "RSV vaccine", refused="Wants to think about it first"),
        chart.vaccine("yellow-fever", 700, "37", "Yellow fever vaccine", status="entered-in-error"),
    ]  # fmt: skip


def _allergies(chart: Chart) -> list[Resource]:
    """One that counts, one she outgrew, one nobody is sure of, and one that was never hers."""
    return [
        chart.allergy("penicillin", "91936005", "Penicillin", reactions=[("Itchy red rash", "moderate")], type="allergy",
                      category=["medication"], criticality="high", onsetDateTime="1987", recordedDate=chart.date(1065),
                      note=[{"text": "Cephalexin was taken in 2014 without trouble."}]),
        chart.allergy("shellfish", "300913006", "Shellfish", reactions=[("Hives", "mild")], type="allergy",
                      category=["food"], criticality="low", onsetString="As a child", recordedDate=chart.date(1065),
                      state="resolved", note=[{"text": "Has eaten shrimp for years without trouble."}]),
        chart.allergy("codeine", "294471006", "Codeine", reactions=[("Upset stomach",)], type="intolerance",
                      category=["medication"], sure="unconfirmed", recordedDate=chart.date(540)),
        chart.allergy("latex", "300916003", "Latex", sure="refuted", recordedDate=chart.date(700)),
    ]  # fmt: skip


def _tests(chart: Chart) -> list[Resource]:
    sent: list[Resource] = []
    for days, values in COUNTS.items():
        sent += chart.panel(lab.BLOOD_COUNT, days, values)
    for days, values in BASICS.items():
        sent += chart.panel(lab.BASIC_PANEL, days, values)
    for days, values in LIPIDS.items():
        sent += chart.panel(lab.LIPID_PANEL, days, values)
    for days, value in SUGARS.items():
        sent += chart.single(lab.A1C, days, value) if days > 45 else []
    sent += chart.single(lab.CRP, 540, "48") + chart.single(lab.CRP, 335, "5", comparator="<")
    sent += chart.single(lab.TSH, 1065, "2.10")
    return sent + _in_words(chart)


def _in_words(chart: Chart) -> list[Resource]:
    """Results without a number, one under a label, one that could not be made, and a report that is only a text."""
    label = labelled("HIV")
    hiv = chart.said("hiv", 335, "56888-1", "HIV 1 and 2 antibody and antigen screen", "Non-reactive", **label)
    stool = chart.said("fit", 335, "57905-2", "Hidden blood in stool (FIT)", "Negative")
    spoiled = chart.measured(lab.CALCIUM, 150, status="cancelled", note=[{"text": "The sample was spoiled on the way."}])
    return [
        hiv, chart.report("hiv", 335, "56888-1", "HIV screen", [hiv], **label),
        stool, chart.report("fit", 335, "57905-2", "Hidden blood in stool (FIT)", [stool]),
        spoiled, chart.report("ca", 150, lab.CALCIUM.loinc, lab.CALCIUM.text, [spoiled], status="cancelled"),
        chart.report("colonoscopy", 250, "18746-8", "Colonoscopy report", performer=[LINDQVIST],
                     presentedForm=[attached("Colonoscopy report", COLONOSCOPY)]),
    ]  # fmt: skip


COLONOSCOPY = """\
The whole large bowel was seen. One small polyp (4 mm) was taken out of the left side and sent to the laboratory.
No source of bleeding was found.

Next colonoscopy: in 5 years."""


def _visits(chart: Chart) -> list[Resource]:
    pneumonia = (("pneumonia", "Pneumonia"),)
    return [
        chart.visit("first-checkup", 1065, "Yearly check-up", "Yearly check-up"),
        *chart.vitals("first-checkup", 1065, 134, 82, "158", 74),
        chart.visit("second-checkup", 700, "Yearly check-up", "Yearly check-up"),
        *chart.vitals("second-checkup", 700, 131, 80, "157.5", 72),
        chart.visit("cough", 540, "Visit for an illness", "Cough and fever", found=pneumonia, who=LINDQVIST),
        *chart.vitals("cough", 540, 126, 78, "155", 96),
        chart.visit("third-checkup", 335, "Yearly check-up", "Yearly check-up", found=(("prediabetes", "Prediabetes"),)),
        *chart.vitals("third-checkup", 335, 129, 79, "154", 76),
        chart.summary("third-checkup", 335, {
            "Why you came": ["Your yearly check-up."],
            "What we found": ["Your three-month blood sugar is a little above the usual range: prediabetes.",
                              "Your blood pressure is well controlled."],
            "What to do next": ["Walk for half an hour on most days.", "Have your blood sugar tested in six months."],
        }),
        chart.visit("talk", 210, "Counseling", "Grief after the death of a brother", **labelled("PSY")),
        chart.visit("video", 120, "Video visit", "Talk about blood pressure readings from home", how=("VR", "virtual")),
        chart.visit("twice-entered", 118, "Video visit", "Entered twice", status="entered-in-error"),
    ]  # fmt: skip


def _tired(chart: Chart) -> list[Resource]:
    """The visit with which the iron tablets began."""
    visit = {"encounter": {"reference": f"Encounter/{chart.id('tired')}"}}
    culture = chart.said("culture", 39, "630-4", "Urine culture", "No growth after 48 hours", **visit)
    return [
        chart.condition("anemia", 39, "87522002", "Low iron (iron deficiency anemia)", visit="tired"),
        chart.visit("tired", 39, "Office visit", "Felt tired", found=(("anemia", "Low iron (iron deficiency anemia)"),)),
        *chart.vitals("tired", 39, 128, 76, "152", 84),
        *chart.single(lab.A1C, 39, SUGARS[39], **visit),
        *chart.single(lab.FERRITIN, 39, "9", **visit),
        *chart.single(lab.CRP, 39, "5", comparator="<", **visit),
        culture,
        chart.report("culture", 39, "630-4", "Urine culture", [culture], **visit),
        chart.medicine("ferrous-sulfate", 39, "Ferrous sulfate 325 mg tablet", "1 tablet each morning with food",
                       visit="tired"),
        chart.summary("tired", 39, {
            "Why you came": ["You felt tired and short of breath on the stairs."],
            "What we found": ["Your iron is low: iron deficiency anemia.", "Blood pressure 128 over 76.",
                              "Weight 152 lb (69 kg)."],
            "What to do next": ["Take one iron tablet (ferrous sulfate 325 mg) each day with food.",
                                "Have a blood test in five weeks.", "See Dr. Okafor in six weeks."],
            "When to call": ["Call us the same day if you faint, if your heart races at rest, or if your stool turns"
                             " black and sticky."],
            "Medicines after this visit": ["Ferrous sulfate 325 mg: 1 tablet each morning with food. New.",
                                           "Lisinopril 10 mg: 1 tablet each morning. No change.",
                                           "Acetaminophen 500 mg: 1 or 2 tablets when you need them. No change."],
        }),
    ]  # fmt: skip


def _newest(chart: Chart) -> list[Resource]:
    """The blood test of a few days ago: good news, one number that the laboratory took back, and some that wait."""
    note = {"note": [{"authorReference": {"display": "Dr. Lena Okafor"},
                      "text": "Your vitamin D is a little low. We will talk about it at your next visit."}]}  # fmt: skip
    return [
        *chart.panel(lab.BLOOD_COUNT, 4, "12.3 37.2 4.27 6.0 288 86.9"),
        *chart.single(lab.FERRITIN, 4, "21"),
        *chart.single(lab.VITAMIN_D, 4, "18", **note),
        *chart.single(lab.POTASSIUM, 4, "5.9"),
        *chart.single(lab.TSH, 4, "2.30", status="preliminary"),
        *chart.single(lab.VITAMIN_B12, 4, status="registered"),
        *chart.single(CELIAC, 4, "1.2"),
    ]


def _corrected(chart: Chart) -> list[Resource]:
    return chart.single(lab.POTASSIUM, 4, "4.4", status="corrected")


def _mistaken_sugar(chart: Chart, status: str) -> Resource:
    """Somebody else's number, filed here and then withdrawn."""
    return chart.measured(lab.GLUCOSE, 200, "512", status=status)


MARIA = Person(
    handle="self",
    name="Maria Delgado",
    given="Maria",
    family="Delgado",
    username="maria.delgado",
    password="seven-slow-otters",
    role="patient",
    birth="1958-03-04",
    sex="female",
    number="RB-10417",
    email="maria.delgado@example.org",
    phone="(555) 555-0110",
    address="14 Orchard Lane, Riverbend",
    feed=feed,
    paid=maria_bills.PAID,
    held=(("diagnostic_report", "ttg-4", 3), ("observation", "ttg-4", 3)),
    only_me=(("encounter", "Encounter", "video"), ("diagnostic_report", "DiagnosticReport", "fit-335")),
)
