"""The floors of a subject: which are reached, and how far the one in force lifts it."""

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.domain.normalisations.normalise import KNOT_PRESSURES
from monitor.domain.scale import FULL
from monitor.domain.scoring.model import Model, Placed
from monitor.domain.scoring.tree import lifting_floor
from monitor.domain.spoken import short
from monitor.domain.subject import Floor
from monitor.services.overview.words import series_name
from monitor.storage.heat_points import HeatPoint
from monitor.storage.pressures import Pressure


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRow:
    """One floor: while `name` `reaches`, pressure is at least `pressure`; it lifts by `lift`, or by 0."""

    name: str
    reaches: str
    pressure: float
    own_pressure: float | None
    is_reached: bool
    lift: float


def floor_rows(
    model: Model, *, found: Mapping[str, Pressure], point: HeatPoint | None
) -> tuple[FloorRow, ...]:
    """Return the floors in their stored order, as they stood when the subject was last assessed.

    A floor of a placement that does not apply to the subject is left out.
    """
    placed = {each.placement.name: each for each in model.placements}
    pressures = {
        name: None if (own := found.get(each.placement.slug)) is None else own.pressure
        for name, each in placed.items()
    }
    raw = None if point is None else point.raw_pressure
    lifting = None if raw is None else lifting_floor(model.subject.floors, pressures, raw)
    return tuple(
        _row(
            model, floor, placed[floor.placement],
            own=pressures[floor.placement], raw=raw if floor is lifting else None,
        )
        for floor in model.subject.floors
        if floor.placement in placed
    )  # fmt: skip


def _row(model: Model, floor: Floor, placed: Placed, *, own: float | None, raw: float | None) -> FloorRow:
    return FloorRow(
        name=series_name(placed.indicator, placed.placement.series, subject=model.subject),
        reaches=_reaches(floor.reaches),
        pressure=floor.pressure,
        own_pressure=own,
        is_reached=own is not None and own >= floor.reaches,
        lift=0.0 if raw is None else floor.pressure - raw,
    )


def _reaches(pressure: float) -> str:
    """Say the edge as a concern where it is one."""
    word = next((word for word, edge in KNOT_PRESSURES.items() if edge == pressure), "")
    if not word:
        return f"at a pressure of {short(pressure)} or more"
    return word if pressure == FULL else f"{word} or worse"
