"""One story from end to end: it worsens and is told once, a silence keeps quiet, its end is told once."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from types import SimpleNamespace

import numpy as np
import orjson
import pytest

from monitor.channels.registry import channel_kinds
from monitor.config import load_settings
from monitor.dev import webhook_sink
from monitor.dev.arrivals import duplicates
from monitor.dev.receiver import build_receiver
from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.delivery import NotificationState
from monitor.domain.alerting.silence import Silence, parse_matchers
from monitor.domain.scale import STANDING, Concern
from monitor.egress.guard import EgressPolicy
from monitor.services.acknowledge import acknowledge
from monitor.services.add_channel import add_channel
from monitor.services.add_silence import add_silence
from monitor.services.assess import assess, claim_assessment
from monitor.services.deliver import deliver
from monitor.services.observe import observe
from monitor.services.raise_alerts import raise_next
from monitor.storage import alerts, heat_points, level_changes, notifications
from monitor.storage.engine import Database, open_database
from tests.factories import DEATHS, a_channel, a_level_rule, a_reading, install_desk
from tests.fakes import FakeSource, an_outside
from tests.schemas import check
from tests.services.alert_rows import BOX

MORNING = datetime(2025, 11, 30, 8, tzinfo=UTC)
NOON = datetime(2025, 11, 30, 12, tzinfo=UTC)
AFTERNOON = datetime(2025, 11, 30, 14, tzinfo=UTC)
EVENING = datetime(2025, 11, 30, 18, tzinfo=UTC)
NIGHT = datetime(2025, 11, 30, 20, tzinfo=UTC)
NEXT_DAY = datetime(2025, 12, 1, 12, tzinfo=UTC)
GROUP_WAIT, SECOND = timedelta(seconds=30), timedelta(seconds=1)


class Desk:
    """A desk with one source and one webhook, on a clock that only the test moves."""

    def __init__(self, database, receiver):
        self.database, self.receiver = database, receiver
        self.now = MORNING
        self.source = FakeSource()
        policy = EgressPolicy(allowed_networks=(ip_network("127.0.0.0/8"),))
        self.kinds = channel_kinds(load_settings({}), policy)
        with database.write() as session:
            install_desk(session, now=MORNING, rules=(a_level_rule(),))
            hook = a_channel(
                kind="webhook", lowest_concern=Concern.HIGH,
                settings={"url": f"{receiver.url}/hook/desk", "allow_http": True},
            )  # fmt: skip
            added = add_channel(session, hook, secrets=BOX, actor="admin", now=MORNING)
        receiver.trust(added.signing_secret)

    def learn(self, value, *, at):
        """The source says a value of both series; what follows from it is worked off."""
        self.now = at
        hour = 1 / 24
        self.source.answers.append([
            a_reading(value, ends=at, days=hour), a_reading(value, ends=at, days=hour, series=DEATHS),
        ])  # fmt: skip
        assert observe(self.database, an_outside({"fake": self.source}), "feed").new == 2
        with self.database.write() as session:
            claim = claim_assessment(session, now=at)
        with self.database.write() as session:
            assess(session, claim.slug, slot=claim.slot, now=at, claimed_at=at)
        with self.database.write() as session:
            return [event.type for event in raise_next(session, now=at).events]

    def deliver(self, *, at):
        """Send what is due, twice over: nothing may arrive twice."""
        self.now = at
        for owner in ("one", "two"):
            deliver(
                self.database, self.kinds, secrets=BOX, now=at, owner=owner, stopwatch=lambda: 0.0,
                generator=np.random.default_rng(1), base_url="https://desk.example",
            )  # fmt: skip
        return [each.type for each in self.receiver.arrivals.all()]

    def read(self, function, *arguments):
        with self.database.read() as session:
            return function(session, *arguments)

    def level(self):
        return self.read(heat_points.last, ["goita"])["goita"].level

    def alert(self):
        return self.read(alerts.find_open)[0]


@pytest.fixture
def desk(database_url, tmp_path, monkeypatch):
    database = open_database(database_url)
    with build_receiver(tmp_path / "receiver") as receiver:
        made = Desk(database, receiver)
        monkeypatch.setattr(Database, "now", lambda _database, _session: made.now)
        clock = SimpleNamespace(time=lambda: datetime.timestamp(made.now))
        monkeypatch.setattr(webhook_sink, "time", clock)
        yield made
    database.dispose()


def test_a_value_worsens_is_told_once_silenced_and_resolved_once(desk):
    # A calm morning: the source is heard, and nobody is told.
    assert desk.learn(100.0, at=MORNING) == []
    assert desk.level() in {level.name for level in STANDING.levels if level.concern is Concern.NORMAL}
    assert desk.deliver(at=MORNING + GROUP_WAIT) == []

    # At noon both values are high: the level moves to the alarming side, one message goes out.
    assert desk.learn(300.0, at=NOON) == [EventType.FIRING]
    change = desk.read(level_changes.last, ["goita"])["goita"].change
    assert (change.to_level, change.to_concern) == (desk.level(), Concern.HIGH)
    assert desk.deliver(at=NOON + GROUP_WAIT - SECOND) == []
    assert desk.deliver(at=NOON + GROUP_WAIT) == ["alert.firing"]
    (firing,) = desk.receiver.arrivals.all()
    assert (firing.signature, firing.event_seq, firing.is_accepted) == ("verified", 1, True)
    data = orjson.loads(desk.receiver.arrivals.body(firing))["data"]
    assert (data["concernName"], data["subject"]["slug"]) == ("high", "goita")

    # The desk takes it on, and silences what it knows of.
    episode_id = desk.alert().episode_id
    with desk.database.write() as session:
        acknowledge(session, episode_id, by="ana", now=NOON + 10 * GROUP_WAIT)
    assert desk.deliver(at=NOON + 11 * GROUP_WAIT) == ["alert.firing", "alert.acknowledged"]
    with desk.database.write() as session:
        silence = Silence(
            matchers=parse_matchers(["subject=goita"]), author="ana", comment="known",
            starts_at=NOON + timedelta(hours=1), ends_at=NIGHT + timedelta(hours=8),
        )  # fmt: skip
        silence = add_silence(session, silence, now=NOON + timedelta(hours=1))

    # It gets worse, and nothing arrives; the row says why.
    assert desk.learn(600.0, at=AFTERNOON) == [EventType.CONCERN_RAISED]
    assert desk.alert().concern is Concern.CRITICAL
    assert desk.deliver(at=AFTERNOON + GROUP_WAIT) == ["alert.firing", "alert.acknowledged"]
    held = desk.read(notifications.of_episode, episode_id)[-1]
    assert (held.state, held.reason) == (NotificationState.HELD, f"silence:{silence.id}")

    # It recovers while silenced, believed at the second calm value: the end is told, once.
    assert desk.learn(100.0, at=EVENING) == []
    assert desk.learn(100.0, at=NIGHT) == [EventType.RESOLVED]
    story = ["alert.firing", "alert.acknowledged", "alert.resolved"]
    assert desk.deliver(at=NIGHT + GROUP_WAIT) == story
    assert desk.deliver(at=NEXT_DAY) == story
    arrivals = desk.receiver.arrivals.all()
    assert duplicates(arrivals) == frozenset()
    assert {each.signature for each in arrivals} == {"verified"}
    for each in arrivals:
        check(each.type, desk.receiver.arrivals.body(each))
    assert {each.episode_id for each in arrivals} == {episode_id}
    assert arrivals[-1].absorbed == (3,)
    assert {each.state for each in desk.read(notifications.of_episode, episode_id)} == {
        NotificationState.SENT, NotificationState.ABSORBED,
    }  # fmt: skip
    assert desk.read(alerts.find_open) == []
    assert desk.read(alerts.episode, episode_id).peak_concern is Concern.CRITICAL
