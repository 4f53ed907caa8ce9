"""One episode: why it fired, everything that happened, who was told, and what a person can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import Alert, AlertEvent, DataHealth, EventType
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.data_quality import NAMES
from monitor.domain.alerting.explanation import Explanation
from monitor.domain.alerting.matcher import Matcher
from monitor.domain.alerting.silence import Silence
from monitor.domain.alerting.snapshot import BLIND
from monitor.domain.errors import NotFound
from monitor.domain.phrases import phrase
from monitor.domain.wording import say
from monitor.services.acknowledge import LONGEST_CRITICAL, SHIFT
from monitor.services.overview.alert_list import AlertLine, alert_line, over_line
from monitor.services.overview.alert_timeline import TimelineItem, timeline
from monitor.services.overview.alert_words import ends_when, happened
from monitor.services.overview.board import clock_of
from monitor.services.overview.desk import desk
from monitor.services.overview.standings import scale_of
from monitor.services.overview.values import DeskView, Mover, change_of
from monitor.storage import alerts, attempts, channels, notifications, silences, snapshot, subjects
from monitor.storage.alerts import Episode
from monitor.storage.snapshot import Definitions

_TELLING = frozenset({EventType.FIRING, EventType.CONCERN_RAISED})


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceOffer:
    """What a silence written from here would match, and how many open alerts that mutes now."""

    matchers: tuple[str, ...]
    mutes: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPageView:
    """One episode with everything about it; `is_open` says whether there is still something to do."""

    desk: DeskView
    line: AlertLine
    is_open: bool
    bottom_line: str
    fired_on: str
    rule_name: str
    rule_slug: str
    rule_version: int
    runbook: str
    why: tuple[Mover, ...]
    why_from: datetime | None
    why_at: datetime | None
    timeline: tuple[TimelineItem, ...]
    silenced_by: tuple[Silence, ...]
    quiet_because: str
    ends_when: str
    ack_until: datetime
    longest_ack: timedelta | None
    offers: tuple[SilenceOffer, ...]
    other_episodes: tuple[AlertLine, ...]
    blind_since: datetime | None = None


def alert_page(session: Session, key: str, *, now: datetime) -> AlertPageView:
    """Return an episode by its id, or the last one of an alert by its fingerprint; NotFound."""
    known = snapshot.current(session)
    alert, episode = _found(session, key)
    is_open = alert.is_open and alert.episode_id == episode.id
    clock = clock_of(subjects.states(session, [alert.subject]).get(alert.subject))
    events = alerts.events(session, episode.id)
    active = silences.active(session, now=now)
    usable = channels.find_all(session)
    others = alerts.recent_episodes(session, fingerprint=alert.fingerprint, limit=6)
    last = events[-1].body if events else {}
    telling = next((event for event in reversed(events) if event.type in _TELLING), None)
    line = (
        alert_line(known, alert, clock=clock, episode=episode, body=last, active=active, now=now)
        if is_open
        else over_line(known, episode, clock=clock, now=now)
    )
    rule = known.rules.get(episode.rule)
    explanation = Explanation.read({} if telling is None else telling.body)
    return AlertPageView(
        desk=desk(session, now=now),
        line=line,
        is_open=is_open,
        bottom_line=format((telling.body if telling else last).get("summary") or ""),
        fired_on=happened(known, telling.body, telling.concern) if telling else "",
        rule_name=NAMES.get(episode.rule, episode.rule) if rule is None else rule.name,
        rule_slug="" if rule is None else rule.slug,
        rule_version=alert.rule_version,
        runbook=str((last.get("rule") or {}).get("runbook") or "") if rule is None else rule.runbook,
        why=_movers(known, episode.subject, explanation),
        why_from=explanation.since,
        why_at=telling.at if telling else None,
        timeline=timeline(
            known,
            events,
            told=notifications.of_episode(session, episode.id),
            sent=attempts.of_episode(session, episode.id),
            names={channel.slug: channel.name for channel in usable},
        ),
        silenced_by=tuple(each for each in active if is_open and each.matches(episode.labels)),
        quiet_because=_quiet_because(usable, line, events),
        ends_when=ends_when(last),
        ack_until=now + SHIFT,
        longest_ack=LONGEST_CRITICAL if line.concern.word == "critical" else None,
        offers=_offers(session, line, episode) if is_open else (),
        other_episodes=tuple(
            over_line(known, each, clock=clock, now=now)
            for each in others
            if each.id != episode.id and each.ended_at is not None
        ),
        blind_since=_blind_since(session, alert.fingerprint) if line.is_blind else None,
    )


def _blind_since(session: Session, fingerprint: str) -> datetime | None:
    """Return since when there has been nothing to judge an alert by."""
    since = None
    for event in reversed(alerts.events(session, fingerprint)):
        if DataHealth(event.body["dataHealth"]) not in BLIND:
            break
        since = event.at
    return since


def _found(session: Session, key: str) -> tuple[Alert, Episode]:
    alert = alerts.find(session, key)
    if alert is None:
        episode = alerts.episode(session, key)
        return alerts.get(session, episode.fingerprint), episode
    if not alert.episode_id:
        raise NotFound(phrase("this alert has never fired"))
    return alert, alerts.episode(session, alert.episode_id)


def _movers(known: Definitions, subject: str, explanation: Explanation) -> tuple[Mover, ...]:
    """Return what the event was explained by when it was told: what came to be known since does not count."""
    watched = known.subjects.get(subject)
    if watched is None:
        return ()
    end = scale_of(known, watched).alarming_end
    return tuple(
        Mover(slug="", name=f"{term.name}", change=change, detail=f"{term.detail}")
        for term in explanation.moved
        if (change := change_of(term.heat_delta, end)) is not None
    )


def _quiet_because(usable: Sequence[Channel], line: AlertLine, events: Sequence[AlertEvent]) -> str:
    """Say why nobody was told, where that is so."""
    if any(event.body.get("told") for event in events):
        return ""
    fitting = [each for each in usable if each.is_enabled]
    if not fitting:
        return say("Nobody was told: no channel is set up and enabled.")
    if line.is_exercise and not any(each.takes_exercises for each in fitting):
        return say("Nobody was told: no channel takes exercises.")
    if all(each.lowest_concern > line.concern for each in fitting):
        return say("Nobody was told: no channel takes {concern} concern.", concern=line.concern.said)
    return say("Nobody was told: no channel that takes it was set up when it fired.")


def _offers(session: Session, line: AlertLine, episode: Episode) -> tuple[SilenceOffer, ...]:
    """Offer to silence this alert, or all of the subject, and say what either mutes now."""
    found = alerts.find_open(session)
    labels = [each.labels for each in alerts.episodes(session, {one.episode_id for one in found}).values()]
    own = ("alertname", "subject") if "series" not in episode.labels else ("alertname", "subject", "series")
    scopes = {
        say("this alert"): own,
        say("all alerts of {subject}", subject=line.subject_name): ("subject",),
    }
    return tuple(
        SilenceOffer(
            name=name,
            matchers=tuple(str(each) for each in matchers),
            mutes=sum(all(each.matches(one) for each in matchers) for one in labels),
        )
        for name, names in scopes.items()
        if (matchers := [Matcher(name=label, value=episode.labels.get(label, "")) for label in names])
    )
