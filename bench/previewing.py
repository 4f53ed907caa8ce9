"""The time machine: ten years of daily values, 50 indicators, old beside new, all rules and levels."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.measure import Figure, seconds, single
from monitor.domain.alerting.rule import Rule, RuleKind
from monitor.domain.backtests.backtest import Backtest, backtest
from monitor.domain.backtests.firing import Firing, firings
from monitor.domain.backtests.preview import Comparison, Span, compare
from monitor.domain.clock import DAY_SECONDS, moment
from monitor.domain.indicator import Indicator
from monitor.domain.normalisations.normalisation import ThresholdNormalisation
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.placement import Placement
from monitor.domain.scale import RISK, Concern
from monitor.domain.scoring.model import Model, compile_model
from monitor.domain.series import Columns, Floats
from monitor.domain.subject import Driver, Subject

INDICATORS, RULES, DAYS, FIRST_DAY = 50, 20, 3653, 16_800
GOAL_SECONDS = 1.0
RUNS = 5
UNTIL = (FIRST_DAY + DAYS) * DAY_SECONDS
EDGES = Thresholds(calm=100, watch=150, elevated=250, high=350, critical=500)
LOWER = Thresholds(calm=90, watch=140, elevated=230, high=320, critical=450)


def run(folder: Path) -> list[Figure]:
    """Time an edit of one indicator's thresholds, values known in the morning, and at five times of day."""
    del folder
    figures = []
    for name, hours in (("at one time of day", (6,)), ("at five times of day", (2, 6, 9, 14, 20))):
        work = preview_of(hours)
        check(work())
        figures.append(
            single(
                f"preview 10 years daily, 50 indicators, 21 rules, known {name}",
                [seconds(work) for _ in range(RUNS)],
                unit="s",
                goal=GOAL_SECONDS if len(hours) == 1 else None,
            )
        )
    return figures


def preview_of(hours: tuple[int, ...]) -> Callable[[], list[Comparison]]:
    """Return the preview of one edit, on values that become known at these hours."""
    columns = columns_of(hours)
    old_model, new_model = model_of(EDGES), model_of(LOWER)
    rules = [(rule, 1) for rule in rules_of()]
    span = Span(since=moment(FIRST_DAY * DAY_SECONDS), until=moment(UNTIL))

    def work() -> list[Comparison]:
        old = backtest(old_model, columns, rules, until=UNTIL)
        new = backtest(new_model, columns, rules, until=UNTIL, like=old)
        return [
            compare(rule.slug, events_of(old, place), events_of(new, place), span=span)
            for place, (rule, _) in enumerate(rules)
        ]

    return work


def check(found: list[Comparison]) -> None:
    """Refuse a preview in which nothing happens: it would be fast for no reason."""
    if sum(len(each.old.firings) for each in found) <= RULES or not any(each.has_changed for each in found):
        raise RuntimeError("the preview found next to nothing")


def events_of(found: Backtest, place: int) -> tuple[Firing, ...]:
    """Return the firings of one rule."""
    course = found.courses[place]
    return firings(course.rule.slug, course.events)


def model_of(first: Thresholds) -> Model:
    """Return a subject of 50 indicators; the first has these thresholds."""
    subject = Subject(
        slug="land", name="Land", kind="country", scale=RISK.slug,
        drivers=tuple(Driver(slug=f"d{number}", name=f"D{number}", weight=1.0) for number in range(5)),
    )  # fmt: skip
    indicators = {f"i{number}": _indicator(number) for number in range(INDICATORS)}
    indicators["i0"] = replace(indicators["i0"], normalisation=ThresholdNormalisation(thresholds=first))
    placements = [
        Placement(subject="land", driver=f"d{number % 5}", series=f"i{number}:x", weight=1.0)
        for number in range(INDICATORS)
    ]
    return compile_model(subject, RISK, placements, indicators)


def rules_of() -> list[Rule]:
    """Return rules on the first 20 series, and one on the level."""
    level = Rule(
        slug="level", name="Level", kind=RuleKind.HEAT_LEVEL, subject="land", lowest_concern=Concern.ELEVATED
    )
    return [level, *(
        Rule(slug=f"r{n}", name=f"R{n}", kind=RuleKind.THRESHOLD, subject="land", series=f"i{n}:x")
        for n in range(RULES)
    )]  # fmt: skip


def columns_of(hours: tuple[int, ...]) -> dict[str, Columns]:
    """Return random walks between calm and beyond critical, seeded."""
    random = np.random.default_rng(20261123)
    ends = (np.arange(DAYS, dtype=np.int64) + FIRST_DAY) * DAY_SECONDS
    nothing = np.full(DAYS, np.nan)

    def walk() -> Floats:
        steps, noise = random.normal(size=(2, DAYS))
        return np.clip(250 + np.cumsum(steps) * 8 + noise * 10, 0, 600)

    return {
        f"i{number}:x": Columns(
            period_start=ends - DAY_SECONDS, period_end=ends,
            known_at=ends + hours[number % len(hours)] * 3600,
            source_revision=np.zeros(DAYS, dtype=np.int64),
            seq=np.arange(DAYS, dtype=np.int64) * INDICATORS + number + 1,
            value=walk(),
            low=nothing, high=nothing, grade=np.full(DAYS, 0.85),
        )
        for number in range(INDICATORS)
    }  # fmt: skip


def _indicator(number: int) -> Indicator:
    return Indicator(
        slug=f"i{number}", name=f"I{number}", unit="index", source="feed", cadence_days=1.0,
        normalisation=ThresholdNormalisation(thresholds=EDGES), fresh_for_days=14.0, expires_after_days=60.0,
    )  # fmt: skip
