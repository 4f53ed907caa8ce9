"""Alert events and channels as raise_alerts leaves them, for tests of what comes after."""

from datetime import UTC, datetime

from monitor.domain.alerting.alert import AlertEvent, EventType
from monitor.domain.scale import Concern
from monitor.storage import channels, notifications
from monitor.storage.rows.alerts import AlertEventRow, EpisodeRow
from monitor.storage.secrets import SecretBox
from tests.factories import a_channel

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BOX = SecretBox(["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="])
BODY = {"subject": {"slug": "goita", "name": "Assimi Goïta"}, "level": "Cold"}


def add_channel(session, slug="hook", **values):
    channels.add(session, a_channel(slug, **values), box=BOX, now=NOW)


def raise_event(
    session, number=1, kind=EventType.FIRING, *, alert="a" * 16, episode="e1", channels=("hook",),
    concern=Concern.HIGH, subject="goita", due_at=NOW, at=NOW, labels=None, told=None,
):  # fmt: skip
    """Write one alert event, its episode if it is the first, and a notification a channel."""
    event = AlertEvent(
        fingerprint=alert, episode_id=episode, event_seq=number, type=kind, at=at, concern=concern,
        reason="crossed_up", body=BODY,
    )  # fmt: skip
    if number == 1:
        session.add(
            EpisodeRow(
                id=episode, fingerprint=alert, rule="rule", subject=subject, series="",
                labels=labels or {}, started_at=at, ended_at=None, resolution="", peak_concern=concern,
            )
        )  # fmt: skip
    session.add(
        AlertEventRow(
            episode_id=episode, event_seq=number, fingerprint=alert, type=kind, at=at, stored_at=at,
            concern=concern, reason="crossed_up", body=BODY,
        )
    )  # fmt: skip
    session.flush()
    notifications.add(session, event, channels=channels, due_at=due_at, now=at, told=told)
    return event
