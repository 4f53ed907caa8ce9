"""Open alerts in words: what they are about, since when, who took them on."""

from collections.abc import Mapping
from datetime import datetime

from monitor.domain.alerting.alert import Alert, DataHealth
from monitor.domain.alerting.data_quality import CHANNEL_FAILING, NAMES, SERIES_BLIND, SOURCE_FAILING
from monitor.domain.alerting.rule import RuleKind
from monitor.domain.clock import Clock, ClockMode
from monitor.domain.series import SeriesKey
from monitor.domain.spoken import plain
from monitor.domain.wording import say, say_many
from monitor.services.overview.values import OpenAlert
from monitor.services.overview.words import series_name, value_words
from monitor.storage.snapshot import Definitions

BLIND = frozenset({DataHealth.STALE, DataHealth.NO_DATA, DataHealth.ERROR})


def open_alert(known: Definitions, alert: Alert, *, clocks: Mapping[str, Clock], now: datetime) -> OpenAlert:
    """Return one alert as it is listed."""
    subject = known.subjects.get(alert.subject)
    clock = clocks.get(alert.subject)
    return OpenAlert(
        fingerprint=alert.fingerprint,
        title=title(known, alert),
        subject=alert.subject,
        subject_name=alert.subject if subject is None else subject.name,
        detail=detail(known, alert),
        state=alert.state.value,
        concern=alert.concern,
        started_at=alert.started_at,
        as_of=now if clock is None else clock.at(now),
        acked_by="" if alert.ack is None else alert.ack.by,
        acked_until=None if alert.ack is None else alert.ack.until,
        is_blind=alert.data_health in BLIND,
        is_exercise="@" in alert.subject,
        is_archive=clock is not None and clock.mode is ClockMode.STANDING,
    )


def title(known: Definitions, alert: Alert) -> str:
    """What fires, in a few words: the rule's name and its concern."""
    rule = known.rules.get(alert.rule)
    if rule is None:
        return say(NAMES.get(alert.rule, alert.rule))
    is_said = bool(rule.series)
    return say("{rule} is {concern}", rule=rule.name, concern=alert.concern.said) if is_said else rule.name


def detail(known: Definitions, alert: Alert) -> str:
    """The value against the rule's series, or how the level is judged."""
    if alert.rule == SOURCE_FAILING:
        return say("it gives no good answer")
    if alert.rule == CHANNEL_FAILING:
        return say("it does not take what is critical")
    rule = known.rules.get(alert.rule)
    if alert.rule == SERIES_BLIND:
        slug = SeriesKey.parse(alert.series).indicator
        return series_name(known.indicators[slug], alert.series) if slug in known.indicators else alert.series
    if rule is not None and rule.kind is RuleKind.MOMENTUM:
        return say_many("how far heat moved in {n} day", "how far heat moved in {n} days", rule.days)
    if rule is not None and rule.formula:
        value = None if alert.value is None else plain(alert.value)
        return rule.formula if value is None else say("{name}: {value}", name=rule.formula, value=value)
    if rule is None or not rule.series:
        return say("the published level")
    indicator = known.indicators.get(SeriesKey.parse(rule.series).indicator)
    if indicator is None:
        return rule.series
    value = value_words(indicator, alert.value)
    return f"{series_name(indicator, rule.series)} {value}"
