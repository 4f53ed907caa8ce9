"""From a value to a webhook on the workload of Prometheus's run: 200 alerts one by one, then 516 at once.

10,000 indicators of 200 subjects, a rule each, through a real worker on SQLite with `synchronous=FULL`; one
POST an alert, the channel's rate limit lifted. BENCH_INDICATORS makes it smaller.
"""

import itertools
import os
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import orjson
from sqlalchemy import func, select, text

from bench.arriving import idle, working
from bench.desks import open_desk
from bench.measure import Figure, Spread, percentile
from bench.memory import processor_seconds
from bench.sample import midnight
from bench.workload import (
    INDICATORS,
    SCORES,
    SUBJECTS,
    Indicator,
    breach,
    calm,
    indicators,
    injected,
    stormed,
)
from monitor.bootstrap import Application
from monitor.domain.alerting.alert import EventType
from monitor.domain.alerting.channel import Channel
from monitor.domain.alerting.rule import Rule, RuleKind
from monitor.domain.clock import DAY_SECONDS
from monitor.domain.indicator import Indicator as Definition
from monitor.domain.indicator import ThresholdNormalisation
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.observation import Reading
from monitor.domain.placement import Placement
from monitor.domain.scale import STANDING, Concern
from monitor.domain.source import Source
from monitor.domain.subject import Driver, Subject
from monitor.services.add_channel import add_channel
from monitor.storage import definitions, observations, series, subjects
from monitor.storage.rows.alerts import AlertEventRow

SOURCE = "bench"
PAUSE_SECONDS, SLOWEST_SECONDS, LONGEST_SECONDS = 0.1, 60.0, 900.0
COUNT = int(os.environ.get("BENCH_INDICATORS", INDICATORS))


class Sink:
    """Takes webhooks in a thread, and keeps when each came and of which series it told."""

    def __init__(self, series_of: Callable[[bytes], list[str]] | None = None) -> None:
        """Bind a free port and begin; `series_of` reads which series a body tells of."""
        reads = series_of or _native
        self.got: queue.Queue[tuple[float, str]] = queue.Queue()
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                at = time.perf_counter()
                body = self.rfile.read(int(self.headers["content-length"]))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()
                for key in reads(body):
                    sink.got.put((at, key))

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it takes them."""
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def wait(self) -> tuple[float, str]:
        """Return the next: when it came, and of which series."""
        return self.got.get(timeout=SLOWEST_SECONDS)


def _native(body: bytes) -> list[str]:
    event = orjson.loads(body)
    return [event["data"]["series"]["slug"]] if event["type"] == EventType.FIRING else []


def run(folder: Path) -> list[Figure]:
    """Store the calm, then breach 200 by one, then one in twenty together; counts must be exact."""
    home, inds, sink = folder / "desk", indicators(COUNT), Sink()
    with open_desk(home) as desk:
        _prepare(desk, inds, sink.url)
        with working(home, folder / "worker.log") as worker:
            idle(desk, seconds=LONGEST_SECONDS)
            quiet, begun = _events(desk), processor_seconds(worker)
            single = [_one(desk, each, sink) for each in injected(inds)]
            idle(desk)
            spent = processor_seconds(worker) - begun
            storm = _storm(desk, stormed(inds), sink, worker=worker)
            idle(desk)
        _require({"calm": (quiet, 0), "alerts": (_events(desk), len(single) + len(stormed(inds)))})
    return [*_latencies(single), _processor("one by one", spent, len(single)), *storm]


def _prepare(desk: Application, inds: Sequence[Indicator], url: str) -> None:
    names = [f"subj-{number:03d}" for number in range(min(SUBJECTS, len(inds)))]
    with desk.writing() as (session, now):
        found = [STANDING, Source(slug=SOURCE, name="Bench", kind="file", licence="CC0-1.0", attribution="-")]
        found += [_subject(name) for name in names]
        found += itertools.chain.from_iterable(_defined(each, names[each.subject]) for each in inds)
        definitions.save_all(session, found, author="bench", reason="", effective_at=now, now=now)
        for number, name in enumerate(names):
            keys = [_key(each) for each in inds if each.subject == number]
            series.set_watched(session, name, keys)
            subjects.add(session, name)
        hook = Channel(
            slug="hook", name="Hook", kind="webhook", per_minute=0, settings={"url": url, "allow_http": True}
        )
        add_channel(session, hook, secrets=desk.secrets, actor="bench", now=now)
    _store(desk, [(each, calm(each)) for each in inds], days_ago=5)


def _subject(name: str) -> Subject:
    return Subject(
        slug=name,
        name=name,
        kind="leader",
        scale=STANDING.slug,
        drivers=(Driver(slug="all", name="All", weight=1.0),),
    )


def _defined(ind: Indicator, subject: str) -> list[Definition | Placement | Rule]:
    """Return an indicator, its placement, and a rule that is critical where its score is at the threshold."""
    edge = float(np.interp(ind.threshold, SCORES, ind.knots))
    name = f"ind-{ind.number:05d}"
    indicator = Definition(
        slug=name, name=name, unit="index", source=SOURCE, cadence_days=1, fresh_for_days=30,
        expires_after_days=300,
        normalisation=ThresholdNormalisation(thresholds=Thresholds(calm=ind.knots[0], critical=edge)),
    )  # fmt: skip
    placement = Placement(subject=subject, driver="all", series=_key(ind), weight=float(ind.weight))
    rule = Rule(
        slug=name, name=name, kind=RuleKind.THRESHOLD, subject=subject, series=_key(ind),
        lowest_concern=Concern.CRITICAL, for_count=ind.hold + 1,
    )  # fmt: skip
    return [indicator, placement, rule]


def _key(ind: Indicator) -> str:
    return f"ind-{ind.number:05d}:bench"


def _store(desk: Application, values: Iterable[tuple[Indicator, float]], *, days_ago: int) -> float:
    """Store values of one day in one transaction; return when that began."""
    begun = time.perf_counter()
    with desk.writing() as (session, now):
        start = midnight(now) - timedelta(days=days_ago)
        readings = [_reading(each, value, start, now) for each, value in values]
        observations.add(session, readings, source=SOURCE, author="bench", note="", now=now)
    return begun


def _reading(ind: Indicator, value: float, start: datetime, now: datetime) -> Reading:
    return Reading(
        series=_key(ind), period_start=start, period_end=start + timedelta(seconds=DAY_SECONDS), value=value,
        known_at=now, grade="B2",
    )  # fmt: skip


def _one(desk: Application, ind: Indicator, sink: Sink) -> float:
    """Breach one indicator; return the milliseconds until its webhook came."""
    time.sleep(PAUSE_SECONDS)
    begun = _store(desk, [(ind, breach(ind))], days_ago=4)
    at, told = sink.wait()
    _require({"series told": (told, _key(ind))})
    return (at - begun) * 1000


def _storm(desk: Application, inds: Sequence[Indicator], sink: Sink, *, worker: int) -> list[Figure]:
    """Breach many at once; those that hold fire at the fourth breach in a row."""
    at_once = [each for each in inds if not each.hold]
    figures = []
    for day in range(4):
        spent = processor_seconds(worker)
        begun = _store(desk, [(each, breach(each)) for each in inds], days_ago=3 - day)
        expected = {0: at_once, 3: [each for each in inds if each.hold]}.get(day, [])
        came = [sink.wait() for _ in expected]
        _require({"storm": ({told for _, told in came}, {_key(each) for each in expected})})
        if came:
            last, first = (max(at for at, _ in came) - begun, min(at for at, _ in came) - begun)
            name = f"storm: {len(came)} {'without hold' if not day else 'with hold'}, until the last webhook"
            figures.append(_figure(name, [last], "s", goal=1.0 if not day else None))
            figures.append(_figure(f"storm: {len(came)}, until the first webhook", [first], "s"))
        idle(desk)
        if came:
            spent = processor_seconds(worker) - spent
            figures.append(_processor(f"storm: {len(came)}", spent, len(came)))
    return figures


def _latencies(found: Sequence[float]) -> list[Figure]:
    name = f"value stored until webhook received, {len(found)} alerts"
    return [
        _figure(name, found, "ms"),
        *(
            _figure(f"p{percent}", [percentile(found, percent)], "ms", goal=goal)
            for percent, goal in ((50, 30.0), (90, None), (99, 200.0))
        ),
    ]


def _processor(name: str, seconds: float, alerts: int) -> Figure:
    return _figure(f"{name}: processor time of the worker, an alert", [seconds / alerts * 1000], "ms")


def _figure(name: str, values: Sequence[float], unit: str, *, goal: float | None = None) -> Figure:
    return Figure(name=name, unit=unit, ours=Spread.of(list(values)), goal=goal)


def _events(desk: Application) -> int:
    with desk.reading() as (session, _):
        query = (
            select(func.count())
            .select_from(AlertEventRow)
            .where(AlertEventRow.type == text("'alert.firing'"))
        )
        return session.execute(query).scalar_one()


def _require(found: dict[str, tuple[object, object]]) -> None:
    for name, (got, wanted) in found.items():
        if got != wanted:
            raise RuntimeError(f"{name}: {got} instead of {wanted}")
