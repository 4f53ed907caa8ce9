"""Watch what feeds a subject: alerts on series gone blind and on sources that fail."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting import step as machine
from monitor.domain.alerting.alert import Alert, AlertState, DataHealth, Reason, Resolution
from monitor.domain.alerting.data_quality import (
    BLIND_FOR_SECONDS,
    SERIES_BLIND,
    SOURCE_FAILING,
    Fed,
    Trouble,
    blind_rule,
    common_labels,
    concern_behind,
    failing_rule,
    is_data_quality,
    kept_labels,
    quality_snapshot,
)
from monitor.domain.alerting.episode import end
from monitor.domain.alerting.fingerprint import fingerprint
from monitor.domain.alerting.rule import Rule, RuleKind
from monitor.domain.alerting.snapshot import BLIND
from monitor.domain.clock import ClockMode, moment
from monitor.domain.indicator import Indicator
from monitor.domain.phrases import Phrase, later, phrase, phrase_many
from monitor.domain.scale import Concern
from monitor.domain.series import SeriesKey
from monitor.domain.spoken import age, listed, long_day, parted
from monitor.domain.wording import msgid
from monitor.services.alert_inputs import AlertInputs
from monitor.services.overview.derivations import placement_name
from monitor.services.overview.words import value_phrase
from monitor.services.write_alerts import Change
from monitor.storage import alerts, subjects

_TROUBLES = {
    DataHealth.OK: msgid("values come again"),
    DataHealth.NO_DATA: msgid("its value was withdrawn, and there is no other"),
}
_UNUSABLE = msgid("it has no usable value")

# What this keeps; whether a channel takes messages is no matter of a subject's data.
_FED = frozenset({SERIES_BLIND, SOURCE_FAILING})


def watch_data(session: Session, inputs: AlertInputs, judged: Mapping[str, Alert]) -> Iterator[Change]:
    """Evaluate the data-quality alerts that this subject keeps; of a healthy one nothing is read or written.

    `judged` are its alerts as they stand after its rules were evaluated. What several live subjects are fed
    by is kept by the first of them. An archive is not watched: its clock stands.
    """
    kept = {
        name: alert
        for name, alert in inputs.alerts.items()
        if alert.rule in _FED and alert.state is not AlertState.INACTIVE
    }
    own = [alert for alert in kept.values() if alert.subject == inputs.subject.slug]
    if inputs.state.clock.mode is ClockMode.STANDING:
        why = phrase("the subject's clock stands")
        yield from (_ended(each, inputs, Reason.DISABLED, why) for each in own)
        return
    blind, failing = _blind(inputs, judged), inputs.failing_sources
    if not (blind or failing or kept):
        return
    watch = _Watch.of(session, inputs, judged, blind)
    done = set()
    for change in (*watch.sources(failing, kept), *watch.series(kept)):
        done.add(change.after.fingerprint)
        yield change
    for alert in own:
        if alert.fingerprint not in done and not watch.is_kept_elsewhere(alert):
            yield _ended(alert, inputs, Reason.DELETED, phrase("nothing is fed by it any more"))


def _ended(alert: Alert, inputs: AlertInputs, reason: Reason, detail: str) -> Change:
    after, events = end(alert, Resolution(reason.value), reason, slot=inputs.slot, detail=detail)
    return Change(before=alert, after=after, events=events)


def _blind(inputs: AlertInputs, judged: Mapping[str, Alert]) -> dict[str, DataHealth]:
    """Return the series with nothing to judge by. One never observed is no blindness: it was never seen."""
    seen = {alert.series for alert in judged.values() if alert.evaluated_seq}
    return {
        key: health
        for key, placement in inputs.placed.items()
        if (health := inputs.health_of(key)) in BLIND
        and key not in inputs.ended
        and not placement.not_applicable
        and (health is not DataHealth.NO_DATA or key in seen)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watch:
    """One subject at one slot: what is blind, what is frozen behind it, and who else is fed by the same.

    `placing` are the live subjects that have a series placed, `feeding` the series that a source feeds,
    `ruling` the rules that look at a series.
    """

    inputs: AlertInputs
    blind: Mapping[str, DataHealth]
    open_alerts: Collection[Alert]
    placing: Mapping[str, Collection[str]]
    feeding: Mapping[str, Collection[str]]
    ruling: Mapping[str, Collection[Rule]]

    @classmethod
    def of(
        cls,
        session: Session,
        inputs: AlertInputs,
        judged: Mapping[str, Alert],
        blind: Mapping[str, DataHealth],
    ) -> "_Watch":
        """Read what other subjects hold; those on a clock that stands keep no such alert."""
        fed = {each.subject for each in inputs.known.placements.values()}
        modes = {slug: state.clock.mode for slug, state in subjects.states(session, fed).items()}
        others = {alert.fingerprint: alert for alert in alerts.find_open(session, sorted(fed))}
        now_open = (others | dict(judged)).values()
        placing, feeding = defaultdict(set), defaultdict(set)
        for each in inputs.known.placements.values():
            is_live = modes.get(each.subject, ClockMode.STANDING) is not ClockMode.STANDING
            if is_live and not each.not_applicable:
                placing[each.series].add(each.subject)
                feeding[inputs.source_of(each.series)].add(each.series)
        ruling = defaultdict(list)
        for rule in inputs.known.rules.values():
            for key in rule.watches:
                ruling[key].append(rule)
        return cls(
            inputs=inputs,
            blind=blind,
            open_alerts=[each for each in now_open if each.is_open and not is_data_quality(each.rule)],
            placing=placing,
            feeding=feeding,
            ruling=ruling,
        )

    def sources(self, failing: Mapping[str, datetime], kept: Mapping[str, Alert]) -> Iterator[Change]:
        """Evaluate the sources that fail, and those whose alert is not over."""
        for source in sorted(self.inputs.fed_by):
            name = fingerprint(SOURCE_FAILING, source)
            if (source not in failing and name not in kept) or self._keeper_of_source(source) != self._own:
                continue
            behind = self._behind(self._series_of(source) & self.blind.keys())
            concern = concern_behind(behind) if source in failing else Concern.NORMAL
            rule = failing_rule(self._fed_by(source))
            yield self._change(name, rule, concern, self._source_trouble(source, failing.get(source)))

    def series(self, kept: Mapping[str, Alert]) -> Iterator[Change]:
        """Evaluate the series that are blind, and those whose alert is not over."""
        is_live = self.inputs.state.clock.mode is ClockMode.LIVE
        for key in sorted(self.inputs.placed):
            name = fingerprint(SERIES_BLIND, key)
            if (key not in self.blind and name not in kept) or self._keeper_of(key) != self._own:
                continue
            behind = self._behind({key})
            concern = concern_behind(behind) if key in self.blind else Concern.NORMAL
            rule = blind_rule(self._fed(key), for_seconds=BLIND_FOR_SECONDS * is_live)
            yield self._change(name, rule, concern, self._series_trouble(key, len(behind)))

    def is_kept_elsewhere(self, alert: Alert) -> bool:
        """Whether another subject keeps this alert now."""
        if alert.series:
            return self._keeper_of(alert.series) not in {"", self._own}
        sources = self.inputs.known.sources
        source = next(
            (slug for slug in sources if fingerprint(SOURCE_FAILING, slug) == alert.fingerprint), ""
        )
        return self._keeper_of_source(source) not in {"", self._own}

    @property
    def _own(self) -> str:
        return self.inputs.subject.slug

    def _change(self, name: str, rule: Rule, concern: Concern, trouble: Trouble) -> Change:
        found = self.inputs.alerts.get(name)
        new = Alert(fingerprint=name, rule=rule.slug, subject=rule.subject, series=rule.series)
        alert = new if found is None else replace(found, subject=rule.subject)
        seen = quality_snapshot(
            rule, concern, when=self.inputs.when(alert), is_ended=rule.series in self.inputs.ended
        )
        after, events = machine.step(alert, rule, 1, seen, self.inputs.slot)
        return Change(before=alert, after=after, events=events, rule=rule, seen=seen, trouble=trouble)

    def _behind(self, keys: Collection[str]) -> list[Alert]:
        """Return the open alerts that stand still because these series are blind, of whichever subject."""
        rules = self.inputs.known.rules
        of_levels = {slug for key in keys for slug in self._placing(key)}
        return [
            alert
            for alert in self.open_alerts
            if alert.series in keys
            or (alert.rule in rules and not rules[alert.rule].watches.isdisjoint(keys))
            or (
                alert.rule in rules
                and rules[alert.rule].kind is RuleKind.HEAT_LEVEL
                and alert.data_health in BLIND
                and alert.subject in of_levels
            )
        ]

    def _fed(self, key: str) -> Fed:
        """Return a series with the labels its own alerts carry: of those that are open first."""
        worst = {alert.rule: alert.concern for alert in self.open_alerts}
        rules = sorted(
            self._rules_of({key}), key=lambda rule: (-worst.get(rule.slug, Concern.NORMAL), rule.slug)
        )
        return Fed(
            subject=self._own, source=self.inputs.source_of(key), series=key, labels=kept_labels(rules)
        )

    def _fed_by(self, source: str) -> Fed:
        """Return a source with the labels on which all rules on its series agree."""
        rules = self._rules_of(self._series_of(source))
        return Fed(subject=self._own, source=source, labels=common_labels(rules))

    def _rules_of(self, keys: Collection[str]) -> list[Rule]:
        found = {rule.slug: rule for key in keys for rule in self.ruling.get(key, ())}
        return [found[slug] for slug in sorted(found)]

    def _series_of(self, source: str) -> set[str]:
        return set(self.feeding.get(source, ()))

    def _keeper_of(self, key: str) -> str:
        return min(self._placing(key), default="")

    def _keeper_of_source(self, source: str) -> str:
        return min((slug for key in self._series_of(source) for slug in self._placing(key)), default="")

    def _placing(self, key: str) -> Collection[str]:
        return self.placing.get(key, ())

    def _series_trouble(self, key: str, frozen: int) -> Trouble:
        inputs = self.inputs
        indicator = inputs.known.indicators[SeriesKey.parse(key).indicator]
        found, health = inputs.pressure_of(key), self.blind.get(key, DataHealth.OK)
        end_ = None if found is None or found.period_end is None else moment(found.period_end)
        source = inputs.known.sources.get(inputs.source_of(key))
        value = None if found is None else found.value
        last = None if end_ is None or value is None else _last_value(indicator, value, end_)
        said = _said(health, "" if source is None else source.name, last)
        behind = [_behind(frozen)] if frozen and health is not DataHealth.OK else []
        return Trouble(
            name=placement_name(inputs.known, indicator, key, subject=inputs.subject),
            sentence=later(parted, [*said, *behind]),
            health=health,
            source=inputs.source_of(key),
            since=end_,
            series=(key,),
        )

    def _source_trouble(self, source: str, since: datetime | None) -> Trouble:
        keys = sorted(self._series_of(source))
        known = self.inputs.known
        fed = sorted({known.subjects[slug].name for key in keys for slug in self._placing(key)})
        feeds = phrase_many(
            "it feeds {n} series of {subjects}", "it feeds {n} series of {subjects}",
            len(keys), subjects=later(listed, fed),
        )  # fmt: skip
        if since is None:
            stands, health = phrase("it answers again"), DataHealth.OK
        else:
            lasting = later(age, (self.inputs.now - since).total_seconds())
            stands, health = phrase("no good answer for {lasting}", lasting=lasting), DataHealth.ERROR
        name, sentence = known.sources[source].name, later(parted, [stands, feeds])
        name = phrase("Source {name}", name=name)
        return Trouble(
            name=name, sentence=sentence, health=health, source=source, since=since, series=tuple(keys)
        )


def _behind(frozen: int) -> Phrase:
    return phrase_many("{n} open alert stands still", "{n} open alerts stand still", frozen)


def _said(health: DataHealth, source: str, last: Phrase | None) -> list[Phrase]:
    """Return what is wrong with a series, or that nothing is any more."""
    lasting = [] if last is None else [last]
    if health is DataHealth.ERROR:
        fails = phrase("its source {name} fails", name=source) if source else phrase("its source fails")
        return [fails, *lasting]
    if health is DataHealth.STALE and lasting:
        return lasting
    return [phrase(_TROUBLES.get(health, _UNUSABLE))]


def _last_value(indicator: Indicator, value: float, ended: datetime) -> Phrase:
    return phrase(
        "the last value is {value}, of a period that ended {day}",
        value=value_phrase(indicator, value), day=later(long_day, ended),
    )  # fmt: skip
