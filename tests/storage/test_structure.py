"""Every kind of domain value comes back from JSON as it was."""

import json
from datetime import UTC, date, datetime

import pytest

from monitor.domain.alerting.alert import Ack
from monitor.domain.alerting.rule import Rule, RuleKind
from monitor.domain.event import Event
from monitor.domain.indicator import StepNormalisation, Transform
from monitor.domain.normalisations.normalisation import (
    CurveNormalisation,
    GoalpostNormalisation,
    TargetBandNormalisation,
)
from monitor.domain.normalisations.relative import Fit, RelativeNormalisation, Yardstick
from monitor.domain.placement import Placement, WeightSet
from monitor.domain.scale import RISK, STANDING, Concern
from monitor.domain.source import Source
from monitor.domain.subject import Aggregation, Driver, Side, Subject
from monitor.storage.structure import from_json, to_json
from tests.storage.values import NOW, indicator

STEPS = StepNormalisation(steps=((0.0, 0.0), (1.0, 100.0)))
MAX = Aggregation(method="max", of=Side.STRENGTH)
VALUES = [
    STANDING,
    RISK,
    indicator(transforms=(Transform(name="rolling_sum", parameters={"window_days": 365}),), tags=("a", "b")),
    indicator(normalisation=STEPS, words={"allowed": 0.0, "suspended": 1.0}),
    indicator(normalisation=GoalpostNormalisation(low=75_000.0, high=100.0, is_log=True)),
    indicator(normalisation=CurveNormalisation(points=((0.0, 0.0), (5.0, 90.0)))),
    indicator(normalisation=TargetBandNormalisation(outer_low=0.0, low=2.0, high=3.0, outer_high=9.0)),
    indicator(
        normalisation=RelativeNormalisation(
            by=Yardstick.ZSCORE,
            window_days=90.0,
            fit=Fit(
                since=NOW,
                until=NOW,
                fitted_at=NOW,
                count=9,
                knots=((1.0, 0.0), (2.5, 100.0)),
                parameters={"sd": 0.5},
            ),
        )
    ),
    indicator(normalisation=RelativeNormalisation(by=Yardstick.RANK, window_days=90.0)),
    Placement(subject="s", driver="d", series="x:y", weight=1.0),
    Placement(
        subject="s",
        driver="d",
        series="x:y",
        weight=1.0,
        normalisation=GoalpostNormalisation(low=0.0, high=10.0),
    ),
    Placement(subject="s", driver="d", series="x:y", weight=1.0, normalisation=STEPS),
    Placement(subject="s", driver="d", series="x:y", weight=1.0, normalisation=indicator().normalisation),
    WeightSet(subject="s", name="lens", weights={"d/x:y": 2.0}),
    Rule(slug="r", name="r", kind=RuleKind.THRESHOLD, subject="s", series="x:y", enter={Concern.HIGH: 2.0}),
    Subject(slug="s", name="S", kind="k", scale="risk", drivers=(Driver(slug="d", name="D", weight=1.0),)),
    Subject(slug="s", name="S", kind="k", scale="risk", drivers=(), aggregation=MAX),
    Source(slug="f", name="F", kind="file", licence="CC0", attribution="", settings={"columns": ["a", "b"]}),
    Event(
        slug="e",
        subjects=("s",),
        title="t",
        starts_on=date(2025, 9, 3),
        when="3 September 2025",
        kind="blockade",
        citation="c",
    ),
    Ack(by="desk", at=NOW, concern=Concern.CRITICAL, until=datetime(2026, 11, 24, tzinfo=UTC)),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_comes_back_as_it_was(value):
    body = json.loads(json.dumps(to_json(value)))
    assert body == to_json(value)
    assert from_json(body, type(value)) == value


def test_a_concern_is_a_word():
    rule = next(value for value in VALUES if isinstance(value, Rule))
    assert to_json(rule)["enter"] == {"high": 2.0}


def test_fields_at_their_default_are_written_too():
    assert to_json(STANDING)["margin"] == 2.0
