"""A desk that has watched 200 subjects for five years: daily values, a published point for every day.

Its indicators are those of the history workload: four for each subject, and all fifty for the first. The last
of the 1,826 days ends with today's midnight, and the clocks are live.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bench import workload
from bench.backtesting import Watch, indicator_of, key_of, watches_of
from bench.sample import SOURCE
from bench.stored import load
from monitor.bootstrap import Application
from monitor.domain.clock import DAY_SECONDS, LIVE
from monitor.domain.observation import Reading
from monitor.domain.pack import Definition
from monitor.domain.person import Role
from monitor.domain.scale import RISK, UNKNOWN
from monitor.domain.scoring.heat import score
from monitor.domain.scoring.level import levels
from monitor.domain.source import Source
from monitor.scheduling.jobs import drain_pipeline, pack_due
from monitor.services.add_person import add_person
from monitor.services.read_columns import read_columns_of_all
from monitor.services.sign_in import begin_try, finish_try, prove
from monitor.storage import definitions, level_changes, observations, series, subjects
from monitor.storage.rows.subjects import HeatPointRow

FILE = "heatwatch.sqlite3"
EVERY, FIRST = 4, 50
EMAIL, PASSWORD = "bench@example.org", "correct horse battery"
_NAMES = [column.name for column in HeatPointRow.__table__.columns]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What was built: the subjects, the series of each, and the day the history begins with."""

    watches: tuple[Watch, ...]
    inds: tuple[workload.Indicator, ...]
    day0: int

    @property
    def largest(self) -> str:
        """The subject with fifty indicators."""
        return self.watches[0].model.subject.slug


def build(desk: Application, folder: Path) -> Desk:
    """Fill a SQLite desk; a worker's turn then publishes today's heat and fires the rules."""
    inds = _chosen()
    watches = watches_of(inds)
    midnight = int(datetime.now(UTC).timestamp()) // DAY_SECONDS * DAY_SECONDS
    made = Desk(watches=tuple(watches), inds=tuple(inds), day0=midnight - workload.DAYS * DAY_SECONDS)
    values = workload.history(inds)
    _install(desk, inds, watches)
    load(desk, inds, values, lambda rows: _write(folder / FILE, _VALUES, rows), day0=made.day0)
    while pack_due(desk):
        pass
    _publish(desk, folder / FILE, made)
    _assess(desk, [watch.model.subject.slug for watch in watches])
    return made


def move(desk: Application, made: Desk, number: int) -> None:
    """Give one subject a value of today, and let a worker assess it."""
    each = made.inds[number % workload.SUBJECTS]
    at = datetime.now(UTC)
    start = datetime.fromtimestamp(made.day0, UTC) + timedelta(days=workload.DAYS)
    value = workload.breach(each) if number % 2 else workload.calm(each)
    reading = Reading(
        series=key_of(each), period_start=start, period_end=start + timedelta(days=1), value=value,
        known_at=at, source_revision=number,
    )  # fmt: skip
    with desk.writing() as (session, now):
        observations.add(session, [reading], source=SOURCE, author="bench", note="", now=now)
        subjects.mark_due(session, [made.watches[each.subject].model.subject.slug], now=now)
    drain_pipeline(desk)


def token(desk: Application) -> str:
    """Make an account and sign it in, without the form, whose password hashing is slow on purpose."""
    with desk.writing() as (session, now):
        add_person(
            session, email=EMAIL, name="Bench", role=Role.ADMIN, password=PASSWORD, actor="bench", now=now
        )  # fmt: skip
        attempt = begin_try(session, email=EMAIL, address="", now=now)
    proof = prove(attempt, PASSWORD)
    with desk.writing() as (session, now):
        signed_in = finish_try(session, attempt, proof, now=now)
    if signed_in is None:
        raise AssertionError("the account could not sign in")
    return signed_in.token


_VALUES = "INSERT INTO observation (series_id, period_start, seq, value) VALUES (?, ?, ?, ?)"
_POINTS = f"INSERT INTO heat_point ({', '.join(_NAMES)}) VALUES ({', '.join('?' * len(_NAMES))})"  # noqa: S608


def _chosen() -> list[workload.Indicator]:
    """Return four indicators of each subject, and fifty of the first: indicator i is of subject i % 200."""
    most = {subject: FIRST if subject == 0 else EVERY for subject in range(workload.SUBJECTS)}
    return [each for each in workload.indicators() if each.number // workload.SUBJECTS < most[each.subject]]


def _install(desk: Application, inds: Sequence[workload.Indicator], watches: Sequence[Watch]) -> None:
    values: list[Definition] = [
        RISK,
        Source(slug=SOURCE, name="Bench", kind="file", licence="CC0-1.0", attribution="Made up"),
        *map(indicator_of, inds),
        *(replace(watch.model.subject, name=f"Subject {watch.model.subject.slug[-3:]}") for watch in watches),
        *(placed.placement for watch in watches for placed in watch.model.placements),
        *(rule for watch in watches for rule in watch.rules),
    ]
    with desk.writing() as (session, now):
        definitions.save_all(session, values, author="bench", reason="bench", effective_at=now, now=now)
        for watch in watches:
            slug = watch.model.subject.slug
            series.set_watched(session, slug, watch.model.series)
            subjects.add(session, slug, clock=LIVE)
            # Its past is written below, day by day, as if it had been watched.
            state = replace(subjects.state(session, slug), assessed_seq=1)
            subjects.finish_assessment(session, state, claimed_at=now)


def _publish(desk: Application, file: Path, made: Desk) -> None:
    """Write the point of every midnight, and the changes of level between them."""
    at = made.day0 + (np.arange(workload.DAYS, dtype=np.int64) + 1) * DAY_SECONDS
    models = [watch.model for watch in made.watches]
    with desk.reading() as (session, _):
        columns = read_columns_of_all(session, models)
    rows: list[tuple[Any, ...]] = []
    with desk.writing() as (session, _):
        for model, own in zip(models, columns, strict=True):
            scores = score(model, own, at=at)
            stepped = levels(model.scale, model.subject.min_coverage, scores)
            given = {name: getattr(scores, name).tolist() for name in _REAL} | {
                "at": at.tolist(), "level": list(stepped.names),
                "concern": [None if each is None else int(each) for each in stepped.concerns],
            }  # fmt: skip
            same = {"subject": model.subject.slug, "origin": "published", "seq": 1, "input_seq": 1,
                    "definition_seq": 1, "known_at": None, "state_before": None, "cause": ""}  # fmt: skip
            parts = [given.get(name) or [same[name]] * len(at) for name in _NAMES]
            rows += zip(*parts, strict=True)
            for change in stepped.changes:
                level_changes.add(session, model.subject.slug, change, seq=1)
    if not any(row[_NAMES.index("level")] != UNKNOWN for row in rows):
        raise AssertionError("the history has no level: its lines would be blank")
    _write(file, _POINTS, iter(rows))


_REAL = (
    "heat", "pressure", "raw_pressure", "heat_low", "heat_high", "coverage", "confidence", "ungraded",
    "carried",
)  # fmt: skip


def _assess(desk: Application, slugs: Sequence[str]) -> None:
    with desk.writing() as (session, now):
        subjects.mark_due(session, slugs, now=now)
    drain_pipeline(desk)


def _write(file: Path, statement: str, rows: Iterator[tuple[Any, ...]]) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(statement, rows)
        connection.execute("UPDATE counter SET value = (SELECT max(seq) FROM observation) WHERE name = 'seq'")
        connection.execute("COMMIT")
    finally:
        connection.close()
