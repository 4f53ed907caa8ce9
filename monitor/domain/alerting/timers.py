"""The timers of alerts: how long a breach or calm has stood in duty time, and when the next one runs out."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from monitor.domain.alerting.alert import Alert, AlertState, Pending, changed
from monitor.domain.alerting.rule import Measure, NoDataPolicy, Rule, RuleKind
from monitor.domain.alerting.snapshot import BLIND
from monitor.domain.clock import DAY_SECONDS
from monitor.domain.scale import Concern

LEAST_KEEP_FIRING_SECONDS = 15 * 60
MOST_KEEP_FIRING_SECONDS = 48 * 3600
SURGE_KEEP_FIRING_SECONDS = 90 * DAY_SECONDS
RECORD_LOCKOUT_SECONDS = 180 * DAY_SECONDS


def keep_firing_seconds(rule: Rule, cadence_seconds: float) -> float:
    """Return how long calm must last: the rule's own, else 2 x cadence in 15 min to 48 h.

    None for heat, 48 hours for its momentum; 90 days for a surge, whose waves are months long: one wave, one
    episode.
    """
    if rule.keep_firing_seconds is not None:
        return rule.keep_firing_seconds
    if rule.kind is RuleKind.HEAT_LEVEL:
        return 0.0
    if rule.kind is RuleKind.MOMENTUM:
        return MOST_KEEP_FIRING_SECONDS
    if rule.measure is Measure.SURGE:
        return SURGE_KEEP_FIRING_SECONDS
    return min(max(2 * cadence_seconds, LEAST_KEEP_FIRING_SECONDS), MOST_KEEP_FIRING_SECONDS)


def lockout_seconds(rule: Rule) -> float:
    """Return for how long after it told a concern a rule fires for none but a worse one."""
    if rule.lockout_seconds is not None:
        return rule.lockout_seconds
    return RECORD_LOCKOUT_SECONDS if rule.measure is Measure.RECORD_HIGH else 0.0


def needed_periods(rule: Rule, concern: Concern, cadence_seconds: float) -> int:
    """Return over how many distinct periods a breach must stand."""
    if rule.for_count is not None:
        return rule.for_count
    if not rule.series or concern is Concern.CRITICAL:
        return 1
    return 2 if cadence_seconds <= DAY_SECONDS else 1


def duty(
    since: datetime | None, until: datetime, outages: Iterable[tuple[datetime, datetime]]
) -> tuple[float, float]:
    """Return the seconds of duty between two moments, and those lost to outages; time never runs backward."""
    if since is None or until <= since:
        return 0.0, 0.0
    lost = sum(
        max(0.0, (min(ended, until) - max(started, since)).total_seconds()) for started, ended in outages
    )
    return max(0.0, (until - since).total_seconds() - lost), lost


def run(alert: Alert, rule: Rule, *, duty_seconds: float) -> Alert:
    """Let the timers run that ran since the last evaluation, by what that one saw; none run while blind."""
    if alert.data_health in BLIND and rule.no_data_policy is NoDataPolicy.KEEP_LAST:
        return alert
    is_lower = alert.is_open and alert.held_concern < alert.concern
    is_calm = alert.state is AlertState.RECOVERING and alert.held_concern is Concern.NORMAL
    if not (alert.pending or is_lower or is_calm):
        return alert
    return changed(
        alert,
        pending={
            concern: Pending(seconds=stood.seconds + duty_seconds, periods=stood.periods)
            for concern, stood in alert.pending.items()
        },
        calm_seconds=alert.calm_seconds + duty_seconds * is_calm,
        lower_seconds=alert.lower_seconds + duty_seconds * is_lower,
    )


def breaches(
    pending: Mapping[Concern, Pending],
    entered: Collection[Concern],
    *,
    period: int | None,
    needed: Mapping[Concern, int],
) -> dict[Concern, Pending]:
    """Return the breaches that stand: those that go on, with a new period counted, and those that begin."""
    return {
        concern: _with_period(pending.get(concern, Pending()), period, needed[concern])
        for concern in sorted(entered)
    }


def next_due(alert: Alert, rule: Rule, *, keep_seconds: float, slot: datetime) -> datetime | None:
    """Return when the next running timer runs out, on the subject's clock; None if none runs."""
    left = [
        rule.for_seconds - stood.seconds
        for concern, stood in alert.pending.items()
        if concern > max(alert.concern, alert.closed_concern)
    ]
    if alert.flapping_until is not None:
        left.append((alert.flapping_until - slot).total_seconds())
    elif alert.state is AlertState.FIRING and alert.held_concern < alert.concern:
        left.append(keep_seconds - alert.lower_seconds)
    if alert.state is AlertState.RECOVERING and alert.held_concern is Concern.NORMAL:
        left.append(keep_seconds - alert.calm_seconds)
    if alert.locked_until is not None and alert.pending:
        left.append((alert.locked_until - slot).total_seconds())
    running = [seconds for seconds in left if seconds > 0]
    return slot + timedelta(seconds=min(running)) if running else None


def _with_period(stood: Pending, period: int | None, needed: int) -> Pending:
    """Count a period once; past the number needed they no longer count, so that a row does not grow."""
    if period is None or period in stood.periods or len(stood.periods) >= needed:
        return stood
    return Pending(seconds=stood.seconds, periods=(*stood.periods, period))
