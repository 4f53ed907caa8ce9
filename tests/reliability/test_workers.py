"""Several workers on one database: each cause has exactly one effect, the same as with one worker."""

import sys
import time
from dataclasses import replace

import pytest

from bench.sample import CRITICAL
from monitor.dev.receiver import build_receiver
from monitor.domain.alerting.route import Route
from monitor.domain.alerting.routing import Routing
from monitor.storage import definitions
from tests.reliability.alarms import CALM, Alarms

pytestmark = pytest.mark.reliability

RULES, CAUSES = 50, 4
EVENTS = "select count(*) from alert_event where type in ('alert.firing', 'alert.resolved')"


class Seesaw(Alarms):
    """Every value stored is a cause: the alert of each series fires, ends, fires again."""

    calm_days_ago = CAUSES + 1

    def swing(self, number: int) -> None:
        """Store the next value of every series, critical and calm in turn."""
        self.store(self.keys, CALM if number % 2 else CRITICAL, days_ago=CAUSES - number)

    def told(self) -> list[tuple]:
        """Return what happened, rule by rule, without the ids that differ between runs."""
        return self.query(
            "select e.rule, v.type, v.concern, v.reason from alert_event v "
            "join episode e on e.id = v.episode_id order by e.rule, v.stored_at, v.event_seq"
        )

    def _rules(self):
        returns = {"keep_firing_seconds": 0.0, "absorbs_flapping": False, "for_count": 1}
        return tuple(replace(rule, **returns) for rule in super()._rules())

    def _add_channels(self):
        super()._add_channels()
        at_once = Route(
            slug="default", channels=self.channels, group_wait_seconds=0.0, group_interval_seconds=0.0
        )
        with self.application.writing() as (session, now):
            definitions.save_all(
                session, [Routing(route=at_once)], author="test", reason="", effective_at=now, now=now
            )


@pytest.fixture
def run(tmp_path, _postgres_schema, capsys):
    """Return what a number of workers made of all causes, on a database of its own."""

    def run(workers):
        url = _postgres_schema.create_database(f"workers_{workers}", template="template_schema")
        folder = tmp_path / str(workers)
        with build_receiver(folder / "receiver") as receiver:
            seesaw = Seesaw(folder, receiver, alerts=RULES, channels=("hook",), database_url=url)
            try:
                return _played(seesaw, workers, capsys)
            finally:
                seesaw.close()
                _postgres_schema.drop_database(f"workers_{workers}")

    return run


def test_two_and_four_workers_do_what_one_does(run):
    alone = run(1)
    assert len(alone) == RULES * CAUSES
    assert run(2) == alone
    assert run(4) == alone


def _played(seesaw, workers, capsys):
    seesaw.work_here()
    for _ in range(workers):
        seesaw.start_worker()
        seesaw.wait_for_beat()
    begun = time.monotonic()
    for number in range(CAUSES):
        seesaw.swing(number)
        seesaw.wait(lambda n=number: seesaw.query(EVENTS) >= [(RULES * (n + 1),)], "not all was raised")
    seesaw.wait_until_sent(RULES * CAUSES)
    seconds = time.monotonic() - begun
    tally, told = seesaw.tally(), seesaw.told()
    with capsys.disabled():
        sys.stdout.write(
            f"\nworkers={workers} rules={RULES} causes={RULES * CAUSES} effects={len(told)} "
            f"events={tally.events} lost={tally.lost} dup={tally.doubled} disorder={tally.disorder} "
            f"seconds={seconds:.0f}\n"
        )
    assert (tally.events, tally.lost, tally.doubled, tally.disorder) == (RULES * CAUSES, 0, 0, 0)
    return told
