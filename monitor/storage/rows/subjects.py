"""Rows of subjects: where each stands and what is due, its pressures, its heat and its changes of level."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import (
    Epoch,
    EpochKey,
    Id,
    Kind,
    MaybeEpoch,
    MaybeJson,
    Row,
    Slug,
    SlugKey,
    Words,
)


class SubjectStateRow(Row):
    """A subject's clock, its due marks, what was last assessed, and the level with its hysteresis."""

    __tablename__ = "subject_state"

    subject: Mapped[SlugKey]
    clock_mode: Mapped[Kind]
    stands_at: Mapped[datetime | None]
    runs_from: Mapped[datetime | None]
    runs_until: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    speed: Mapped[float]
    assess_due_at: Mapped[datetime | None] = mapped_column(index=True)
    assess_slot: Mapped[MaybeEpoch]
    alerts_due_at: Mapped[datetime | None] = mapped_column(index=True)
    alerts_slot: Mapped[MaybeEpoch]
    last_slot: Mapped[MaybeEpoch]
    next_daily_at: Mapped[datetime | None]
    assessed_seq: Mapped[int] = mapped_column(BigInteger)
    assessed_definition_seq: Mapped[int] = mapped_column(BigInteger)
    level: Mapped[Words]
    last_level: Mapped[Words]
    last_level_at: Mapped[MaybeEpoch]
    dwelt: Mapped[list[Any]] = mapped_column(JSON)


class HeatPointRow(Row):
    """A subject's heat at a moment of its clock; published points are never rewritten."""

    __tablename__ = "heat_point"
    __table_args__ = ({"sqlite_with_rowid": False},)

    subject: Mapped[SlugKey]
    origin: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[EpochKey]
    seq: Mapped[EpochKey]
    heat: Mapped[float | None]
    pressure: Mapped[float | None]
    raw_pressure: Mapped[float | None]
    heat_low: Mapped[float | None]
    heat_high: Mapped[float | None]
    coverage: Mapped[float]
    confidence: Mapped[float]
    ungraded: Mapped[float]
    carried: Mapped[float]
    level: Mapped[Kind]
    concern: Mapped[int | None]
    input_seq: Mapped[int] = mapped_column(BigInteger)
    definition_seq: Mapped[int] = mapped_column(BigInteger)
    known_at: Mapped[MaybeEpoch]
    state_before: Mapped[MaybeJson]
    cause: Mapped[Words]


class PressureRow(Row):
    """The latest pressure of a placement, and how much of it was actually observed."""

    __tablename__ = "pressure"

    subject: Mapped[SlugKey]
    placement: Mapped[str] = mapped_column(String(400), primary_key=True)
    value: Mapped[float | None]
    pressure: Mapped[float | None]
    pressure_low: Mapped[float | None]
    pressure_high: Mapped[float | None]
    freshness: Mapped[float]
    grade: Mapped[float | None]
    weight: Mapped[float]
    points: Mapped[float]
    is_observed: Mapped[bool]
    is_carried: Mapped[bool]
    is_held: Mapped[bool]
    is_saturated: Mapped[bool]
    is_provisional: Mapped[bool]
    is_imputed: Mapped[bool] = mapped_column(default=False, server_default=false())
    period_start: Mapped[MaybeEpoch]
    period_end: Mapped[MaybeEpoch]
    known_at: Mapped[MaybeEpoch]
    seq: Mapped[int | None] = mapped_column(BigInteger)


class DriverPressureRow(Row):
    """The latest pressure of a driver."""

    __tablename__ = "driver_pressure"

    subject: Mapped[SlugKey]
    driver: Mapped[SlugKey]
    pressure: Mapped[float | None]
    pressure_low: Mapped[float | None]
    pressure_high: Mapped[float | None]
    coverage: Mapped[float]
    weight: Mapped[float]
    points: Mapped[float]


class LevelChangeRow(Row):
    """Heat crossed into another level: from, to, when, why, and the ledger of the move."""

    __tablename__ = "level_change"
    __table_args__ = (Index(None, "subject", "at"),)

    id: Mapped[Id]
    subject: Mapped[Slug]
    at: Mapped[Epoch]
    seq: Mapped[int] = mapped_column(BigInteger)
    from_level: Mapped[Words]
    to_level: Mapped[Words]
    from_concern: Mapped[int | None]
    to_concern: Mapped[int | None]
    heat: Mapped[float | None]
    reason: Mapped[Words]
    origin: Mapped[Kind]
    ledger: Mapped[MaybeJson]


class ExerciseRow(Row):
    """A replay of history as a rehearsal, on a subject of its own."""

    __tablename__ = "exercise"

    slug: Mapped[SlugKey]
    subject: Mapped[Slug]
    origin_subject: Mapped[Slug]
    runs_from: Mapped[datetime]
    runs_until: Mapped[datetime]
    speed: Mapped[float]
    started_at: Mapped[datetime]
    played_until: Mapped[Epoch]
    state: Mapped[Kind]
