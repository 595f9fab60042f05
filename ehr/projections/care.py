"""CarePlan, Goal, CareTeam."""

from __future__ import annotations

from ehr.projections.directory import pointed
from ehr.projections.medicines import amount
from ehr.references import Reading
from ehr.rows import Feed, Projection, Row, Unfit, date_columns, encounter_links, json_text, span, when
from ehr.shapes import concept, concepts, each, first_code, joined, notes, one, phone_of, text
from rules.quantities import Quantity, quantity_of
from rules.text import narrative_text


def care_plan(resource: dict, reading: Reading, feed: Feed) -> Projection:
    links, encounter_ref = encounter_links(reading, one(resource, "encounter") or one(resource, "context"))
    values = {
        "status": text(resource, "status"),
        "label": text(resource, "title") or _category(resource) or text(resource, "description"),
        "intent": text(resource, "intent"),
        "description": text(resource, "description") or narrative_text(text(one(resource, "text"), "div")) or None,
        "activities": json_text([_activity(sent, reading, feed) for sent in each(resource, "activity")]),
        "goals": json_text(_pointed(resource, "goal", "Goal", reading)),
        "teams": json_text(_pointed(resource, "careTeam", "CareTeam", reading)),
        "addresses": json_text(
            [w for w in (reading.display(c, "Condition") for c in each(resource, "addresses")) if w]
        ),
        "author": joined(reading.display(who, "Practitioner") for who in _authors(resource)),
        "note": notes(resource),
        "encounter_ref": encounter_ref,
    }
    return Projection(
        [Row("care_plan", values | date_columns("effective", span(one(resource, "period"), feed)), links)]
    )


def _authors(resource: dict) -> list[dict]:
    return each(resource, "author") + each(resource, "contributor")


def _category(resource: dict) -> str:
    """The words of the first category that has words of its own, rather than a code such as `assess-plan`."""
    spoken = [text(sent, "text") or next((text(c, "display") for c in each(sent, "coding") if text(c, "display")), "")
              for sent in each(resource, "category")]  # fmt: skip
    return next(filter(None, spoken), "") or next(iter(concepts(resource, "category")), "")


def _activity(sent: dict, reading: Reading, feed: Feed) -> dict:
    detail = one(sent, "detail")
    day = next(filter(None, (text(detail, "scheduledString"), span(one(detail, "scheduledPeriod"), feed))), "")
    return {
        "text": concept(detail, "code")
        or text(detail, "description")
        or reading.display(one(sent, "reference"))
        or joined(concepts(sent, "outcomeCodeableConcept"))
        or "",
        "status": text(detail, "status"),
        "when": day if isinstance(day, str) else day.text,
        "place": reading.display(one(detail, "location"), "Location"),
        "note": joined(
            [text(detail, "description") if concept(detail, "code") else "", notes(sent, "progress") or ""], "\n"
        )
        or "",
    }


def _pointed(resource: dict, key: str, expected: str, reading: Reading) -> list[dict]:
    found = (
        {"ref": pointed(reading, sent, expected) or "", "text": reading.display(sent, expected)}
        for sent in each(resource, key)
    )
    return [sent for sent in found if sent["ref"] or sent["text"]]


def goal(resource: dict, reading: Reading, feed: Feed) -> Projection:
    label = concept(resource, "description")
    if not label:
        raise Unfit("it does not say what the goal is")
    day = when(resource, "start", feed)
    values = {
        "status": text(resource, "lifecycleStatus") or text(resource, "status"),
        "label": label,
        "achievement": first_code(resource, "achievementStatus"),
        "priority": concept(resource, "priority") or None,
        "targets": json_text([_target(sent) for sent in each(resource, "target")]),
        "addresses": json_text(
            [w for w in (reading.display(c, "Condition") for c in each(resource, "addresses")) if w]
        ),
        "note": notes(resource),
    }
    return Projection([Row("goal", values | date_columns("start", *day))])


def _target(sent: dict) -> dict[str, str]:
    spread = one(sent, "detailRange")
    sides = [quantity_of(spread.get(side)) for side in ("low", "high")] if spread else []
    unit = next((side.unit or side.code for side in sides if side.number), "")
    words = "–".join(side.number for side in sides if side.number)
    detail = amount(sent, "detailQuantity") or f"{words} {unit}".strip()
    bound = quantity_of(sent.get("detailQuantity")).comparator or _open_side(sides)
    return ({"bound": bound} if bound else {}) | {
        "measure": concept(sent, "measure"),
        "text": detail
        or text(sent, "detailString")
        or concept(sent, "detailCodeableConcept")
        or text(sent, "detailInteger"),
        "due": text(sent, "dueDate") or amount(sent, "dueDuration") or "",
    }


def _open_side(sides: list[Quantity]) -> str:
    """A range of which one side was sent is a bound: without its sign it would be read as the number to reach."""
    sent = [bool(side.number) for side in sides]
    return {(True, False): ">=", (False, True): "<="}.get(tuple(sent), "")


def care_team(resource: dict, reading: Reading, feed: Feed) -> Projection:
    members = []
    for sent in each(resource, "participant"):
        member = one(sent, "member")
        target = reading.target(member, "Practitioner")
        if target and target.fhir_type == "Patient":
            continue
        role = next(iter(concepts(sent, "role")), "")
        name = reading.display(member, "Practitioner")
        if name or role:
            members.append(
                {"name": name, "role": role, "ref": f"{target.fhir_type}/{target.fhir_id}" if target else ""}
            )
    values = {
        "status": text(resource, "status"),
        "label": text(resource, "name") or next(iter(concepts(resource, "category")), ""),
        "members": json_text(members),
        "reason": joined(concepts(resource, "reasonCode")),
        "organization": joined(
            reading.display(sent, "Organization") for sent in each(resource, "managingOrganization")
        ),
        "phone": phone_of(resource),
        "note": notes(resource),
    }
    return Projection([Row("care_team", values | date_columns("effective", span(one(resource, "period"), feed)))])
