"""Stored: the history workload in a SQLite database, backtested from there, and one tick of its subjects."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench import workload
from bench.backtesting import UNTIL, Watch, backtest, check, indicator_of, key_of, peak_megabytes, watches_of
from bench.desks import open_desk
from bench.measure import Figure, compare, seconds, single
from bench.sample import SOURCE
from monitor.bootstrap import Application
from monitor.domain.clock import DAY_SECONDS, Clock, ClockMode, moment
from monitor.domain.pack import Definition
from monitor.domain.scale import RISK
from monitor.domain.series import Floats
from monitor.domain.source import Source
from monitor.scheduling.jobs import drain_pipeline, pack_due
from monitor.services.model_of import model_of
from monitor.services.read_columns import read_columns_of_all
from monitor.storage import definitions, packed_series, series, subjects
from monitor.storage.rows.observations import BatchRow, PackedSeriesRow, ProvenanceRow

FILE = "heatwatch.sqlite3"
GOAL_SECONDS = 15.0
SAMPLE = 50
NAMES = "series_id, period_start, seq, value"
Rows = Iterator[tuple[Any, ...]]
Write = Callable[[Rows], None]


def run(folder: Path) -> list[Figure]:
    """Fill a SQLite desk with the whole history, and measure on it."""
    with open_desk(folder) as desk:
        return measure(desk, lambda rows: _into_sqlite(folder / FILE, rows))


def measure(desk: Application, write: Write) -> list[Figure]:
    """Fill a desk, let its worker pack, then time the backtest and the tick."""
    inds = workload.indicators()
    values, bare = workload.history(inds), workload.Bare.of(inds)
    watches = watches_of(inds)
    install(desk, inds, watches)
    loading = seconds(lambda: load(desk, inds, values, write))
    packing = seconds(lambda: pack_due(desk))
    return [
        compare(
            "score and run 10,000 rules over 1,826 days, from the database",
            lambda: seconds(lambda: check(from_database(desk, watches))),
            "bare numpy: three clamps and a weighted mean",
            lambda: seconds(lambda: bare.heats(bare.scores(values))),
            runs=3, goal=GOAL_SECONDS,
        ),
        single("peak memory of all this", [peak_megabytes()], unit="MB"),
        single("load 18,260,000 rows", [loading], unit="s"),
        single("pack them (a worker's job, once)", [packing], unit="s"),
        single("packed, bytes a row", [_bytes_a_row(desk)], unit="bytes"),
        tick(desk),
    ]  # fmt: skip


def from_database(desk: Application, watches: Sequence[Watch]) -> Any:
    """Read definitions and all history, score it and run the rules."""
    with desk.reading() as (session, _):
        models = [model_of(session, watch.model.subject.slug)[1] for watch in watches]
        columns = {key: each for part in read_columns_of_all(session, models) for key, each in part.items()}
    return backtest([Watch(model=m, rules=w.rules) for m, w in zip(models, watches, strict=True)], columns)


def tick(desk: Application) -> Figure:
    """Time a worker's turn in which every subject is due: assessed, published, its rules looked at."""
    slugs = [f"subj-{number:03d}" for number in range(workload.SUBJECTS)]

    def due() -> float:
        with desk.writing() as (session, now):
            subjects.mark_due(session, slugs, now=now)
        return seconds(lambda: drain_pipeline(desk))

    due()
    return single("a worker's turn: 200 subjects, 10,000 placements", [due() for _ in range(3)], unit="s")


def install(desk: Application, inds: Sequence[workload.Indicator], watches: Sequence[Watch]) -> None:
    """Store the definitions; the subjects' clocks stand at the end of the history."""
    values: list[Definition] = [
        RISK,
        Source(slug=SOURCE, name="Bench", kind="file", licence="CC0-1.0", attribution="Made up"),
        *map(indicator_of, inds),
        *(watch.model.subject for watch in watches),
        *(placed.placement for watch in watches for placed in watch.model.placements),
    ]
    with desk.writing() as (session, now):
        definitions.save_all(session, values, author="bench", reason="bench", effective_at=now, now=now)
        for watch in watches:
            slug = watch.model.subject.slug
            series.set_watched(session, slug, watch.model.series)
            subjects.add(session, slug)
            subjects.set_clock(session, slug, Clock(mode=ClockMode.STANDING, stands_at=moment(UNTIL)))
            # As if its past had been drawn before.
            state = replace(subjects.state(session, slug), assessed_seq=1)
            subjects.finish_assessment(session, state, claimed_at=now)


def load(
    desk: Application,
    inds: Sequence[workload.Indicator],
    values: Floats,
    write: Write,
    *,
    day0: int = workload.DAY0,
) -> None:
    """Write the history series by series, past the program, and note it as a first import would."""
    with desk.writing() as (session, now):
        numbers = series.ensure(session, map(key_of, inds))
        batch = BatchRow(source=SOURCE, author="bench", note="", stored_at=now)
        session.add(batch)
        session.flush()
        told_alike = ProvenanceRow(
            first_seq=1, batch_id=batch.id, source_revision=0, grade="", is_reconstructed=False,
            is_confirmed=False, has_detail=False, span_seconds=DAY_SECONDS, known_after=DAY_SECONDS,
        )  # fmt: skip
        session.add(told_alike)
    write(_rows([numbers[key_of(each)] for each in inds], values, day0))
    with desk.writing() as (session, _):
        packed_series.forget(session, list(numbers.values()))


def _rows(numbers: Sequence[int], values: Floats, day0: int) -> Rows:
    days = [day0 + day * DAY_SECONDS for day in range(values.shape[1])]
    seq = 1
    for number, row in zip(numbers, values, strict=True):
        for start, value in zip(days, row.tolist(), strict=True):
            yield number, start, seq, value
            seq += 1


def _into_sqlite(file: Path, rows: Rows) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            f"INSERT INTO observation ({NAMES}) VALUES (?, ?, ?, ?)",  # noqa: S608
            rows,
        )
        connection.execute("UPDATE counter SET value = (SELECT max(seq) FROM observation) WHERE name = 'seq'")
        connection.execute("COMMIT")
    finally:
        connection.close()


def _bytes_a_row(desk: Application) -> float:
    row = PackedSeriesRow
    with desk.reading() as (session, _):
        size, count = session.execute(select(func.sum(func.length(row.body)), func.sum(row.count))).one()
        wrong = packed_series.find_wrong(session, most=SAMPLE)
    if wrong:
        raise AssertionError(f"packed series differ from their rows: {wrong}")
    return float(size / count)
