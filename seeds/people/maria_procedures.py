"""What was done for Maria, what goes on, and what she did not want."""

from __future__ import annotations

from seeds.cast import Resource
from seeds.fhir import CLINIC, LINDQVIST, SNOMED, Chart, coded, labelled


def procedures(chart: Chart) -> list[Resource]:
    """Old and new, one that goes on, one planned, one she did not want, one under a label, one that was never hers."""
    return [
        _procedure(chart, "gallbladder", "38102005", "Gallbladder removal", performedDateTime="1997-03",
                   reasonCode=[{"text": "Gallstones"}], complication=[{"text": "Infection of the wound"}],
                   outcome={"text": "Healed after three weeks"}),
        _procedure(chart, "tonsils", "173422009", "Tonsils taken out", performedString="As a child"),
        _procedure(chart, "ear", "19676003", "Ear wax washed out", 700, visit="second-checkup", where=CLINIC,
                   bodySite=[{"text": "Both ears"}]),
        _procedure(chart, "colonoscopy", "73761001", "Colonoscopy", 250, who=LINDQVIST, where=CLINIC,
                   reasonCode=[{"text": "Check for bowel cancer"}], bodySite=[{"text": "Large bowel"}],
                   outcome={"text": "One small polyp taken out"}, followUp=[{"text": "Next colonoscopy in 5 years"}],
                   note=[{"text": "You slept through it and went home the same day."}]),
        _procedure(chart, "grief", "313071005", "Grief counseling", 210, visit="talk", **labelled("PSY")),
        _procedure(chart, "knee-shot", "91602002", "Steroid shot into the knee", 335, "not-done", visit="third-checkup",
                   bodySite=[{"text": "Left knee"}], reasonCode=[{"text": "Worn cartilage (osteoarthritis)"}],
                   statusReason={"text": "Wants to try exercise first"}),
        _procedure(chart, "exercise", "91251008", "Physical therapy", status="in-progress",
                   performedPeriod={"start": chart.date(330)}, reasonCode=[{"text": "Worn cartilage (osteoarthritis)"}],
                   note=[{"text": "Once a week, and ten minutes at home each day."}]),
        _procedure(chart, "sleep-study", "60554003", "Sleep study", -16, "preparation", visit="video",
                   reasonReference=[{"reference": f"Condition/{chart.id('sleep')}", "display": "Sleep apnea"}]),
        _procedure(chart, "cast", "23239005", "Cast on the right wrist", 700, "entered-in-error"),
    ]  # fmt: skip


def _procedure(chart: Chart, slug: str, snomed: str, name: str, days: int | None = None, status: str = "completed",
               **more) -> Resource:  # fmt: skip
    """`days` ago it was done, where `more` does not say when; `who` did it, `where`; `visit` is where it was filed."""
    who, where, visit = (more.pop(one, None) for one in ("who", "where", "visit"))
    one = chart.about("Procedure", f"{slug}-done") | {"status": status, "code": coded(SNOMED, snomed, name)}
    one |= {"performedDateTime": chart.date(days)} if days is not None else {}
    one |= {"performer": [{"actor": who}]} if who else {}
    one |= {"location": where} if where else {}
    one |= {"encounter": {"reference": f"Encounter/{chart.id(visit)}"}} if visit else {}
    return one | more
