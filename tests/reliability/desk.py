"""A real desk for reliability runs: a data folder, worker processes that can be killed, a receiver."""

import os
import signal
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.bootstrap import Application, build
from monitor.cli.first_start import prepare
from monitor.config import Settings, load_settings
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.route import Route
from monitor.domain.alerting.routing import Routing
from monitor.services.add_channel import add_channel
from monitor.services.exercise import running_exercises, start_exercise
from monitor.storage import definitions
from tests.reliability.processes import Worker

DAY_SECONDS = 86_400
SLOWEST = timedelta(seconds=240)


@dataclass(frozen=True)
class Tally:
    """What a run came to; `lost` are notifications neither sent nor absorbed by a later message."""

    events: int
    lost: int
    doubled: int
    changed: int
    disorder: int


class Desk:
    """The bundled desk in a folder of its own, sending to one receiver."""

    def __init__(
        self, home: Path, receiver, *, database_url: str | None = None, lease_seconds: float | None = None
    ) -> None:
        host, port = receiver.smtp_address
        self.environ = {
            **{name: text for name, text in os.environ.items() if not name.startswith("HEATWATCH_")},
            "HEATWATCH_HOME": str(home),
            "HEATWATCH_SMTP_HOST": host,
            "HEATWATCH_SMTP_PORT": str(port),
            "HEATWATCH_SMTP_STARTTLS": "none",
            "HEATWATCH_EGRESS_ALLOW_CIDRS": "127.0.0.0/8",
            "HEATWATCH_ADMIN_PASSWORD": "correct horse battery",
            **({"HEATWATCH_DATABASE_URL": database_url} if database_url else {}),
        }
        settings = load_settings(self.environ)
        self._make(settings)
        self.application: Application = build(settings)
        self._receiver = receiver
        self.workers: list[Worker] = []
        self.log_file = home / "worker.log"
        self._lease_seconds = lease_seconds
        self._add_channels()

    def _make(self, settings: Settings) -> None:
        prepare(settings)

    def close(self) -> None:
        """Stop the workers and let go of the database."""
        self.stop_worker()
        self.application.close()

    def start_worker(self, *, dies_at: str = "") -> Worker:
        """Start a worker process of its own; it may have a point at which it kills itself."""
        environ = self.environ | ({"HEATWATCH_TEST_FAULTS": dies_at} if dies_at else {})
        self.workers.append(Worker(environ, self.log_file, lease_seconds=self._lease_seconds))
        return self.workers[-1]

    def kill_worker(self) -> None:
        """End the worker started last as a power cut would."""
        self.workers[-1].kill()

    def stop_worker(self) -> None:
        """Ask every worker to stop, and wait."""
        running = [worker for worker in self.workers if worker.is_alive]
        for worker in running:
            worker.send(signal.SIGCONT)
            worker.send(signal.SIGTERM)
        for worker in running:
            if worker.wait(30) is None:
                worker.kill()

    def start_exercise(self, *, days_a_second: float) -> str:
        """Play June to November 2025 of Assimi Goïta."""
        with self.application.writing() as (session, now):
            return start_exercise(
                session, "assimi-goita", runs_from=datetime(2025, 6, 1, tzinfo=UTC),
                runs_until=datetime(2025, 11, 30, 23, 59, 59, tzinfo=UTC),
                speed=days_a_second * DAY_SECONDS, now=now,
            )  # fmt: skip

    def wait_until_played(self) -> None:
        """Return when every exercise has ended and nothing is left to send."""
        until = time.monotonic() + SLOWEST.total_seconds()
        while time.monotonic() < until:
            with self.application.reading() as (session, _):
                is_playing = bool(running_exercises(session))
            if not is_playing and not self.unfinished():
                return
            time.sleep(0.2)
        raise TimeoutError(f"still playing: {self.unfinished()}")

    def unfinished(self) -> list[tuple[str, int]]:
        """Return what is still due: marks, waiting notifications, undelivered messages."""
        counts = [
            (
                "marks",
                "select count(*) from subject_state where assess_due_at is not null and subject like '%@%'",
            ),
            (
                "rules",
                "select count(*) from subject_state where alerts_due_at is not null and subject like '%@%'",
            ),
            ("waiting", "select count(*) from notification where state in ('waiting', 'held')"),
            ("sending", "select count(*) from delivery where status in ('formed', 'leased')"),
        ]
        found = [(name, self.query(text)[0][0]) for name, text in counts]
        return [(name, count) for name, count in found if count]

    def query(self, text: str) -> list[tuple]:
        """Return the rows of a query."""
        from sqlalchemy import text as sql

        with self.application.reading() as (session, _):
            return [tuple(row) for row in session.execute(sql(text))]

    def tally(self) -> Tally:
        """Compare what the database promised with what the receiver got."""
        promised = self.query("select channel, episode_id, event_seq, state, delivery_id from notification")
        messages = dict(
            self.query(
                "select d.id, coalesce(c.message_id, d.message_id) from delivery d "
                "left join delivery c on c.id = d.carried_by where d.status = 'delivered'"
            )
        )
        accepted = [each for each in self._receiver.arrivals.all() if each.is_accepted]
        bodies = {}
        for each in accepted:
            bodies.setdefault((each.target, each.message_id), []).append(each.body_sha256)
        arrived = {message for _, message in bodies}
        lost = [
            state
            for *_, state, delivery in promised
            if not (state == "absorbed" or (state == "sent" and messages.get(delivery) in arrived))
        ]
        return Tally(
            events=len(promised),
            lost=len(lost),
            doubled=sum(len(found) - 1 for found in bodies.values()),
            changed=sum(len(set(found)) - 1 for found in bodies.values()),
            disorder=_disorder(accepted),
        )

    def story(self, subject: str) -> list[tuple]:
        """Return what happened to a subject's alerts, without the names that differ between exercises."""
        text = (
            "select e.rule, v.type, v.at, v.concern, v.reason from alert_event v "
            f"join episode e on e.id = v.episode_id where e.subject = '{subject}' "
            "order by v.at, e.rule, v.event_seq"
        )
        return [(rule.partition("@")[0], *rest) for rule, *rest in self.query(text)]

    def _add_channels(self) -> None:
        channels = (
            Channel(
                slug="hook", name="Hook", kind="webhook", takes_exercises=True,
                settings={"url": f"{self._receiver.url}/hook/desk", "allow_http": True},
            ),
            Channel(
                slug="mail", name="Mail", kind="email", takes_exercises=True,
                settings={"recipients": ["desk@example.org"]},
            ),
        )  # fmt: skip
        with self.application.writing() as (session, now):
            for channel in channels:
                added = add_channel(session, channel, secrets=self.application.secrets, actor="test", now=now)
                if added.signing_secret:
                    self._receiver.trust(added.signing_secret)
            # No run waits for five minutes between two mails.
            tree = Route(slug="default", channels=("hook", "mail"), group_interval_seconds=0.0)
            definitions.save_all(
                session, [Routing(route=tree)], author="test", reason="test", effective_at=now, now=now
            )


def _disorder(arrivals) -> int:
    """Count first arrivals of an earlier event of an episode after a later one, at one target."""
    last: Counter[tuple[str, str]] = Counter()
    seen, found = set(), 0
    for each in arrivals:
        key = (each.target, each.episode_id)
        if each.message_id in seen:
            continue
        seen.add(each.message_id)
        found += each.event_seq < last[key]
        last[key] = max(last[key], each.event_seq)
    return found
