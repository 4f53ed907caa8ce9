"""Fitting against peers: what their values were in one period, as known at one moment (heat.md 3).

The scores are COINr's: the value, turned round where less is better, goes through one of its functions, and
the score runs over a range of pressure, or of strength.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from monitor.domain.clock import DAY_SECONDS, moment
from monitor.domain.errors import InvalidInput
from monitor.domain.indicator import Indicator
from monitor.domain.normalisations.normalisation import Knots
from monitor.domain.normalisations.relative import Fit, RelativeNormalisation, Ties, Yardstick
from monitor.domain.normalisations.treatment import Treated, fit_treatment
from monitor.domain.scale import FULL
from monitor.domain.scoring.view import observed, visible
from monitor.domain.series import Bools, Columns, Floats, Ints, empty_columns
from monitor.domain.subject import Side
from monitor.domain.transforms.comparison import base_span
from monitor.domain.transforms.denominator import columns_of, denominators
from monitor.domain.transforms.transform import stages

LEAST_PEERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """The values that are compared, treated and turned so that a higher one has the higher score."""

    normalisation: RelativeNormalisation
    sign: float
    units: tuple[str, ...]
    values: Floats
    treated: Treated | None
    when: str


_Scored = tuple[Knots, Mapping[str, float]]


def fit_to_peers(
    normalisation: RelativeNormalisation,
    columns: Mapping[str, Columns],
    *,
    indicator: Indicator,
    at: int,
    known_at: int | None = None,
) -> RelativeNormalisation:
    """Return the normalisation fitted to its peers at second `at` as known at `known_at` (default: `at`).

    `columns` are by series key and hold those of every peer and of what they are divided by. InvalidInput
    where fewer than two peers have a value, or where they do not differ.
    """
    known = at if known_at is None else known_at
    days = normalisation.window_days or indicator.expires_after_days
    since = at - days * DAY_SECONDS
    units, values = _values(normalisation, columns, indicator, at=at, known=known, since=since)
    when = _when(normalisation, since=since, at=at)
    if len(values) < LEAST_PEERS:
        other = "another period" if normalisation.period else "a longer window_days"
        message = (
            f"{len(values)} of {len(normalisation.peers)} peers have a value {when}, and a fit needs "
            f"{LEAST_PEERS} (expected more values, or {other})"
        )
        raise InvalidInput(f"{indicator.slug}: {message}", field="peers")
    treated = None if normalisation.treat is None else fit_treatment(normalisation.treat, values, units=units)
    sign = _sign(normalisation)
    field = _Field(
        normalisation=normalisation,
        sign=sign,
        units=units,
        values=sign * (values if treated is None else treated.apply(values)),
        treated=treated,
        when=when,
    )
    try:
        knots, parameters = _SCORES[normalisation.by](field)
    except InvalidInput as error:
        raise InvalidInput(f"{indicator.slug}: {error}", field=error.field) from error
    return replace(
        normalisation,
        fit=Fit(
            since=moment(since),
            until=moment(at),
            fitted_at=moment(known),
            count=len(values),
            knots=_pressures(field, knots),
            parameters=parameters,
            treated=treated,
        ),
    )


def peer_series(normalisation: RelativeNormalisation, indicator: Indicator) -> list[str]:
    """Return the keys of every series a fit to peers reads, denominators included, sorted."""
    own = [f"{indicator.slug}:{unit}" for unit in normalisation.peers]
    return sorted({*own, *(key for series in own for key in denominators(indicator, series).values())})


def _values(
    normalisation: RelativeNormalisation,
    columns: Mapping[str, Columns],
    indicator: Indicator,
    *,
    at: int,
    known: int,
    since: float,
) -> tuple[tuple[str, ...], Floats]:
    """Return the peers that have a value and the values, after transforms, in the peers' order."""
    units: list[str] = []
    values: list[float] = []
    for unit in normalisation.peers:
        series = f"{indicator.slug}:{unit}"
        rows = observed(visible(columns.get(series) or empty_columns(), at=at, known_at=known))
        others = columns_of(denominators(indicator, series), columns)
        divisors = {name: observed(visible(each, at=at, known_at=known)) for name, each in others.items()}
        last = stages(indicator, rows, others=divisors)[-1]
        is_settled = last.end + indicator.settles_after_days * DAY_SECONDS <= at
        usable = np.isfinite(last.value) & is_settled & _in_period(normalisation, last.start, last.end, since)
        if not normalisation.counts_imputed:
            usable &= ~rows.imputed
        found = last.value[usable]
        taken = found if normalisation.is_pooled else found[-1:]
        units += [unit] * len(taken)
        values += taken.tolist()
    return tuple(units), np.array(values, dtype=np.float64)


def _when(normalisation: RelativeNormalisation, *, since: float, at: int) -> str:
    """Say which values are taken."""
    if normalisation.period:
        return f"of period {normalisation.period}"
    first, last = moment(since), moment(at)
    return f"of a period that ended after {first:%Y-%m-%d} and by {last:%Y-%m-%d}"


def _in_period(normalisation: RelativeNormalisation, start: Ints, end: Ints, since: float) -> Bools:
    if normalisation.period:
        first, last = base_span(normalisation.period)
        return (start >= first) & (start < last)
    return end > since


def _sign(normalisation: RelativeNormalisation) -> float:
    """Return -1 where a higher value has the lower score; a share of the highest is of values as they are."""
    if normalisation.by is Yardstick.FRACTION_OF_MAX:
        return 1.0
    return -1.0 if _is_turned(normalisation) else 1.0


def _is_turned(normalisation: RelativeNormalisation) -> bool:
    """Whether a higher value has the lower score."""
    return normalisation.is_higher_worse is not (normalisation.of is Side.PRESSURE)


def _pressures(field: _Field, knots: Knots) -> Knots:
    """Turn scores by rising turned value into pressures by rising value."""
    is_pressure = field.normalisation.of is Side.PRESSURE
    return tuple(
        sorted((field.sign * value, score if is_pressure else FULL - score) for value, score in knots)
    )


def _between(field: _Field, worst: float, best: float, *, goes_on: bool = False) -> Knots:
    """Return the line on which `worst` has the range's lower end and `best` the upper, perhaps on to 100."""
    low, high = field.normalisation.range
    if not worst < best:
        message = f"no value differs from {field.sign * worst:g} the way it should: there is nothing to fit"
        raise InvalidInput(message, field="peers")
    line = (float(worst), low), (float(best), high)
    if not goes_on or high == FULL:
        return line
    beyond = worst + (best - worst) * (FULL - low) / (high - low)
    return (*line, (float(beyond), FULL))


def _minmax(field: _Field) -> _Scored:
    least, most = float(np.min(field.values)), float(np.max(field.values))
    ends = sorted((field.sign * least, field.sign * most))
    return _between(field, least, most), {"min": ends[0], "max": ends[1]}


def _zscore(field: _Field) -> _Scored:
    given, values = field.normalisation, field.values
    mean = np.cumsum(values)[-1] / len(values)
    spread = np.sqrt(np.cumsum((values - mean) ** 2)[-1] / (len(values) - 1))
    if values.min() == values.max():
        _between(field, float(values[0]), float(values[0]))
    low, high = given.calm_sd, given.critical_sd
    if given.of is Side.STRENGTH:
        # The score is strength then: pressure 0, calm, is its upper end.
        low, high = -high, -low
    knots = (float(mean + low * spread), 0.0), (float(mean + high * spread), FULL)
    return knots, {"mean": float(field.sign * mean), "sd": float(spread)}


def _percentile(field: _Field) -> _Scored:
    return _by_rank(field, first=0.0, steps=len(field.values) - 1), {}


def _rank(field: _Field) -> _Scored:
    whole = _whole(field)
    return _by_rank(field, first=1.0, steps=whole), {"peers": float(whole)}


def _borda(field: _Field) -> _Scored:
    whole = _whole(field)
    return _by_rank(field, first=0.0, steps=whole - 1), {"peers": float(whole)}


def _whole(field: _Field) -> int:
    return len(field.values) if field.normalisation.is_pooled else len(field.normalisation.peers)


def _by_rank(field: _Field, *, first: float, steps: int) -> Knots:
    """Return a knot a distinct value at its rank, counted from `first`, as a share of `steps`."""
    low, high = field.normalisation.range
    values, counts = np.unique(field.values, return_counts=True)
    _between(field, float(values[0]), float(values[-1]))
    below = np.cumsum(counts) - counts
    level = {
        Ties.MIN: np.zeros(len(counts)),
        Ties.AVERAGE: (counts - 1) / 2,
        Ties.MAX: counts - 1.0,
    }
    shared: Floats = np.asarray(level[field.normalisation.ties], dtype=np.float64)
    scores = low + (below + shared + first) / steps * (high - low)
    return tuple(zip(values.tolist(), scores.tolist(), strict=True))


def _fraction_of_max(field: _Field) -> _Scored:
    most = float(np.max(field.values))
    if not most > 0:
        message = f"the highest value is {most:g}: a share of it needs one above 0"
        raise InvalidInput(message, field="peers")
    (nothing, low), (highest, high) = _between(field, 0.0, most)
    # Turned, what is missing to the highest scores: the highest itself has the range's lower end.
    ends = (high, low) if _is_turned(field.normalisation) else (low, high)
    return ((nothing, ends[0]), (highest, ends[1])), {"max": most}


def _distance_to_reference(field: _Field) -> _Scored:
    given = field.normalisation
    there = [value for unit, value in zip(field.units, field.values.tolist(), strict=True)
             if unit == given.reference_unit]  # fmt: skip
    if not there:
        known = ", ".join(dict.fromkeys(field.units))
        message = f"reference_unit {given.reference_unit} has no value {field.when} (expected one of {known})"
        raise InvalidInput(message, field="reference_unit")
    least, reference = float(np.min(field.values)), there[-1]
    found = {"least": field.sign * least, "reference": field.sign * reference}
    name = f"reference_unit {given.reference_unit}, whose value {field.when} is {found['reference']:g},"
    _require_better(field, least, reference, name=name, field_name="reference_unit")
    return _between(field, least, reference, goes_on=not given.cap), found


def _require_better(field: _Field, worst: float, best: float, *, name: str, field_name: str) -> None:
    """Refuse an upper end that is no better than the lowest of the values."""
    if not worst < best:
        which = "above" if field.sign > 0 else "below"
        least = f"{field.sign * worst:g}, the value that scores least"
        message = f"{name} does not lie {which} {least} (expected one that does)"
        raise InvalidInput(message, field=field_name)


def _distance_to_target(field: _Field) -> _Scored:
    given = field.normalisation
    least, target = float(np.min(field.values)), field.sign * float(given.target or 0.0)
    found = {"least": field.sign * least, "target": field.sign * target}
    _require_better(field, least, target, name=f"target {found['target']:g}", field_name="target")
    return _between(field, least, target, goes_on=not given.cap), found


def _scaled(field: _Field) -> _Scored:
    ends: Sequence[float] = sorted(field.sign * post for post in field.normalisation.posts or ())
    return _between(field, ends[0], ends[1], goes_on=not field.normalisation.cap), {}


_SCORES: Mapping[Yardstick, Callable[[_Field], _Scored]] = {
    Yardstick.MINMAX: _minmax,
    Yardstick.ZSCORE: _zscore,
    Yardstick.PERCENTILE: _percentile,
    Yardstick.RANK: _rank,
    Yardstick.BORDA: _borda,
    Yardstick.FRACTION_OF_MAX: _fraction_of_max,
    Yardstick.DISTANCE_TO_REFERENCE: _distance_to_reference,
    Yardstick.DISTANCE_TO_MAX: _minmax,
    Yardstick.DISTANCE_TO_TARGET: _distance_to_target,
    Yardstick.SCALED: _scaled,
}
