"""A rule in words: what it compares, when it fires, what it waits for, when it ends."""

from collections.abc import Callable, Mapping
from functools import partial

from monitor.domain.alerting.rule import Measure, NoDataPolicy, Rule, RuleKind
from monitor.domain.alerting.timers import keep_firing_seconds, lockout_seconds, needed_periods
from monitor.domain.backtests.watched import Watched
from monitor.domain.clock import DAY_SECONDS
from monitor.domain.scale import Concern
from monitor.domain.series import SeriesKey
from monitor.domain.spoken import age, count, listed, plain
from monitor.services.overview.words import series_name, value_words
from monitor.storage.snapshot import Definitions

_WHAT = {
    Measure.PRESSURE: "the pressure of {}",
    Measure.SURGE: "the rate of {} against its usual one",
    Measure.RECORD_HIGH: "the time for which {} was never as high",
}
_SAID: Mapping[Measure, Callable[[float], str]] = {
    Measure.PRESSURE: plain,
    Measure.SURGE: "{:g} times".format,
    Measure.RECORD_HIGH: "{:g} days".format,
}
_SILENCE = {
    NoDataPolicy.KEEP_LAST: "Without data it stays as it is.",
    NoDataPolicy.ALERT: "Missing data counts as a breach.",
    NoDataPolicy.OK: "Missing data counts as calm.",
}


def rule_words(known: Definitions, rule: Rule, seen: Watched | None) -> tuple[str, ...]:
    """Return a rule's sentences; `seen` are the edges and cadence it is evaluated by."""
    if not rule.is_enabled:
        return ("It is switched off and never fires.",)
    if rule.kind is RuleKind.HEAT_LEVEL:
        fires = f"Fires when the level's concern is {rule.lowest_concern.word} or worse."
        return (fires, *_waits(rule, 0.0), _ends(rule, 0.0), _SILENCE[rule.no_data_policy])
    if rule.kind is RuleKind.MOMENTUM and seen is not None:
        edges = [f"{concern.word} at {plain(edge.enter)}" for concern, edge in seen.edges.by_concern.items()]
        fires = (
            f"Fires when pressure rose over {rule.days} days by so many standard deviations of earlier such"
            f" changes: {listed(edges)}."
        )
        return (fires, *_waits(rule, 0.0), _ends(rule, 0.0), *_locks(rule), _SILENCE[rule.no_data_policy])
    if rule.kind is RuleKind.FORMULA and seen is not None:
        way = "or more" if seen.edges.is_higher_worse else "or less"
        edges = [f"{concern.word} at {plain(edge.enter)}" for concern, edge in seen.edges.by_concern.items()]
        fires = f"Fires when {rule.formula} is at an edge {way}: {listed(edges)}."
        every = seen.cadence_days * DAY_SECONDS
        return (fires, *_waits(rule, every), _ends(rule, every), *_locks(rule), _SILENCE[rule.no_data_policy])
    if seen is None:
        named = listed(sorted(rule.watches))
        return (f"{rule.subject} has no placement of {named}: it is never evaluated.",)
    cadence = seen.cadence_days * DAY_SECONDS
    waits, ends = _waits(rule, cadence), _ends(rule, cadence)
    return (_fires(known, rule, seen), *waits, ends, *_locks(rule), _SILENCE[rule.no_data_policy])


def _fires(known: Definitions, rule: Rule, seen: Watched) -> str:
    indicator = known.indicators[SeriesKey.parse(rule.series).indicator]
    measure = seen.edges.measure
    name = series_name(indicator, rule.series, subject=known.subjects.get(rule.subject))
    what = _WHAT.get(measure, "{}").format(name)
    if rule.minimum:
        what += f" (of {value_words(indicator, rule.minimum)} at least)"
    way = "or more" if seen.edges.is_higher_worse else "or less"
    said = _SAID.get(measure, partial(value_words, indicator))
    edges = [
        f"{concern.word} at {said(edge.enter)} (left {'below' if seen.edges.is_higher_worse else 'above'}"
        f" {said(edge.exit)})"
        for concern, edge in seen.edges.by_concern.items()
    ]
    return f"Fires when {what} is at an edge {way}: {listed(edges)}."


def _waits(rule: Rule, cadence: float) -> tuple[str, ...]:
    periods = {needed_periods(rule, concern, cadence) for concern in _concerns(rule)}
    most = max(periods, default=1)
    parts = []
    if most > 1:
        below = "" if len(periods) == 1 else " below critical"
        parts.append(f"over {count(most, 'period')}{below}")
    if rule.for_seconds:
        parts.append(f"for {age(rule.for_seconds)}")
    return (f"It must stand {listed(parts)} first.",) if parts else ()


def _ends(rule: Rule, cadence: float) -> str:
    keep = keep_firing_seconds(rule, cadence)
    return f"It ends after {age(keep)} of calm." if keep else "It ends at once when left."


def _locks(rule: Rule) -> tuple[str, ...]:
    lockout = lockout_seconds(rule)
    return (f"For {age(lockout)} after it told a concern, it tells only a worse one.",) if lockout else ()


def _concerns(rule: Rule) -> list[Concern]:
    return [concern for concern in Concern if concern >= rule.lowest_concern]
