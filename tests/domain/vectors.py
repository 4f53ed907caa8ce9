"""Builders for the engine's tests: one short builder per noun, all defaults valid; days count from 1970."""

import numpy as np

from monitor.domain.indicator import Indicator, StepNormalisation, ThresholdNormalisation, Transform
from monitor.domain.normalisations.normalisation import (
    CurveNormalisation,
    GoalpostNormalisation,
    TargetBandNormalisation,
)
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.placement import Placement
from monitor.domain.scale import RISK, STANDING
from monitor.domain.scoring.heat import Model, compile_model, score
from monitor.domain.series import Columns
from monitor.domain.subject import Aggregation, Driver, Subject
from monitor.domain.transforms.transform import heads_at, stages

DAY = 86_400
PLAIN = ThresholdNormalisation(thresholds=Thresholds(calm=0, critical=100))
SCALES = {scale.slug: scale for scale in (RISK, STANDING)}


def thresholds(*values):
    """Normalisation through calm, watch, elevated, high, critical; two values are calm and critical."""
    names = ("calm", "watch", "elevated", "high", "critical") if len(values) == 5 else ("calm", "critical")
    return ThresholdNormalisation(thresholds=Thresholds(**dict(zip(names, values, strict=True))))


def steps(*pairs):
    return StepNormalisation(steps=pairs)


def goalposts(low, high, *, is_log=False):
    return GoalpostNormalisation(low=low, high=high, is_log=is_log)


def curve(*points):
    return CurveNormalisation(points=points)


def target_band(outer_low, low, high, outer_high):
    return TargetBandNormalisation(outer_low=outer_low, low=low, high=high, outer_high=outer_high)


def row(day, value, **given):
    """One observation row: the period is `day` and the next `length` days, known when it ends."""
    length = given.pop("length", 1)
    return {
        "period_start": day * DAY,
        "period_end": (day + length) * DAY,
        "known_at": int(given.pop("known", day + length) * DAY),
        "source_revision": 0,
        "value": value,
        "low": np.nan,
        "high": np.nan,
        "grade": 1.0,
    } | given


def columns(*rows):
    """Columns of rows in commit order; `seq` counts from 1 where not given."""
    filled = [{"seq": number} | each for number, each in enumerate(rows, start=1)]
    whole = ("period_start", "period_end", "known_at", "source_revision", "seq")
    return Columns(
        **{name: np.array([each[name] for each in filled], dtype=np.int64) for name in whole},
        **{
            name: np.array([each[name] for each in filled], dtype=np.float64)
            for name in ("value", "low", "high", "grade")
        },
    )


def daily(*values, first=0, **given):
    """Columns of one row a day."""
    return columns(*(row(first + day, value, **given) for day, value in enumerate(values)))


def indicator(slug="a", **given):
    return Indicator(
        **{
            "slug": slug,
            "name": slug,
            "unit": "points",
            "source": "desk",
            "cadence_days": 1,
            "normalisation": PLAIN,
            "fresh_for_days": 10,
            "expires_after_days": 20,
        }
        | given
    )


def chain(*steps):
    """Transforms from (name, {parameters})."""
    return tuple(Transform(name=name, parameters=parameters) for name, parameters in steps)


def at_end(rows, *steps, day=None, place=-1, others=None):
    """Transform and return (value, low, high) of one row at a day, by default at its period's end."""
    chained = indicator("a", transforms=chain(*steps))
    place = range(len(rows))[place]
    moment = rows.period_end[place] if day is None else int(day * DAY)
    heads = heads_at(
        chained, stages(chained, rows, others=others), index=np.array([place]), at=np.array([moment])
    )
    return float(heads.value[0]), float(heads.low[0]), float(heads.high[0])


def model(
    drivers, *, scale="risk", method="arithmetic", of="pressure", power=1.0, indicators=(), floors=(), **given
):
    """A model from {driver: {"series": weight, ...}}; a driver's method may stand under the key "method".

    `parents` says under which other driver one lies.
    """
    weights = given.pop("driver_weights", {})
    own = given.pop("normalisations", {})
    parents = given.pop("parents", {})
    methods = {slug: members.get("method", "arithmetic") for slug, members in drivers.items()}
    subject = Subject(
        slug="mali",
        name="Mali",
        kind="country",
        scale=scale,
        aggregation=Aggregation(method=method, of=of, power=power),
        drivers=tuple(
            Driver(
                slug=slug,
                name=slug,
                weight=weights.get(slug, 1.0),
                aggregation=_method(methods[slug]),
                parent=parents.get(slug, ""),
            )
            for slug in drivers
        ),
        floors=tuple(floors),
        **given,
    )
    placements = [
        Placement(
            subject="mali", driver=slug, series=f"{name}:mali", weight=weight, normalisation=own.get(name)
        )
        for slug, members in drivers.items()
        for name, weight in members.items()
        if name != "method"
    ]
    known = {placement.series.partition(":")[0] for placement in placements}
    found = {name: indicator(name) for name in known} | {each.slug: each for each in indicators}
    return compile_model(subject, SCALES[scale], placements, found)


def _method(method):
    return method if isinstance(method, Aggregation) else Aggregation(method=method)


def flat(**weights) -> Model:
    """A model of one driver with an arithmetic mean."""
    return model({"d": weights})


def data(**series):
    """Columns by series key from columns by indicator."""
    return {f"{name}:mali": each for name, each in series.items()}


def score_days(a_model, its_data, *days, known=None):
    """Score at the midnights that begin some days."""
    at = np.array([int(day * DAY) for day in days])
    return score(a_model, its_data, at=at, known_at=None if known is None else np.full(len(at), known * DAY))
