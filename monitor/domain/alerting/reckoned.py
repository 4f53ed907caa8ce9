"""What surge and record rules compare: reckoned from the series itself, as known at each moment."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from monitor.domain.alerting.rule import Measure, Rule
from monitor.domain.alerting.snapshot import threshold_edges
from monitor.domain.indicator import Indicator, Transform
from monitor.domain.scoring.reading import last_ended
from monitor.domain.scoring.view import parts
from monitor.domain.series import Columns, Floats, Ints, empty_columns
from monitor.domain.transforms.denominator import columns_of, denominators
from monitor.domain.transforms.transform import heads_at, stages

RECKONED = frozenset({Measure.SURGE, Measure.RECORD_HIGH})


def reckoned_at(rule: Rule, indicator: Indicator, columns: Mapping[str, Columns], *, at: Ints) -> Floats:
    """Return what a surge or a record rule compares at each moment, by what was known at it.

    A surge is that of the raw values; a record that of the indicator's own, in days, 0 below the minimum.
    Only periods that have ended count. NaN where there is none yet, or too little before it.
    """
    own = _reckoned(rule, indicator)
    rows = columns.get(rule.series) or empty_columns()
    others = columns_of(denominators(own, rule.series), columns)
    found = np.full(len(at), np.nan)
    for part in parts(rows, at=at, known_at=at, others=list(others.values())) if len(rows) else ():
        moments = at[part.moments]
        index = last_ended(part.rows, latest=part.latest, at=moments)
        there = np.flatnonzero(index >= 0)
        done = stages(own, part.rows, others=part.others(others))
        value = heads_at(own, done, index=index[there], at=moments[there]).value
        if rule.measure is Measure.RECORD_HIGH:
            reached = heads_at(indicator, done, index=index[there], at=moments[there]).value
            value = np.where(reached >= rule.minimum, value, np.where(np.isnan(reached), np.nan, 0.0))
        found[part.moments[there]] = value
    return found


def _reckoned(rule: Rule, indicator: Indicator) -> Indicator:
    if rule.measure is Measure.SURGE:
        return replace(indicator, transforms=(Transform(name="surge", parameters={"minimum": rule.minimum}),))
    edges = threshold_edges(rule, indicator.normalisation).by_concern.values()
    days = max((edge.enter for edge in edges), default=1.0)
    record = Transform(name="record_high", parameters={"days": days})
    return replace(indicator, transforms=(*indicator.transforms, record))
