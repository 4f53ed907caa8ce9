"""An hour before a silence ends, whoever would hear of what it mutes is told, once, if that still fires."""

from datetime import timedelta

import numpy as np
import pytest

from monitor.domain.alerting.alert import Alert, AlertState, EventType
from monitor.domain.alerting.silence import Silence, parse_matchers
from monitor.domain.alerting.window_text import parse_windows
from monitor.domain.scale import Concern
from monitor.render.messages import mail
from monitor.services.add_silence import add_silence
from monitor.services.announce_endings import announce_endings, is_ending
from monitor.services.deliver import DeliverResult, deliver
from monitor.storage import alerts
from tests.fakes import FakeChannel
from tests.services.alert_rows import BOX, NOW, add_channel, raise_event

HOUR = timedelta(hours=1)
END = NOW + 8 * HOUR
SOON = END - HOUR
LABELS = {"subject": "goita", "alertname": "fuel-high"}


class Keeps(FakeChannel):
    """Keeps the messages it sent."""

    def __init__(self):
        super().__init__()
        self.messages = []

    def send(self, channel, message, body, *, now):
        self.messages.append((channel.slug, message))
        return super().send(channel, message, body, now=now)


@pytest.fixture
def database(database):
    with database.write() as session:
        add_channel(session)
    return database


def silence(database, **values):
    given = {"starts_at": NOW, "ends_at": END, **values}
    new = Silence(matchers=parse_matchers(["subject=goita"]), author="ana", comment="known", **given)
    with database.write() as session:
        return add_silence(session, new, now=NOW)


def fire(database, *, name="a", concern=Concern.HIGH, channels=("hook",), subject="goita", **values):
    fingerprint, episode = name * 16, f"e-{name}"
    with database.write() as session:
        alerts.save(
            session,
            Alert(
                fingerprint=fingerprint, rule="fuel-high", subject=subject, concern=concern,
                state=AlertState.FIRING, episode_id=episode, event_seq=1, started_at=NOW, **values,
            ),
        )  # fmt: skip
        labels = LABELS | {"subject": subject}
        raise_event(
            session, alert=fingerprint, episode=episode, channels=channels, subject=subject, labels=labels
        )


def announce(database, *, now):
    with database.read() as session:
        is_due = is_ending(session, now=now)
    with database.write() as session:
        count = announce_endings(session, now=now)
    assert is_due or not count
    return count


def send(database, kind, *, now):
    return deliver(
        database, {"fake": kind, "pagerduty": kind}, secrets=BOX, now=now, owner="worker", base_url="https://desk",
        generator=np.random.default_rng(1), stopwatch=lambda: 0.0,
    )  # fmt: skip


def test_whoever_would_hear_of_it_is_told_an_hour_before_and_the_alert_stays_silent(database):
    number, kind = silence(database).id, Keeps()
    fire(database)
    assert send(database, kind, now=NOW) == DeliverResult(held=1)
    assert announce(database, now=SOON - timedelta(seconds=1)) == 0
    assert announce(database, now=SOON) == 1
    assert send(database, kind, now=SOON).delivered == 1
    ((_, message),) = kind.messages
    (event,) = message.events
    assert (event["type"], event["data"]["state"]) == ("silence.ending", "notice")
    assert event["data"]["concernName"] == "high"
    said = f"Silence {number} ends at 20:00 UTC; 1 alert it mutes still fires: fuel-high (goita): high"
    assert event["data"]["summary"] == said
    assert event["data"]["links"]["view"] == "https://desk/silences"


def test_it_is_told_once_and_the_end_itself_as_ever(database):
    silence(database)
    kind = Keeps()
    fire(database)
    send(database, kind, now=NOW)
    announce(database, now=SOON)
    assert announce(database, now=SOON + HOUR / 2) == 0
    send(database, kind, now=SOON)
    send(database, kind, now=END)
    types = [message.events[0]["type"] for _, message in kind.messages]
    assert types == ["silence.ending", "alert.firing"]


def test_where_nothing_fires_nothing_is_told_until_it_does(database):
    silence(database)
    assert announce(database, now=SOON) == 0
    fire(database)
    assert announce(database, now=SOON + HOUR / 2) == 1


def test_a_silence_of_an_hour_is_fresh_in_mind(database):
    silence(database, ends_at=NOW + HOUR)
    fire(database)
    assert announce(database, now=NOW + HOUR / 2) == 0


def test_what_fires_and_is_not_muted_is_not_named(database):
    silence(database)
    fire(database)
    fire(database, name="b", subject="other", concern=Concern.CRITICAL)
    announce(database, now=SOON)
    kind = Keeps()
    send(database, kind, now=SOON)
    notice = next(m for _, m in kind.messages if m.events[0]["type"] == EventType.SILENCE_ENDING)
    assert notice.events[0]["data"]["notice"]["lines"] == ["fuel-high (goita): high"]


def test_the_worst_comes_first_and_of_many_ten_are_named(database):
    silence(database)
    for number in range(12):
        fire(database, name=f"{number:02d}"[0] + chr(97 + number), concern=Concern.WATCH, channels=("hook",))
    fire(database, name="z", concern=Concern.CRITICAL)
    announce(database, now=SOON)
    kind = Keeps()
    send(database, kind, now=SOON)
    notice = next(m for _, m in kind.messages if m.events[0]["type"] == EventType.SILENCE_ENDING)
    data = notice.events[0]["data"]
    assert data["notice"]["lines"][0] == "fuel-high (goita): critical"
    assert (len(data["notice"]["lines"]), data["notice"]["lines"][-1]) == (11, "and 3 more")
    assert len(data["summary"]) <= 160


def test_a_rehearsal_is_no_part_of_it(database):
    silence(database)
    fire(database, subject="goita@exercise-1")
    assert announce(database, now=SOON) == 0


def test_programs_that_keep_incidents_open_are_not_told(database):
    with database.write() as session:
        add_channel(session, "pager", kind="pagerduty")
    silence(database)
    fire(database, channels=("pager",))
    assert announce(database, now=SOON) == 0


def test_one_that_recurs_is_announced_each_time(database):
    windows = parse_windows("12:00-20:00", zone="UTC")
    silence(database, windows=windows, ends_at=NOW + 60 * 24 * HOUR)
    fire(database)
    assert announce(database, now=SOON) == 1
    assert announce(database, now=SOON + 20 * HOUR) == 0
    assert announce(database, now=SOON + 24 * HOUR) == 1


def test_the_mail_is_a_notice_that_leads_to_the_silences(database):
    silence(database)
    kind = Keeps()
    fire(database)
    send(database, kind, now=NOW)
    announce(database, now=SOON)
    send(database, kind, now=SOON)
    made = mail(kind.messages[0][1])
    assert made.problem == ""
    assert made.subject == "[NOTICE] Silence 1 ends at 20:00 UTC; 1 alert it mutes still fires"
    assert "ana silenced them: known. Then each is told, if it still fires." in made.text
    assert "https://desk/silences" in made.html
