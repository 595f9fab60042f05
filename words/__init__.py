"""How facts are said: codes, dates, numbers, money and names turned into the reader's words.

Every message goes through gettext. The locale and the site's zone of the moment are held by
`words.gettext.use`; nothing here reads a request.
"""

from collections.abc import Callable


def filters() -> dict[str, Callable]:
    """What templates may call, as filter (`{{ x|day }}`) and as function (`day(x)`)."""
    from words import dates, doses, measures, money, names, numbers, results, values

    return {
        "day": dates.day,
        "day_short": dates.day_short,
        "weekday": dates.weekday,
        "weekday_short": dates.weekday_short,
        "month": dates.month,
        "clock": dates.clock,
        "zone": dates.zone,
        "zone_words": dates.zone_words,
        "when": dates.when,
        "day_near": dates.day_near,
        "clinical": dates.clinical,
        "clinical_when": dates.clinical_when,
        "clinical_text": dates.clinical_text,
        "number": numbers.number,
        "in_groups": numbers.in_groups,
        "count": numbers.count,
        "unit": numbers.unit,
        "quantity": numbers.quantity,
        "value": values.value,
        "money": money.money,
        "possessive": names.possessive,
        "list_of": names.list_of,
        "meaning": results.meaning,
        "meaning_class": results.meaning_class,
        "usual_range": results.usual_range,
        "state": results.state,
        "state_tag": results.state_tag,
        "specimen": results.specimen,
        "blood_pressure": measures.blood_pressure,
        "dose": doses.dose,
    }
