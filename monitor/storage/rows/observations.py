"""Rows of observations: times as epoch seconds, what many share told once, clustered by series and period."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.rows.base import (
    Coded,
    Epoch,
    EpochKey,
    Id,
    Kind,
    MaybeEpoch,
    Row,
    RowNumber,
    Slug,
    SlugKey,
    Words,
)


class BatchRow(Row):
    """What the observations of one write share."""

    __tablename__ = "batch"

    id: Mapped[Id]
    source: Mapped[Slug]
    author: Mapped[Words]
    note: Mapped[Words]
    run_id: Mapped[int | None]
    stored_at: Mapped[datetime]


class SeriesRow(Row):
    """An indicator for one unit; a series that was ended gives no more values."""

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("indicator", "unit"),)

    id: Mapped[Id]
    indicator: Mapped[Slug]
    unit: Mapped[Slug]
    ended_at: Mapped[datetime | None]


class SeriesSourceRow(Row):
    """A source that gave values of a series: what the series' marking is inherited from."""

    __tablename__ = "series_source"

    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), primary_key=True)
    source: Mapped[SlugKey]


class CitedRow(Row):
    """A small number for each citation slug that observations name."""

    __tablename__ = "cited"

    id: Mapped[Id]
    slug: Mapped[Slug] = mapped_column(unique=True)


class ObservationRow(Row):
    """A value of a period as it was stored; never changed, never removed. The rest is in `ProvenanceRow`."""

    __tablename__ = "observation"
    __table_args__ = ({"sqlite_with_rowid": False},)

    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), primary_key=True)
    period_start: Mapped[EpochKey]
    seq: Mapped[EpochKey]
    value: Mapped[float | None]


class ProvenanceRow(Row):
    """What the observations numbered from `first_seq` to the next such row have in common.

    A period ends `span_seconds` after its start; it was known at `known_at`, or `known_after` its start.
    """

    __tablename__ = "provenance"

    first_seq: Mapped[RowNumber]
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    citation_id: Mapped[int | None] = mapped_column(ForeignKey("cited.id"))
    source_revision: Mapped[int]
    grade: Mapped[str] = mapped_column(String(2))
    is_reconstructed: Mapped[bool]
    is_confirmed: Mapped[bool]
    has_detail: Mapped[bool]
    span_seconds: Mapped[Epoch]
    known_at: Mapped[MaybeEpoch]
    known_after: Mapped[MaybeEpoch]


class DetailRow(Row):
    """What few observations have beside their value: bounds, words."""

    __tablename__ = "observation_detail"

    seq: Mapped[RowNumber]
    low: Mapped[float | None]
    high: Mapped[float | None]
    note: Mapped[str | None] = mapped_column(Text)


class LatestRow(Row):
    """The value in force of a series' last period, kept in the transaction that stores it."""

    __tablename__ = "latest"

    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), primary_key=True)
    period_start: Mapped[Epoch]
    period_end: Mapped[Epoch]
    seq: Mapped[int] = mapped_column(BigInteger)
    known_at: Mapped[Epoch]
    source_revision: Mapped[int]
    value: Mapped[float]
    low: Mapped[float | None]
    high: Mapped[float | None]
    grade: Mapped[str] = mapped_column(String(2))
    citation_id: Mapped[int | None] = mapped_column(ForeignKey("cited.id"))
    is_reconstructed: Mapped[bool]
    is_confirmed: Mapped[bool] = mapped_column(default=False, server_default=false())
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"))
    note: Mapped[str | None] = mapped_column(Text)


class PackedSeriesRow(Row):
    """The rows of a series up to `last_seq` once more, as columns: derived, and made anew where in doubt."""

    __tablename__ = "packed_series"

    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), primary_key=True)
    format: Mapped[int]
    last_seq: Mapped[int] = mapped_column(BigInteger)
    count: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)


class UnpackedRow(Row):
    """A series with rows that are not packed yet: how many, and the earliest period among them."""

    __tablename__ = "unpacked"

    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), primary_key=True)
    count: Mapped[int]
    period_start: Mapped[Epoch]


class WatchedSeriesRow(Row):
    """A subject that a series feeds, derived from placements."""

    __tablename__ = "watched_series"

    subject: Mapped[SlugKey]
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), primary_key=True, index=True)


class IncidentRow(Row):
    """A dated, placed event as its feed last told it, or that the feed took it back; since when.

    `country` and `admin1` are the feed's, `coded_` ones ours.
    """

    __tablename__ = "incident"
    # Each for one way along which the newest are looked at.
    __table_args__ = (
        Index(None, "happened_on", "seq"),
        Index(None, "coded_country", "happened_on", "seq"),
        Index(None, "source", "happened_on", "seq"),
        Index(None, "kind", "happened_on", "seq"),
    )

    source: Mapped[SlugKey]
    external_id: Mapped[SlugKey]
    seq: Mapped[int] = mapped_column(BigInteger)
    known_at: Mapped[Epoch]
    is_withdrawn: Mapped[bool]
    coded_country: Mapped[Coded]
    coded_admin1: Mapped[Coded]
    coded_by: Mapped[Coded]
    happened_on: Mapped[date] = mapped_column(Date)
    country: Mapped[Kind]
    kind: Mapped[Slug]
    admin1: Mapped[Words]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    precision: Mapped[Words]
    actor: Mapped[Words]
    killed: Mapped[int]
    injured: Mapped[int]
    kidnapped: Mapped[int]
    description: Mapped[Words]


class IncidentVersionRow(Row):
    """What a feed said of an incident before; never changed, never removed."""

    __tablename__ = "incident_version"

    source: Mapped[SlugKey]
    external_id: Mapped[SlugKey]
    seq: Mapped[EpochKey]
    known_at: Mapped[Epoch]
    is_withdrawn: Mapped[bool]
    coded_country: Mapped[Coded]
    coded_admin1: Mapped[Coded]
    coded_by: Mapped[Coded]
    happened_on: Mapped[date] = mapped_column(Date)
    country: Mapped[Kind]
    kind: Mapped[Slug]
    admin1: Mapped[Words]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    precision: Mapped[Words]
    actor: Mapped[Words]
    killed: Mapped[int]
    injured: Mapped[int]
    kidnapped: Mapped[int]
    description: Mapped[Words]


class IncidentCoverRow(Row):
    """A stretch of days of which a source says that it lists every incident; country "" is everywhere."""

    __tablename__ = "incident_cover"

    source: Mapped[SlugKey]
    seq: Mapped[EpochKey]
    country: Mapped[Kind]
    covers_from: Mapped[date] = mapped_column(Date)
    covers_until: Mapped[date] = mapped_column(Date)
    known_at: Mapped[Epoch]
    lag_seconds: Mapped[int | None] = mapped_column(BigInteger)
