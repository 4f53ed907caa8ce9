"""A storm: 5,000 alerts in a minute of simulated time, to a channel that groups and to one that does not.

A message of a group names so many and says how many more there are: those are `only_counted`.
"""

import resource
import sys
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import insert

from monitor.domain.alerting.delivery import NotificationState, Receipt
from monitor.domain.scale import Concern
from monitor.services.deliver import deliver
from monitor.storage import notifications
from monitor.storage.engine import open_database
from monitor.storage.rows.alerts import AlertEventRow, EpisodeRow
from monitor.storage.rows.deliveries import NotificationRow
from tests.fakes import FakeChannel
from tests.services.alert_rows import BODY, BOX, NOW, add_channel

pytestmark = pytest.mark.reliability

ALERTS, SECONDS, LIMIT = 5_000, 60, 20
SECOND = timedelta(seconds=1)
MOST_MIB = 500


class Grouping(FakeChannel):
    """Keeps when each message came, and what it told: one message may tell of many alerts."""

    is_grouped = True

    def __init__(self):
        super().__init__()
        self.arrived = []

    def send(self, channel, message, body, *, now):
        episodes = [event["data"]["episodeId"] for event in message.events]
        self.arrived.append((now, episodes, message.truncated))
        return Receipt(status_code=200)


class Single(Grouping):
    """Tells each alert by itself."""

    is_grouped = False


@pytest.fixture
def database(sqlite_url):
    opened = open_database(sqlite_url)
    with opened.write() as session:
        add_channel(session, "mail", kind="grouping", per_minute=LIMIT)
        add_channel(session, "hook", kind="single", per_minute=0)
    yield opened
    opened.dispose()


def fire(session, numbers, *, at):
    """Write alerts as raise_alerts leaves them, each with a notification a channel."""
    episodes = [(number, f"e{number}", f"{number:016x}") for number in numbers]
    session.execute(insert(EpisodeRow), [
        {"id": episode, "fingerprint": of, "rule": f"rule-{number}", "subject": "goita", "series": "",
         "labels": {},
         "started_at": at, "ended_at": None, "resolution": "", "peak_concern": Concern.HIGH}
        for number, episode, of in episodes
    ])  # fmt: skip
    session.execute(insert(AlertEventRow), [
        {"episode_id": episode, "event_seq": 1, "fingerprint": of, "type": "alert.firing", "at": at,
         "stored_at": at,
         "concern": Concern.HIGH, "reason": "crossed_up", "body": BODY}
        for _, episode, of in episodes
    ])  # fmt: skip
    session.execute(insert(NotificationRow), [
        {"channel": channel, "episode_id": episode, "event_seq": 1, "fingerprint": of, "route": "default",
         "group_key": "default", "state": NotificationState.WAITING, "reason": "", "delivery_id": None,
         "due_at": at + 30 * SECOND, "created_at": at}
        for _, episode, of in episodes for channel in ("mail", "hook")
    ])  # fmt: skip


def test_five_thousand_alerts_in_a_minute_all_arrive_and_no_limit_is_passed(database, capsys):
    kinds, generator = {"grouping": Grouping(), "single": Single()}, np.random.default_rng(5)
    for second in range(0, 420, 5):
        now = NOW + second * SECOND
        if second < SECONDS:
            numbers = range(ALERTS * second // SECONDS, ALERTS * (second + 5) // SECONDS)
            with database.write() as session:
                fire(session, numbers, at=now)
        deliver(
            database, kinds, secrets=BOX, now=now, owner="worker", generator=generator, stopwatch=lambda: 0.0
        )
    told = {
        name: {each for _, episodes, _ in kind.arrived for each in episodes} for name, kind in kinds.items()
    }
    counted = sum(left for kind in kinds.values() for _, _, left in kind.arrived)
    lost = sum(ALERTS - len(each) for each in told.values()) - counted
    messages = [each for kind in kinds.values() for each in kind.arrived]
    twice = sum(len(episodes) for _, episodes, _ in messages) - sum(len(each) for each in told.values())
    pages = [at for at, *_ in kinds["grouping"].arrived]
    first_page = (min(pages) - NOW) / SECOND
    most = max(sum(1 for each in pages if page <= each < page + 60 * SECOND) for page in pages)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with database.read() as session:
        waiting = notifications.count_waiting(session)
    with capsys.disabled():
        sys.stdout.write(
            f"\nstorm={ALERTS} in={SECONDS}s lost={lost} only_counted={counted} twice={twice} "
            f"waiting={waiting} first_page={first_page:.0f}s pages={len(pages)} "
            f"most_a_minute={most} memory={memory:.0f}MiB\n"
        )
    assert (lost, twice, waiting) == (0, 0, 0)
    assert first_page < 35
    assert most <= LIMIT
    assert memory < MOST_MIB
