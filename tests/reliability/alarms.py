"""A desk of many critical alerts at will, each told through three channels without a rate limit."""

import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from bench.sample import CRITICAL, SOURCE, critical_rules, install, keys_of, midnight
from monitor.bootstrap import migrate
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.rule import Rule
from monitor.domain.errors import DatabaseUnavailable
from monitor.domain.observation import Reading
from monitor.scheduling import jobs
from monitor.services.add_channel import add_channel
from monitor.storage import heartbeats, observations
from monitor.storage.rows.deliveries import DeliveryRow
from tests.reliability.desk import SLOWEST, Desk

CHANNELS = ("left", "right", "third")
CALM = 60.0


class Alarms(Desk):
    """Subjects of ten series each; a value stored is a critical alert, whatever else happens."""

    series_each = 10
    calm_days_ago = 1

    def __init__(self, home: Path, receiver, *, alerts: int, channels=CHANNELS, **options) -> None:
        self.keys: list[str] = []
        self.channels = channels
        self._subjects = [f"leader-{number}" for number in range(alerts // self.series_each)]
        super().__init__(home, receiver, **options)
        self._install()

    @property
    def engine(self) -> str:
        """The database's kind."""
        return "sqlite" if self.application.database.is_sqlite else "postgresql"

    def integrity(self) -> set[str]:
        """Return what SQLite says of its file; PostgreSQL has no such check."""
        if not self.application.database.is_sqlite:
            return set()
        return {text for (text,) in self.query("pragma integrity_check")}

    def fire(self, count: int) -> None:
        """Store a critical value of the next so many series."""
        if now := self.keys[:count]:
            # On a busy machine a worker that commits without a pause keeps others out for seconds.
            self.wait(lambda: self._is_stored(now), "no value could be stored")
        self.keys = self.keys[count:]

    def wait_for_beat(self) -> None:
        """Return when a worker has said that it lives since this was called."""
        began = time.time()
        self.wait(lambda: self._last_beat() > began, "no worker came up")

    def wait_for_arrival(self) -> None:
        """Return when the receiver has got one more message than it had."""
        had = len(self._receiver.arrivals.all())
        self.wait(lambda: len(self._receiver.arrivals.all()) > had, "nothing arrived")

    def _is_stored(self, keys) -> bool:
        try:
            self.store(keys, CRITICAL, days_ago=0)
        except DatabaseUnavailable as error:
            if "locked" not in str(error):
                raise
            return False
        return True

    def raise_here(self) -> None:
        """Evaluate in this process what is due."""
        jobs.drain_pipeline(self.application)

    def work_here(self) -> None:
        """Do in this process what a worker does, until nothing is due."""
        self.raise_here()
        while self.unfinished():
            jobs.deliver_due(self.application)

    def let_leases_run_out(self) -> None:
        """Make it so late that no lease holds any more."""
        with self.application.writing() as (session, now):
            held = update(DeliveryRow).where(DeliveryRow.lease_until.is_not(None))
            session.execute(held.values(lease_until=now))

    def wait_until_sent(self, events: int) -> None:
        """Return when so many notifications were written and nothing is left to send."""
        self.wait(
            lambda: self.query("select count(*) from notification") == [(events,)] and not self.unfinished(),
            "not all was sent",
        )

    def _last_beat(self) -> float:
        with self.application.reading() as (session, _):
            return max((each.beat_at.timestamp() for each in heartbeats.find_all(session)), default=0.0)

    def wait(self, is_so, otherwise: str) -> None:
        """Return when something is so."""
        until = time.monotonic() + SLOWEST.total_seconds()
        while time.monotonic() < until:
            if is_so():
                return
            time.sleep(0.02)
        raise TimeoutError(f"{otherwise}: {self.unfinished()}")

    def _make(self, settings) -> None:
        migrate(settings)

    def _install(self) -> None:
        with self.application.writing() as (session, now):
            install(session, self._subjects, self.series_each, now=now, rules=self._rules())
        self.keys = [key for slug in self._subjects for key in keys_of(slug, self.series_each)]
        self.store(self.keys, CALM, days_ago=self.calm_days_ago)

    def _rules(self) -> tuple[Rule, ...]:
        return tuple(rule for slug in self._subjects for rule in critical_rules(slug, self.series_each))

    def store(self, keys, value: float, *, days_ago: int) -> None:
        """Store a value of each of these series for a day."""
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
            for slug in self.channels:
                url = f"{self._receiver.url}/hook/{slug}"
                channel = Channel(
                    slug=slug, name=slug, kind="webhook", per_minute=0,
                    settings={"url": url, "allow_http": True},
                )  # fmt: skip
                added = add_channel(session, channel, secrets=self.application.secrets, actor="test", now=now)
                self._receiver.trust(added.signing_secret)
