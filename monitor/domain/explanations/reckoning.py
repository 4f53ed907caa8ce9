"""Reckonings: how one value became pressure and several pressures one, written out with the numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from monitor.domain.indicator import Normalisation
from monitor.domain.normalisations.normalise import CURVES, KNOT_PRESSURES
from monitor.domain.normalisations.relative import Yardstick
from monitor.domain.scale import FULL
from monitor.domain.scoring.aggregate import EXTREMES, INFORM_FACTOR
from monitor.domain.subject import Aggregation, Side
from monitor.domain.wording import say, say_many

Knot = tuple[float, float]
# The most members a mean is written out for; of more the formula names the sum and the table has the parts.
_MOST_WRITTEN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalised:
    """One value as pressure: the two knots (value, pressure) it lies between, and the line written out.

    `compared` is the value after the treatment of a fit (the value itself where there is none); beyond the
    ends, and for steps, both knots are the same one.
    """

    method: str
    value: float
    compared: float
    knots: tuple[Knot, ...]
    lower: Knot | None
    upper: Knot | None
    formula: str
    pressure: float
    is_log: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Combined:
    """Members' pressures as one: the method, and the mean written out with numbers."""

    method: str
    side: Side
    power: float | None
    formula: str
    pressure: float


def normalised(normalisation: Normalisation, value: float) -> Normalised:
    """Return how a value in the indicator's unit became pressure."""
    curve = CURVES[normalisation.method](normalisation)
    pressure = float(curve.pressure(np.array([value]))[0])
    compared = float(curve.treat(np.array([value]))[0]) if curve.treat is not None else value
    steps, knots, is_log = _has_steps(normalisation), _knots(normalisation), _is_log(normalisation)
    lower, upper = _around(knots, compared)
    if steps:
        lower = upper = _reached(normalisation, knots, compared)
    return Normalised(
        method=_name(normalisation),
        value=value,
        compared=compared,
        knots=tuple(knots),
        lower=lower,
        upper=upper,
        formula=_line(lower, upper, compared, pressure, is_log=is_log, steps=steps),
        pressure=pressure,
        is_log=is_log,
    )


def _name(normalisation: Any) -> str:
    if normalisation.method != "relative":
        return str(normalisation.method)
    return f"{normalisation.by.value} against {normalisation.against.value.replace('_', ' ')}"


def _knots(normalisation: Any) -> list[Knot]:
    """Return (value, pressure) by rising value, as the curve goes through them."""
    method = normalisation.method
    if method == "thresholds":
        return sorted((value, KNOT_PRESSURES[name]) for name, value in normalisation.thresholds.knots)
    if method == "goalposts":
        return sorted([(normalisation.low, 0.0), (normalisation.high, FULL)])
    if method == "target_band":
        band = {(normalisation.low, 0.0), (normalisation.high, 0.0)}
        return sorted({(normalisation.outer_low, FULL), *band, (normalisation.outer_high, FULL)})
    return list(normalisation.points if method == "curve" else _stored(normalisation))


def _stored(normalisation: Any) -> Sequence[Knot]:
    knots: Sequence[Knot] = normalisation.steps if normalisation.method == "steps" else normalisation.knots
    return knots


def _is_log(normalisation: Any) -> bool:
    return normalisation.method == "goalposts" and bool(normalisation.is_log)


def _has_steps(normalisation: Any) -> bool:
    is_rank = normalisation.method == "relative" and normalisation.by is Yardstick.RANK
    return normalisation.method == "steps" or (is_rank and not normalisation.is_against_peers)


def _around(knots: Sequence[Knot], value: float) -> tuple[Knot | None, Knot | None]:
    """Return the knots on both sides of a value; beyond the ends the last one twice."""
    below = [knot for knot in knots if knot[0] <= value]
    above = [knot for knot in knots if knot[0] >= value]
    return (below[-1] if below else above[0], above[0] if above else below[-1])


def _reached(normalisation: Any, knots: Sequence[Knot], value: float) -> Knot:
    """Return the step a value stands on; of a rank the value it is worse than, (nan, 0) where of none."""
    if normalisation.method == "steps":
        below = [knot for knot in knots if knot[0] <= value]
        return below[-1] if below else knots[0]
    if normalisation.is_higher_worse:
        better = [knot for knot in knots if knot[0] < value]
        return better[-1] if better else (float("nan"), 0.0)
    better = [knot for knot in knots if knot[0] > value]
    return better[0] if better else (float("nan"), 0.0)


def _line(
    lower: Knot | None, upper: Knot | None, value: float, pressure: float, *, is_log: bool, steps: bool
) -> str:
    if lower is None or upper is None or lower == upper:
        where = say("the step reached") if steps else say("at a knot or beyond the last one")
        return say("{name}: {value}", name=where, value=_n(pressure))
    parts = [f"ln({_n(part)})" if is_log else _n(part) for part in (value, lower[0], upper[0])]
    rise = f"({_n(upper[1])} - {_n(lower[1])})"
    return f"{_n(lower[1])} + ({parts[0]} - {parts[1]}) / ({parts[2]} - {parts[1]}) x {rise}"


def combined(aggregation: Aggregation, members: Sequence[tuple[float, float]], pressure: float) -> Combined:
    """Return how present members (pressure, weight) became `pressure`."""
    flip = aggregation.of is Side.STRENGTH
    values = [(FULL - value if flip else value, weight) for value, weight in members]
    method = aggregation.method
    if not values:
        formula = say("no member was ever observed")
    elif method in EXTREMES:
        formula = f"{method}({', '.join(_n(value) for value, _ in values)})"
    elif len(values) > _MOST_WRITTEN:
        formula = say_many(
            "{method} mean of the {n} member below", "{method} mean of the {n} members below", len(values),
            method=say(method.replace("_", " ")),
        )  # fmt: skip
    elif method == "power" and aggregation.power != 0:
        formula = _power(values, aggregation.power)
    else:
        formula = _FORMULAS["geometric" if method == "power" else method](values)
    return Combined(
        method=method,
        side=aggregation.of,
        power=aggregation.power if method == "power" else None,
        formula=f"100 - {_wrapped(formula)}" if flip and values else formula,
        pressure=pressure,
    )


def _wrapped(formula: str) -> str:
    return f"[{formula}]"


def _arithmetic(values: Sequence[tuple[float, float]]) -> str:
    return f"({' + '.join(f'{_n(w)} x {_n(p)}' for p, w in values)}) / {_whole(values)}"


def _geometric(values: Sequence[tuple[float, float]]) -> str:
    return f"exp(({' + '.join(f'{_n(w)} x ln({_n(p)})' for p, w in values)}) / {_whole(values)})"


def _harmonic(values: Sequence[tuple[float, float]]) -> str:
    return f"{_whole(values)} / ({' + '.join(f'{_n(w)} / {_n(p)}' for p, w in values)})"


def _power(values: Sequence[tuple[float, float]], power: float) -> str:
    total = " + ".join(f"{_n(w)} x {_n(p)} ^ {_n(power)}" for p, w in values)
    return f"(({total}) / {_whole(values)}) ^ (1 / {_n(power)})"


def _worst_dominates(values: Sequence[tuple[float, float]]) -> str:
    factor = _n(INFORM_FACTOR)
    total = " + ".join(f"{_n(w)} x ln((100 - {_n(p)}) x {factor} + 1)" for p, w in values)
    return f"100 - (exp(({total}) / {_whole(values)}) - 1) / {factor}"


def _whole(values: Sequence[tuple[float, float]]) -> str:
    return f"({' + '.join(_n(weight) for _, weight in values)})" if len(values) > 1 else _n(values[0][1])


def _n(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


_FORMULAS: Mapping[str, Callable[[Sequence[tuple[float, float]]], str]] = {
    "arithmetic": _arithmetic,
    "geometric": _geometric,
    "harmonic": _harmonic,
    "worst_dominates": _worst_dominates,
}
