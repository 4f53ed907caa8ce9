"""Reckon what surge and record rules compare: from the series itself, since no assessment keeps it."""

import math
from collections.abc import Collection
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.alerting.reckoned import RECKONED, reckoned_at
from monitor.domain.alerting.rule import Rule
from monitor.domain.clock import epoch
from monitor.domain.series import SeriesKey
from monitor.services.read_columns import read_series
from monitor.storage.snapshot import Definitions


def reckon_rules(
    session: Session, known: Definitions, rules: Collection[Rule], *, at: datetime
) -> dict[str, float | None]:
    """Return what each such rule compares at a moment, by its slug; None where there is nothing yet."""
    wanted = [rule for rule in rules if rule.measure in RECKONED and _indicator(rule) in known.indicators]
    if not wanted:
        return {}
    columns = read_series(session, known.indicators, {rule.series for rule in wanted})
    found: dict[str, float | None] = {}
    for rule in wanted:
        moments = np.array([epoch(at)])
        value = float(reckoned_at(rule, known.indicators[_indicator(rule)], columns, at=moments)[0])
        found[rule.slug] = None if math.isnan(value) else value
    return found


def _indicator(rule: Rule) -> str:
    return SeriesKey.parse(rule.series).indicator
