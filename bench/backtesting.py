"""Backtesting: the history workload (10,000 x 1,826 values) scored and its rules run, counts asserted."""

import resource
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench import workload
from bench.measure import Figure, compare, seconds, single
from monitor.domain.alerting.rule import Measure, Rule, RuleKind
from monitor.domain.backtests.backtest import moments
from monitor.domain.backtests.tally import tally
from monitor.domain.backtests.watched import NEVER_ENDS, Watched, watched
from monitor.domain.clock import DAY_SECONDS
from monitor.domain.indicator import Indicator
from monitor.domain.normalisations.normalisation import CurveNormalisation
from monitor.domain.placement import Placement
from monitor.domain.scale import RISK, Concern
from monitor.domain.scoring.compiled import compile_models
from monitor.domain.scoring.heat import score
from monitor.domain.scoring.level import Levels, levels
from monitor.domain.scoring.model import Model, compile_model
from monitor.domain.scoring.scores import Scores
from monitor.domain.series import Columns, Floats, Ints
from monitor.domain.subject import Driver, Subject

UNTIL = workload.DAY0 + workload.DAYS * DAY_SECONDS
GOAL_RATIO, GOAL_SECONDS = 3.0, 3.0
# Subjects whose rules are run together: some tens of megabytes at once.
TOGETHER = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A subject of the workload: its model and its rules."""

    model: Model
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a backtest found."""

    firings: int
    days: int
    on_the_last_day: int
    pressure: float


def run(folder: Path) -> list[Figure]:
    """Time scoring against bare numpy, and the whole backtest from arrays."""
    del folder
    inds = workload.indicators()
    values, bare = workload.history(inds), workload.Bare.of(inds)
    watches, columns = watches_of(inds), columns_of(inds, values)
    at = workload.DAY0 + (np.arange(workload.DAYS, dtype=np.int64) + 1) * DAY_SECONDS
    check(backtest(watches, columns))
    compiled, table = compile_models([watch.model for watch in watches]), _table(values)
    check_same(compiled.heats(table[:, :, -1:]).heat, watches, columns, at[-1:])
    one_day, day = table[:, :, -1:].copy(), values[:, -1:].copy()
    return [
        compare(
            "tick: 10,000 indicators and 200 subjects, compiled",
            lambda: seconds(lambda: compiled.heats(one_day)),
            "bare numpy: three clamps and a weighted mean",
            lambda: seconds(lambda: bare.heats(bare.scores(day))),
            runs=51, unit="ms", scale=1000, goal_ratio=GOAL_RATIO,
        ),
        compare(
            "10,000 indicators and 200 subjects, 1,826 days, compiled",
            lambda: seconds(lambda: compiled.heats(table)),
            "bare numpy: three clamps and a weighted mean",
            lambda: seconds(lambda: bare.heats(bare.scores(values))),
            runs=5, goal_ratio=GOAL_RATIO,
        ),
        compare(
            "the same from columns, with coverage, freshness and all of `score`",
            lambda: seconds(lambda: [score(watch.model, columns, at=at).heat for watch in watches]),
            "bare numpy: three clamps and a weighted mean",
            lambda: seconds(lambda: bare.heats(bare.scores(values))),
            runs=3, goal_ratio=GOAL_RATIO,
        ),
        compare(
            "its last day alone, from columns, with all of `score`",
            lambda: seconds(lambda: [score(watch.model, columns, at=at[-1:]).heat for watch in watches]),
            "bare numpy: three clamps and a weighted mean",
            lambda: seconds(lambda: bare.heats(bare.scores(day))),
            runs=5, unit="ms", scale=1000,
        ),
        compare(
            "score and run 10,000 rules over 1,826 days, from arrays",
            lambda: seconds(lambda: check(backtest(watches, columns))),
            "bare numpy: three clamps and a weighted mean",
            lambda: seconds(lambda: bare.heats(bare.scores(values))),
            runs=3, goal=GOAL_SECONDS,
        ),
        single("peak memory of all this", [peak_megabytes()], unit="MB"),
    ]  # fmt: skip


def backtest(watches: Sequence[Watch], columns: Mapping[str, Columns]) -> Counts:
    """Score every subject, reckon its levels and run its rules over all its history."""
    firings = days = last = 0
    total, size = 0.0, 0
    for start in range(0, len(watches), TOGETHER):
        rules: list[Watched] = []
        for watch in watches[start : start + TOGETHER]:
            own = {key: columns[key] for key in watch.model.series}
            at = moments(watch.model, own, until=UNTIL)
            scores = score(watch.model, own, at=at)
            stepped = levels(watch.model.scale, watch.model.subject.min_coverage, scores)
            rules += _seen(watch, own, scores, stepped)
            total += float(scores.placements.pressure.sum())
            size += scores.placements.pressure.size
        found = tally(rules, at, until=UNTIL)
        firings += len(found)
        days += int(found.moments(at).sum())
        last += int((found.ended == NEVER_ENDS).sum())
    return Counts(firings=firings, days=days, on_the_last_day=last, pressure=round(total / size, 6))


def _seen(watch: Watch, columns: Mapping[str, Columns], scores: Scores, stepped: Levels) -> list[Watched]:
    found = (
        watched(rule, version=1, model=watch.model, columns=columns, scores=scores, levels=stepped)
        for rule in watch.rules
    )
    return [each for each in found if each is not None]


def check(found: Counts) -> None:
    """Refuse to time what does not give the workload's counts."""
    expected = Counts(
        firings=workload.FIRINGS, days=workload.FIRING_DAYS,
        on_the_last_day=workload.FIRING_ON_THE_LAST_DAY, pressure=workload.MEAN_SCORE,
    )  # fmt: skip
    if found != expected:
        raise AssertionError(f"the backtest gave {found}, not {expected}")


def check_same(heat: Floats, watches: Sequence[Watch], columns: Mapping[str, Columns], at: Ints) -> None:
    """Refuse to time what does not have the bits of `score`."""
    for row, watch in zip(heat, watches, strict=True):
        if not np.array_equal(row, score(watch.model, columns, at=at).heat):
            raise AssertionError("the compiled models compute another heat")


def _table(values: Floats) -> Floats:
    """Return placements x subjects x days: indicator i is the (i // 200)-th placement of its subject."""
    return values.reshape(-1, workload.SUBJECTS, values.shape[1])


def watches_of(inds: Sequence[workload.Indicator]) -> list[Watch]:
    """Return the subjects of the workload, compiled, with a rule on the pressure of each indicator."""
    members: dict[int, list[workload.Indicator]] = {}
    for each in inds:
        members.setdefault(each.subject, []).append(each)
    return [_watch(subject, own) for subject, own in sorted(members.items())]


def key_of(each: workload.Indicator) -> str:
    """Name the series of an indicator."""
    return f"ind-{each.number:05d}:{_slug(each.subject)}"


def columns_of(inds: Sequence[workload.Indicator], values: Floats) -> dict[str, Columns]:
    """Return the history as columns, each value known when its day ends, numbered day by day."""
    start = workload.DAY0 + np.arange(values.shape[1], dtype=np.int64) * DAY_SECONDS
    none, first = np.zeros(len(start), dtype=np.int64), np.full(len(start), np.nan)
    seq = np.arange(len(start), dtype=np.int64) * len(inds)
    return {
        key_of(each): Columns(
            period_start=start, period_end=start + DAY_SECONDS, known_at=start + DAY_SECONDS,
            source_revision=none, seq=seq + each.number + 1, value=row, low=first, high=first, grade=first,
        )
        for each, row in zip(inds, values, strict=True)
    }  # fmt: skip


def peak_megabytes() -> float:
    """Return the most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def indicator_of(each: workload.Indicator) -> Indicator:
    """Return the definition of an indicator."""
    points = tuple(sorted(zip(each.knots, workload.SCORES, strict=True)))
    return Indicator(
        slug=f"ind-{each.number:05d}", name=f"Indicator {each.number}", unit="index", source="bench",
        cadence_days=1, normalisation=CurveNormalisation(points=points),
        fresh_for_days=3, expires_after_days=30,
    )  # fmt: skip


def _watch(number: int, inds: Sequence[workload.Indicator]) -> Watch:
    slug = _slug(number)
    subject = Subject(
        slug=slug, name=slug, kind="bench", scale=RISK.slug,
        drivers=(Driver(slug="all", name="All", weight=1.0),),
    )  # fmt: skip
    placements = [
        Placement(subject=slug, driver="all", series=key_of(each), weight=float(each.weight)) for each in inds
    ]
    definitions = {found.slug: found for found in map(indicator_of, inds)}
    model = compile_model(subject, RISK, placements, definitions)
    return Watch(model=model, rules=tuple(_rule(slug, each) for each in inds))


def _rule(subject: str, each: workload.Indicator) -> Rule:
    """Return the alert of an indicator: one concern, left where it is entered, every return told."""
    return Rule(
        slug=f"rule-{each.number:05d}", name=f"Rule {each.number}", kind=RuleKind.THRESHOLD, subject=subject,
        series=key_of(each), measure=Measure.PRESSURE, lowest_concern=Concern.CRITICAL,
        enter={Concern.CRITICAL: each.threshold}, exit={Concern.CRITICAL: each.threshold},
        for_count=each.hold + 1, keep_firing_seconds=0.0, absorbs_flapping=False,
    )  # fmt: skip


def _slug(subject: int) -> str:
    return f"subj-{subject:03d}"
