"""A rule in words: what it compares, when it fires, what it waits for, when it ends."""

from collections.abc import Callable, Mapping
from functools import partial

from monitor.domain.alerting.rule import Measure, NoDataPolicy, Rule, RuleKind
from monitor.domain.alerting.timers import keep_firing_seconds, lockout_seconds, needed_periods
from monitor.domain.backtests.watched import Watched
from monitor.domain.clock import DAY_SECONDS
from monitor.domain.scale import Concern
from monitor.domain.series import SeriesKey
from monitor.domain.spoken import age, listed, plain
from monitor.domain.wording import msgid, say, say_many
from monitor.services.overview.words import series_name, value_words
from monitor.storage.snapshot import Definitions

_WHAT = {
    Measure.PRESSURE: msgid("the pressure of {name}"),
    Measure.SURGE: msgid("the rate of {name} against its usual one"),
    Measure.RECORD_HIGH: msgid("the time for which {name} was never as high"),
}
_SAID: Mapping[Measure, Callable[[float], str]] = {
    Measure.PRESSURE: plain,
    Measure.SURGE: lambda value: say("{number} times", number=plain(value)),
    Measure.RECORD_HIGH: lambda value: say("{number} days", number=plain(value)),
}
_SILENCE = {
    NoDataPolicy.KEEP_LAST: msgid("Without data it stays as it is."),
    NoDataPolicy.ALERT: msgid("Missing data counts as a breach."),
    NoDataPolicy.OK: msgid("Missing data counts as calm."),
}

_LEFT = {
    True: msgid("{concern} at {enter} (left below {exit})"),
    False: msgid("{concern} at {enter} (left above {exit})"),
}


def rule_words(known: Definitions, rule: Rule, seen: Watched | None) -> tuple[str, ...]:
    """Return a rule's sentences; `seen` are the edges and cadence it is evaluated by."""
    if not rule.is_enabled:
        return (say("It is switched off and never fires."),)
    if rule.kind is RuleKind.HEAT_LEVEL:
        fires = say("Fires when the level's concern is {concern} or worse.", concern=rule.lowest_concern.said)
        return (fires, *_waits(rule, 0.0), _ends(rule, 0.0), say(_SILENCE[rule.no_data_policy]))
    if rule.kind is RuleKind.MOMENTUM and seen is not None:
        fires = say_many(
            "Fires when pressure rose over {n} day by so many standard deviations of earlier such changes:"
            " {edges}.",
            "Fires when pressure rose over {n} days by so many standard deviations of earlier such changes:"
            " {edges}.",
            rule.days,
            edges=_edges(seen),
        )
        return (
            fires,
            *_waits(rule, 0.0),
            _ends(rule, 0.0),
            *_locks(rule),
            say(_SILENCE[rule.no_data_policy]),
        )
    if rule.kind is RuleKind.FORMULA and seen is not None:
        fires = _fires_at(rule.formula, _edges(seen), is_higher_worse=seen.edges.is_higher_worse)
        every = seen.cadence_days * DAY_SECONDS
        return (
            fires,
            *_waits(rule, every),
            _ends(rule, every),
            *_locks(rule),
            say(_SILENCE[rule.no_data_policy]),
        )
    if seen is None:
        named = listed(sorted(rule.watches))
        return (
            say(
                "{subject} has no placement of {named}: it is never evaluated.",
                subject=rule.subject,
                named=named,
            ),
        )
    cadence = seen.cadence_days * DAY_SECONDS
    waits, ends = _waits(rule, cadence), _ends(rule, cadence)
    return (_fires(known, rule, seen), *waits, ends, *_locks(rule), say(_SILENCE[rule.no_data_policy]))


def _fires(known: Definitions, rule: Rule, seen: Watched) -> str:
    indicator = known.indicators[SeriesKey.parse(rule.series).indicator]
    measure = seen.edges.measure
    name = series_name(indicator, rule.series, subject=known.subjects.get(rule.subject))
    what = say(_WHAT[measure], name=name) if measure in _WHAT else name
    if rule.minimum:
        what = say("{what} (of {least} at least)", what=what, least=value_words(indicator, rule.minimum))
    is_high = seen.edges.is_higher_worse
    said = _SAID.get(measure, partial(value_words, indicator))
    edges = [
        say(_LEFT[is_high], concern=concern.said, enter=said(edge.enter), exit=said(edge.exit))
        for concern, edge in seen.edges.by_concern.items()
    ]
    return _fires_at(what, listed(edges), is_higher_worse=is_high)


def _fires_at(what: str, edges: str, *, is_higher_worse: bool) -> str:
    if is_higher_worse:
        return say("Fires when {what} is at an edge or more: {edges}.", what=what, edges=edges)
    return say("Fires when {what} is at an edge or less: {edges}.", what=what, edges=edges)


def _edges(seen: Watched) -> str:
    """Say where each concern begins: high at 60 and critical at 80."""
    return listed(
        [
            say("{concern} at {value}", concern=concern.said, value=plain(edge.enter))
            for concern, edge in seen.edges.by_concern.items()
        ]
    )


def _waits(rule: Rule, cadence: float) -> tuple[str, ...]:
    periods = {needed_periods(rule, concern, cadence) for concern in _concerns(rule)}
    most = max(periods, default=1)
    parts = []
    if most > 1:
        if len(periods) == 1:
            parts.append(say_many("over {n} period", "over {n} periods", most))
        else:
            parts.append(say_many("over {n} period below critical", "over {n} periods below critical", most))
    if rule.for_seconds:
        parts.append(say("for at least {time}", time=age(rule.for_seconds)))
    return (say("It must stand {parts} first.", parts=listed(parts)),) if parts else ()


def _ends(rule: Rule, cadence: float) -> str:
    keep = keep_firing_seconds(rule, cadence)
    return say("It ends after {time} of calm.", time=age(keep)) if keep else say("It ends at once when left.")


def _locks(rule: Rule) -> tuple[str, ...]:
    lockout = lockout_seconds(rule)
    return (
        (say("For {time} after it told a concern, it tells only a worse one.", time=age(lockout)),)
        if lockout
        else ()
    )


def _concerns(rule: Rule) -> list[Concern]:
    return [concern for concern in Concern if concern >= rule.lowest_concern]
