"""Announce that a silence ends within the hour while what it mutes still fires."""

from datetime import datetime

from sqlalchemy.orm import Session

from monitor.domain.alerting.alert import Alert
from monitor.domain.alerting.notice import Firing, silence_ending, takes_notices
from monitor.domain.alerting.silence import Silence
from monitor.storage import alerts, channels, notifications, silences, snapshot


def is_ending(session: Session, *, now: datetime) -> bool:
    """Whether the end of any silence is near and not announced."""
    return any(each.end_to_announce(now) for each in silences.begun(session, now=now))


def announce_endings(session: Session, *, now: datetime) -> int:
    """Tell who was told of a muted alert, or would have been, that it will be heard again; count the notices.

    One notice a silence and end. Where nothing fires there is none, until something does.
    """
    told = 0
    for silence in silences.begun(session, now=now):
        ends_at = silence.end_to_announce(now)
        muted = [] if ends_at is None else _muted(session, silence)
        if ends_at is None or not muted or not silences.note_warned(session, silence, until=ends_at):
            continue
        told += _announce(session, silence, muted, ends_at=ends_at, now=now)
    return told


def _muted(session: Session, silence: Silence) -> list[Alert]:
    """Return the open alerts it mutes, worst first; a rehearsal is never told beside what is real."""
    found = [alert for alert in alerts.find_open(session) if "@" not in alert.subject]
    episodes = alerts.episodes(session, {alert.episode_id for alert in found})
    return [
        alert
        for alert in found
        if alert.episode_id in episodes and silence.matches(episodes[alert.episode_id].labels)
    ]


def _announce(
    session: Session, silence: Silence, muted: list[Alert], *, ends_at: datetime, now: datetime
) -> int:
    known = alerts.channels_told(session, {alert.episode_id for alert in muted})
    slugs = set().union(*known.values())
    receivers = [
        each.slug for each in channels.find_all(session) if each.slug in slugs and takes_notices(each)
    ]
    if not receivers:
        return 0
    rules = snapshot.current(session).rules
    firing = [
        Firing(alert=alert, name=rules[alert.rule].name if alert.rule in rules else alert.rule)
        for alert in muted
    ]
    number = len(alerts.events(session, silence.name)) + 1
    event = silence_ending(silence, firing, ends_at=ends_at, at=now, number=number)
    alerts.add_events(session, [event], now=now)
    notifications.add(session, event, channels=receivers, due_at=now, now=now)
    return 1
