"""Care plans, goals, teams and insurance of the demo's feed, as a clinic's system would send them."""

from __future__ import annotations

from collections.abc import Sequence

from seeds.cast import Resource
from seeds.fhir import CLINIC, OKAFOR, TERMINOLOGY, Chart, concept

ACHIEVED = {"improving": "Improving", "in-progress": "In Progress", "achieved": "Achieved", "not-achieved": "Not Achieved"}
KINDS = {"plan": "Plan", "group": "Group"}


def goal(chart: Chart, slug: str, days: int, words: str, achieved: str = "", **more) -> Resource:
    """`target` is one or several FHIR targets; `status` the lifecycle."""
    one = chart.about("Goal", slug) | {
        "lifecycleStatus": more.pop("status", "active"), "description": {"text": words}, "startDate": chart.date(days),
        "expressedBy": OKAFOR,
    }  # fmt: skip
    if achieved:
        one["achievementStatus"] = concept(f"{TERMINOLOGY}/goal-achievement", achieved, ACHIEVED[achieved])
    return one | more


def doing(what: str, status: str, where: str = "", when: str = "", note: str = "") -> dict:
    """An activity of a plan; `when` in words."""
    detail = {"code": {"text": what}, "status": status}
    detail |= {"scheduledString": when} if when else {}
    detail |= {"location": {"display": where}} if where else {}
    detail |= {"description": note} if note else {}
    return {"detail": detail}


def care_plan(chart: Chart, slug: str, days: int, title: str, activity: Sequence[dict], **more) -> Resource:
    """`found` are slugs and words of conditions, `goals` and `team` slugs, `until` the days ago on which it ended."""
    found, goals, team, until = (more.pop(name, None) for name in ("found", "goals", "team", "until"))
    period = {"start": chart.date(days)} | ({"end": chart.date(until)} if until is not None else {})
    one = chart.about("CarePlan", slug) | {
        "status": more.pop("status", "active"), "intent": "plan", "title": title, "period": period,
        "author": more.pop("who", OKAFOR), "activity": list(activity),
    }  # fmt: skip
    if found:
        one["addresses"] = [{"reference": f"Condition/{chart.id(name)}", "display": words} for name, words in found]
    if goals:
        one["goal"] = [{"reference": f"Goal/{chart.id(name)}"} for name in goals]
    if team:
        one["careTeam"] = [{"reference": f"CareTeam/{chart.id(team)}"}]
    return one | more


def care_team(chart: Chart, slug: str, days: int, name: str, people: dict[str, str], **more) -> Resource:
    """`people` are names and roles."""
    until = more.pop("until", None)
    period = {"start": chart.date(days)} | ({"end": chart.date(until)} if until is not None else {})
    members = [{"member": {"display": who}, "role": [{"text": role}]} for who, role in people.items()]
    return chart.about("CareTeam", slug) | {
        "status": more.pop("status", "active"), "name": name, "period": period, "participant": members,
        "managingOrganization": [CLINIC], **more,
    }  # fmt: skip


def coverage(chart: Chart, slug: str, payer: str, number: str, kind: str, since: str, **more) -> Resource:
    """`plan` and `group` are names with their numbers; `until` a date; `holder` whose policy it is."""
    holder, relation = more.pop("holder", None), more.pop("relation", "self")
    until = more.pop("until", "")
    one = chart.about("Coverage", slug, "beneficiary") | {
        "status": more.pop("status", "active"), "type": {"text": kind}, "subscriberId": number,
        "relationship": {"coding": [{"system": f"{TERMINOLOGY}/subscriber-relationship", "code": relation}]},
        "period": {"start": since} | ({"end": until} if until else {}), "payor": [{"display": payer}],
    }  # fmt: skip
    classes = [
        {"type": concept(f"{TERMINOLOGY}/coverage-class", code, words), "name": more[code][0], "value": more.pop(code)[1]}
        for code, words in KINDS.items() if code in more
    ]  # fmt: skip
    one |= {"class": classes} if classes else {}
    return one | ({"subscriber": {"display": holder}} if holder else {}) | more
