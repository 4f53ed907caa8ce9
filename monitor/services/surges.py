"""The surges that rules compare: reckoned from the series itself, since no assessment keeps them."""

import math
from collections.abc import Collection
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.alerting.rule import Measure, Rule
from monitor.domain.alerting.surging import surge_at
from monitor.domain.clock import epoch
from monitor.domain.series import SeriesKey
from monitor.services.read_columns import read_series
from monitor.storage.snapshot import Definitions


def surges(
    session: Session, known: Definitions, rules: Collection[Rule], *, at: datetime
) -> dict[str, float | None]:
    """Return what each surge rule compares at a moment, by its slug; None where there is nothing yet."""
    wanted = [
        rule for rule in rules if rule.measure is Measure.SURGE and _indicator(rule) in known.indicators
    ]
    if not wanted:
        return {}
    columns = read_series(session, known.indicators, {rule.series for rule in wanted})
    found: dict[str, float | None] = {}
    for rule in wanted:
        moments = np.array([epoch(at)])
        own = known.indicators[_indicator(rule)]
        value = float(surge_at(own, columns[rule.series], minimum=rule.minimum, at=moments)[0])
        found[rule.slug] = None if math.isnan(value) else value
    return found


def _indicator(rule: Rule) -> str:
    return SeriesKey.parse(rule.series).indicator
