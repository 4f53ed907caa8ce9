"""Alerts on what feeds a desk and what leaves it: blind series, failing sources, failing channels.

They are rules like any other but nobody writes them: what is compared is a concern, that of the worst alert
frozen behind the missing data. Their names carry capitals, which no slug of a definition can.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from monitor.domain.alerting.alert import Alert, DataHealth
from monitor.domain.alerting.fingerprint import fingerprint
from monitor.domain.alerting.native_event import rfc3339
from monitor.domain.alerting.rule import Rule, RuleKind
from monitor.domain.alerting.seen import When
from monitor.domain.alerting.snapshot import Snapshot, level_edges
from monitor.domain.scale import Concern
from monitor.domain.wording import msgid

SERIES_BLIND, SOURCE_FAILING, CHANNEL_FAILING = "SeriesBlind", "SourceFailing", "ChannelFailing"
DATA_QUALITY, DELIVERY = "data_quality", "delivery"
NAMES: Mapping[str, str] = {
    SERIES_BLIND: msgid("Blind series"),
    SOURCE_FAILING: msgid("Failing source"),
    CHANNEL_FAILING: msgid("Failing channel"),
}
# A failing source's own alert stands before those of the series it leaves blind are told.
BLIND_FOR_SECONDS = 60.0
_LOOK = "Ask why nothing comes; enter the value by hand, with its grade, or end the series with a reason."
_REACH = "Call who is on duty; see what the receiver answers under Undelivered, and mend the channel."
_MEND = "Open the source's page: its last run says what was wrong. Mend it, then run it now."


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What a data-quality alert tells: in a sentence, since when, of which source and series."""

    name: str
    sentence: str
    health: DataHealth
    source: str = ""
    since: datetime | None = None
    series: tuple[str, ...] = ()

    def body(self) -> dict[str, Any]:
        """Return its part of an event's body."""
        return {
            "name": self.name,
            "sentence": self.sentence,
            "dataHealth": self.health.value,
            "source": self.source or None,
            "since": None if self.since is None else rfc3339(self.since),
            "series": list(self.series),
        }

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> "Trouble | None":
        """Return what a stored body says; None where it is about no data quality."""
        told = body.get("dataQuality")
        if not told:
            return None
        return cls(
            name=told["name"],
            sentence=told["sentence"],
            health=DataHealth(told["dataHealth"]),
            source=told["source"] or "",
            since=datetime.fromisoformat(told["since"]) if told["since"] else None,
            series=tuple(told["series"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """What is watched: a series of a subject, or (without one) a source that feeds it."""

    subject: str
    source: str = ""
    series: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def is_data_quality(rule: str) -> bool:
    """Whether a rule, by its slug, is one of these."""
    return rule in NAMES


def quality_fingerprints(series: Iterable[str], sources: Iterable[str]) -> list[str]:
    """Return the fingerprints of the alerts on these series and sources."""
    blind = [fingerprint(SERIES_BLIND, key) for key in series]
    return blind + [fingerprint(SOURCE_FAILING, source) for source in sources]


def blind_rule(fed: Fed, *, for_seconds: float = BLIND_FOR_SECONDS) -> Rule:
    """Return the rule that watches whether a series can be seen, with the labels its own alerts carry."""
    return _rule(SERIES_BLIND, RuleKind.SERIES_BLIND, fed, for_seconds=for_seconds, runbook=_LOOK)


def failing_rule(fed: Fed) -> Rule:
    """Return the rule that watches whether a source answers."""
    return _rule(SOURCE_FAILING, RuleKind.SOURCE_FAILING, fed, for_seconds=0.0, runbook=_MEND)


def channel_rule(subject: str, channel: str) -> Rule:
    """Return the rule that watches whether a channel takes what is critical, told of one subject's alerts."""
    return Rule(
        slug=CHANNEL_FAILING,
        name=NAMES[CHANNEL_FAILING],
        kind=RuleKind.CHANNEL_FAILING,
        subject=subject,
        lowest_concern=Concern.WATCH,
        for_count=1,
        keep_firing_seconds=0.0,
        absorbs_flapping=False,
        labels={"kind": DELIVERY, "channel": channel},
        runbook=_REACH,
    )


def kept_labels(rules: Iterable[Rule]) -> dict[str, str]:
    """Return the labels of all these rules; where two give one name, the first rule's."""
    labels: dict[str, str] = {}
    for rule in rules:
        labels = {**rule.labels, **labels}
    return labels


def common_labels(rules: Iterable[Rule]) -> dict[str, str]:
    """Return the labels on which all of these rules agree."""
    every = [set(rule.labels.items()) for rule in rules]
    return dict(sorted(set.intersection(*every))) if every else {}


def concern_behind(frozen: Iterable[Alert]) -> Concern:
    """Return the concern of missing data: that of the worst alert frozen behind it, at least watch."""
    return max((alert.concern for alert in frozen), default=Concern.WATCH)


def quality_snapshot(rule: Rule, concern: Concern, *, when: When, is_ended: bool = False) -> Snapshot:
    """Return what such a rule sees: normal where all is well; it is never blind itself."""
    return Snapshot(
        value=float(concern),
        edges=level_edges(rule),
        health=DataHealth.OK,
        wall=when.wall,
        duty_seconds=when.duty_seconds,
        outage_seconds=when.outage_seconds,
        is_ended=is_ended,
    )


def _rule(slug: str, kind: RuleKind, fed: Fed, *, for_seconds: float, runbook: str) -> Rule:
    own = {"kind": DATA_QUALITY, "source": fed.source}
    return Rule(
        slug=slug,
        name=NAMES[slug],
        kind=kind,
        subject=fed.subject,
        series=fed.series,
        lowest_concern=Concern.WATCH,
        for_seconds=for_seconds,
        for_count=1,
        keep_firing_seconds=0.0,
        labels={name: value for name, value in {**fed.labels, **own}.items() if value},
        runbook=runbook,
    )
