"""How a value was come by, in words, where it was not observed itself."""

import re

from monitor.domain.derivations.event_values import EventValues
from monitor.domain.derivations.formula import Formula
from monitor.domain.derivations.incident_count import IncidentCount, Tally
from monitor.domain.derivations.member import member_of
from monitor.domain.indicator import Indicator
from monitor.domain.subject import Subject
from monitor.services.overview.words import series_name
from monitor.storage.snapshot import Definitions

_TALLIES = {
    Tally.COUNT: "count of incidents",
    Tally.FATALITIES: "people killed in incidents",
    Tally.INJURED: "people injured in incidents",
    Tally.KIDNAPPED: "people kidnapped in incidents",
    Tally.PLACES: "places with an incident",
}


def how_words(known: Definitions, indicator: Indicator, series: str) -> str:
    """`= french troops + wagner troops`, `count of incidents: aid`; empty where it was observed."""
    how = indicator.derived
    if member_of(series) is not None:
        return "its own heat"
    if isinstance(how, Formula):
        return f"= {_formula(known, how)}"
    if isinstance(how, IncidentCount):
        chosen = ", ".join((*how.types, *how.actors, *how.admin1))
        return f"{_TALLIES[how.measure]} a {how.period}{f': {chosen}' if chosen else ''}"
    if isinstance(how, EventValues):
        return f"from events: {', '.join(how.kinds)}"
    return ""


def placement_name(
    known: Definitions, indicator: Indicator, series: str, *, subject: Subject | None = None
) -> str:
    """Return a series' name as pages write it; a member has its subject's."""
    member = member_of(series)
    if member is None:
        return series_name(indicator, series, subject=subject)
    return known.subjects[member].name if member in known.subjects else member


def _formula(known: Definitions, formula: Formula) -> str:
    """Put names for people in the place of slugs."""
    text = " ".join(formula.text.split())
    for name in sorted(formula.operands, key=len, reverse=True):
        operand = known.indicators.get(name.partition(":")[0])
        spoken = name if operand is None else operand.name[:1].lower() + operand.name[1:]
        text = re.sub(rf"(?<![\w-])`?{re.escape(name)}`?(?![\w:-])", spoken, text)
    return text
