"""The policies judged: the default rule as the engine runs it, HDX Signals' record highs, a z-score above 1.

Each gives one flag a month: whether an alert goes out when that month comes out, from what is known then.
"""

from collections.abc import Callable, Mapping

import numpy as np

from evaluation.history import History
from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.rule import Measure, Rule, RuleKind
from monitor.domain.backtests.backtest import backtest
from monitor.domain.indicator import Indicator, ThresholdNormalisation
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.placement import Placement
from monitor.domain.scale import RISK
from monitor.domain.scoring.model import Model, compile_model
from monitor.domain.series import Bools
from monitor.domain.subject import Driver, Subject

LEAST_TOTAL = 110.0
_RECORD_LEAST, _LOCKED_MONTHS = 100.0, 6
_Z_LEAST_MONTHS = 24
_SERIES = "deaths:country"


def surge_rule(history: History) -> Bools:
    """The rule `measure = "surge"`, `minimum = 110`, all else default: firings and raised concerns."""
    rule = Rule(
        slug="surge", name="Surge of deaths", kind=RuleKind.THRESHOLD, subject="country", series=_SERIES,
        measure=Measure.SURGE, minimum=LEAST_TOTAL,
    )  # fmt: skip
    columns = history.columns()
    until = int(columns.known_at.max())
    [course] = backtest(_model(), {_SERIES: columns}, [(rule, 1)], until=until).courses
    found = np.zeros(len(history.months), dtype=np.bool_)
    for event in course.events:
        if event.type in {EventType.FIRING, EventType.CONCERN_RAISED}:
            found[history.place_out(event.at)] = True
    return found


def record_high(history: History) -> Bools:
    """HDX Signals: the highest of 1 or 3 years, at least 100; then 180 days silent unless it rises."""
    found = np.zeros(len(history.months), dtype=np.bool_)
    last, last_level = -_LOCKED_MONTHS, 0
    for place in range(12, len(found)):
        known = history.known(place)
        level = _record_level(known)
        if level and (place - last >= _LOCKED_MONTHS or level > last_level):
            found[place], last, last_level = True, place, level
    return found


def z_above_1(history: History) -> Bools:
    """More than one standard deviation above the mean of all months before, told when that begins."""
    is_above = np.zeros(len(history.months), dtype=np.bool_)
    for place in range(_Z_LEAST_MONTHS, len(is_above)):
        *before, newest = history.known(place)
        spread = float(np.std(before, ddof=1))
        is_above[place] = spread > 0 and (newest - float(np.mean(before))) / spread > 1
    begins: Bools = is_above & ~np.concatenate([[False], is_above[:-1]])
    return begins


POLICIES: Mapping[str, Callable[[History], Bools]] = {
    "Heatwatch, surge rule": surge_rule,
    "HDX Signals, record high": record_high,
    "z above 1": z_above_1,
}


def _record_level(known: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> int:
    newest = known[-1]
    if newest < _RECORD_LEAST or newest < known[-13:].max():
        return 0
    return 2 if len(known) > 36 and newest >= known[-37:].max() else 1


def _model() -> Model:
    indicator = Indicator(
        slug="deaths", name="Deaths", unit="deaths", source="ged", cadence_days=31,
        fresh_for_days=60, expires_after_days=120,
        normalisation=ThresholdNormalisation(thresholds=Thresholds(calm=0, critical=1000)),
    )  # fmt: skip
    subject = Subject(
        slug="country", name="Country", kind="country", scale="risk",
        drivers=(Driver(slug="security", name="Security", weight=1.0),),
    )  # fmt: skip
    placement = Placement(subject="country", driver="security", series=_SERIES, weight=1.0)
    return compile_model(subject, RISK, [placement], {"deaths": indicator})
