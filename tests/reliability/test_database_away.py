"""A PostgreSQL that stops, crashes and cuts sessions while alerts are raised and told: nothing is lost."""

import random
import sys
import time

import pytest

from tests.conftest import NO_POSTGRESQL, skip_unless_ci
from tests.postgres import find_bin_folder, private_cluster
from tests.reliability.alarms import CHANNELS, Alarms

pytestmark = pytest.mark.reliability

RESTARTS, ALERTS = 5, 200
RECOVERED_SECONDS, STUCK_SECONDS = 15.0, 60.0
CUT = (
    "select pg_terminate_backend(pid) from (select pid from pg_stat_activity "
    "where backend_type = 'client backend' and pid <> pg_backend_pid() order by random() limit 3) found"
)


@pytest.fixture
def cluster():
    if find_bin_folder() is None:
        skip_unless_ci(NO_POSTGRESQL)
    with private_cluster(is_durable=True) as cluster:
        yield cluster


@pytest.fixture
def alarms(tmp_path, receiver, cluster):
    url = cluster.create_database("desk")
    alarms = Alarms(tmp_path / "alarms", receiver, alerts=ALERTS, database_url=url)
    yield alarms
    alarms.close()


def test_restarts_and_cut_sessions_under_load_lose_nothing(alarms, receiver, cluster, capsys):
    generator, slowest = random.Random(5), 0.0
    each = ALERTS // RESTARTS // 4
    for _ in range(2):
        alarms.start_worker()
        alarms.wait_for_beat()
    for number in range(RESTARTS):
        for _ in range(2):
            alarms.fire(each)
            time.sleep(generator.uniform(0.0, 0.3))
            cluster.execute(CUT)
        alarms.fire(each)
        time.sleep(generator.uniform(0.0, 0.2))
        cluster.stop("immediate" if number % 2 else "fast")
        time.sleep(generator.uniform(0.5, 2.0))
        cluster.start()
        back_at = time.monotonic()
        alarms.fire(each)
        alarms.wait_for_arrival()
        slowest = max(slowest, time.monotonic() - back_at)
    alarms.wait_until_sent(ALERTS * len(CHANNELS))
    settled = time.monotonic() - back_at
    tally = alarms.tally()
    with capsys.disabled():
        sys.stdout.write(
            f"\nrestarts={RESTARTS} cut={RESTARTS * 2 * 3} events={tally.events} lost={tally.lost} "
            f"dup={tally.doubled} changed={tally.changed} disorder={tally.disorder} "
            f"working_again_after={slowest:.1f}s all_told_after={settled:.1f}s\n"
        )
    assert (tally.events, tally.lost) == (ALERTS * len(CHANNELS), 0)
    assert (tally.changed, tally.disorder) == (0, 0)
    assert slowest < RECOVERED_SECONDS
    assert settled < STUCK_SECONDS
    assert all(worker.is_alive for worker in alarms.workers)
