"""Reckon what surge, record and momentum rules compare, which no assessment keeps: from series and heat."""

import math
from collections.abc import Collection
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.alerting.reckoned import RECKONED, reckoned_at
from monitor.domain.alerting.rule import Rule, RuleKind
from monitor.domain.clock import epoch
from monitor.domain.scale import UNKNOWN
from monitor.domain.scoring.momentum import unusual_at
from monitor.domain.series import SeriesKey
from monitor.services.overview.traces import with_silences
from monitor.services.read_columns import read_series
from monitor.storage import heat_points
from monitor.storage.snapshot import Definitions


def reckon_rules(
    session: Session, known: Definitions, rules: Collection[Rule], *, at: datetime
) -> dict[str, float | None]:
    """Return what each such rule compares at a moment, by its slug; None where there is nothing yet."""
    found = _of_series(session, known, rules, at=at) | _of_heat(session, rules, at=at)
    return {slug: None if math.isnan(value) else value for slug, value in found.items()}


def _of_series(
    session: Session, known: Definitions, rules: Collection[Rule], *, at: datetime
) -> dict[str, float]:
    wanted = [rule for rule in rules if rule.measure in RECKONED and _indicator(rule) in known.indicators]
    if not wanted:
        return {}
    columns = read_series(session, known.indicators, {rule.series for rule in wanted})
    moments = np.array([epoch(at)])
    return {
        rule.slug: float(reckoned_at(rule, known.indicators[_indicator(rule)], columns, at=moments)[0])
        for rule in wanted
    }


def _of_heat(session: Session, rules: Collection[Rule], *, at: datetime) -> dict[str, float]:
    """Return how unusual the moves of pressure are, by the line of heat as it was published."""
    wanted = [rule for rule in rules if rule.kind is RuleKind.MOMENTUM]
    if not wanted:
        return {}
    line = with_silences(heat_points.line(session, wanted[0].subject, until=at))
    pressure = np.where(np.array(line.levels) != UNKNOWN, line.raw_pressure, np.nan)
    moments = np.array([epoch(at)])
    return {
        rule.slug: float(unusual_at(line.at, pressure, moments=moments, days=rule.days)[0]) for rule in wanted
    }


def _indicator(rule: Rule) -> str:
    return SeriesKey.parse(rule.series).indicator
