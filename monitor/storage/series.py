"""Series: their keys, who watches them, their observations as columns, their latest values."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, delete, func, insert, select, tuple_, update
from sqlalchemy.orm import Session

from monitor.domain.clock import moment
from monitor.domain.derivations.derived import RESERVED
from monitor.domain.observation import Observation, Reading
from monitor.domain.series import Columns, SeriesKey, empty_columns
from monitor.storage.batches import in_batches
from monitor.storage.kept_columns import read_kept
from monitor.storage.rows.observations import (
    BatchRow,
    CitedRow,
    LatestRow,
    PackedSeriesRow,
    SeriesRow,
    UnpackedRow,
    WatchedSeriesRow,
)
from monitor.storage.rows.observed import ObservedRow
from monitor.storage.stored_columns import read_stored
from monitor.storage.upsert import insert_or

_NUMBERS, _MADE = "series numbers", "series made"
# Asked at every turn of a worker: made once.
_ENDED = select(SeriesRow.indicator, SeriesRow.unit, SeriesRow.ended_at).where(
    SeriesRow.ended_at.is_not(None)
)
# A key as a value or as its text; answers are keyed by the text.
Key = SeriesKey | str


def ensure(session: Session, keys: Iterable[Key]) -> dict[str, int]:
    """Return the number of each series, making those that are new."""
    wanted = sorted({str(key) for key in keys})
    found = ids(session, wanted)
    missing = [key for key in wanted if key not in found]
    if missing:
        session.info[_MADE] = True
        parsed = [SeriesKey.parse(key) for key in missing]
        rows = [{"indicator": key.indicator, "unit": key.unit, "ended_at": None} for key in parsed]
        session.execute(insert_or(session, SeriesRow).on_conflict_do_nothing(), rows)
        found |= ids(session, missing)
    return found


def ids(session: Session, keys: Iterable[Key]) -> dict[str, int]:
    """Return the numbers of those series that there are: looked up once, since a series keeps its number."""
    kept: dict[str, int] = session.info.get("kept", {}).setdefault(_NUMBERS, {})
    wanted = [str(key) for key in keys]
    found = {key: kept[key] for key in wanted if key in kept}
    for part in in_batches(key for key in wanted if key not in kept):
        pairs = [(key.indicator, key.unit) for key in map(_parsed, part)]
        rows = session.execute(_numbers(), {"pairs": pairs})
        new = {f"{indicator}:{unit}": number for indicator, unit, number in rows}
        # What this session made may yet be undone, and its number given to another.
        if not session.info.get(_MADE):
            kept |= new
        found |= new
    return found


@cache
def _numbers() -> Select[str, str, int]:
    is_wanted = tuple_(SeriesRow.indicator, SeriesRow.unit).in_(bindparam("pairs", expanding=True))
    return select(SeriesRow.indicator, SeriesRow.unit, SeriesRow.id).where(is_wanted)


def with_rows(session: Session, keys: Iterable[Key]) -> set[str]:
    """Return the keys of those series that have any observation."""
    names = {number: key for key, number in ids(session, keys).items()}
    found: set[str] = set()
    for part in in_batches(names):
        for row in (PackedSeriesRow, UnpackedRow):
            statement = select(row.series_id).where(row.series_id.in_(part))
            found |= {names[number] for number in session.execute(statement).scalars()}
    return found


def keys_of(session: Session, numbers: Iterable[int]) -> list[str]:
    """Return the keys of numbered series, in order."""
    statement = select(SeriesRow.indicator, SeriesRow.unit).where(SeriesRow.id.in_(list(numbers)))
    return sorted(f"{indicator}:{unit}" for indicator, unit in session.execute(statement))


def exists(session: Session, key: Key) -> bool:
    """Whether there is such a series."""
    return bool(ids(session, [key]))


def find_all(session: Session, *, indicator: str | None = None) -> list[SeriesKey]:
    """Return the keys of all series of observations, or of one indicator's, in order."""
    statement = select(SeriesRow.indicator, SeriesRow.unit).order_by(SeriesRow.indicator, SeriesRow.unit)
    statement = statement.where(SeriesRow.indicator.not_in(RESERVED))
    if indicator is not None:
        statement = statement.where(SeriesRow.indicator == indicator)
    return [SeriesKey(name, unit) for name, unit in session.execute(statement)]


def end(session: Session, key: Key, *, at: datetime | None) -> None:
    """Say when a series ended (None: that it goes on after all)."""
    found = ids(session, [key])
    session.execute(update(SeriesRow).where(SeriesRow.id.in_(found.values())).values(ended_at=at))


def ended(session: Session, keys: Iterable[Key]) -> dict[str, datetime]:
    """Return when those of the series that were ended were."""
    names = {number: key for key, number in ids(session, keys).items()}
    statement = select(SeriesRow.id, SeriesRow.ended_at).where(SeriesRow.id.in_(names))
    return {names[number]: at for number, at in session.execute(statement) if at is not None}


def all_ended(session: Session) -> dict[str, datetime]:
    """Return when those of all series that were ended were: they are few."""
    rows = session.execute(_ENDED)
    return {f"{indicator}:{unit}": at for indicator, unit, at in rows if at is not None}


def columns(session: Session, keys: Iterable[Key], max_seq: int | None = None) -> dict[str, Columns]:
    """Return all rows of each series in commit order (up to `max_seq`), empty for one without any."""
    wanted = list(dict.fromkeys(map(str, keys)))
    numbers = ids(session, wanted)
    return _by_key(wanted, numbers, read_stored(session, numbers.values(), max_seq))


def kept_columns(session: Session, keys: Iterable[Key]) -> dict[str, Columns]:
    """Return the same of all rows, and keep it: for who asks for the same series again and again."""
    wanted = list(dict.fromkeys(map(str, keys)))
    numbers = ids(session, wanted)
    return _by_key(wanted, numbers, read_kept(session, numbers.values()))


def _by_key(
    wanted: Iterable[str], numbers: Mapping[str, int], found: Mapping[int, Columns]
) -> dict[str, Columns]:
    return {key: found[numbers[key]] if numbers.get(key, 0) in found else empty_columns() for key in wanted}


def first_known(session: Session, indicators: Collection[str]) -> dict[str, dict[tuple[int, int], int]]:
    """Return by indicator and period when its first value for any unit became known, exercises apart."""
    row = ObservedRow
    statement = (
        select(SeriesRow.indicator, row.period_start, row.period_end, func.min(row.known_at))
        .join(row, row.series_id == SeriesRow.id)
        .where(SeriesRow.indicator.in_(indicators), SeriesRow.unit.not_like("%@%"))
        .group_by(SeriesRow.indicator, row.period_start, row.period_end)
    )
    found: dict[str, dict[tuple[int, int], int]] = {slug: {} for slug in indicators}
    for slug, start, end_, known_at in session.execute(statement):
        found[slug][start, end_] = known_at
    return found


def latest(session: Session, keys: Iterable[Key]) -> dict[str, Observation]:
    """Return the value in force of the last period of each series that has one."""
    names = {number: key for key, number in ids(session, keys).items()}
    found: dict[str, Observation] = {}
    for part in in_batches(names):
        for row, batch, citation in session.execute(_latest(), {"numbers": part}):
            key = names[row.series_id]
            found[key] = observation(row, key=key, batch=batch, citation=citation)
    return found


def latest_of(session: Session, indicators: Collection[str]) -> dict[str, Observation]:
    """Return the same of all series of some indicators, in one query."""
    row = SeriesRow
    statement = (
        joined(LatestRow).add_columns(row.indicator, row.unit).join(row, row.id == LatestRow.series_id)
    )
    found: dict[str, Observation] = {}
    for part in in_batches(indicators):
        for latest_row, batch, citation, indicator, unit in session.execute(
            statement.where(row.indicator.in_(part)).order_by(row.indicator, row.unit)
        ):
            key = f"{indicator}:{unit}"
            found[key] = observation(latest_row, key=key, batch=batch, citation=citation)
    return found


@cache
def _latest() -> Any:
    return joined(LatestRow).where(LatestRow.series_id.in_(bindparam("numbers", expanding=True)))


def set_watched(session: Session, subject: str, keys: Iterable[Key]) -> None:
    """Say which series feed a subject, replacing what was said before."""
    numbers = ensure(session, keys)
    session.execute(delete(WatchedSeriesRow).where(WatchedSeriesRow.subject == subject))
    if numbers:
        rows = [{"subject": subject, "series_id": number} for number in numbers.values()]
        session.execute(insert(WatchedSeriesRow), rows)


def watchers(session: Session, keys: Iterable[Key]) -> tuple[str, ...]:
    """Return the subjects that any of the series feeds, by slug."""
    return watchers_of_ids(session, ids(session, keys).values())


def watchers_of_ids(session: Session, numbers: Collection[int]) -> tuple[str, ...]:
    """Return the subjects that any of the numbered series feeds, by slug."""
    found: set[str] = set()
    for part in in_batches(numbers):
        found |= set(session.execute(_watching(), {"numbers": part}).scalars())
    return tuple(sorted(found))


@cache
def _watching() -> Select[str]:
    row = WatchedSeriesRow
    return select(row.subject).where(row.series_id.in_(bindparam("numbers", expanding=True))).distinct()


def watched(session: Session, subject: str) -> tuple[str, ...]:
    """Return the keys of the series that feed a subject, in order."""
    statement = (
        select(SeriesRow.indicator, SeriesRow.unit)
        .join(WatchedSeriesRow, WatchedSeriesRow.series_id == SeriesRow.id)
        .where(WatchedSeriesRow.subject == subject)
        .order_by(SeriesRow.indicator, SeriesRow.unit)
    )
    return tuple(f"{indicator}:{unit}" for indicator, unit in session.execute(statement))


def joined(row: type[ObservedRow] | type[LatestRow]) -> Any:
    """Return a select of the row with its batch and its citation's slug."""
    return (
        select(row, BatchRow, CitedRow.slug)
        .join(BatchRow, BatchRow.id == row.batch_id)
        .outerjoin(CitedRow, and_(row.citation_id.is_not(None), CitedRow.id == row.citation_id))
    )


def observation(
    row: ObservedRow | LatestRow, *, key: str, batch: BatchRow, citation: str | None
) -> Observation:
    """Return the domain's observation of a row."""
    reading = Reading(
        series=key,
        period_start=moment(row.period_start),
        period_end=moment(row.period_end),
        value=row.value,
        known_at=moment(row.known_at),
        low=row.low,
        high=row.high,
        grade=row.grade,
        citation=citation or "",
        source_revision=row.source_revision,
        is_reconstructed=row.is_reconstructed,
        note=row.note or "",
    )
    return Observation(
        reading=reading,
        seq=row.seq,
        stored_at=batch.stored_at,
        source=batch.source,
        author=batch.author,
        is_confirmed=row.is_confirmed,
    )


def _parsed(key: Key) -> SeriesKey:
    return key if isinstance(key, SeriesKey) else SeriesKey.parse(key)
