"""Made-up data of a fixed seed: a subject with daily series, as definitions, columns or readings."""

from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy.orm import Session

from monitor.domain.alerting.rule import Rule, RuleKind
from monitor.domain.clock import DAY_SECONDS, moment
from monitor.domain.grade import grade_factor
from monitor.domain.indicator import Indicator, ThresholdNormalisation
from monitor.domain.normalisations.threshold import Thresholds
from monitor.domain.observation import Reading
from monitor.domain.pack import Definition
from monitor.domain.placement import Placement
from monitor.domain.scale import STANDING, Concern
from monitor.domain.scoring.model import Model, compile_model
from monitor.domain.series import Columns, Floats
from monitor.domain.source import Source
from monitor.domain.subject import Driver, Subject
from monitor.storage import definitions, series, subjects

SEED = 20251130
DRIVERS = 5
SOURCE = "bench"
THRESHOLDS = Thresholds(calm=100, watch=150, elevated=250, high=350, critical=500)
CRITICAL = 600.0
YEAR_DAYS, DECADE_DAYS = 365, 3650


def walk(number: int, days: int, *, most: float = 600.0) -> Floats:
    """Return a random walk of daily values between 50 and `most`; the same for the same number."""
    generator = np.random.default_rng((SEED, number))
    return np.clip(np.cumsum(generator.normal(0, 10, days)) + (50 + most) / 2, 50, most)


def keys_of(subject: str, count: int) -> list[str]:
    """Name the series of a subject."""
    return [f"bench-{number}:{subject}" for number in range(count)]


def subject_of(slug: str) -> Subject:
    """Return a subject of five drivers of differing weight."""
    drivers = tuple(
        Driver(slug=f"driver-{number}", name=f"Driver {number}", weight=1.0 + number)
        for number in range(DRIVERS)
    )
    return Subject(slug=slug, name=slug, kind="leader", scale=STANDING.slug, drivers=drivers)


def indicators_of(count: int) -> list[Indicator]:
    """Return daily indicators with thresholds."""
    return [
        Indicator(
            slug=f"bench-{number}", name=f"Bench {number}", unit="index", source=SOURCE, cadence_days=1,
            normalisation=ThresholdNormalisation(thresholds=THRESHOLDS),
            fresh_for_days=3, expires_after_days=30,
        )
        for number in range(count)
    ]  # fmt: skip


def placements_of(subject: str, count: int) -> list[Placement]:
    """Place the series of a subject under its drivers in turn, with weights 1 to 3."""
    return [
        Placement(
            subject=subject, driver=f"driver-{number % DRIVERS}", series=key, weight=1.0 + number % 3
        )
        for number, key in enumerate(keys_of(subject, count))
    ]  # fmt: skip


def critical_rules(subject: str, count: int) -> list[Rule]:
    """Return one rule a series that fires at critical alone, at the first value."""
    return [
        Rule(
            slug=f"{subject}-{number}", name=f"{subject} {number}", kind=RuleKind.THRESHOLD,
            subject=subject, series=key, lowest_concern=Concern.CRITICAL,
        )
        for number, key in enumerate(keys_of(subject, count))
    ]  # fmt: skip


def model_of(subject: str, count: int) -> Model:
    """Return the compiled model of a subject."""
    indicators = {indicator.slug: indicator for indicator in indicators_of(count)}
    return compile_model(subject_of(subject), STANDING, placements_of(subject, count), indicators)


def columns_of(number: int, days: int, *, revised_every: int = 0) -> Columns:
    """Return a series of daily rows from 1970 on, each known at its period's end.

    With `revised_every`, the value of every so many days is corrected a week after it was known.
    """
    start = np.arange(days, dtype=np.int64) * DAY_SECONDS
    revised = np.arange(revised_every, days - 7, revised_every) if revised_every else np.arange(0)
    which = np.concatenate([np.arange(days), revised])
    revision = np.concatenate([np.zeros(days, dtype=np.int64), np.ones(len(revised), dtype=np.int64)])
    known = start[which] + DAY_SECONDS * (1 + 7 * revision)
    order = np.lexsort((revision, known))
    which, revision, known = which[order], revision[order], known[order]
    blank = np.full(len(which), np.nan)
    return Columns(
        period_start=start[which], period_end=start[which] + DAY_SECONDS, known_at=known,
        source_revision=revision, seq=np.arange(1, len(which) + 1, dtype=np.int64),
        value=walk(number, days)[which] + revision, low=blank, high=blank,
        grade=np.full(len(which), grade_factor("B2")),
    )  # fmt: skip


def readings_of(key: str, number: int, days: int, *, until: datetime, most: float = 600.0) -> list[Reading]:
    """Return daily readings of a series, the last period ending at `until`."""
    day = timedelta(days=1)
    first = until - days * day
    return [
        Reading(
            series=key, period_start=first + index * day, period_end=first + (index + 1) * day,
            value=float(value), known_at=first + (index + 1) * day, grade="B2",
        )
        for index, value in enumerate(walk(number, days, most=most))
    ]  # fmt: skip


def midnight(now: datetime) -> datetime:
    """Return the last midnight UTC."""
    return moment(int(now.astimezone(UTC).timestamp()) // DAY_SECONDS * DAY_SECONDS)


def install(
    session: Session, slugs: list[str], count: int, *, now: datetime, rules: tuple[Rule, ...] = ()
) -> None:
    """Store subjects of so many series each, on a live clock, with the rules given."""
    values: list[Definition] = [
        STANDING,
        Source(slug=SOURCE, name="Bench", kind="file", licence="CC0-1.0", attribution="Made up"),
        *indicators_of(count),
        *(subject_of(slug) for slug in slugs),
        *(placement for slug in slugs for placement in placements_of(slug, count)),
        *rules,
    ]  # fmt: skip
    definitions.save_all(session, values, author="bench", reason="bench", effective_at=now, now=now)
    for slug in slugs:
        series.set_watched(session, slug, keys_of(slug, count))
        subjects.add(session, slug)
