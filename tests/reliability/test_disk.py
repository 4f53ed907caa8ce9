"""A disk that is full, or cannot be written: work stops in one sentence, leaves nothing half, goes on."""

import contextlib
import subprocess
import sys
import time

import pytest

from monitor.bootstrap import build
from monitor.config import load_settings
from monitor.domain.errors import DatabaseUnavailable
from monitor.web.app import create_app
from tests.reliability.alarms import Alarms

ALERTS, MEBIBYTES = 200, 24
LONG_SECONDS = 90.0
NO_MOUNT = "NOT TESTED: a small disk of its own (needs the right to mount)"


class Nobody:
    """Where messages would go; nothing listens."""

    url, smtp_address = "http://127.0.0.1:9", ("127.0.0.1", 9)

    def trust(self, secret: str) -> None:
        pass


@pytest.fixture
def disk(tmp_path):
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not _mount("-t", "tmpfs", "-o", f"size={MEBIBYTES}m", "tmpfs", str(folder)):
        pytest.skip(NO_MOUNT)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def alarms(tmp_path, sqlite_url):
    alarms = Alarms(tmp_path / "desk", Nobody(), alerts=30, channels=("hook",), database_url=sqlite_url)
    alarms.raise_here()
    yield alarms
    alarms.close()


@pytest.mark.parametrize(
    "breaks,mends,said",
    [
        ("pragma max_page_count = 1", "pragma max_page_count = 4294967294", "full"),
        ("pragma query_only = on", "pragma query_only = off", "readonly"),
    ],
)
def test_what_cannot_be_written_is_refused_whole_and_done_afterwards(alarms, breaks, mends, said):
    _tell(alarms, breaks)
    with pytest.raises(DatabaseUnavailable, match=said):
        _fire_one_by_one(alarms)
    assert _halves(alarms) == []
    _tell(alarms, mends)
    alarms.fire(len(alarms.keys))
    alarms.raise_here()
    assert _halves(alarms) == []
    assert alarms.query("select count(*) from notification") == [(30,)]
    assert alarms.integrity() == {"ok"}


@pytest.mark.reliability
def test_a_full_disk_is_said_and_what_came_meanwhile_is_told_when_there_is_room(
    tmp_path, disk, receiver, capsys
):
    url = f"sqlite:///{disk}/heatwatch.sqlite3"
    alarms = Alarms(tmp_path / "desk", receiver, alerts=ALERTS, channels=("hook",), database_url=url)
    alarms.start_worker()
    alarms.wait_for_beat()
    alarms.fire(20)
    alarms.wait_until_sent(20)
    _fill(disk / "filler")
    with pytest.raises(DatabaseUnavailable, match="full"):
        _fire_one_by_one(alarms, is_raised_here=False)
    refused_after = ALERTS - 20 - len(alarms.keys)
    begun = time.monotonic()
    ready = create_app(alarms.application).test_client()
    alarms.wait(lambda: ready.get("/readyz").status_code == 503, "it says that it is ready")
    unready_after = time.monotonic() - begun
    assert _halves(alarms) == []
    (disk / "filler").unlink()
    alarms.wait(lambda: ready.get("/readyz").status_code == 200, "it does not say that it is ready")
    alarms.fire(len(alarms.keys))
    alarms.wait_until_sent(ALERTS)
    tally = alarms.tally()
    is_alive = alarms.workers[0].is_alive
    with capsys.disabled():
        sys.stdout.write(
            f"\ndisk=full events={tally.events} lost={tally.lost} dup={tally.doubled} "
            f"disorder={tally.disorder} stored_before_refused={refused_after} "
            f"unready_after={unready_after:.0f}s integrity={','.join(alarms.integrity())}\n"
        )
    alarms.close()
    assert (tally.events, tally.lost, tally.changed, tally.disorder) == (ALERTS, 0, 0, 0)
    assert is_alive


@pytest.mark.reliability
def test_a_worker_does_not_begin_on_a_disk_that_cannot_be_written(tmp_path, disk, receiver, capsys):
    url = f"sqlite:///{disk}/heatwatch.sqlite3"
    alarms = Alarms(tmp_path / "desk", receiver, alerts=10, channels=("hook",), database_url=url)
    alarms.fire(10)
    alarms.application.close()
    _mount("-o", "remount,ro", str(disk))
    refused = alarms.start_worker().wait(LONG_SECONDS)
    _mount("-o", "remount,rw", str(disk))
    said = alarms.log_file.read_text().strip().splitlines()
    alarms.application = build(load_settings(alarms.environ))
    alarms.start_worker()
    alarms.wait_until_sent(10)
    tally = alarms.tally()
    with capsys.disabled():
        sys.stdout.write(
            f"\ndisk=read-only exit={refused} events={tally.events} lost={tally.lost} dup={tally.doubled}\n"
        )
    alarms.close()
    assert refused != 0
    assert len(said) == 1
    assert "cannot write to" in said[0]
    assert (tally.events, tally.lost, tally.doubled) == (10, 0, 0)


def _fire_one_by_one(alarms, *, is_raised_here=True):
    while alarms.keys:
        alarms.fire(1)
        if is_raised_here:
            alarms.raise_here()


def _tell(alarms, pragma):
    """SQLite's own signs of a full and of a read-only disk, on the one connection that writes."""
    connection = alarms.application.database._engines[1].raw_connection()
    connection.cursor().execute(pragma)
    connection.close()


def _halves(alarms):
    """Return the alert events without a notification, and the firing alerts without an event."""
    return alarms.query(
        "select v.episode_id from alert_event v where v.type = 'alert.firing' and not exists "
        "(select 1 from notification n where n.episode_id = v.episode_id) "
        "union all select a.fingerprint from alert a where a.state = 'firing' and not exists "
        "(select 1 from alert_event v where v.episode_id = a.episode_id)"
    )


def _mount(*options) -> bool:
    return subprocess.run(["mount", *options], capture_output=True, check=False).returncode == 0


def _fill(path) -> None:
    """Write until there is no room."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
