"""Assessing: one value arrives and its subject is assessed end to end, against the scoring alone."""

from datetime import timedelta
from pathlib import Path

import numpy as np

from bench.desks import open_desk
from bench.measure import Figure, compare, seconds
from bench.sample import DECADE_DAYS, SOURCE, YEAR_DAYS, install, keys_of, midnight, model_of, readings_of
from monitor.bootstrap import Application
from monitor.domain.clock import epoch
from monitor.domain.observation import Reading
from monitor.domain.scoring.heat import score
from monitor.scheduling.jobs import pack_due
from monitor.services.assess import assess, claim_assessment
from monitor.storage import observations, series

SERIES = 50


def run(folder: Path) -> list[Figure]:
    """Time a year of days and ten."""
    return [_assessed(folder / f"{days}", days) for days in (YEAR_DAYS, DECADE_DAYS)]


def _assessed(home: Path, days: int) -> Figure:
    with open_desk(home) as desk:
        _fill(desk, days)
        pack_due(desk)
        _assess(desk)
        return compare(
            f"assess 50 series x {days:,} days, commit included",
            lambda: _arrived(desk),
            "scoring the same moment alone",
            lambda: _scored(desk),
            runs=5, unit="ms", scale=1000,
        )  # fmt: skip


def _fill(desk: Application, days: int) -> None:
    with desk.writing() as (session, now):
        install(session, ["leader"], SERIES, now=now)
        for number, key in enumerate(keys_of("leader", SERIES)):
            readings = readings_of(key, number, days, until=midnight(now))
            observations.add(session, readings, source=SOURCE, author="bench", note="", now=now)


def _arrived(desk: Application) -> float:
    """Store one more value of the last day, then time the assessment of it."""
    with desk.writing() as (session, now):
        end = midnight(now)
        revision = int(now.timestamp() * 1000)
        value = Reading(
            series=keys_of("leader", SERIES)[0], period_start=end - timedelta(days=1), period_end=end,
            value=100.0 + revision % 400, known_at=now, grade="B2", source_revision=revision,
        )  # fmt: skip
        observations.add(session, [value], source=SOURCE, author="bench", note="", now=now)
    return seconds(lambda: _assess(desk))


def _assess(desk: Application) -> None:
    """Claim and assess as the worker does, in two transactions."""
    with desk.writing() as (session, now):
        claim = claim_assessment(session, now=now)
    if claim is None:
        raise AssertionError("nothing is due")
    with desk.writing() as (session, wall):
        assess(session, claim.slug, slot=claim.slot, now=wall, claimed_at=now)


def _scored(desk: Application) -> float:
    model, keys = model_of("leader", SERIES), keys_of("leader", SERIES)
    with desk.reading() as (session, now):
        columns = series.columns(session, keys)
    at = np.array([epoch(now)])
    return seconds(lambda: score(model, columns, at=at))
