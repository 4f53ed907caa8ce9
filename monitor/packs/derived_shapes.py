"""The shapes of tables that say how values are reckoned: from incidents, from events, from other subjects."""

from typing import Annotated, Any, Literal

from pydantic import Field

from monitor.domain.derivations.event_values import EventValues
from monitor.domain.derivations.formula import Formula
from monitor.domain.derivations.incident_count import IncidentCount, Span, Tally, UnitIs
from monitor.domain.indicator import Derivation
from monitor.packs.shape import Above0, Shape, Slug, Text, key

KEYS = ("formula", "incidents", "events")
ONE_OF = f"one of {', '.join(KEYS)}"


class IncidentCountTable(Shape):
    """Which incidents of the indicator's source are counted, and how."""

    measure: Literal["count", "fatalities", "injured", "kidnapped", "places"] = key(
        "What is added up: incidents, people, or the places where there was one", "count", "count"
    )
    period: Literal["day", "week", "month"] = key(
        "Over which periods; weeks begin on Monday", "month", "month"
    )
    unit_is: Literal["", "country", "admin1"] = key(
        "What the unit of a series stands for, where it chooses the incidents", "country", ""
    )
    countries: list[Text] = key("Only in these countries", ["MLI"], [])
    admin1: list[Text] = key("Only in these regions", ["Mopti", "Gao"], [])
    actors: list[Text] = key("Only by these actors", ["JNIM"], [])
    types: list[Text] = key("Only of these kinds", ["aid", "education"], [])


class EventValuesTable(Shape):
    """Which events give a value."""

    kinds: Annotated[list[Text], Field(min_length=1)] = key("Events of these kinds", ["coup", "mutiny"])
    subjects: list[Slug] = key("Only on these subjects' timelines", ["assimi-goita"], [])
    value: float = key("What one is worth on its first day", 1, 1.0)
    values: dict[str, float] = key("What one is worth by its kind", {"coup": 3, "mutiny": 1}, {})
    while_it_lasts: bool = key(
        "Whether the value holds from the first day to the last, and is 0 after it", True, False
    )


class MemberTable(Shape):
    """Another subject, by the pressure of its published heat."""

    subject: Slug = key("Slug of the subject", "mali")
    weight: Above0 = key("Its share within the driver", 1.0, 1.0)


def derivation_of(table: Any) -> Derivation | None:
    """Return how the values of an indicator's table are reckoned; ValueError for what the domain refuses."""
    if table.formula is not None:
        return Formula(text=table.formula)
    if table.events is not None:
        plain = table.events.model_dump()
        return EventValues(**plain | {name: tuple(plain[name]) for name in ("kinds", "subjects")})
    if table.incidents is None:
        return None
    found = table.incidents
    lists = {name: tuple(getattr(found, name)) for name in ("countries", "admin1", "actors", "types")}
    return IncidentCount(
        source=table.source, measure=Tally(found.measure), period=Span(found.period),
        unit_is=UnitIs(found.unit_is), **lists,
    )  # fmt: skip


def table_of(derived: Derivation | None) -> dict[str, Any]:
    """Return the keys that say the same in an indicator's table."""
    if isinstance(derived, Formula):
        return {"formula": derived.text}
    if isinstance(derived, EventValues):
        names = ("kinds", "subjects", "value", "values", "while_it_lasts")
        return {"events": _kept({name: getattr(derived, name) for name in names}, EventValuesTable)}
    if isinstance(derived, IncidentCount):
        lists = {name: getattr(derived, name) for name in ("countries", "admin1", "actors", "types")}
        words = {"measure": derived.measure, "period": derived.period, "unit_is": derived.unit_is}
        plain = {name: str(word) for name, word in words.items()} | lists
        return {"incidents": _kept(plain, IncidentCountTable)}
    return {}


def _kept(values: dict[str, Any], shape: type[Shape]) -> dict[str, Any]:
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    return {name: value for name, value in plain.items() if value != shape.model_fields[name].default}
