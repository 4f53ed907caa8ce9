"""A rule in words: what it compares, when it fires, what it waits for, when it ends."""

from monitor.domain.alerting.rule import Measure, NoDataPolicy, Rule, RuleKind
from monitor.domain.alerting.timers import keep_firing_seconds, needed_periods
from monitor.domain.backtests.watched import Watched
from monitor.domain.clock import DAY_SECONDS
from monitor.domain.scale import Concern
from monitor.domain.series import SeriesKey
from monitor.domain.spoken import age, count, listed, plain
from monitor.services.overview.words import series_name, value_words
from monitor.storage.snapshot import Definitions

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
    if seen is None:
        return (f"{rule.subject} has no placement of {rule.series}: it is never evaluated.",)
    cadence = seen.cadence_days * DAY_SECONDS
    waits, ends = _waits(rule, cadence), _ends(rule, cadence)
    return (_fires(known, rule, seen), *waits, ends, _SILENCE[rule.no_data_policy])


def _fires(known: Definitions, rule: Rule, seen: Watched) -> str:
    indicator = known.indicators[SeriesKey.parse(rule.series).indicator]
    is_pressure = seen.edges.measure is Measure.PRESSURE
    name = series_name(indicator, rule.series, subject=known.subjects.get(rule.subject))
    what = f"the pressure of {name}" if is_pressure else name
    way = "or more" if seen.edges.is_higher_worse else "or less"
    said = plain if is_pressure else (lambda value: value_words(indicator, value))
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


def _concerns(rule: Rule) -> list[Concern]:
    return [concern for concern in Concern if concern >= rule.lowest_concern]
