"""A watch over one alert: feeds values to `step` at seconds after a start, and keeps what happened."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.domain.alerting.alert import Alert, DataHealth, EventType
from monitor.domain.alerting.fingerprint import fingerprint
from monitor.domain.alerting.snapshot import Snapshot, level_edges, threshold_edges
from monitor.domain.alerting.step import step
from monitor.domain.indicator import ThresholdNormalisation
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.scale import Concern
from tests.factories import FUEL, a_rule

START = datetime(2025, 11, 1, tzinfo=UTC)
DAY = 86_400
HIGHER_WORSE = Thresholds(calm=100, watch=150, elevated=250, high=350, critical=500)
LOWER_WORSE = Thresholds(calm=100, watch=80, elevated=60, high=40, critical=20)


def on_edge(thresholds, concern):
    """The value exactly on the edge of a concern."""
    return thresholds.edge(Concern(concern))


def a_snapshot(value, rule=None, *, thresholds=HIGHER_WORSE, **values):
    rule = rule or a_rule(lowest_concern=Concern.WATCH)
    edges = threshold_edges(rule, ThresholdNormalisation(thresholds=thresholds))
    return Snapshot(**{
        "value": value, "edges": edges, "health": DataHealth.OK, "wall": START,
        "cadence_seconds": 30.0 * DAY, "period": 1, "seq": 1, **values,
    })  # fmt: skip


def an_alert(**values):
    return Alert(**{
        "fingerprint": fingerprint("fuel-high", FUEL), "rule": "fuel-high", "subject": "goita",
        "series": FUEL, **values,
    })  # fmt: skip


class Watch:
    """One rule on one series, evaluated again and again; timers at zero unless the rule given says else."""

    def __init__(self, *, thresholds=HIGHER_WORSE, version=1, **rule):
        plain = {"lowest_concern": Concern.WATCH, "for_count": 1, "keep_firing_seconds": 0.0}
        self.rule = a_rule(**{**plain, **rule})
        self.thresholds, self.version = thresholds, version
        self.alert, self.events = an_alert(), []
        self.period = self.seq = 0

    def sees(self, value, *, at=0, is_new=True, lost=0, **values):
        """Evaluate at a second; a new value is one of the next period. Return what happened."""
        self.seq += is_new
        self.period += is_new
        slot = START + timedelta(seconds=at)
        since = self.alert.evaluated_at or slot
        given = {
            "period": self.period, "seq": self.seq, "wall": slot,
            "duty_seconds": max(0.0, (slot - since).total_seconds() - lost), "outage_seconds": lost, **values,
        }  # fmt: skip
        return self.evaluate(a_snapshot(value, self.rule, thresholds=self.thresholds, **given), slot)

    def sees_level(self, concern, *, at=0):
        """Evaluate a heat-level rule; None is Unknown."""
        self.seq += 1
        slot = START + timedelta(seconds=at)
        health = DataHealth.STALE if concern is None else DataHealth.OK
        snapshot = Snapshot(
            value=None if concern is None else float(concern), edges=level_edges(self.rule), health=health,
            wall=slot, period=self.seq, seq=self.seq,
        )  # fmt: skip
        return self.evaluate(snapshot, slot)

    def evaluate(self, snapshot, slot):
        self.alert, events = step(self.alert, self.rule, self.version, snapshot, slot)
        self.events += events
        return list(events)

    def edit(self, *, thresholds=None, **rule):
        self.rule = replace(self.rule, **rule)
        self.thresholds = thresholds or self.thresholds
        self.version += 1


def types(events):
    """The kinds of events without their prefix."""
    return [event.type.removeprefix("alert.") for event in events]


def told(events):
    """Events people are told of: all but changes of data health."""
    return [event for event in events if event.type is not EventType.DATA_HEALTH]
