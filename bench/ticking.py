"""A tick of the worker with 1,000 due sources, asked over HTTP of a stand-in in a process of its own."""

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
from sqlalchemy import func, select, update

from bench.desks import environ_of, open_desk, start
from bench.measure import Figure, Spread, seconds
from monitor.bootstrap import Application
from monitor.domain.indicator import Indicator
from monitor.domain.normalisations.normalisation import Unscored
from monitor.domain.pack import Definition
from monitor.domain.source import Source
from monitor.scheduling.observing import LIVELY, Observers
from monitor.storage import definitions, series, sources
from monitor.storage.rows.desk import RunRow, SourceStateRow

SOURCES = 1000
# The years of one country in UCDP's table: what each source stores at its first run.
VALUES = 36
INDICATOR = "bench-violence"
SLOWEST_SECONDS = 900.0
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/files")
_WAIT_SECONDS, _TRIES = 0.2, 300


def run(folder: Path) -> list[Figure]:
    """Time a tick in which every source brings a history, one in which none does, and bare GETs."""
    with _stand_in(folder) as base, open_desk(folder / "desk") as desk:
        urls = [f"{base}/organizedviolencecy_v25_1.csv?of={number}" for number in range(SOURCES)]
        _prepare(desk, urls)
        bare = [seconds(lambda: _read(urls))]
        first = _tick(desk, outcome="ok", new=VALUES)
        bare.append(seconds(lambda: _read(urls)))
        again = _tick(desk, outcome="unchanged", new=0)
    against = f"{SOURCES} GETs of kept httpx clients, {LIVELY} at once"
    return [
        _figure(f"{SOURCES} due sources, {VALUES} values of each stored", first, against, bare[0]),
        _figure(f"{SOURCES} due sources, nothing new", again, against, bare[1]),
    ]


def _figure(name: str, ours: float, against: str, bare: float) -> Figure:
    return Figure(
        name=name, unit="s", ours=Spread.of([ours]), against=against, baseline=Spread.of([bare]),
        ratio=Spread.of([ours / bare]), notes=(f"{SOURCES / ours:.0f} sources a second",),
    )  # fmt: skip


@contextmanager
def _stand_in(folder: Path) -> Iterator[str]:
    """Start the stand-ins; yield where the host of plain files is."""
    log = folder / "stand-in.log"
    process = start("dev-sources", "--port", "0", environ=environ_of(folder / "stand-in"), log=log)
    try:
        yield _address(log)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _address(log: Path) -> str:
    for _ in range(_TRIES):
        if found := _ADDRESS.search(log.read_text() if log.exists() else ""):
            return found[0]
        time.sleep(_WAIT_SECONDS)
    raise RuntimeError(f"the stand-in did not say where it is: {log.read_text()[-500:]}")


def _prepare(desk: Application, urls: list[str]) -> None:
    """Define a source a URL with a series each, all of them due."""
    indicator = Indicator(
        slug=INDICATOR, name="Violence", unit="deaths", source="bench-0", cadence_days=365,
        normalisation=Unscored(), fresh_for_days=800, expires_after_days=2000,
    )  # fmt: skip
    found: list[Definition] = [indicator, *(_source(number, url) for number, url in enumerate(urls))]
    with desk.writing() as (session, now):
        definitions.save_all(session, found, author="bench", reason="", effective_at=now, now=now)
        series.ensure(session, [f"{INDICATOR}:unit-{number}" for number in range(len(urls))])
        for number in range(len(urls)):
            sources.add(session, f"bench-{number}", due_at=now)


def _source(number: int, url: str) -> Source:
    value = "cumulative_total_deaths_in_orgvio_best_cy"
    mapped = {"series": f"{INDICATOR}:unit-{number}", "value": value, "where": {"country_cy": "Mali"}}
    settings = {
        "url": url, "allow_http": True, "pause_seconds": 0.0, "at_once": 16, "date": "year_cy",
        "period": "year", "series": [mapped],
    }  # fmt: skip
    return Source(
        slug=f"bench-{number}", name=f"Bench {number}", kind="csv", licence="CC-BY-4.0",
        attribution="Source: Uppsala Conflict Data Program, Country-Year Dataset 25.1",
        interval_seconds=86_400, settings=settings,
    )  # fmt: skip


def _tick(desk: Application, *, outcome: str, new: int) -> float:
    """Make all sources due, and return the seconds until all have been asked, as the worker does it."""
    with desk.writing() as (session, now):
        session.execute(update(SourceStateRow).values(due_at=now))
        before = session.execute(select(func.max(RunRow.id))).scalar_one() or 0
    observers = Observers()
    begun = time.perf_counter()
    observers.tick(desk)
    if not observers.wait(SLOWEST_SECONDS):
        raise RuntimeError(f"{SOURCES} sources were not asked within {SLOWEST_SECONDS:.0f} s")
    took = time.perf_counter() - begun
    with desk.reading() as (session, _):
        query = select(RunRow.outcome, RunRow.new, func.count()).where(RunRow.id > before)
        ended = [tuple(row) for row in session.execute(query.group_by(RunRow.outcome, RunRow.new))]
    if ended != [(outcome, new, SOURCES)]:
        raise RuntimeError(f"{SOURCES} runs were to be {outcome} with {new} new values, and are {ended}")
    return took


def _read(urls: list[str]) -> None:
    """Read every URL, by as many threads as ask sources, each with a client that keeps its connection."""
    own = threading.local()

    def read(url: str) -> None:
        if not hasattr(own, "client"):
            own.client = httpx.Client()
        own.client.get(url).raise_for_status()

    with ThreadPoolExecutor(LIVELY) as pool:
        list(pool.map(read, urls))
