"""A desk of many critical alerts at will, each told through three channels without a rate limit."""

import time
from datetime import timedelta
from pathlib import Path

from bench.sample import CRITICAL, SOURCE, critical_rules, install, keys_of, midnight
from monitor.bootstrap import migrate
from monitor.domain.alerting.channel import Channel
from monitor.domain.observation import Reading
from monitor.services.add_channel import add_channel
from monitor.storage import heartbeats, observations
from tests.reliability.desk import SLOWEST, Desk

CHANNELS = ("left", "right", "third")
CALM = 60.0


class Alarms(Desk):
    """Subjects of ten series each; a value stored is a critical alert, whatever else happens."""

    series_each = 10

    def __init__(self, home: Path, receiver, *, alerts: int, database_url: str | None = None) -> None:
        self.keys: list[str] = []
        self._subjects = [f"leader-{number}" for number in range(alerts // self.series_each)]
        super().__init__(home, receiver, database_url=database_url)
        self._install()

    def fire(self, count: int) -> None:
        """Store a critical value of the next so many series."""
        now, self.keys = self.keys[:count], self.keys[count:]
        self._store(now, CRITICAL, days_ago=0)

    def wait_for_beat(self) -> None:
        """Return when a worker has said that it lives since this was called."""
        began = time.time()
        self._wait(lambda: self._last_beat() > began, "no worker came up")

    def wait_for_arrival(self) -> None:
        """Return when the receiver has got one more message than it had."""
        had = len(self._receiver.arrivals.all())
        self._wait(lambda: len(self._receiver.arrivals.all()) > had, "nothing arrived")

    def wait_until_sent(self, events: int) -> None:
        """Return when so many notifications were written and nothing is left to send."""
        self._wait(
            lambda: self.query("select count(*) from notification") == [(events,)] and not self.unfinished(),
            "not all was sent",
        )

    def _last_beat(self) -> float:
        with self.application.reading() as (session, _):
            return max((each.beat_at.timestamp() for each in heartbeats.find_all(session)), default=0.0)

    def _wait(self, is_so, otherwise: str) -> None:
        until = time.monotonic() + SLOWEST.total_seconds()
        while time.monotonic() < until:
            if is_so():
                return
            time.sleep(0.02)
        raise TimeoutError(f"{otherwise}: {self.unfinished()}")

    def _make(self, settings) -> None:
        migrate(settings)

    def _install(self) -> None:
        rules = [rule for slug in self._subjects for rule in critical_rules(slug, self.series_each)]
        with self.application.writing() as (session, now):
            install(session, self._subjects, self.series_each, now=now, rules=tuple(rules))
        self.keys = [key for slug in self._subjects for key in keys_of(slug, self.series_each)]
        self._store(self.keys, CALM, days_ago=1)

    def _store(self, keys, value: float, *, days_ago: int) -> None:
        with self.application.writing() as (session, now):
            start = midnight(now) - timedelta(days=days_ago)
            readings = [
                Reading(
                    series=key, period_start=start, period_end=start + timedelta(days=1), value=value,
                    known_at=now, grade="B2",
                )
                for key in keys
            ]  # fmt: skip
            observations.add(session, readings, source=SOURCE, author="test", note="", now=now)

    def _add_channels(self) -> None:
        with self.application.writing() as (session, now):
            for slug in CHANNELS:
                url = f"{self._receiver.url}/hook/{slug}"
                channel = Channel(
                    slug=slug, name=slug, kind="webhook", per_minute=0,
                    settings={"url": url, "allow_http": True},
                )  # fmt: skip
                added = add_channel(session, channel, secrets=self.application.secrets, actor="test", now=now)
                self._receiver.trust(added.signing_secret)
