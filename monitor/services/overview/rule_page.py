"""One rule: in words, on history as it was known then, with its alerts a month and lead times."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.alerting.rule import Rule, RuleKind
from monitor.domain.backtests.preview import Comparison, Span
from monitor.domain.backtests.rule_chart import FiringSpan, RuleChart, RuleEdge
from monitor.domain.backtests.watched import Watched
from monitor.domain.chart import Flag
from monitor.domain.clock import epoch
from monitor.domain.errors import NotFound
from monitor.domain.marking import Handling
from monitor.domain.phrases import phrase
from monitor.domain.scale import AlarmingEnd, Scale
from monitor.domain.spoken import plain
from monitor.domain.subject import Subject
from monitor.domain.wording import msgid, say
from monitor.services.markings import markings
from monitor.services.overview.desk import desk
from monitor.services.overview.rule_words import rule_words
from monitor.services.overview.values import DeskView
from monitor.services.time_machine import SubjectPreview, try_rule
from monitor.storage import definitions, snapshot
from monitor.storage.snapshot import Definitions

_NAMES = {RuleKind.HEAT_LEVEL: msgid("Heat"), RuleKind.MOMENTUM: msgid("Momentum")}
RANGES = {"90d": 90, "1y": 365, "5y": 5 * 365, "10y": 10 * 365}
DEFAULT_RANGE = "1y"


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePageView:
    """A rule with what it would have done in a span; `chart` None where it can never be evaluated."""

    desk: DeskView
    rule: Rule
    words: tuple[str, ...]
    subject: Subject
    version: int
    author: str
    reason: str
    since: datetime
    span: Span
    chart_range: str
    chart: RuleChart | None
    found: Comparison
    months: tuple[tuple[str, int], ...]
    warnings: tuple[str, ...]
    handling: Handling


def rule_page(
    session: Session, slug: str, *, now: datetime, chart_range: str = DEFAULT_RANGE
) -> RulePageView:
    """Return a rule's page; NotFound if there is no such rule. A range that is none is the default."""
    known = snapshot.current(session)
    rule = known.rules.get(slug)
    if rule is None:
        raise NotFound(phrase("there is no rule {slug}", slug=slug))
    chosen = chart_range if chart_range in RANGES else DEFAULT_RANGE
    found = try_rule(session, slug, since=timedelta(days=RANGES[chosen]), now=now)
    latest = definitions.history(session, Rule, slug)[-1]
    seen = None if found.run is None else found.run.courses[0].seen
    return RulePageView(
        desk=desk(session, now=now),
        rule=rule,
        words=rule_words(known, rule, seen),
        subject=found.subject,
        version=latest.version,
        author=latest.author,
        reason=latest.reason,
        since=latest.effective_at,
        span=found.span,
        chart_range=chosen,
        chart=_chart(known, rule, found, seen),
        found=found.rules[0],
        months=tuple(zip(found.span.months, found.rules[0].new.by_month, strict=True)),
        warnings=found.warnings,
        handling=markings(session).of_subject(found.subject.slug),
    )


def _chart(known: Definitions, rule: Rule, found: SubjectPreview, seen: Watched | None) -> RuleChart | None:
    run = found.run
    if run is None or seen is None:
        return None
    inside = run.scores.at <= epoch(found.span.until)
    first = max(int(np.searchsorted(run.scores.at, epoch(found.span.since), side="right")) - 1, 0)
    value = run.scores.heat if rule.kind is RuleKind.HEAT_LEVEL else seen.compared
    edges = _level_edges(rule, found.scale) if rule.kind is RuleKind.HEAT_LEVEL else _value_edges(seen)
    return RuleChart(
        name=say(_NAMES[rule.kind]) if rule.kind in _NAMES else rule.series or rule.formula,
        at=run.scores.at[inside][first:],
        value=value[inside][first:],
        start=epoch(found.span.since),
        end=epoch(found.span.until),
        edges=edges,
        firings=tuple(
            FiringSpan(
                start=epoch(each.began_at),
                end=None if each.ended_at is None else epoch(each.ended_at),
                peak=each.peak,
            )
            for each in found.rules[0].new.firings
        ),
        flags=_flags(known, rule.subject),
    )


def _value_edges(seen: Watched) -> tuple[RuleEdge, ...]:
    return tuple(
        RuleEdge(concern=concern, value=edge.enter, words=plain(edge.enter))
        for concern, edge in seen.edges.by_concern.items()
    )


def _level_edges(rule: Rule, scale: Scale) -> tuple[RuleEdge, ...]:
    """Return where each level that alerts begins, coming from calm."""
    is_low = scale.alarming_end is AlarmingEnd.LOW
    return tuple(
        RuleEdge(concern=each.concern, value=each.high if is_low else each.low, words=say(each.name))
        for each in scale.levels
        if each.concern >= rule.lowest_concern
    )


def _flags(known: Definitions, subject: str) -> tuple[Flag, ...]:
    return tuple(
        Flag(at=epoch(datetime.combine(each.starts_on, time(), UTC)), label=each.title, when=each.when)
        for each in sorted(known.events.values(), key=lambda each: each.starts_on)
        if each.is_flag and subject in each.subjects
    )
