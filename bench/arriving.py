"""Arrival to webhook: a value is stored and a real worker's webhook received, against a bare POST."""

import queue
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
from sqlalchemy import DateTime, text

from bench.desks import environ_of, open_desk, start
from bench.measure import Figure, Spread, figure_of_pairs, percentile
from bench.sample import CRITICAL, SOURCE, YEAR_DAYS, critical_rules, install, keys_of, midnight, readings_of
from monitor.bootstrap import Application
from monitor.dev.arrivals import Arrival, Incoming
from monitor.dev.receiver import Receiver, build_receiver
from monitor.domain.alerting.channel import Channel
from monitor.domain.observation import Reading
from monitor.services.add_channel import add_channel
from monitor.storage import observations

SUBJECTS, SERIES = 5, 10
SLOWEST_SECONDS = 30.0
PERCENTS = (50, 90, 99)
PAUSE_SECONDS = 0.1

# Each stage as the database dates it: from the first column to the second.
_STAGES = {
    "stored until its rule is evaluated (wake-up, assess)": ("stored_at", "raised_at"),
    "rule evaluated until the message is formed (wake-up)": ("raised_at", "formed_at"),
    "message formed until the attempt begins (render, claim)": ("formed_at", "started_at"),
    "the attempt until its answer": ("started_at", "ended_at"),
}
_DATES = text(
    "SELECT e.series, b.stored_at, v.stored_at AS raised_at, d.formed_at, a.started_at, a.ended_at"
    " FROM delivery d JOIN alert_event v ON v.episode_id = d.episode_id AND v.event_seq = d.event_seq"
    " JOIN attempt a ON a.delivery_id = d.id JOIN episode e ON e.id = d.episode_id"
    " JOIN series s ON s.indicator || ':' || s.unit = e.series"
    " JOIN latest l ON l.series_id = s.id JOIN batch b ON b.id = l.batch_id"
).columns(**dict.fromkeys(("stored_at", "raised_at", "formed_at", "started_at", "ended_at"), DateTime))


class Doorbell:
    """The receiver's arrivals, each with the moment it was kept."""

    def __init__(self, receiver: Receiver) -> None:
        """Listen at the receiver's list of arrivals."""
        self.url = f"{receiver.url}/hook/desk"
        self._rings: queue.Queue[float] = queue.Queue()
        keep = receiver.arrivals.add

        def add(incoming: Incoming) -> Arrival:
            self._rings.put(time.perf_counter())
            return keep(incoming)

        receiver.arrivals.add = add  # type: ignore[method-assign]

    def wait(self) -> float:
        """Return when the next arrival came."""
        return self._rings.get(timeout=SLOWEST_SECONDS)


def run(folder: Path) -> list[Figure]:
    """Time one critical value a series, one after another, and a bare POST after each."""
    home = folder / "desk"
    with build_receiver(folder / "receiver") as receiver, open_desk(home) as desk:
        door = Doorbell(receiver)
        _prepare(desk, door.url)
        with working(home, folder / "worker.log"), httpx.Client() as client:
            idle(desk)
            pairs = [
                (_arrival(desk, key, door), _post(client, door))
                for number in range(SUBJECTS)
                for key in keys_of(_subject(number), SERIES)
            ]
            idle(desk)
        stages = _stages(desk)
    return [*_latencies(pairs), *stages]


def _latencies(pairs: list[tuple[float, float]]) -> list[Figure]:
    ours, bare = [[each[side] * 1000 for each in pairs] for side in (0, 1)]
    whole = figure_of_pairs(
        f"value stored until webhook received, {len(pairs)} times", list(zip(ours, bare, strict=True)),
        "a kept httpx client's POST until received", unit="ms",
    )  # fmt: skip
    points = [
        figure_of_pairs(
            f"p{percent}", [(percentile(ours, percent), percentile(bare, percent))], f"p{percent}", unit="ms"
        )
        for percent in PERCENTS
    ]
    return [whole, *points]


def _subject(number: int) -> str:
    return f"leader-{number}"


def _prepare(desk: Application, url: str) -> None:
    """Store a calm year of every series, a critical rule for each, and the channel."""
    slugs = [_subject(number) for number in range(SUBJECTS)]
    rules = tuple(rule for slug in slugs for rule in critical_rules(slug, SERIES))
    with desk.writing() as (session, now):
        install(session, slugs, SERIES, now=now, rules=rules)
        readings = [
            reading
            for slug in slugs
            for number, key in enumerate(keys_of(slug, SERIES))
            for reading in readings_of(key, number, YEAR_DAYS, until=midnight(now), most=240.0)
        ]
        observations.add(session, readings, source=SOURCE, author="bench", note="", now=now)
        hook = Channel(
            slug="hook", name="Hook", kind="webhook", settings={"url": url, "allow_http": True}, per_minute=0
        )
        add_channel(session, hook, secrets=desk.secrets, actor="bench", now=now)


@contextmanager
def working(home: Path, log: Path) -> Iterator[int]:
    """Run a worker process on a desk; yield its number."""
    process = start("worker", environ=environ_of(home), log=log)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=SLOWEST_SECONDS)


def _arrival(desk: Application, key: str, door: Doorbell) -> float:
    """Store a critical value of the day that has begun; return the seconds until its webhook is kept."""
    time.sleep(PAUSE_SECONDS)
    begun = time.perf_counter()
    with desk.writing() as (session, now):
        start_ = midnight(now)
        value = Reading(
            series=key, period_start=start_, period_end=start_ + timedelta(days=1), value=CRITICAL,
            known_at=now, grade="B2",
        )  # fmt: skip
        observations.add(session, [value], source=SOURCE, author="bench", note="", now=now)
    return door.wait() - begun


def _post(client: httpx.Client, door: Doorbell) -> float:
    """POST something of a webhook's size; return the seconds until it is kept."""
    time.sleep(PAUSE_SECONDS)
    begun = time.perf_counter()
    client.post(door.url, content=b'{"data":{}, "filling":"' + b"x" * 3000 + b'"}')
    return door.wait() - begun


def idle(desk: Application, *, seconds: float = SLOWEST_SECONDS) -> None:
    """Return when every subject is assessed and its rules evaluated, and nothing is left to send."""
    counts = (
        "SELECT (SELECT count(*) FROM subject_state WHERE assess_due_at IS NOT NULL OR assessed_seq = 0)"
        " + (SELECT count(*) FROM subject_state WHERE alerts_slot IS NOT NULL)"
        " + (SELECT count(*) FROM delivery WHERE status IN ('formed', 'leased'))"
    )
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with desk.reading() as (session, _):
            if not session.execute(text(counts)).scalar_one():
                return
        time.sleep(PAUSE_SECONDS)
    raise TimeoutError("the worker did not become idle")


def _stages(desk: Application) -> list[Figure]:
    """Return how long each stage took, by the times the worker itself stored."""
    with desk.reading() as (session, _):
        rows = session.execute(_DATES).mappings().all()
    return [
        Figure(
            name=f"of that: {name}", unit="ms",
            ours=Spread.of([(row[last] - row[first]).total_seconds() * 1000 for row in rows]),
        )
        for name, (first, last) in _STAGES.items()
    ]  # fmt: skip
